package universal

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

// The pace of polling. A sweep carries every value over the network, so the
// larger a control plane is, the less often it is read.
const (
	minPoll    = 5 * time.Second
	pollFactor = 20 // times the duration of the last sweep
	maxBackOff = 60 * time.Second
)

// Watch begins to poll the secrets of q, comparing with from.Secrets.
func (p *plane) Watch(_ context.Context, q backend.Query, from backend.Seen) (backend.Watcher, error) {
	q.Cursor = ""
	w := &poller{plane: p, query: q, wait: minPoll, seen: make(map[model.Ref]model.Secret, len(from.Secrets)), closed: make(chan struct{})}
	for _, s := range from.Secrets {
		w.seen[s.Ref] = s
	}
	return w, nil
}

// poller is a watch made of lists. One caller at a time asks it for what is
// next; Close may come from another.
type poller struct {
	plane  *plane
	query  backend.Query
	seen   map[model.Ref]model.Secret
	wait   time.Duration
	close  sync.Once
	closed chan struct{}
}

// errClosed is the answer of a watch that was closed.
var errClosed = errors.New("the watch was closed")

// Close ends a Next that is waiting.
func (w *poller) Close() { w.close.Do(func() { close(w.closed) }) }

// Next waits, reads the list and tells what is different, which may be
// nothing. After an error it can be called again: what was seen is kept, and
// the wait grows to a minute.
func (w *poller) Next(ctx context.Context) (backend.Batch, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-w.closed:
			cancel(errClosed)
		case <-stop:
		}
	}()
	timer := time.NewTimer(w.wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return backend.Batch{}, context.Cause(ctx)
	case <-timer.C:
	}
	begun := w.plane.now()
	now, settled, err := w.sweep(ctx)
	if err != nil {
		w.wait = min(2*w.wait, max(maxBackOff, w.wait))
		return backend.Batch{}, retrying(err, w.wait)
	}
	w.wait = max(minPoll, pollFactor*w.plane.now().Sub(begun))
	return backend.Batch{Events: w.differences(now, settled), At: begun, Every: w.wait}, nil
}

// sweep reads the whole list.
func (w *poller) sweep(ctx context.Context) (map[model.Ref]model.Secret, bool, error) {
	now := make(map[model.Ref]model.Secret, len(w.seen))
	q, settled := w.query, true
	for {
		page, err := w.plane.List(ctx, q)
		if err != nil {
			return nil, false, err
		}
		if page.Again {
			clear(now)
		}
		for _, s := range page.Secrets {
			now[s.Ref] = s
		}
		settled = settled && !page.Unsettled
		if page.Next == "" {
			return now, settled, nil
		}
		q.Cursor = page.Next
	}
}

// differences updates what was seen and tells what changed, in the order of
// names. A list that changed while it was read may lack secrets: then none is
// said to be gone.
func (w *poller) differences(now map[model.Ref]model.Secret, settled bool) []backend.Event {
	var events []backend.Event
	for ref, s := range now {
		if before, known := w.seen[ref]; !known || changed(before, s) {
			events = append(events, backend.Event{Secret: s})
		}
		w.seen[ref] = s
	}
	for ref, s := range w.seen {
		if _, there := now[ref]; !there && settled {
			events = append(events, backend.Event{Secret: model.Secret{Ref: ref, Version: s.Version}, Gone: true})
			delete(w.seen, ref)
		}
	}
	slices.SortFunc(events, func(a, b backend.Event) int { return a.Secret.Ref.Compare(b.Secret.Ref) })
	return events
}

// changed compares what lists tell. Fingerprints count: a control plane on
// Kubernetes never changes its modification time.
func changed(before, now model.Secret) bool {
	return !before.Created.Equal(now.Created) || !before.Modified.Equal(now.Modified) ||
		!maps.Equal(before.Labels, now.Labels) ||
		before.Facts.Learnt() && before.Facts.Fingerprint != now.Facts.Fingerprint
}

// retrying tells in an error when the watch tries again.
func retrying(err error, in time.Duration) error {
	var e *backend.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	told.Retry = in
	return &told
}
