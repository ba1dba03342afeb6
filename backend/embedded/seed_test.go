package embedded_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
)

func TestSeededSecretsAreNotChecked(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{Empty: true})
	made := started.Add(-100 * time.Hour)
	plane.Seed(
		embedded.Secret{Mesh: "gone", Name: "orphan", Value: []byte("fake-orphan"), Created: made},
		embedded.Secret{Mesh: "gone", Name: "Not A Name\x1b[31m", Created: made},
	)
	status, body := call(t, plane, http.MethodGet, "/secrets", "")
	var list struct {
		Total int
		Items []struct {
			Name    string
			Created time.Time `json:"creationTime"`
		}
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
		t.Fatalf("status %d: %v", status, err)
	}
	if list.Total != 2 || list.Items[0].Name != "Not A Name\x1b[31m" || !list.Items[1].Created.Equal(made) {
		t.Errorf("listed %d: %+v", list.Total, list.Items)
	}
	if status, _ := call(t, plane, http.MethodGet, "/meshes/gone/secrets/orphan", ""); status != http.StatusNotFound {
		t.Errorf("an orphaned secret is read: status %d", status)
	}
}

func TestSeedingGoesRoundReadOnly(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{ReadOnly: true, BasePath: "/kuma/", NoLocalAdmin: true})
	secret := map[string]any{"type": "Secret", "mesh": "default", "name": "a", "data": []byte("fake-value")}
	if err := plane.Put("/meshes/default/secrets/a", secret); err != nil {
		t.Fatal(err)
	}
	if err := plane.Delete("/meshes/default/secrets/a"); err != nil {
		t.Error(err)
	}
	secret["name"], secret["data"] = "b", "CANARY-not-base64"
	err := plane.Put("/meshes/default/secrets/b", secret)
	if err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("error %v: it is absent or quotes a value", err)
	}
	if status, _ := call(t, plane, http.MethodGet, "/kuma/meshes", ""); status != http.StatusOK {
		t.Errorf("under the base path: status %d", status)
	}
	for _, path := range []string{"/meshes", "/kumameshes"} {
		if status, _ := call(t, plane, http.MethodGet, path, ""); status != http.StatusNotFound {
			t.Errorf("%s outside of the base path: status %d", path, status)
		}
	}
}

func TestListsOfPolicies(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{})
	for _, mesh := range []string{"a", "b"} {
		must(t, plane.Put("/meshes/"+mesh, map[string]string{"type": "Mesh", "name": mesh}))
		must(t, plane.Put("/meshes/"+mesh+"/meshgateways/gw", map[string]string{"type": "MeshGateway", "mesh": mesh, "name": "gw"}))
	}
	for path, want := range map[string]string{
		"/meshgateways":          `"total":2`,
		"/meshes/a/meshgateways": `"total":1`,
		"/external-services":     `"total":0`,
	} {
		if status, body := call(t, plane, http.MethodGet, path, ""); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %s", path, status, body)
		}
	}
	if status, body := call(t, plane, http.MethodGet, "/meshopas", ""); status != http.StatusNotFound || body != "404: Page Not Found" {
		t.Errorf("a kind that is not known: status %d, %s", status, body)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// many are secrets of ten meshes.
func many(count int) []embedded.Secret {
	secrets := make([]embedded.Secret, 0, count)
	for i := range count {
		secrets = append(secrets, embedded.Secret{
			Mesh: fmt.Sprintf("mesh-%d", i%10), Name: fmt.Sprintf("secret-%06d", i), Value: []byte("fake-value"), Created: started,
		})
	}
	return secrets
}

// TestPagesAreWholeAndInOrder holds that pages put together are the list, by
// mesh and name, whatever the order in which secrets came.
func TestPagesAreWholeAndInOrder(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{Empty: true})
	secrets := many(2500)
	slices.Reverse(secrets)
	plane.Seed(secrets[:2400]...)
	for _, s := range secrets[2400:] {
		plane.Seed(s)
	}
	var names []string
	for offset := 0; offset < 2500; offset += 1000 {
		_, body := call(t, plane, http.MethodGet, fmt.Sprintf("/secrets?size=1000&offset=%d", offset), "")
		var page struct {
			Items []struct{ Mesh, Name string }
		}
		must(t, json.Unmarshal([]byte(body), &page))
		for _, item := range page.Items {
			names = append(names, item.Mesh+"/"+item.Name)
		}
	}
	if len(names) != 2500 || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != 2500 {
		t.Errorf("%d names, sorted: %t", len(names), slices.IsSorted(names))
	}
}

func BenchmarkPageOf100000(b *testing.B) {
	plane := newPlane(b, embedded.Options{Empty: true})
	plane.Seed(many(100_000)...)
	for b.Loop() {
		if status, _ := call(b, plane, http.MethodGet, "/secrets?size=1000&offset=50000", ""); status != http.StatusOK {
			b.Fatal(status)
		}
	}
}
