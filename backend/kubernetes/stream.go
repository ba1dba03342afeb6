package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/framer"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
)

// The pace of watching.
const (
	watchIdle   = 3 * time.Minute  // an API server that sends bookmarks does so about every minute
	watchLength = 5 * time.Minute  // at least, then as much again at most: ends are spread
	heldLength  = 20 * time.Second // where answers are held back until they end; less than headerTime
	firstWait   = time.Second
	lastWait    = 30 * time.Second
)

// heard is what a stream has to say: a change, that all is well, or why not.
type heard struct {
	kind string            // the type of secrets it is about
	what string            // "ADDED", "MODIFIED", "DELETED"; "" for what is no change
	meta metav1.ObjectMeta // of a secret
	one  object            // of another kind
	err  error
}

// subject is what a stream follows: how its changes are asked for, and how the
// object of one is read, and its revision.
type subject interface {
	changes(options metav1.ListOptions) call
	read(raw []byte) (h heard, revision string, err error)
}

// stream follows one kind of object over as many connections as it takes.
type stream struct {
	plane    *plane
	of       subject
	revision string // where it goes on
	// tell is given what there is to say, and answers whether anybody listens.
	tell func(ctx context.Context, h heard) bool
	// gives decides after how many failures in a row it gives up, and because of
	// which error at once; nil: never, but for a server that forgot where we are.
	gives    func(err error, failures int) bool
	wait     time.Duration
	failing  bool // the last connection failed
	failures int  // in a row
	short    int  // connections in a row that ended at once, without a word
	// held tells that what stands between holds an answer back until its first
	// event, or its end: connections are then so short that their end is awaited.
	held bool
	// doubted tells that connections failed before: nothing is said to be well
	// before something came through one, or a short one lasted its time.
	doubted bool
}

// run follows until the context ends, the server forgot where we are or it gives
// up. The error is why.
func (s *stream) run(ctx context.Context) error {
	s.wait = firstWait
	for ctx.Err() == nil {
		began, held := s.plane.now(), s.held
		err := s.connection(ctx)
		if ctx.Err() != nil {
			break
		}
		if s.held && !held {
			continue // nothing is told before one was tried that ends in time
		}
		if err == nil && s.plane.now().Sub(began) >= firstWait {
			s.short = 0
			if s.doubted {
				s.doubted = false
				s.tell(ctx, heard{})
			}
			continue // it ended in its time
		}
		if err = s.ended(err); err != nil {
			s.failures++
		}
		if errors.Is(err, backend.ErrExpired) || err != nil && s.gives != nil && s.gives(err, s.failures) {
			return err
		}
		if !s.pause(ctx, err) {
			break
		}
	}
	return context.Cause(ctx)
}

// ended says that nothing is followed when connections end at once, one after
// the other: a single one may have met a server that was about to stop.
func (s *stream) ended(err error) error {
	if err != nil {
		s.short = 0
		return err
	}
	if s.short++; s.short < 2 {
		return nil
	}
	return s.plane.client.failure(call{op: opWatch}, backend.ErrUnavailable, "it ends each watch at once", nil)
}

// pause waits before the next try, longer each time, and says so.
func (s *stream) pause(ctx context.Context, err error) bool {
	wait := s.wait/2 + rand.N(s.wait/2) //nolint:gosec // nobody gains by knowing when we try again
	s.wait = min(2*s.wait, lastWait)
	var failure *backend.Error
	if errors.As(err, &failure) {
		s.failing = true
		if !s.tell(ctx, heard{err: retrying(failure, wait)}) {
			return false
		}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// connection asks for the changes since the last one and tells them, until the
// connection ends.
func (s *stream) connection(ctx context.Context) error {
	seconds := s.length()
	c := s.of.changes(metav1.ListOptions{Watch: true, AllowWatchBookmarks: true, ResourceVersion: s.revision, TimeoutSeconds: &seconds})
	c.op, c.verb, c.limit, c.idle = opWatch, verbWatch, math.MaxInt64, watchIdle
	got, err := s.plane.client.open(ctx, c)
	if err != nil {
		s.held = s.held || silent(err)
		return err
	}
	defer got.end()
	events := eventsOf(got)
	// That there is a connection is good news, unless they end at once: then
	// only what comes through one is.
	if s.failing && s.short == 0 {
		s.failing, s.failures = false, 0
		if !s.tell(ctx, heard{}) {
			return nil
		}
	}
	for {
		event, err := events.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return s.plane.client.lost(ctx, c, err)
		}
		if err := s.event(ctx, c, event); err != nil {
			return err
		}
	}
}

// length is how many seconds a connection is to last.
func (s *stream) length() int64 {
	if s.held || s.doubted {
		return int64(heldLength / time.Second)
	}
	seconds := int64(watchLength / time.Second)
	return seconds + rand.Int64N(seconds) //nolint:gosec // it only spreads the ends
}

// silent tells that no answer began to come, though somebody took the request.
func silent(err error) bool {
	var failure *backend.Error
	return errors.As(err, &failure) && failure.Status == 0 && failure.Reason == network.ErrIdle.Error()
}

func (s *stream) event(ctx context.Context, c call, event metav1.WatchEvent) error {
	raw := event.Object.Raw
	defer clear(raw)
	if event.Type == "ERROR" {
		var status metav1.Status
		if decode(raw, &status) != nil {
			return s.plane.client.failure(c, backend.ErrStranger, "it sent an event that cannot be read", nil)
		}
		return s.plane.client.status(c, int(status.Code), status, true)
	}
	h, revision, err := s.of.read(raw)
	if err != nil || revision == "" {
		return s.plane.client.failure(c, backend.ErrStranger, "it sent an event that cannot be read", nil)
	}
	s.revision, s.wait = revision, firstWait
	s.failing, s.doubted, s.failures, s.short = false, false, 0, 0
	switch event.Type {
	case "BOOKMARK":
		s.tell(ctx, heard{})
	case "ADDED", "MODIFIED", "DELETED":
		h.what = event.Type
		s.tell(ctx, h)
	}
	return nil
}

// events reads the events of a watch, in either encoding. It overwrites what it
// read, which the decoders of client-go keep.
type events struct {
	from   *exchange
	frames io.Reader
	packed bool
	left   int // bytes of the event that is read
}

func eventsOf(got *exchange) *events {
	e := &events{from: got, packed: !strings.HasPrefix(got.header.Get("Content-Type"), typeJSON)}
	if e.packed {
		e.frames = framer.NewLengthDelimitedFrameReader(io.NopCloser(e))
	} else {
		e.frames = framer.NewJSONFramedReader(io.NopCloser(e))
	}
	return e
}

// Read is bounded for each event: a watch as a whole has no end.
func (e *events) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, network.ErrTooLarge
	}
	n, err := e.from.Read(p[:min(len(p), e.left)])
	e.left -= n
	return n, err
}

func (e *events) next() (metav1.WatchEvent, error) {
	var event metav1.WatchEvent
	e.left = maxObject
	frame, err := e.frame()
	defer clear(frame)
	switch {
	case err != nil:
		return event, err
	case e.packed:
		return event, event.Unmarshal(frame)
	}
	return event, json.Unmarshal(frame, &event)
}

// frame reads one event into memory that grows with it.
func (e *events) frame() ([]byte, error) {
	frame, size := make([]byte, 4<<10), 0
	for {
		n, err := e.frames.Read(frame[size:])
		size += n
		if !errors.Is(err, io.ErrShortBuffer) {
			return frame[:size], err
		}
		larger := make([]byte, 2*len(frame))
		copy(larger, frame)
		clear(frame)
		frame = larger
	}
}
