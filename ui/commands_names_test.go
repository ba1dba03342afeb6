package ui

import (
	"slices"
	"strings"
	"testing"

	"meshsecrets/model"
)

func TestFramesNamesAmongCommands(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press(":")
		d.enter("payca")
		d.frame("commands-names-80x24")
	})
}

// TestGoingByName: what is chosen among the commands is gone to, from browse and
// from the screens above it.
func TestGoingByName(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press(":")
		d.enter("psp-ca")
		d.press("enter")
		if got, text := screens(d.app), d.text(); got != "/picker/browse/secret" || !strings.Contains(text, "psp-ca") {
			t.Fatalf("the screens are %s:\n%s", got, text)
		}
		d.press(":")
		d.enter("ftp")
		d.press("enter")
		if got, text := screens(d.app), d.text(); got != "/picker/browse/secret/secret" || !strings.Contains(text, "ftp-upload-password") {
			t.Fatalf("the screens are %s:\n%s", got, text)
		}
		d.press("esc", "esc", ":")
		d.enter("chk")
		d.press("enter")
		if text := d.text(); !strings.Contains(text, "Secrets · checkout") {
			t.Errorf("mesh checkout is not shown:\n%s", text)
		}
		d.press(":")
		d.enter("mesh nowhere")
		d.press("enter")
		if got := d.app.message.Text; got != "No mesh is called nowhere." || screens(d.app) != "/picker/browse/secret/secret/commands" && screens(d.app) != "/picker/browse/commands" {
			t.Errorf("the message is %q on %s", got, screens(d.app))
		}
		d.press("esc", ":")
		d.enter("mesh all")
		d.press("enter")
		if text := d.text(); !strings.Contains(text, "Secrets · all meshes") {
			t.Errorf("all meshes are not shown:\n%s", text)
		}
	})
}

// TestGoingByMeshAndName: what opens a secret is found when it is typed as well.
func TestGoingByMeshAndName(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press(":")
		d.enter("payments/psp-ca")
		d.press("enter")
		if got, text := screens(d.app), d.text(); got != "/picker/browse/secret" || !strings.Contains(text, "psp-ca") {
			t.Errorf("the screens are %s:\n%s", got, text)
		}
	})
}

// A mesh may have the name that stands for all, or for no mesh.
func TestGoingToAMeshCalledAll(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).at("default", "smtp-password")
	b := r.list()
	for _, name := range []string{"all", "global"} {
		b.stock.inventory.Meshes = append(slices.Clone(b.stock.inventory.Meshes), model.MeshSummary{Mesh: model.Mesh{Name: name}})
		n := names{inventory: b.stock.inventory, meshes: true}.seek(name)
		if len(n.found) == 0 || n.found[0].mesh != name {
			t.Fatalf("%s finds %v", name, n.found)
		}
		next, result := b.Do(r.frame(), *n.found[0].press())
		r.then(result.Run)
		if got := next.(browse).scope; got != (model.Scope{Mesh: name}) {
			t.Errorf("%s goes to %+v", name, got)
		}
	}
}

// What is switched off is said to be, and why, by its name as by its key.
func TestCommandsThatAreSwitchedOff(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		for _, keys := range [][]string{{"x"}, {":", "r", "e", "v", "e", "a", "l", "enter"}} {
			d.press(keys...)
			if got, want := d.app.message.Text, "Revealing is switched off for demo. Facts and references stay visible."; got != want {
				t.Errorf("%v says %q", keys, got)
			}
		}
	}, func(c *Config) { noReveal(c.Start) })
}

// TestCommandsByTheirLetters: what nothing begins with or holds is looked for by
// its letters.
func TestCommandsByTheirLetters(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press(":")
		d.enter("rlod")
		d.press("tab")
		if text := d.text(); !strings.Contains(text, ": reload") {
			t.Errorf("reload is not found:\n%s", text)
		}
	})
}
