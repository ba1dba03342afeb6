package ui

import (
	"errors"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// lowerPart is how many lines the facts of the chosen one have where there is
// room.
const lowerPart = 9

// View draws the list, and under it what is known of the one at the bar.
func (r recovery) View(f Frame) View {
	lines := r.head(f)
	switch {
	case len(r.all) > 0:
		lines = append(lines, r.list(f, r.room(f))...)
		lower := r.lower(f)
		for len(lines) < f.Height-max(len(lower), r.lowerRoom(f)) {
			lines = append(lines, blank())
		}
		lines = append(lines, lower...)
	case r.asked != nil:
		lines = append(lines, say(Plain, "   Looking for reassigns that were begun and not finished."))
	case r.failed == nil:
		lines = append(lines, sentenceLines(unmarked, "No reassign is interrupted on "+model.Visible(r.to.entry.Name)+".", f.Width)...)
	}
	return View{Lines: lines}
}

// head is line 2, and why it is not known what is unfinished.
func (r recovery) head(f Frame) []Line {
	note := ""
	switch {
	case r.asked != nil && f.Now.Sub(r.asked.began) >= hesitation:
		note = "looking"
	case len(r.all) > 0:
		note = plural(len(r.all), "interrupted reassign", "interrupted reassigns")
	}
	lines := []Line{rule("Recover", note, f.Width), blank()}
	if r.failed != nil {
		what, next := r.failure()
		lines = append(lines, sentenceLines(failedMark, what, f.Width)...)
		lines = append(append(lines, sentenceLines(unmarked, next, f.Width)...), blank())
	}
	return lines
}

// failure says why it is not known what is unfinished.
func (r recovery) failure() (what, next string) {
	what, next = words(r.failed, r.to)
	if errors.Is(r.failed, backend.ErrForbidden) {
		what = "Interrupted reassigns are found in the list of secrets. " + what
	}
	return what, next
}

func (r recovery) lowerRoom(f Frame) int {
	if f.Height >= 24 {
		return lowerPart
	}
	return 6
}

// room is how many rows are in sight.
func (r recovery) room(f Frame) int {
	return max(f.Height-len(r.head(f))-1-max(len(r.lower(f)), r.lowerRoom(f)), 1)
}

// recoverColumns are the widths of the list's columns, 0 for one that is left
// out: what was started when gives way first, then from where to where.
type recoverColumns struct{ name, way, state, started int }

func recoverColumnsFor(w int) recoverColumns {
	const gaps, started = 3 + 2 + 2 + 2, 10
	c := recoverColumns{name: 23, way: 21, state: 29, started: started}
	switch spare := w - gaps - c.name - c.way - c.state - started; {
	case spare >= 0:
		// What is left over goes to what is cut most.
		more := max(spare-8, 0)
		c.name, c.way, c.state = c.name+more/3, c.way+more/3, c.state+min(more/3, 8)
	case w >= 74:
		c.started = 0
		c.name, c.way = (w-38)/2, (w-38)-(w-38)/2
	default:
		c.started, c.way = 0, 0
		c.state = min(29, max(w-19, 12))
		c.name = w - 6 - c.state
	}
	return c
}

func (r recovery) list(f Frame, room int) []Line {
	c := recoverColumnsFor(f.Width)
	lines := []Line{{{Muted, strings.TrimRight("   "+c.cells("SECRET", "FROM → TO", "STATE", "STARTED"), " ")}}}
	at := r.index()
	top := r.window.follow(at, room, len(r.all)).top
	for n := top; n < min(top+room, len(r.all)); n++ {
		i := r.all[n]
		bar, role := unmarked, Plain
		if n == at {
			bar, role = Span{Accent, "▌"}, Selection
		}
		line := append(Line{{Plain, " "}, bar, {Plain, " "}}, c.which(i, role)...)
		line = append(line, i.stateMark(), Span{Plain, " "}, left(Plain, shorten(i.stateWord(), c.state-2), c.state-2))
		if c.started > 0 {
			line = append(line, Span{Plain, "  "}, Span{Muted, i.agoWord(r.readAt, f.Now)})
		}
		lines = append(lines, line)
	}
	return lines
}

// which is the name, and from where to where; a name alone has the room of both.
func (c recoverColumns) which(i interrupted, role Role) Line {
	name, way := c.name, i.way()
	if way == "" && c.way > 0 {
		name += 2 + c.way
	}
	line := Line{left(role, shortenMiddle(i.title(), name), name), {Plain, "  "}}
	if way != "" && c.way > 0 {
		line = append(line, left(Plain, shortenMiddle(way, c.way), c.way), Span{Plain, "  "})
	}
	return line
}

func (c recoverColumns) cells(name, way, state, started string) string {
	text := pad(name, c.name) + "  "
	if c.way > 0 {
		text += pad(way, c.way) + "  "
	}
	text += pad(state, c.state)
	if c.started > 0 {
		text += "  " + started
	}
	return text
}

// agoWord is "4m ago", "" when it is not known.
func (i interrupted) agoWord(read, now time.Time) string {
	if age := i.ageAt(read, now); age != longAgo {
		return model.AgeWord(age) + " ago"
	}
	return ""
}

// lower is what is known of the one at the bar.
func (r recovery) lower(f Frame) []Line {
	i := r.all[r.index()]
	c := &canvas{w: f.Width}
	c.section(i.title(), "")
	if f.Height >= 20 {
		c.gap()
	}
	switch {
	case i.Problem != "":
		c.hang(failedMark, unreadableWord(i.Unfinished))
		c.para(sentenceOf(i.Problem))
	case i.err != nil:
		what, next := words(i.err, r.to)
		c.hang(look, strings.TrimSpace(what+" "+next))
	}
	c.para(r.started(i, f.Now))
	if i.looked && i.Problem == "" {
		c.add(i.endsLines(f.Width)...)
		c.para(i.usual())
		if width(i.State.String())+2 > recoverColumnsFor(f.Width).state {
			c.para("It is " + i.State.String() + ".")
		}
	}
	if i.Problem != "" {
		c.para(i.meaning())
		return c.lines
	}
	c.para("Nothing is done before you choose.")
	return c.lines
}

// started says who began it and when.
func (r recovery) started(i interrupted, now time.Time) string {
	var parts []string
	if by := i.begunBy(); by != "" {
		parts = append(parts, by)
	}
	if ago := i.agoWord(r.readAt, now); ago != "" {
		if i.Age > 0 {
			ago += " by the server's clock"
		}
		parts = append(parts, ago)
	}
	text := "who started it, and when, is not known"
	if len(parts) > 0 {
		text = "started " + strings.Join(parts, ", ")
	}
	if i.Plan.ID != "" {
		text += "; operation " + cutText(model.Visible(i.Plan.ID), 0, 8)
	}
	return text
}

// endsLines say what stands where, on one line where it fits.
func (i interrupted) endsLines(w int) []Line {
	_, source := i.sourceWord()
	_, target := i.targetWord()
	parts := []string{i.from() + ": " + source}
	if i.copies() {
		_, kept := i.copyWord()
		parts = append(parts, "safety copy: "+kept)
	}
	parts = append(parts, i.into()+": "+target)
	if line := strings.Join(parts, "      "); width(line)+4 <= w {
		return []Line{say(Plain, "   "+line)}
	}
	return sentenceLines(unmarked, strings.Join(parts, "; "), w-4)
}
