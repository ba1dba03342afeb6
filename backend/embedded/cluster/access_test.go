package cluster_test

import (
	"net/http"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend/embedded/cluster"
)

// people are users of every kind.
var people = []cluster.User{
	{Name: "admin", Token: "fake-admin", Groups: []string{"system:masters"}},
	{Name: "reader", Token: "fake-reader", Rules: []cluster.Rule{
		{Verbs: []string{"get", "list", "watch"}, Resources: []string{"secrets", "things"}},
	}},
	{Name: "editor", Token: "fake-editor", Rules: []cluster.Rule{
		{Verbs: []string{"*"}, Groups: []string{""}, Resources: []string{"secrets"}, Namespaces: []string{"default"}},
	}},
	{Name: "by-name", Token: "fake-by-name", Rules: []cluster.Rule{
		{Verbs: []string{"get"}, Resources: []string{"secrets"}, Names: []string{"a"}, Namespaces: []string{"default"}},
	}},
	{Name: "nobody", Token: "fake-nobody"},
}

func peopled(t *testing.T) caller {
	t.Helper()
	s := newServer(t, cluster.Options{Users: people})
	c := caller{t: t, server: s}
	want[object](c.with("Authorization", "Bearer fake-admin"), http.StatusCreated, http.MethodPost, secretsPath, secret("a"))
	return c
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	c := peopled(t)
	who := []string{"admin", "reader", "editor", "by-name", "nobody", "unknown", ""}
	for _, try := range []struct {
		method, path string
		body         any
		status       []int // by who
	}{
		{http.MethodGet, secretsPath, nil, []int{200, 200, 200, 403, 403, 401, 403}},
		{http.MethodGet, secretsPath + "/a", nil, []int{200, 200, 200, 200, 403, 401, 403}},
		{http.MethodGet, secretsPath + "/b", nil, []int{404, 404, 404, 403, 403, 401, 403}},
		{http.MethodGet, "/api/v1/secrets", nil, []int{200, 200, 403, 403, 403, 401, 403}},
		{http.MethodGet, thingsPath, nil, []int{200, 200, 403, 403, 403, 401, 403}},
		{http.MethodGet, "/api/v1/pods", nil, []int{404, 403, 403, 403, 403, 401, 403}},
		{http.MethodPost, secretsPath + "?dryRun=All", secret("b"), []int{201, 403, 201, 403, 403, 401, 403}},
		{http.MethodDelete, secretsPath + "/a?dryRun=All", nil, []int{200, 403, 200, 403, 403, 401, 403}},
		{http.MethodDelete, secretsPath, nil, []int{405, 403, 405, 403, 403, 401, 403}},
		{http.MethodGet, "/version", nil, []int{200, 200, 200, 200, 200, 401, 200}},
		{http.MethodGet, "/apis", nil, []int{200, 200, 200, 200, 200, 401, 403}},
	} {
		for i, name := range who {
			asking := c
			if name != "" {
				asking = c.with("Authorization", "Bearer fake-"+name)
			}
			if status, body := asking.send(try.method, try.path, try.body); status != try.status[i] {
				t.Errorf("%s %s as %q: %d %s, want %d", try.method, try.path, name, status, body, try.status[i])
			}
		}
	}
}

// TestTextsOfRefusals holds the texts of what the recordings do not have.
func TestTextsOfRefusals(t *testing.T) {
	t.Parallel()
	c := peopled(t).with("Authorization", "Bearer fake-nobody")
	for path, text := range map[string]string{
		secretsPath + "/a":             `secrets "a" is forbidden: User "nobody" cannot get resource "secrets" in API group "" in the namespace "default"`,
		secretsPath + "/a/status":      `secrets "a" is forbidden: User "nobody" cannot get resource "secrets/status" in API group "" in the namespace "default"`,
		thingsPath + "/t":              `things.example.test "t" is forbidden: User "nobody" cannot get resource "things" in API group "example.test" at the cluster scope`,
		secretsPath + "?watch=true":    `secrets is forbidden: User "nobody" cannot watch resource "secrets" in API group "" in the namespace "default"`,
		"/metrics":                     `forbidden: User "nobody" cannot get path "/metrics"`,
		"/api/v1/namespaces/kube-none": `namespaces "kube-none" is forbidden: User "nobody" cannot get resource "namespaces" in API group "" in the namespace "kube-none"`,
	} {
		if got := want[metav1.Status](c, http.StatusForbidden, http.MethodGet, path, nil).Message; got != text {
			t.Errorf("%s\nwant %s", got, text)
		}
	}
}

// TestReviews holds that what a user is told to be allowed is what is allowed.
func TestReviews(t *testing.T) {
	t.Parallel()
	c := peopled(t)
	type status struct {
		Status struct {
			Allowed  bool
			UserInfo struct {
				Username string
				Groups   []string
			}
			ResourceRules []struct{ Verbs, Resources, ResourceNames []string }
		}
	}
	const reviews = "/apis/authorization.k8s.io/v1/"
	for _, try := range []struct {
		who, verb, resource, namespace, name string
		allowed                              bool
	}{
		{"reader", "list", "secrets", "", "", true},
		{"reader", "create", "secrets", "default", "", false},
		{"editor", "delete", "secrets", "default", "", true},
		{"editor", "delete", "secrets", "kube-system", "", false},
		{"editor", "list", "secrets", "", "", false},
		{"by-name", "get", "secrets", "default", "a", true},
		{"by-name", "get", "secrets", "default", "", false},
		{"admin", "delete", "anything", "", "", true},
	} {
		body := map[string]any{"spec": map[string]any{"resourceAttributes": map[string]string{
			"verb": try.verb, "resource": try.resource, "namespace": try.namespace, "name": try.name}}}
		asking := c.with("Authorization", "Bearer fake-"+try.who)
		if got := want[status](asking, http.StatusCreated, http.MethodPost, reviews+"selfsubjectaccessreviews", body); got.Status.Allowed != try.allowed {
			t.Errorf("%+v: allowed %t", try, got.Status.Allowed)
		}
	}
	asking := c.with("Authorization", "Bearer fake-by-name")
	rules := want[status](asking, http.StatusCreated, http.MethodPost, reviews+"selfsubjectrulesreviews", map[string]any{"spec": map[string]string{"namespace": "default"}})
	if r := rules.Status.ResourceRules; len(r) != 1 || r[0].Verbs[0] != "get" || r[0].ResourceNames[0] != "a" {
		t.Errorf("rules %+v", r)
	}
	want[metav1.Status](c, http.StatusForbidden, http.MethodPost, reviews+"selfsubjectaccessreviews", "{}")
	want[metav1.Status](asking, http.StatusBadRequest, http.MethodPost, reviews+"selfsubjectaccessreviews", "[")
}

func TestImpersonation(t *testing.T) {
	t.Parallel()
	c := peopled(t)
	admin := c.with("Authorization", "Bearer fake-admin")
	want[metav1.Status](admin.with("Impersonate-User", "nobody"), http.StatusForbidden, http.MethodGet, secretsPath, nil)
	want[objects](admin.with("Impersonate-User", "reader"), http.StatusOK, http.MethodGet, secretsPath, nil)
	want[objects](admin.with("Impersonate-User", "x").with("Impersonate-Group", "system:masters"), http.StatusOK, http.MethodGet, secretsPath, nil)
	refused := want[metav1.Status](c.with("Authorization", "Bearer fake-reader").with("Impersonate-User", "admin"), http.StatusForbidden, http.MethodGet, secretsPath, nil)
	if want := `secrets is forbidden: User "reader" cannot impersonate-on:user-info:list resource "secrets" in API group "" in the namespace "default"`; refused.Message != want {
		t.Errorf("%s\nwant %s", refused.Message, want)
	}
}
