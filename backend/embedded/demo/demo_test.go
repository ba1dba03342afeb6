package demo_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/demo"
)

var start = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// table is the demo as it was designed: size, fingerprint with a session key
// of zeroes, and age in days.
var table = []struct {
	mesh, name  string
	size        int
	fingerprint string
	age         int
}{
	{"checkout", "applepay-merchant", 901, "a7e1f264", 25},
	{"checkout", "checkout-ca-cert", 660, "2d505abe", 120},
	{"checkout", "checkout-ca-key", 241, "d4a4f045", 120},
	{"checkout", "dataplane-token-signing-key-checkout-1", 1679, "07b75c4a", 121},
	{"default", "db-ca", 603, "0e261493", 63},
	{"default", "default.ca-builtin-cert-ca-1", 1180, "5335205b", 212},
	{"default", "default.ca-builtin-key-ca-1", 1679, "07b75c4a", 212},
	{"default", "feature-flags", 141, "0f1ab87a", 18},
	{"default", "session-cookie-key", 96, "8e840bf2", 300},
	{"default", "smtp-password", 30, "ba0a0339", 9},
	{"default", "warehouse-password", 39, "5481e7ec", 5},
	{"default", "dataplane-token-signing-key-default-1", 1679, "07b75c4a", 212},
	{"legacy", "ftp-upload-password", 28, "f6f0d938", 760},
	{"legacy", "legacy-ca-cert", 652, "a24c7b17", 400},
	{"legacy", "legacy-ca-key", 241, "6df63e9a", 400},
	{"legacy", "old-dashboard-token", 228, "43a4b000", 760},
	{"legacy", "dataplane-token-signing-key-legacy-1", 1679, "07b75c4a", 760},
	{"payments", "payments-ca-cert", 1307, "2d050ff1", 41},
	{"payments", "payments-ca-cert-old", 660, "93ec6e87", 430},
	{"payments", "payments-ca-key", 241, "b49d36e0", 41},
	{"payments", "psp-ca", 603, "50e312e3", 177},
	{"payments", "psp-client-cert", 680, "55572762", 32},
	{"payments", "psp-client-key", 241, "a6f76c26", 32},
	{"payments", "stripe-webhook-token", 303, "c79d0685", 3},
	{"payments", "dataplane-token-signing-key-payments-1", 1679, "07b75c4a", 190},
	{"retired", "retired-shop-token", 29, "660a5f72", 1100},
	{"", "user-token-revocations", 27, "b642d733", 2},
	{"", "admin-user-token", 266, "66287426", 212},
	{"", "envoy-admin-ca", 2826, "0ac88e57", 212},
	{"", "inter-cp-ca", 2818, "09ed704e", 212},
	{"", "user-token-signing-key-1", 1679, "07b75c4a", 212},
	{"", "zone-token-signing-key-1", 1679, "07b75c4a", 212},
}

// item is what a list says about a secret or a mesh.
type item struct {
	Mesh     string            `json:"mesh"`
	Name     string            `json:"name"`
	Created  time.Time         `json:"creationTime"`
	Modified time.Time         `json:"modificationTime"`
	Labels   map[string]string `json:"labels"`
	Data     []byte            `json:"data"`
}

func list(t *testing.T, plane *embedded.ControlPlane, path string) []item {
	t.Helper()
	status, body := get(t, plane, path)
	if status != http.StatusOK {
		t.Fatalf("GET %s: status %d", path, status)
	}
	var answer struct{ Items []item }
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return answer.Items
}

func get(t *testing.T, plane *embedded.ControlPlane, path string) (int, []byte) {
	t.Helper()
	client := http.Client{Transport: plane.Transport()}
	answer, err := client.Get("http://localhost" + path)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return answer.StatusCode, body
}

func newDemo(t *testing.T) *embedded.ControlPlane {
	t.Helper()
	plane, err := demo.New(start)
	if err != nil {
		t.Fatal(err)
	}
	return plane
}

func fingerprint(value []byte) string {
	mac := hmac.New(sha256.New, make([]byte, 32))
	mac.Write(value)
	return hex.EncodeToString(mac.Sum(nil)[:4])
}

func TestSecretsAreThoseOfTheDesign(t *testing.T) {
	t.Parallel()
	plane := newDemo(t)
	found := map[[2]string]item{}
	for _, s := range append(list(t, plane, "/secrets"), list(t, plane, "/global-secrets")...) {
		found[[2]string{s.Mesh, s.Name}] = s
	}
	if len(found) != len(table) {
		t.Errorf("%d secrets, want %d", len(found), len(table))
	}
	for _, want := range table {
		s, there := found[[2]string{want.mesh, want.name}]
		if !there {
			t.Errorf("%s/%s is not there", want.mesh, want.name)
			continue
		}
		if len(s.Data) != want.size {
			t.Errorf("%s/%s: %d bytes, want %d", want.mesh, want.name, len(s.Data), want.size)
		}
		if got := fingerprint(s.Data); got != want.fingerprint {
			t.Errorf("%s/%s: fingerprint %s, want %s", want.mesh, want.name, got, want.fingerprint)
		}
		if age := start.Sub(s.Created); age != time.Duration(want.age)*day {
			t.Errorf("%s/%s: made %s before the start, want %d days", want.mesh, want.name, age, want.age)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := demo.New(start); err != nil {
			b.Fatal(err)
		}
	}
}

func TestStatesOfTheDesign(t *testing.T) {
	t.Parallel()
	plane := newDemo(t)
	for path, want := range map[string]int{
		"/meshes":                              5,
		"/meshes/sandbox/secrets":              0, // not even a signing key
		"/meshes/legacy/external-services":     1,
		"/meshes/payments/external-services":   1,
		"/meshes/payments/meshgateways":        1,
		"/meshes/default/meshexternalservices": 1,
		"/meshes/checkout/meshidentities":      1,
	} {
		if got := len(list(t, plane, path)); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if status, _ := get(t, plane, "/meshes/retired/secrets/retired-shop-token"); status != http.StatusNotFound {
		t.Errorf("the orphaned secret is read: status %d", status)
	}
	for _, missing := range []string{"/meshes/legacy/secrets/billing-ca", "/meshes/payments/secrets/edge-tls"} {
		if status, _ := get(t, plane, missing); status != http.StatusNotFound {
			t.Errorf("%s: status %d, want it missing", missing, status)
		}
	}
}

func TestChangedAndLabelled(t *testing.T) {
	t.Parallel()
	for _, s := range list(t, newDemo(t), "/secrets") {
		changed := s.Created
		if s.Name == "legacy-ca-key" {
			changed = start.Add(-12 * day)
		}
		if !s.Modified.Equal(changed) {
			t.Errorf("%s: changed %s, want %s", s.Name, s.Modified, changed)
		}
		system := strings.HasPrefix(s.Name, "dataplane-token-signing-key-") || strings.HasPrefix(s.Name, "default.ca-builtin-")
		want := map[string]string{"kuma.io/env": "universal", "kuma.io/mesh": s.Mesh, "kuma.io/origin": "zone", "kuma.io/zone": "default"}
		if system {
			want = nil
		}
		if !maps.Equal(s.Labels, want) {
			t.Errorf("%s: labels %v, want %v", s.Name, s.Labels, want)
		}
	}
}

// TestMismatchedMeshIsRefused holds what the demo shows about legacy: its pair
// no longer matches, so its next change is refused. That of payments is taken.
func TestMismatchedMeshIsRefused(t *testing.T) {
	t.Parallel()
	plane := newDemo(t)
	for mesh, refused := range map[string]bool{"legacy": true, "payments": false} {
		_, raw := get(t, plane, "/meshes/"+mesh)
		var body map[string]any
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Fatal(err)
		}
		if err := plane.Put("/meshes/"+mesh, body); (err != nil) != refused {
			t.Errorf("%s written as it is: error %v, want one: %t", mesh, err, refused)
		}
	}
}

func TestTheClockGoesOn(t *testing.T) {
	t.Parallel()
	now := start
	plane, err := demo.NewWithClock(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	now = start.Add(time.Hour)
	body := map[string]string{"type": "Secret", "mesh": "sandbox", "name": "new", "data": ""}
	if err := plane.Put("/meshes/sandbox/secrets/new", body); err != nil {
		t.Fatal(err)
	}
	made := list(t, plane, "/meshes/sandbox/secrets")[0].Created
	if !made.Equal(now) {
		t.Errorf("made %s, want %s", made, now)
	}
}

// TestGlobal holds the demo as a global control plane: its zones have its
// secrets, and it has no label or CA that only zones have.
func TestGlobal(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		plane, err := demo.NewGlobal(func() time.Time { return start }, environment, 4)
		if err != nil {
			t.Fatal(err)
		}
		plane.Tick()
		var names []string
		for _, zone := range list(t, plane, "/zones") {
			names = append(names, zone.Name)
			if !plane.ZoneHas(zone.Name, "retired", "retired-shop-token", []byte("demo-retired-not-a-real-token")) {
				t.Errorf("%s, %s: has %v", environment, zone.Name, plane.ZoneSecrets(zone.Name))
			}
		}
		if got := strings.Join(names, " "); got != "dublin-1 madrid-1 paris-1 zone-4" {
			t.Errorf("%s: zones %s", environment, got)
		}
		for _, s := range append(list(t, plane, "/secrets"), list(t, plane, "/global-secrets")...) {
			if s.Labels["kuma.io/zone"] != "" || s.Name == "envoy-admin-ca" {
				t.Errorf("%s: %s has labels %v", environment, s.Name, s.Labels)
			}
		}
	}
}
