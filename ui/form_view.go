package ui

import (
	"strings"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// formLabel is the room of the words before a field.
const formLabel = 11

// View draws the fields, the value and the checks.
func (f form) View(fr Frame) View {
	c := &canvas{w: fr.Width}
	f.drawTitle(c, fr)
	c.gap()
	f.drawFields(c)
	c.gap()
	f.drawValue(c, fr)
	f.drawChecks(c, fr)
	view := c.fit(fr.Height)
	view.Hints = f.hints(fr)
	view.Status = f.status(fr)
	if !f.typing() {
		view.Cursor = nil
	}
	return view
}

func (f form) drawTitle(c *canvas, fr Frame) {
	where := func(ref model.Ref) string {
		if ref.Global() {
			return "global"
		}
		return "mesh " + model.Visible(ref.Mesh)
	}
	if !f.edit {
		title := "Add a secret"
		if f.lone.is() {
			title = "Add the " + f.lone.what + " of " + f.lone.of
		}
		c.section(title, "to "+where(f.ref()))
		return
	}
	note := where(f.row.Secret.Ref)
	switch {
	case f.conflict:
		note += ", changed meanwhile"
	case f.reading != nil:
		note += ", reading"
	case f.outside.running != nil:
		note += ", in " + f.outside.program
	case f.failed == nil:
		note += ", opened " + since(f.opened, fr.Now) + " ago"
	}
	c.section("Edit · "+f.called(), note)
}

func (f form) status(fr Frame) Line {
	switch {
	case f.saving != nil && fr.Now.Sub(f.saving.began) >= hesitation:
		return say(Plain, "… saving "+f.called()+", "+shortSeconds(fr.Now.Sub(f.saving.began))+" of at most 30 s")
	case f.saving != nil:
		return say(Plain, "… saving "+f.called())
	case f.reading != nil && fr.Now.Sub(f.reading.began) >= hesitation:
		return say(Plain, "Reading "+f.called()+".")
	case f.loading != nil && fr.Now.Sub(f.loading.began) >= hesitation:
		return say(Plain, "Reading "+model.Visible(f.path.text())+".")
	case f.outside.running != nil:
		return say(Plain, "… in "+f.outside.program)
	case f.conflict:
		return Line{{Warning, "!"}, {Plain, " Somebody changed " + f.called() + " meanwhile; enter compares the two."}}
	}
	return nil
}

// bar is before a field: the one that the keys act on.
func (f form) bar(c *canvas, at spot) Span {
	if f.at == at && !f.waits() {
		c.here()
		return Span{Accent, "▌"}
	}
	return Span{Plain, " "}
}

func (f form) drawFields(c *canvas) {
	if !f.edit {
		mesh := "global secret, in no mesh"
		if m := f.meshes[f.mesh]; m != "" {
			mesh = model.Visible(m)
		}
		mesh = shorten(mesh, c.w-formLabel-6)
		if !f.fixed() {
			mesh = "[" + mesh + "]"
		}
		f.drawRow(c, atMesh, "mesh", say(Plain, mesh))
		f.drawText(c, atName, "name", f.name)
	}
	if f.fixed() {
		return
	}
	f.drawRow(c, atFrom, "from", c.options(int(f.from), []string{"type or paste", "file", "generate", "$EDITOR"}[:len(f.sources())]...))
	if f.from == byFile {
		f.drawText(c, atPath, "path", f.path)
	}
	if f.from == byMaking {
		f.drawRow(c, atMake, "generate", f.makingRow(c))
	}
	f.drawRow(c, atStore, "store", c.options(map[bool]int{true: 1}[f.decode], "as it is", "decoded from base64"))
}

func (f form) drawRow(c *canvas, at spot, label string, content Line) {
	c.add(append(Line{{Plain, " "}, f.bar(c, at), {Plain, " "}, {Muted, pad(label, formLabel)}}, content...))
}

func (f form) drawText(c *canvas, at spot, label string, text field) {
	span, x := text.line(c.w - 3 - formLabel - 1)
	if f.at == at {
		c.typedAt(3 + formLabel + x)
	}
	f.drawRow(c, at, label, Line{span})
}

// options draws a choice between a few words, the chosen one in brackets, and
// alone where they do not all fit.
func (c *canvas) options(chosen int, words ...string) Line {
	if 3+formLabel+width(strings.Join(words, "   "))+2 >= c.w {
		words, chosen = words[chosen:chosen+1], 0
	}
	var line Line
	for i, w := range words {
		if i > 0 {
			line = append(line, Span{Plain, "   "})
		}
		if i == chosen {
			w = "[" + w + "]"
		}
		line = append(line, Span{Plain, w})
	}
	return line
}

// valueRows is how many lines the value has while it is masked.
const valueRows = 3

func (f form) drawValue(c *canvas, fr Frame) {
	note := f.entry.note(f.decode)
	switch {
	case f.reading != nil:
		note = "reading"
	case f.failed != nil:
		note = "could not be read"
	case !f.entry.empty() && f.shown:
		note += ", revealed, " + fr.Keys.Get(keymap.RevealTyped).Label() + " masks"
	case !f.entry.empty() && !f.to.veiled():
		note += ", masked, " + fr.Keys.Get(keymap.RevealTyped).Label() + " reveals"
	case !f.entry.empty():
		note += ", masked"
	}
	c.section("Value", note)
	if f.shown && !f.waits() && f.at == atValue {
		// Beside a revealed value nothing stands, so the bar is above it.
		c.add(Line{{Plain, " "}, f.bar(c, atValue)})
	} else {
		c.gap()
	}
	start := len(c.lines)
	if f.shown && !f.waits() {
		f.drawShown(c, fr)
	} else {
		text := Span{Muted, model.Mask}
		if f.entry.empty() {
			text = Span{}
		}
		c.add(Line{{Plain, " "}, f.bar(c, atValue), {Plain, " "}, text})
	}
	for len(c.lines) < start+valueRows {
		c.gap()
	}
	c.gap()
}

func (f form) drawShown(c *canvas, fr Frame) {
	room := max(fr.Height-len(c.lines)-f.checkLines(fr, c.w)-4, valueRows)
	lines, cursor := f.entry.lines(c.w, room)
	if cursor != nil && f.at == atValue {
		c.focus = len(c.lines) + cursor.Y
		c.cursor = &Point{X: cursor.X, Y: c.focus}
	}
	c.add(lines...)
}

// checkLines is how many lines the checks take.
func (f form) checkLines(fr Frame, w int) int {
	n := 0
	for _, check := range f.offered() {
		n += len(wrap(check.line(fr.Keys), checkRoom(w)))
	}
	return n
}

const checkLabel = 9

func checkRoom(w int) int { return w - 5 - checkLabel - 3 }

func (f form) drawChecks(c *canvas, fr Frame) {
	if f.failed != nil {
		c.section("Checks", "")
		f.drawFailed(c, fr)
		return
	}
	if f.waits() && !f.edit || f.reading != nil || f.outside.busy() {
		c.section("Checks", "")
		return
	}
	if !f.edit && f.name.text() == "" && f.entry.empty() && f.from == byHand {
		c.section("Checks", "")
		c.gap()
		c.para("Start with the name. Name and value are checked while you type.")
		c.para("Nothing is sent before " + fr.saveKey() + ".")
		return
	}
	note := "may be saved"
	switch n := len(f.stops); {
	case n == 0 && f.refused != "":
		note = "refused the last time"
	case n == 0 && f.entry.empty() && !f.edit:
		note = "the value is still to come"
	case n > 0:
		note = model.CountWord(n) + " to mend before saving"
	case f.edit && f.entry.from == asStored && !f.decode:
		note = "nothing changed yet"
	}
	c.section("Checks", note)
	c.gap()
	mendable := 0
	for _, check := range f.offered() {
		bar := Span{Plain, " "}
		if check.word != "" {
			if f.at == atChecks && mendable == f.mend {
				c.here()
				bar = Span{Accent, "▌"}
			}
			mendable++
		}
		drawCheck(c, fr.Keys, bar, check)
	}
}

// drawFailed says why there is nothing to edit, and when it is read again.
func (f form) drawFailed(c *canvas, fr Frame) {
	what, next := words(f.failed, f.to)
	again := fr.Keys.Get(keymap.Reload).Label()
	next = retried(Message{Text: next}, again).Text
	c.gap()
	c.hang(failedMark, what)
	if !f.again.IsZero() {
		next = "Trying again in " + shortSeconds(max(f.again.Sub(fr.Now), 0)) + "; " + again + " tries now."
	}
	c.para(next)
}

func drawCheck(c *canvas, keys keymap.Map, bar Span, k check) {
	mark, topic := k.mark, k.topic
	for i, part := range wrap(k.line(keys), checkRoom(c.w)) {
		if i > 0 {
			bar, mark, topic = unmarked, unmarked, ""
		}
		if width(topic) >= checkLabel {
			topic += " "
		}
		label := Line{{Plain, " "}, bar, {Plain, " "}, mark, {Plain, " "}, {Muted, pad(topic, checkLabel)}}
		c.add(append(label, Span{Plain, part}))
	}
}

// hints are those of forms, whatever field has the keys; on a check that can
// be mended, and after a conflict, enter stands first.
func (f form) hints(fr Frame) Line {
	if f.waits() {
		return nil
	}
	type hint struct{ key, word string }
	label := func(id keymap.ID) string { return fr.Keys.Get(id).Label() }
	var hints []hint
	if word := f.enterWord(); word != "" && word != nextWord {
		hints = append(hints, hint{label(keymap.Accept), word})
	}
	hints = append(hints, hint{label(keymap.NextField), "next field"})
	if f.at != atChecks && !f.fixed() {
		hints = append(hints, hint{label(keymap.Left) + " " + label(keymap.Right), "choose"})
	}
	word := "reveal"
	if f.shown {
		word = "mask"
	}
	hints = append(hints, hint{label(keymap.Save), "save"})
	if !f.to.veiled() {
		hints = append(hints, hint{label(keymap.RevealTyped), word})
	}
	gap := "  "
	if fr.Width >= twoPanes {
		gap = "   "
	}
	leave := hint{label(keymap.Leave), "leave"}
	line, room := say(Plain, " "), fr.Width-1-width(leave.key+leave.word)-1
	for _, h := range hints {
		if line.width()+width(h.key+h.word)+1+len(gap) > room {
			break
		}
		line = append(line, Span{Accent, h.key}, Span{Muted, " " + h.word}, Span{Plain, gap})
	}
	return append(line, Span{Accent, leave.key}, Span{Muted, " " + leave.word})
}
