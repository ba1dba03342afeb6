package embedded_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
)

const (
	clusterSecrets = "/api/v1/namespaces/kuma-system/secrets"
	clusterMeshes  = "/apis/kuma.io/v1alpha1/meshes"
	meshSecret     = "system.kuma.io/secret"
	globalSecret   = "system.kuma.io/global-secret"
)

func newCluster(t testing.TB, o embedded.Options) *embedded.ControlPlane {
	t.Helper()
	o.Environment = embedded.EnvironmentKubernetes
	return newPlane(t, o)
}

// ask sends a request to the cluster; the body is JSON, or a merge patch.
func ask(t testing.TB, plane *embedded.ControlPlane, method, path string, body any) (int, answer) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if body == nil {
		raw = nil
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://cluster.invalid"+path, strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", "application/merge-patch+json")
	}
	got, err := plane.KubernetesTransport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	var a answer
	if raw, err = io.ReadAll(got.Body); err == nil && got.Header.Get("Content-Type") == "application/json" {
		err = json.Unmarshal(raw, &a)
	}
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, a
}

// answer is what tests read of an answer of the cluster.
type answer struct {
	Message string
	Details struct {
		Causes []struct{ Field, Message string }
	}
	Metadata struct {
		Name            string
		Labels          map[string]string
		OwnerReferences []struct{ Kind, Name, UID string }
		UID             string
	}
	Items []answer
	Spec  map[string]any
}

type object = map[string]any

func held(name, kind, mesh, value string) object {
	labels := map[string]string{}
	if mesh != "" {
		labels["kuma.io/mesh"] = mesh
	}
	return object{"metadata": object{"name": name, "labels": labels}, "type": kind, "data": map[string][]byte{"value": []byte(value)}}
}

func relabelled(mesh any) object {
	return object{"metadata": object{"labels": object{"kuma.io/mesh": mesh}}}
}

// TestAdmission holds what the control plane refuses in its cluster, and that
// nothing but meshes is refused while it does not answer.
func TestAdmission(t *testing.T) {
	t.Parallel()
	const label = `metadata.labels["kuma.io/mesh"]`
	inUse := clusterSecrets + "/default.ca-builtin-cert-ca-1"
	mtls := func(kind string) object {
		return object{"spec": object{"mtls": object{"enabledBackend": "ca-1", "backends": []object{{"name": "ca-1", "type": kind}}}}}
	}
	for _, try := range []struct {
		method, path string
		body         any
		field        string // of the refusal; none when it is accepted
		status, down int
	}{
		{http.MethodPost, clusterSecrets, held("new", meshSecret, "default", "fake"), "", 201, 201},
		{http.MethodPost, clusterSecrets, held("new", meshSecret, "default", ""), "data.value", 422, 201},
		{http.MethodPost, clusterSecrets, held("new", globalSecret, "default", "fake"), label, 422, 201},
		{http.MethodPost, clusterSecrets, held("new", globalSecret, "default", ""), label, 422, 201},
		{http.MethodPost, clusterSecrets, held("new", meshSecret, "no-such-mesh", "fake"), "", 201, 201},
		{http.MethodPost, clusterSecrets, held("new", "Opaque", "default", ""), "", 201, 201},
		{http.MethodPost, "/api/v1/namespaces/default/secrets", held("new", meshSecret, "default", ""), "", 201, 201},
		{http.MethodPatch, clusterSecrets + "/a", relabelled("other"), label, 422, 200},
		{http.MethodPatch, clusterSecrets + "/a", relabelled(nil), "", 200, 200},
		{http.MethodPatch, clusterSecrets + "/a", relabelled(""), "", 200, 200},
		{http.MethodDelete, inUse, nil, "name", 422, 200},
		{http.MethodDelete, clusterSecrets + "/a", nil, "", 200, 200},
		{http.MethodPatch, clusterMeshes + "/default", mtls("other"), "spec.mtls.backends[0].type", 422, 500},
		{http.MethodPatch, clusterMeshes + "/default", mtls("builtin"), "", 200, 500},
		{http.MethodDelete, clusterMeshes + "/default", nil, "", 200, 500},
	} {
		for _, down := range []bool{false, true} {
			plane := newCluster(t, embedded.Options{})
			seed(t, plane, "/meshes/default", object{"type": "Mesh", "name": "default", "mtls": mtls("builtin")["spec"].(object)["mtls"]})
			plane.Seed(embedded.Secret{Mesh: "default", Name: "a", Value: []byte("fake"), Created: started})
			plane.SetAdmission(!down)
			want, field := try.status, try.field
			if down {
				want, field = try.down, ""
			}
			status, got := ask(t, plane, try.method, try.path+"?dryRun=All", try.body)
			if status != want {
				t.Errorf("%s %s, down %t: %d %s, want %d", try.method, try.path, down, status, got.Message, want)
			}
			if causes := got.Details.Causes; field != "" && (len(causes) == 0 || causes[0].Field != field) {
				t.Errorf("%s %s: causes %v, want %s", try.method, try.path, causes, field)
			}
		}
	}
}

func seed(t testing.TB, plane *embedded.ControlPlane, path string, body any) {
	t.Helper()
	if err := plane.Put(path, body); err != nil {
		t.Fatal(err)
	}
}

// TestFederatedZoneInCluster holds what a zone of a global control plane takes
// in its cluster: everything about secrets, nothing about meshes.
func TestFederatedZoneInCluster(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{ZoneName: "paris-1", GlobalAddress: "grpcs://global.invalid:5685"})
	seed(t, plane, "/meshes/default", object{"type": "Mesh", "name": "default", "mtls": object{
		"enabledBackend": "ca-1", "backends": []object{{"name": "ca-1", "type": "builtin"}}}})
	status, got := ask(t, plane, http.MethodGet, clusterSecrets+"/default.ca-builtin-cert-ca-1", nil)
	if status != http.StatusOK || got.Metadata.Labels["kuma.io/origin"] != "global" || len(got.Metadata.OwnerReferences) > 0 {
		t.Errorf("what came from global: %d %+v", status, got.Metadata)
	}
	for _, try := range []struct {
		method, path string
		body         any
		status       int
	}{
		{http.MethodDelete, clusterSecrets + "/default.ca-builtin-cert-ca-1", nil, 200}, // in use, but not checked
		{http.MethodPost, clusterSecrets, held("local", meshSecret, "default", "fake"), 201},
		{http.MethodPost, clusterMeshes, object{"metadata": object{"name": "other"}}, 403},
		{http.MethodDelete, clusterMeshes + "/default", nil, 403},
		{http.MethodPost, "/apis/kuma.io/v1alpha1/externalservices", object{"metadata": object{"name": "x"}, "mesh": "default"}, 403},
		{http.MethodPost, "/apis/kuma.io/v1alpha1/namespaces/kuma-system/meshidentities", object{"metadata": object{"name": "x"}}, 201},
	} {
		if status, got := ask(t, plane, try.method, try.path, try.body); status != try.status {
			t.Errorf("%s %s: %d %s, want %d", try.method, try.path, status, got.Message, try.status)
		}
	}
	if _, got := ask(t, plane, http.MethodGet, clusterSecrets+"/local", nil); len(got.Metadata.Labels) != 1 {
		t.Errorf("a local secret has labels %v", got.Metadata.Labels)
	}
}

// namesOver lists secrets over the control plane's own API.
func namesOver(t testing.TB, plane *embedded.ControlPlane, path string) string {
	t.Helper()
	_, body := call(t, plane, http.MethodGet, path, "")
	var list struct{ Items []struct{ Mesh, Name string } }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, item := range list.Items {
		names = append(names, item.Mesh+"/"+item.Name)
	}
	return strings.Join(names, " ")
}

// TestViewFollowsTheCluster holds that the control plane's own API tells what
// is in the cluster, whoever wrote it.
func TestViewFollowsTheCluster(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{Empty: true})
	seed(t, plane, "/meshes/default", object{"type": "Mesh", "name": "default"})
	if err := plane.Delete("/meshes/default/secrets/dataplane-token-signing-key-default-1"); err != nil {
		t.Fatal(err)
	}
	check := func(path, want string) {
		t.Helper()
		if got := namesOver(t, plane, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	for _, secret := range []object{
		held("b", meshSecret, "default", "fake"), held("a", meshSecret, "", "fake"), held("g", globalSecret, "", "fake"),
		held("o", "Opaque", "", "fake"), held("z", meshSecret, "payments", "fake"),
	} {
		if status, got := ask(t, plane, http.MethodPost, clusterSecrets, secret); status != http.StatusCreated {
			t.Fatal(got.Message)
		}
	}
	check("/secrets", "default/a default/b payments/z")
	check("/global-secrets", "/g")
	check("/meshes/default/secrets", "default/b")
	seed(t, plane, "/meshes/default/secrets/c", object{"type": "Secret", "mesh": "default", "name": "c", "data": "ZmFrZQ=="})
	ask(t, plane, http.MethodDelete, clusterSecrets+"/b", nil)
	plane.SetAdmission(false)
	ask(t, plane, http.MethodPatch, clusterSecrets+"/z", relabelled("default"))
	ask(t, plane, http.MethodPatch, clusterSecrets+"/a", relabelled(""))
	check("/meshes/default/secrets", "default/c default/z")
	check("/secrets", "/a default/c default/z")
	plane.Seed(embedded.Secret{Mesh: "other", Name: "c", Created: started}, embedded.Secret{Mesh: "other", Name: "d", Created: started})
	check("/secrets", "/a default/z other/c other/d")
	if status, _ := call(t, plane, http.MethodPut, "/meshes/default/secrets/x", fmt.Sprintf(aSecret, "")); status != http.StatusMethodNotAllowed {
		t.Errorf("a write over its own API: status %d", status)
	}
}

// TestMeshesAndWhatTheyNeed holds what the control plane makes for a mesh, and
// that it goes with the mesh, as does what is the mesh's.
func TestMeshesAndWhatTheyNeed(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{})
	_, mesh := ask(t, plane, http.MethodPost, clusterMeshes, object{"metadata": object{"name": "shop"}})
	_, key := ask(t, plane, http.MethodGet, clusterSecrets+"/dataplane-token-signing-key-shop-1", nil)
	if owners := key.Metadata.OwnerReferences; len(owners) != 1 || owners[0].UID != mesh.Metadata.UID || owners[0].Kind != "Mesh" {
		t.Fatalf("owners %+v, want mesh shop", owners)
	}
	seed(t, plane, "/meshes/shop/external-services/psp", object{"type": "ExternalService", "mesh": "shop", "name": "psp", "networking": object{"address": "psp.invalid:443"}})
	seed(t, plane, "/meshes/shop/meshidentities/main", object{"type": "MeshIdentity", "mesh": "shop", "name": "main", "spec": object{"x": 1}})
	ask(t, plane, http.MethodPost, clusterSecrets, held("mine", meshSecret, "shop", "fake"))
	const group = "/apis/kuma.io/v1alpha1"
	_, service := ask(t, plane, http.MethodGet, group+"/externalservices/psp", nil)
	_, identity := ask(t, plane, http.MethodGet, group+"/namespaces/kuma-system/meshidentities/main", nil)
	if service.Spec["networking"] == nil || identity.Spec["x"] == nil || identity.Metadata.Labels["kuma.io/mesh"] != "shop" {
		t.Errorf("service %v, identity %v of %v", service.Spec, identity.Spec, identity.Metadata.Labels)
	}
	ask(t, plane, http.MethodDelete, clusterMeshes+"/shop", nil)
	for path, want := range map[string]int{
		clusterSecrets + "/dataplane-token-signing-key-shop-1":       404,
		clusterSecrets + "/mine":                                     200,
		group + "/externalservices/psp":                              404,
		group + "/namespaces/kuma-system/meshidentities/main":        404,
		clusterSecrets + "/dataplane-token-signing-key-default-1":    200,
		group + "/namespaces/kuma-system/meshidentities?limit=1":     200,
		group + "/namespaces/kuma-system/meshretries?labelSelector=": 200,
		group + "/namespaces/kuma-system/meshopas":                   404, // only Kong Mesh has it
	} {
		if status, _ := ask(t, plane, http.MethodGet, path, nil); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// TestSeededObjects holds what can be in a cluster that no rule would let in.
func TestSeededObjects(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{Empty: true})
	plane.Seed(
		embedded.Secret{Name: "odd", Mesh: "default", Unlabelled: true, Value: []byte("fake"), Created: started, Keys: map[string][]byte{"more": []byte("fake")},
			Annotations: map[string]string{"note": "n"}, Immutable: true, Finalizers: []string{"example.test/hold"},
			Owners: []string{"Mesh payments"}, Managers: []string{"kubectl", "helm"}, UID: "fake-uid"},
		embedded.Secret{Name: "empty-label", Type: meshSecret, Labels: map[string]string{"kuma.io/mesh": ""}, Created: started},
		embedded.Secret{Name: "elsewhere", Mesh: "default", Namespace: "default", Created: started},
	)
	odd := plane.Cluster().Get(cluster.Secrets, "kuma-system", "odd")
	if odd.Type != meshSecret || len(odd.Meta.Labels) > 0 || len(odd.Data) != 2 || !odd.Immutable || odd.Meta.UID != "fake-uid" ||
		odd.Meta.OwnerReferences[0].Name != "payments" || odd.Meta.Finalizers[0] != "example.test/hold" || len(odd.Meta.ManagedFields) != 2 {
		t.Errorf("type %s, metadata %+v", odd.Type, odd.Meta)
	}
	if got := namesOver(t, plane, "/secrets"); got != "/empty-label default/odd" {
		t.Errorf("the control plane sees %q", got)
	}
	for _, manifest := range []object{
		{"apiVersion": "v1", "kind": "Secret", "metadata": object{"name": "tls", "namespace": "apps"}, "type": "kubernetes.io/tls"},
		{"apiVersion": "kuma.io/v1alpha1", "kind": "Mesh", "metadata": object{"name": "odd"}, "spec": "not an object"},
	} {
		if err := plane.SeedObject(manifest); err != nil {
			t.Error(err)
		}
	}
	if status, _ := ask(t, plane, http.MethodGet, "/api/v1/namespaces/apps/secrets/tls", nil); status != http.StatusOK {
		t.Errorf("a foreign secret: status %d", status)
	}
	if status, _ := call(t, plane, http.MethodGet, "/meshes/odd", ""); status != http.StatusOK {
		t.Errorf("an odd mesh: status %d", status)
	}
	if plane.SeedObject(object{"apiVersion": "v1", "kind": "Pod"}) == nil || plane.SeedObject(func() {}) == nil {
		t.Error("what is not known was taken")
	}
}

// TestNoClusterOnUniversal holds that a control plane on Universal has none.
func TestNoClusterOnUniversal(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{})
	recorder := httptest.NewRecorder()
	plane.Kubernetes().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/version", nil))
	if recorder.Code != http.StatusNotFound || plane.KubernetesTransport() != nil || plane.Cluster() != nil {
		t.Errorf("status %d", recorder.Code)
	}
}

// TestClusterForMany has many clients write and read at once; the race detector
// and what is there in the end tell.
func TestClusterForMany(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{Empty: true})
	seed(t, plane, "/meshes/default", object{"type": "Mesh", "name": "default"})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			name := fmt.Sprintf("s-%d", i)
			for range 5 {
				ask(t, plane, http.MethodPost, clusterSecrets, held(name, meshSecret, "default", "fake"))
				namesOver(t, plane, "/secrets")
				ask(t, plane, http.MethodGet, clusterSecrets+"?limit=2", nil)
				ask(t, plane, http.MethodDelete, clusterSecrets+"/"+name, nil)
			}
			ask(t, plane, http.MethodPost, clusterSecrets, held(name, meshSecret, "default", "fake"))
		})
	}
	all.Wait()
	var names []string
	for _, o := range plane.Cluster().All(cluster.Secrets) {
		names = append(names, o.Meta.Name)
	}
	if len(names) != 9 || !slices.IsSorted(names) || strings.Count(namesOver(t, plane, "/secrets"), " ") != 8 {
		t.Errorf("in the end %v", names)
	}
}
