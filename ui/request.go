package ui

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
)

// desk counts the requests that are open, so that a test can wait until
// everything is answered. Watches are not counted: they never end.
type desk struct {
	open atomic.Int64
	// insisted is set when somebody asked twice to leave: then nothing is
	// waited for.
	insisted atomic.Bool
}

// request is one question to a control plane. Its address is its identity: an
// answer is taken by whoever still holds the request it names.
type request struct {
	cancel  context.CancelFunc
	stopped atomic.Bool
	began   time.Time // on the frame's clock, for counts of seconds
	counted bool
}

// stop lets the request go; its answer will be wiped and dropped. A nil
// request is stopped already.
func (r *request) stop() {
	if r == nil {
		return
	}
	r.stopped.Store(true)
	r.cancel()
}

// answer is what came back, for the request it names.
type answer[T any] struct {
	to    *request
	value T
	err   error
}

// from is the request that is answered.
func (a answer[T]) from() *request { return a.to }

// discard lets go of what nobody waits for any more.
func (a answer[T]) discard() { letGo(a.value) }

// letGo wipes or closes what came for nobody.
func letGo(value any) {
	switch v := value.(type) {
	case wiper:
		v.wipe()
	case interface{ Close() }: // a watch
		v.Close()
	}
}

// dropped tells the desk that a request ended without an answer for anybody.
type dropped struct{ to *request }

func (d dropped) from() *request { return d.to }
func (d dropped) discard()       {}

// answered counts a request off, when the message is the end of one. It tells
// whether anybody still waits for it: an answer may be on its way when its
// request is stopped, and is then wiped here.
func (d *desk) answered(msg tea.Msg) (waited bool) {
	m, is := msg.(interface {
		from() *request
		discard()
	})
	if !is || m.from() == nil {
		return true
	}
	if m.from().counted {
		d.open.Add(-1)
	}
	if m.from().stopped.Load() {
		m.discard()
		return false
	}
	return true
}

// wiper holds values that must not outlive their purpose.
type wiper interface{ wipe() }

// ask makes a request with a deadline of its own: do runs as a command. When
// the request is stopped meanwhile, what came is wiped and dropped.
func ask[T any](s *session, f Frame, limit time.Duration, do func(context.Context) (T, error)) (*request, tea.Cmd) {
	return send(s, f, limit, true, do)
}

// listen is ask for a question that stays open, a watch.
func listen[T any](s *session, f Frame, do func(context.Context) (T, error)) (*request, tea.Cmd) {
	return send(s, f, 0, false, do)
}

func send[T any](s *session, f Frame, limit time.Duration, counted bool, do func(context.Context) (T, error)) (*request, tea.Cmd) {
	var ctx context.Context
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(s.life, limit)
	} else {
		ctx, cancel = context.WithCancel(s.life)
	}
	r := &request{cancel: cancel, began: f.Now, counted: counted}
	if counted {
		s.desk.open.Add(1)
	}
	return r, func() tea.Msg {
		defer cancel()
		value, err := do(ctx)
		if r.stopped.Load() {
			letGo(value)
			return dropped{r}
		}
		return answer[T]{to: r, value: value, err: err}
	}
}

// commit is ask for a write: once begun it is not cancelled by closing or
// quitting, and the console waits for it.
func commit[T any](s *session, f Frame, limit time.Duration, do func(context.Context) (T, error)) (*request, tea.Cmd) {
	// Counted here and not when the command starts: who leaves in between waits
	// for it too.
	s.writes.Add(1)
	return send(s, f, 0, true, func(ctx context.Context) (T, error) {
		defer s.writes.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		return do(ctx)
	})
}

// The limits of requests.
const (
	connectLimit = 15 * time.Second
	readLimit    = 30 * time.Second
	listLimit    = 2 * time.Minute
	writeLimit   = 30 * time.Second
	// hesitation is how long a request may take before the screen says that it
	// is waiting.
	hesitation = 300 * time.Millisecond
)
