package reassigntest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// outcome counts how a run ended.
func (f *far) outcome() map[string]int {
	owners := f.history.owners()
	_, tags := f.history.leftover()
	switch {
	case f.history.excused():
		return map[string]int{"the documented double fault": 1}
	case slices.Contains(owners, meshA):
		return map[string]int{"ended where it was": 1, "of them a tag left": tags}
	}
	return map[string]int{"done": 1, "of them a tag left": tags}
}

// TestPairs breaks two requests at random places, of a run and of the starts
// after it. The process may be killed, and somebody may delete the safety copy:
// both in one gap is the fault that is documented to lose the value.
func TestPairs(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(settings))
	lengths := map[string]int{}
	for _, name := range names {
		lengths[name] = length(t, settings[name])
	}
	total := &count{what: "pairs of faults, kills and a deleted copy among them"}
	defer total.tell(t)
	for batch := range slices.Chunk(seeds(t, volume(300, 10_000)), 100) {
		synctest.Test(t, func(t *testing.T) {
			for _, seed := range batch {
				random := rand.New(rand.NewPCG(seed, 2))
				name := names[random.IntN(len(names))]
				s := settings[name]
				f, c := disturbed(t, s, seed, twoFaults(s, lengths[name], random))
				if f.history.excused() {
					f.mustTell(t, c)
				}
				total.add(f.history, f.report(t, c.wire.script, fmt.Sprintf("%s, seed %d", name, seed), c), f.outcome())
			}
		})
	}
}

// twoFaults are two at different requests.
func twoFaults(s setting, n int, random *rand.Rand) map[int]breakage {
	kinds := append(slices.Sorted(maps.Keys(breakages)), slices.Sorted(maps.Keys(kills))...)
	if s.kind == kubernetes {
		kinds = append(kinds, copyDropped, copyDropped)
	}
	breaks := map[int]breakage{}
	for len(breaks) < 2 {
		breaks[random.IntN(n+n/2)] = kinds[random.IntN(len(kinds))]
	}
	return breaks
}

// mustTell holds that whoever knew of the reassign is not told that all is well
// when its value is gone.
func (f *far) mustTell(t *testing.T, c *console) {
	t.Helper()
	late := f.console(t, newWire(f, &script{}))
	plan := c.at.Plan
	if plan.Back {
		plan = plan.Reverse()
	}
	found, err := late.gate.Resume(t.Context(), model.Unfinished{Plan: plan, Copy: c.at.Copy()})
	told := errors.Is(err, backend.ErrNotFound) || err == nil && found.State == model.Lost
	if !told {
		f.history.claim("the value is gone, and it says %v, error %v", found.State, err)
	}
}

// TestTheDocumentedDoubleFaultIsTold has somebody delete the safety copy in the
// gap and the process die of it: a console that had listed the reassign is told
// that there is nothing to go on with, and a fresh look at the secret that it
// is not there.
func TestTheDocumentedDoubleFaultIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar(t, setting{kind: kubernetes}, rand.New(rand.NewPCG(0, 0)))
		c := f.begun(t, &script{})
		for !c.at.World.Between() {
			c.at, c.err = c.gate.Advance(t.Context(), c.change, c.at)
			if c.err != nil {
				t.Fatal(c.err)
			}
		}
		witness := f.console(t, newWire(f, &script{}))
		listed, err := witness.plane.Unfinished(t.Context())
		if err != nil || len(listed) != 1 {
			t.Fatalf("%d are listed, %v", len(listed), err)
		}
		f.dropCopy()
		c.wire.kill()
		if !f.history.excused() {
			t.Error("the checker does not see that the value is gone")
		}
		if _, err := witness.gate.Resume(t.Context(), listed[0]); !errors.Is(err, backend.ErrNotFound) {
			t.Errorf("going on says %v", err)
		}
		if err := witness.inspect(f.target()); !errors.Is(err, backend.ErrNotFound) {
			t.Errorf("a fresh look says %v", err)
		}
	})
}

// TestADeletedCopyIsWrittenAgain has somebody delete the safety copy in the gap
// while the process lives: it holds the value, and writes another.
func TestADeletedCopyIsWrittenAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar(t, setting{kind: kubernetes}, rand.New(rand.NewPCG(0, 0)))
		c := f.begun(t, &script{})
		for !c.at.World.Between() && c.err == nil {
			c.at, c.err = c.gate.Advance(t.Context(), c.change, c.at)
		}
		f.dropCopy()
		c.alone = false // what it saw last is no longer there
		c.run()
		f.verdict(c)
		if c.err != nil || c.at.Next != model.Done || !slices.Equal(f.history.owners(), f.to) {
			t.Errorf("it ended with next step %d, error %v, in %v", c.at.Next, c.err, f.history.owners())
		}
		f.report(t, c.wire.script, "the copy was deleted in the gap", c)
	})
}
