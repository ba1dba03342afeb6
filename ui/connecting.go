package ui

import (
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// newConnecting opens a control plane that is not connected yet: the screen is
// there at once, and fills when the answer comes. attempt is nil when it has
// still to begin.
func newConnecting(l linker, e backend.Entry, attempt *request, mesh string, root bool) browse {
	b := newBrowse(nil, mesh, root)
	b.linker, b.entry, b.attempt, b.shared = l, e, attempt, attempt != nil
	return b
}

// connect begins an attempt, or another one.
func (b browse) connect(f Frame) (browse, tea.Cmd) {
	next := b
	next.failed = nil
	return next.attemptAgain(f)
}

// attemptAgain begins another attempt. What the last one failed of stays on
// screen meanwhile.
func (b browse) attemptAgain(f Frame) (browse, tea.Cmd) {
	b.attempt.stop()
	b.shared, b.again = false, time.Time{}
	var run tea.Cmd
	b.attempt, run = b.linker.connect(f, b.entry)
	return b, run
}

// reconnect tries by itself what failed for want of an answer. A login that was
// not accepted is not sent on and on.
func (b browse) reconnect(f Frame) (browse, tea.Cmd) {
	if b.attempt != nil || !passed(b.again, f) {
		return b, nil
	}
	return b.attemptAgain(f)
}

// connected takes the end of an attempt and reads the control plane.
func (b browse) connected(f Frame, msg linked) (Screen, Result) {
	if b.to != nil || msg.key != b.entry.Key() {
		return b, Result{}
	}
	b.attempt = nil
	if msg.err != nil {
		b.failed, b.again = msg.err, time.Time{}
		if passes(msg.err) && !errors.Is(msg.err, backend.ErrUnauthorized) {
			b.again = f.Now.Add(retryEvery)
		}
		return b, Result{}
	}
	b.to, b.failed = msg.session, nil
	b, run := b.afresh(f)
	return b, Result{Run: run}
}

func (b browse) connectingDeeds() []Deed {
	deeds := []Deed{{ID: keymap.Reload, Word: "try again", Quiet: b.attempt != nil}, {ID: keymap.Planes, Quiet: true}}
	back := "stop"
	if b.attempt == nil || b.shared {
		back = "back"
	}
	if b.root {
		back = ""
		deeds = append(deeds, Deed{ID: keymap.Back, Word: "quit"})
	}
	return append(deeds, standing(back)...)
}

// doConnecting does what can be done before the control plane is there.
func (b browse) doConnecting(f Frame, p Press) (Screen, Result) {
	switch p.ID {
	case keymap.Reload:
		b, run := b.connect(f)
		return b, Result{Run: run}
	case keymap.Planes:
		return b, Result{Close: true}
	case keymap.Back:
		if b.root && p.Key == "q" {
			return b, Result{Quit: true}
		}
		if !b.shared {
			b.attempt.stop()
		}
		return b, Result{Close: true}
	}
	return b, Result{}
}

func (b browse) viewConnecting(f Frame) View {
	name := model.Visible(b.entry.Name)
	view := View{Lines: []Line{rule(name, model.Visible(b.entry.Address), f.Width), blank()}}
	if b.failed == nil {
		text := "   Connecting to " + name + "."
		if b.attempt != nil && f.Now.Sub(b.attempt.began) >= hesitation {
			text = fmt.Sprintf("   Connecting to %s: %s of %s.", name, shortSeconds(f.Now.Sub(b.attempt.began)), shortSeconds(connectLimit))
		}
		view.Lines = append(view.Lines, say(Plain, text))
		return view
	}
	what, next := words(b.failed, nil)
	view.Lines = append(view.Lines, sentenceLines(Span{Failure, "✗"}, what, f.Width)...)
	view.Lines = append(view.Lines, sentenceLines(unmarked, next, f.Width)...)
	then := "tries again"
	switch {
	case b.attempt != nil:
		then = "tries again; that is being done now"
	case !b.again.IsZero():
		then = "tries again; by itself in " + shortSeconds(max(b.again.Sub(f.Now), 0))
	}
	view.Lines = append(view.Lines, blank(), Line{{Plain, "   "}, {Accent, "ctrl+r"}, {Plain, "  " + then}})
	return view
}
