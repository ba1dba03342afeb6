package kubernetes

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const (
	// gatherTime is how long changes are gathered after the first one, so that
	// a burst is one redraw.
	gatherTime = 200 * time.Millisecond
	maxBatch   = 5000
)

// errClosed is the answer of a watch that was closed.
var errClosed = errors.New("the watch was closed")

// Watch follows the secrets of q from where the list ended. It needs the
// list's mark: without it nobody could say what happened in between.
func (p *plane) Watch(ctx context.Context, q backend.Query, from backend.Seen) (backend.Watcher, error) {
	var begin mark
	if !decodeText(from.Mark, &begin) {
		return nil, p.client.failure(call{op: opWatch}, backend.ErrInvalid, "there is no list to go on from", nil)
	}
	w := &watcher{plane: p, query: q, known: make(map[string]model.Ref, len(from.Secrets)), news: make(chan heard, 64), closed: make(chan struct{})}
	for _, s := range from.Secrets {
		w.known[s.Ref.Name] = s.Ref
	}
	var streams []*stream
	for _, of := range watched(q) {
		revision := begin.of(of.kind)
		if revision == "" {
			return nil, p.client.failure(call{op: opWatch}, backend.ErrInvalid, "there is no list to go on from", nil)
		}
		streams = append(streams, &stream{plane: p, of: of, revision: revision, to: w.news})
	}
	// It lasts until it is closed, not only as long as the call that began it.
	ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	for _, s := range streams {
		go s.run(ctx)
	}
	return w, nil
}

// watched are the watches of a query. Those of mesh default without a label
// cannot be chosen together with those that have one, so all are watched.
func watched(q backend.Query) []phase {
	if q.Mesh == defaultMesh {
		return []phase{{kind: typeMesh}}
	}
	return phasesOf(q)
}

// watcher gathers what its streams say. One caller at a time asks it for what
// is next; Close may come from another.
type watcher struct {
	plane  *plane
	query  backend.Query
	known  map[string]model.Ref // by name, which is one object
	news   chan heard
	failed error // told with the next call: changes were gathered before it
	stop   context.CancelFunc
	close  sync.Once
	closed chan struct{}
}

// Close ends the streams, and a Next that is waiting.
func (w *watcher) Close() {
	w.close.Do(func() {
		w.stop()
		close(w.closed)
	})
}

// Next waits for a change, or for word that there was none, gathers what else
// comes within a fifth of a second, and tells it in the order of names. After
// an error with Retry it can be called again: the streams go on by themselves.
func (w *watcher) Next(ctx context.Context) (backend.Batch, error) {
	if err := w.failed; err != nil {
		w.failed = nil
		return backend.Batch{}, err
	}
	changes := make(map[model.Ref]backend.Event)
	if err := w.wait(ctx, nil, changes); err != nil {
		return backend.Batch{}, err
	}
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	for err := error(nil); err == nil && len(changes) < maxBatch; {
		if err = w.wait(ctx, timer.C, changes); err != nil && !errors.Is(err, errGathered) {
			w.failed = err
		}
	}
	batch := backend.Batch{At: w.plane.now()}
	for _, event := range changes {
		batch.Events = append(batch.Events, event)
	}
	slices.SortFunc(batch.Events, func(a, b backend.Event) int { return a.Secret.Ref.Compare(b.Secret.Ref) })
	return batch, nil
}

// errGathered ends the gathering of a batch.
var errGathered = errors.New("gathered")

func (w *watcher) wait(ctx context.Context, enough <-chan time.Time, changes map[model.Ref]backend.Event) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-w.closed:
		return errClosed
	case <-enough:
		return errGathered
	case h := <-w.news:
		if h.err != nil {
			return h.err
		}
		w.take(h, changes)
		return nil
	}
}

// take notes one change. An object whose mesh label changed is gone from its
// old mesh; one that left the label that is watched comes as deleted.
func (w *watcher) take(h heard, changes map[model.Ref]backend.Event) {
	if h.what == "" {
		return
	}
	now := secretOf(h.meta, h.kind)
	before, known := w.known[now.Ref.Name]
	gone := h.what == "DELETED"
	switch {
	case gone && known && before.Global() != (h.kind == typeGlobal):
		return // another object has the name by now
	case gone && known:
		now.Ref = before
	case known && before != now.Ref:
		w.note(changes, backend.Event{Secret: model.Secret{Ref: before}, Gone: true})
	}
	if gone {
		delete(w.known, now.Ref.Name)
	} else {
		w.known[now.Ref.Name] = now.Ref
	}
	w.note(changes, backend.Event{Secret: now, Gone: gone})
}

// note keeps what is within the query; of what is gone only what holds.
func (w *watcher) note(changes map[model.Ref]backend.Event, e backend.Event) {
	ref := e.Secret.Ref
	if w.query.Global != ref.Global() && (w.query.Global || w.query.Mesh != "") || w.query.Mesh != "" && ref.Mesh != w.query.Mesh {
		return
	}
	if e.Gone {
		e.Secret = model.Secret{Ref: ref, Version: e.Secret.Version}
	}
	changes[ref] = e
}
