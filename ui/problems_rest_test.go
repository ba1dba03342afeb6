package ui

import (
	"testing"
	"time"
)

// TestProblemsRestsBetweenTwoLooks holds that changes without end do not keep a
// core busy: what took 600 ms is not done again for 1.2 s.
func TestProblemsRestsBetweenTwoLooks(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	f := r.frame()
	p := openProblems(r.session, f, r.stock).Open.(problems)
	at := func(ms int) Frame {
		later := f
		later.Now = f.Now.Add(time.Duration(ms) * time.Millisecond)
		return later
	}
	took, _ := p.took(at(600), answer[diagnosed]{to: p.looking})
	for _, step := range []struct {
		ms    int
		msg   any
		looks bool
	}{{600, restocked{r.session, r.stock}, false}, {1700, restocked{r.session, r.stock}, false}, {1700, tick{}, false}, {1800, tick{}, true}} {
		took, _ = took.Update(at(step.ms), step.msg)
		if got := took.(problems).looking != nil; got != step.looks {
			t.Errorf("after %d ms and %T it looks: %v, want %v", step.ms, step.msg, got, step.looks)
		}
	}
}
