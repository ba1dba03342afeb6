package ui

import (
	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// sorting is the choice of the column that a list is sorted by.
type sorting struct {
	now      model.Sort
	at       int // of model.Columns
	reversed bool
}

func newSorting(now model.Sort) sorting {
	return sorting{now: now, at: int(now.By), reversed: now.Reversed}
}

// Deeds choose, reverse and go back.
func (s sorting) Deeds(Frame) []Deed {
	return append(moves(), Deed{ID: keymap.Accept, Word: "sort"}, Deed{ID: keymap.Reverse},
		Deed{ID: keymap.Redraw, Quiet: true}, Deed{ID: keymap.Back, Pin: true}, Deed{ID: keymap.Help, Pin: true})
}

// Do does one of them. The list below sorts: what is chosen goes there as if it
// had been typed.
func (s sorting) Do(_ Frame, p Press) (Screen, Result) {
	if isMove(p.ID) {
		s.at = moved(p.ID, s.at, len(model.Columns()), len(model.Columns()))
		return s, Result{}
	}
	switch p.ID {
	case keymap.Reverse:
		s.reversed = !s.reversed
		return s, Result{}
	case keymap.Accept:
		return s, Result{Close: true, Then: &Press{ID: keymap.Sort, Word: s.chosen().String()}}
	}
	return s, Result{Close: true}
}

// chosen is the order at the bar.
func (s sorting) chosen() model.Sort { return s.order(s.at) }

func (s sorting) order(i int) model.Sort {
	return model.Sort{By: model.Columns()[i], Reversed: s.reversed}
}

// Update has nothing to take.
func (s sorting) Update(Frame, tea.Msg) (Screen, Result) { return s, Result{} }

// View is drawn as a box.
func (s sorting) View(Frame) View { return View{} }

func (s sorting) box(Frame) Box {
	lines := []Line{blank()}
	for i := range model.Columns() {
		bar, role, first := noBar, Plain, s.order(i).First()
		if i == s.at {
			bar, role = actingBar, Selection
		}
		if s.order(i) == s.now {
			first += ", now"
		}
		lines = append(lines, Line{{Plain, " "}, bar.span(), {Plain, " "}, {role, pad(s.order(i).By.String(), 16)}, {Plain, first}})
	}
	return Box{Title: "Sort by", Wide: 44, Lines: append(lines, blank())}
}
