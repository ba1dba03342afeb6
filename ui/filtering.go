package ui

import "meshsecrets/model"

func (b browse) facets() []model.FacetHelp   { return model.Facets() }
func (p problems) facets() []model.FacetHelp { return model.Facets() }

// filterHints are the last line while a filter is typed: what can be typed, as
// far as there is room, or which facet cannot be read and what it takes.
func filterHints(f Frame, typed model.Filter) Line {
	gap := "  "
	if f.Width >= twoPanes {
		gap = "   "
	}
	fault := typed.Begun()
	if faults := typed.Faults(); len(faults) > 0 {
		fault = faults[0]
	}
	if fault != "" {
		end := Line{{Plain, gap}, {Accent, "esc"}, {Muted, " clear "}}
		told := Line{{Plain, " "}, look, {Plain, " " + fault}}
		return append(told.shortened(f.Width-end.width()), end...)
	}
	line := Line{{Plain, " "}, {Accent, "enter"}, {Muted, " keep" + gap}, {Accent, "esc"}, {Muted, " clear"}}
	end := Line{{Plain, gap + "!word"}, {Muted, " leaves out"}}
	for _, facet := range model.Facets() {
		if line.width()+width(gap+facet.Example)+end.width() >= f.Width {
			break
		}
		line = append(line, Span{Plain, gap + facet.Example})
	}
	return append(line, end...)
}

// readFilter reads a filter; while it is typed its end may be unfinished.
func readFilter(text string, typing bool) model.Filter {
	if typing {
		return model.ParseTyped(text)
	}
	return model.ParseFilter(text)
}

// unreadFilter says in an empty list why the filter shows nothing. While it is
// typed the last line says which part cannot be read.
func unreadFilter(f model.Filter, typing bool, w int) []Line {
	if typing {
		return []Line{blank(), blank(), say(Plain, "   Nothing is shown until the whole filter can be read.")}
	}
	lines := []Line{blank(), blank(), say(Plain, "   Nothing is shown, because a part of the filter cannot be read:")}
	for _, fault := range f.Faults() {
		lines = append(lines, sentenceLines(look, fault, w)...)
	}
	hint := func(key, text string) Line { return Line{{Plain, "   "}, {Accent, pad(key, 6)}, {Plain, text}} }
	return append(lines, blank(), hint("/", "mends it"), hint("esc", "clears the filter"))
}
