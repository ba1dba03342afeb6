package ui

import (
	"strings"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// checkOn is the text of a check of the form on top, "" when it has none.
func checkOn(d *world, topic string) (text string, stops bool) {
	f, is := d.app.stack[len(d.app.stack)-1].(form)
	if !is {
		d.t.Fatalf("no form is on top of %s", screens(d.app))
	}
	for _, c := range f.checks {
		if c.topic == topic {
			return c.line(keymap.Default()), c.stop
		}
	}
	return "", false
}

func otherType(t *testing.T, cp *embedded.ControlPlane) {
	t.Helper()
	err := cp.SeedObject(map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
		"metadata": map[string]any{"name": "registry-login", "namespace": "kuma-system"}, "data": map[string]any{"a": "ZGVtbw=="}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatHasANameInTheNamespace holds what is said of a name that a secret of
// another type has: which this console does not list.
func TestWhatHasANameInTheNamespace(t *testing.T) {
	onKubernetes(t, 80, 24, func(d *world, cp *embedded.ControlPlane) {
		otherType(t, cp)
		d.press(":")
		d.enter("open registry-login")
		d.press("enter")
		if text := d.spoken(); !strings.Contains(text, "✗ registry-login is the name of a secret of another type (Opaque). This console leaves it alone.") {
			t.Errorf("it is not said what has the name\n%s", d.text())
		}
		d.press("esc", "2", "a")
		d.enter("registry-login")
		want := "taken by no secret of a mesh and no global one; saving tells whether a secret of another type has it"
		if got, stops := checkOn(d, "name"); got != want || stops {
			t.Errorf("the check of the name is %q, and it stops: %v", got, stops)
		}
	})
}

// TestNothingIsAddedToAMeshThatIsNotThere holds both ways there: the mesh of
// the command line, and that of an orphaned secret.
func TestNothingIsAddedToAMeshThatIsNotThere(t *testing.T) {
	t.Parallel()
	t.Run("named", func(t *testing.T) {
		onDemo(t, 80, 24, func(d *world) {
			if text := d.text(); strings.Contains(text, "a add") {
				t.Errorf("adding is offered\n%s", text)
			}
			d.press("a")
			if got, want := d.app.message.Text, "Mesh nowhere does not exist here, so nothing can be added to it. 0 shows all meshes."; got != want {
				t.Errorf("a says %q", got)
			}
		}, func(c *Config) { c.Mesh = "nowhere" })
	})
	t.Run("orphaned", func(t *testing.T) {
		onDemo(t, 80, 24, func(d *world) {
			d.press("a")
			d.enter("new-one")
			want := "mesh retired does not exist; choose another mesh, or have that one made first"
			if got, stops := checkOn(d, "mesh"); got != want || !stops {
				t.Errorf("the check of the mesh is %q, and it stops: %v", got, stops)
			}
		}, func(c *Config) { c.Mesh = "retired" })
	})
}

func TestALabelWithoutAMeaningIsToldSo(t *testing.T) {
	onCluster(t, 80, 24, func(c *cluster) {
		c.dress = func(s *model.Secret) {
			if s.Ref.Global() {
				s.Labels = map[string]string{model.LabelMesh: "payments"}
			}
		}
	}, func(d *world, _ *cluster) {
		d.find("0", "envoy-admin-ca")
		d.press("enter")
		if text := d.spoken(); !strings.Contains(text, "! mesh none: this is a global secret, and its label kuma.io/mesh=payments has no meaning there") {
			t.Errorf("the label is not explained\n%s", d.text())
		}
	})
}

// TestWhatIsBeingDeletedIsNotChanged holds it for the list and for the secret's
// own screen.
func TestWhatIsBeingDeletedIsNotChanged(t *testing.T) {
	onCluster(t, 100, 30, dressed, func(d *world, _ *cluster) {
		d.find("2", "feature-flags")
		if text := d.text(); !strings.Contains(text, "! being deleted") {
			t.Errorf("its row does not say so\n%s", text)
		}
		for _, where := range []string{"the list", "its screen"} {
			for _, key := range []string{"e", "D", "m"} {
				d.press(key)
				if got, want := d.app.message.Text, "feature-flags is being deleted already; finalizers hold it (fake.example.com/hold)."; got != want {
					t.Errorf("on %s %s says %q", where, key, got)
				}
			}
			d.press("enter")
		}
		if text := d.text(); strings.Contains(text, "e edit") || strings.Contains(text, "D delete") || strings.Contains(text, "m reassign") {
			t.Errorf("its screen offers a change\n%s", text)
		}
	})
}

// TestTheManifestSaysUntilWhen holds that the time stays in a narrow window.
func TestTheManifestSaysUntilWhen(t *testing.T) {
	t.Parallel()
	m := manifest{form: model.KubernetesForm, shown: true, until: frameTime.Add(42 * time.Second)}
	for room, want := range map[int]string{
		60: "Kubernetes form, value revealed, masked again in 42s",
		40: "Kubernetes form, masked again in 42s",
		20: "masked again in 42s",
	} {
		if got := m.state(Frame{Now: frameTime}, room); got != want {
			t.Errorf("in %d cells it says %q, want %q", room, got, want)
		}
	}
}
