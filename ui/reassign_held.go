package ui

import (
	"errors"
	"slices"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// remedy is what can be done when a reassign was stopped.
type remedy uint8

const (
	tryAgain   remedy = iota // go on the way the plan leads
	takeBack                 // go the other way
	putBack                  // create it where it was, from the value that is here
	checkAgain               // from the beginning
	exportIt                 // write it to a file
	leaveIt
)

// remedies are those that what is there allows. What no mesh has can be taken
// out of here too, as long as this program has it.
func (m move) remedies() []remedy {
	all := m.ways()
	at := slices.Index(all, leaveIt)
	if m.lacking() && m.change.Before.Value.Len() > 0 && m.to.exporter != nil && !m.to.veiled() && at >= 0 {
		all = slices.Insert(all, at, exportIt)
	}
	return all
}

// lacking tells that no mesh has the secret.
func (m move) lacking() bool { return m.lastHolder() || m.between() }

// ways are the remedies on the control plane: nothing of somebody else's is
// written over.
func (m move) ways() []remedy {
	w := m.world()
	switch {
	case w.Copy == model.Foreign:
		return []remedy{leaveIt}
	case m.progress.Undone, m.wasPutBack():
		return []remedy{leaveIt, checkAgain}
	case m.overtaken(), m.endedByOthers(), m.putBackByOthers():
		return m.overtakenRemedies()
	case m.snatched():
		return []remedy{leaveIt, takeBack, tryAgain}
	case m.lastHolder() && !w.Alone():
		return []remedy{tryAgain, leaveIt}
	case m.lastHolder() && m.progress.Plan.Next(w) == model.Stuck:
		return []remedy{putBack, leaveIt}
	case m.lastHolder(), m.between() && m.known:
		return []remedy{tryAgain, takeBack, leaveIt}
	case m.between():
		return []remedy{tryAgain, leaveIt}
	}
	all := []remedy{leaveIt, tryAgain}
	// A delete whose answer was lost may still arrive: taking back then would
	// leave the secret nowhere, while trying again ends where it leads.
	mayArrive := errors.Is(m.err, backend.ErrUnknown)
	begun := w.Target != model.Absent || w.Copy == model.Present
	if m.known && !mayArrive && begun && !m.takenBack() && m.turned().canGo() {
		all = append(all, takeBack)
	}
	return all
}

// canGo tells whether the plan leads on from what is there.
func (m move) canGo() bool {
	next := m.progress.Plan.Next(m.world())
	return next != model.Stuck && next != model.Done
}

// remedyChoice says a remedy.
func (m move) remedyChoice(r remedy) choice {
	from, to := m.ends()
	finish := choice{"finish", "create it in " + meshWord(to) + ", compare, clean up"}
	back := choice{"put back", "create it in " + meshWord(from) + " again, compare, clean up"}
	reversed := m.progress.Plan.Back
	switch r {
	case tryAgain:
		switch {
		case m.overtaken():
			return choice{"look again", "nothing is deleted while another run is at it"}
		case m.lastHolder() && !m.world().Alone():
			return choice{"try again", "write the safety copy, and look again"}
		case m.world().Alone() && reversed:
			return back
		case m.world().Alone():
			return finish
		}
		return choice{"try again", "look again and go on from there"}
	case takeBack:
		switch {
		case m.world().Alone() && reversed:
			return finish
		case m.world().Alone():
			return back
		}
		return m.backChoice()
	case putBack:
		return choice{"put back", "create it in " + meshWord(from) + " again, with the same value"}
	case exportIt:
		return choice{"export", "write it with its value to a file that you name"}
	case checkAgain:
		return choice{"check again", "make the checks anew; nothing is changed before you agree"}
	case leaveIt:
	}
	switch {
	case m.lastHolder():
		return choice{"drop it", "its value is dropped here too, for good"}
	case m.unfinished() && m.between():
		return choice{"leave as it is", "nothing is lost; :recover shows it"}
	case m.unfinished():
		return choice{"leave as it is", ":recover shows it, on any machine"}
	}
	return choice{"leave as it is", "nothing more is done"}
}

// backChoice says what turning round does while a mesh holds the secret.
func (m move) backChoice() choice {
	from, to := m.ends()
	origin, _, target := m.places()
	keeps, loses, word := from, to, "take back"
	if m.progress.Plan.Back {
		keeps, loses, word = to, from, "go on"
	}
	switch {
	case origin == model.Present && target == model.Present:
		return choice{word, "delete it from " + meshWord(loses) + " again; " + meshWord(keeps) + " keeps it"}
	case origin == model.Restored && !m.progress.Plan.Back:
		return choice{word, "take its label off and delete the safety copy; " + meshWord(from) + " keeps it"}
	case origin == model.Present && !m.progress.Plan.Back:
		return choice{word, "delete the safety copy; " + meshWord(from) + " keeps it"}
	}
	return choice{word, "move it to " + meshWord(keeps) + " again"}
}

// unfinished tells that something is left by which any console finds it.
func (m move) unfinished() bool {
	_, copied, _ := m.places()
	return m.looked && (copied == model.Present || m.world().Tagged && m.to.traits.NamePerMesh)
}

// wasPutBack tells that a person had it created where it was, from here.
func (m move) wasPutBack() bool { return m.restore && m.err == nil }

// heldWords say what stands where, and what to do. Below them stands the name
// of the safety copy, when named.
func (m move) heldWords() (mark Span, text string, named bool) {
	w := m.world()
	from, _ := m.ends()
	switch {
	case w.Copy == model.Foreign:
		return failedMark, m.otherWord(), true
	case m.progress.Undone:
		return look, "It is in " + model.Visible(from.Mesh) + " as before, and what was made for the reassign is deleted again.", false
	case m.wasPutBack():
		return passedMark, "It is in " + model.Visible(from.Mesh) + " again, with the same bytes. Its age is new.", false
	case !m.known:
		return m.darkWords()
	case m.endedByOthers():
		return passedMark, m.overtakenWords(), false
	case m.putBackByOthers():
		return look, m.overtakenWords(), m.world().Copy == model.Present
	case m.snatched():
		to := model.Visible(m.progress.Plan.To.Mesh)
		return failedMark, "The secret is in no mesh now: somebody deleted it in " + to + ", or another run takes it back. Its exact value is safe in this Secret of " + namespaceOf(m.to) + ":", true
	case m.between():
		return failedMark, "The secret is in no mesh. Its exact value is safe in this Secret of " + namespaceOf(m.to) + ":", true
	case m.overtaken():
		return look, m.overtakenWords(), m.halfUndone() && w.Copy == model.Present
	case m.lastHolder() && !w.Alone():
		return failedMark, "Another secret has its name now, and its safety copy is gone. Its value is in this program, and nowhere else.", false
	case m.lastHolder() && w.Held && m.to.traits.NamePerMesh:
		return failedMark, "It is in neither mesh: somebody deleted it in the same moment. Its value is in this program, and nowhere else.", false
	case m.lastHolder() && w.Held:
		return failedMark, "It is in no mesh, and somebody deleted its safety copy. Its value is in this program, and nowhere else.", false
	case m.lastHolder():
		return failedMark, "It is in neither mesh: somebody deleted it meanwhile. Its value is still here, and nowhere else.", false
	}
	return m.standsWords()
}

// otherWord says that another console is at the same secret.
func (m move) otherWord() string {
	who := "Another console"
	if m.other.By != "" {
		who = model.Visible(m.other.By)
		if m.other.Host != "" {
			who += " on " + model.Visible(m.other.Host)
		}
	}
	when := ""
	if m.other.Age > 0 {
		when = " " + agoWords(m.other.Age) + " ago"
	}
	return who + " began a reassign of it" + when + ", and may still be at it. Nothing more is done here; :recover shows it. Its safety copy:"
}

// darkWords are for when nobody could look after the last step.
func (m move) darkWords() (mark Span, text string, named bool) {
	from, to := m.ends()
	dark := "What stands in " + model.Visible(from.Mesh) + " and " + model.Visible(to.Mesh) + " could not be read. "
	_, copied, target := m.places()
	switch {
	case m.progress.Last == model.DeleteSource && m.progress.Next == model.Look:
		// What was made for it was taken away again, as far as that went.
		return failedMark, dark + "Deleting it was refused, so it should be in " + m.leavesWord() + " as before.", false
	case m.lastHolder():
		return failedMark, dark + "When it was last read it was in neither: its value is in this program, and maybe nowhere else.", false
	case copied == model.Present:
		return failedMark, dark + "Whatever stands there, its exact value is safe in this Secret of " + namespaceOf(m.to) + ":", true
	case target == model.Present:
		return failedMark, dark + "Nothing is lost by leaving it: " + model.Visible(to.Mesh) + " had it when it was last read, with equal bytes.", false
	}
	return failedMark, dark + "Nothing was deleted yet, so nothing is lost by leaving it.", false
}

// standsWords are for when a mesh has the secret.
func (m move) standsWords() (mark Span, text string, named bool) {
	origin, copied, target := m.places()
	from, to := m.ends()
	name, old, now := model.Visible(from.Name), model.Visible(from.Mesh), model.Visible(to.Mesh)
	copies := copied == model.Present
	left := ""
	if copies {
		left = " What it was is in this Secret of " + namespaceOf(m.to) + ":"
	}
	if other, is := m.progress.Stranger(); is {
		return failedMark, strangerWords(other, namespaceOf(m.to)) + left, copies
	}
	switch {
	case origin == model.Deleting:
		return failedMark, name + " is being deleted in " + old + ", and finalizers hold it there. Whoever set them has to let go first." + left, copies
	case target == model.Deleting:
		return failedMark, name + " is being deleted in " + now + ", and finalizers hold it there." + left, copies
	case origin == model.Foreign && !m.progress.Plan.TargetFirst:
		return failedMark, old + " has another " + name + " now, with another value. Nothing was done to it; look at that one first." + left, copies
	case origin == model.Edited, origin == model.Foreign && target == model.Absent:
		return failedMark, "Somebody changed " + name + " in " + old + " meanwhile. It was not deleted there; look at it again, then decide." + left, copies
	case origin == model.Foreign:
		return failedMark, "Somebody changed " + name + " in " + old + " meanwhile. It was not deleted there; look at both, then decide." + left, copies
	case target == model.Foreign, target == model.Edited:
		return failedMark, now + " has another " + name + " now, with another value. Nothing was done to it; look at that one first." + left, copies
	case origin == model.Present && target == model.Present:
		return look, "It is in both meshes, with equal bytes. Deleting it from " + m.leavesWord() + " did not work.", false
	case origin == model.Restored && m.canGo():
		return look, "It is in " + old + " again, with the same bytes. Not all is cleaned up.", false
	case origin == model.Restored:
		return look, "It is in " + old + " again: somebody created it there meanwhile, with the same bytes." + left, copies
	case target == model.Present:
		return look, "It is in " + now + ", byte for byte the same. Not all is cleaned up.", false
	}
	return look, "It is in " + old + " as before; nothing is in " + now + "." + left, copies
}

// strangerWords say what has the name, where a name is one object in all meshes,
// and what to do about it.
func strangerWords(s model.Secret, namespace string) string {
	name := model.Visible(s.Ref.Name)
	text := "Another Secret named " + name + " is in " + namespace
	switch {
	case s.Ref.Mesh != "":
		return text + " now: it is of mesh " + model.Visible(s.Ref.Mesh) + ". Nothing was done to it; look at that one first."
	case s.Object.Type == "":
		return text + " now: a global secret. Nothing was done to it; look at that one first."
	}
	return "Another Secret named " + name + " (type " + model.Visible(s.Object.Type) + ") is in " + namespace + ": no secret of a mesh. Nothing was done to it. " +
		"Look at it with  kubectl -n " + namespace + " describe secret " + name + "  and, if nobody needs it, delete it; then go on here."
}

// leavesWord is the mesh that the plan takes it out of.
func (m move) leavesWord() string { return model.Visible(m.progress.Plan.From.Mesh) }

// namespaceOf is where safety copies are.
func namespaceOf(s *session) string {
	return or(model.Visible(s.id.SystemNamespace), "the system namespace")
}

// whyHeld is the reason of the step that failed, or "".
func (m move) whyHeld() string {
	err, plan := m.err, m.progress.Plan
	creating := m.restore || m.progress.Last == model.CreateTarget
	switch {
	case err == nil && m.turns >= tooOften:
		return planeName(m.to) + " answers each time that a step was made, and it does not stay so."
	case err == nil, m.overtaken() && !m.halfUndone():
		return ""
	case errors.Is(err, backend.ErrNotPutBack):
		return m.refusedBy(plan.To, err) + " Putting it back in " + model.Visible(plan.From.Mesh) + " did not work either."
	case errors.Is(err, backend.ErrConflict):
		return conflictWord(err)
	case errors.Is(err, backend.ErrUnknown):
		return "The connection broke during the step." + m.triedWord()
	case creating && m.restore:
		from, _ := m.ends()
		return m.refusedBy(from, err)
	case creating:
		return m.refusedBy(plan.To, err) + m.triedWord()
	}
	return explain(err, m.to).Text + m.triedWord()
}

// triedWord says how often a step was taken in vain.
func (m move) triedWord() string {
	if m.progress.Tries < 2 || m.restore {
		return ""
	}
	return " It was tried " + plural(m.progress.Tries, "time", "times") + "."
}

// conflictWord says what changed in the moment of a step.
func conflictWord(err error) string {
	var e *backend.Error
	if errors.As(err, &e) && e.Reason != "" {
		return "It changed in the very moment of the step: " + strings.TrimRight(e.Reason, ".") + "."
	}
	return "It was changed in the very moment of the step."
}

// refusedBy says why a mesh did not take the secret. What explain says of a
// refusal is about a change that nothing came of; here something did.
func (m move) refusedBy(mesh model.Ref, err error) string {
	var e *backend.Error
	if !errors.As(err, &e) || e.Reason == "" || errors.Is(err, backend.ErrUnavailable) {
		return explain(err, m.to).Text
	}
	return model.Visible(mesh.Mesh) + " did not take it: " + strings.TrimRight(e.Reason, ".") + "."
}

// lowHeld is a height in which what was stopped is told without what explains
// it: where the value is and what can be done come first.
const lowHeld = 14

// drawHeld says where the value is, why it was stopped, and what can be done.
func (m move) drawHeld(c *canvas, f Frame, at int) {
	low := f.Height < lowHeld
	if !low {
		m.drawEnds(c)
		c.gap()
		c.section(m.heldTitle(), m.ageWord(f))
		c.gap()
	}
	mark, text, named := m.heldWords()
	c.hang(mark, text)
	if name := m.progress.Copy(); named && name != "" {
		for _, part := range wrap(name, c.w-4) {
			c.add(say(Plain, "   "+part))
		}
	}
	if why := m.whyHeld(); why != "" && !low {
		c.gap()
		c.hang(unmarked, why)
	}
	c.gap()
	if !low {
		c.section("What now", "")
		c.gap()
	}
	all := m.remedies()
	lines := make([]choice, len(all))
	for i, r := range all {
		lines[i] = m.remedyChoice(r)
		lines[i].what = clause(lines[i].what, c.w-22)
	}
	c.focus = len(c.lines) + at
	c.add(choices(lines, at, 18)...)
}

// clause is a text in w cells: its first part where it is too long, nothing
// where that is too long as well.
func clause(text string, w int) string {
	if width(text) <= w {
		return text
	}
	if at := strings.IndexAny(text, ",;"); at > 0 && width(text[:at]) <= w {
		return text[:at]
	}
	return ""
}

// heldTitle says in a word how it was stopped.
func (m move) heldTitle() string {
	switch {
	case m.progress.Undone:
		return "Nothing was changed"
	case m.wasPutBack():
		return "Put back"
	}
	return "Held"
}
