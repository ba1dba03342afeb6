package reassigntest

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/model"
)

// order lets the requests of several consoles through one at a time, in the
// order of a seed: the next one only when whoever sent the last one waits
// again.
type order struct {
	mu      sync.Mutex
	waiting []*held
}

// held is a request that waits for its turn.
type held struct {
	console int
	what    string
	turn    chan struct{}
}

// gate is that of one console.
func (o *order) gate(console int) func(*http.Request) error {
	return func(r *http.Request) error {
		h := &held{console: console, what: r.Method + " " + r.URL.String(), turn: make(chan struct{})}
		o.mu.Lock()
		o.waiting = append(o.waiting, h)
		o.mu.Unlock()
		select {
		case <-h.turn:
			return nil
		case <-r.Context().Done():
			o.mu.Lock()
			defer o.mu.Unlock()
			o.waiting = slices.DeleteFunc(o.waiting, func(other *held) bool { return other == h })
			return r.Context().Err()
		}
	}
}

// take gives one of those that wait, nil for none.
func (o *order) take(random *rand.Rand) *held {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 {
		return nil
	}
	// A console asks several things at once; in whatever order they came here,
	// the seed chooses among the same.
	slices.SortFunc(o.waiting, func(a, b *held) int { return cmp.Or(cmp.Compare(a.console, b.console), cmp.Compare(a.what, b.what)) })
	i := random.IntN(len(o.waiting))
	h := o.waiting[i]
	o.waiting = slices.Delete(o.waiting, i, i+1)
	return h
}

// play lets requests through until all consoles are done.
func (o *order) play(random *rand.Rand, done *sync.WaitGroup) {
	over := make(chan struct{})
	go func() {
		done.Wait()
		close(over)
	}()
	for {
		synctest.Wait()
		select {
		case <-over:
			return
		default:
		}
		if h := o.take(random); h != nil && random.IntN(50) > 0 {
			close(h.turn)
		} else if h != nil { // it is slow, and others may overtake it
			o.mu.Lock()
			o.waiting = append(o.waiting, h)
			o.mu.Unlock()
			time.Sleep(time.Second)
		} else {
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// TestTwoConsoles has two consoles reassign one secret at the same time, to the
// same mesh or to different ones. One of them may be killed. What is left is
// ended by a fresh start.
func TestTwoConsoles(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(settings))
	total := &count{what: "two consoles on one secret, in random orders of their requests"}
	defer total.tell(t)
	for batch := range slices.Chunk(seeds(t, volume(300, 10_000)), 100) {
		synctest.Test(t, func(t *testing.T) {
			for _, seed := range batch {
				random := rand.New(rand.NewPCG(seed, 3))
				name := names[random.IntN(len(names))]
				f, consoles := together(t, settings[name], random)
				about := fmt.Sprintf("%s, to %v, seed %d", name, f.to, seed)
				total.add(f.history, f.report(t, consoles[0].wire.script, about, consoles...), f.results(consoles))
			}
		})
	}
}

// together runs two consoles to their ends, and a fresh start after them.
func together(t *testing.T, s setting, random *rand.Rand) (*far, []*console) {
	t.Helper()
	s.to = []string{meshB, meshB}
	if random.IntN(2) == 0 {
		s.to[1] = meshC
	}
	f := newFar(t, s, random)
	f.history.begin()
	requests := &order{}
	var consoles []*console
	var done sync.WaitGroup
	for i, mesh := range s.to {
		play := &script{breaks: map[int]breakage{}}
		if i == 0 && random.IntN(3) == 0 {
			all := slices.Sorted(maps.Keys(kills))
			play.breaks[random.IntN(40)] = all[random.IntN(len(all))]
		}
		c := f.console(t, newWire(f, play))
		c.alone = false
		c.wire.arm()
		c.wire.gate = requests.gate(i)
		consoles = append(consoles, c)
		pause := time.Duration(random.IntN(4000)) * time.Millisecond
		done.Go(func() {
			time.Sleep(pause)
			if c.err = c.inspect(model.Ref{Mesh: mesh, Name: secretName}); c.err == nil {
				c.run()
			}
		})
	}
	requests.play(random, &done)
	f.recover(t, &script{}, random)
	f.verdict(consoles[1])
	return f, consoles
}

// TestOneTakesBackWhatTheOtherFinishes has a second console find the reassign of
// the first while that is still at work, and take it back. Each believes what it
// read a moment ago, so both may delete what the other counted on; both hold the
// value then, and one of them writes it again. That is counted. In the end it
// must be somewhere.
func TestOneTakesBackWhatTheOtherFinishes(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(settings))
	total := &count{what: "one console finishes, another takes back, in random orders of their requests"}
	defer total.tell(t)
	for batch := range slices.Chunk(seeds(t, volume(300, 10_000)), 100) {
		synctest.Test(t, func(t *testing.T) {
			for _, seed := range batch {
				random := rand.New(rand.NewPCG(seed, 7))
				name := names[random.IntN(len(names))]
				f, consoles := against(t, settings[name], random)
				about := fmt.Sprintf("%s, seed %d", name, seed)
				total.add(f.history, f.report(t, consoles[0].wire.script, about, consoles...), f.results(consoles))
			}
		})
	}
}

// against runs two consoles that want opposite things to their ends, and a
// fresh start after them.
func against(t *testing.T, s setting, random *rand.Rand) (*far, []*console) {
	t.Helper()
	f := newFar(t, s, random)
	requests, calm := &order{}, &script{}
	first := f.begun(t, calm)
	f.history.crossing = true
	second := f.console(t, newWire(f, calm))
	var done sync.WaitGroup
	for i, c := range []*console{first, second} {
		c.alone = false
		c.wire.arm()
		c.wire.gate = requests.gate(i)
	}
	pause := time.Duration(random.IntN(2000)) * time.Millisecond
	done.Go(first.run)
	done.Go(func() {
		time.Sleep(pause)
		second.takeBack(t)
	})
	requests.play(random, &done)
	f.recover(t, calm, random)
	f.verdict(first)
	return f, []*console{first, second}
}

// takeBack looks, a few times, for something unfinished, and takes it back as
// soon as it may.
func (c *console) takeBack(t *testing.T) {
	t.Helper()
	for range 20 {
		list, err := c.plane.Unfinished(t.Context())
		if err != nil || len(list) == 0 {
			continue
		}
		found, err := c.gate.Resume(t.Context(), list[0])
		if err != nil || !slices.Contains(found.Choices, model.TakeBack) {
			continue
		}
		c.change, c.at = found.Change, found.Progress.Reverse()
		c.run()
		return
	}
}

// results counts what the consoles said in the end.
func (f *far) results(consoles []*console) map[string]int {
	said := 0
	for _, c := range consoles {
		if c.err == nil && c.at.Next == model.Done && !c.wire.killed() && len(c.log) > 0 {
			said++
		}
	}
	counts := map[string]int{fmt.Sprintf("%d said done", said): 1}
	if f.history.crossing && f.history.lostAt > 0 {
		counts["for a moment in memory only"] = 1
	}
	if len(f.history.owners()) > 1 {
		counts["both meshes have it"] = 1
	}
	return counts
}
