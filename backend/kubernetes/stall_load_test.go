package kubernetes

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// snag lies on the way to a cluster. What is caught in it gets stuck until it
// is freed.
type snag struct {
	through http.RoundTripper
	fault   atomic.Pointer[fault]
}

// fault is what happens to answers.
type fault struct {
	method string // to requests of this method; "" for all
	how    string // "no answer", "no body", "drip"
	freed  chan struct{}
}

// catches tells whether something happens to requests of a method.
func (f *fault) catches(method, how string) bool {
	return f != nil && f.how == how && (f.method == "" || f.method == method)
}

func (s *snag) set(how, method string) { s.fault.Store(&fault{method, how, make(chan struct{})}) }

func (s *snag) free() { close(s.fault.Swap(nil).freed) }

// RoundTrip passes a request on; its answer may come never.
func (s *snag) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.fault.Load().catches(r.Method, "no answer") {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	response, err := s.through.RoundTrip(r)
	if err == nil {
		response.Body = &stuckBody{response.Body, s, r}
	}
	return response, err
}

// stuckBody is an answer's body that can get stuck.
type stuckBody struct {
	io.ReadCloser
	snag    *snag
	request *http.Request
}

// Read gives what is there, unless it is stuck; a drip gives one byte every
// five seconds.
func (b *stuckBody) Read(p []byte) (int, error) {
	if b.snag.fault.Load().catches(b.request.Method, "drip") {
		p = p[:min(1, len(p))]
		time.Sleep(5 * time.Second)
	}
	n, err := b.ReadCloser.Read(p)
	if f := b.snag.fault.Load(); f.catches(b.request.Method, "no body") {
		select {
		case <-f.freed:
		case <-b.request.Context().Done():
			return 0, b.request.Context().Err()
		}
	}
	return n, err
}

// snagged is an embedded cluster, with a way to it through a snag and one past
// it.
func snagged(t *testing.T) (caught, straight *plane, s *snag, far *embedded.ControlPlane) {
	t.Helper()
	far = inside(t)
	s = &snag{through: far.KubernetesTransport()}
	return near(t, s, "https://cluster.example", "fake-token", somewhere),
		near(t, far.KubernetesTransport(), "https://cluster.example", "fake-token", somewhere), s, far
}

// ask is something that is asked of a server, and how long it may take at most.
type ask struct {
	method string
	within time.Duration
	writes bool
	do     func(context.Context, *plane, model.Snapshot) error
}

func asks() map[string]ask {
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut
	return map[string]ask{
		"list": {get, 2 * time.Minute, false, func(ctx context.Context, p *plane, _ model.Snapshot) error {
			_, err := p.List(ctx, backend.Query{})
			return err
		}},
		"learn": {get, 2 * time.Minute, false, func(ctx context.Context, p *plane, _ model.Snapshot) error {
			_, err := p.Learn(ctx, backend.Query{})
			return err
		}},
		"resources": {get, 2 * time.Minute, false, func(ctx context.Context, p *plane, _ model.Snapshot) error {
			_, err := p.Resources(ctx, model.KindMesh, "")
			return err
		}},
		"get": {get, 30 * time.Second, false, func(ctx context.Context, p *plane, s model.Snapshot) error {
			_, err := p.Get(ctx, s.Secret.Ref)
			return err
		}},
		"locate": {get, 30 * time.Second, false, func(ctx context.Context, p *plane, s model.Snapshot) error {
			_, err := p.Locate(ctx, s.Secret.Ref.Name)
			return err
		}},
		"create": {post, 30 * time.Second, true, func(ctx context.Context, p *plane, s model.Snapshot) error {
			s.Secret.Ref.Name += "-2"
			_, err := p.Create(ctx, s)
			return err
		}},
		"update": {put, 30 * time.Second, true, func(ctx context.Context, p *plane, s model.Snapshot) error {
			_, err := p.Update(ctx, s, s)
			return err
		}},
		"delete":   {http.MethodDelete, 30 * time.Second, true, func(ctx context.Context, p *plane, s model.Snapshot) error { return p.Delete(ctx, s) }},
		"rehearse": {put, 30 * time.Second, false, rehearsedEdit},
	}
}

// Everything that is asked of a server that stops answering ends in time, and
// says that there was no answer; of a write, that nobody knows.
func TestNothingWaitsForever(t *testing.T) {
	t.Parallel()
	for name, ask := range asks() {
		for _, how := range []string{"no answer", "no body", "drip"} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { ask.ends(t, how) })
			})
		}
	}
}

// ends asks a server that gets stuck.
func (a ask) ends(t *testing.T, how string) {
	t.Helper()
	p, _, snag, far := snagged(t)
	far.Seed(embedded.Secret{Mesh: someRef.Mesh, Name: someRef.Name, Value: []byte("fake-value")})
	held, err := p.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	want := backend.ErrUnavailable
	if a.writes {
		want = backend.ErrUnknown
	}
	snag.set(how, a.method)
	began := time.Now()
	if err := a.do(t.Context(), p, held); !errors.Is(err, want) {
		t.Errorf("it ended with %v", err)
	}
	// A drip may be asleep when its time is up.
	if took := time.Since(began); took > a.within+5*time.Second {
		t.Errorf("it took %v", took)
	}
	snag.free()
}

func rehearsedEdit(ctx context.Context, p *plane, s model.Snapshot) error {
	_, err := p.Rehearse(ctx, model.Change{Verb: model.Edit, Before: s, After: s})
	return err
}

// A watch that is silent for longer than a server ever is has lost its server
// without noticing. It says so, connects again, and misses nothing.
func TestSilentWatchIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, straight, snag, far := snagged(t)
		screen := watching(t, p)
		snag.set("no body", "")
		far.Seed(embedded.Secret{Mesh: someRef.Mesh, Name: someRef.Name, Value: []byte("fake-value")})
		began := time.Now()
		_, err := screen.watcher.Next(t.Context())
		var failure *backend.Error
		if !errors.As(err, &failure) || failure.Retry <= 0 || failure.Reason != network.ErrIdle.Error() {
			t.Errorf("it says %v", err)
		}
		if silent := time.Since(began); silent < 3*time.Minute {
			t.Errorf("it was left after %v", silent)
		}
		snag.free()
		screen.catchesUp(straight)
		if screen.lists != 1 {
			t.Errorf("it listed %d times", screen.lists)
		}
	})
}
