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
		"type: Secret\nmesh: checkout\nname: reader\ndata: ••••••••\n":                                           "this is a masked manifest",
		"type: Secret\nmesh: nowhere\nname: reader\ndata: ZmFrZQ==\n":                                            "the manifest of reader of nowhere",
		"type: Secret\nname: reader\nsomething: else\ndata: ZmFrZQ==\n":                                          "cannot be taken apart",
		"type: Secret\nname: a\ndata: YQ==\n---\ntype: Secret\nname: b\n":                                        "these are several manifests",
		`{"Secret": "fake", "data": "a JSON value and no manifest"}`:                                             "",
		`{"kind": "Secret", "data": {"value": "ZmFrZQ=="}, "apiVersion": "v1", "metadata": {"annotations": {}}}`: "metadata holds a field that would be lost",
		`{"kind": "List", "apiVersion": "v1", "items": [{"kind": "Secret", "data": {"value": "ZmFrZQ=="}}]}`:     "the manifest holds a field that would be lost",
		"a Secret with data in words": "",
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
	if strings.Contains(want, "field that would be lost") {
		d.press("ctrl+s")
		if got := screenKind(d.app.stack[len(d.app.stack)-1]); got != "approval" {
			t.Errorf("the screen is %s", got)
		}
	}
	if strings.Contains(want, "nowhere") {
		d.press("enter")
		if got := d.app.message.Text; !strings.HasPrefix(got, "Mesh nowhere of the manifest does not exist") {
			t.Errorf("the message is %q", got)
		}
	}
}

// A manifest that takes the place of a value is asked about as well, and taken apart
// when it is the secret's own.
func TestAManifestInAnEdit(t *testing.T) {
	t.Parallel()
	value := base64.StdEncoding.EncodeToString([]byte("fake-not-a-real-password"))
	for name, c := range map[string]struct {
		of          string
		apart, asks bool
	}{
		"its own":  {"smtp-password", true, true},
		"anothers": {"reader", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 100, 30, func(d *world) {
				d.find("2", "smtp-password")
				d.press("e")
				d.send(tea.PasteMsg{Content: "type: Secret\nmesh: default\nname: " + c.of + "\ndata: " + value + "\n"})
				if got := strings.Contains(d.text(), "enter take it apart"); got != c.apart {
					t.Errorf("it is offered to be taken apart: %v\n%s", got, d.text())
				}
				if name == "its own" {
					d.frame("edit-manifest-100x30")
				}
				d.press("ctrl+s")
				if got := screens(d.app); got != "/picker/browse/form/approval" || !strings.Contains(d.text(), "This is the manifest of "+c.of+" of default") {
					t.Errorf("the screens are %s:\n%s", got, d.text())
				}
				if !c.apart {
					return
				}
				d.press("esc", "enter")
				if got := d.app.message.Text; got != "The value is that of the manifest. Nothing else is taken from it." || !strings.Contains(d.text(), "text, 24 bytes") {
					t.Errorf("the message is %q:\n%s", got, d.text())
				}
				d.press("ctrl+s")
				if got := d.app.message.Text; !strings.HasPrefix(got, "smtp-password saved in default") {
					t.Errorf("the message is %q", got)
				}
			})
		})
	}
}

// What who uses the secret makes of a manifest is asked about as of any value.
func TestAManifestInTheWrongPlace(t *testing.T) {
	onDemo(t, 100, 40, func(d *world) {
		d.find("4", "psp-ca")
		d.press("e")
		d.send(tea.PasteMsg{Content: "type: Secret\nmesh: payments\nname: psp-ca\ndata: ZmFrZQ==\n"})
		d.press("ctrl+s")
		a, asks := d.app.stack[len(d.app.stack)-1].(approval)
		if !asks || !a.change.Harms || !strings.Contains(d.text(), "This is the manifest of psp-ca of payments") {
			t.Errorf("it is not said whom it harms:\n%s", d.text())
		}
	})
}

// What was a manifest before may become another one unasked.
func TestAManifestThatWasOneBefore(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		manifest := "type: Secret\nmesh: checkout\nname: reader\ndata: ZmFrZQ==\n"
		d.press("2", "a")
		d.enter("stored-manifest")
		d.press("tab", "tab", "tab")
		d.send(tea.PasteMsg{Content: manifest})
		d.press("ctrl+s", "down", "enter")
		d.find("2", "stored-manifest")
		d.press("e")
		d.send(tea.PasteMsg{Content: manifest + "labels: {}\n"})
		d.press("ctrl+s")
		if got := d.app.message.Text; !strings.HasPrefix(got, "stored-manifest saved in default") {
			t.Errorf("the message is %q:\n%s", got, d.text())
		}
	})
}
