package kubernetes

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/model"
)

// Gateways belong to applications: they are found in any namespace, and name
// their mesh by a label, or by an annotation.
func TestGatewaysOfAllNamespaces(t *testing.T) {
	t.Parallel()
	far, err := embedded.New(embedded.Options{Environment: embedded.EnvironmentKubernetes, SystemNamespace: somewhere, Users: rights()})
	if err != nil {
		t.Fatal(err)
	}
	for _, metadata := range []map[string]any{
		{"name": "edge", "namespace": "apps", "labels": map[string]string{model.LabelMesh: "pay"}},
		{"name": "edge", "namespace": "shop", "annotations": map[string]string{model.LabelMesh: "pay"}},
		{"name": "inner", "namespace": "shop"},
		{"name": "given", "namespace": "labelled"},
		{"name": "noted", "namespace": "annotated"},
		{"name": "own", "namespace": "labelled", "labels": map[string]string{model.LabelMesh: "default"}},
	} {
		gateway := map[string]any{
			"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": metadata,
			"spec": map[string]any{"listeners": []any{map[string]any{"tls": map[string]any{"certificateRefs": []any{map[string]any{"name": "web"}}}}}},
		}
		if err := far.SeedObject(gateway); err != nil {
			t.Fatal(err)
		}
	}
	for _, metadata := range []map[string]any{
		{"name": "labelled", "labels": map[string]string{model.LabelMesh: "pay"}},
		{"name": "annotated", "annotations": map[string]string{model.LabelMesh: "pay"}},
	} {
		if err := far.SeedObject(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}); err != nil {
			t.Fatal(err)
		}
	}
	token := (*apiservertest.Server)(nil).Token(apiservertest.Admin)
	p := near(t, far.KubernetesTransport(), "https://cluster.example", token, somewhere)
	page, err := p.Resources(t.Context(), model.KindGateway, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range page.Resources {
		for _, reference := range model.References(r) {
			got = append(got, reference.User()+" names "+reference.Target().String())
		}
	}
	want := []string{
		"Gateway annotated/noted names pay/gapi-annotated-web",
		"Gateway apps/edge names pay/gapi-apps-web",
		"Gateway labelled/given names pay/gapi-labelled-web", "Gateway labelled/own names default/gapi-labelled-web",
		"Gateway shop/edge names pay/gapi-shop-web", "Gateway shop/inner names default/gapi-shop-web",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// An older cluster serves Gateways in an older version alone.
func TestGatewaysOfAnOlderCluster(t *testing.T) {
	t.Parallel()
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		if !strings.Contains(r.URL.Path, "/v1beta1/") {
			_, kind, body := recorded(t, "003")
			return reply(http.StatusNotFound, kind, body), nil
		}
		return reply(http.StatusOK, "application/json", `{"kind": "GatewayList", "apiVersion": "gateway.networking.k8s.io/v1beta1",
			"metadata": {"resourceVersion": "1"}, "items": [{"kind": "Gateway", "metadata": {"name": "edge", "namespace": "apps", "labels": {"kuma.io/mesh": "pay"}}}]}`), nil
	}}
	page, err := f.plane(t).Resources(t.Context(), model.KindGateway, "")
	if err != nil || len(page.Resources) != 1 || page.Resources[0].Mesh != "pay" {
		t.Errorf("found %+v, %v", page.Resources, err)
	}
	if asked := len(f.requests()); asked != 2 {
		t.Errorf("%d requests, want one in each version: %q", asked, f.requests())
	}
}

// Whoever may not list them all is not given those of one namespace for all.
func TestGatewaysThatMayNotBeListed(t *testing.T) {
	t.Parallel()
	status, kind, body := recorded(t, "077")
	f := always(status, kind, body)
	if _, err := f.plane(t).Resources(t.Context(), model.KindGateway, ""); !errors.Is(err, backend.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	if asked := f.requests(); len(asked) != 1 || !strings.HasPrefix(asked[0], "GET /apis/gateway.networking.k8s.io/v1/gateways?") {
		t.Errorf("asked %q", asked)
	}
}

// Who may not list namespaces is told that a Gateway without a mesh may be in
// another one than it is shown in.
func TestGatewaysOfNamespacesThatMayNotBeListed(t *testing.T) {
	t.Parallel()
	status, kind, body := recorded(t, "077")
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/namespaces") {
			return reply(status, kind, body), nil
		}
		return reply(http.StatusOK, "application/json", `{"kind": "GatewayList", "apiVersion": "gateway.networking.k8s.io/v1",
			"metadata": {"resourceVersion": "1"}, "items": [{"kind": "Gateway", "metadata": {"name": "edge", "namespace": "apps"}}]}`), nil
	}}
	page, err := f.plane(t).Resources(t.Context(), model.KindGateway, "")
	if err != nil || len(page.Resources) != 1 || page.Resources[0].Mesh != "default" || page.Partly == "" {
		t.Errorf("found %+v, %v", page, err)
	}
}

// A Gateway that comes later is in the mesh of its namespace too.
func TestLookoutSettlesGateways(t *testing.T) {
	overlooking(t, func(o *overlook) {
		o.tells(time.Second, "MeshGateway edge web-tls")
		o.seedGateway("labelled", "web")
		now := o.tells(time.Second, "MeshGateway edge web-tls", "Gateway labelled/own gapi-labelled-web")
		if mesh := now.Around.References[1].Mesh; mesh != "pay" {
			t.Errorf("it is in mesh %q", mesh)
		}
		before := o.listed("namespaces")
		o.seedGateway("labelled", "web")
		o.seedGateway("labelled", "other")
		o.tells(time.Second, "MeshGateway edge web-tls", "Gateway labelled/own gapi-labelled-other")
		if asked := o.listed("namespaces") - before; asked != 0 {
			t.Errorf("namespaces were listed %d times for what was known a moment ago", asked)
		}
		o.seedNamespace("new")
		o.seedGateway("new", "web")
		now = o.tells(time.Second, "MeshGateway edge web-tls", "Gateway labelled/own gapi-labelled-other", "Gateway new/own gapi-new-web")
		if mesh := now.Around.References[2].Mesh; mesh != "pay" {
			t.Errorf("one of a namespace that is new is in mesh %q", mesh)
		}
	}, func(o *overlook) { o.seedNamespace("labelled") })
}

// That namespaces cannot be listed for a moment moves no Gateway into another
// mesh, is told, and is mended by itself.
func TestLookoutKeepsTheMeshesOfNamespaces(t *testing.T) {
	unsure := func(now backend.Outlook) bool {
		return slices.ContainsFunc(now.Around.Unread, func(u model.Unread) bool { return u.Kind == model.KindGateway && u.Partly })
	}
	overlooking(t, func(o *overlook) {
		first := o.tells(time.Second, "MeshGateway edge web-tls", "Gateway labelled/own gapi-labelled-web")
		if unsure(first) {
			t.Errorf("unread is %v", first.Around.Unread)
		}
		time.Sleep(2 * spacesKept)
		o.between(refusing("list", "namespaces", http.StatusServiceUnavailable, "ServiceUnavailable"))
		o.seedGateway("labelled", "other")
		now := o.tells(time.Minute, "MeshGateway edge web-tls", "Gateway labelled/own gapi-labelled-other")
		if mesh := now.Around.References[1].Mesh; mesh != "pay" || !unsure(now) {
			t.Errorf("it is in mesh %q, unread is %v", mesh, now.Around.Unread)
		}
		o.silent(3 * time.Minute)
		o.between(nil)
		now = o.until(time.Minute, func(now backend.Outlook) bool { return !unsure(now) })
		if mesh := now.Around.References[1].Mesh; mesh != "pay" {
			t.Errorf("it is in mesh %q after all", mesh)
		}
		lists := o.listed("gateways")
		o.silent(5 * time.Minute)
		if again := o.listed("gateways") - lists; again != 0 {
			t.Errorf("they were listed %d times more", again)
		}
	}, func(o *overlook) { o.seedNamespace("labelled"); o.seedGateway("labelled", "web") })
}

// seedGateway stores a Gateway that names no mesh.
func (o *overlook) seedGateway(namespace, secret string) {
	o.Helper()
	o.seed(map[string]any{
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": map[string]any{"name": "own", "namespace": namespace},
		"spec": map[string]any{"listeners": []any{map[string]any{"tls": map[string]any{"certificateRefs": []any{map[string]any{"name": secret}}}}}},
	})
}

// seedNamespace stores a namespace of the mesh pay.
func (o *overlook) seedNamespace(name string) {
	o.Helper()
	o.seed(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": map[string]string{model.LabelMesh: "pay"}}})
}

func (o *overlook) seed(object map[string]any) {
	o.Helper()
	if err := o.far.SeedObject(object); err != nil {
		o.Fatal(err)
	}
}
