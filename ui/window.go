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
	return max(min(at+stride(id, height, total), total-1), 0)
}

// scrolled is moved for a text that scrolls: the first line in sight.
func scrolled(id keymap.ID, top, height, total int) int {
	return max(min(top+stride(id, height, total), total-height), 0)
}

// stride is how far a move goes.
func stride(id keymap.ID, height, total int) int {
	switch id {
	case keymap.Down:
		return 1
	case keymap.Up:
		return -1
	case keymap.HalfDown:
		return max(height/2, 1)
	case keymap.HalfUp:
		return -max(height/2, 1)
	case keymap.PageDown:
		return max(height, 1)
	case keymap.PageUp:
		return -max(height, 1)
	case keymap.Bottom:
		return total
	case keymap.Top:
		return -total
	}
	return 0
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

// standing are the deeds that every screen has at the end of its hints.
func standing(back string) []Deed {
	deeds := []Deed{{ID: keymap.Commands}, {ID: keymap.Redraw, Quiet: true}}
	if back != "" {
		deeds = append(deeds, Deed{ID: keymap.Back, Word: back, Pin: true})
	}
	return append(deeds, Deed{ID: keymap.Help, Pin: true})
}
