package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

const (
	// bookmarkEvery is how often bookmarks are sent.
	bookmarkEvery = time.Minute
	// watchLife is how long a watch lasts when nothing is asked for.
	watchLife = 30 * time.Minute
	// initialEnd marks the bookmark after the objects that were there.
	initialEnd = "k8s.io/initial-events-end"
)

// errBroken ends a watch whose connection was cut.
var errBroken = errors.New("the connection was cut")

// watcher is one watch.
type watcher struct {
	server    *Server
	q         request
	chosen    selection
	version   uint64 // what was sent so far
	current   bool   // begin with what is there
	initial   bool   // and say when that was all
	bookmarks bool
	life      time.Duration
	broken    int
	marked    int
}

func (s *Server) watch(q request) (reply, error) {
	chosen, err := q.selection()
	if err != nil {
		return reply{}, err
	}
	options, err := q.listOptions()
	if err != nil {
		return reply{}, err
	}
	w := &watcher{server: s, q: q, chosen: chosen, life: watchLife, bookmarks: options.AllowWatchBookmarks}
	w.initial = options.SendInitialEvents != nil && *options.SendInitialEvents
	if seconds := *options.TimeoutSeconds; seconds > 0 {
		w.life = time.Duration(seconds) * time.Second
	}
	if w.version, err = readVersion(options.ResourceVersion); err != nil {
		return reply{}, err
	}
	w.current = w.initial || w.version == 0
	s.mu.RLock()
	w.broken, w.marked = s.feed.broken, s.feed.marked
	s.mu.RUnlock()
	return reply{status: http.StatusOK, contentType: q.form.streamType(), stream: w.run}, nil
}

// run sends what happens until the watch is over.
func (w *watcher) run(ctx context.Context, send func([]byte) error) error {
	ctx, cancel := context.WithTimeout(ctx, w.life)
	defer cancel()
	ticker := time.NewTicker(bookmarkEvery)
	defer ticker.Stop()
	if w.current {
		if err := w.begin(send); err != nil {
			return err
		}
	}
	for {
		turn := w.look()
		if turn.broken {
			return errBroken
		}
		if over, err := w.pass(turn, send); over || err != nil {
			return err
		}
		if turn.mark {
			if err := w.bookmark(send, false); err != nil {
				return err
			}
		}
		select {
		case <-turn.changed:
		case <-ticker.C:
			if err := w.bookmark(send, false); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// begin sends what is there.
func (w *watcher) begin(send func([]byte) error) error {
	w.server.mu.RLock()
	objects := w.server.store.all(w.q.kind)
	w.version = w.server.store.version
	w.server.mu.RUnlock()
	for _, o := range objects {
		if !w.chosen.takes(o) {
			continue
		}
		if err := w.send(send, "ADDED", o); err != nil {
			return err
		}
	}
	if !w.initial {
		return nil
	}
	return w.bookmark(send, true)
}

// turn is what a watch finds when it looks.
type turn struct {
	events  []event
	kept    bool   // false: what happened is forgotten
	version uint64 // the server's
	broken  bool
	mark    bool // a bookmark was asked for
	changed <-chan struct{}
}

func (w *watcher) look() turn {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	f := &w.server.feed
	t := turn{version: w.server.store.version, broken: f.broken != w.broken, mark: f.marked != w.marked}
	w.marked = f.marked
	t.events, t.kept = f.since(w.version)
	t.changed = f.wait()
	return t
}

// pass sends what happened. It tells whether the watch is over.
func (w *watcher) pass(t turn, send func([]byte) error) (over bool, err error) {
	if !t.kept {
		return true, w.expire(t, send)
	}
	for _, e := range t.events {
		before, after := w.chosen.takes(e.change.Before), w.chosen.takes(e.change.After)
		if e.change.Object().Kind == w.q.kind {
			switch {
			case after && !before:
				err = w.send(send, "ADDED", e.change.After)
			case after:
				err = w.send(send, "MODIFIED", e.change.After)
			case before:
				// It is told as it last was, at the version at which it went.
				gone := e.change.Before.Clone()
				gone.Meta.ResourceVersion = strconv.FormatUint(e.version, 10)
				err = w.send(send, "DELETED", gone)
			}
		}
		if err != nil {
			return true, err
		}
	}
	w.version = t.version
	return false, nil
}

// expire tells that the watch cannot go on from where it is.
func (w *watcher) expire(t turn, send func([]byte) error) error {
	status := apierrors.NewResourceExpired(fmt.Sprintf(expiredWatch, w.version, t.version)).Status()
	body, err := w.q.form.status(&status)
	if err != nil {
		return err
	}
	return w.part(send, "ERROR", body)
}

func (w *watcher) send(send func([]byte) error, kind string, o *Object) error {
	body, err := w.q.form.object(o)
	if err != nil {
		return err
	}
	return w.part(send, kind, body)
}

func (w *watcher) part(send func([]byte) error, kind string, object []byte) error {
	part, err := w.q.form.event(kind, object)
	if err != nil {
		return err
	}
	return send(part)
}

// bookmark says up to which version everything was sent.
func (w *watcher) bookmark(send func([]byte) error, end bool) error {
	if !w.bookmarks {
		return nil
	}
	mark := &Object{Kind: w.q.kind}
	mark.Meta.ResourceVersion = strconv.FormatUint(w.version, 10)
	if end {
		mark.Meta.Annotations = map[string]string{initialEnd: "true"}
	}
	return w.send(send, "BOOKMARK", mark)
}
