package ui

import "strings"

// Box is a dialog: a title and lines within a border, or under 80 columns a
// full screen with a rule.
type Box struct {
	Title string
	Right string
	Wide  int // outer width wished for, 44 to 86
	Lines []Line
	// Cursor is where text is typed, within Lines.
	Cursor *Point

	unread int // how many lines are read on from here, where the text is too long; 0 when all was
}

// rule is line 2 of a full screen and the head of a section: dashes, a title,
// dashes, and what counts for the whole at the right.
func rule(title, note string, w int) Line {
	return ruleOf(say(Title, title), note, w)
}

// ruleOf is rule with a title of several roles.
func ruleOf(title Line, note string, w int) Line {
	const edge = "──"
	// Of both that are too long the title keeps the better part.
	if over := 3 + title.width() + 1 + width(note) + 4 - w; note != "" && over > 0 {
		note = shorten(note, max(width(note)-over, w/3))
	}
	end := Line{{Muted, edge}}
	if note != "" {
		end = Line{{Muted, " " + note + " " + edge}}
	}
	line := Line{{Muted, edge + " "}}
	room := w - 3 - 1 - end.width()
	if title.width() > room-1 {
		title = title.middle(room - 1)
	}
	if title.width() == 0 {
		return Line{{Muted, strings.Repeat("─", w)}}
	}
	line = append(line, title...)
	line = append(line, Span{Plain, " "})
	fill := w - line.width() - end.width()
	line = append(line, Span{Muted, strings.Repeat("─", max(fill, 0))})
	return append(line, end...).fit(w)
}

// frameTop is the upper border of a pane or dialog.
func frameTop(title Line, note string, w int, border Role) Line {
	room := w - 4
	end := Line{{border, "╮"}}
	if note != "" {
		end = Line{{Muted, " " + note + " "}, {border, "╮"}}
	}
	room -= end.width() - 1
	if title.width() > room {
		title = title.middle(room)
	}
	line := Line{{border, "╭ "}}
	line = append(line, title...)
	line = append(line, Span{Plain, " "})
	fill := w - line.width() - end.width()
	line = append(line, Span{border, strings.Repeat("─", max(fill, 0))})
	return append(line, end...)
}

// frameMiddle divides a pane: the head of the facts under a list.
func frameMiddle(title string, w int, border Role) Line {
	line := Line{{border, "├ "}, {Title, shorten(title, w-6)}, {Plain, " "}}
	line = append(line, Span{border, strings.Repeat("─", max(w-1-line.width(), 0))})
	return append(line, Span{border, "┤"})
}

// frameSide is one line of a pane between its borders.
func frameSide(l Line, w int, border Role) Line {
	out := Line{{border, "│"}}
	out = append(out, l.fit(w-2)...)
	return append(out, Span{border, "│"})
}

// frameBottom is the lower border.
func frameBottom(w int, border Role) Line {
	return Line{{border, "╰" + strings.Repeat("─", max(w-2, 0)) + "╯"}}
}

// squeeze takes lines away until h are left: blank ones first, then those after
// the first keep lines, which say what it is about, so that what is typed or
// chosen at the end stays in sight too. What was taken is counted.
func squeeze(lines []Line, cursor *Point, h, keep int) ([]Line, *Point) {
	out := make([]Line, 0, len(lines))
	over, y := len(lines)-h, -1
	for i, l := range lines {
		typed := cursor != nil && i == cursor.Y
		if over > 0 && !typed && strings.TrimSpace(l.plain()) == "" {
			over--
			continue
		}
		if typed {
			y = len(out)
		}
		out = append(out, l)
	}
	if over > 0 && len(out) > keep+over+1 {
		gone := over + 1
		more := say(Muted, "   … "+plural(gone, "line", "lines")+" more")
		out = append(append(out[:keep:keep], more), out[keep+gone:]...)
		y -= gone - 1
	}
	if cursor == nil || y < 0 {
		return out, nil
	}
	return out, &Point{X: cursor.X, Y: y}
}

// draw gives the dialog's lines with their border, and where it stands in a
// terminal of total size.
func (b Box) draw(w, h int) (lines []Line, at Point, cursor *Point) {
	outer := min(max(b.Wide, 44), 86, w)
	// Title, status and hints are not covered.
	body, typed := squeeze(b.Lines, b.Cursor, h-chrome-2, 2)
	lines = append(lines, frameTop(say(Accent, b.Title), b.Right, outer, Accent))
	for _, l := range body {
		lines = append(lines, frameSide(l, outer, Accent))
	}
	lines = append(lines, frameBottom(outer, Accent))
	at = Point{(w - outer) / 2, max((h-len(lines))/2, 0)}
	if typed != nil {
		cursor = &Point{at.X + 1 + typed.X, at.Y + 1 + typed.Y}
	}
	return lines, at, cursor
}
