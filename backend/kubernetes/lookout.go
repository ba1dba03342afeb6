package kubernetes

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// listsAtOnce is how many kinds are listed at one time.
const listsAtOnce = 4

// LookOn follows every kind that can refer to a secret, each by itself.
func (p *plane) LookOn(ctx context.Context) backend.Lookout {
	l := &lookout{now: p.now, kinds: map[model.ResourceKind]*seen{}, news: make(chan report, 64), closed: make(chan struct{})}
	// It lasts until it is closed, not only as long as the call that began it.
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	slots := make(chan struct{}, listsAtOnce)
	for _, kind := range model.ReferringKinds() {
		l.kinds[kind] = &seen{}
		go (&follower{plane: p, kind: kind, slots: slots, to: l.news}).run(ctx)
	}
	return l
}

// lookout gathers what followers tell, and keeps of each object what it has to
// do with secrets. One caller at a time asks it for what is next; Close may come
// from another.
type lookout struct {
	now    func() time.Time
	kinds  map[model.ResourceKind]*seen
	fresh  bool // something is different from what was told last
	told   bool // something was told
	news   chan report
	stop   context.CancelFunc
	close  sync.Once
	closed chan struct{}
}

// seen is a kind as far as it is known.
type seen struct {
	whole
	read   bool
	ranked []model.Sight // in the order of a list; nil when that has to be made anew
	fault  trouble
	polled error
}

// Close ends what is followed, and a Next that is waiting.
func (l *lookout) Close() {
	l.close.Do(func() {
		l.stop()
		close(l.closed)
	})
}

// Next waits until every kind is known and something is different, gathers what
// else comes within a fifth of a second, and gives all of it. Somebody waits for
// the first answer, so nothing is gathered then.
func (l *lookout) Next(ctx context.Context) (backend.Outlook, error) {
	for !l.fresh || !l.whole() || l.trouble() != nil {
		failed, err := l.wait(ctx, nil)
		if err == nil && failed {
			err = l.trouble()
		}
		if err != nil {
			return backend.Outlook{}, err
		}
	}
	if l.told {
		timer := time.NewTimer(gatherTime)
		defer timer.Stop()
		for {
			_, err := l.wait(ctx, timer.C)
			if errors.Is(err, errGathered) {
				break
			}
			if err != nil {
				return backend.Outlook{}, err
			}
		}
		if err := l.trouble(); err != nil {
			return backend.Outlook{}, err
		}
	}
	l.fresh, l.told = false, true
	return l.outlook()
}

// wait takes one report, and tells whether it was of a failure.
func (l *lookout) wait(ctx context.Context, enough <-chan time.Time) (failed bool, err error) {
	select {
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-l.closed:
		return false, errClosed
	case <-enough:
		return false, errGathered
	case r := <-l.news:
		l.take(r)
		return r.failed != nil, nil
	}
}

// take notes what a follower tells.
func (l *lookout) take(r report) {
	of := l.kinds[r.kind]
	l.fresh = l.fresh || (of.polled == nil) != (r.polled == nil)
	of.polled = r.polled
	if r.failed != nil {
		of.fault = trouble{err: r.failed}
		if failure, is := errors.AsType[*backend.Error](r.failed); is {
			of.fault.until = l.now().Add(failure.Retry)
		}
		return
	}
	l.fresh = l.fresh || of.fault.err != nil
	of.fault = trouble{}
	switch {
	case r.whole != nil:
		l.fresh = of.replace(*r.whole) || l.fresh
	case r.change != nil:
		l.fresh = of.apply(*r.change) || l.fresh
	}
}

// replace takes a kind as it was read anew, and tells whether that is different.
// What cannot be given now has not gone: what was seen of it before is kept.
func (s *seen) replace(by whole) bool {
	if backend.Faulty(by.err) {
		by.sights = s.sights
	}
	same := s.read && sameAnswer(s.err, by.err) && s.partly == by.partly && maps.EqualFunc(s.sights, by.sights, model.Sight.Same)
	s.whole, s.read = by, true
	if !same {
		s.ranked = nil
	}
	return !same
}

func sameAnswer(one, other error) bool {
	first, is := errors.AsType[*backend.Error](one)
	second, too := errors.AsType[*backend.Error](other)
	return is == too && (!is || first.Is(second.Kind))
}

// apply takes a change, and tells whether it is one of what is kept. What is not
// sure of one thing stays so until the kind is listed again.
func (s *seen) apply(c change) bool {
	doubted := s.partly == "" && c.partly != ""
	if doubted {
		s.partly = c.partly
	}
	was, there := s.sights[c.key]
	if c.gone {
		delete(s.sights, c.key)
	} else {
		s.sights[c.key] = c.sight
	}
	same := there != c.gone && (c.gone || was.Same(c.sight))
	if !same {
		s.ranked = nil
	}
	return !same || doubted
}

// ordered are what is known of its objects in the order of a list.
func (s *seen) ordered() []model.Sight {
	if s.ranked == nil {
		s.ranked = make([]model.Sight, 0, len(s.sights))
		for _, key := range slices.Sorted(maps.Keys(s.sights)) {
			s.ranked = append(s.ranked, s.sights[key])
		}
	}
	return s.ranked
}

// whole tells whether every kind was read, or is known not to be readable.
func (l *lookout) whole() bool {
	for _, of := range l.kinds {
		if !of.read {
			return false
		}
	}
	return true
}

// trouble is why not everything is known now, nil when all is well.
func (l *lookout) trouble() error {
	for _, kind := range model.ReferringKinds() {
		if t := l.kinds[kind].fault; t.err != nil {
			return t.left(l.now())
		}
	}
	return nil
}

// outlook is who refers to secrets, as it is known now.
func (l *lookout) outlook() (backend.Outlook, error) {
	read, now := make(map[model.ResourceKind]backend.KindRead, len(l.kinds)), backend.Outlook{}
	for _, kind := range model.ReferringKinds() {
		of := l.kinds[kind]
		read[kind] = backend.KindRead{Sights: of.ordered(), Err: of.err, Partly: of.partly}
		if of.err != nil || of.polled == nil {
			continue
		}
		now.Unwatched, now.Every = append(now.Unwatched, kind), kindEvery
		if now.Why == nil {
			now.Why = of.polled
		}
	}
	var err error
	now.Around, err = backend.AroundOf(read)
	return now, err
}
