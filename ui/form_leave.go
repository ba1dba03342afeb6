package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
)

// abandon asks before what was typed is dropped.
type abandon struct {
	form *token
	name string
	only onlyCopy // what would be lost; zero where that is only what was typed
	lone lone     // what the form holds, when its other half is saved
	at   int      // the choice that the bar is on
}

// abandoned tells a form that it is left. Undo tells to take back what it wrote.
type abandoned struct {
	form *token
	undo bool
}

// leaveAsked is the question before the form is left.
func (f form) leaveAsked() abandon {
	only, _ := f.keeps()
	return abandon{form: f.id, name: f.called(), only: only, lone: f.lone}
}

// choices are what can be chosen now, staying first.
func (a abandon) choices(now time.Time) []choice {
	all := []choice{{word: "go on editing"}, {word: "drop it"}}
	if a.lone.undoable(now) {
		all = append(all, choice{word: "drop it, and undo adding " + a.lone.of + " too"})
	}
	return all
}

// Deeds are those of a choice.
func (a abandon) Deeds(Frame) []Deed {
	return []Deed{
		{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept},
		{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Back, Word: "go on editing", Pin: true}, {ID: keymap.Help, Pin: true},
	}
}

// Do chooses.
func (a abandon) Do(f Frame, p Press) (Screen, Result) {
	switch p.ID {
	case keymap.Down:
		a.at = min(a.at+1, len(a.choices(f.Now))-1)
	case keymap.Up:
		a.at = max(a.at-1, 0)
	case keymap.Accept:
		if a.at >= len(a.choices(f.Now)) { // its time is over
			a.at = 0
			return a, Result{}
		}
		if a.at > 0 {
			return a, Result{Close: true, Tell: abandoned{form: a.form, undo: a.at > 1}}
		}
		return a, Result{Close: true}
	case keymap.Back:
		return a, Result{Close: true}
	}
	return a, Result{}
}

// Update forgets what can be undone with the console that locks, and goes to the top
// when what the bar was on is gone: who drops the value says so.
func (a abandon) Update(f Frame, msg tea.Msg) (Screen, Result) {
	if _, is := msg.(locking); is {
		a.lone.saved = time.Time{}
	}
	if a.at >= len(a.choices(f.Now)) {
		a.at = 0
	}
	return a, Result{}
}

// View is drawn as a box.
func (a abandon) View(Frame) View { return View{} }

// loss says what is dropped.
func (a abandon) loss() string {
	if a.only != (onlyCopy{}) {
		return a.only.loss
	}
	return "What you typed is dropped, here and for good."
}

func (a abandon) box(f Frame) Box {
	r := &report{canvas{w: min(58, f.Width)}}
	r.gap()
	r.hang(look, a.loss())
	r.gap()
	lines := append(r.lines, choices(a.choices(f.Now), a.at, 0)...)
	return Box{Title: "Leave " + a.name + " unsaved?", Wide: 60, Lines: append(lines, blank())}
}
