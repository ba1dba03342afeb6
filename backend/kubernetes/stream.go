package kubernetes

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
)

// The pace of watching.
const (
	watchIdle   = 3 * time.Minute // an API server that sends bookmarks does so about every minute
	watchLength = 5 * time.Minute // at least, then as much again at most: ends are spread
	firstWait   = time.Second
	lastWait    = 30 * time.Second
)

// heard is what a stream has to say: a change, that all is well, or why not.
type heard struct {
	kind string // the type of secrets it is about
	what string // "ADDED", "MODIFIED", "DELETED"; "" for what is no change
	meta metav1.ObjectMeta
	err  error
}

// stream follows one type of secrets over as many connections as it takes.
type stream struct {
	plane    *plane
	of       phase
	revision string // where it goes on
	to       chan<- heard
	wait     time.Duration
	failing  bool // the last connection failed
}

// run follows until the context ends or the server forgot where we are.
func (s *stream) run(ctx context.Context) {
	s.wait = firstWait
	for ctx.Err() == nil {
		began := s.plane.now()
		err := s.connection(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil && s.plane.now().Sub(began) >= firstWait {
			continue // it ended in its time
		}
		if errors.Is(err, backend.ErrExpired) {
			s.tell(ctx, heard{err: err})
			return
		}
		if !s.pause(ctx, err) {
			return
		}
	}
}

// pause waits before the next try, longer each time, and says so.
func (s *stream) pause(ctx context.Context, err error) bool {
	wait := s.wait/2 + rand.N(s.wait/2) //nolint:gosec // nobody gains by knowing when we try again
	s.wait = min(2*s.wait, lastWait)
	var failure *backend.Error
	if errors.As(err, &failure) {
		told := *failure
		told.Retry = wait
		s.failing = true
		if !s.tell(ctx, heard{err: &told}) {
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

func (s *stream) tell(ctx context.Context, h heard) bool {
	h.kind = s.of.kind
	select {
	case <-ctx.Done():
		return false
	case s.to <- h:
		return true
	}
}

// connection asks for the changes since the last one and tells them, until the
// connection ends.
func (s *stream) connection(ctx context.Context) error {
	seconds := int64(watchLength / time.Second)
	query := url.Values{
		"watch": {"1"}, "allowWatchBookmarks": {"true"}, "resourceVersion": {s.revision},
		"fieldSelector":  {"type=" + s.of.kind},
		"timeoutSeconds": {strconv.FormatInt(seconds+rand.Int64N(seconds), 10)}, //nolint:gosec // it only spreads the ends
	}
	if s.of.labels != "" {
		query.Set("labelSelector", s.of.labels)
	}
	c := call{op: opWatch, verb: verbWatch, at: s.plane.at(""), query: query, accept: acceptMetadata, limit: math.MaxInt64, idle: watchIdle}
	got, err := s.plane.client.send(ctx, c)
	if err != nil {
		return err
	}
	defer got.body.Close()
	events := eventsOf(got)
	if s.failing {
		s.failing = false
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
			fault := s.plane.client.diagnose(ctx, err)
			return s.plane.client.failure(c, fault.Kind, fault.Reason, network.Plain(err))
		}
		if err := s.event(ctx, c, event); err != nil {
			return err
		}
	}
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
	inner, packed, err := unwrap(raw)
	if err == nil && !packed {
		inner = raw
	}
	meta, metaErr := metadataOf(inner, packed)
	if err != nil || metaErr != nil || meta.ResourceVersion == "" {
		return s.plane.client.failure(c, backend.ErrStranger, "it sent an event that cannot be read", nil)
	}
	s.revision, s.wait = meta.ResourceVersion, firstWait
	switch event.Type {
	case "BOOKMARK":
		s.tell(ctx, heard{})
	case "ADDED", "MODIFIED", "DELETED":
		s.tell(ctx, heard{what: event.Type, meta: meta})
	}
	return nil
}

// events reads the events of a watch, in either encoding.
type events struct {
	body   io.Reader
	header http.Header
	lines  *json.Decoder
}

func eventsOf(a *answer) *events {
	e := &events{body: a.body, header: a.header}
	if strings.HasPrefix(a.header.Get("Content-Type"), typeJSON) {
		e.lines = json.NewDecoder(a.body)
	}
	return e
}

// next reads one event: a document of JSON, or a frame of four bytes of length
// and as much protobuf.
func (e *events) next() (metav1.WatchEvent, error) {
	var event metav1.WatchEvent
	if e.lines != nil {
		err := e.lines.Decode(&event)
		return event, err
	}
	var size [4]byte
	if _, err := io.ReadFull(e.body, size[:]); err != nil {
		return event, err
	}
	length := binary.BigEndian.Uint32(size[:])
	if length > maxObject {
		return event, network.ErrTooLarge
	}
	frame := make([]byte, length)
	defer clear(frame)
	if _, err := io.ReadFull(e.body, frame); err != nil {
		return event, err
	}
	err := event.Unmarshal(frame)
	return event, err
}
