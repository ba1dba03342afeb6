package embedded_test

import (
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
)

// TestQuota holds that a quota is asked in a dry run too, before it is looked
// whether the name is taken, and that a delete makes room.
func TestQuota(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{Empty: true})
	plane.Seed(embedded.Secret{Mesh: "default", Name: "one", Value: []byte("fake")}, embedded.Secret{Mesh: "default", Name: "elsewhere", Namespace: "default", Value: []byte("fake")})
	plane.SetRule(embedded.SecretQuota(2))
	create := func(query, name string) (int, string) {
		status, a := ask(t, plane, http.MethodPost, clusterSecrets+query, held(name, meshSecret, "default", "fake"))
		return status, a.Message
	}
	const full = `secrets "three" is forbidden: exceeded quota: secrets-count, requested: count/secrets=1, used: count/secrets=2, limited: count/secrets=2`
	for _, try := range []struct {
		query, name string
		status      int
		message     string
	}{
		{"?dryRun=All", "one", http.StatusConflict, `secrets "one" already exists`},
		{"?dryRun=All", "two", http.StatusCreated, ""},
		{"", "two", http.StatusCreated, ""},
		{"?dryRun=All", "three", http.StatusForbidden, full},
		{"", "three", http.StatusForbidden, full},
		{"?dryRun=All", "one", http.StatusForbidden, strings.ReplaceAll(full, "three", "one")},
	} {
		if status, message := create(try.query, try.name); status != try.status || message != try.message {
			t.Errorf("%s%s: %d %q, want %d %q", try.name, try.query, status, message, try.status, try.message)
		}
	}
	ask(t, plane, http.MethodDelete, clusterSecrets+"/one", nil)
	if status, message := create("", "three"); status != http.StatusCreated {
		t.Errorf("after a delete: %d %q", status, message)
	}
	plane.SetRule(nil)
	if status, message := create("", "four"); status != http.StatusCreated {
		t.Errorf("without a rule: %d %q", status, message)
	}
}

// TestPolicy holds that a rule can refuse whatever it likes, after what the
// control plane refuses, and even while that does not answer.
func TestPolicy(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{})
	asked := 0
	plane.SetRule(func(w cluster.Write) error {
		if w.New == nil || w.New.Kind != cluster.Secrets || w.New.Meta.Labels["kuma.io/mesh"] != "blue" {
			return nil
		}
		asked++
		return embedded.DeniedByPolicy(w, "no secrets in blue")
	})
	for _, answers := range []bool{true, false} {
		plane.SetAdmission(answers)
		status, a := ask(t, plane, http.MethodPost, clusterSecrets+"?dryRun=All", held("x", meshSecret, "blue", "fake"))
		if want := `admission webhook "validate.policy.example.test" denied the request: metadata.labels: no secrets in blue`; status != http.StatusUnprocessableEntity || a.Message != want {
			t.Errorf("%d %q, want %q", status, a.Message, want)
		}
	}
	plane.SetAdmission(true)
	if status, a := ask(t, plane, http.MethodPost, clusterSecrets, held("x", meshSecret, "blue", "")); status != http.StatusUnprocessableEntity || strings.Contains(a.Message, "policy") {
		t.Errorf("%d %q", status, a.Message)
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
	if status, a := ask(t, plane, http.MethodPost, clusterSecrets, held("x", meshSecret, "green", "fake")); status != http.StatusCreated {
		t.Errorf("%d %q", status, a.Message)
	}
}
