package kubernetes

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	w := &watcher{plane: p, query: q, known: make(map[string]sighting, len(from.Secrets)), failing: map[string]trouble{},
		news: make(chan heard, 64), closed: make(chan struct{})}
	for _, s := range from.Secrets {
		w.known[s.Ref.Name] = sighting{s.Ref, s.Version.Revision}
	}
	var streams []*stream
	for _, of := range watched(q) {
		revision := begin.of(of.kind)
		if revision == "" {
			return nil, p.client.failure(call{op: opWatch}, backend.ErrInvalid, "there is no list to go on from", nil)
		}
		streams = append(streams, &stream{plane: p, of: changesOf{p, of}, revision: revision, tell: w.toldOf(of.kind)})
	}
	// It lasts until it is closed, not only as long as the call that began it.
	ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	for _, s := range streams {
		go func() {
			if err := s.run(ctx); ctx.Err() == nil {
				s.tell(ctx, heard{err: err})
			}
		}()
	}
	return w, nil
}

// toldOf takes what the stream of a type of secrets says.
func (w *watcher) toldOf(kind string) func(context.Context, heard) bool {
	return func(ctx context.Context, h heard) bool {
		h.kind = kind
		select {
		case <-ctx.Done():
			return false
		case w.news <- h:
			return true
		}
	}
}

// changesOf are the changes of one type of secrets: of their metadata alone.
type changesOf struct {
	plane *plane
	phase phase
}

func (c changesOf) changes(options metav1.ListOptions) call {
	options.FieldSelector, options.LabelSelector = "type="+c.phase.kind, c.phase.labels
	return call{at: c.plane.at(""), accept: acceptMetadata, params: &options}
}

func (changesOf) read(raw []byte) (heard, string, error) {
	inner, packed, err := unwrap(raw)
	if err == nil && !packed {
		inner = raw
	}
	if err != nil {
		return heard{}, "", err
	}
	meta, err := metadataOf(inner, packed)
	return heard{meta: meta}, meta.ResourceVersion, err
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
	plane   *plane
	query   backend.Query
	known   map[string]sighting // by name, which is one object
	failing map[string]trouble  // by the type of secrets that is not followed now
	news    chan heard
	stop    context.CancelFunc
	close   sync.Once
	closed  chan struct{}
}

// sighting is what a name was last, and at which revision of the server.
type sighting struct {
	ref      model.Ref
	revision string
}

// trouble is why a stream does not follow, and when it tries again.
type trouble struct {
	err   error
	until time.Time
}

// Close ends the streams, and a Next that is waiting.
func (w *watcher) Close() {
	w.close.Do(func() {
		w.stop()
		close(w.closed)
	})
}

// Next waits for a change, or for word that there was none, gathers what else
// comes within a fifth of a second, and tells it in the order of names. All is
// well only when every stream is: as long as one is not, its error comes with
// what the others brought. After an error with Retry it can be called again:
// the streams go on by themselves.
func (w *watcher) Next(ctx context.Context) (backend.Batch, error) {
	changes := make(map[model.Ref]backend.Event)
	for waits := true; waits; {
		err := w.wait(ctx, nil, changes)
		switch {
		case errors.Is(err, errLeft):
			return backend.Batch{}, context.Cause(ctx)
		case err != nil:
			return backend.Batch{}, err
		}
		waits = len(changes) == 0 && len(w.failing) > 0
	}
	err := w.gather(ctx, changes)
	batch := backend.Batch{At: w.plane.now()}
	for _, event := range changes {
		batch.Events = append(batch.Events, event)
	}
	slices.SortFunc(batch.Events, func(a, b backend.Event) int { return a.Secret.Ref.Compare(b.Secret.Ref) })
	return batch, err
}

// What ends the gathering of a batch without an error.
var (
	errGathered = errors.New("gathered")
	errLeft     = errors.New("nobody waits any more")
)

// gather adds what comes soon. Whoever stops waiting meanwhile gets what there
// is: it would not be told again.
func (w *watcher) gather(ctx context.Context, changes map[model.Ref]backend.Event) error {
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	for len(changes) < maxBatch {
		err := w.wait(ctx, timer.C, changes)
		switch {
		case errors.Is(err, errGathered), errors.Is(err, errLeft):
			return w.trouble()
		case err != nil:
			return err
		}
	}
	return w.trouble()
}

// trouble is why not everything is followed now, with the time that is left
// until that is tried again; nil when all is well.
func (w *watcher) trouble() error {
	for _, kind := range []string{typeMesh, typeGlobal} {
		t, failing := w.failing[kind]
		if !failing {
			continue
		}
		return t.left(w.plane.now())
	}
	return nil
}

// left is the error with the time that is left now.
func (t trouble) left(now time.Time) error {
	told, is := errors.AsType[*backend.Error](t.err)
	if !is || told.Retry == 0 {
		return t.err
	}
	return retrying(told, max(t.until.Sub(now), time.Millisecond)) // 0 would be never
}

func (w *watcher) wait(ctx context.Context, enough <-chan time.Time, changes map[model.Ref]backend.Event) error {
	select {
	case <-ctx.Done():
		return errLeft
	case <-w.closed:
		return errClosed
	case <-enough:
		return errGathered
	case h := <-w.news:
		w.take(h, changes)
		return h.err
	}
}

// take notes what a stream says of itself, and a change if it told one.
func (w *watcher) take(h heard, changes map[model.Ref]backend.Event) {
	if h.err != nil {
		trouble := trouble{err: h.err}
		var failure *backend.Error
		if errors.As(h.err, &failure) {
			trouble.until = w.plane.now().Add(failure.Retry)
		}
		w.failing[h.kind] = trouble
		return
	}
	delete(w.failing, h.kind)
	if h.what != "" {
		w.change(h, changes)
	}
}

// change notes one change. An object whose mesh label changed is gone from its
// old mesh; one that left the label that is watched comes as deleted. What one
// stream tells can be older than what the other told of the same name.
func (w *watcher) change(h heard, changes map[model.Ref]backend.Event) {
	now := secretOf(h.meta, h.kind)
	last, known := w.known[now.Ref.Name]
	before, gone := last.ref, h.what == "DELETED"
	other := known && before.Global() != (h.kind == typeGlobal)
	switch {
	case other && (gone || older(now.Version.Revision, last.revision)):
		return // another object has the name by now
	case gone && known:
		now.Ref = before
	case known && before != now.Ref:
		w.note(changes, backend.Event{Secret: model.Secret{Ref: before}, Gone: true})
	}
	if gone {
		delete(w.known, now.Ref.Name)
	} else {
		w.known[now.Ref.Name] = sighting{now.Ref, now.Version.Revision}
	}
	w.note(changes, backend.Event{Secret: now, Gone: gone})
}

// older tells whether a revision is before another one. They are numbers that
// grow, to every server there is; of what is none nobody knows.
func older(revision, than string) bool {
	first, err := strconv.ParseUint(revision, 10, 64)
	second, otherErr := strconv.ParseUint(than, 10, 64)
	return err == nil && otherErr == nil && first < second
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
