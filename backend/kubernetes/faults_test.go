package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/backend/kubernetes/faultproxy"
	"meshsecrets/model"
)

// tooLong is when a test gives up waiting for what must come.
const tooLong = 30 * time.Second

// shore is a cluster and two ways to it: near lies behind faults, and straight
// does not. Put and remove are a foreign hand.
type shore struct {
	near, straight *plane
	put            func(ref model.Ref, value []byte, labels map[string]string)
	remove         func(model.Ref)
	proxy          *faultproxy.Proxy
	expired        *atomic.Bool // the token of near
	cut            func()       // what is connected
}

// worn sends another token than it was given, once that has expired.
type worn struct {
	through http.RoundTripper
	expired *atomic.Bool
}

// RoundTrip passes a request on.
func (w worn) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.expired.Load() {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer fake-token-that-expired")
	}
	return w.through.RoundTrip(r)
}

// ashore is a namespace of a server, reached through a proxy and the network's
// own transport.
func ashore(t *testing.T, server *apiservertest.Server, change func(*rest.Config)) shore {
	t.Helper()
	namespace := server.Namespace(t)
	proxy, err := faultproxy.Start(strings.TrimPrefix(server.URL(), "https://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Close)
	s := shore{proxy: proxy, expired: &atomic.Bool{}, cut: proxy.Cut}
	config := &rest.Config{
		Host: "https://" + proxy.Address(), BearerToken: server.Token(apiservertest.Admin),
		TLSClientConfig: rest.TLSClientConfig{CAData: server.CA()},
	}
	config.Wrap(func(through http.RoundTripper) http.RoundTripper { return worn{through, s.expired} })
	if change != nil {
		change(config)
	}
	c, err := newClient(Options{Config: config})
	if err != nil {
		t.Fatal(err)
	}
	s.near = newPlane(c, namespace, backend.Identity{Name: "test"}, model.Examiner{})
	s.straight = near(t, towards(t, server), server.URL(), server.Token(apiservertest.Admin), namespace)
	path := func(ref model.Ref) string { return apiservertest.SecretsPath(namespace) + "/" + ref.Name }
	s.put = func(ref model.Ref, value []byte, labels map[string]string) {
		server.Put(t, path(ref), objectOf(backendtest.Object{Ref: ref, Value: value, Labels: labels}))
	}
	s.remove = func(ref model.Ref) { server.Delete(t, path(ref)) }
	return s
}

// afloat is the embedded cluster, in process: there is no network to break.
func afloat(t *testing.T) (shore, *embedded.ControlPlane) {
	t.Helper()
	far, err := embedded.New(embedded.Options{Environment: embedded.EnvironmentKubernetes, SystemNamespace: somewhere, Users: rights()})
	if err != nil {
		t.Fatal(err)
	}
	s := shore{expired: &atomic.Bool{}, cut: far.Cluster().BreakWatches}
	token := (*apiservertest.Server)(nil).Token(apiservertest.Admin)
	s.near = near(t, worn{far.KubernetesTransport(), s.expired}, "https://cluster.example", token, somewhere)
	s.straight = near(t, far.KubernetesTransport(), "https://cluster.example", token, somewhere)
	s.put = func(ref model.Ref, value []byte, labels map[string]string) {
		far.Seed(embedded.Secret{Mesh: ref.Mesh, Name: ref.Name, Value: value, Labels: labels, Namespace: somewhere})
	}
	s.remove = func(ref model.Ref) { far.Cluster().Discard(cluster.Secrets, somewhere, ref.Name) }
	return s, far
}

// writes is what a foreign hand does while nobody can see it: something new,
// something changed, something gone, and that in both kinds of secrets.
func (s shore) writes(round string) {
	for _, mesh := range []string{"default", ""} {
		ref := func(name string) model.Ref { return model.Ref{Mesh: mesh, Name: "fault-" + name + mesh} }
		s.put(ref("new-"+round), []byte("fake-new"), nil)
		s.put(ref("changed"), []byte("fake-"+round), map[string]string{"round": round})
		s.put(ref("gone-"+round), []byte("fake-gone"), nil)
		s.remove(ref("gone-" + round))
	}
}

// screen follows a control plane as the console's list does: it lists, watches
// from there, goes on after a failure, and lists again when it must.
type screen struct {
	t        *testing.T
	plane    *plane
	watcher  backend.Watcher
	rows     map[model.Ref]string // the revisions
	failures []*backend.Error
	lists    int
}

func watching(t *testing.T, p *plane) *screen {
	t.Helper()
	s := &screen{t: t, plane: p}
	s.list()
	t.Cleanup(func() { s.watcher.Close() })
	return s
}

func (s *screen) list() {
	s.t.Helper()
	seen, err := backendtest.Listed(s.t.Context(), s.plane, backend.Query{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.lists++
	s.rows = rowsOf(seen.Secrets)
	if s.watcher, err = s.plane.Watch(s.t.Context(), backend.Query{}, seen); err != nil {
		s.t.Fatal(err)
	}
}

func rowsOf(all []model.Secret) map[model.Ref]string {
	rows := make(map[model.Ref]string, len(all))
	for _, secret := range all {
		rows[secret.Ref] = secret.Version.Revision
	}
	return rows
}

// until takes what the watch tells until something holds.
func (s *screen) until(what string, holds func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), tooLong)
	defer cancel()
	for !holds() {
		batch, err := s.watcher.Next(ctx)
		var failure *backend.Error
		switch {
		case errors.Is(err, backend.ErrExpired):
			s.watcher.Close()
			s.list()
		case errors.As(err, &failure):
			if failure.Retry <= 0 {
				s.t.Fatalf("it does not say when it tries again: %v", err)
			}
			s.failures = append(s.failures, failure)
		case err != nil:
			s.t.Fatalf("waiting until %s: %v, after %v", what, err, s.failures)
		}
		for _, event := range batch.Events {
			if delete(s.rows, event.Secret.Ref); !event.Gone {
				s.rows[event.Secret.Ref] = event.Secret.Version.Revision
			}
		}
	}
}

// fails waits for a failure of a kind, and says how it was told.
func (s *screen) fails(kind error) string {
	s.t.Helper()
	seen := len(s.failures)
	s.until(kind.Error(), func() bool {
		for ; seen < len(s.failures); seen++ {
			if errors.Is(s.failures[seen], kind) {
				return true
			}
		}
		return false
	})
	return s.failures[seen].Reason
}

// catchesUp waits until every row is as a list that lies behind no fault has
// it: nothing was missed, and nothing stayed that is gone.
func (s *screen) catchesUp(straight *plane) {
	s.t.Helper()
	all, err := backendtest.All(s.t.Context(), straight, backend.Query{})
	if err != nil {
		s.t.Fatal(err)
	}
	want := rowsOf(all)
	s.until(fmt.Sprintf("the %d rows are those of a fresh list", len(want)), func() bool { return maps.Equal(s.rows, want) })
}

// A watch goes on after everything that a network does, by itself, and misses
// nothing.
func TestWatchOutlivesTheNetwork(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		begin func(*faultproxy.Proxy)
		told  bool // that it is not live
	}{
		"cut":    {(*faultproxy.Proxy).Cut, true},
		"refuse": {(*faultproxy.Proxy).Refuse, true},
		"stall":  {(*faultproxy.Proxy).Stall, false},
		"drip":   {func(p *faultproxy.Proxy) { p.Drip(100) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ashore(t, apiservertest.Shared(t), nil)
			s.writes("before")
			screen := watching(t, s.near)
			s.writes("live")
			screen.catchesUp(s.straight)
			fault.begin(s.proxy)
			if fault.told {
				screen.fails(backend.ErrUnavailable)
			}
			s.writes("hidden")
			if name == "drip" {
				screen.catchesUp(s.straight)
			}
			if err := s.proxy.Heal(); err != nil {
				t.Fatal(err)
			}
			s.writes("after")
			screen.catchesUp(s.straight)
			if told := len(screen.failures) > 0; told != fault.told || screen.lists != 1 {
				t.Errorf("it told %v, and listed %d times", screen.failures, screen.lists)
			}
		})
	}
}

// A login that is no longer accepted is told by everything that is asked; once
// it is renewed, all goes on.
func TestExpiredLogin(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) shore{
		"server":   func(t *testing.T) shore { return ashore(t, apiservertest.Shared(t), nil) },
		"embedded": func(t *testing.T) shore { s, _ := afloat(t); return s },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.writes("before")
			screen := watching(t, s.near)
			s.expired.Store(true)
			s.cut()
			screen.fails(backend.ErrUnauthorized)
			s.writes("hidden")
			if _, err := s.near.List(t.Context(), backend.Query{}); !errors.Is(err, backend.ErrUnauthorized) {
				t.Errorf("listing: %v", err)
			}
			if _, err := s.near.Get(t.Context(), someRef); !errors.Is(err, backend.ErrUnauthorized) {
				t.Errorf("reading: %v", err)
			}
			s.expired.Store(false)
			screen.catchesUp(s.straight)
		})
	}
}

// A list that was begun goes on when the connection is there again: what was
// read is not read again.
func TestListResumes(t *testing.T) {
	t.Parallel()
	s := ashore(t, apiservertest.Shared(t), nil)
	for i := range 3 {
		s.put(model.Ref{Mesh: "default", Name: fmt.Sprintf("listed-%d", i)}, []byte("fake-value"), nil)
	}
	first, err := s.near.List(t.Context(), backend.Query{})
	if err != nil || len(first.Secrets) != 3 || first.Next == "" {
		t.Fatalf("%d secrets, %v", len(first.Secrets), err)
	}
	s.proxy.Refuse()
	_, err = s.near.List(t.Context(), backend.Query{Cursor: first.Next})
	if !errors.Is(err, backend.ErrUnavailable) || !strings.HasSuffix(err.Error(), "connection refused") {
		t.Errorf("without a server: %v", err)
	}
	if err := s.proxy.Heal(); err != nil {
		t.Fatal(err)
	}
	s.put(model.Ref{Name: "listed-globally"}, []byte("fake-value"), nil)
	rest, err := s.near.List(t.Context(), backend.Query{Cursor: first.Next})
	if err != nil || len(rest.Secrets) != 1 || rest.Again || rest.Next != "" || rest.Total != 4 {
		t.Errorf("it goes on with %d of %d secrets, %v", len(rest.Secrets), rest.Total, err)
	}
}

// A connection that passes nothing on, or hardly anything, ends with the time
// that --request-timeout gives; of a write nobody knows what became of it.
func TestStalledRequestsEnd(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*faultproxy.Proxy){
		"stall": (*faultproxy.Proxy).Stall,
		"drip":  func(p *faultproxy.Proxy) { p.Drip(1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ashore(t, apiservertest.Shared(t), func(c *rest.Config) { c.Timeout = 2 * time.Second })
			s.put(someRef, []byte("fake-value"), nil)
			held, err := s.near.Get(t.Context(), someRef)
			if err != nil {
				t.Fatal(err)
			}
			fault(s.proxy)
			ctx, cancel := context.WithTimeout(t.Context(), tooLong)
			defer cancel()
			if _, err := s.near.List(ctx, backend.Query{}); !errors.Is(err, backend.ErrUnavailable) {
				t.Errorf("listing: %v", err)
			}
			if err := s.near.Delete(ctx, held); !errors.Is(err, backend.ErrUnknown) && !errors.Is(err, backend.ErrUnavailable) {
				t.Errorf("deleting: %v", err)
			}
			if ctx.Err() != nil {
				t.Error("it was the test that ended it")
			}
			if err := s.proxy.Heal(); err != nil {
				t.Fatal(err)
			}
			if _, err := s.near.List(ctx, backend.Query{}); err != nil {
				t.Errorf("after that: %v", err)
			}
		})
	}
}

// What a server forgot cannot be gone on from: the list begins anew, and so
// does the watch.
func TestForgottenHistory(t *testing.T) {
	t.Parallel()
	s, far := afloat(t)
	s.writes("before")
	for i := range pageSize {
		s.put(model.Ref{Mesh: "default", Name: fmt.Sprintf("many-%d", i)}, []byte("fake-value"), nil)
	}
	screen := watching(t, s.near)
	begun, err := s.near.List(t.Context(), backend.Query{})
	if err != nil {
		t.Fatal(err)
	}
	s.cut()
	screen.fails(backend.ErrUnavailable)
	s.writes("hidden")
	far.Cluster().Compact()
	listsAnew(t, s, begun.Next)
	screen.catchesUp(s.straight)
	if screen.lists != 2 {
		t.Errorf("it listed %d times", screen.lists)
	}
}

// listsAnew wants that a list cannot go on from a cursor, and begins again.
func listsAnew(t *testing.T, s shore, cursor string) {
	t.Helper()
	page, err := s.near.List(t.Context(), backend.Query{Cursor: cursor})
	if err != nil || !page.Again {
		t.Fatalf("the list went on with %d secrets, %v", len(page.Secrets), err)
	}
	rest, err := backendtest.All(t.Context(), s.near, backend.Query{Cursor: page.Next})
	if err != nil {
		t.Fatal(err)
	}
	want, err := backendtest.All(t.Context(), s.straight, backend.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(append(page.Secrets, rest...)); !maps.Equal(got, rowsOf(want)) {
		t.Errorf("%d secrets were listed, %d are there", len(got), len(want))
	}
}

// An API server that is restarted is gone for a while, and then may or may not
// know what was before.
func TestRestartedServer(t *testing.T) {
	t.Parallel()
	server := apiservertest.Start(t)
	s := ashore(t, server, nil)
	server.Fill(t, s.near.namespace, "default", pageSize+1, 20)
	s.writes("before")
	screen := watching(t, s.near)
	begun, err := s.near.List(t.Context(), backend.Query{})
	if err != nil {
		t.Fatal(err)
	}

	server.Down()
	screen.fails(backend.ErrUnavailable)
	if _, err := s.near.List(t.Context(), backend.Query{}); !errors.Is(err, backend.ErrUnavailable) {
		t.Errorf("listing without a server: %v", err)
	}
	server.Up(t)
	s.writes("restarted")
	screen.catchesUp(s.straight)

	server.Forget(t)
	listsAnew(t, s, begun.Next)
	lists := screen.lists
	s.writes("forgotten")
	screen.catchesUp(s.straight)
	if screen.lists == lists {
		t.Error("the watch went on from what the server forgot")
	}
}
