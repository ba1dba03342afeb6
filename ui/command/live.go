package command

import (
	"io"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// live is the last line of a terminal as long as a step is under way: it is
// written anew each second, and gives way to whatever is printed next.
type live struct {
	columns int // of the terminal
	shown   int // how many of them are written on
}

// beat is how often the line is written anew.
const beat = time.Second

// watched begins one, when somebody watches.
func watched(columns int) *live {
	if columns <= 1 {
		return nil
	}
	return &live{columns: columns}
}

// cleared is what takes the line away. A terminal in which spaces do that needs
// to know no sequences.
func (l *live) cleared() string {
	if l == nil || l.shown == 0 {
		return ""
	}
	gone := "\r" + strings.Repeat(" ", l.shown) + "\r"
	l.shown = 0
	return gone
}

// rewrite writes the line anew. It never fills the last column, after which
// terminals begin a new line.
func (s sheet) rewrite(text string) {
	if s.live == nil {
		return
	}
	mark := " " + going + " "
	if s.ascii {
		mark = plainMarks.Replace(mark)
	}
	line := []rune(mark + text)
	line = line[:min(len(line), s.live.columns-1)]
	before := s.live.cleared()
	s.live.shown = len(line)
	_, _ = io.WriteString(s.to, before+string(line))
}

// beats tells when to write the line anew; never when nobody watches.
func (s sheet) beats() (<-chan time.Time, func()) {
	if s.live == nil {
		return nil, func() {}
	}
	t := time.NewTicker(beat)
	return t.C, t.Stop
}

// elapsed is a time that has passed, in whole seconds.
func elapsed(d time.Duration) string { return seconds(d.Truncate(time.Second)) }

// underWay says what the next step does since it was begun, and in the gap
// since when the secret is in no mesh.
func (e *errand) underWay(w walk, now time.Time) string {
	spent := now.Sub(w.began)
	text := tried(w.at.Plan, w.at.Next) + ", " + elapsed(spent)
	switch next := w.at.Next; {
	case next == model.Wait:
		text += " of " + seconds(e.plane.Identity().Gap())
	case next == model.Outlast:
		text += " of " + seconds(backend.Lateness)
	case next == model.AskZones && w.after == model.AskZones:
		text = tried(w.at.Plan, next) + ", " + elapsed(w.spent+spent)
	}
	if !w.gone.IsZero() && (w.at.World.Alone() || w.at.Next == model.Wait) {
		text = "deleted " + elapsed(now.Sub(w.gone)) + " ago; " + text
	}
	return text
}
