package command

import (
	"slices"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// show says how far an unfinished reassign came, and what can be done.
func (e *errand) show(f backend.Found) {
	if f.Problem != "" {
		e.sheet.line(look, "%s", f.Problem)
		return
	}
	e.sheet.line(stateMark(f.State), "%s: %s, begun%s%s", moved(f.Plan), f.State, ago(f.Unfinished), begunBy(f.Unfinished))
	if f.State != model.Finished {
		e.sheet.line("", "%s", e.whereabouts(f))
	}
	if f.MeshesUnread {
		e.sheet.line(look, "which meshes exist could not be read: you may not list them")
	}
	e.showUsers(f)
	if f.State != model.Finished {
		e.sheet.line("", "%s", choicesLine(f))
	}
	for _, text := range wayOut(f) {
		e.sheet.line("", "%s", text)
	}
	if f.Age < model.Recent && f.State != model.Finished {
		e.sheet.line(look, "it was begun a moment ago, and may still be under way: best wait a minute before deciding")
	}
}

// stateMark is what stands before a state.
func stateMark(s model.State) string {
	switch s {
	case model.Gap, model.Replaced, model.Lost:
		return failed
	case model.Staged, model.Stale, model.Held, model.Placed, model.Unreadable, model.Back:
		return look
	case model.Finished:
	}
	return ""
}

// ago is when it was begun.
func ago(u model.Unfinished) string {
	if u.Started.IsZero() {
		return ""
	}
	return " " + model.AgeWord(u.Age) + " ago"
}

// begunBy is who began it, as far as that is known.
func begunBy(u model.Unfinished) string {
	said := ""
	if u.By != "" {
		said = " by " + model.Visible(u.By)
	}
	if u.Host != "" {
		said += " on host " + model.Visible(u.Host)
	}
	return said
}

// choicesLine are the choices, the usual one first, and why it is.
func choicesLine(f backend.Found) string {
	var flags []string
	for _, c := range f.Choices {
		switch c {
		case model.Finish:
			flags = append(flags, "--finish")
		case model.TakeBack:
			flags = append(flags, "--take-back")
		case model.Forget:
			flags = append(flags, "--forget "+quoted(f.Plan.To.Name))
		case model.Leave:
		}
	}
	switch len(flags) {
	case 0:
		return "what is there allows neither --finish nor --take-back"
	case 1:
		return "what can be done: " + flags[0] + usually(f)
	}
	return "usual: " + flags[0] + usually(f) + "; also possible: " + strings.Join(flags[1:], ", ")
}

// cannot says why what was asked for is not done.
func (e *errand) cannot(f backend.Found, choice model.Choice) string {
	if f.Problem != "" {
		return "It is left as it is. " + f.Problem
	}
	flag, mesh, there := "--finish", f.Plan.To, f.ToThere
	switch choice {
	case model.TakeBack:
		flag, mesh, there = "--take-back", f.Plan.From, f.FromThere
	case model.Forget:
		return model.Visible(f.Plan.To.Name) + " is left as it is: --forget is for what can neither be finished nor taken back."
	case model.Leave, model.Finish:
	}
	why := sentence(f.State.String()) + "."
	switch {
	case f.Stays != nil && choice == model.Finish:
		why = f.Stays.Error()
	case f.MeshesUnread:
		why = "Whether mesh " + meshOf(mesh) + " exists could not be read."
	case !there && slices.Contains([]model.State{model.Staged, model.Gap, model.Placed}, f.State):
		why = "Mesh " + meshOf(mesh) + " does not exist."
	}
	return model.Visible(f.Plan.To.Name) + " is left as it is, " + flag + " is not possible. " + why
}
