package kubernetes

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

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
		o.tells(time.Second, "MeshExternalService apps/db ca-a", "MeshExternalService "+somewhere+"/db ca-b", "MeshGateway edge web-tls")
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

// A kind whose list fails is told as such, with what was seen of it before; the
// others are told on.
func TestLookoutOfAKindThatFails(t *testing.T) {
	overlooking(t, func(o *overlook) {
		o.tells(time.Second, "MeshGateway edge web-tls")
		o.between(refusing("list", "meshgateways", http.StatusInternalServerError, "InternalError"))
		o.far.Cluster().Compact()
		o.far.Cluster().BreakWatches()
		fails := func(u model.Unread) bool {
			return u.Kind == model.KindMeshGateway && strings.HasPrefix(u.Why, "the list failed: ")
		}
		now := o.until(time.Minute, func(now backend.Outlook) bool { return slices.ContainsFunc(now.Around.Unread, fails) })
		if got := usersIn(now.Around); !slices.Equal(got, []string{"MeshGateway edge web-tls"}) {
			t.Errorf("it tells %q, want what was seen before", got)
		}
		o.gateway("edge", "other-tls")
		o.between(nil)
		now = o.until(time.Minute, as("MeshGateway edge other-tls"))
		if slices.ContainsFunc(now.Around.Unread, fails) {
			t.Errorf("unread is still %v", now.Around.Unread)
		}
	})
}

// Who may list a kind in the namespace of the control plane alone is told so.
func TestLookoutInOneNamespaceOnly(t *testing.T) {
	overlooking(t, func(o *overlook) {
		now := o.tells(time.Second, "MeshGateway edge web-tls")
		want := model.Unread{Kind: model.KindMeshIdentity, Why: "you may not list namespaces other than " + somewhere, Partly: true}
		if !slices.Contains(now.Around.Unread, want) || slices.Contains(now.Around.Read, model.KindMeshIdentity) {
			t.Errorf("unread is %v, read is %v", now.Around.Unread, now.Around.Read)
		}
		around, err := backend.LookAround(o.Context(), o.plane)
		if err != nil || !slices.Contains(around.Unread, want) {
			t.Errorf("without a watch unread is %v, %v", around.Unread, err)
		}
	}, func(o *overlook) {
		everywhere := refusing("list", "meshidentities", http.StatusForbidden, "Forbidden")
		o.between(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, "/namespaces/") {
				return nil, nil
			}
			return everywhere(r)
		})
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

// BenchmarkOnePolicyOfMany is a change of one policy among 5,000, from the event
// to all that refers to secrets, and the memory that is held for them.
//
//	go test ./backend/kubernetes -run NONE -bench OnePolicy
func BenchmarkOnePolicyOfMany(b *testing.B) {
	const policies = 5000
	gateway := func(i int, secret string) change {
		raw := fmt.Appendf(nil, `{"metadata":{"name":"gw-%04d"},"mesh":"pay","spec":{"conf":{"listeners":[{"port":8443,"tls":{"certificates":[{"secret":%q}]}}]}}}`, i, secret)
		one, err := objectIn(model.KindMeshGateway, raw)
		if err != nil {
			b.Fatal(err)
		}
		return change{key: one.key, sight: model.See(one.resource)}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	all := whole{sights: map[string]model.Sight{}}
	for i := range policies {
		c := gateway(i, fmt.Sprintf("tls-%04d", i))
		all.sights[c.key] = c.sight
	}
	l := &lookout{now: time.Now, kinds: map[model.ResourceKind]*seen{}}
	for _, kind := range model.ReferringKinds() {
		l.kinds[kind] = &seen{}
		l.take(report{kind: kind, whole: &whole{}})
	}
	l.take(report{kind: model.KindMeshGateway, whole: &all})
	runtime.GC()
	runtime.ReadMemStats(&after)
	for step := 0; b.Loop(); step++ {
		c := gateway(2500, fmt.Sprintf("tls-%d", step))
		l.take(report{kind: model.KindMeshGateway, change: &c})
		if now, err := l.outlook(); err != nil || len(now.Around.References) != policies {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "held-MB")
}
