package ui

import (
	"slices"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The words of an unfinished reassign: how far it came, what that means, and
// what each choice does.

func (i interrupted) name() string { return model.Visible(i.Plan.From.Name) }
func (i interrupted) from() string { return model.Visible(i.Plan.From.Mesh) }
func (i interrupted) into() string { return model.Visible(i.Plan.To.Mesh) }

// copies tells that a safety copy holds the value on the way.
func (i interrupted) copies() bool { return i.Copy != "" }

// title is what it is called: what is none of ours has the name of its object.
func (i interrupted) title() string {
	if i.Plan.From.Name == "" {
		return model.Visible(i.Copy)
	}
	return i.name()
}

// way is "payments → checkout".
func (i interrupted) way() string {
	if i.Problem != "" && i.from() == "" {
		return ""
	}
	return i.from() + " → " + i.into()
}

// stateMark is the mark before a state.
func (i interrupted) stateMark() Span {
	switch {
	case i.err != nil:
		return look
	case !i.looked && i.Problem == "":
		return unmarked
	}
	switch i.State {
	case model.Gap, model.Replaced, model.Lost:
		return failedMark
	case model.Stale, model.Held, model.Placed, model.Unreadable:
		return look
	case model.Finished, model.Staged, model.Back:
	}
	return unmarked
}

// stateWord is how far it came.
func (i interrupted) stateWord() string {
	switch {
	case i.err != nil:
		return "could not be looked at"
	case i.Problem != "":
		return model.Unreadable.String()
	case !i.looked:
		return "…"
	}
	return i.State.String()
}

// unreadableWord says what was found and is none of ours.
func unreadableWord(u model.Unfinished) string {
	if u.Copy == "" {
		return model.Visible(u.Plan.From.Name) + " carries a mark of a reassign that cannot be read: " + u.Problem
	}
	return model.Visible(u.Copy) + " does not hold what a safety copy holds."
}

// begunBy is "by ana on host lab-7", "" when it is not known.
func (i interrupted) begunBy() string {
	text := ""
	if i.By != "" {
		text = "by " + model.Visible(i.By)
	}
	if i.Host != "" {
		text = strings.TrimSpace(text + " on host " + model.Visible(i.Host))
	}
	return text
}

// meshesWord tells which of the two meshes exist.
func (i interrupted) meshesWord() (Span, string) {
	from, into := "mesh "+i.from(), "mesh "+i.into()
	switch {
	case i.MeshesUnread:
		return look, "whether " + into + " and " + from + " exist is not known: you may not list meshes"
	case i.FromThere && i.ToThere:
		text := into + " exists, " + from + " exists"
		if w := i.Progress.World; w.Source != model.Foreign && w.Target != model.Foreign {
			text += "; no other secret has taken the name"
		}
		return passedMark, text
	case i.ToThere:
		return look, into + " exists; " + from + " does not exist any more"
	case i.FromThere:
		return look, from + " exists; " + into + " does not exist any more"
	}
	return failedMark, "neither " + into + " nor " + from + " exists any more"
}

// meaning says what the state means for who asks for the secret.
func (i interrupted) meaning() string {
	from, into := i.from(), i.into()
	switch i.State {
	case model.Gap:
		return "The secret is in no mesh: who asks for it does not find it."
	case model.Staged:
		if i.copies() {
			return "Nothing was deleted: the secret is in " + from + " as before."
		}
		return "Nothing was deleted: the secret is in " + from + " as before, and in " + into + " with equal bytes."
	case model.Stale:
		if i.copies() {
			return "Somebody changed it in " + from + " since: to finish would lose that change."
		}
		return from + " has another value now than " + into + ". Both are kept; look at the two, then delete the one that is not meant."
	case model.Held:
		return "Finalizers hold what is being deleted. Whoever set them has to let go first; then look again."
	case model.Placed:
		return "The secret is in " + into + ", and nowhere else in a mesh. Only tidying up is left."
	case model.Back:
		if i.Progress.World.Source == model.Present {
			return "The secret is in " + from + ": somebody takes it back, or began to. Only tidying up is left."
		}
		return "The secret is in " + from + " again: somebody put it back, or the reassign did."
	case model.Replaced:
		if other, is := i.Progress.Stranger(); is && i.namespace != "" {
			return strangerWords(other, i.namespace)
		}
		if i.copies() {
			return "Somebody made another secret of this name. The safety copy keeps the value that was on its way."
		}
		return into + " has another value now than was made there. Nothing is done with it; look at it, and at " + from + "."
	case model.Lost:
		return "It is in neither mesh, and nothing that can be found here holds its value."
	case model.Unreadable:
		if i.copies() {
			return "Nothing is done with it. Delete it by name if you know what it is."
		}
		return "Nothing is done with it. Take the label " + model.LabelReassign + " off it if nobody is at it."
	case model.Finished:
	}
	return "Nothing is left of it."
}

// withheld says why a choice is not offered that a person would look for.
func (i interrupted) withheld() string {
	from := i.from()
	switch back := slices.Contains(i.Choices, model.TakeBack); {
	case i.State == model.Placed && !back && !i.FromThere:
		return "It cannot be taken back, as mesh " + from + " does not exist any more."
	case i.State == model.Placed && !back:
		return "It is not taken back from here, as all but its safety copy is done, or another run is at it. Finish it; then it can be reassigned to " + from + "."
	case i.State == model.Replaced && i.copies():
		return "Neither finish nor put back is offered while something else has its name."
	}
	return ""
}

// choiceOf words one choice: what it is called and what it does.
func (i interrupted) choiceOf(c model.Choice, zones bool) choice {
	switch c {
	case model.Finish:
		return choice{"finish", i.finishes(zones)}
	case model.TakeBack:
		return i.takesBack()
	case model.Forget:
		if !i.copies() {
			return choice{"keep both", "end the reassign: only its label is taken off"}
		}
		return choice{"drop the copy", "delete the safety copy for good; what is there now stays"}
	case model.Leave:
	}
	if i.State == model.Lost || i.State == model.Unreadable {
		return choice{"leave as it is", "nothing is done; it stays in this list"}
	}
	return choice{"leave as it is", "nothing is lost; it stays in this list"}
}

func (i interrupted) finishes(zones bool) string {
	from, into, clean := i.from(), i.into(), "clean up"
	if zones {
		clean = "send to the zones, clean up"
	}
	switch {
	case i.State == model.Placed && zones:
		return "send it to the zones once more, clean up"
	case i.State == model.Placed && i.copies():
		return "take the mark off it, delete the safety copy"
	case i.State == model.Placed:
		return "take the mark off it"
	case i.State == model.Staged && i.copies():
		return "delete it from " + from + ", create it in " + into + ", compare, " + clean
	case i.State == model.Staged:
		return "compare the two, delete it from " + from + ", " + clean
	}
	return "create it in " + into + ", compare, " + clean
}

func (i interrupted) takesBack() choice {
	from, into := i.from(), i.into()
	switch {
	case i.State == model.Gap:
		return choice{"put back", "create it in " + from + " again, compare, clean up"}
	case i.State == model.Placed && i.copies():
		return choice{"take back", "delete it from " + into + ", create it in " + from + " again, compare"}
	case i.State == model.Placed:
		return choice{"take back", "create it in " + from + " again, compare, delete it from " + into}
	case i.State == model.Back:
		return choice{"clean up", "delete the safety copy; " + from + " keeps the secret"}
	case i.State == model.Stale:
		return choice{"take back", "delete the safety copy; " + from + " keeps what it has now"}
	case i.copies():
		return choice{"take back", "delete the safety copy; " + from + " keeps the secret"}
	}
	return choice{"take back", "delete it from " + into + " again; " + from + " keeps it"}
}

// usual says which choice is usual, and why.
func (i interrupted) usual() string {
	if len(i.Choices) == 0 || i.Choices[0] == model.Leave {
		return "Nothing is done with it from here; its decision says why."
	}
	word, why := i.choiceOf(i.Choices[0], false).word, ""
	switch {
	case i.State == model.Gap && i.Choices[0] == model.Finish:
		why = ", as mesh " + i.into() + " exists and the copy is whole"
	case i.State == model.Gap:
		why = ", as mesh " + i.into() + " does not exist any more"
	case i.State == model.Staged:
		why = ", as nothing was deleted yet"
	case i.State == model.Placed:
		why = ", as it is where it was to be"
	case i.State == model.Back:
		why = ", as it is where it was"
	case i.State == model.Stale:
		why = ", as to finish would lose the change"
	}
	return "Usual choice: " + word + why + "."
}

// sourceWord and targetWord say what stands at the two ends.
func (i interrupted) sourceWord() (Span, string) { return endWord(i.Progress.World.Source, "gone") }
func (i interrupted) targetWord() (Span, string) {
	if _, is := i.Progress.Stranger(); is {
		return failedMark, "name is taken"
	}
	return endWord(i.Progress.World.Target, "not there")
}

func endWord(p model.Place, absent string) (Span, string) {
	switch p {
	case model.Present:
		return passedMark, "holds the value"
	case model.Edited:
		return look, "changed since"
	case model.Restored:
		return passedMark, "holds it again"
	case model.Deleting:
		return look, "being deleted"
	case model.Foreign:
		return failedMark, anotherValue
	case model.Absent:
	}
	return unmarked, absent
}

func (i interrupted) copyWord() (Span, string) {
	switch i.Progress.World.Copy {
	case model.Present:
		return passedMark, "holds the value"
	case model.Absent:
		return unmarked, "gone"
	case model.Edited, model.Restored, model.Deleting, model.Foreign:
	}
	return failedMark, "not of this program"
}

// strangers tells that somebody else began it, as far as that is known.
func (i interrupted) strangers(s *session) bool { return i.By == "" || i.By != s.id.User }

// zonesFollow tells that zones are to be sent it, or may be.
func (i interrupted) zonesFollow(s *session) bool {
	return s.id.Mode == backend.ModeGlobal && i.Progress.Plan.Zones
}
