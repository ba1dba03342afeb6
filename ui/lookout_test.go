package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

var smtp = model.Ref{Mesh: "default", Name: "smtp-password"}

// edge is a MeshGateway of the mesh default that names a secret.
func edge(secret string) map[string]any {
	return map[string]any{"apiVersion": "kuma.io/v1alpha1", "kind": "MeshGateway", "mesh": "default", "metadata": map[string]any{"name": "edge"},
		"spec": map[string]any{"conf": map[string]any{"listeners": []any{map[string]any{
			"port": 8443, "tls": map[string]any{"certificates": []any{map[string]any{"secret": secret}}}}}}}}
}

// put stores an object in the cluster.
func (d *world) put(cp *embedded.ControlPlane, object map[string]any) {
	d.t.Helper()
	if err := cp.SeedObject(object); err != nil {
		d.t.Fatal(err)
	}
}

// uses tells who uses a secret, as the list has it.
func (d *world) uses(ref model.Ref) string {
	d.t.Helper()
	row, found := browsing(d).stock.inventory.Find(ref)
	if !found {
		return "missing"
	}
	var users []string
	for _, u := range row.Users {
		users = append(users, u.User())
	}
	return strings.Join(users, ", ")
}

// A policy is marked in the list as soon as it is made, changed and deleted,
// without a poll, also on the screens above.
func TestAPolicyThatChangesIsShown(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane) {
		d.find("2", smtp.Name)
		d.put(cp, edge(smtp.Name))
		d.later()
		if got := d.uses(smtp); got != "MeshGateway edge" {
			t.Errorf("once it is made: %q", got)
		}
		d.press("u")
		d.holds("on the screen of who uses it", "MeshGateway edge", "live.")
		d.put(cp, edge("kafka-truststore"))
		d.later()
		if got := d.uses(smtp); got != "" {
			t.Errorf("once it names another: %q", got)
		}
		d.press("esc")
		if got := d.uses(model.Ref{Mesh: "default", Name: "kafka-truststore"}); got != "MeshGateway edge" {
			t.Errorf("the other is used by %q", got)
		}
		if err := cp.Delete("/meshes/default/meshgateways/edge"); err != nil {
			t.Fatal(err)
		}
		d.later()
		if got := d.uses(model.Ref{Mesh: "default", Name: "kafka-truststore"}); got != "" {
			t.Errorf("once it is deleted the other is used by %q", got)
		}
	})
}

// What may not be watched is read at a pace, and that is said once, and in line 1.
func TestKindsThatMayNotBeWatched(t *testing.T) {
	faulty(t, func(d *world, cp *embedded.ControlPlane, m *meddler, _ *switchboard) {
		m.meddle(func(r *http.Request) (*http.Response, error) {
			if !isWatch(r) || strings.HasSuffix(r.URL.Path, "/secrets") {
				return nil, nil
			}
			return statusOf(r, http.StatusForbidden, "Forbidden", `meshes.kuma.io is forbidden: User "jo" cannot watch resource "meshes" in API group "kuma.io" at the cluster scope`), nil
		})
		d.press("ctrl+r")
		d.later()
		d.find("2", smtp.Name)
		d.wait(0)
		if got := freshnessOf(d); got != "references read every 30s" {
			t.Errorf("the header says %q", got)
		}
		d.frame("browse-kinds-unwatched-100x30")
		d.put(cp, edge(smtp.Name))
		d.pass(10 * time.Second)
		if got := d.uses(smtp); got != "" {
			t.Errorf("after ten seconds it is used by %q", got)
		}
		d.pass(25 * time.Second)
		if got := d.uses(smtp); got != "MeshGateway edge" {
			t.Errorf("after half a minute it is used by %q", got)
		}
		m.meddle(nil)
		d.press("ctrl+r")
		d.later()
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once they may be watched, and that is asked again, the header says %q", got)
		}
	})
}

// Open watches may not notice that the login is not accepted any more: somebody
// asks.
func TestWatchesAreProbed(t *testing.T) {
	faulty(t, func(d *world, _ *embedded.ControlPlane, m *meddler, _ *switchboard) {
		d.press("4")
		m.meddle(func(r *http.Request) (*http.Response, error) {
			return statusOf(r, http.StatusUnauthorized, "Unauthorized", "Unauthorized"), nil
		})
		d.pass(32 * time.Second)
		if got := freshnessOf(d); !strings.HasPrefix(got, "! not live for") {
			t.Errorf("after half a minute the header says %q", got)
		}
		m.meddle(nil)
		d.pass(12 * time.Second)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once the login is accepted the header says %q", got)
		}
	})
}

// Kinds that are not there, and kinds that may not be listed, are named wherever
// an answer depends on them.
func TestKindsThatWereNotReadAreNamed(t *testing.T) {
	t.Parallel()
	const secret = "stripe-webhook-token"
	some := plant([]model.ResourceKind{model.KindMeshGateway})
	bench := func(t *testing.T) *workbench { return plantedBench(t, 120, 60, some) }
	for name, shown := range map[string]func(*testing.T) string{
		"delete": func(t *testing.T) string { return bench(t).remove("payments", secret).settle().shown() },
		"edit": func(t *testing.T) string {
			return bench(t).edit("payments", "psp-ca").settle().write("fake").press("ctrl+s").shown()
		},
		"reassign": func(t *testing.T) string {
			return bench(t).reassign("payments", secret).press("enter").settle().shown()
		},
		"used by":  func(t *testing.T) string { return withoutGateways(t, secret, "u") },
		"secret":   func(t *testing.T) string { return withoutGateways(t, secret, "enter") },
		"problems": func(t *testing.T) string { return withoutGateways(t, secret, "p") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := flat(shown(t))
			for _, want := range []string{"MeshOPA, OPAPolicy", "not on this control plane", "MeshGateway", "you may not list it"} {
				if !strings.Contains(strings.ReplaceAll(text, "MeshOPA (not on this control plane), OPAPolicy", "MeshOPA, OPAPolicy"), want) {
					t.Errorf("%q is not on screen\n%s", want, text)
				}
			}
		})
	}
}

// withoutGateways is a screen about a secret, where MeshGateways may not be listed.
func withoutGateways(t *testing.T, secret string, keys ...string) (text string) {
	t.Helper()
	throughPlane(t, 120, 50, func(p backend.ControlPlane) backend.ControlPlane {
		return planted{p, nil, []model.ResourceKind{model.KindMeshGateway}}
	}, func(d *world, _ *switchboard) {
		d.settle()
		d.find("4", secret)
		d.press(keys...)
		text = d.text()
	})
	return text
}

// flat is a screen without lines and borders.
func flat(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "|", " ").Replace(text)), " ")
}
