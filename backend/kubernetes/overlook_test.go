package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
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
