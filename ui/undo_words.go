package ui

import (
	"strings"

	"meshsecrets/model"
)

// undoWords says how long a deletion can be undone.
func undoWords(f Frame, c model.Change) string {
	if c.System {
		return undoKey(f, "brings the same value back")
	}
	return undoKey(f, "undoes it")
}

func (u undoing) title() string {
	what := map[model.Verb]string{model.Create: "adding", model.Edit: "editing", model.Delete: "deleting"}[u.last.change.Verb]
	return "Undo " + what + " " + u.name()
}

// doneWords say what is there again.
func (u undoing) doneWords() string {
	where := model.Visible(u.last.change.Ref().MeshWord())
	switch u.change.Verb {
	case model.Create:
		return u.name() + " is back in " + where + ", byte for byte. Its age starts anew."
	case model.Edit:
		return u.name() + " in " + where + " has the value from before again, byte for byte."
	case model.Delete, model.Reassign:
	}
	return u.name() + " is gone from " + where + " again: you had added it."
}

// what says what was done, when, and what takes it back.
func (u undoing) what(f Frame) string {
	ago := " " + agoWords(f.Now.Sub(u.last.at)) + " ago. "
	switch u.change.Verb {
	case model.Create:
		return "You deleted it" + ago + "It is added again with the value that it had."
	case model.Edit:
		return "You saved it" + ago + "The value from before is put back (" + kindLine(u.change.After.Secret.Facts, f.Now) +
			"); the one that is there now is dropped."
	case model.Delete, model.Reassign:
	}
	return "You added it" + ago + "It is deleted, and its value with it."
}

// lost says what does not come back.
func (u undoing) lost() []string {
	var out []string
	was := u.last.change.Before.Secret
	cluster := u.to.traits.Preconditions
	switch {
	case u.change.Verb == model.Create && cluster:
		out = append(out, "Its UID and its age: to Kubernetes it is a new object.")
	case u.change.Verb == model.Create:
		out = append(out, "The time of its creation: its age starts anew.")
	case u.change.Verb == model.Edit && !cluster && was.Changed():
		out = append(out, "The time of its last change: that is now.")
	}
	if u.change.Verb == model.Create && len(was.Object.Owners) > 0 {
		out = append(out, "That it belongs to "+visibleNames(was.Object.Owners)+": it is not deleted together with that any more.")
	}
	if u.change.Verb != model.Delete && was.Object.Applied {
		out = append(out, "The annotation of kubectl apply, which held its value in the clear.")
	}
	return out
}

func visibleNames(names []string) string {
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = model.Visible(name)
	}
	return strings.Join(shown, ", ")
}

// View is drawn as a box.
func (u undoing) View(Frame) View { return View{} }

func (u undoing) box(f Frame) Box {
	t := newConfirmText(u.to, f)
	t.head(u.change, f)
	t.text(u.what(f))
	u.consequences(t)
	t.effects("What does not come back", u.lost())
	if u.refused != "" {
		t.marked(failedMark, u.refused)
	}
	for _, trial := range u.trial.Trials {
		t.tried(trial)
	}
	u.caveats(t)
	const choice = 6 // lines of it, and of this
	if !u.failed && u.writing == nil && len(t.lines)+choice <= t.fits {
		t.text(u.beforeWords())
	}
	switch {
	case u.writing != nil:
		t.lines = append(t.lines, Line{{Plain, " … undoing it, " + shortSeconds(f.Now.Sub(u.writing.began)) + " of at most 30 s"}}, blank(), blank())
	case u.failed:
		t.lines = append(t.lines, Line{{Plain, " "}, {Failure, "✗"}, {Plain, " It could not be read, so this cannot be undone from here now."}}, blank())
	default:
		return t.box(u.title(), u.change.Ref(), u.ask)
	}
	return Box{Title: u.title(), Wide: confirmWidth, Lines: t.lines}
}

// consequences say who is affected, as a deletion or an edit does.
func (u undoing) consequences(t *confirmText) {
	c := u.change
	if c.Verb == model.Delete {
		d := removal{to: u.to, stock: u.stock, row: u.row, change: c, trial: u.trial}
		d = d.weighed()
		t.effects("What will stop working", d.toll.stops)
		t.effects("Who names it", d.toll.names)
		return
	}
	if info, system := u.stock.inventory.System(u.row); system && c.Verb == model.Edit && info.Changed != "" {
		t.effects("What will stop working", []string{info.Changed})
	}
	if namings := model.Namings(c.Users); len(namings) > 0 {
		t.effects("Who names it, and gets the value at once", linesOf(namings))
	}
}

// beforeWords name what is undone next, the first few by name.
func (u undoing) beforeWords() string {
	const named = 2
	n := len(u.before)
	switch {
	case n == 0:
		return ""
	case n > named:
		return "Undone after it: " + strings.Join(u.before[:named], ", ") + " and " + model.CountWord(n-named) + " more."
	}
	return "Undone after it: " + strings.Join(u.before, ", ") + "."
}

// caveats say where was looked for who refers to it, and what cannot be promised.
func (u undoing) caveats(t *confirmText) {
	c := u.change
	switch {
	case c.Ref().Global(), t.narrow && len(c.Read) > 0:
	case len(c.Users) == 0 && !c.System && c.Verb != model.Create:
		t.text(unusedFor(c))
	default:
		t.text(strings.TrimSpace(unlistedWords(c.Unread)))
	}
	switch {
	case c.Verb == model.Create:
	case u.to.traits.Preconditions:
		t.text("It is changed only if nobody changed it since you looked.")
	default:
		t.text("A Universal control plane cannot change it on a condition: what somebody does in this very moment is lost.")
	}
}
