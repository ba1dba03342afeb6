package cluster_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"meshsecrets/backend/embedded/cluster"
)

// texts is a message whose fields are texts, by their numbers from 1.
func texts(all ...string) []byte {
	var message []byte
	for i, text := range all {
		if text != "" {
			message = part(message, protowire.Number(i+1), []byte(text))
		}
	}
	return message
}

func part(message []byte, number protowire.Number, inner []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(message, number, protowire.BytesType), inner)
}

// packed is a review as kubectl sends it, of which the spec is given.
func packed(t *testing.T, spec []byte) []byte {
	t.Helper()
	raw, err := (&runtime.Unknown{Raw: part(nil, 2, spec)}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte("k8s\x00"), raw...)
}

// kubectl auth can-i and whoami ask in protobuf.
func TestReviewsInProtobuf(t *testing.T) {
	t.Parallel()
	c := peopled(t).with("Content-Type", "application/vnd.kubernetes.protobuf").with("Authorization", "Bearer fake-editor")
	type review struct {
		Spec   map[string]map[string]string
		Status struct {
			Allowed  bool
			UserInfo struct{ Username string }
		}
	}
	const access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
	for name, tt := range map[string]struct {
		spec    []byte
		allowed bool
	}{
		"its own":          {part(nil, 1, texts("default", "get", "", "v1", "secrets", "", "a")), true},
		"another's":        {part(nil, 1, texts("kube-system", "get", "", "v1", "secrets")), false},
		"another resource": {part(nil, 1, texts("default", "get", "example.test", "v1", "things")), false},
		"a path":           {part(nil, 2, texts("/metrics", "get")), false},
	} {
		got := want[review](c, http.StatusCreated, http.MethodPost, access, packed(t, tt.spec))
		if got.Status.Allowed != tt.allowed || len(got.Spec) != 1 {
			t.Errorf("%s: %+v, want %v", name, got, tt.allowed)
		}
	}
	who := want[review](c, http.StatusCreated, http.MethodPost, "/apis/authentication.k8s.io/v1/selfsubjectreviews", packed(t, nil))
	if who.Status.UserInfo.Username != "editor" {
		t.Errorf("we are %+v", who)
	}
	type rules struct {
		Status struct {
			ResourceRules []struct{ Verbs []string }
		}
	}
	const listing = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
	for namespace, count := range map[string]int{"default": 1, "kube-system": 0} {
		if got := want[rules](c, http.StatusCreated, http.MethodPost, listing, packed(t, texts(namespace))); len(got.Status.ResourceRules) != count {
			t.Errorf("rules in %s: %+v, want %d", namespace, got, count)
		}
	}
	if status, body := c.send(http.MethodPost, access, "k8s\x00\xff"); status != http.StatusBadRequest {
		t.Errorf("a torn review: %d, %s", status, body)
	}
}

// What kubectl asks before it sends a file, and to understand short names.
func TestWhatKubectlAsks(t *testing.T) {
	t.Parallel()
	c := caller{t: t, server: newServer(t, cluster.Options{})}
	type resources struct{ Resources []metav1.APIResource }
	for path, short := range map[string]string{"/api/v1": "ns", "/apis/apps/v1": "deploy"} {
		found := want[resources](c, http.StatusOK, http.MethodGet, path, nil)
		if !slices.ContainsFunc(found.Resources, func(r metav1.APIResource) bool { return slices.Contains(r.ShortNames, short) }) {
			t.Errorf("%s does not know %s: %+v", path, short, found)
		}
	}
	type document struct {
		Paths map[string]struct {
			URL   string `json:"serverRelativeURL"`
			Patch struct{ Parameters []struct{ Name string } }
		}
	}
	root := want[document](c, http.StatusOK, http.MethodGet, "/openapi/v3", nil)
	for group, path := range map[string]string{
		"api/v1": "/api/v1/namespaces/{namespace}/secrets/{name}", "apis/example.test/v1": "/apis/example.test/v1/things/{name}",
	} {
		all := want[document](c, http.StatusOK, http.MethodGet, root.Paths[group].URL, nil)
		var names []string
		for _, p := range all.Paths[path].Patch.Parameters {
			names = append(names, p.Name)
		}
		if strings.Join(names, " ") != "dryRun fieldManager fieldValidation" {
			t.Errorf("%s takes %v", path, names)
		}
	}
	if status, _ := c.send(http.MethodGet, "/openapi/v3/apis/nothing/v1", nil); status != http.StatusNotFound {
		t.Errorf("a group that is not there: %d", status)
	}
	apply := c.with("Content-Type", "application/apply-patch+yaml")
	if status, body := apply.send(http.MethodPatch, secretsPath+"/a?fieldManager=kubectl", "{}"); status != http.StatusUnsupportedMediaType ||
		!strings.Contains(string(body), "this demo has no server-side apply") {
		t.Errorf("server-side apply: %d, %s", status, body)
	}
	if home := want[struct{ Paths []string }](c, http.StatusOK, http.MethodGet, "/", nil); len(home.Paths) == 0 {
		t.Error("it does not say which paths there are")
	}
}
