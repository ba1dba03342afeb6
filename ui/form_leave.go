package ui

import (
	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
)

// abandon asks before what was typed is dropped.
type abandon struct {
	form *token
	name string
	// halfOf is the certificate or key of a CA that was saved already, when the
	// form holds the other half of it; "" for all others.
	halfOf string
	yes    bool
}

// abandoned tells a form that it is left.
type abandoned struct{ form *token }

// Deeds are those of a choice.
func (a abandon) Deeds(Frame) []Deed {
	return []Deed{
		{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept},
		{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Back, Word: "go on editing", Pin: true}, {ID: keymap.Help, Pin: true},
	}
}

// Do chooses.
func (a abandon) Do(_ Frame, p Press) (Screen, Result) {
	switch p.ID {
	case keymap.Down:
		a.yes = true
	case keymap.Up:
		a.yes = false
	case keymap.Accept:
		if a.yes {
			return a, Result{Close: true, Tell: abandoned{a.form}}
		}
		return a, Result{Close: true}
	case keymap.Back:
		return a, Result{Close: true}
	}
	return a, Result{}
}

// Update has nothing to take.
func (a abandon) Update(Frame, tea.Msg) (Screen, Result) { return a, Result{} }

// View is drawn as a box.
func (a abandon) View(Frame) View { return View{} }

// loss says what is dropped.
func (a abandon) loss() string {
	if a.halfOf != "" {
		return a.halfOf + " is saved, and this is its only other half: dropped here, it is gone for good, and " + a.halfOf + " is of no use. z undoes that one."
	}
	return "What you typed is dropped, here and for good."
}

func (a abandon) box(f Frame) Box {
	r := &report{canvas{w: min(58, f.Width)}}
	r.gap()
	r.hang(look, a.loss())
	r.gap()
	at := 0
	if a.yes {
		at = 1
	}
	lines := append(r.lines, choices([]choice{{word: "go on editing"}, {word: "drop it"}}, at, 0)...)
	return Box{Title: "Leave " + a.name + " unsaved?", Wide: 60, Lines: append(lines, blank())}
}
