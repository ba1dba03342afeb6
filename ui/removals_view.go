package ui

import (
	"fmt"
	"slices"
	"strings"

	"meshsecrets/model"
)

// View draws where it stands.
func (r removals) View(f Frame) View {
	c := &canvas{w: f.Width}
	c.section(r.head(), r.place())
	c.gap()
	if r.stage == checkingEach {
		r.drawChecking(c, f)
		return c.fit(f.Height)
	}
	lines := r.text(f)
	room := r.room(f)
	if len(lines) == room+1 {
		room++ // what would say that there is one line more is that line
	}
	top := r.top
	if r.stage == deletingEach {
		top = r.at - r.count(stays) - room/2 // the one whose turn it is stays in sight
	}
	top = max(min(top, len(lines)-room), 0)
	end := min(top+room, len(lines))
	c.here()
	c.add(lines[top:end]...)
	if more := len(lines) - end; more > 0 {
		text := "   … " + plural(more, "line", "lines") + " more"
		if r.asks() && r.unread(f) > 0 {
			text += "; enter reads on"
		}
		c.add(say(Muted, text))
	}
	if r.asks() {
		r.drawConsent(c)
	}
	return c.fit(f.Height)
}

// room is how many lines of the text that scrolls are in sight.
func (r removals) room(f Frame) int {
	room := f.Height - 3
	if r.asks() {
		c := &canvas{w: f.Width}
		r.drawConsent(c)
		room -= len(c.lines)
	}
	return max(room, 3)
}

func (r removals) head() string {
	n := len(r.items)
	if r.stage > askingOnce || r.asks() {
		n -= r.count(stays)
	}
	return "Delete · " + plural(n, "secret", "secrets")
}

func (r removals) place() string {
	switch {
	case r.stage == deletingEach:
		return fmt.Sprintf("%d of %d deleted", r.count(settled), len(r.items)-r.count(stays))
	case r.mixed:
		return r.from() + " on " + planeName(r.to)
	case r.items[0].row.Secret.Ref.Global():
		return "global on " + planeName(r.to)
	}
	return "mesh " + r.from() + " on " + planeName(r.to)
}

func (r removals) drawChecking(c *canvas, f Frame) {
	line := fmt.Sprintf("Checking %d of %d: %s", r.at+1, len(r.items), r.title(r.items[r.at]))
	if r.running != nil {
		line += waited(f.Now.Sub(r.running.began))
	}
	c.hang(Span{Plain, "…"}, line)
	c.gap()
	c.para("Nothing is deleted before you have seen what was found.")
}

// text is what scrolls: all that is to be deleted, or what became of each.
func (r removals) text(f Frame) []Line {
	c := &canvas{w: f.Width}
	if r.stage == askingOnce {
		r.foretell(c, f)
	} else {
		r.report(c, f)
	}
	r.leftOut(c)
	return c.lines
}

// foretell names each, then says what their deletion does and what holds for all.
func (r removals) foretell(c *canvas, f Frame) {
	c.title(r.foundWord())
	c.gap()
	if !r.asks() {
		return
	}
	var unused *model.Change
	for _, i := range r.items {
		if i.fate != movable {
			continue
		}
		mark, text := headline(i.change, "", f.Now)
		c.hang(mark, r.title(i)+": "+text)
		for _, trial := range i.trial.Trials {
			if trial.Why != "" {
				c.hang(look, trial.Why)
			}
		}
		if len(i.change.Users) == 0 && !i.change.Ref().Global() {
			unused = &i.change
		}
	}
	r.losses(c, "What will stop working", func(t toll) []string { return t.stops })
	r.losses(c, "Who names them", func(t toll) []string { return t.names })
	c.gap()
	if unused != nil {
		c.para(r.unusedWord(*unused))
	}
	moment := "A Universal control plane cannot delete on a condition: if somebody changes one of them in the moment of its turn, that is deleted too."
	if r.to.traits.Preconditions {
		moment = "Kubernetes deletes each only if nobody changed it since you looked."
	}
	c.para("They are deleted one after the other; the first that stops, stops the rest. " + moment)
	c.para(r.undoWord(f))
}

// unusedWord says where was looked for who uses those that nobody names.
func (r removals) unusedWord(c model.Change) string {
	text := unusedFor(c)
	unused := 0
	for _, i := range r.items {
		if i.fate == movable && len(i.change.Users) == 0 && !i.change.Ref().Global() {
			unused++
		}
	}
	if unused > 1 {
		text = strings.Replace(strings.Replace(text, "nothing uses it.", "nothing uses them.", 1), "anything uses it is", "anything uses them is", 1)
	}
	if slices.ContainsFunc(r.items, func(i removing) bool { return i.fate == movable && len(i.change.Users) > 0 }) {
		text = "For the others: " + strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

// losses say what comes of it, each once, under the names of the secrets that it
// depends on.
func (r removals) losses(c *canvas, title string, of func(toll) []string) {
	var sentences []string
	names := map[string][]string{}
	for _, i := range r.items {
		if i.fate != movable {
			continue
		}
		for _, s := range of(i.toll) {
			if names[s] == nil {
				sentences = append(sentences, s)
			}
			names[s] = append(names[s], r.title(i))
		}
	}
	if len(sentences) == 0 {
		return
	}
	c.gap()
	c.title(title)
	for _, s := range sentences {
		c.para("Without " + strings.Join(names[s], ", ") + ":")
		for _, part := range r.laid.wrap(s, c.w-8) {
			c.add(say(Plain, "     "+part))
		}
	}
}

// tollOf is what the deletion of one of them does.
func (r removals) tollOf(i removing) toll {
	return removal{to: r.to, stock: r.stock, row: i.row, change: i.change, trial: i.trial}.weighed().toll
}

// foundWord says how many may be deleted, and how many are left out.
func (r removals) foundWord() string {
	may, left := r.count(movable), r.count(stays)
	text := model.CountWord(may) + " may be deleted"
	switch {
	case may == 0:
		return "None of them may be deleted together"
	case left == 1:
		text += ", 1 stays and is left out"
	case left > 1:
		text += ", " + model.CountWord(left) + " stay and are left out"
	}
	return text
}

// undoWord says which of them can be brought back.
func (r removals) undoWord(f Frame) string {
	if r.dropped {
		return "What was deleted cannot be brought back from here: the console locked, and dropped every value."
	}
	which, n := "brings them back, one at a time", r.count(movable)
	if r.stage == deletedAll {
		n = r.kept()
	}
	switch {
	case n == 1:
		which = "brings it back"
	case n > mostMade:
		which = "brings the last " + model.CountWord(mostMade) + " of them back, one at a time, and no others"
	}
	return undoKey(f, which)
}

// report says what became of each, and why one stopped the rest.
func (r removals) report(c *canvas, f Frame) {
	for _, i := range r.items {
		switch i.fate {
		case settled:
			word := " is deleted"
			if i.back {
				word = " was deleted, and is back"
			}
			c.hang(passedMark, r.title(i)+word)
		case itsTurn:
			word := " is being deleted"
			if r.running != nil {
				word += waited(f.Now.Sub(r.running.began))
			}
			c.hang(Span{Plain, "…"}, r.title(i)+word)
		case halted:
			word := i.why
			if i.back {
				word = "It was gone, and is back."
			}
			c.hang(failedMark, r.title(i)+" stopped the rest. "+word)
		case movable:
			word := " waits for its turn"
			if r.stage == deletedAll {
				word = " was not begun and is unchanged"
			}
			c.hang(unmarked, r.title(i)+word)
		case unchecked, stays:
		}
	}
	if r.stage == deletedAll && r.kept() > 0 {
		c.gap()
		c.para(r.undoWord(f))
	}
}

// leftOut names those that stay, and why.
func (r removals) leftOut(c *canvas) {
	if r.count(stays) == 0 {
		return
	}
	c.gap()
	c.title("Left out")
	for _, i := range r.items {
		if i.fate == stays {
			c.hang(failedMark, i.why)
		}
	}
}

// drawConsent draws what is typed, under the text.
func (r removals) drawConsent(c *canvas) {
	c.gap()
	ask, note := r.ask, ""
	if ask.protected != "" {
		note = ask.protected + " is protected"
	}
	c.section("Confirm", note)
	c.gap()
	ask.protected = "" // the section says so
	lines, cursor := ask.lines(c.w)
	if cursor != nil {
		c.focus = len(c.lines) + cursor.Y
		c.cursor = &Point{X: cursor.X, Y: c.focus}
	}
	c.add(lines...)
}
