package reassigntest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
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
