package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"meshsecrets/model"
)

// present draws a value: the only place where a screen looks at the bytes.
// Text is shown as it is, wrapped hard at the edge and beginning in column 1,
// so that what the mouse selects is the value; control characters are made
// visible; what is not text is a hex dump. note says how it is shown.
func present(v model.Value, f model.Facts, w int) (lines []Line, note string) {
	if v.Len() == 0 {
		return []Line{say(Muted, "   (empty)")}, "empty"
	}
	if f.Kind == model.JSON {
		if text, ok := model.IndentJSON(v.Reveal()); ok {
			return textLines(text, w), "indented here"
		}
	}
	if isText(v.Reveal()) {
		text := string(v.Reveal()[:textEnd(v.Reveal())])
		lines = textLines(text, w)
		n := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
		note = plural(n, "line", "lines")
		if len(lines) > n {
			note += ", wrapped"
		}
		if len(text) < v.Len() {
			lines = append(lines, say(Muted, fmt.Sprintf("   … %s bytes more", model.CountWord(v.Len()-len(text)))))
		}
		return lines, note
	}
	return hexLines(v.Reveal(), w), "as hex"
}

// layout is a value laid out for one width, so that a frame costs what is in
// sight and not what the value is long. It lives as long as the value is
// revealed.
type layout struct {
	w     int
	lines []Line
	note  string
}

// laidOut gives the lines of a value at this width, laying it out again only
// when the width changed. The layout may be shared by screens that are copies
// of each other: all of them would make the same.
func (l *layout) laidOut(v model.Value, f model.Facts, w int) ([]Line, string) {
	if l.w != w {
		l.lines, l.note = present(v, f, w)
		l.w = w
	}
	return l.lines, l.note
}

// textMost bounds what is laid out of a long text: more than that is for a
// file.
const textMost = 1 << 20

// textEnd is where the text that is shown ends: never within a character.
func textEnd(b []byte) int {
	end := min(len(b), textMost)
	for end > 0 && end < len(b) && !utf8.RuneStart(b[end]) {
		end--
	}
	return end
}

// isText tells whether bytes can be shown as text: valid UTF-8 with no control
// characters but line ends and tabs.
func isText(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func textLines(text string, w int) []Line {
	var lines []Line
	for raw := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		for part := range strings.SplitSeq(ansi.Hardwrap(model.Visible(raw), max(w, 2), true), "\n") {
			lines = append(lines, say(Foreign, part))
		}
	}
	return lines
}

// hexMost bounds a hex dump: more than a screenful of lines is for a file.
const hexMost = 64 << 10

// hexLines shows 16 bytes a line, or fewer where the window is narrow.
func hexLines(b []byte, w int) []Line {
	n := 16
	for n > 4 && 11+3*n+n/16+1+n > w {
		n /= 2
	}
	var lines []Line
	for at := 0; at < min(len(b), hexMost); at += n {
		hex, text := hexRow(b[at:min(at+n, len(b))], n)
		lines = append(lines, Line{{Muted, fmt.Sprintf(" %08x  ", at)}, {Foreign, hex + " " + text}})
	}
	if len(b) > hexMost {
		lines = append(lines, say(Muted, fmt.Sprintf("   … %s bytes more", model.CountWord(len(b)-hexMost))))
	}
	return lines
}

// hexRow is one line of at most n bytes, as hex and as far as it can be read.
func hexRow(row []byte, n int) (hex, text string) {
	var h, t strings.Builder
	for i := range n {
		if i == 8 {
			h.WriteByte(' ')
		}
		if i >= len(row) {
			h.WriteString("   ")
			continue
		}
		fmt.Fprintf(&h, "%02x ", row[i])
		if row[i] >= 0x20 && row[i] < 0x7f {
			t.WriteByte(row[i])
		} else {
			t.WriteByte('.')
		}
	}
	return h.String(), t.String()
}
