package ui

import (
	"encoding/base64"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// TestFramesPastedManifest: a manifest of either dialect is told from a value, and
// taken apart when that is wanted.
func TestFramesPastedManifest(t *testing.T) {
	t.Parallel()
	value := base64.StdEncoding.EncodeToString([]byte("fake-not-a-real-password"))
	for name, text := range map[string]string{
		"universal":  "type: Secret\nmesh: checkout\nname: reader\nlabels:\n  team: web\ndata: " + value + "\n",
		"kubernetes": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: reader\n  labels:\n    kuma.io/mesh: checkout\n    team: web\ntype: system.kuma.io/secret\ndata:\n  value: " + value + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 100, 30, func(d *world) {
				d.press("2", "a")
				d.enter("something")
				d.press("tab", "tab", "tab")
				d.send(tea.PasteMsg{Content: text})
				if name == "universal" {
					d.frame("add-manifest-100x30")
				}
				d.press("enter")
				for _, want := range []string{"mesh       [checkout]", "name       reader", "text, 24 bytes", "Its labels are left out"} {
					if !strings.Contains(d.text(), want) {
						t.Errorf("%q is not there:\n%s", want, d.text())
					}
				}
				d.press("ctrl+s")
				if got := d.app.message.Text; !strings.HasPrefix(got, "reader saved in checkout") {
					t.Errorf("the message is %q", got)
				}
			})
		})
	}
}

// What is pasted into the name and has several lines is a value, and never shown.
func TestAPasteIntoTheNameIsAValue(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("2", "a")
		value := base64.StdEncoding.EncodeToString([]byte("fake-not-a-real-password"))
		d.send(tea.PasteMsg{Content: "type: Secret\nmesh: checkout\nname: reader\ndata: " + value + "\n"})
		if got := d.app.message.Text; strings.Contains(d.text(), value) || got != "Several lines are no name: they were taken as the value." {
			t.Errorf("the message is %q:\n%s", got, d.text())
		}
		d.press("enter")
		if !strings.Contains(d.text(), "name       reader") {
			t.Errorf("it is not taken apart:\n%s", d.text())
		}
	})
}

// A manifest is not stored as a value without a question.
func TestAManifestAsAValueIsAskedAbout(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("2", "a")
		d.enter("something")
		d.press("tab", "tab", "tab")
		d.send(tea.PasteMsg{Content: "type: Secret\nmesh: checkout\nname: reader\ndata: ZmFrZQ==\n"})
		d.press("ctrl+s")
		if got := screens(d.app); got != "/picker/browse/form/approval" || !strings.Contains(d.text(), "This is the manifest of reader of checkout") {
			t.Errorf("the screens are %s:\n%s", got, d.text())
		}
		d.frame("add-manifest-asked-100x30")
	})
}

func TestPastesThatAreNoManifests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"type: Secret\nmesh: checkout\nname: reader\ndata: ••••••••\n":    "this is a masked manifest",
		"type: Secret\nmesh: nowhere\nname: reader\ndata: ZmFrZQ==\n":     "the manifest of reader of nowhere",
		"type: Secret\nname: reader\nsomething: else\ndata: ZmFrZQ==\n":   "cannot be taken apart",
		"type: Secret\nname: a\ndata: YQ==\n---\ntype: Secret\nname: b\n": "these are several manifests",
		`{"Secret": "fake", "data": "a JSON value and no manifest"}`:      "",
		"a Secret with data in words":                                     "",
	} {
		t.Run(want, func(t *testing.T) {
			onDemo(t, 120, 40, func(d *world) { pastes(t, d, text, want) })
		})
	}
}

func pastes(t *testing.T, d *world, text, want string) {
	t.Helper()
	d.press("2", "a")
	d.enter("something")
	d.press("tab", "tab", "tab")
	d.send(tea.PasteMsg{Content: text})
	shown := strings.Contains(d.text(), " manifest ")
	if shown != (want != "") || !strings.Contains(d.text(), want) {
		t.Errorf("%q is not told:\n%s", want, d.text())
	}
	if strings.Contains(want, "nowhere") {
		d.press("enter")
		if got := d.app.message.Text; !strings.HasPrefix(got, "Mesh nowhere of the manifest does not exist") {
			t.Errorf("the message is %q", got)
		}
	}
}
