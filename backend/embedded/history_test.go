package embedded_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"meshsecrets/backend/embedded"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

const copyType = "meshsecrets.io/reassign-v1"

// history writes down what it is told, as one line each.
type history struct {
	lines    []string
	revision uint64
	backward bool
}

func (h *history) observe(e embedded.Event) {
	h.backward = h.backward || e.Revision <= h.revision
	h.revision = e.Revision
	word := "is"
	if e.Deleted {
		word = "goes"
	}
	h.lines = append(h.lines, fmt.Sprintf("%s/%s %s %s%s%s", e.Mesh, e.Name, word, e.Value, e.Data["v.value"], e.Labels["team"]))
}

// TestHistory holds that each change of a secret is told of once and in order,
// in both environments.
func TestHistory(t *testing.T) {
	t.Parallel()
	want := []string{"a/x is fake-x", "a/x is fake-xweb", "b/y is fake-y", "a/x goes fake-xweb", "/g is fake-g", "gone/z is fake-z"}
	for name, environment := range map[string]string{"on Kubernetes": embedded.EnvironmentKubernetes, "on Universal": embedded.EnvironmentUniversal} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h history
			g := newGlobal(t, embedded.Options{Environment: environment, Empty: true, Observe: h.observe})
			h.lines = nil // what was made with the meshes
			g.put("a", "x", nil)
			g.put("a", "x", map[string]string{"team": "web"})
			g.put("b", "y", nil)
			g.delete("a", "x")
			g.Seed(embedded.Secret{Name: "g", Value: []byte("fake-g")}, embedded.Secret{Mesh: "gone", Name: "z", Value: []byte("fake-z")})
			if !slices.Equal(h.lines, want) || h.backward {
				t.Errorf("told %q, want %q", h.lines, want)
			}
			g.ticks(12) // what zones are told changes no secret
			if err := g.Delete("/meshes/b"); err != nil {
				t.Fatal(err)
			}
			if gone := h.lines[len(want):]; len(gone) != 1 || gone[0][:len("b/dataplane-token-signing-key-b-1 goes")] != "b/dataplane-token-signing-key-b-1 goes" {
				t.Errorf("%d changes when a mesh went", len(gone))
			}
		})
	}
}

// TestHistoryKeepsItsOwn holds that what was told of does not change with what
// is there, and tells of what only a cluster has.
func TestHistoryKeepsItsOwn(t *testing.T) {
	t.Parallel()
	var told []embedded.Event
	g := newGlobal(t, embedded.Options{Environment: embedded.EnvironmentKubernetes, Empty: true, Observe: func(e embedded.Event) { told = append(told, e) }})
	told = nil
	body := object{"metadata": object{"name": "copy", "labels": object{model.LabelReassign: "fake-op"}}, "type": copyType, "immutable": true, "data": object{"v.value": []byte("fake-copy")}}
	ask(t, g.ControlPlane, http.MethodPost, clusterSecrets, body)
	held := g.Cluster().Get(cluster.Secrets, "kuma-system", "copy")
	if len(told) != 1 || told[0].Type != copyType || told[0].UID != string(held.Meta.UID) || !told[0].Immutable || told[0].Mesh != "" || told[0].Namespace != "kuma-system" {
		t.Fatalf("told %+v", told)
	}
	told[0].Data["v.value"][0], told[0].Labels[model.LabelReassign] = 'F', "other"
	if string(held.Data["v.value"]) != "fake-copy" || held.Meta.Labels[model.LabelReassign] != "fake-op" {
		t.Error("who is told of a change can change it")
	}
}

// TestCopies holds how a cluster and the control plane in it take what is none
// of the control plane's secrets.
func TestCopies(t *testing.T) {
	t.Parallel()
	plane := newCluster(t, embedded.Options{})
	before := namesOver(t, plane, "/secrets") + namesOver(t, plane, "/global-secrets")
	// No mesh, no value, and a name of its own: the webhook looks at its two types only.
	body := object{"metadata": object{"name": "meshsecrets-reassign-1", "labels": object{model.LabelReassign: "fake-op"}}, "type": copyType,
		"immutable": true, "data": object{"v.value": []byte("fake-copy"), "meta.json": []byte("{}")}}
	for _, query := range []string{"?dryRun=All", ""} {
		if status, a := ask(t, plane, http.MethodPost, clusterSecrets+query, body); status != http.StatusCreated {
			t.Fatalf("create%s: %d %s", query, status, a.Message)
		}
	}
	if after := namesOver(t, plane, "/secrets") + namesOver(t, plane, "/global-secrets"); after != before {
		t.Errorf("the control plane sees %q, before %q", after, before)
	}
	for selector, want := range map[string]int{"type=" + copyType: 1, "type=" + meshSecret + ",metadata.name=meshsecrets-reassign-1": 0} {
		if _, list := ask(t, plane, http.MethodGet, clusterSecrets+"?fieldSelector="+selector, nil); len(list.Items) != want {
			t.Errorf("%s: %d, want %d", selector, len(list.Items), want)
		}
	}
	path := clusterSecrets + "/meshsecrets-reassign-1"
	for name, try := range map[string]struct {
		change object
		status int
	}{
		"a value":          {object{"data": object{"v.value": []byte("fake-other")}}, 422},
		"a key more":       {object{"data": object{"more": []byte("fake-other")}}, 422},
		"no longer fixed":  {object{"immutable": false}, 422},
		"another type":     {object{"type": meshSecret}, 422},
		"a label":          {object{"metadata": object{"labels": object{"team": "web"}}}, 200},
		"the mesh's label": {relabelled("payments"), 200},
	} {
		if status, _ := ask(t, plane, http.MethodPatch, path, try.change); status != try.status {
			t.Errorf("%s: status %d, want %d", name, status, try.status)
		}
	}
	if status, _ := ask(t, plane, http.MethodDelete, path, nil); status != http.StatusOK {
		t.Errorf("delete: status %d", status)
	}
}
