package kubernetes

import (
	"cmp"
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
	// again is near once more, with another configuration; nil where there is no
	// network.
	again func(*testing.T, func(*rest.Config)) *plane
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
func ashore(t *testing.T, server *apiservertest.Server) shore {
	t.Helper()
	namespace := server.Namespace(t)
	proxy, err := faultproxy.Start(strings.TrimPrefix(server.URL(), "https://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Close)
	s := shore{proxy: proxy, expired: &atomic.Bool{}, cut: proxy.Cut}
	s.again = func(t *testing.T, change func(*rest.Config)) *plane {
		t.Helper()
		config := &rest.Config{
			Host: "https://" + proxy.Address(), BearerToken: server.Token(apiservertest.Admin),
			TLSClientConfig: rest.TLSClientConfig{CAData: server.CA()},
		}
		config.Wrap(func(through http.RoundTripper) http.RoundTripper { return worn{through, s.expired} })
		change(config)
		c, err := newClient(Options{Config: config})
		if err != nil {
			t.Fatal(err)
		}
		return newPlane(c, namespace, backend.Identity{Name: "test"}, model.Examiner{})
	}
	s.near = s.again(t, func(*rest.Config) {})
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
// something changed, and something of the round before gone, in both kinds of
// secrets. The first round is "".
func (s shore) writes(before, round string) {
	for _, mesh := range []string{"default", ""} {
		ref := func(name string) model.Ref {
			return model.Ref{Mesh: mesh, Name: "fault-" + name + "-of-" + cmp.Or(mesh, "none")}
		}
		s.put(ref("new"+round), []byte("fake-new"), nil)
		s.put(ref("changed"), []byte("fake"+round), map[string]string{"round": "number" + round})
		if round != "" {
			s.remove(ref("new" + before))
		}
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
