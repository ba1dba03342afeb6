package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// A reassign that was stopped may be ended by another run meanwhile, or by
// somebody's hand. So it is looked at again now and then, which changes nothing;
// what can be chosen follows what is there.

// The pace of looking: rarer while nothing answers.
const (
	glanceEvery = 3 * time.Second
	glanceMost  = 30 * time.Second
	// glanceOld is how long ago a look is that is not called new any more.
	glanceOld = 10 * time.Second
)

// glance is the look under way at a reassign that was stopped, and how those
// before it went.
type glance struct {
	running *request
	at      time.Time // when the last one ended
	fails   int       // in a row
}

// glanced is the answer to a look.
type glanced struct {
	progress backend.Progress
	other    model.Unfinished // whose safety copy stands in the way
}

// due tells that it is time for another look.
func (g glance) due(f Frame) bool {
	return g.running == nil && f.Now.Sub(g.at) >= min(glanceEvery<<min(g.fails, 4), glanceMost)
}

// look begins a look.
func (r reassign) look(f Frame) (reassign, tea.Cmd) {
	r.glance.running.stop()
	m := r.move
	gate, plane, at, c := m.to.gate, m.to.plane, m.progress, m.change.Clone()
	var run tea.Cmd
	r.glance.running, run = ask(m.to, f, readLimit, func(ctx context.Context) (glanced, error) {
		defer c.Wipe()
		next, err := gate.Look(ctx, c, at)
		out := glanced{progress: next}
		if err == nil && next.World.Copy == model.Foreign {
			out.other = inTheWay(ctx, plane, next.Copy())
		}
		return out, err
	})
	return r, run
}

// looksOn tells that what stands there may still matter.
func (r reassign) looksOn() bool { return r.stage == stopped && !r.move.over() }

// over tells that it was stopped, and that nothing is left to decide.
func (m move) over() bool { return m.progress.Undone || m.wasPutBack() }

// glanced takes a look. The bar stays where it is as long as what stands there
// is still offered in the same words; else it goes to what does nothing.
func (r reassign) glanced(f Frame, msg answer[glanced]) (Screen, Result) {
	r.glance.running, r.glance.at = nil, f.Now
	if msg.err != nil {
		r.glance.fails++
		return r, Result{}
	}
	r.glance.fails = 0
	before := r.move
	all := before.remedies()
	chosen := before.remedyChoice(all[min(r.at, len(all)-1)])
	r.move = before.seeing(f, msg.value)
	if !r.move.differs(before) {
		return r, Result{}
	}
	all = r.move.remedies()
	same := func(x remedy) bool { return r.move.remedyChoice(x) == chosen }
	if r.at = slices.IndexFunc(all, same); r.at < 0 {
		r.at = max(slices.Index(all, leaveIt), 0)
	}
	return r, Result{Say: r.heldSays(f)}
}

// seeing is the move with what was just looked at. Why its last step failed
// does not explain what others made of it since.
func (m move) seeing(f Frame, g glanced) move {
	before := m.world()
	m.progress, m.other = g.progress, g.other
	m.looked, m.known, m.seenAt = true, true, f.Now
	w := m.world()
	mayArrive := errors.Is(m.err, backend.ErrUnknown) && w.Source == model.Present
	if !samePlaces(w, before) && !mayArrive {
		m.err, m.turns, m.restore = nil, 0, false
	}
	m = m.clocked(f)
	return m
}

// differs tells that something else is known than before.
func (m move) differs(before move) bool {
	return m.known != before.known || !samePlaces(m.world(), before.world())
}

func samePlaces(a, b model.World) bool {
	a.Run, b.Run = model.Run{}, model.Run{}
	return a == b
}

// ageWord says how long ago it was looked at, once that is worth telling.
func (m move) ageWord(f Frame) string {
	if age := f.Now.Sub(m.seenAt); !m.seenAt.IsZero() && age >= glanceOld {
		return "looked at " + agoWords(age) + " ago"
	}
	return ""
}
