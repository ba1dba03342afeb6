package reassigntest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

// breakage is a way in which one request can go wrong.
type breakage int

const (
	none breakage = iota
	refused
	lostBefore
	lostAfter
	resetInBody
	truncated
	delayed
	unauthorized
	forbidden
	conflict
	invalid
	busy
	failedAfter
	unavailable
	timedOutAfter
	twice
	killedBefore
	killedAfter
	killedAnswered

	late
	// What somebody else does just before a request.
	copyDropped
	copyPlaced
	liveEdited
	liveDeleted
	liveElsewhere
	targetMade
)

// breakages are all that networks, proxies and servers do to a request.
var breakages = map[breakage]string{
	refused:       "connection refused",
	lostBefore:    "dropped before it arrived",
	lostAfter:     "dropped after it took effect",
	resetInBody:   "reset in the middle of the answer",
	truncated:     "half of the answer",
	delayed:       "answered too late",
	unauthorized:  "401",
	forbidden:     "403",
	conflict:      "409",
	invalid:       "400 or 422",
	busy:          "429",
	failedAfter:   "500 after it took effect",
	unavailable:   "503",
	timedOutAfter: "504 after it took effect",
	twice:         "sent on twice by a proxy",
}

// kills are the ways in which the process ends at a request.
var kills = map[breakage]string{
	killedBefore:   "killed before it was sent on",
	killedAfter:    "killed after it took effect",
	killedAnswered: "killed after its answer",
}

func (b breakage) String() string {
	if text := breakages[b] + kills[b]; text != "" {
		return text
	}
	return deeds[b] + map[breakage]string{none: "nothing", late: "arrived after its sender gave up"}[b]
}

// errGone is what a process that is dead gets: nobody reads it.
var errGone = errors.New("the process was killed")

// script says which requests break: those of one console, and then of the
// starts after it. Only requests since arm count.
type script struct {
	mu     sync.Mutex
	seen   int
	breaks map[int]breakage // by the number of the request
	hit    []string         // which request broke, and how
	late   time.Duration    // how long after its sender gave up a late request arrives
}

// hits is how many requests broke so far.
func (s *script) hits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.hit)
}

// wire lies between one console and the control plane.
type wire struct {
	far     *far
	through http.RoundTripper
	script  *script
	gate    func(*http.Request) error // holds a request until it may go; nil for none

	mu    sync.Mutex
	armed bool
	dead  bool // the process at this end was killed
	cache map[string]func() *http.Response
}

func newWire(f *far, s *script) *wire { return &wire{far: f, through: f.transport(), script: s} }

// arm begins to count.
func (w *wire) arm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = true
}

func (w *wire) killed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead
}

func (w *wire) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = true
}

// next gives what is to happen to a request.
func (w *wire) next(r *http.Request) (breakage, error) {
	w.mu.Lock()
	armed, dead, s := w.armed, w.dead, w.script
	w.mu.Unlock()
	if dead {
		return none, errGone
	}
	if !armed {
		return none, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.breaks[s.seen]
	if b != none {
		s.hit = append(s.hit, fmt.Sprintf("request %d, %s %s: %v", s.seen, r.Method, r.URL.Path, b))
	}
	s.seen++
	return b, nil
}

// RoundTrip passes a request on, or not.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := bodyOf(r)
	if err != nil {
		return nil, err
	}
	if w.gate != nil {
		if err := w.gate(r); err != nil {
			return nil, err
		}
	}
	b, err := w.next(r)
	if err != nil {
		return nil, err
	}
	switch b {
	case refused:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case lostBefore:
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	case unauthorized, forbidden, conflict, invalid, busy, unavailable:
		return w.answered(r, b), nil
	case killedBefore:
		w.kill()
		return nil, errGone
	case copyDropped, copyPlaced, liveEdited, liveDeleted, liveElsewhere, targetMade:
		w.far.strangerDoes(b)
		// The safety copy is read just before the source is deleted; what is live
		// is known as of the last look.
		w.far.history.race(b != copyDropped || r.Method != http.MethodGet && !rehearsal(r, body))
		if b == copyDropped {
			defer w.far.history.race(false)
		}
	case late:
		return nil, w.arriveLate(r, body)
	case twice:
		if first, err := w.pass(r, body); err == nil {
			_ = first.Body.Close()
		}
	}
	response, err := w.pass(r, body)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && w.far.tellsAll(r.URL.Path) {
		w.far.history.looked(w)
	}
	return w.after(r, b, response)
}

// arriveLate passes a request on only some time after whoever sent it gave up,
// and gives the reason why they did.
func (w *wire) arriveLate(r *http.Request, body []byte) error {
	<-r.Context().Done()
	w.script.mu.Lock()
	pause := w.script.late
	w.script.mu.Unlock()
	again := r.WithContext(context.WithoutCancel(r.Context()))
	go func() {
		time.Sleep(pause)
		if response, err := w.pass(again, body); err == nil {
			_ = response.Body.Close()
		}
	}()
	return context.Cause(r.Context())
}

// after breaks what is on its way back.
func (w *wire) after(r *http.Request, b breakage, response *http.Response) (*http.Response, error) {
	switch b {
	case lostAfter:
		_ = response.Body.Close()
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	case failedAfter, timedOutAfter:
		_ = response.Body.Close()
		return w.answered(r, b), nil
	case delayed:
		_ = response.Body.Close()
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	case killedAfter:
		_ = response.Body.Close()
		w.kill()
		return nil, errGone
	case killedAnswered:
		w.kill()
	case resetInBody, truncated:
		return half(response, b == resetInBody)
	}
	return response, nil
}

// half gives half of an answer's body, and then a reset or a clean end.
func half(response *http.Response, reset bool) (*http.Response, error) {
	all, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	part := io.Reader(bytes.NewReader(all[:len(all)/2]))
	if reset {
		part = io.MultiReader(part, broken{})
	}
	response.Body = io.NopCloser(part)
	response.ContentLength = -1
	response.Header.Del("Content-Length")
	return response, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

func (w *wire) pass(r *http.Request, body []byte) (*http.Response, error) {
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	if r.URL.Query().Get("resourceVersion") == "0" {
		return w.cached(again)
	}
	return w.through.RoundTrip(again)
}

// cached answers a read that takes whatever an API server has in its cache:
// what it answered when it was first asked that.
func (w *wire) cached(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cache == nil {
		w.cache = map[string]func() *http.Response{}
	}
	if old, there := w.cache[r.URL.Path]; there {
		return old(), nil
	}
	response, err := w.through.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	give := func() *http.Response {
		same := *response
		same.Body = io.NopCloser(bytes.NewReader(body))
		return &same
	}
	w.cache[r.URL.Path] = give
	return give(), err
}

func bodyOf(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer func() { _ = r.Body.Close() }()
	return io.ReadAll(r.Body)
}

// rehearsal tells a request that changes nothing. A deletion says in its body
// that it is one, others in the address.
func rehearsal(r *http.Request, body []byte) bool {
	return r.URL.Query().Get("dryRun") != "" || r.Method == http.MethodDelete && bytes.Contains(body, []byte("All"))
}

// answered is a refusal in the words of the control plane, which never saw the
// request or failed after it.
func (w *wire) answered(r *http.Request, b breakage) *http.Response {
	status := map[breakage]int{
		unauthorized: http.StatusUnauthorized, forbidden: http.StatusForbidden, conflict: http.StatusConflict,
		invalid: http.StatusUnprocessableEntity, busy: http.StatusTooManyRequests, unavailable: http.StatusServiceUnavailable,
		failedAfter: http.StatusInternalServerError, timedOutAfter: http.StatusGatewayTimeout,
	}[b]
	reason := map[breakage]string{
		unauthorized: "Unauthorized", forbidden: "Forbidden", conflict: "Conflict", invalid: "Invalid",
		busy: "TooManyRequests", unavailable: "ServiceUnavailable", failedAfter: "InternalError", timedOutAfter: "Timeout",
	}[b]
	body := fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"fake refusal","reason":%q,"code":%d}`, reason, status)
	if w.far.kind == universal {
		if b == invalid {
			status = http.StatusBadRequest
		}
		body = fmt.Sprintf(`{"type":"/std-errors","status":%d,"title":"fake refusal","detail":"fake refusal"}`, status)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if b == busy {
		header.Set("Retry-After", "1")
	}
	return &http.Response{
		Status: fmt.Sprint(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
