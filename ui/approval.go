package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// approval asks before a change of a form is saved. Meanwhile the change is
// tried out on the server, where that is possible.
type approval struct {
	to      *session
	form    *token
	change  model.Change // without values
	breaks  []string     // what will stop working, in sentences
	effects []string     // what will change, likewise
	names   []string     // who names it, where that are several
	laid    *wrapped
	ask     consent
	trying  *request
	trial   backend.Rehearsal
}

// openApproval opens the dialog over a form. The change stays the form's.
func openApproval(f form, fr Frame) (approval, tea.Cmd) {
	a := approval{to: f.to, form: f.id, change: f.change.Bare(), breaks: f.breaks(), effects: f.effects(), ask: consentTo(f.to, f.change), laid: &wrapped{}}
	if namings := model.Namings(a.change.Users); len(namings) > 1 {
		a.names = linesOf(namings)
	}
	if !f.to.traits.Rehearses {
		return a, nil
	}
	gate, c := f.to.gate, f.change.Clone()
	var run tea.Cmd
	a.trying, run = ask(f.to, fr, readLimit, func(ctx context.Context) (backend.Rehearsal, error) {
		defer c.Wipe()
		return gate.Rehearse(ctx, c)
	})
	return a, run
}

func (a approval) typing() bool { return a.ask.typed() }

func (a approval) close() { a.trying.stop() }

// Deeds are those of the consent.
func (a approval) Deeds(f Frame) []Deed {
	if a.box(f).unread > 0 {
		_, keep := a.ask.words()
		return readingOn(keep)
	}
	return a.ask.deeds(f)
}

// Do tells the form when the consent is given.
func (a approval) Do(f Frame, p Press) (Screen, Result) {
	if n := a.box(f).unread; n > 0 && p.ID == keymap.Accept {
		a.ask.past += n
		return a, Result{}
	}
	var out outcome
	var said Message
	a.ask, out, said = a.ask.do(p)
	switch out {
	case agreed:
		return a, Result{Close: true, Tell: approved{a.form}}
	case declined:
		return a, Result{Close: true}
	case undecided:
	}
	return a, Result{Say: said}
}

// Update takes what is typed, and what the server would say. What could not be
// tried is not told: saving will tell.
func (a approval) Update(f Frame, msg tea.Msg) (Screen, Result) {
	if tried, is := msg.(answer[backend.Rehearsal]); is && tried.to == a.trying {
		a.trying, a.trial = nil, tried.value
		return a, Result{}
	}
	if a.box(f).unread == 0 {
		a.ask = a.ask.update(msg)
	}
	return a, Result{}
}

// View is drawn as a box.
func (a approval) View(Frame) View { return View{} }

func (a approval) box(f Frame) Box {
	t := newConfirmText(a.to, f)
	t.laid = a.laid
	t.head(a.change, f)
	t.effects("What will stop working", a.breaks)
	t.effects("What will change", a.effects)
	t.effects("Who names it", a.names)
	for _, trial := range a.trial.Trials {
		t.tried(trial)
	}
	if a.change.Verb == model.Edit {
		t.text(a.looked(t.narrow) + a.writing())
		if t.height > lowest {
			t.text(undoKey(f, "puts the old value back"))
		}
	}
	return t.box("Save "+model.Visible(a.change.Ref().Name), a.change.Ref(), a.ask)
}

// looked says where it was looked for who refers to the secret.
func (a approval) looked(narrow bool) string {
	c := a.change
	switch {
	case c.Ref().Global(), narrow && len(c.Read) > 0:
		return unlistedWords(c.Unread)
	case len(c.Users) == 0 && !c.System:
		return unusedFor(c) + " "
	case c.System:
		return unlistedWords(c.Unread)
	}
	return readWords(c)
}

func (a approval) writing() string {
	if a.to.traits.Preconditions {
		return "It is written on the condition that nobody changed it meanwhile."
	}
	return "Just before writing, the secret is read again and compared; a Universal control plane cannot write on a condition."
}

// linesOf says who refers and as what, a sentence each; those that are too many
// for a dialog are counted.
func linesOf(namings []model.Naming) []string {
	var lines []string
	for n, by := range namings {
		if n == mostStops {
			return append(lines, "and "+plural(len(namings)-n, "other", "others")+": "+namesOf(namings[n:]))
		}
		lines = append(lines, by.Line())
	}
	return lines
}
