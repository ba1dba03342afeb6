package ui

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"meshsecrets/model"
)

// origin is where the bytes of an entry came from, as long as nothing was
// typed into them.
type origin uint8

const (
	typedHere origin = iota
	pastedHere
	asStored
	fromFile
	fromEditor
	fromHere // made by this program
)

// entry is a value that is being written. The library's text area edits it as
// long as that gives back the very same bytes; what it would change (tabs, CR
// LF, control characters, very long text) is kept beside it, byte for byte,
// and can only be replaced.
//
// The text area is behind a function for the reason that a model.Value's bytes
// are: what prints a screen by reflection must not print what is typed.
type entry struct {
	area func() *textarea.Model
	kept model.Value
	keep bool
	from origin
}

// The text area draws and wraps on every key, so very long text is kept
// instead.
const (
	longestText  = 1000     // lines
	longestLine  = 8 << 10  // bytes
	longestValue = 16 << 10 // bytes: beyond it a key takes longer than a frame
)

func newEntry() entry {
	area := textarea.New()
	area.MaxHeight, area.CharLimit = 0, 0
	area.ShowLineNumbers = false
	area.Prompt = ""
	area.SetVirtualCursor(false)
	area.KeyMap = editingKeys()
	area.SetWidth(500)
	area.Focus()
	return entry{area: func() *textarea.Model { return &area }}
}

// editingKeys are the library's without those that never end on blank text
// (word backward), that change letters unseen in a masked value, or that read
// the clipboard of the machine, which over a remote login is another one.
func editingKeys() textarea.KeyMap {
	keys := textarea.DefaultKeyMap()
	for _, k := range []*key.Binding{
		&keys.WordBackward, &keys.UppercaseWordForward, &keys.LowercaseWordForward,
		&keys.CapitalizeWordForward, &keys.TransposeCharacterBackward, &keys.Paste,
	} {
		k.SetEnabled(false)
	}
	return keys
}

// entryOf is an entry that holds a copy of the value.
func entryOf(v model.Value, from origin) entry {
	e := newEntry()
	e.from = from
	if text, ok := editable(v); ok {
		e.area().SetValue(text)
		if e.area().Value() == text {
			return e
		}
		e.area().Reset()
	}
	e.kept, e.keep = v.Clone(), true
	return e
}

// learnt are the facts of a value, comparable with those of the list.
func learnt(s *session, v model.Value) model.Facts { return s.examine.Examine(v.Reveal()) }

// editable gives the text of a value that the text area can hold unchanged.
func editable(v model.Value) (string, bool) {
	b := v.Reveal()
	if !utf8.Valid(b) || len(b) > longestValue || bytes.Count(b, []byte("\n")) > longestText {
		return "", false
	}
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		if len(line) > longestLine {
			return "", false
		}
	}
	for _, r := range string(b) {
		if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
			return "", false
		}
	}
	return string(b), true
}

// value is a copy of what is written; the caller wipes it.
func (e entry) value() model.Value {
	if e.keep {
		return e.kept.Clone()
	}
	return model.NewValue([]byte(e.area().Value()))
}

func (e entry) empty() bool {
	if e.keep {
		return e.kept.Len() == 0
	}
	return e.area().Length() == 0 && e.area().LineCount() <= 1
}

// wipe lets go of what is written, as far as that is possible: the text area
// keeps copies of its own.
func (e entry) wipe() { e.kept.Wipe() }

// paste takes pasted text. Into an empty value, or one that nobody has typed
// into yet, it goes byte for byte; said tells what could not be taken.
func (e entry) paste(text string, replace bool) (_ entry, said Message) {
	if len(text) > model.MostValue {
		return e, refused("What was pasted is larger than 1 MiB, so nothing of it was taken. Paste less, or take the value from a file.")
	}
	if !strings.Contains(text, "\n") {
		// Terminals send CR for each line end of a paste.
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	v := model.NewValue([]byte(text))
	defer v.Wipe()
	if e.empty() || e.keep || replace {
		e.wipe()
		return entryOf(v, pastedHere), Message{}
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	plain := model.NewValue([]byte(text))
	defer plain.Wipe()
	if _, ok := editable(plain); !ok {
		return e, refused("What was pasted holds tabs or control characters, which typing would change. Empty the value first, then paste it whole.")
	}
	e = e.apart()
	e.area().InsertString(text)
	e.from = typedHere
	return e, Message{}
}

// key takes a key. What is kept byte for byte is not typed into: deleting
// empties it. replace tells that the first letter begins a new value.
func (e entry) key(msg tea.KeyPressMsg, replace bool) (_ entry, said Message) {
	deleting := msg.Code == tea.KeyBackspace || msg.Code == tea.KeyDelete
	writing := msg.Text != "" || msg.Code == tea.KeyEnter
	switch {
	case (e.keep || replace) && deleting:
		e.wipe()
		return newEntry(), Message{}
	case replace && writing:
		e.wipe()
		e = newEntry()
	case e.keep && writing:
		return e, noted("This value is kept byte for byte, so it is not typed into. backspace empties it, a paste replaces it.")
	case e.keep || replace:
		return e, Message{}
	}
	e = e.apart()
	before := e.value()
	defer before.Wipe()
	edited, _ := e.area().Update(msg)
	e.area = func() *textarea.Model { return &edited }
	after := e.value()
	defer after.Wipe()
	if !after.Equal(before) {
		e.from = typedHere
	}
	return e, Message{}
}

// apart gives the entry a text area of its own. The library's edits in place,
// and a screen that was replaced must not change any more.
func (e entry) apart() entry {
	own := newEntry().area()
	own.SetValue(e.area().Value())
	own.MoveToBegin()
	for range own.Length() + 1 {
		if own.Line() >= e.area().Line() {
			break
		}
		own.CursorDown()
	}
	own.SetCursorColumn(e.area().Column())
	e.area = func() *textarea.Model { return own }
	return e
}

// note says in the rule over the value how much there is.
func (e entry) note(decoding bool) string {
	if e.empty() {
		return "nothing yet"
	}
	v := e.value()
	defer v.Wipe()
	unit := func() string {
		if decoding {
			return plural(utf8.RuneCount(v.Reveal()), "character", "characters")
		}
		return model.BytesWord(v.Len())
	}
	switch {
	case e.from == asStored:
		return unit() + " as stored"
	case e.from == fromFile:
		return unit() + " from the file"
	case e.from == fromEditor:
		return unit() + " from $EDITOR"
	case e.from == fromHere:
		return unit() + " generated"
	case e.keep:
		return unit() + ", kept byte for byte"
	case e.from == pastedHere && e.lineCount() > 1:
		return plural(e.lineCount(), "line", "lines") + " pasted"
	}
	return fmt.Sprintf("%s, %s", plural(e.lineCount(), "line", "lines"), unit())
}

// lineCount counts lines; a newline at the end begins none.
func (e entry) lineCount() int {
	n := e.area().LineCount()
	if n > 1 && strings.HasSuffix(e.area().Value(), "\n") {
		n--
	}
	return n
}

// lines draws what is written, revealed: room lines around the cursor.
func (e entry) lines(w, room int) ([]Line, *Point) {
	v := e.value()
	defer v.Wipe()
	if v.Len() == 0 {
		return []Line{blank()}, &Point{}
	}
	if e.keep {
		all, _ := present(v, model.Facts{Kind: model.Text}, w)
		if over := len(all) - room; over > 0 {
			all = append(all[:room-1:room-1], say(Muted, "   … "+plural(over+1, "line", "lines")+" more"))
		}
		return all, nil
	}
	all, _ := present(v, model.Facts{Kind: model.Text}, w)
	at := e.cursor(w)
	for len(all) <= at.Y {
		all = append(all, blank())
	}
	top := max(min(at.Y-room+1, len(all)-room), 0)
	return all[top:min(top+room, len(all))], &Point{X: at.X, Y: at.Y - top}
}

// cursor is where the text area's cursor stands when its lines are wrapped
// hard at w cells.
func (e entry) cursor(w int) Point {
	lines := strings.Split(e.area().Value(), "\n")
	row := min(e.area().Line(), len(lines)-1)
	y := 0
	for _, l := range lines[:row] {
		y += max((width(model.Visible(l))+w-1)/w, 1)
	}
	runes := []rune(lines[row])
	x := width(model.Visible(string(runes[:min(e.area().Column(), len(runes))])))
	if x > 0 && x%w == 0 && x == width(model.Visible(lines[row])) {
		return Point{X: w - 1, Y: y + x/w - 1}
	}
	return Point{X: x % w, Y: y + x/w}
}
