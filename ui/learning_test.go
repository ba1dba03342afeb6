package ui

import (
	"slices"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

func kindOf(d *world, mesh, name string) model.Kind {
	d.t.Helper()
	b := d.app.stack[len(d.app.stack)-1].(browse)
	row, ok := b.stock.inventory.Find(model.Ref{Mesh: mesh, Name: name})
	if !ok {
		d.t.Fatalf("%s/%s is not in the list", mesh, name)
	}
	return row.Secret.Facts.Kind
}

func TestFactsAreLearntForTheMeshOnScreenOnly(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		if got := c.asksFor("learn"); got != nil {
			t.Errorf("with all meshes on screen facts of %q were read", got)
		}
		d.press("4")
		// Eight secrets of payments, five on a page.
		if got, want := c.asksFor("learn"), []string{"payments", "payments"}; !slices.Equal(got, want) {
			t.Errorf("pages of %q were read, want %q", got, want)
		}
		if got := kindOf(d, "payments", "psp-ca"); got != model.CACertificate {
			t.Errorf("psp-ca is %v", got)
		}
		if got := kindOf(d, "default", "feature-flags"); got != model.Unlearnt {
			t.Errorf("feature-flags of another mesh is %v", got)
		}
		d.press("3", "4")
		if got := len(c.asksFor("learn")); got != 3 {
			t.Errorf("%d pages were read in all; legacy has one, payments is known", got)
		}
		d.frame("browse-cluster-100x30")
	})
}

func TestFramesFactsNotReadYet(t *testing.T) {
	onCluster(t, 80, 24, holding("learn", func() chan struct{} { return make(chan struct{}) }), func(d *world, _ *cluster) {
		d.press("4", "j")
		d.wait(time.Second)
		d.frame("browse-unlearnt-80x24")
	})
}

func TestReadingFactsEndsWithTheMesh(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, holding("learn", func() chan struct{} { held = make(chan struct{}); return held }), func(d *world, c *cluster) {
		d.press("4", "2")
		close(held)
		d.settle()
		if got := kindOf(d, "payments", "psp-ca"); got != model.Unlearnt {
			t.Errorf("facts of a mesh that was left were worked in: %v", got)
		}
		if got := kindOf(d, "default", "feature-flags"); got != model.JSON {
			t.Errorf("feature-flags is %v", got)
		}
	})
}

func TestFactsOfAllMeshesOnRequest(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, holding("learn", func() chan struct{} { held = make(chan struct{}); return held }), func(d *world, c *cluster) {
		d.press(":")
		d.enter("learn")
		d.press("enter")
		d.frame("browse-learning-100x30")
		d.press("esc")
		if got := d.app.message.Text; got != "Reading facts was stopped; what was learnt stays." {
			t.Errorf("the message is %q", got)
		}
		close(held)
		d.settle()
		if got := kindOf(d, "default", "feature-flags"); got != model.Unlearnt {
			t.Errorf("facts were worked in after esc: %v", got)
		}
		d.press(":")
		d.enter("learn facts")
		d.press("enter")
		if got := kindOf(d, "default", "feature-flags"); got != model.JSON {
			t.Errorf("feature-flags is %v", got)
		}
		d.press(":")
		d.enter("learn facts")
		d.press("enter")
		if got := d.app.message.Text; got != "The facts of all secrets are known." {
			t.Errorf("the message is %q", got)
		}
	})
}

func TestFactsThatMayNotBeReadAreToldOnce(t *testing.T) {
	onCluster(t, 100, 30, deny("learn", "you may not list secrets in namespace kong-mesh-system"), func(d *world, c *cluster) {
		d.press("4")
		d.frame("browse-values-forbidden-100x30")
		d.press("3")
		if d.app.message != (Message{}) {
			t.Errorf("it is told again: %q", d.app.message.Text)
		}
		if got := len(c.asksFor("learn")); got != 1 {
			t.Errorf("facts were asked for %d times", got)
		}
	})
}

func TestAChangedSecretIsLearntAnew(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		d.press("4")
		before := len(c.asksFor("learn"))
		event := c.changed(d, model.Ref{Mesh: "payments", Name: "psp-ca"}, "later")
		c.dress = func(s *model.Secret) {
			if s.Ref.Name == "psp-ca" {
				s.Version.Revision = "later"
			}
		}
		c.push(d, backend.Batch{Events: []backend.Event{event}}, nil)
		if got := kindOf(d, "payments", "psp-ca"); got != model.CACertificate {
			t.Errorf("psp-ca is %v after its change", got)
		}
		if got := len(c.asksFor("learn")) - before; got != 2 {
			t.Errorf("%d pages were read for it, want 2", got)
		}
		// A version that nobody can read any more is asked for once.
		event.Secret.Version.Revision = "gone by"
		c.push(d, backend.Batch{Events: []backend.Event{event}}, nil)
		c.push(d, backend.Batch{}, nil)
		if got := len(c.asksFor("learn")) - before; got != 4 {
			t.Errorf("%d pages were read in all, want 4", got)
		}
		if got := kindOf(d, "payments", "psp-ca"); got != model.Unlearnt {
			t.Errorf("psp-ca is %v, of a version that was not read", got)
		}
	})
}
