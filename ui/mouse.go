package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
)

// wheelStep is how many rows the wheel moves.
const wheelStep = 3

// pointed takes the mouse: a click chooses a row, the wheel moves. Both do what
// keys do, so that nothing can be done with the mouse alone, and a click does
// nothing that cannot be taken back.
func (a App) pointed(msg tea.MouseMsg) (tea.Model, tea.Cmd) {
	if a.locked || a.tooSmall() {
		return a, nil
	}
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		id := map[tea.MouseButton]keymap.ID{tea.MouseWheelDown: keymap.Down, tea.MouseWheelUp: keymap.Up}[at.Button]
		a.message = Message{}
		var runs []tea.Cmd
		for range wheelStep {
			next, run := a.moved(id)
			a, runs = next, append(runs, run)
		}
		return a, tea.Batch(runs...)
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			a.message = Message{}
			return a.clicked(Point{at.X, at.Y})
		}
	}
	return a, nil
}

// moved does a deed of the screen on top, if it has it.
func (a App) moved(id keymap.ID) (App, tea.Cmd) {
	top := a.stack[len(a.stack)-1]
	i := slices.IndexFunc(a.deeds(top), func(d Deed) bool { return d.ID == id && d.Not == "" })
	if i < 0 || id == "" {
		return a, nil
	}
	next, run := a.do(a.deeds(top)[i], Press{ID: id})
	return next.(App), run
}

// clicked brings the bar to the row of a click, or as near as it goes. Where that
// is in the other pane, it goes there first.
func (a App) clicked(at Point) (App, tea.Cmd) {
	var runs []tea.Cmd
	bar, rest := a.bars()
	if bar == nil || a.fenced(*bar, at) {
		return a, nil
	}
	if rest != nil && (rest.X < bar.X) == (at.X < max(bar.X, rest.X)-1) {
		next, run := a.moved(keymap.OtherPane)
		a, runs = next, append(runs, run)
		bar, _ = a.bars()
	}
	for range a.height {
		if bar == nil || bar.Y == at.Y {
			break
		}
		id := keymap.Down
		if at.Y < bar.Y {
			id = keymap.Up
		}
		next, run := a.moved(id)
		a, runs = next, append(runs, run)
		was := *bar
		bar, _ = a.bars()
		if bar == nil || *bar == was || (was.Y < at.Y) != (bar.Y < at.Y) {
			break // it is there, or went past a line that is no row
		}
	}
	return a, tea.Batch(runs...)
}

// fenced tells that a click is on no row: on the lines that are the console's, or
// beyond the border of the box that the bar is in.
func (a App) fenced(bar, at Point) bool {
	if at.Y < 2 || at.Y >= a.height-2 {
		return true
	}
	lines, _ := a.draw()
	for _, l := range lines[min(bar.Y, at.Y) : max(bar.Y, at.Y)+1] {
		text := ""
		for _, s := range l.cut(at.X, a.width) {
			text += s.Text
		}
		pane, _, _ := strings.Cut(text, "│")
		if strings.ContainsAny(pane, "├╰╭┤╯╮") {
			return true
		}
	}
	return false
}

// bars tells where the bar is that the keys act on, and where one rests in the
// other pane.
func (a App) bars() (bar, rest *Point) {
	lines, _ := a.draw()
	for y, l := range lines {
		x := 0
		for _, s := range l {
			for i, r := range s.Text {
				at := &Point{x + width(s.Text[:i]), y}
				switch {
				case r == '▌' && s.Role == Accent && bar == nil:
					bar = at
				case r == '▸' && rest == nil && strings.TrimSpace(s.Text) == "▸":
					rest = at
				}
			}
			x += width(s.Text)
		}
	}
	return bar, rest
}
