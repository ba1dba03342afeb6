package embedded_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

func newPlane(t testing.TB, o embedded.Options) *embedded.ControlPlane {
	t.Helper()
	if o.Now == nil {
		o.Now = (&clock{now: started}).read
	}
	plane, err := embedded.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return plane
}

// call sends a request over the transport and gives status and body.
func call(t testing.TB, plane *embedded.ControlPlane, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := plane.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func labelsOf(t *testing.T, plane *embedded.ControlPlane, path string) map[string]string {
	t.Helper()
	status, body := call(t, plane, http.MethodGet, path, "")
	if status != http.StatusOK {
		t.Fatalf("GET %s: status %d", path, status)
	}
	var item struct{ Labels map[string]string }
	if err := json.Unmarshal([]byte(body), &item); err != nil {
		t.Fatal(err)
	}
	return item.Labels
}

const aSecret = `{"type":"Secret","mesh":"default","name":"a","data":"dGVzdA=="%s}`

func TestGlobalControlPlane(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{Mode: embedded.ModeGlobal, Zones: []string{"paris-1", "dublin-1"}})
	if status, _ := call(t, plane, http.MethodPut, "/meshes/default/secrets/a", fmt.Sprintf(aSecret, "")); status != http.StatusCreated {
		t.Fatalf("create: status %d", status)
	}
	want := map[string]string{"kuma.io/mesh": "default"}
	if got := labelsOf(t, plane, "/meshes/default/secrets/a"); !maps.Equal(got, want) {
		t.Errorf("labels %v, want %v", got, want)
	}
	zoneMade := fmt.Sprintf(aSecret, `,"labels":{"kuma.io/origin":"zone"}`)
	status, body := call(t, plane, http.MethodPut, "/meshes/default/secrets/a", zoneMade)
	if status != http.StatusBadRequest || !strings.Contains(body, "the origin label must be set to 'global'") {
		t.Errorf("origin zone: status %d, %s", status, body)
	}
	var zones struct {
		Items []struct{ Name string }
	}
	_, body = call(t, plane, http.MethodGet, "/zones", "")
	if err := json.Unmarshal([]byte(body), &zones); err != nil {
		t.Fatal(err)
	}
	if len(zones.Items) != 2 || zones.Items[0].Name != "dublin-1" || zones.Items[1].Name != "paris-1" {
		t.Errorf("zones: %s", body)
	}
	if _, body := call(t, plane, http.MethodGet, "/global-secrets", ""); strings.Contains(body, "envoy-admin-ca") {
		t.Error("a global control plane has no envoy-admin-ca")
	}
}

func TestFederatedZone(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{ZoneName: "zone-1", GlobalAddress: "grpcs://global.invalid:5685"})
	plane.Seed(embedded.Secret{
		Mesh: "default", Name: "synced", Value: []byte("fake-synced"), Created: started,
		Labels: map[string]string{"kuma.io/mesh": "default", "kuma.io/origin": "global"},
	})
	body := `{"type":"Secret","mesh":"default","name":"synced","data":"dGVzdA=="%s}`
	kept := `,"labels":{"kuma.io/origin":"global","kuma.io/mesh":"default"}`
	tests := []struct {
		name, method, path, body string
		status                   int
		text                     string
	}{
		{"mesh is written on global", http.MethodPut, "/meshes/other", `{"type":"Mesh","name":"other"}`, 405, "On zone control plane"},
		{"mesh is deleted on global", http.MethodDelete, "/meshes/default", "", 405, "On zone control plane"},
		{"own secret", http.MethodPut, "/meshes/default/secrets/a", fmt.Sprintf(aSecret, ""), 201, "{}"},
		{"foreign zone", http.MethodPut, "/meshes/default/secrets/b",
			`{"type":"Secret","mesh":"default","name":"b","labels":{"kuma.io/zone":"zone-9"}}`, 400, "kuma.io/zone label should have zone-1 value"},
		{"name too long with the zone", http.MethodPut, "/meshes/default/secrets/" + strings.Repeat("a", 246),
			fmt.Sprintf(`{"type":"Secret","mesh":"default","name":%q}`, strings.Repeat("a", 246)), 400, "the length of the name must be shorter"},
		{"synced, origin left out", http.MethodPut, "/meshes/default/secrets/synced", fmt.Sprintf(body, ""), 400,
			`is immutable, cannot be changed from \"global\" to \"zone\"`},
		{"synced, origin kept", http.MethodPut, "/meshes/default/secrets/synced", fmt.Sprintf(body, kept), 200, "{}"},
		{"synced, deleted", http.MethodDelete, "/meshes/default/secrets/synced", "", 200, "{}"},
	}
	for _, test := range tests {
		status, text := call(t, plane, test.method, test.path, test.body)
		if status != test.status || !strings.Contains(text, test.text) {
			t.Errorf("%s: status %d, want %d; %s", test.name, status, test.status, text)
		}
	}
	_, config := call(t, plane, http.MethodGet, "/config", "")
	if !strings.Contains(config, `"globalAddress":"grpcs://global.invalid:5685"`) {
		t.Error("the configuration does not say whom the zone follows")
	}
}

func TestKongMeshTakesSeveralBackends(t *testing.T) {
	t.Parallel()
	mesh := `{"type":"Mesh","name":"default","mtls":{"enabledBackend":%q,"backends":[{"name":"ca-1","type":"builtin"},{"name":"ca-2","type":"vault"}]}}`
	plane := newPlane(t, embedded.Options{Product: embedded.ProductKongMesh})
	for _, enabled := range []string{"ca-1", "ca-2"} { // the second is a rotation
		if status, body := call(t, plane, http.MethodPut, "/meshes/default", fmt.Sprintf(mesh, enabled)); status != http.StatusOK {
			t.Errorf("%s enabled: status %d, %s", enabled, status, body)
		}
	}
	if _, body := call(t, plane, http.MethodGet, "/", ""); !strings.Contains(body, `"basedOnKuma"`) {
		t.Errorf("the index does not say what it is based on: %s", body)
	}
}

func TestEnabledBackendIsNotExchanged(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{})
	mesh := `{"type":"Mesh","name":"default","mtls":{"enabledBackend":%[1]q,"backends":[{"name":%[1]q,"type":"builtin"}]}}`
	if status, body := call(t, plane, http.MethodPut, "/meshes/default", fmt.Sprintf(mesh, "ca-1")); status != http.StatusOK {
		t.Fatalf("status %d, %s", status, body)
	}
	status, body := call(t, plane, http.MethodPut, "/meshes/default", fmt.Sprintf(mesh, "ca-2"))
	if status != http.StatusBadRequest || !strings.Contains(body, "Changing CA when mTLS is enabled is forbidden") {
		t.Errorf("status %d, %s", status, body)
	}
}

func TestLocalAdmin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, remote, host string
		header             [2]string
		off                bool
		admin              bool
	}{
		{name: "loopback", remote: "127.0.0.1:4000", host: "localhost:5681", admin: true},
		{name: "loopback, version 6", remote: "[::1]:4000", host: "[::1]:5681", admin: true},
		{name: "from elsewhere", remote: "203.0.113.7:4000", host: "localhost:5681"},
		{name: "foreign host", remote: "127.0.0.1:4000", host: "rebound.invalid:5681"},
		{name: "foreign origin", remote: "127.0.0.1:4000", host: "localhost:5681", header: [2]string{"Origin", "https://page.invalid"}},
		{name: "own origin", remote: "127.0.0.1:4000", host: "localhost:5681", header: [2]string{"Origin", "http://localhost:5681"}, admin: true},
		{name: "forwarded", remote: "127.0.0.1:4000", host: "localhost:5681", header: [2]string{"X-Forwarded-For", "127.0.0.1"}},
		{name: "switched off", remote: "127.0.0.1:4000", host: "localhost:5681", off: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			plane := newPlane(t, embedded.Options{NoLocalAdmin: test.off})
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/secrets", nil)
			r.RemoteAddr, r.Host = test.remote, test.host
			if test.header[0] != "" {
				r.Header.Set(test.header[0], test.header[1])
			}
			w := httptest.NewRecorder()
			plane.ServeHTTP(w, r)
			want := http.StatusForbidden
			if test.admin {
				want = http.StatusOK
			}
			if w.Code != want {
				t.Errorf("status %d, want %d", w.Code, want)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	remote := []string{"X-Forwarded-For", "203.0.113.7", "Authorization"}
	plane := newPlane(t, embedded.Options{})
	_, token := call(t, plane, http.MethodPost, "/tokens/user", `{"name":"jo","groups":["mesh-system:admin"],"validFor":"1h"}`)
	tests := []struct {
		name, header string
		status       int
	}{
		{"good", "Bearer " + token, http.StatusOK},
		{"the word is case-sensitive, so nobody", "bearer " + token, http.StatusForbidden},
		{"signature cut", "Bearer " + token[:len(token)-8], http.StatusUnauthorized},
		{"unsigned", "Bearer " + token[:strings.LastIndex(token, ".")+1], http.StatusUnauthorized},
	}
	for _, test := range tests {
		if status, _ := call(t, plane, http.MethodGet, "/secrets", "", append(remote, test.header)...); status != test.status {
			t.Errorf("%s: status %d, want %d", test.name, status, test.status)
		}
	}
	plain := append(remote, "Bearer "+token)
	if status, _ := call(t, plane, http.MethodPost, "/tokens/user", `{"name":"x","validFor":"soon"}`); status != http.StatusBadRequest {
		t.Errorf("unreadable life: status %d", status)
	}
	_, user := call(t, plane, http.MethodPost, "/tokens/user", `{"name":"x","validFor":"1h"}`)
	if status, _ := call(t, plane, http.MethodPost, "/tokens/user", `{"name":"y","validFor":"1h"}`, append(remote, "Bearer "+user)...); status != http.StatusForbidden {
		t.Errorf("a plain user issues tokens: status %d", status)
	}
	if status, _ := call(t, plane, http.MethodGet, "/secrets", "", plain...); status != http.StatusOK {
		t.Errorf("the token holds no longer: status %d", status)
	}
}

func TestTransportEndsWithItsContext(t *testing.T) {
	t.Parallel()
	plane := newPlane(t, embedded.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://somewhere.invalid/secrets", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := plane.Transport().RoundTrip(r)
	if err == nil {
		_ = answer.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestOverTheNetwork holds that the handler works behind a real server too.
func TestOverTheNetwork(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newPlane(t, embedded.Options{}))
	t.Cleanup(server.Close)
	for method, want := range map[string]int{http.MethodGet: http.StatusOK, http.MethodHead: http.StatusMethodNotAllowed} {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/secrets", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: status %d, want %d", method, answer.StatusCode, want)
		}
	}
}
