package reassigntest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// TestLate has each request of a run arrive only when whoever sent it has given
// up and gone on, some time later: a proxy may hold one that long.
func TestLate(t *testing.T) {
	t.Parallel()
	for name, s := range settings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := &count{what: "each request arrives too late, " + name}
			defer total.tell(t)
			n := length(t, s)
			synctest.Test(t, func(t *testing.T) {
				for at := 0; at < n; at += stride {
					for _, seed := range seeds(t, volume(2, 50)) {
						random := rand.New(rand.NewPCG(seed, 8))
						f := newFar(t, s, random)
						play := &script{breaks: map[int]breakage{at: late}, late: time.Duration(random.IntN(60_000)) * time.Millisecond}
						c := f.begun(t, play)
						c.alone = false // what arrives later is by somebody who is no longer there
						c.run()
						c.goOn(random)
						f.recover(t, play, random)
						time.Sleep(time.Hour)
						f.recover(t, play, random)
						f.verdict(c)
						total.add(f.history, f.report(t, play, fmt.Sprintf("%s, request %d, seed %d", name, at, seed), c), f.outcome())
					}
				}
			})
		})
	}
}

// TestLateAndTurnedRound has a request of a run arrive when that run is over, and
// another one leads the other way at once: forward and then back, and back and
// then forward again. A deletion that comes while the other runs, or after it,
// must not take away what that one kept.
func TestLateAndTurnedRound(t *testing.T) {
	t.Parallel()
	for name, s := range settings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := &count{what: "a request arrives too late, and another run turns round, " + name}
			defer total.tell(t)
			n := length(t, s)
			synctest.Test(t, func(t *testing.T) {
				for at := 0; at < 2*n; at += stride {
					for _, seed := range seeds(t, volume(1, 50)) {
						random := rand.New(rand.NewPCG(seed, uint64(at)))
						f := newFar(t, s, random)
						play := &script{breaks: map[int]breakage{at % n: late}, late: time.Duration(random.IntN(int(backend.Lateness-time.Second)/1e6)) * time.Millisecond}
						c := f.turnRound(t, play, at >= n)
						time.Sleep(time.Hour)
						f.recover(t, &script{}, random)
						f.verdict(c)
						total.add(f.history, f.report(t, play, fmt.Sprintf("%s, request %d, seed %d", name, at, seed), c), f.outcome())
					}
				}
			})
		})
	}
}

// turnRound is one run in which a request is late, and another that leads the
// other way. The first leads to the new mesh, or, when back is asked for, away
// from it again.
func (f *far) turnRound(t *testing.T, play *script, back bool) *console {
	t.Helper()
	if !back {
		c := f.begun(t, play)
		c.alone = false
		c.leaves(func(model.World) bool { return false })
		f.turned(t, &script{}, model.TakeBack).run()
		return c
	}
	c := f.begun(t, &script{})
	c.leaves(func(w model.World) bool { return w.Source == model.Absent || w.Target == model.Present })
	c.alone = false
	away := f.turned(t, play, model.TakeBack)
	away.leaves(func(model.World) bool { return false })
	f.turned(t, &script{}, model.Finish).run()
	return c
}

// leaves takes steps until one fails, or what is there is enough: whoever runs
// it is gone then.
func (c *console) leaves(enough func(model.World) bool) {
	for range mostSteps {
		c.at, c.err = c.gate.Advance(c.t.Context(), c.change, c.at)
		if c.err != nil || c.ended() || enough(c.at.World) {
			return
		}
	}
}

// turned is a start of the program in which somebody chooses what is to be done,
// where that is offered.
func (f *far) turned(t *testing.T, play *script, wanted model.Choice) *console {
	t.Helper()
	c := f.console(t, newWire(f, &script{}))
	c.alone = false
	list, err := c.plane.Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.at.Next = model.Done
	for _, u := range list {
		found, err := c.gate.Resume(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		c.change, c.at = found.Change, found.Progress
		if slices.Contains(found.Choices, wanted) && wanted == model.TakeBack || !slices.Contains(found.Choices, model.Finish) {
			c.at = c.at.Reverse()
		}
	}
	c.wire.script = play
	c.wire.arm()
	f.starts = append(f.starts, c)
	return c
}
