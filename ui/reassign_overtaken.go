package ui

import (
	"errors"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Two runs may lead one reassign in opposite ways, the second of them begun by
// :recover. The one that comes too late stops, and says so.

// overtaken tells that another run ends it the other way: the plan leads no
// further, though nothing that stands there is in its way.
func (m move) overtaken() bool {
	w := m.world()
	free := w.Target == model.Absent || w.Target == model.Present || w.Target == model.Restored || w.Target == model.Edited
	return m.looked && m.known && w.Source == model.Present && free && w.Copy != model.Foreign &&
		m.progress.Plan.Next(w) == model.Stuck
}

// halfUndone tells that the deletion was refused by the control plane, and that
// not all that was made for it could be taken away again: it is this run that
// takes it back.
func (m move) halfUndone() bool {
	var e *backend.Error
	return m.overtaken() && m.world().Claimed && !m.progress.Plan.Back &&
		errors.As(m.err, &e) && !errors.Is(m.err, backend.ErrConflict)
}

// undoneByOthers tells that nothing is left of it but the secret where it was.
func (m move) undoneByOthers() bool {
	w := m.world()
	return m.overtaken() && !m.progress.Plan.Back && !w.Claimed && w.Copy == model.Absent && w.Target == model.Absent
}

// stayed tells that it was taken back before it was deleted anywhere.
func (m move) stayed() bool {
	p, w := m.progress.Plan, m.world()
	return p.Back && p.UID != "" && (w.Target == model.Present || w.Target == model.Edited)
}

// overtakenWords say who ends it how, and where it is.
func (m move) overtakenWords() string {
	from, to := m.ends()
	old, now := model.Visible(from.Mesh), model.Visible(to.Mesh)
	switch {
	case m.progress.Plan.Back:
		return "Another run finished it: it is in " + now + ", and is not deleted there. To have it in " + old + " again, reassign it."
	case m.halfUndone():
		return "It is in " + old + " as before. Deleting it there was refused, and not all that was made for it could be taken away again."
	case m.undoneByOthers():
		return "Another run has taken it back: it is in " + old + ", and nowhere else."
	case m.to.traits.NamePerMesh:
		return "It is in " + old + " again: another run takes it back, or somebody made it there. It was not deleted there once more."
	}
	return "Another run takes it back: it is in " + old + ", marked so that no other run deletes it."
}

// overtakenSays is the message about it.
func (m move) overtakenSays() Message {
	switch {
	case m.progress.Plan.Back:
		return refused("Another run finished it. Nothing more is done here.")
	case m.halfUndone():
		return refused("Nothing was deleted, and not all is cleaned up. Nothing runs now.")
	case m.undoneByOthers():
		return refused("Another run has taken it back. Nothing more is done here.")
	}
	return refused("Another run takes it back. Nothing more is done here.")
}

// overtakenRemedies are to look again, which changes nothing as long as another
// run is at it; to help it, should it have ended half way; or to begin anew,
// once it is over.
func (m move) overtakenRemedies() []remedy {
	switch {
	case m.halfUndone():
		return []remedy{takeBack, leaveIt}
	case m.world().Claimed && !m.progress.Plan.Back:
		return []remedy{tryAgain, takeBack, leaveIt}
	case m.undoneByOthers():
		return []remedy{leaveIt, checkAgain}
	}
	return []remedy{tryAgain, leaveIt}
}
