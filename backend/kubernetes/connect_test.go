package kubernetes_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/backend/kubernetes"
)

// The paths that connecting asks for.
const (
	pathVersion     = "/version"
	pathKuma        = "/apis/kuma.io/v1alpha1"
	pathWhoAmI      = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
	pathMayI        = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
	pathWebhooks    = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
	pathDeployments = "/apis/apps/v1/deployments"
	pathSecrets     = "/api/v1/secrets"
	pathZones       = "/apis/kuma.io/v1alpha1/zones"
)

func deploymentsOf(namespace string) string {
	return "/apis/apps/v1/namespaces/" + namespace + "/deployments"
}

func secretsOf(namespace string) string { return "/api/v1/namespaces/" + namespace + "/secrets" }

// apiServer is an API server that knows some paths. What it does not know it
// refuses, as access rules would.
type apiServer struct {
	answers map[string]string // by path; a status alone ("404") is a refusal with that status
	lock    sync.Mutex
	asked   []string
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := r.URL.Path
	if path == pathMayI {
		path += " " + verbOf(body)
	}
	a.lock.Lock()
	a.asked = append(a.asked, r.Method+" "+path)
	a.lock.Unlock()
	answer, known := a.answers[path]
	w.Header().Set("Content-Type", "application/json")
	switch {
	case !known:
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"x is forbidden: User \"jo\" cannot list resource \"x\""}`)
	case answer == "404":
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"not found"}`)
	case answer == "404 text":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "404 page not found\n")
	case answer == "401":
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}`)
	case answer == "503":
		w.WriteHeader(http.StatusServiceUnavailable)
	case strings.Contains(answer, `"kind":`), path == pathVersion:
		_, _ = io.WriteString(w, answer)
	default:
		// Every object and list of an API server says what it is.
		_, _ = io.WriteString(w, strings.Replace(answer, "{", `{"apiVersion":"v1","kind":"FakeList",`, 1))
	}
}

func verbOf(review []byte) string {
	var asked struct {
		Spec struct {
			ResourceAttributes struct{ Namespace, Verb, Resource string }
		}
	}
	_ = json.Unmarshal(review, &asked)
	at := asked.Spec.ResourceAttributes
	return at.Verb + " " + at.Resource + " " + at.Namespace
}

// RoundTrip answers in process.
func (a *apiServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// usual is what most clusters answer to whoever may read everything.
func usual(namespace string) map[string]string {
	answers := map[string]string{
		pathVersion:              `{"gitVersion":"v1.36.3"}`,
		pathKuma:                 `{"kind":"APIResourceList"}`,
		pathWhoAmI:               `{"status":{"userInfo":{"username":"jo@example.com"}}}`,
		pathWebhooks:             webhooks(namespace),
		pathZones:                `{"kind":"PartialObjectMetadataList","items":[]}`,
		deploymentsOf(namespace): deploymentJSON(namespace, "kong-mesh-control-plane", "docker.io/kong/kuma-cp:2.14.3", `{"name":"KUMA_MODE","value":"zone"}`),
	}
	for _, verb := range []string{"create", "update", "delete"} {
		answers[pathMayI+" "+verb+" secrets "+namespace] = `{"status":{"allowed":true}}`
	}
	return answers
}

func webhooks(namespaces ...string) string {
	all := []string{`{"webhooks":[{"name":"other.example.com","clientConfig":{"service":{"namespace":"other"}}}]}`}
	for _, n := range namespaces {
		all = append(all, `{"webhooks":[{"name":"mesh.validator.kuma-admission.kuma.io","clientConfig":{"service":{"namespace":"other"}}},`+
			`{"name":"secret.validator.kuma-admission.kuma.io","clientConfig":{"service":{"namespace":"`+n+`"}}}]}`)
	}
	return `{"items":[` + strings.Join(all, ",") + `]}`
}

func deploymentJSON(namespace, app, image, env string) string {
	return `{"items":[{"metadata":{"namespace":"` + namespace + `","labels":{"app":"` + app + `"}},"spec":{"template":{"spec":{"containers":[` +
		`{"name":"sidecar","image":"example.com/logs:7.1"},{"name":"control-plane","image":"` + image + `","env":[` + env + `]}]}}}}]}`
}

func tokensIn(namespaces ...string) string {
	var items []string
	for _, n := range namespaces {
		items = append(items, `{"metadata":{"name":"admin-user-token","namespace":"`+n+`"}}`)
	}
	return `{"items":[` + strings.Join(items, ",") + `]}`
}

func connectTo(server http.RoundTripper, namespace string) (backend.ControlPlane, error) {
	return kubernetes.Connect(context.Background(), kubernetes.Options{
		Name: "prod", Config: &rest.Config{Host: "https://k8s.example.com:6443"}, Namespace: namespace, Transport: server,
		Now: func() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) },
	})
}

func TestConnect(t *testing.T) {
	t.Parallel()
	server := &apiServer{answers: usual("kong-mesh-system")}
	plane, err := connectTo(server, "")
	if err != nil {
		t.Fatal(err)
	}
	want := backend.Identity{
		Name: "prod", Address: "https://k8s.example.com:6443", Product: "Kong Mesh", Version: "2.14.3",
		Environment: backend.Kubernetes, Mode: backend.ModeZone,
		SystemNamespace: "kong-mesh-system", NamespaceFrom: "from its admission webhook",
		User: "jo@example.com", MayWrite: true,
	}
	if id := plane.Identity(); id != want {
		t.Errorf("got  %+v\nwant %+v", id, want)
	}
	if len(server.asked) != 8 {
		t.Errorf("%d requests, want 8:\n%s", len(server.asked), strings.Join(server.asked, "\n"))
	}
}

// with changes what a server answers; an empty answer takes the right away.
func with(answers map[string]string, changes ...string) map[string]string {
	changed := maps.Clone(answers)
	for i := 0; i < len(changes); i += 2 {
		changed[changes[i]] = changes[i+1]
		if changes[i+1] == "" {
			delete(changed, changes[i])
		}
	}
	return changed
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	const mesh = "mesh"
	deployed := func(app, image string, env ...string) map[string]string {
		return with(usual(mesh), deploymentsOf(mesh), deploymentJSON(mesh, app, image, strings.Join(env, ",")))
	}
	variable := func(name, value string) string { return `{"name":"` + name + `","value":"` + value + `"}` }
	elsewhere := func(name string) string {
		return `{"name":"` + name + `","valueFrom":{"secretKeyRef":{"name":"fake","key":"k"}}}`
	}
	const address = "KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS"
	tests := map[string]struct {
		answers map[string]string
		want    string
	}{
		"a global one":                     {deployed("kuma-control-plane", "kumahq/kuma-cp:2.9.1", variable("KUMA_MODE", "global")), "Kuma 2.9.1 global"},
		"standalone":                       {deployed("kuma-control-plane", "kumahq/kuma-cp:2.5.0", variable("KUMA_MODE", "standalone")), "Kuma 2.5.0 zone"},
		"a federated":                      {deployed("kong-mesh-control-plane", "reg:5000/kong/kuma-cp:2.14.3", variable("KUMA_MODE", "zone"), variable("KUMA_MULTIZONE_ZONE_NAME", "paris-1"), variable(address, "grpcs://g:5685")), "Kong Mesh 2.14.3 zone of a global paris-1"},
		"an address that stands elsewhere": {deployed("kuma-control-plane", "kuma-cp:2.14.3", variable("KUMA_MODE", "zone"), elsewhere(address)), "Kuma 2.14.3 zone of a global"},
		"a mode that stands elsewhere":     {deployed("kuma-control-plane", "kuma-cp:2.14.3", elsewhere("KUMA_MODE")), "Kuma 2.14.3"},
		"no version in the tag":            {deployed("kuma-control-plane", "kuma-cp:latest"), "Kuma"},
		"a digest":                         {deployed("kuma-control-plane", "kumahq/kuma-cp@sha256:0123"), "Kuma"},
		"a tag and a digest":               {deployed("kuma-control-plane", "kumahq/kuma-cp:v2.14.3@sha256:0123"), "Kuma 2.14.3"},
		"zones tell a global one":          {with(deployed("kuma-control-plane", "kuma-cp:2.14.3"), pathZones, `{"kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"paris-1"}}]}`), "Kuma 2.14.3 global"},
		"nothing may be read":              {with(usual(mesh), deploymentsOf(mesh), "", pathZones, ""), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plane, err := connectTo(&apiServer{answers: tt.answers}, "")
			if err != nil {
				t.Fatal(err)
			}
			id := plane.Identity()
			words := []string{id.Product, id.Version, string(id.Mode)}
			if id.Federated {
				words = append(words, "of a global")
			}
			words = slices.DeleteFunc(append(words, id.Zone), func(w string) bool { return w == "" })
			if got := strings.Join(words, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	const mesh = "mesh"
	may := func(verb string) string { return pathMayI + " " + verb + " secrets " + mesh }
	const no = `{"status":{"allowed":false}}`
	tests := map[string]struct {
		changes []string
		want    string
	}{
		"everything":        {nil, ""},
		"nothing":           {[]string{may("create"), no, may("update"), no, may("delete"), no}, "you may not create, update or delete secrets in mesh"},
		"only update":       {[]string{may("create"), no, may("delete"), no}, ""},
		"not told":          {[]string{may("create"), "", may("update"), "", may("delete"), ""}, ""},
		"not told of one":   {[]string{may("create"), no, may("update"), "", may("delete"), no}, ""},
		"an old API server": {[]string{may("create"), "404", may("update"), "404", may("delete"), "404"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plane, err := connectTo(&apiServer{answers: with(usual(mesh), tt.changes...)}, "")
			if err != nil {
				t.Fatal(err)
			}
			if id := plane.Identity(); id.WhyNot != tt.want || id.MayWrite != (tt.want == "") {
				t.Errorf("may write %v, why not %q; want %q", id.MayWrite, id.WhyNot, tt.want)
			}
		})
	}
}

func TestNotToldWhoWeAre(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"", "404"} {
		plane, err := connectTo(&apiServer{answers: with(usual("mesh"), pathWhoAmI, answer)}, "")
		if err != nil {
			t.Fatal(err)
		}
		if id := plane.Identity(); id.User != "" {
			t.Errorf("we are %q, want nobody known", id.User)
		}
	}
}

func TestConnectFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		changes []string
		kind    error
		reason  string
		hint    string
	}{
		"a web page":            {[]string{pathVersion, "<html>" + hidden}, backend.ErrStranger, "it sent a web page", ""},
		"JSON of another":       {[]string{pathVersion, `{"product":"Kuma"}`}, backend.ErrStranger, "it is no API server of Kubernetes", ""},
		"nothing there":         {[]string{pathVersion, "404 text"}, backend.ErrStranger, "", ""},
		"Kuma is not installed": {[]string{pathKuma, "404 text"}, backend.ErrStranger, "Kuma is not installed in its cluster", "Choose another context."},
		"not logged in":         {[]string{pathVersion, "401"}, backend.ErrUnauthorized, "", "Log in as for kubectl, then try again."},
		"logged out half-way":   {[]string{pathWhoAmI, "401"}, backend.ErrUnauthorized, "", "Log in as for kubectl, then try again."},
		"down half-way":         {[]string{pathWebhooks, "503"}, backend.ErrUnavailable, "status 503", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := connectTo(&apiServer{answers: with(usual("mesh"), tt.changes...)}, "")
			var failure *backend.Error
			if !errors.As(err, &failure) || !errors.Is(err, tt.kind) || tt.reason != "" && failure.Reason != tt.reason || failure.Hint != tt.hint {
				t.Fatalf("got %#v, want %v, %q, %q", err, tt.kind, tt.reason, tt.hint)
			}
			if failure.Op != "connecting" || failure.Address != "https://k8s.example.com:6443" || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("it says %v of %s", err, failure.Address)
			}
		})
	}
}

// An API server that does not show its version to us is one all the same.
func TestVersionMayBeRefused(t *testing.T) {
	t.Parallel()
	if _, err := connectTo(&apiServer{answers: with(usual("mesh"), pathVersion, "")}, ""); err != nil {
		t.Error(err)
	}
}

// The embedded control plane is one like others, with a chart of its own.
func TestConnectsToTheEmbeddedOne(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		options embedded.Options
		want    backend.Identity
	}{
		"a zone": {embedded.Options{}, backend.Identity{Product: "Kuma", Mode: backend.ModeZone, SystemNamespace: "kuma-system"}},
		"a global one": {embedded.Options{Product: embedded.ProductKongMesh, Mode: embedded.ModeGlobal},
			backend.Identity{Product: "Kong Mesh", Mode: backend.ModeGlobal, SystemNamespace: "kong-mesh-system"}},
		"a zone of it": {embedded.Options{ZoneName: "paris-1", GlobalAddress: "grpcs://global.example.com:5685"},
			backend.Identity{Product: "Kuma", Mode: backend.ModeZone, Federated: true, Zone: "paris-1", SystemNamespace: "kuma-system"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.Environment, tt.options.Version = embedded.EnvironmentKubernetes, "2.14.3"
			cluster, err := embedded.New(tt.options)
			if err != nil {
				t.Fatal(err)
			}
			plane, err := connectTo(cluster.KubernetesTransport(), "")
			if err != nil {
				t.Fatal(err)
			}
			id := plane.Identity()
			if tt.want.Zone == "" {
				id.Zone = "" // a zone that follows nobody has a name too
			}
			want := tt.want
			want.Name, want.Address, want.Environment, want.Version = "prod", "https://k8s.example.com:6443", backend.Kubernetes, "2.14.3"
			want.NamespaceFrom, want.User, want.MayWrite = "from its admission webhook", id.User, true
			if id != want {
				t.Errorf("got  %+v\nwant %+v", id, want)
			}
		})
	}
}
