package cluster_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend/embedded/cluster"
)

func TestSelectors(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	for name, labels := range map[string]string{"one": "team=a,mesh=x", "two": "team=b", "three": "mesh="} {
		want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret(name, labelled(labels)))
	}
	other := secret("plain")
	other["type"] = "Opaque"
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, other)
	for _, try := range []struct{ labels, fields, want string }{
		{"", "", "one plain three two"},
		{"team=a", "", "one"},
		{"team==a", "", "one"},
		{"team!=a", "", "plain three two"},
		{"team in (a,b)", "", "one two"},
		{"team notin (a)", "", "plain three two"},
		{"mesh", "", "one three"},
		{"!mesh", "", "plain two"},
		{"mesh=", "", "three"},
		{"mesh,team=a", "", "one"},
		{"", "type=example.test/kind", "one three two"},
		{"", "type!=example.test/kind", "plain"},
		{"", "metadata.name=two", "two"},
		{"", "metadata.namespace=default,type=Opaque", "plain"},
		{"!mesh", "type=example.test/kind", "two"},
		{"", "metadata.namespace=other", ""},
	} {
		query := url.Values{"labelSelector": {try.labels}, "fieldSelector": {try.fields}}
		got := want[objects](c, http.StatusOK, http.MethodGet, secretsPath+"?"+query.Encode(), nil).names()
		if got != try.want {
			t.Errorf("labels %q, fields %q: %q, want %q", try.labels, try.fields, got, try.want)
		}
	}
	for _, bad := range []string{"labelSelector=a%20b", "fieldSelector=data%3Dx", "continue=nonsense"} {
		want[metav1.Status](c, http.StatusBadRequest, http.MethodGet, secretsPath+"?"+bad, nil)
	}
}

// page asks for one page of two.
func page(c caller, next string) objects {
	c.t.Helper()
	return want[objects](c, http.StatusOK, http.MethodGet, secretsPath+"?limit=2&continue="+next, nil)
}

// TestPagesAreOfOneMoment holds that what happens between pages is not seen in
// them.
func TestPagesAreOfOneMoment(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "a", "b", "c", "d", "e")
	first := page(c, "")
	if first.names() != "a b" || *first.Metadata.RemainingItemCount != 3 {
		t.Fatalf("first page %q, %d left", first.names(), *first.Metadata.RemainingItemCount)
	}
	want[metav1.Status](c, http.StatusOK, http.MethodDelete, secretsPath+"/d", nil)
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("ba"))
	second := page(c, first.Metadata.Continue)
	third := page(c, second.Metadata.Continue)
	if got := second.names() + " " + third.names(); got != "c d e" || third.Metadata.Continue != "" {
		t.Errorf("the other pages %q, then %q", got, third.Metadata.Continue)
	}
	if second.Metadata.ResourceVersion != first.Metadata.ResourceVersion {
		t.Errorf("the second page is of version %s, the first of %s", second.Metadata.ResourceVersion, first.Metadata.ResourceVersion)
	}
	if got := want[objects](c, http.StatusOK, http.MethodGet, secretsPath, nil).names(); got != "a b ba c e" {
		t.Errorf("a new list %q", got)
	}
}

func TestExpiredPages(t *testing.T) {
	t.Parallel()
	s, c := filled(t, "a", "b", "c", "d", "e")
	first := page(c, "")
	s.Compact()
	status := want[metav1.Status](c, http.StatusGone, http.MethodGet, secretsPath+"?limit=2&continue="+first.Metadata.Continue, nil)
	if status.Reason != metav1.StatusReasonExpired || status.Continue == "" {
		t.Fatalf("reason %q, token %q", status.Reason, status.Continue)
	}
	// With the token that comes with it the list goes on, in what is there now.
	want[metav1.Status](c, http.StatusOK, http.MethodDelete, secretsPath+"/c", nil)
	if got := page(c, status.Continue).names(); got != "d e" {
		t.Errorf("the rest is %q", got)
	}
}

func TestListsOfTheFuture(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	status := want[metav1.Status](c, http.StatusGatewayTimeout, http.MethodGet, secretsPath+"?resourceVersion=999", nil)
	if !strings.HasPrefix(status.Message, "Timeout: Too large resource version: 999, current: ") {
		t.Error(status.Message)
	}
}

// TestAllNamespaces holds the order of lists and what belongs to a namespace.
func TestAllNamespaces(t *testing.T) {
	t.Parallel()
	s, c := filled(t, "m")
	for _, at := range []string{"default-a", "default0", "a"} {
		s.AddNamespace(at, "tester")
		want[object](c, http.StatusCreated, http.MethodPost, "/api/v1/namespaces/"+at+"/secrets", secret("in-"+at))
	}
	if got := want[objects](c, http.StatusOK, http.MethodGet, "/api/v1/secrets", nil).names(); got != "in-a in-default-a m in-default0" {
		t.Errorf("all: %q", got)
	}
	if got := want[objects](c, http.StatusOK, http.MethodGet, secretsPath, nil).names(); got != "m" {
		t.Errorf("those of default: %q", got)
	}
	var pages []string
	for next := ""; ; {
		got := want[objects](c, http.StatusOK, http.MethodGet, "/api/v1/secrets?limit=1&continue="+next, nil)
		pages = append(pages, got.names())
		if next = got.Metadata.Continue; next == "" {
			break
		}
	}
	if got := strings.Join(pages, " "); got != "in-a in-default-a m in-default0" {
		t.Errorf("in pages: %q", got)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "a")
	want[object](c, http.StatusCreated, http.MethodPost, thingsPath, thing("t", "", map[string]any{"n": 1}))
	const proto = "application/vnd.kubernetes.protobuf"
	const metadata = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	for _, try := range []struct {
		path, accept string
		status       int
		kind         string
	}{
		{secretsPath, "", 200, "application/json"},
		{secretsPath, "*/*", 200, "application/json"},
		{secretsPath, proto, 200, proto},
		{secretsPath, proto + ",application/json", 200, proto},
		{secretsPath, "application/json," + proto, 200, "application/json"},
		{secretsPath, proto + metadata + ",application/json" + metadata + ",application/json", 200, proto},
		{secretsPath, "application/json;as=Unknown;g=meta.k8s.io;v=v1,application/json", 200, "application/json"},
		{secretsPath, "text/html", 406, "application/json"},
		{secretsPath, proto + ";as=Table;g=meta.k8s.io;v=v1", 406, "application/json"},
		{thingsPath, proto + ",application/json", 200, "application/json"},
		{thingsPath, proto, 406, proto},
		{thingsPath, proto + metadata, 200, proto},
		{thingsPath, "application/json;as=Table;g=meta.k8s.io;v=v1", 200, "application/json"},
	} {
		answer := c.with("Accept", try.accept).open(http.MethodGet, try.path, nil)
		_ = answer.Body.Close()
		if answer.StatusCode != try.status || answer.Header.Get("Content-Type") != try.kind {
			t.Errorf("%s as %q: %d %s, want %d %s", try.path, try.accept, answer.StatusCode, answer.Header.Get("Content-Type"), try.status, try.kind)
		}
	}
}

// TestNoValuesInMetadata holds that no form of metadata gives a value away.
func TestNoValuesInMetadata(t *testing.T) {
	t.Parallel()
	s := newServer(t, cluster.Options{})
	c := caller{t: t, server: s}
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, map[string]any{
		"metadata": map[string]any{"name": "a"}, "stringData": map[string]string{"value": "CANARY-value"}})
	for _, accept := range []string{"application/json", "application/vnd.kubernetes.protobuf"} {
		for _, as := range []string{"PartialObjectMetadata", "PartialObjectMetadataList"} {
			for _, path := range []string{secretsPath, secretsPath + "/a"} {
				_, raw := c.with("Accept", accept+";as="+as+";g=meta.k8s.io;v=v1").send(http.MethodGet, path, nil)
				text := string(raw)
				if strings.Contains(text, "CANARY") || strings.Contains(text, "Q0FOQVJZ") || !strings.Contains(text, "PartialObjectMetadata") {
					t.Errorf("%s as %s of %s", path, as, accept)
				}
			}
		}
	}
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	for _, path := range []string{
		"/nothing", "/api/v2", "/apis/other.test/v1", "/apis/other.test/v1/things", "/apis/example.test/v1/others",
		"/apis/example.test/v1/namespaces/default/things", "/apis/example.test/v1/things/a/status",
	} {
		status, body := c.send(http.MethodGet, path, nil)
		if status != http.StatusNotFound || string(body) != "404 page not found\n" {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	for _, path := range []string{"/api/v1/pods", "/api/v1/namespaces/default/secrets/a/status", "/apis/apps/v1/pods"} {
		status := want[metav1.Status](c, http.StatusNotFound, http.MethodGet, path, nil)
		if status.Reason != metav1.StatusReasonNotFound || status.Message != "the server could not find the requested resource" {
			t.Errorf("%s: %+v", path, status)
		}
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	group := want[metav1.APIResourceList](c, http.StatusOK, http.MethodGet, "/apis/example.test/v1", nil)
	if len(group.APIResources) != 1 || group.APIResources[0].Kind != "Thing" || group.APIResources[0].Namespaced {
		t.Errorf("%+v", group.APIResources)
	}
	groups := want[metav1.APIGroupList](c, http.StatusOK, http.MethodGet, "/apis", nil)
	if len(groups.Groups) != 3 || groups.Groups[2].PreferredVersion.GroupVersion != "example.test/v1" {
		t.Errorf("%+v", groups.Groups)
	}
	if core := want[metav1.APIResourceList](c, http.StatusOK, http.MethodGet, "/api/v1", nil); len(core.APIResources) != 2 {
		t.Errorf("%+v", core.APIResources)
	}
}
