package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"meshsecrets/model"
)

// View draws where it stands.
func (b batch) View(f Frame) View {
	if b.leg == movingAll || b.leg == handedOver {
		return b.drawMoving(f)
	}
	c := &canvas{w: f.Width}
	c.section(b.head(), b.way())
	c.gap()
	switch b.leg {
	case choosingTarget:
		b.drawTargets(c, f)
	case checkingAll:
		b.drawChecking(c, f)
	case foundAll:
		c.title(b.foundWord())
		c.gap()
		b.drawScrolled(c, f, b.foundLines(f.Width))
	case confirmingAll:
		b.drawConfirm(c)
	case overAll:
		c.title(b.overWord())
		c.gap()
		b.drawScrolled(c, f, b.overLines(f.Width))
	case movingAll, handedOver:
	}
	return c.fit(f.Height)
}

// head is the title of the screen: how many it is about.
func (b batch) head() string {
	n := len(b.items)
	if b.leg >= confirmingAll {
		n -= b.count(stays)
	}
	return "Reassign · " + plural(n, "secret", "secrets")
}

// way is from where to where they go.
func (b batch) way() string {
	if b.leg == choosingTarget || b.into() == "" {
		return "from " + b.from()
	}
	return b.from() + " → " + b.into()
}

func (b batch) drawTargets(c *canvas, f Frame) {
	if len(b.meshes) == 0 && b.stock.blind() {
		c.para("You may not list meshes on " + model.Visible(b.to.entry.Name) + ", so which of them exist is not known.")
		return
	}
	b.pattern().drawMeshes(c, f)
}

func (b batch) drawChecking(c *canvas, f Frame) {
	line := fmt.Sprintf("Checking %d of %d: %s", b.at+1, len(b.items), b.title(b.items[b.at]))
	if b.running != nil {
		line += waited(f.Now.Sub(b.running.began))
	}
	c.hang(Span{Plain, "…"}, line)
	c.gap()
	c.para("Nothing is changed before you have seen what was found.")
}

// foundWord says how many may be moved, and how many are left out.
func (b batch) foundWord() string {
	may, left := b.count(movable), b.count(stays)
	text := model.CountWord(may) + " may be moved"
	switch {
	case may == 0:
		return "None of them may be moved"
	case left == 1:
		text += ", 1 stays and is left out"
	case left > 1:
		text += ", " + model.CountWord(left) + " stay and are left out"
	}
	return text
}

// foundLines say what was found of each.
func (b batch) foundLines(w int) []Line {
	c := &canvas{w: w}
	for _, i := range b.items {
		switch {
		case i.fate == stays:
			c.hang(failedMark, i.why)
		case len(i.warned) == 0:
			c.hang(passedMark, b.title(i)+" may be moved")
		default:
			c.hang(look, b.title(i)+" may be moved. "+strings.Join(i.warned, " "))
		}
	}
	if mark, text := notChecked(b.unread); text != "" && b.count(movable) > 0 {
		c.hang(mark, text)
	}
	return c.lines
}

// room is how many lines of a text that scrolls are in sight: all but those
// above it and the one that says how many more there are.
func (b batch) room(f Frame) int { return max(f.Height-5, 3) }

func (b batch) drawScrolled(c *canvas, f Frame, lines []Line) {
	room := b.room(f)
	if len(lines) == room+1 {
		room++ // what would say that there is one line more is that line
	}
	top := max(min(b.top, len(lines)-room), 0)
	end := min(top+room, len(lines))
	c.here()
	c.add(lines[top:end]...)
	if more := len(lines) - end; more > 0 {
		c.add(say(Muted, "   … "+plural(more, "line", "lines")+" more"))
	}
}

// drawConfirm says what will happen to which, and asks for consent.
func (b batch) drawConfirm(c *canvas) {
	c.add(Line{{Plain, " ✓ " + b.foundWord()}})
	c.gap()
	c.section("What will happen", "")
	c.gap()
	c.para("One after the other, and each by itself. Each is checked anew before its turn; the first that stops, stops the rest. For each:")
	pattern := b.pattern()
	for i, text := range pattern.willHappen() {
		c.steps(strconv.Itoa(i+1), text)
	}
	c.gap()
	if text := b.lasts(); text != "" {
		c.para(text)
	}
	for _, text := range pattern.meanwhile() {
		c.para(text)
	}
	c.gap()
	note := ""
	if b.ask.protected != "" {
		note = b.ask.protected + " is protected"
	}
	c.section("Confirm", note)
	c.gap()
	// Here and not at the top, so that a low window shows what the phrase is for.
	c.para(strings.Join(b.rest(), ", "))
	c.gap()
	ask := b.ask
	ask.protected = "" // the section says so
	lines, cursor := ask.lines(c.w)
	if cursor != nil {
		c.focus = len(c.lines) + cursor.Y
		c.cursor = &Point{X: cursor.X, Y: c.focus}
	}
	c.add(lines...)
}

// lasts says how long it takes, where zones are waited for: two gaps, and some
// seconds until their answers can be read.
func (b batch) lasts() string {
	if !b.zones {
		return ""
	}
	const answering = 4 * time.Second
	each := 2*b.to.id.Gap() + answering
	all := time.Duration(b.count(movable)) * each
	return fmt.Sprintf("Zones are given time: about %s for each, %s in all.", shortSeconds(each), longSeconds(all))
}

// longSeconds is a wait in a sentence that may take minutes: "27 s", "5 min".
func longSeconds(d time.Duration) string {
	if d < 2*time.Minute {
		return shortSeconds(d)
	}
	return fmt.Sprintf("%d min", int((d+time.Minute-1)/time.Minute))
}

// drawMoving shows the one whose turn it is on the screen of its reassign, and
// above it how the others stand.
func (b batch) drawMoving(f Frame) View {
	c := &canvas{w: f.Width}
	c.section(b.head(), b.progress())
	lines := b.standings(f.Width)
	spare := f.Height - 1 - leastForOne
	room := max(min(len(lines), spare), 1)
	top := max(min(b.turnAt()-room/2, len(lines)-room), 0)
	airy := spare >= len(lines)+2
	if airy {
		c.gap()
	}
	if hidden := len(lines) - room; hidden > 0 && room > 1 {
		// One line less, for how many are not in sight.
		top = max(min(b.turnAt()-(room-1)/2, len(lines)-room+1), 0)
		c.add(lines[top : top+room-1]...)
		c.add(say(Muted, "   … "+model.CountWord(hidden+1)+" more"))
	} else {
		c.add(lines[top : top+room]...)
	}
	if airy {
		c.gap()
	}
	below := f
	below.Height = max(f.Height-len(c.lines), 1)
	view := b.one.View(below)
	if view.Cursor != nil {
		view.Cursor = &Point{X: view.Cursor.X, Y: view.Cursor.Y + len(c.lines)}
	}
	view.Lines = append(c.lines, view.Lines...)
	return view
}

// progress is how many of them are done, and that the others are not begun.
func (b batch) progress() string {
	text := fmt.Sprintf("%d of %d done", b.count(settled), len(b.items)-b.count(stays))
	if n := b.count(movable); n > 0 && b.leg == handedOver {
		text += fmt.Sprintf(", %d not begun", n)
	}
	return text
}

// leastForOne is how many lines are left to the one whose turn it is.
const leastForOne = 18

// turnAt is where the one whose turn it is stands among those that take part.
func (b batch) turnAt() int {
	n := 0
	for _, i := range b.items[:b.at] {
		if i.fate != stays {
			n++
		}
	}
	return n
}

// standings are how those stand that take part.
func (b batch) standings(w int) []Line {
	name := 8
	for _, i := range b.items {
		name = max(name, width(b.title(i)))
	}
	name = min(name, w/2)
	var lines []Line
	for _, i := range b.items {
		if i.fate == stays {
			continue
		}
		mark, word := b.standing(i)
		lines = append(lines, Line{{Plain, " "}, mark, {Plain, " "}, left(Plain, shortenMiddle(b.title(i), name), name), {Plain, "  " + shorten(word, w-name-6)}})
	}
	return lines
}

// standing is how one of them stands.
func (b batch) standing(i item) (Span, string) {
	switch i.fate {
	case settled:
		if i.why != "" {
			return look, "in " + b.into() + " now. " + i.why
		}
		return passedMark, "in " + b.into() + " now · " + i.took
	case itsTurn:
		if b.one.stage == checking {
			return Span{Plain, "…"}, "being checked anew"
		}
		return Span{Plain, "…"}, "under way"
	case halted:
		return failedMark, "stopped the rest"
	case movable:
		if b.leg == movingAll {
			return unmarked, "waiting"
		}
	case unchecked, stays:
	}
	return unmarked, "not begun, unchanged"
}

// overWord says how many were moved.
func (b batch) overWord() string {
	return fmt.Sprintf("%s of %s moved", model.CountWord(b.count(settled)), model.CountWord(len(b.items)-b.count(stays)))
}

// overLines say what became of each.
func (b batch) overLines(w int) []Line {
	c := &canvas{w: w}
	c.add(b.standings(w)...)
	for _, i := range b.items {
		if i.fate == halted && i.why != "" {
			c.gap()
			c.hang(failedMark, i.why)
			c.para("Nothing was changed about it, nor about those that were not begun.")
		}
	}
	if b.count(stays) > 0 {
		c.gap()
		c.title("Left out")
	}
	for _, i := range b.items {
		if i.fate == stays {
			c.hang(unmarked, i.why)
		}
	}
	return c.lines
}
