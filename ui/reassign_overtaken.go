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

// endedByOthers tells that it is where the plan led, and that nothing is left to
// do: another run went the same way.
func (m move) endedByOthers() bool {
	w := m.world()
	there := w.Target == model.Present || w.Target == model.Restored
	return m.looked && m.known && there && w.Source == model.Absent && w.Copy == model.Absent && (!w.Tagged || w.Fixed)
}

// putBackByOthers tells that it is where it was, made anew there, though the
// plan leads the other way: another run takes it back, or has.
func (m move) putBackByOthers() bool {
	w := m.world()
	return m.looked && m.known && !m.progress.Plan.Back && w.Source == model.Restored && w.Target == model.Absent &&
		(w.Claimed && w.Copy == model.Present || w.Copy == model.Absent)
}

// snatched tells that the plan had led to its end, and somebody deleted the
// secret there: another run may be taking it back.
func (m move) snatched() bool {
	w := m.world()
	return m.known && m.between() && w.Placed && m.err == nil && m.progress.Plan.Next(w) == model.Stuck
}

// overtakenWords say who ends it how, and where it is.
func (m move) overtakenWords() string {
	from, to := m.ends()
	old, now := model.Visible(from.Mesh), model.Visible(to.Mesh)
	switch {
	case m.endedByOthers():
		return "Another run has ended it: it is in " + model.Visible(m.progress.Plan.To.Mesh) + ", byte for byte the same, and nothing is left to do."
	case m.putBackByOthers() && m.world().Claimed:
		return "Another run takes it back: it is in " + old + " again, with the same bytes. Its safety copy:"
	case m.putBackByOthers():
		return "It is in " + old + " again, with the same bytes, and nothing is left of the reassign: another run took it back."
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
	case m.endedByOthers():
		return noted("Another run has ended it: it is in " + model.Visible(m.progress.Plan.To.Mesh) + ". Nothing more is done here.")
	case m.putBackByOthers() && !m.world().Claimed:
		return noted("Another run has taken it back. Nothing more is done here.")
	case m.snatched():
		return refused("Somebody deleted it there: another run may be taking it back. Nothing is done here.")
	case m.putBackByOthers():
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
	case m.endedByOthers():
		return []remedy{leaveIt}
	case m.putBackByOthers() && m.world().Claimed:
		return []remedy{leaveIt, takeBack}
	case m.putBackByOthers():
		return []remedy{leaveIt, checkAgain}
	case m.halfUndone():
		return []remedy{takeBack, leaveIt}
	case m.world().Claimed && !m.progress.Plan.Back:
		return []remedy{tryAgain, takeBack, leaveIt}
	case m.undoneByOthers():
		return []remedy{leaveIt, checkAgain}
	}
	return []remedy{tryAgain, leaveIt}
}
