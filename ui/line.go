package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Role is what a piece of text is, for the theme to colour.
type Role uint8

// The roles; screens name them, theme.go gives them colours.
const (
	Plain Role = iota
	Title
	Accent
	Selection
	InUseMark
	TrustMark // of what the mesh's own mTLS hangs on
	MissingMark
	SystemMark
	Warning
	Failure
	Muted
	Typed
	Foreign // text of a revealed value: drawn plain, never replaced glyph by glyph
)

// Span is text of one role, in one cell a rune or as wide as the terminal
// draws it. It never holds a newline or an escape sequence.
type Span struct {
	Role Role
	Text string
}

// Line is one line of a screen.
type Line []Span

// say makes a line of one span.
func say(role Role, text string) Line { return Line{{role, text}} }

// blank is a line with nothing on it.
func blank() Line { return nil }

// width is the number of cells that text takes. Of ASCII and of our own glyphs
// each takes one; what comes from outside is measured.
func width(text string) int {
	cells := 0
	for _, r := range text {
		if r >= 0x80 && !narrow[r] {
			return ansi.StringWidth(text)
		}
		cells++
	}
	return cells
}

// width is the number of cells of the line.
func (l Line) width() int {
	w := 0
	for _, s := range l {
		w += width(s.Text)
	}
	return w
}

// plain is the line's text alone.
func (l Line) plain() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// fit makes the line exactly w cells wide: cut at the end, or filled with
// blanks.
func (l Line) fit(w int) Line {
	out := l.cut(0, w)
	if missing := w - out.width(); missing > 0 {
		out = append(out, Span{Plain, strings.Repeat(" ", missing)})
	}
	return out
}

// cut gives the cells from, up to and without to. A character that is two
// cells wide and stands across an edge is replaced by a blank.
func (l Line) cut(from, to int) Line {
	out := make(Line, 0, len(l)+1)
	at := 0
	for _, s := range l {
		w := width(s.Text)
		start, end := max(from-at, 0), min(to-at, w)
		if start < end {
			out = append(out, Span{s.Role, cutText(s.Text, start, end)})
		}
		at += w
		if at >= to {
			break
		}
	}
	return out
}

// cutText gives the cells of text from start up to end.
func cutText(text string, start, end int) string {
	if len(text) == width(text) {
		return text[start:end]
	}
	part, wanted := "", end-start
	if start > 0 && ansi.StringWidth(ansi.Cut(text, 0, start)) < start {
		part, start = " ", start+1 // a character stands across the beginning
	}
	if start < end {
		part += ansi.Cut(text, start, end)
	}
	if missing := wanted - ansi.StringWidth(part); missing > 0 {
		part += strings.Repeat(" ", missing)
	}
	return part
}

// shortened is the line in at most w cells, an ellipsis at its end when
// something was cut.
func (l Line) shortened(w int) Line {
	if l.width() <= w {
		return l
	}
	return append(l.cut(0, max(w-1, 0)), Span{Plain, "…"})
}

// middle is a title in at most w cells: it keeps both ends, as names do.
func (l Line) middle(w int) Line {
	if len(l) == 0 || l.width() <= w {
		return l
	}
	return Line{{l[0].Role, shortenMiddle(l.plain(), max(w, 0))}}
}

// as gives the line in another role, whatever roles it had.
func (l Line) as(role Role) Line {
	out := make(Line, len(l))
	for i, s := range l {
		out[i] = Span{role, s.Text}
	}
	return out
}

// resting is the line as it lies under a dialog: muted, its bar at rest.
func (l Line) resting() Line {
	out := l.as(Muted)
	for i := range out {
		out[i].Text = strings.ReplaceAll(out[i].Text, "▌", "▸")
	}
	return out
}

// over puts part onto the line, from column x on.
func (l Line) over(part Line, x, total int) Line {
	base := l.fit(total)
	out := append(Line{}, base.cut(0, x)...)
	out = append(out, part...)
	return append(out, base.cut(x+part.width(), total)...)
}

// left is text in exactly w cells, cut at its end with an ellipsis.
func left(role Role, text string, w int) Span {
	return Span{role, pad(shorten(text, w), w)}
}

// right is the same, standing at the right.
func right(role Role, text string, w int) Span {
	text = shorten(text, w)
	return Span{role, strings.Repeat(" ", max(w-width(text), 0)) + text}
}

// pad fills text with blanks to w cells.
func pad(text string, w int) string {
	return text + strings.Repeat(" ", max(w-width(text), 0))
}

// shorten cuts text at its end to w cells, the last of them an ellipsis.
func shorten(text string, w int) string {
	if w <= 0 {
		return ""
	}
	if width(text) <= w {
		return text
	}
	return cutText(text, 0, w-1) + "…"
}

// shortenMiddle cuts a name in its middle so that both ends stay: two fifths
// of the room at its end.
func shortenMiddle(name string, w int) string {
	total := width(name)
	if total <= w {
		return name
	}
	if w <= 1 {
		return shorten(name, w)
	}
	tail := (w - 1) * 2 / 5
	head := w - 1 - tail
	return cutText(name, 0, head) + "…" + cutText(name, total-tail, total)
}

// wrap breaks text at blanks into lines of at most w cells; a word that is
// longer is broken hard.
func wrap(text string, w int) []string {
	if w < 1 {
		return nil
	}
	if text == "" {
		return []string{""}
	}
	return strings.Split(ansi.Wrap(text, w, " "), "\n")
}

// sentenceLines wraps a sentence beside its mark.
func sentenceLines(mark Span, text string, w int) []Line {
	var lines []Line
	for i, part := range wrap(text, w-4) {
		if i > 0 {
			mark = unmarked
		}
		lines = append(lines, Line{{Plain, " "}, mark, {Plain, " " + part}})
	}
	return lines
}
