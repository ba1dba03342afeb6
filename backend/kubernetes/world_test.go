package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/model"
)

// world is a cluster with four kinds of users, be it embedded or a real one.
type world struct {
	as   func(apiservertest.User) *plane
	put  func(backendtest.Object)
	mesh func(name string, spec map[string]any)
	down func() // the control plane does not answer admission any more
}

// rights are what apiservertest gives its users, for the embedded cluster.
func rights() []embedded.KubernetesUser {
	read, here := []string{"get", "list", "watch"}, []string{somewhere}
	secrets := func(verbs ...string) embedded.Rule {
		return embedded.Rule{Verbs: verbs, Groups: []string{""}, Resources: []string{secrets}, Namespaces: here}
	}
	user := func(name apiservertest.User, rules ...embedded.Rule) embedded.KubernetesUser {
		return embedded.KubernetesUser{Name: string(name), Token: (*apiservertest.Server)(nil).Token(name), Rules: rules}
	}
	admin := user(apiservertest.Admin)
	admin.Groups = []string{"system:masters"}
	return []embedded.KubernetesUser{
		admin,
		user(apiservertest.Viewer, secrets(read...), embedded.Rule{Verbs: read, Groups: []string{kumaGroup}, Resources: []string{"*"}},
			embedded.Rule{Verbs: read, Groups: []string{gatewayGroup}, Resources: []string{"gateways"}}),
		user(apiservertest.Editor, secrets("*")),
		user(apiservertest.ReaderByName, secrets("get")),
		user(apiservertest.Nobody),
	}
}

func embeddedWorld(t *testing.T) world {
	t.Helper()
	far, err := embedded.New(embedded.Options{Environment: embedded.EnvironmentKubernetes, SystemNamespace: somewhere, Users: rights()})
	if err != nil {
		t.Fatal(err)
	}
	seed := func(object map[string]any) {
		if err := far.SeedObject(object); err != nil {
			t.Fatal(err)
		}
	}
	return world{
		as: func(user apiservertest.User) *plane {
			wire := &line{t: t, through: far.KubernetesTransport(), namespace: somewhere}
			return near(t, wire, "https://cluster.example", (*apiservertest.Server)(nil).Token(user), somewhere)
		},
		put: func(o backendtest.Object) {
			object := objectOf(o)
			object["metadata"].(map[string]any)["namespace"] = somewhere
			seed(object)
		},
		mesh: func(name string, spec map[string]any) {
			seed(map[string]any{"apiVersion": kumaGroup + "/" + kumaVersion, "kind": "Mesh", "metadata": map[string]any{"name": name}, "spec": spec})
		},
		down: func() { far.SetAdmission(false) },
	}
}

// serverWorld is a namespace of a server; of one of the test's own when it
// needs admission to go.
func serverWorld(t *testing.T, server *apiservertest.Server) world {
	t.Helper()
	namespace := server.Namespace(t)
	return world{
		as: func(user apiservertest.User) *plane {
			wire := &line{t: t, through: towards(t, server), namespace: namespace}
			return near(t, wire, server.URL(), server.Token(user), namespace)
		},
		put: func(o backendtest.Object) {
			server.Put(t, apiservertest.SecretsPath(namespace)+"/"+o.Ref.Name, objectOf(o))
		},
		mesh: func(name string, spec map[string]any) { server.Mesh(t, name, spec) },
		down: server.AdmissionDown,
	}
}

// worlds runs a test in both.
func worlds(t *testing.T, test func(*testing.T, world)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) { t.Parallel(); test(t, embeddedWorld(t)) })
	t.Run("server", func(t *testing.T) { t.Parallel(); test(t, serverWorld(t, apiservertest.Shared(t))) })
}

// What somebody may not do is said with the verb and the resource.
func TestRights(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		for user, want := range map[apiservertest.User]map[string]bool{
			apiservertest.Viewer:       {"get": true, "list": true, "meshes": true},
			apiservertest.Editor:       {"get": true, "list": true, "create": true, "update": true, "delete": true},
			apiservertest.ReaderByName: {"get": true},
			apiservertest.Nobody:       {},
		} {
			p := w.as(user)
			w.put(backendtest.Object{Ref: someRef, Value: []byte(canary)})
			seen, err := w.as(apiservertest.Admin).Get(t.Context(), someRef)
			if err != nil {
				t.Fatal(err)
			}
			for _, verb := range []string{"get", "list", "meshes", "create", "update", "delete"} {
				mayDo(t, user, verb, want[verb], p.namespace, p.do(t, verb, seen))
			}
		}
	})
}

// do is one deed of somebody with a secret.
func (p *plane) do(t *testing.T, verb string, seen model.Snapshot) error {
	t.Helper()
	var err error
	switch verb {
	case "get":
		_, err = p.Get(t.Context(), someRef)
	case "list":
		_, err = p.List(t.Context(), backend.Query{Mesh: someRef.Mesh})
	case "meshes":
		_, err = p.Resources(t.Context(), model.KindMesh, "")
	case "create":
		other := someSnapshot(canary)
		other.Secret.Ref.Name = "another"
		_, err = p.Create(t.Context(), other)
	case "update":
		var saved model.Secret
		saved, err = p.Update(t.Context(), seen, model.Snapshot{Secret: model.Secret{Ref: someRef}, Value: model.NewValue([]byte("fake second"))})
		seen.Secret.Version = saved.Version
	case "delete":
		current := seen
		if found, getErr := p.Get(t.Context(), someRef); getErr == nil {
			current = found
		}
		err = p.Delete(t.Context(), current)
	}
	return err
}

func mayDo(t *testing.T, user apiservertest.User, verb string, may bool, namespace string, err error) {
	t.Helper()
	if may {
		if err != nil {
			t.Errorf("%s may %s, but: %v", user, verb, err)
		}
		return
	}
	want := "you may not " + verb + " secrets in namespace " + namespace
	switch {
	case verb == "meshes":
		want = "you may not list meshes of kuma.io of the whole cluster"
	case verb == "update" && user == apiservertest.Nobody:
		want = "you may not get secrets in namespace " + namespace
	}
	var told *backend.Error
	if !errors.As(err, &told) || !errors.Is(err, backend.ErrForbidden) || told.Reason != want || told.Hint == "" {
		t.Errorf("%s may not %s: got %v", user, verb, err)
	}
}

func TestLeastRightsOpenByName(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		w.put(backendtest.Object{Ref: someRef, Value: []byte("fake value")})
		p := w.as(apiservertest.ReaderByName)
		found, err := p.Locate(t.Context(), someRef.Name)
		if err != nil || len(found) != 1 || found[0] != someRef {
			t.Errorf("it is located at %v, %v", found, err)
		}
		if _, err := p.Get(t.Context(), someRef); err != nil {
			t.Error(err)
		}
	})
}

func TestUnknownTokens(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		p := w.as("somebody-else")
		if _, err := p.Get(t.Context(), someRef); !errors.Is(err, backend.ErrUnauthorized) {
			t.Errorf("got %v", err)
		}
	})
}

// inUse makes a mesh whose CA is in two secrets, one of which it gives.
func inUse(t *testing.T, w world) (model.Snapshot, string) {
	t.Helper()
	mesh := "mtls-" + strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	mesh = mesh[:min(len(mesh), 60)]
	certificate, key := model.Ref{Mesh: mesh, Name: "ca-cert"}, model.Ref{Mesh: mesh, Name: "ca-key"}
	w.put(backendtest.Object{Ref: certificate, Value: []byte("fake certificate")})
	w.put(backendtest.Object{Ref: key, Value: []byte("fake key")})
	w.mesh(mesh, apiservertest.Provided("ca-cert", "ca-key"))
	seen, err := w.as(apiservertest.Admin).Get(t.Context(), certificate)
	if err != nil {
		t.Fatal(err)
	}
	return seen, fmt.Sprintf(`The secret "ca-cert" that you are trying to remove is currently in use in Mesh %q in mTLS backend "ca-1".`, mesh)
}

func TestDeletionOfWhatIsInUse(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		seen, text := inUse(t, w)
		p := w.as(apiservertest.Admin)
		err := p.Delete(t.Context(), seen)
		var told *backend.Error
		if !errors.As(err, &told) || !errors.Is(err, backend.ErrInUse) || !strings.Contains(told.Reason, text) || told.Field != "name" {
			t.Errorf("got %v", err)
		}
		rehearsal, err := p.Rehearse(t.Context(), model.Change{Verb: model.Delete, Before: seen})
		if refusal := rehearsal.Refusal(); err != nil || refusal == nil || !strings.Contains(refusal.Why, text) {
			t.Errorf("the rehearsal says %+v, %v", refusal, err)
		}
	})
}

// With the control plane down nothing but the console guards a secret, and
// that is said.
func TestAdmissionDown(t *testing.T) {
	t.Parallel()
	down := func(t *testing.T, w world) {
		seen, _ := inUse(t, w)
		w.down()
		p := w.as(apiservertest.Admin)
		change := model.Change{Verb: model.Delete, Before: seen}
		rehearsal, err := p.Rehearse(t.Context(), change)
		if err != nil || rehearsal.Refusal() != nil || len(rehearsal.Trials) != 2 || rehearsal.Trials[1].Outcome != backend.Warned || rehearsal.Trials[1].Why != adviseAdmission {
			t.Errorf("the rehearsal says %+v, %v", rehearsal, err)
		}
		if err := p.Delete(t.Context(), seen); err != nil {
			t.Errorf("got %v", err)
		}
	}
	t.Run("embedded", func(t *testing.T) { t.Parallel(); down(t, embeddedWorld(t)) })
	t.Run("server", func(t *testing.T) { t.Parallel(); down(t, serverWorld(t, apiservertest.Start(t))) })
}

// A rehearsal of somebody without rights says which are missing.
func TestRehearsalsOfAViewer(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		w.put(backendtest.Object{Ref: someRef, Value: []byte("fake value")})
		p := w.as(apiservertest.Viewer)
		seen, err := p.Get(t.Context(), someRef)
		if err != nil {
			t.Fatal(err)
		}
		rehearsal, err := p.Rehearse(t.Context(), model.Change{Verb: model.Delete, Before: seen})
		if err != nil || len(rehearsal.Trials) != 1 || rehearsal.Trials[0].Why != "You may not delete secrets in namespace "+p.namespace+"." {
			t.Errorf("the rehearsal says %+v, %v", rehearsal, err)
		}
	})
}

// The kinds that only some clusters have, and zones.
func TestResources(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		seen, _ := inUse(t, w)
		p := w.as(apiservertest.Viewer)
		page, err := p.Resources(t.Context(), model.KindMesh, "")
		if err != nil {
			t.Fatal(err)
		}
		var users []string
		for _, r := range page.Resources {
			for _, reference := range model.References(r) {
				if reference.Target() == seen.Secret.Ref {
					users = append(users, reference.User())
				}
			}
		}
		if len(users) != 1 || users[0] != "mTLS ca-1" {
			t.Errorf("its users are %v", users)
		}
		for _, kind := range model.ReferringKinds() {
			_, err := p.Resources(t.Context(), kind, "")
			absent := errors.Is(err, backend.ErrNotFound) && (kind == model.KindMeshOPA || kind == model.KindOPAPolicy) // Kuma has them not
			if err != nil && !absent {
				t.Errorf("%s: %v", kind, err)
			}
		}
		p.identity.Mode = backend.ModeGlobal
		if zones, err := p.Zones(t.Context()); err != nil || len(zones) != 0 {
			t.Errorf("the zones are %v, %v", zones, err)
		}
	})
}

// A change of a mesh is told by whoever may watch, and asked for by nobody.
func TestLookoutInBothWorlds(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		seen, _ := inUse(t, w)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		p := w.as(apiservertest.Viewer)
		watch := p.LookOn(ctx)
		defer watch.Close()
		now, err := watch.Next(ctx)
		if err != nil || now.Every > 0 || len(now.Around.Users(seen.Secret.Ref)) != 1 {
			t.Fatalf("at first it is used by %v, %v are read every %v; %v", now.Around.Users(seen.Secret.Ref), now.Unwatched, now.Every, err)
		}
		for _, spec := range []map[string]any{{}, apiservertest.Provided("ca-cert", "ca-key")} {
			w.mesh(seen.Secret.Ref.Mesh, spec)
			for len(now.Around.Users(seen.Secret.Ref)) != min(len(spec), 1) {
				if now, err = watch.Next(ctx); err != nil { // a test beside it changes other meshes
					t.Fatalf("after the mesh became %v: %v", spec, err)
				}
			}
		}
	})
}
