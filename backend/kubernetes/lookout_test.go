package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// overlook is a cluster, somebody between it and us who can answer in its place,
// and a lookout. It counts what is asked.
type overlook struct {
	*testing.T
	far    *embedded.ControlPlane
	plane  *plane
	watch  backend.Lookout
	lock   sync.Mutex
	meddle func(*http.Request) (*http.Response, error)
	lists  map[string]int // by resource
}

// RoundTrip answers.
func (o *overlook) RoundTrip(r *http.Request) (*http.Response, error) {
	o.lock.Lock()
	meddle := o.meddle
	if r.URL.Query().Get("watch") == "" {
		o.lists[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]++
	}
	o.lock.Unlock()
	if meddle != nil {
		if answer, err := meddle(r); answer != nil || err != nil {
			return answer, err
		}
	}
	return o.far.KubernetesTransport().RoundTrip(r)
}

// between puts somebody between, or takes him away.
func (o *overlook) between(meddle func(*http.Request) (*http.Response, error)) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.meddle = meddle
}

// listed is how often a kind was listed.
func (o *overlook) listed(plural string) int {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.lists[plural]
}

// overlooking runs a test on a cluster with mesh pay and MeshGateway edge, which
// names web-tls.
func overlooking(t *testing.T, test func(*overlook), set ...func(*overlook)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far, err := embedded.New(embedded.Options{Environment: embedded.EnvironmentKubernetes, SystemNamespace: somewhere})
		if err != nil {
			t.Fatal(err)
		}
		o := &overlook{T: t, far: far, lists: map[string]int{}}
		o.plane = near(t, o, "https://cluster.example", "fake-token", somewhere)
		o.put("Mesh", "", "pay", nil)
		o.gateway("edge", "web-tls")
		for _, f := range set {
			f(o)
		}
		o.watch = o.plane.LookOn(t.Context())
		defer func() { o.watch.Close(); synctest.Wait() }()
		test(o)
	})
}

// put stores an object of the mesh pay.
func (o *overlook) put(kind, namespace, name string, spec map[string]any) {
	o.Helper()
	metadata := map[string]any{"name": name}
	object := map[string]any{"apiVersion": "kuma.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec, "mesh": "pay"}
	if namespace != "" {
		metadata["namespace"], metadata["labels"] = namespace, map[string]string{model.LabelMesh: "pay"}
		delete(object, "mesh")
	}
	if err := o.far.SeedObject(object); err != nil {
		o.Fatal(err)
	}
}

// gateway stores a MeshGateway that names a secret.
func (o *overlook) gateway(name, secret string) {
	o.Helper()
	o.put("MeshGateway", "", name, gatewaySpec(secret))
}

func gatewaySpec(secret string) map[string]any {
	return map[string]any{"conf": map[string]any{"listeners": []any{map[string]any{
		"port": 8443, "tls": map[string]any{"certificates": []any{map[string]any{"secret": secret}}}}}}}
}

// take deletes an object.
func (o *overlook) take(kind, namespace, name string) {
	for _, k := range o.far.Cluster().Kinds() {
		if k.Name == kind {
			o.far.Cluster().Discard(k, namespace, name)
		}
	}
}

// next waits for what is told next, so long.
func (o *overlook) next(patience time.Duration) (backend.Outlook, error) {
	ctx, cancel := context.WithTimeout(o.Context(), patience)
	defer cancel()
	return o.watch.Next(ctx)
}

// tells holds what is told next: who uses what.
func (o *overlook) tells(within time.Duration, want ...string) backend.Outlook {
	o.Helper()
	now, err := o.next(within)
	if err != nil {
		o.Fatalf("got %v, want %q", err, want)
	}
	if got := usersIn(now.Around); !slices.Equal(got, want) {
		o.Fatalf("it tells %q, want %q", got, want)
	}
	return now
}

// until waits until something is told; that nothing answers may be told before.
func (o *overlook) until(within time.Duration, told func(backend.Outlook) bool) backend.Outlook {
	o.Helper()
	for end := time.Now().Add(within); ; {
		now, err := o.next(time.Until(end))
		switch {
		case err == nil && told(now):
			return now
		case err != nil && !errors.Is(err, backend.ErrUnavailable):
			o.Fatalf("got %v", err)
		}
	}
}

// as is what is told when these use secrets.
func as(want ...string) func(backend.Outlook) bool {
	return func(now backend.Outlook) bool { return slices.Equal(usersIn(now.Around), want) }
}

func polling(now backend.Outlook) bool { return now.Every > 0 }

// meshIn gives the mesh pay.
func meshIn(now backend.Outlook) model.Mesh {
	return now.Around.Meshes[slices.IndexFunc(now.Around.Meshes, func(m model.Mesh) bool { return m.Name == "pay" })]
}

// silent holds that nothing is told for a time.
func (o *overlook) silent(for_ time.Duration) {
	o.Helper()
	if now, err := o.next(for_); !errors.Is(err, context.DeadlineExceeded) {
		o.Fatalf("it tells %q, %v", usersIn(now.Around), err)
	}
}

func usersIn(a backend.Around) []string {
	var all []string
	for _, r := range a.References {
		all = append(all, r.User()+" "+r.Secret)
	}
	return all
}

// refusing answers the watches or lists of a kind with a refusal.
func refusing(verb, plural string, status int, reason string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if asked := r.URL.Query().Get("watch") != ""; asked != (verb == "watch") || !strings.HasSuffix(r.URL.Path, "/"+plural) {
			return nil, nil
		}
		text := fmt.Sprintf(`%s.kuma.io is forbidden: User "jo" cannot %s resource %q in API group "kuma.io" at the cluster scope`, plural, verb, plural)
		return reply(status, typeJSON, fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":%q,"code":%d}`, text, reason, status)), nil
	}
}

// What is made, changed and deleted in the cluster is told without another list,
// and what is none of what is kept is not told at all.
func TestLookoutTellsChanges(t *testing.T) {
	overlooking(t, func(o *overlook) {
		first := o.tells(time.Second, "MeshGateway edge web-tls")
		if first.Every != 0 || len(first.Unwatched) > 0 || len(first.Around.Meshes) != 2 {
			t.Errorf("it says %+v", first)
		}
		o.gateway("inner", "inner-tls")
		o.tells(time.Second, "MeshGateway edge web-tls", "MeshGateway inner inner-tls")
		o.gateway("edge", "other-tls")
		o.tells(time.Second, "MeshGateway edge other-tls", "MeshGateway inner inner-tls")
		o.take("MeshGateway", "", "edge")
		o.tells(time.Second, "MeshGateway inner inner-tls")
		spec := gatewaySpec("inner-tls")
		spec["selectors"] = []any{map[string]any{"match": map[string]any{"kuma.io/service": "inner"}}}
		o.put("MeshGateway", "", "inner", spec)
		o.silent(5 * time.Minute)
		o.put("Mesh", "", "pay", map[string]any{"mtls": map[string]any{"enabledBackend": "ca-1", "backends": []any{map[string]any{"name": "ca-1", "type": "builtin"}}}})
		now := o.tells(time.Second, "mTLS ca-1 pay.ca-builtin-cert-ca-1", "mTLS ca-1 pay.ca-builtin-key-ca-1", "MeshGateway inner inner-tls")
		if mesh := meshIn(now); mesh.EnabledBackend != "ca-1" {
			t.Errorf("the mesh is %+v", mesh)
		}
		identity := map[string]any{"provider": map[string]any{"bundled": map[string]any{"ca": map[string]any{
			"certificate": map[string]any{"type": "Secret", "secretRef": map[string]any{"kind": "Secret", "name": "id-cert"}}}}}}
		o.put("MeshIdentity", somewhere, "id", identity)
		now = o.tells(time.Second, "mTLS ca-1 pay.ca-builtin-cert-ca-1", "mTLS ca-1 pay.ca-builtin-key-ca-1", "MeshGateway inner inner-tls", "MeshIdentity id id-cert")
		if mesh := meshIn(now); !slices.Equal(mesh.Identities, []string{"id"}) {
			t.Errorf("the mesh has identities %v", mesh.Identities)
		}
		if lists := o.listed("meshgateways") + o.listed("meshes") + o.listed("meshidentities"); lists != 3 {
			t.Errorf("three kinds were listed %d times", lists)
		}
	})
}

// A kind of two namespaces may have one name twice.
func TestLookoutKeepsNamespacesApart(t *testing.T) {
	spec := func(secret string) map[string]any {
		return map[string]any{"tls": map[string]any{"verification": map[string]any{"caCert": map[string]any{"secret": secret}}}}
	}
	overlooking(t, func(o *overlook) {
		o.tells(time.Second, "MeshExternalService db ca-a", "MeshExternalService db ca-b", "MeshGateway edge web-tls")
		o.take("MeshExternalService", "apps", "db")
		o.tells(time.Second, "MeshExternalService db ca-b", "MeshGateway edge web-tls")
	}, func(o *overlook) {
		o.put("MeshExternalService", "apps", "db", spec("ca-a"))
		o.put("MeshExternalService", somewhere, "db", spec("ca-b"))
	})
}

// What may not be watched, or cannot be, is listed every half minute, and that
// is said; other kinds are watched on.
func TestLookoutPollsWhatCannotBeWatched(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		reason string
		kind   error
	}{
		"forbidden":   {http.StatusForbidden, "Forbidden", backend.ErrForbidden},
		"not allowed": {http.StatusMethodNotAllowed, "MethodNotAllowed", backend.ErrStranger},
	} {
		t.Run(name, func(t *testing.T) {
			overlooking(t, func(o *overlook) {
				now := o.until(time.Second, polling)
				if !slices.Equal(now.Unwatched, []model.ResourceKind{model.KindMeshGateway}) || now.Every != 30*time.Second || !errors.Is(now.Why, c.kind) {
					t.Errorf("it says %v every %v, because of %v", now.Unwatched, now.Every, now.Why)
				}
				o.gateway("edge", "other-tls")
				o.silent(28 * time.Second)
				o.tells(3*time.Second, "MeshGateway edge other-tls")
				o.silent(5 * time.Minute)
				if lists := o.listed("meshgateways"); lists != 12 {
					t.Errorf("in five and a half minutes it was listed %d times", lists)
				}
				if lists := o.listed("meshes"); lists != 1 {
					t.Errorf("meshes were listed %d times", lists)
				}
			}, func(o *overlook) { o.between(refusing("watch", "meshgateways", c.status, c.reason)) })
		})
	}
}

// A watch that keeps failing while lists go is not relied on, until one lasts.
func TestLookoutGivesAWatchUp(t *testing.T) {
	overlooking(t, func(o *overlook) {
		o.until(15*time.Second, polling)
		o.gateway("edge", "other-tls")
		o.tells(31*time.Second, "MeshGateway edge other-tls")
		o.between(nil)
		o.until(31*time.Second+heldLength, func(now backend.Outlook) bool { return !polling(now) })
		lists := o.listed("meshgateways")
		o.gateway("edge", "fourth-tls")
		o.tells(time.Second, "MeshGateway edge fourth-tls")
		if o.listed("meshgateways") != lists {
			t.Error("it was listed for a change that was watched")
		}
	}, func(o *overlook) {
		o.between(refusing("watch", "meshgateways", http.StatusServiceUnavailable, "ServiceUnavailable"))
	})
}

// A server that has forgotten what happened is asked for all once more, and not
// again and again.
func TestLookoutWhoseWatchExpires(t *testing.T) {
	overlooking(t, func(o *overlook) {
		o.tells(time.Second, "MeshGateway edge web-tls")
		time.Sleep(time.Minute)
		for name := range 3 {
			o.between(refusing("watch", "meshgateways", http.StatusServiceUnavailable, "ServiceUnavailable"))
			o.far.Cluster().BreakWatches()
			synctest.Wait()
			want := fmt.Sprintf("tls-%d", name)
			o.gateway("edge", want)
			o.far.Cluster().Compact()
			o.between(nil)
			o.until(15*time.Second, as("MeshGateway edge "+want))
		}
		if lists := o.listed("meshgateways"); lists != 4 {
			t.Errorf("it was listed %d times, want once at first and after each of 3 expiries", lists)
		}
	})
}

// A kind that is not there is named, and found when it is installed later; one
// that may not be listed likewise.
func TestLookoutFindsKindsThatAppear(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status      int
		reason, why string
	}{
		"absent":    {http.StatusNotFound, "NotFound", "not on this control plane"},
		"forbidden": {http.StatusForbidden, "Forbidden", "you may not list it"},
	} {
		t.Run(name, func(t *testing.T) {
			overlooking(t, func(o *overlook) {
				now := o.tells(time.Second)
				if want := (model.Unread{Kind: model.KindMeshGateway, Why: c.why}); !slices.Contains(now.Around.Unread, want) || now.Every > 0 {
					t.Errorf("unread is %v, and %v are read every %v", now.Around.Unread, now.Unwatched, now.Every)
				}
				o.between(nil)
				now = o.tells(31*time.Second, "MeshGateway edge web-tls")
				if slices.ContainsFunc(now.Around.Unread, func(u model.Unread) bool { return u.Kind == model.KindMeshGateway }) {
					t.Errorf("unread is still %v", now.Around.Unread)
				}
				o.gateway("edge", "other-tls")
				o.tells(time.Second, "MeshGateway edge other-tls")
				o.between(refusing("list", "meshgateways", c.status, c.reason))
				o.far.Cluster().Compact()
				o.far.Cluster().BreakWatches()
				o.until(time.Minute, as())
			}, func(o *overlook) { o.between(refusing("list", "meshgateways", c.status, c.reason)) })
		})
	}
}

// When nothing answers that is said, with the time of the next try; what changed
// meanwhile comes when it answers again, and nothing is called unwatchable.
func TestLookoutOutlivesTheServer(t *testing.T) {
	overlooking(t, func(o *overlook) {
		o.tells(time.Second, "MeshGateway edge web-tls")
		o.between(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		})
		o.far.Cluster().BreakWatches()
		began := time.Now()
		for time.Since(began) < 2*time.Minute {
			_, err := o.next(time.Minute)
			var told *backend.Error
			if !errors.As(err, &told) || !errors.Is(err, backend.ErrUnavailable) || told.Retry <= 0 || told.Retry > lastWait {
				t.Fatalf("after %v it says %v", time.Since(began), err)
			}
		}
		o.gateway("edge", "other-tls")
		o.far.Cluster().Compact()
		o.between(nil)
		if now := o.until(time.Minute, as("MeshGateway edge other-tls")); polling(now) {
			t.Errorf("%v are read every %v", now.Unwatched, now.Every)
		}
	})
}

// Thousands of policies come in pages, and a change of one costs no request.
func TestLookoutOverManyPolicies(t *testing.T) {
	const policies = 5000
	overlooking(t, func(o *overlook) {
		now, err := o.next(time.Minute)
		if err != nil || len(now.Around.References) != policies+1 || now.Around.Counts.Of(model.KindMeshGateway, "pay") != policies+1 {
			t.Fatalf("%d references, %v", len(now.Around.References), err)
		}
		if lists := o.listed("meshgateways"); lists != 11 {
			t.Errorf("%d policies came in %d pages, want 11 of 500", policies+1, lists)
		}
		o.gateway("gw-2500", "another")
		now, err = o.next(time.Second)
		if users := now.Around.Users(model.Ref{Mesh: "pay", Name: "another"}); err != nil || len(users) != 1 || users[0].By != "gw-2500" {
			t.Errorf("it is used by %v, %v", users, err)
		}
		if lists := o.listed("meshgateways"); lists != 11 {
			t.Errorf("%d requests were made for one change", lists-11)
		}
	}, func(o *overlook) {
		for i := range policies {
			o.gateway(fmt.Sprintf("gw-%04d", i), fmt.Sprintf("tls-%04d", i))
		}
	})
}
