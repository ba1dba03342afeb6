package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// dressed makes secrets of the demo into what only a cluster has.
func dressed(c *cluster) {
	c.dress = func(s *model.Secret) {
		switch s.Ref.Name {
		case "session-cookie-key":
			s.Unlabelled, s.Labels = true, nil
			s.Object = model.Object{Annotations: []string{"team"}, Applied: true, MadeBy: "kubectl", Managers: []string{"kubectl"},
				Keys: []model.DataKey{{Name: "password", Size: 14}}}
		case "smtp-password":
			s.Object = model.Object{Immutable: true, Annotations: []string{"fake.example.com/a", "fake.example.com/b"}, MadeBy: "helm"}
		case "dataplane-token-signing-key-default-1":
			s.Object = model.Object{Owners: []string{"Mesh default"}, MadeBy: "kuma-cp"}
		case "feature-flags":
			s.Object = model.Object{Deleting: true, Finalizers: []string{"fake.example.com/hold"}, Annotations: []string{"evil\x1b[2J"}, MadeBy: "evil\x1b]0;"}
		case "warehouse-password":
			s.Object, s.Labels = model.Object{EmptyLabel: true}, map[string]string{model.LabelMesh: ""}
		}
	}
}

func TestFramesObject(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name   string
		w, h   int
		secret string
		keys   []string
	}{
		{"secret-kubernetes-100x30", 100, 30, "session-cookie-key", []string{"enter"}},
		{"secret-kubernetes-80x24", 80, 24, "session-cookie-key", []string{"enter"}},
		{"browse-unlabelled-120x40", 120, 40, "session-cookie-key", nil},
		{"secret-immutable-80x24", 80, 24, "smtp-password", []string{"enter"}},
		{"edit-immutable-80x24", 80, 24, "smtp-password", []string{"e"}},
		{"secret-owned-80x24", 80, 24, "dataplane-token-signing-key-default-1", []string{"enter"}},
		{"secret-deleting-80x24", 80, 24, "feature-flags", []string{"enter"}},
		{"secret-empty-label-80x24", 80, 24, "warehouse-password", []string{"enter"}},
		{"manifest-object-80x24", 80, 24, "session-cookie-key", []string{"y"}},
		{"manifest-immutable-80x24", 80, 24, "smtp-password", []string{"y"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			onCluster(t, f.w, f.h, dressed, func(d *world, _ *cluster) {
				d.find("2", f.secret)
				d.press(f.keys...)
				d.frame(f.name)
			})
		})
	}
}

func TestAnImmutableSecretIsRefusedBeforeTyping(t *testing.T) {
	t.Parallel()
	const want = "smtp-password is immutable and cannot be edited. Delete it and add it again, or reassign it."
	t.Run("known", func(t *testing.T) {
		onCluster(t, 80, 24, dressed, func(d *world, _ *cluster) {
			d.find("2", "smtp-password")
			d.press("e")
			if got := d.app.message.Text; got != want {
				t.Errorf("e says %q", got)
			}
		})
	})
	t.Run("found out", func(t *testing.T) {
		onCluster(t, 80, 24, dressed, func(d *world, _ *cluster) {
			d.find("0", "smtp-password")
			d.press("e")
			if got := screens(d.app); got != "/picker/browse/refusal" {
				t.Errorf("the screens are %s", got)
			}
			if text := strings.Join(strings.Fields(d.text()), " "); !strings.Contains(text, "is immutable and cannot be edited") {
				t.Errorf("the reason is not on screen\n%s", d.text())
			}
		})
	})
}

func TestSavingDropsTheAnnotationAndSaysSo(t *testing.T) {
	onCluster(t, 100, 30, dressed, func(d *world, c *cluster) {
		d.find("2", "session-cookie-key")
		d.press("e")
		for _, letter := range "demo, not real" {
			d.press(string(letter))
		}
		d.frame("edit-exposed-100x30")
		undressed := c.dress
		c.dress = func(s *model.Secret) {
			undressed(s)
			s.Object.Applied = false
		}
		d.press("ctrl+s")
		want := "session-cookie-key saved. The annotation that held the old value in the clear is gone; replace that value where it was used."
		if got := d.app.message; got.Mark != "✓" || got.Text != want {
			t.Errorf("the message is %v", got)
		}
	})
}

func TestANameIsTakenInAnotherMesh(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, _ *cluster) {
		d.press("2", "a")
		d.enter("ftp-upload-password")
		d.frame("add-taken-elsewhere-100x30")
	})
}

// TestANameThatOnlyTheServerKnows holds what is said when the list did not hold
// the other one.
func TestANameThatOnlyTheServerKnows(t *testing.T) {
	taken := &backend.Error{Kind: backend.ErrExists, Op: "saving", Status: http.StatusConflict,
		Reason: "registry-login is the name of a secret of another type (kubernetes.io/dockerconfigjson), and on Kubernetes a name exists once", Hint: "Choose another name."}
	onPlane(t, 100, 30, func(p backend.ControlPlane) backend.ControlPlane {
		return &faultyPlane{ControlPlane: &cluster{ControlPlane: p, pageSize: 500, pushed: make(chan told)}, parked: make(chan struct{}, 10),
			before: func(op string, _ model.Ref) error {
				if op == "create" {
					return taken
				}
				return nil
			}}
	}, func(d *world, _ *switchboard) {
		d.press("2", "a")
		d.enter("registry-login")
		d.press("tab", "tab", "tab")
		d.enter("demo, not real")
		d.press("ctrl+s")
		if got, want := d.app.message.Text, taken.Reason+". Choose another name. Your text is kept."; got != want {
			t.Errorf("the message is %q, want %q", got, want)
		}
		if text := strings.Join(strings.Fields(d.text()), " "); !strings.Contains(text, "1 to mend before saving") {
			t.Errorf("the name is still offered\n%s", d.text())
		}
	})
}

// TestHeadline holds the order in which the parts of line 1 give way.
func TestHeadline(t *testing.T) {
	t.Parallel()
	id := backend.Identity{Product: "Kong Mesh", Version: "2.14.3", Environment: backend.Kubernetes, Mode: backend.ModeZone, SystemNamespace: "kong-mesh-system", MayWrite: true}
	entry := backend.Entry{Name: "prod-eu", Protected: true}
	s := &session{id: id, entry: entry, gate: backend.NewGate(&cluster{}, entry)}
	for _, c := range []struct {
		w    int
		want string
	}{
		{100, " meshsecrets  prod-eu [protected] · Kubernetes kong-mesh-system · Kong Mesh 2.14.3 · zone"},
		{80, " meshsecrets  prod-eu [protected] · Kubernetes · Kong Mesh 2.14.3 · zone"},
		{70, " meshsecrets  prod-eu [protected] · Kubernetes · zone"},
		{50, " prod-eu [protected] · Kubernetes · zone"},
		{40, " prod-eu [protected] · Kubernetes"},
		{30, " prod-eu [protected]"},
	} {
		line := strings.TrimRight(s.headline(c.w, say(Plain, "live"), awareness{}).plain(), " ")
		if got := strings.TrimRight(strings.TrimSuffix(line, "live"), " "); got != c.want {
			t.Errorf("at %d cells line 1 is\n%q, want\n%q", c.w, got, c.want)
		}
	}
}

// clusters are contexts of a kubeconfig beside the other entries.
func clusters(t *testing.T) listed {
	t.Helper()
	all := picked(t)
	connected := all[1]
	connected.Name, connected.Group, connected.Environment, connected.Address = "prod-us", "kubeconfig", backend.Kubernetes, "https://k8s-us.example.com:6443"
	connected.Connect = asCluster(connected.Connect, nil)
	return append(listed{
		{Name: "prod-eu", Group: "kubeconfig", Environment: backend.Kubernetes, Address: "https://k8s-eu.example.com:6443", Protected: true, Connect: all[0].Connect},
		connected,
		{Name: "kind-lab", Group: "kubeconfig", Environment: backend.Kubernetes, Address: "https://127.0.0.1:40411", Unverified: true, Note: "runs cloud-login to log in", Connect: all[0].Connect},
	}, all[3:]...)
}

func TestFramesPickerOfClusters(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{"picker-clusters-120x30": {120, 30}, "picker-clusters-80x24": {80, 24}} {
		t.Run(name, func(t *testing.T) {
			onPicker(t, size[0], size[1], clusters, func(d *world) {
				d.press("g", "enter", "j", "enter", "j")
				d.wait(3 * time.Second)
				d.frame(name)
				d.press("k")
				if text := d.text(); !strings.Contains(text, "Its namespace is kong-mesh-system, from its admission webhook.") {
					t.Errorf("the namespace and how it was found are not told\n%s", text)
				}
			})
		})
	}
}
