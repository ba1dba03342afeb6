package reassigntest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"meshsecrets/model"
)

// settings are the control planes that faults are tried on.
var settings = map[string]setting{
	kubernetes:          {kind: kubernetes},
	universal:           {kind: universal},
	"kubernetes global": {kind: kubernetes, zones: []string{"madrid-1"}},
	"universal global":  {kind: universal, zones: []string{"madrid-1"}},
}

// begun is a console that stands before its first step. What happens from now
// on is watched.
func (f *far) begun(t testing.TB, s *script) *console {
	t.Helper()
	c := f.console(t, newWire(f, s))
	if err := c.inspect(f.target()); err != nil {
		t.Fatal(err)
	}
	f.history.begin()
	c.wire.arm()
	return c
}

// length is how many requests a run makes when nothing breaks, and holds that
// it is done then.
func length(t *testing.T, s setting) int {
	t.Helper()
	calm := &script{}
	synctest.Test(t, func(t *testing.T) {
		f := newFar(t, s, rand.New(rand.NewPCG(0, 0)))
		c := f.begun(t, calm)
		c.run()
		f.verdict(c)
		if c.err != nil || c.at.Next != model.Done || !slices.Equal(f.history.owners(), f.to) {
			t.Errorf("it ended with next step %d, error %v, in %v", c.at.Next, c.err, f.history.owners())
		}
		f.report(t, calm, "without any fault", c)
	})
	return calm.seen
}

// disturbed is one run in which requests break, and all that follows until
// nothing is left to do.
func disturbed(t *testing.T, s setting, seed uint64, breaks map[int]breakage) (*far, *console) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	f := newFar(t, s, random)
	play := &script{breaks: breaks}
	c := f.begun(t, play)
	c.run()
	c.goOn(random)
	f.recover(t, play, random)
	f.verdict(c)
	return f, c
}

// TestFaults breaks each request of a run in each way.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, s := range settings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := &count{what: fmt.Sprintf("%d kinds of network fault at each request, %s", len(breakages), name)}
			defer total.tell(t)
			n := length(t, s)
			for _, b := range slices.Sorted(maps.Keys(breakages)) {
				synctest.Test(t, func(t *testing.T) {
					for at := 0; at < n; at += stride {
						for _, seed := range seeds(t, volume(1, 50)) {
							f, c := disturbed(t, s, seed, map[int]breakage{at: b})
							about := fmt.Sprintf("%s, %v at request %d, seed %d", name, b, at, seed)
							total.add(f.history, f.report(t, c.wire.script, about, c), f.outcome())
						}
					}
				})
			}
		})
	}
}
