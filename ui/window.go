package ui

import "meshsecrets/keymap"

// window is which rows of a list are in sight. It holds numbers only; what is
// chosen is kept by identity and turned into a number for drawing.
type window struct{ top int }

// follow moves the window so that row at is in sight of height rows out of
// total.
func (w window) follow(at, height, total int) window {
	if height < 1 {
		return window{}
	}
	if at < w.top {
		w.top = at
	}
	if at >= w.top+height {
		w.top = at - height + 1
	}
	w.top = max(min(w.top, total-height), 0)
	return w
}

// moved gives the row that a move leads to from row at, out of total rows of
// which height are in sight.
func moved(id keymap.ID, at, height, total int) int {
	step := map[keymap.ID]int{
		keymap.Down: 1, keymap.Up: -1,
		keymap.HalfDown: max(height/2, 1), keymap.HalfUp: -max(height/2, 1),
		keymap.PageDown: max(height, 1), keymap.PageUp: -max(height, 1),
		keymap.Bottom: total, keymap.Top: -total,
	}[id]
	return max(min(at+step, total-1), 0)
}

// moves are the deeds of a list or text that can be moved through.
func moves() []Deed {
	ids := []keymap.ID{keymap.Down, keymap.Up, keymap.Top, keymap.Bottom, keymap.HalfDown, keymap.HalfUp, keymap.PageDown, keymap.PageUp}
	deeds := make([]Deed, len(ids))
	for i, id := range ids {
		deeds[i] = Deed{ID: id, Quiet: true}
	}
	return deeds
}

// isMove tells whether an action moves through a list.
func isMove(id keymap.ID) bool {
	switch id {
	case keymap.Down, keymap.Up, keymap.Top, keymap.Bottom, keymap.HalfDown, keymap.HalfUp, keymap.PageDown, keymap.PageUp:
		return true
	}
	return false
}

// scrolled is moved for a text that scrolls: the first line in sight.
func scrolled(id keymap.ID, top, height, total int) int {
	step := map[keymap.ID]int{
		keymap.Down: 1, keymap.Up: -1,
		keymap.HalfDown: max(height/2, 1), keymap.HalfUp: -max(height/2, 1),
		keymap.PageDown: max(height, 1), keymap.PageUp: -max(height, 1),
		keymap.Bottom: total, keymap.Top: -total,
	}[id]
	return max(min(top+step, total-height), 0)
}

// standing are the deeds that every screen has at the end of its hints.
func standing(back string) []Deed {
	deeds := []Deed{{ID: keymap.Commands}, {ID: keymap.Redraw, Quiet: true}}
	if back != "" {
		deeds = append(deeds, Deed{ID: keymap.Back, Word: back, Pin: true})
	}
	return append(deeds, Deed{ID: keymap.Help, Pin: true})
}
