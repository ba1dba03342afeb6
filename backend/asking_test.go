package backend_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// sending is a control plane that sends one zone on Kubernetes what changes, and
// writes its insight, at moments that have nothing to do with each other.
type sending struct {
	*memory
	mu      sync.Mutex
	dirty   bool // something changed that the zone was not sent
	sent    map[model.Ref]string
	has     model.Ref     // what the zone has of the secret
	tag     string        // and as it was sent
	counted backend.Zone  // what is known of the zone
	written backend.Zone  // what was written of that
	late    time.Duration // until that is read
	slow    time.Duration // until who asks has it
	answers time.Duration // after which the zone answers
	pause   time.Duration // before the next response, when one was refused
	refused bool
	hangs   bool // the zone does not answer what is sent last
	own     bool // the zone has one of its own by that name
	running sync.WaitGroup
}

// newSending has moments that depend on the seed. Fresh has the secret made a
// moment ago: the zone does not have it yet.
func newSending(m *memory, random *rand.Rand, fresh bool) *sending {
	s := &sending{memory: m, dirty: true, sent: map[model.Ref]string{}}
	s.identity.Mode = backend.ModeGlobal
	s.late = time.Duration(random.IntN(100)) * time.Millisecond
	s.slow = time.Duration(random.IntN(1500)) * time.Millisecond
	s.answers = time.Duration(1+random.IntN(300)) * time.Millisecond
	if !fresh {
		s.has, s.sent, s.dirty = source, s.objects(), false
	}
	s.counted = backend.Zone{Name: "dublin-1", Known: true, Online: true, Connected: time.Now().UTC(), Sent: 7, Acknowledged: 7}
	s.written = s.counted
	return s
}

func (s *sending) objects() map[model.Ref]string {
	all := map[model.Ref]string{}
	for ref, held := range s.held {
		all[ref] = held.Secret.Labels[model.LabelReassign] + held.Secret.Labels[model.LabelResend]
	}
	return all
}

func (s *sending) changes(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	s.dirty = true
}

func (s *sending) Create(ctx context.Context, made model.Snapshot) (is model.Secret, err error) {
	s.changes(func() { is, err = s.memory.Create(ctx, made) })
	return is, err
}

func (s *sending) Update(ctx context.Context, before, after model.Snapshot) (is model.Secret, err error) {
	s.changes(func() { is, err = s.memory.Update(ctx, before, after) })
	return is, err
}

func (s *sending) Delete(ctx context.Context, before model.Snapshot) (err error) {
	s.changes(func() { err = s.memory.Delete(ctx, before) })
	return err
}

// Zones gives what was written when it was asked.
func (s *sending) Zones(ctx context.Context) ([]backend.Zone, error) {
	s.mu.Lock()
	now := s.written
	s.mu.Unlock()
	wait(ctx, s.slow)
	return []backend.Zone{now}, nil
}

// every does something at moments that are as far apart, from one on that the
// seed has.
func (s *sending) every(ctx context.Context, random *rand.Rand, apart time.Duration, do func()) {
	first := time.NewTimer(time.Duration(random.Int64N(int64(apart))))
	s.running.Go(func() {
		for next := first; ; next = time.NewTimer(apart) {
			select {
			case <-next.C:
				do()
			case <-ctx.Done():
				return
			}
		}
	})
}

// follow sends each second what changed, and writes each ten.
func (s *sending) follow(ctx context.Context, random *rand.Rand, busy bool) {
	ticks := make(chan struct{}, 1)
	s.every(ctx, random, time.Second, func() {
		select {
		case ticks <- struct{}{}:
		default: // the last response is still on its way
		}
	})
	s.running.Go(func() {
		for {
			select {
			case <-ticks:
				s.respond(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
	s.every(ctx, random, 10*time.Second, func() {
		s.mu.Lock()
		now := s.counted
		s.mu.Unlock()
		wait(ctx, s.late)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.written = now
	})
	if busy {
		s.every(ctx, random, 500*time.Millisecond, func() { s.changes(func() {}) })
	}
}

// respond sends what changed in one response. What the zone has to make comes
// before what it has to delete.
func (s *sending) respond(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dirty {
		return
	}
	is, was := s.objects(), s.sent
	s.dirty, s.sent = false, is
	if s.refused {
		s.mu.Unlock()
		wait(ctx, s.pause)
		s.mu.Lock()
		s.refused = false
	}
	s.counted.Sent++
	s.counted.Updated = time.Now().UTC()
	if tag, there := is[target]; there && tag == "" && s.hangs {
		return
	}
	s.running.Go(func() {
		wait(ctx, s.answers)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.take(is, was)
	})
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func (s *sending) take(is, was map[model.Ref]string) {
	took := true
	for ref, tag := range is {
		if old, had := was[ref]; had && old == tag {
			continue
		}
		if s.own || s.has != ref && s.has != (model.Ref{}) {
			took = false
			continue
		}
		s.has, s.tag = ref, tag
	}
	if _, stays := is[s.has]; !stays {
		s.has = model.Ref{}
	}
	s.counted.Updated = time.Now().UTC()
	if took {
		s.counted.Acknowledged++
		return
	}
	s.counted.Rejected++
	s.refused = true
}

// askedWorld is a kind of control plane, what else happens there, and how the
// zone took it in the end.
type askedWorld struct {
	plane       func() *memory
	busy, fresh bool
	pause       time.Duration
	hangs, own  bool
	want        backend.Answer
}

// Whatever the moments: that a zone took it is not said before it has it, and
// what it made of it is said in the end.
func TestZonesAreBelievedWhenTheyCanKnow(t *testing.T) {
	t.Parallel()
	const pause = 5 * time.Second
	twoNamed := func() *memory {
		m := oneNamed()
		m.oneName = false
		return m
	}
	for name, world := range map[string]askedWorld{
		"quiet":                                   {plane: oneNamed, want: backend.Took},
		"others change something twice a second":  {plane: oneNamed, busy: true, want: backend.Took},
		"made a moment ago":                       {plane: oneNamed, fresh: true, want: backend.Took},
		"it does not answer what is sent last":    {plane: oneNamed, hangs: true, want: backend.Awaited},
		"it has one of its own":                   {plane: oneNamed, own: true, pause: pause, want: backend.Rejected},
		"it refuses the target at first":          {plane: twoNamed, want: backend.Took},
		"it refuses, and responses are held back": {plane: twoNamed, pause: pause, want: backend.Took},
		"that, and others change something":       {plane: twoNamed, pause: pause, busy: true, want: backend.Took},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(200) {
				synctest.Test(t, func(t *testing.T) {
					if said := world.asked(t, seed); said != world.want {
						t.Errorf("seed %d: it is said to be %d, want %d", seed, said, world.want)
					}
				})
			}
		})
	}
}

// asked reassigns once and tells what was said of the zone in the end.
func (w askedWorld) asked(t *testing.T, seed uint64) backend.Answer {
	random := rand.New(rand.NewPCG(seed, 7))
	m := w.plane()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := newSending(m, random, w.fresh)
	s.pause, s.hangs, s.own = w.pause, w.hangs, w.own
	s.follow(ctx, random, w.busy)
	if !w.fresh {
		time.Sleep(11*time.Second + time.Duration(random.Int64N(int64(10*time.Second))))
	}
	gate := backend.NewGate(s, backend.Entry{Name: "memory"})
	c := s.moveOf()
	at := gate.Begin(ctx, c)
	for n := 0; at.Next != model.Done; n++ {
		var err error
		if at, err = gate.Advance(ctx, c, at); err != nil || n > 150 {
			t.Fatalf("seed %d: %v, next step %v", seed, err, at.Next)
		}
		s.mu.Lock()
		has := s.has == target && s.tag == ""
		s.mu.Unlock()
		for _, z := range at.Zones {
			if z.Answer == backend.Took && !has {
				t.Errorf("seed %d: it is said to have taken what it does not have", seed)
			}
		}
	}
	stop()
	s.running.Wait()
	m.wantOnlyAt(t, target)
	return at.Zones[0].Answer
}
