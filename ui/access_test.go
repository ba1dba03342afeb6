package ui

import (
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

func TestFramesMeshesNotRead(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		w, h int
		name string
		keys []string
	}{
		{100, 30, "browse-meshes-unread-100x30", []string{"2"}},
		{80, 24, "meshes-unread-80x24", []string{"2", "tab"}},
	} {
		t.Run(size.name, func(t *testing.T) {
			onCluster(t, size.w, size.h, deny("resources Mesh", "you may not list meshes.kuma.io"), func(d *world, _ *cluster) {
				d.press(size.keys...)
				d.frame(size.name)
			})
		})
	}
}

// TestWithoutMeshesNothingIsOrphaned holds what least privilege makes of the
// demo: retired is a mesh like others, and every answer says what was not read.
func TestWithoutMeshesNothingIsOrphaned(t *testing.T) {
	onCluster(t, 120, 40, deny("resources Mesh", "you may not list meshes.kuma.io"), func(d *world, c *cluster) {
		d.find("0", "retired-shop-token")
		d.press("enter")
		text := strings.Join(strings.Fields(d.text()), " ")
		if strings.Contains(text, "orphaned") || !strings.Contains(text, "Mesh not read, you may not list it") {
			t.Errorf("the secret's screen does not say that meshes were not read\n%s", text)
		}
		d.press("D")
		if text := d.text(); !strings.Contains(text, "Mesh was not read: you may not list it.") {
			t.Errorf("the confirm does not say that meshes were not read\n%s", text)
		}
		d.press("esc", "esc")
		d.find("0", "retired-shop-token")
		d.press("tab", "G", "tab", "a")
		d.enter("new-one")
		if text := d.text(); !strings.Contains(text, "exists is not known: you may not list meshes") {
			t.Errorf("the form does not say that the mesh is not known\n%s", text)
		}
	})
}

func TestFramesListForbidden(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{"browse-denied-100x30": {100, 30}, "browse-denied-80x24": {80, 24}} {
		t.Run(name, func(t *testing.T) {
			onCluster(t, size[0], size[1], deny("list", "you may not list secrets in namespace kong-mesh-system"), func(d *world, _ *cluster) {
				d.frame(name)
			})
		})
	}
}

// openByName types :open NAME.
func (d *world) openByName(word string) {
	d.press(":")
	d.enter("open " + word)
	d.press("enter")
}

func TestOpenByNameWithoutAList(t *testing.T) {
	onCluster(t, 80, 24, deny("list", "you may not list secrets in namespace kong-mesh-system"), func(d *world, c *cluster) {
		d.openByName("psp-ca")
		text := d.text()
		for _, want := range []string{"mesh payments", "in use", "by ExternalService psp", "psp demo CA"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on the screen of the secret\n%s", want, text)
			}
		}
		d.press("D")
		if text := d.text(); !strings.Contains(text, "Calls to psp") {
			t.Errorf("the deletion does not know who uses it\n%s", text)
		}
	})
}

func TestOpenByNameFindsSeveral(t *testing.T) {
	onCluster(t, 80, 24, func(c *cluster) {
		deny("list", "you may not list secrets in namespace kong-mesh-system")(c)
		c.locates = func() []model.Ref {
			return []model.Ref{{Mesh: "default", Name: "smtp-password"}, {Mesh: "legacy", Name: "smtp-password"}}
		}
	}, func(d *world, _ *cluster) {
		d.openByName("smtp-password")
		d.frame("open-several-80x24")
		d.press("esc")
		d.openByName("default/smtp-password")
		if got := screens(d.app); got != "/picker/browse/secret" {
			t.Errorf("the screens are %s", got)
		}
	})
}

func TestOpenByNameOfNone(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.openByName("nowhere")
		d.frame("open-none-80x24")
		d.press("esc")
		d.openByName("global/psp-ca")
		if text := d.text(); !strings.Contains(text, "No secret is called psp-ca among the global secrets on demo.") {
			t.Errorf("it found\n%s", text)
		}
		d.press("esc")
		d.openByName("payments/psp-ca")
		if got := screens(d.app); got != "/picker/browse/secret" {
			t.Errorf("the screens are %s", got)
		}
	})
}

func TestOpenByNameAsksForTheName(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press(":")
		d.enter("open N")
		d.press("tab", "enter")
		if got := d.app.message.Text; !strings.HasPrefix(got, "Type the word after open") {
			t.Errorf("the message is %q", got)
		}
		d.frame("commands-open-80x24")
	})
}

func TestASecretThatMayNotBeReadNamesTheRight(t *testing.T) {
	onCluster(t, 80, 24, deny("get payments/psp-ca", "you may not get secrets in namespace kong-mesh-system"), func(d *world, _ *cluster) {
		d.find("0", "psp-ca")
		d.press("enter")
		d.frame("secret-forbidden-kubernetes-80x24")
	})
}

// prevented is a control plane on which the rights to write are missing.
type prevented struct{ *cluster }

func (p prevented) Identity() backend.Identity {
	id := p.cluster.Identity()
	id.MayWrite, id.WhyNot = false, "you may not create, update or delete secrets in kong-mesh-system"
	return id
}

func TestReadingWithoutWriting(t *testing.T) {
	onPlane(t, 100, 30, func(p backend.ControlPlane) backend.ControlPlane {
		return prevented{&cluster{ControlPlane: p, pageSize: 500, pushed: make(chan told)}}
	}, func(d *world, _ *switchboard) {
		d.press("4", "j", "e")
		if got, want := d.app.message.Text, "local is read-only (you may not create, update or delete secrets in kong-mesh-system): nothing can be changed here."; got != want {
			t.Errorf("e says %q, want %q", got, want)
		}
		if text := d.text(); !strings.Contains(text, "[read-only]") || strings.Contains(text, "e edit") {
			t.Errorf("writing is offered\n%s", text)
		}
	})
}
