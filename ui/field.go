package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"meshsecrets/model"
)

// field is one line of text that is typed. The editing is the library's; the
// drawing is ours, so that a field looks like the rest of the screen.
type field struct{ input textinput.Model }

func newField(text string, limit int) field {
	in := textinput.New()
	in.CharLimit = limit
	in.SetVirtualCursor(false)
	in.SetValue(text)
	in.CursorEnd()
	in.Focus()
	return field{input: in}
}

func (f field) text() string { return f.input.Value() }

// update takes a key or a paste.
func (f field) update(msg tea.Msg) field {
	f.input, _ = f.input.Update(msg)
	return f
}

// line is what was typed, and the column of the cursor in it, in w cells: of a
// longer text the part before the cursor is shown.
func (f field) line(w int) (Span, int) {
	runes := []rune(f.text())
	at := min(f.input.Position(), len(runes))
	before := model.Visible(string(runes[:at]))
	for width(before) >= w && before != "" {
		before = string([]rune(before)[1:])
	}
	rest := shortenPlain(model.Visible(string(runes[at:])), w-width(before))
	return Span{Typed, before + rest}, width(before)
}

// shortenPlain cuts without an ellipsis.
func shortenPlain(text string, w int) string {
	if width(text) <= w {
		return text
	}
	return cutText(text, 0, max(w, 0))
}
