package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// resolution is what to do with a form whose secret somebody else changed.
type resolution uint8

const (
	editMine   resolution = iota // theirs becomes the base
	editTheirs                   // mine is dropped
	saveMine                     // theirs is lost
	leaveTheirs
)

// resolutions are in the order in which the screen offers them.
var resolutions = []resolution{editMine, editTheirs, saveMine, leaveTheirs}

// conflict compares three values: the one that was read, the one somebody else
// saved meanwhile, and the one that was typed.
type conflict struct {
	to      *session
	form    *token
	base    model.Snapshot
	mine    model.Snapshot
	theirs  model.Snapshot
	readAt  time.Time // when base was read
	reading *request
	failed  bool
	shown   bool
	until   time.Time // when what is revealed is masked again
	at      int
}

// openConflict reads what is there now, beside the form's base and text.
func openConflict(f form, fr Frame) (Screen, tea.Cmd) {
	mine, fault := f.stored()
	if fault != nil {
		mine = f.entry.value()
	}
	c := conflict{to: f.to, form: f.id, readAt: f.opened}
	c.base = f.before.Clone()
	c.mine = model.Snapshot{Secret: f.before.Secret, Value: mine}
	c.mine.Secret.Facts = learnt(f.to, c.mine.Value)
	return c.read(fr)
}

func (c conflict) read(fr Frame) (conflict, tea.Cmd) {
	var run tea.Cmd
	c.failed = false
	c.reading, run = readSecret(c.to, fr, c.base.Secret.Ref)
	return c, run
}

func (c conflict) holds() bool { return true }

func (c conflict) masked() Screen {
	c.shown = false
	return c
}

func (c conflict) close() {
	c.reading.stop()
	c.base.Wipe()
	c.mine.Wipe()
	c.theirs.Wipe()
}

// choices are what can be done, the harmless one first.
func (c conflict) choices(w int) []choice {
	base := "theirs becomes the base; nothing is sent"
	if w < narrowDialog {
		base = "theirs becomes the base"
	}
	all := []choice{
		{"go on editing mine", base},
		{"edit theirs instead", "mine is dropped"},
		{"save mine over theirs", "theirs is lost here"},
		{"leave it", "theirs stays, mine is dropped"},
	}
	for i := range all {
		if 28+width(all[i].what) > w {
			all[i].what = ""
		}
	}
	return all
}

// Deeds are the choices and the reveal, once theirs was read.
func (c conflict) Deeds(Frame) []Deed {
	back := Deed{ID: keymap.Back, Word: "go on editing", Pin: true}
	end := []Deed{{ID: keymap.Redraw, Quiet: true}, back, {ID: keymap.Help, Pin: true}}
	switch {
	case c.reading != nil:
		return end
	case c.failed:
		return append([]Deed{{ID: keymap.Reload, Word: "read it again"}}, end...)
	}
	word := "reveal all three"
	if c.shown {
		word = "mask them"
	}
	return append([]Deed{{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept}, {ID: keymap.Reveal, Word: word}}, end...)
}

// Do chooses, reveals, or goes back to the form as it was.
func (c conflict) Do(fr Frame, p Press) (Screen, Result) {
	switch p.ID {
	case keymap.Down, keymap.Up:
		c.at = moved(p.ID, c.at, len(resolutions), len(resolutions))
	case keymap.Reveal:
		c.shown, c.until = !c.shown, fr.maskAt()
	case keymap.Reload:
		c, run := c.read(fr)
		return c, Result{Run: run}
	case keymap.Back:
		return c, Result{Close: true}
	case keymap.Accept:
		said := decided{form: c.form, what: resolutions[c.at], theirs: c.theirs}
		c.theirs = model.Snapshot{} // the form's from here on
		return c, Result{Close: true, Tell: said}
	}
	return c, Result{}
}

// Update takes what is there now.
func (c conflict) Update(fr Frame, msg tea.Msg) (Screen, Result) {
	if _, is := msg.(tick); is && c.shown && !fr.Now.Before(c.until) {
		c.shown = false
		return c, Result{Say: maskedAgain(fr, keymap.Reveal)}
	}
	got, is := msg.(answer[held])
	if !is || c.reading == nil || got.to != c.reading {
		return c, Result{}
	}
	c.reading = nil
	if got.err != nil {
		c.failed = true
		return c, Result{Say: explain(got.err, c.to)}
	}
	c.theirs = got.value.Snapshot
	c.theirs.Secret.Facts = c.to.examine.Examine(c.theirs.Value.Reveal())
	return c, Result{}
}

// threeColumns is the width from which the three stand beside each other.
const threeColumns = 90

// View draws what differs and what can be done.
func (c conflict) View(fr Frame) View {
	cv := &canvas{w: fr.Width}
	ref := c.base.Secret.Ref
	cv.section("Edit · "+model.Visible(ref.Name), "mesh "+model.Visible(ref.MeshWord())+", changed meanwhile")
	cv.gap()
	switch {
	case c.failed:
		cv.hang(failedMark, "What is there now could not be read. Your text is kept.")
		return cv.fit(fr.Height)
	case c.reading != nil:
		cv.hang(unmarked, "Reading what is there now. Nothing was saved; your text is kept.")
		return cv.fit(fr.Height)
	}
	cv.hang(look, c.happened(fr.Now))
	cv.gap()
	c.table(cv, fr.Now)
	cv.gap()
	cv.section("What now", "")
	cv.gap()
	cv.focus = len(cv.lines) + c.at
	cv.add(choices(c.choices(cv.w), c.at, 25)...)
	if c.shown {
		c.values(cv, fr.Height)
	}
	return cv.fit(fr.Height)
}

func (c conflict) happened(now time.Time) string {
	if c.theirs.Same(c.base) {
		return "The secret is what you read before: whoever changed it changed it back. Nothing was saved; your text is kept."
	}
	if c.theirs.Value.Equal(c.base.Value) {
		return "Somebody changed the labels of this secret, not its value. Nothing was saved; your text is kept."
	}
	when := ""
	if c.theirs.Secret.Modified.After(c.base.Secret.Modified) {
		when = " " + agoWords(now.Sub(c.theirs.Secret.Modified)) + " ago"
	}
	return "Somebody changed this secret" + when + ". Nothing was saved; your text is kept."
}

// threeFacts is one row of the comparison.
type threeFacts struct{ label, base, theirs, mine string }

func (c conflict) facts(now time.Time) []threeFacts {
	changed := "changed meanwhile"
	if c.theirs.Secret.Modified.After(c.base.Secret.Modified) {
		changed = "changed " + since(c.theirs.Secret.Modified, now) + " ago"
	}
	b, t, m := c.base.Secret.Facts, c.theirs.Secret.Facts, c.mine.Secret.Facts
	return []threeFacts{
		{"when", "read " + since(c.readAt, now) + " ago", changed, "not saved"},
		{"by", "", c.who(), "you"},
		{"kind", b.Kind.String(), t.Kind.String(), m.Kind.String()},
		{"size", model.BytesWord(b.Size), model.BytesWord(t.Size), model.BytesWord(m.Size)},
		{"fingerprint", b.Fingerprint, t.Fingerprint, m.Fingerprint},
		{"newline", newlineWord(b), newlineWord(t), newlineWord(m)},
		{"value", model.Mask, model.Mask, model.Mask},
	}
}

// who tells what is known of who changed it: control planes say nothing.
func (c conflict) who() string {
	if c.to.traits.Preconditions {
		return "not told"
	}
	return "not told by Universal"
}

func newlineWord(f model.Facts) string {
	if f.TrailingNewline {
		return "at the end"
	}
	return "none"
}

// table draws the comparison in columns, or in a narrow window one below the
// other.
func (c conflict) table(cv *canvas, now time.Time) {
	const label, column = 13, 25
	facts := c.facts(now)
	if cv.w >= threeColumns {
		cv.add(Line{{Muted, pad("", 3+label) + pad("BASE", column) + pad("THEIRS", column) + "MINE"}})
		for _, f := range facts {
			cv.add(Line{{Plain, "   "}, {Muted, pad(f.label, label)}, left(Plain, f.base, column), left(Plain, f.theirs, column), {Plain, f.mine}})
		}
		return
	}
	for i, name := range []string{"base", "theirs", "mine"} {
		text := ""
		for _, f := range facts {
			part := []string{f.base, f.theirs, f.mine}[i]
			switch {
			case part == "" || f.label == "by" || f.label == "value":
				continue
			case f.label == "newline" && part == "none":
				part = "no newline at the end"
			case f.label == "newline":
				part = "newline at the end"
			}
			if text != "" {
				text += ", "
			}
			text += part
		}
		for j, part := range wrap(text, cv.w-12) {
			if j > 0 {
				name = ""
			}
			cv.add(Line{{Plain, "   "}, {Muted, pad(name, 8)}, {Plain, part}})
		}
	}
}

// values draws the three values, each in its share of the room that is left.
func (c conflict) values(cv *canvas, height int) {
	room := max((height-len(cv.lines))/3-1, 1)
	for _, one := range []struct {
		name string
		what model.Snapshot
	}{{"Base", c.base}, {"Theirs", c.theirs}, {"Mine", c.mine}} {
		lines, how := present(one.what.Value, model.Facts{Kind: model.Text}, cv.w)
		if len(lines) > room {
			how += ", the first " + plural(room, "line", "lines")
			lines = lines[:room]
		}
		cv.section(one.name, how)
		cv.add(lines...)
	}
}
