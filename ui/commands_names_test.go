package ui

import (
	"strings"
	"testing"
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
		if got := d.app.message.Text; got != "No mesh is called nowhere." {
			t.Errorf("the message is %q", got)
		}
		d.press("esc", ":")
		d.enter("mesh all")
		d.press("enter")
		if text := d.text(); !strings.Contains(text, "Secrets · all meshes") {
			t.Errorf("all meshes are not shown:\n%s", text)
		}
	})
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
