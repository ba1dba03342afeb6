package ui

import (
	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// help lists the keys of the screen that it was asked on.
type help struct {
	deeds  []Deed
	keys   keymap.Map
	facets []model.FacetHelp // of the screen's filter
	top    int
}

func newHelp(of Screen, deeds []Deed, keys keymap.Map) help {
	h := help{deeds: deeds, keys: keys}
	if f, is := of.(faceted); is {
		h.facets = f.facets()
	}
	return h
}

// Deeds scroll and go back.
func (h help) Deeds(Frame) []Deed {
	deeds := moves()
	deeds[0] = Deed{ID: keymap.Down, Word: "scroll"}
	return append(deeds, Deed{ID: keymap.Back, Pin: true}, Deed{ID: keymap.Redraw, Quiet: true})
}

// Do scrolls or goes back.
func (h help) Do(f Frame, p Press) (Screen, Result) {
	if p.ID == keymap.Back {
		return h, Result{Close: true}
	}
	lines := h.lines(f)
	h.top = scrolled(p.ID, h.top, h.room(f), len(lines))
	return h, Result{}
}

// Update has nothing to take.
func (h help) Update(Frame, tea.Msg) (Screen, Result) { return h, Result{} }

// View is drawn as a box.
func (h help) View(Frame) View { return View{} }

func (h help) room(f Frame) int { return max(f.Whole-6, 4) }

func (h help) box(f Frame) Box {
	lines := h.lines(f)
	room := h.room(f)
	top := max(min(h.top, len(lines)-room), 0)
	if len(lines) > room {
		lines = lines[top : top+room]
	}
	box := Box{Title: "Help", Wide: min(86, f.Width-4), Lines: append([]Line{blank()}, lines...)}
	box.Lines = append(box.Lines, blank())
	return box
}

// lines are the sections: in two columns where they fit, in one under 90.
func (h help) lines(f Frame) []Line {
	var columns [2][]Line
	room := (min(86, f.Width-4) - 6) / 2
	single := f.Width < 90
	if single {
		room = min(86, f.Width) - 6
	}
	for _, section := range keymap.Sections() {
		lines := h.section(section, room)
		if lines == nil {
			continue
		}
		side := 0
		if !single && len(columns[0]) > len(columns[1])+len(lines)/2 {
			side = 1
		}
		if len(columns[side]) > 0 {
			columns[side] = append(columns[side], blank())
		}
		columns[side] = append(columns[side], lines...)
	}
	var out []Line
	for y := range max(len(columns[0]), len(columns[1])) {
		line := Line{{Plain, "  "}}
		line = append(line, at(columns[0], y).fit(room)...)
		if !single {
			line = append(append(line, Span{Plain, "  "}), at(columns[1], y)...)
		}
		out = append(out, line)
	}
	out = append(out, h.filter(min(86, f.Width-4)-6)...)
	marks := append(Line{{Plain, "  "}}, legend(min(86, f.Width)-4, "")...)
	if h.offers(keymap.Mark) {
		marks = append(marks, Span{Plain, "  +"}, Span{Muted, " marked"})
	}
	return append(append(out, blank()), marks)
}

// filter explains the facets of the screen's filter.
func (h help) filter(w int) []Line {
	if len(h.facets) == 0 {
		return nil
	}
	lines := []Line{blank(), {{Plain, "  "}, {Title, "Filter"}, {Muted, "  words match anywhere; ! before a word or facet leaves out"}}}
	for _, facet := range h.facets {
		for i, part := range wrap(facet.What, max(w-20, 8)) {
			example := facet.Example
			if i > 0 {
				example = ""
			}
			lines = append(lines, Line{{Plain, "    "}, {Accent, pad(example, 17)}, {Plain, " " + part}})
		}
	}
	return lines
}

// section gives the keys of one section that the screen has.
func (h help) section(s keymap.Section, w int) []Line {
	lines := []Line{say(Title, string(s))}
	for _, l := range h.keys.Lines(h.offers) {
		if l.Section == s {
			lines = append(lines, Line{{Plain, "  "}, {Accent, pad(l.Keys, 17)}, {Plain, " " + shorten(l.Text, max(w-20, 8))}})
		}
	}
	if len(lines) == 1 {
		return nil
	}
	return lines
}

func (h help) offers(id keymap.ID) bool {
	if id == keymap.Quit {
		return true
	}
	for _, d := range h.deeds {
		if d.ID == id {
			return true
		}
	}
	return false
}
