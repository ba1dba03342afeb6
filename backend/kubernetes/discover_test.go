package kubernetes_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"meshsecrets/backend"
)

// search is a cluster in which a namespace is looked for.
type search struct {
	name, given string
	answers     map[string]string
	want        string // namespace and how it was found, or the error
}

func searches() []search {
	const none = `{"items":[]}`
	base := usual("mesh")
	forbidden := with(base, pathWebhooks, "", deploymentsOf("mesh"), "")
	everywhere := deploymentJSON("mesh", "kuma-control-plane", "kumahq/kuma-cp:2.14.3", "")
	return []search{
		{"by its webhook", "", base, "mesh from its admission webhook"},
		{"by its deployment, when webhooks may not be read", "", with(forbidden, pathDeployments, everywhere), "mesh from its deployment"},
		{"by its deployment, without a webhook", "", with(base, pathWebhooks, webhooks(), pathDeployments, everywhere), "mesh from its deployment"},
		{"by its secrets", "", with(forbidden, pathSecrets, tokensIn("mesh", "mesh")), "mesh from its global secrets"},
		{"by its usual name", "", with(forbidden, secretsOf("kuma-system"), tokensIn("kuma-system")), "kuma-system by its usual name"},
		{"by its other usual name", "", with(forbidden, secretsOf("kuma-system"), none, secretsOf("kong-mesh-system"), tokensIn("kong-mesh-system")),
			"kong-mesh-system by its usual name"},
		{"nothing may be read", "", forbidden,
			"the namespace of its control plane is not known, and you may not look for it / Give its namespace with -n."},
		{"there is none", "", with(base, pathWebhooks, webhooks(), pathDeployments, none, pathSecrets, none, secretsOf("kuma-system"), none, secretsOf("kong-mesh-system"), none),
			"no control plane was found in this cluster / Give its namespace with -n."},
		{"none where one may look", "", with(forbidden, secretsOf("kuma-system"), none),
			"no control plane was found where you may look for it / Give its namespace with -n."},
		{"two webhooks", "", with(base, pathWebhooks, webhooks("mesh", "a-mesh")), "there are control planes in a-mesh and mesh / Say which one with -n."},
		{"both usual names", "", with(forbidden, secretsOf("kuma-system"), tokensIn("kuma-system"), secretsOf("kong-mesh-system"), tokensIn("kong-mesh-system")),
			"there are control planes in kong-mesh-system and kuma-system / Say which one with -n."},
		{"given", "mesh", base, "mesh given"},
		{"given, and two webhooks", "mesh", with(base, pathWebhooks, webhooks("mesh", "other")), "mesh given"},
		{"given, and nothing but its secrets may be read", "mesh", with(forbidden, secretsOf("mesh"), tokensIn("mesh")), "mesh given"},
		{"given, and nothing may be read", "mesh", forbidden, "mesh given"},
		{"given, and not there", "nope", with(base, secretsOf("nope"), none, "/api/v1/namespaces/nope", "404"),
			"there is no namespace nope in its cluster / Give another one with -n, or none to have it looked for."},
		{"given, and nothing is in it", "team", with(base, deploymentsOf("team"), none, secretsOf("team"), none, "/api/v1/namespaces/team", `{"kind":"Namespace"}`),
			"no control plane is in its namespace team / Give another one with -n, or none to have it looked for."},
	}
}

func TestFindsTheNamespace(t *testing.T) {
	t.Parallel()
	for _, tt := range searches() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := foundIn(&apiServer{answers: tt.answers}, tt.given); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// foundIn is the namespace and how it was found, or the error.
func foundIn(server http.RoundTripper, given string) string {
	plane, err := connectTo(server, given)
	var failure *backend.Error
	switch {
	case errors.As(err, &failure):
		return failure.Reason + " / " + failure.Hint
	case err != nil:
		return err.Error()
	}
	id := plane.Identity()
	return id.SystemNamespace + " " + id.NamespaceFrom
}

// paged is a server that gives the lists of some paths in two pages, of which
// the first is empty.
type paged struct {
	*apiServer
	paths []string
}

// RoundTrip answers in process.
func (p paged) RoundTrip(r *http.Request) (*http.Response, error) {
	if !slices.Contains(p.paths, r.URL.Path) || r.URL.Query().Get("continue") != "" {
		return p.apiServer.RoundTrip(r)
	}
	return answered(`{"apiVersion":"v1","kind":"FakeList","metadata":{"continue":"more"},"items":[]}`), nil
}

func answered(body string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}
}

// What is looked for may be on any page.
func TestFindsTheNamespaceOnLaterPages(t *testing.T) {
	t.Parallel()
	base := usual("mesh")
	everywhere := with(base, pathWebhooks, webhooks(), pathDeployments, deploymentJSON("mesh", "kuma-control-plane", "kumahq/kuma-cp:2.14.3", ""))
	for want, answers := range map[string]map[string]string{"mesh from its admission webhook": base, "mesh from its deployment": everywhere} {
		server := paged{&apiServer{answers: answers}, []string{pathWebhooks, pathDeployments}}
		if got := foundIn(server, ""); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// heavy is a server whose secrets carry large annotations, of so many bytes
// together.
type heavy struct {
	*apiServer
	size int
}

// RoundTrip answers in process.
func (h heavy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != pathSecrets {
		return h.apiServer.RoundTrip(r)
	}
	return answered(`{"apiVersion":"v1","kind":"FakeList","items":[{"metadata":{"name":"admin-user-token","namespace":"mesh","annotations":{"note":"` +
		strings.Repeat("x", h.size) + `"}}}]}`), nil
}

// Large annotations are read; what is too large is one way less.
func TestLargeAnnotationsEndNoConnection(t *testing.T) {
	t.Parallel()
	answers := with(usual("mesh"), pathWebhooks, "", secretsOf("kuma-system"), tokensIn("kuma-system"))
	for size, want := range map[int]string{5 << 20: "mesh from its global secrets", 65 << 20: "kuma-system by its usual name"} {
		if got := foundIn(heavy{&apiServer{answers: answers}, size}, ""); got != want {
			t.Errorf("%d bytes: %s, want %s", size, got, want)
		}
	}
}
