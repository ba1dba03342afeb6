package kubernetes_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"meshsecrets/backend"
	"meshsecrets/backend/kubernetes"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/model"
)

// The rights that the README proposes are enough: the first for reading, and
// not for writing; with the second for both.
func TestRightsOfTheReadme(t *testing.T) {
	t.Parallel()
	server := apiservertest.Start(t)
	server.ControlPlane(t, apiservertest.ControlPlane{
		Environment: map[string]string{"KUMA_MODE": "global"}, Webhooks: "kuma-validating-webhook-configuration",
	})
	server.Secret(t, apiservertest.SystemNamespace, "smtp-password", "default", []byte("fake-value"))
	overrides := kubernetes.Overrides{
		Kubeconfig: server.Kubeconfig(t, apiservertest.Admin), As: "jo", AsGroups: []string{"mesh-operators"},
	}
	if _, err := as(t, overrides); !errors.Is(err, backend.ErrInvalid) {
		t.Fatalf("without rights: %v, want that its namespace is not known", err)
	}

	grant(t, server, "rights to read")
	reader := connectedWhen(t, overrides, func(p backend.ControlPlane) error { return reads(p) })
	id := reader.Identity()
	if id.NamespaceFrom != "from its admission webhook" || id.Version != "2.14.3" || id.Mode != backend.ModeGlobal || id.User != "jo" {
		t.Errorf("it says of itself %+v", id)
	}
	if want := "you may not create, update or delete secrets in kuma-system"; id.MayWrite || id.WhyNot != want {
		t.Errorf("may write %v, why not %q; want %q", id.MayWrite, id.WhyNot, want)
	}
	if err := writes(reader); !errors.Is(err, backend.ErrForbidden) {
		t.Errorf("writing answers %v, want that it is not allowed", err)
	}

	grant(t, server, "rights to write")
	writer := connectedWhen(t, overrides, func(p backend.ControlPlane) error { return writes(p) })
	if id := writer.Identity(); !id.MayWrite || id.WhyNot != "" {
		t.Errorf("may write %v, why not %q", id.MayWrite, id.WhyNot)
	}
}

// Four kinds of people, and what each is told on connecting.
func TestKindsOfPeople(t *testing.T) {
	t.Parallel()
	server := apiservertest.Shared(t)
	namespace := server.Namespace(t)
	for user, may := range map[apiservertest.User]bool{
		apiservertest.Admin: true, apiservertest.Editor: true,
		apiservertest.Viewer: false, apiservertest.ReaderByName: false, apiservertest.Nobody: false,
	} {
		t.Run(string(user), func(t *testing.T) {
			t.Parallel()
			options, err := optionsOf(t, kubernetes.Overrides{Kubeconfig: server.Kubeconfig(t, user)}, "test")
			if err != nil {
				t.Fatal(err)
			}
			options.Namespace = namespace
			plane, err := kubernetes.Connect(t.Context(), options)
			if user == apiservertest.Admin {
				// Who may look sees that nobody lives there.
				if failure := (&backend.Error{}); !errors.As(err, &failure) || failure.Reason != "no control plane is in its namespace "+namespace {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			id := plane.Identity()
			if id.User != string(user) || id.SystemNamespace != namespace || id.NamespaceFrom != "given" || id.MayWrite != may {
				t.Errorf("it says %+v, want that writing is allowed: %v", id, may)
			}
		})
	}
}

func as(t *testing.T, o kubernetes.Overrides) (backend.ControlPlane, error) {
	t.Helper()
	options, err := optionsOf(t, o, "test")
	if err != nil {
		t.Fatal(err)
	}
	return kubernetes.Connect(t.Context(), options)
}

// connectedWhen connects until what was granted acts, which an API server
// does a moment later.
func connectedWhen(t *testing.T, o kubernetes.Overrides, acts func(backend.ControlPlane) error) backend.ControlPlane {
	t.Helper()
	var err error
	for range 100 {
		var plane backend.ControlPlane
		if plane, err = as(t, o); err == nil {
			if err = acts(plane); err == nil {
				return plane
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("what was granted does not act: %v", err)
	return nil
}

// grant applies the objects that stand between two marks of the README.
func grant(t *testing.T, server *apiservertest.Server, mark string) {
	t.Helper()
	content, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(content), "<!-- "+mark+" -->\n```yaml\n")
	text, _, ended := strings.Cut(rest, "```\n<!-- end of "+mark+" -->")
	if !found || !ended {
		t.Fatalf("README.md has no %s", mark)
	}
	text = strings.ReplaceAll(text, "kong-mesh-system", apiservertest.SystemNamespace)
	for _, document := range strings.Split(text, "---\n") {
		var object apiservertest.Object
		if err := yaml.UnmarshalStrict([]byte(document), &object); err != nil {
			t.Fatal(err)
		}
		var is struct {
			Kind     string
			Metadata struct{ Name, Namespace string }
		}
		if err := yaml.Unmarshal([]byte(document), &is); err != nil {
			t.Fatal(err)
		}
		path := "/apis/rbac.authorization.k8s.io/v1/"
		if is.Metadata.Namespace != "" {
			path += "namespaces/" + is.Metadata.Namespace + "/"
		}
		server.Put(t, path+strings.ToLower(is.Kind)+"s/"+is.Metadata.Name, object)
	}
}

var smtp = model.Ref{Mesh: "default", Name: "smtp-password"}

// reads does all that reads.
func reads(p backend.ControlPlane) error {
	ctx := context.Background()
	seen, err := lists(ctx, p)
	if err != nil {
		return err
	}
	if len(seen.Secrets) != 1 || seen.Secrets[0].Ref != smtp {
		return fmt.Errorf("%d secrets are listed, want the one", len(seen.Secrets))
	}
	if _, err := p.Learn(ctx, backend.Query{Mesh: smtp.Mesh}); err != nil {
		return err
	}
	got, err := p.Get(ctx, smtp)
	if err != nil {
		return err
	}
	got.Value.Wipe()
	if _, err := p.Locate(ctx, smtp.Name); err != nil {
		return err
	}
	for _, kind := range model.ReferringKinds() {
		if _, err := p.Resources(ctx, kind, ""); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	if _, err := p.Zones(ctx); err != nil {
		return err
	}
	if err := follows(ctx, p.(backend.Onlooker)); err != nil {
		return err
	}
	return watches(ctx, p, seen)
}

// follows begins to follow who refers to secrets, and sees that no kind is only
// read from time to time.
func follows(ctx context.Context, p backend.Onlooker) error {
	lookout := p.LookOn(ctx)
	defer lookout.Close()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for {
		now, err := lookout.Next(ctx)
		switch {
		case now.Every > 0:
			return fmt.Errorf("%v are not watched: %w", now.Unwatched, now.Why)
		case errors.Is(err, context.DeadlineExceeded):
			return nil
		case err != nil:
			return err
		}
	}
}

// lists reads all pages.
func lists(ctx context.Context, p backend.ControlPlane) (backend.Seen, error) {
	var seen backend.Seen
	query := backend.Query{}
	for {
		page, err := p.List(ctx, query)
		if err != nil {
			return seen, err
		}
		seen.Secrets, seen.Mark = append(seen.Secrets, page.Secrets...), page.Mark
		if query.Cursor = page.Next; query.Cursor == "" {
			return seen, nil
		}
	}
}

// watches begins a watch, and sees that it is not refused.
func watches(ctx context.Context, p backend.ControlPlane, seen backend.Seen) error {
	watcher, err := p.Watch(ctx, backend.Query{}, seen)
	if err != nil {
		return err
	}
	defer watcher.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if _, err = watcher.Next(ctx); errors.Is(err, backend.ErrForbidden) {
		return err
	}
	return nil
}

// writes does all that writes, to one secret.
func writes(p backend.ControlPlane) error {
	ctx := context.Background()
	added := model.Snapshot{
		Secret: model.Secret{Ref: model.Ref{Mesh: "default", Name: "added"}}, Value: model.NewValue([]byte("fake-value")),
	}
	if _, err := p.Create(ctx, added); err != nil && !errors.Is(err, backend.ErrExists) {
		return err
	}
	before, err := p.Get(ctx, added.Secret.Ref)
	if err != nil {
		return err
	}
	after := before
	after.Value = model.NewValue([]byte("fake-value-2"))
	if _, err := p.Update(ctx, before, after); err != nil {
		return err
	}
	before, err = p.Get(ctx, added.Secret.Ref)
	if err != nil {
		return err
	}
	return p.Delete(ctx, before)
}
