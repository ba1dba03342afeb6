package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func withMouse(c *Config) { c.Mouse = true }

// click clicks on the first place where a text stands.
func (d *world) click(text string) {
	d.t.Helper()
	for y, line := range strings.Split(d.text(), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			d.send(tea.MouseClickMsg{X: width(before), Y: y, Button: tea.MouseLeft})
			return
		}
	}
	d.t.Fatalf("%q is not on screen\n%s", text, d.text())
}

func (d *world) wheel(button tea.MouseButton) { d.send(tea.MouseWheelMsg{Button: button}) }

// barred holds the line with the bar to hold a text.
func (d *world) barred(text string) {
	d.t.Helper()
	for line := range strings.SplitSeq(d.text(), "\n") {
		if _, after, found := strings.Cut(line, "▌"); found {
			if !strings.Contains(after, text) {
				d.t.Errorf("the bar is at %q, want %q", after, text)
			}
			return
		}
	}
	d.t.Errorf("there is no bar\n%s", d.text())
}

func TestAClickChooses(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("4")
		for _, name := range []string{"psp-client-cert", "edge-tls", "stripe-webhook-token", "payments-ca-key"} {
			d.click(name)
			d.barred(name)
		}
		d.click("3 legacy")
		d.barred("3 legacy")
		if !strings.Contains(d.text(), "Secrets · legacy") {
			t.Errorf("the mesh is not shown\n%s", d.text())
		}
		d.click("old-dashboard-token")
		d.barred("old-dashboard-token")
		// Where nothing can be chosen nothing happens, and nothing is opened.
		before := trace(d.app)
		d.click("meshsecrets")
		d.click("Secrets")
		d.click("fingerprint")
		d.click("needs a look")
		d.click("old-dashboard-token")
		if got := screens(d.app); got != "/picker/browse" {
			t.Errorf("the screens are %s", got)
		}
		d.send(tea.MouseClickMsg{X: 50, Y: 10, Button: tea.MouseRight})
		if trace(d.app) != before {
			t.Errorf("it chooses something else\n%s", d.text())
		}
	}, withMouse)
}

func TestAClickChoosesInDialogsAndLists(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.find("4", "payments-ca-cert-old")
		d.press("D")
		d.click("delete it")
		d.barred("delete it")
		d.click("keep it")
		d.barred("keep it")
		d.press("esc", "p")
		d.click("edge-tls")
		d.barred("edge-tls")
		d.press("esc", ":")
		d.click("manifest")
		d.barred("manifest")
	}, withMouse)
}

func TestTheWheelMoves(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("4", "g")
		d.wheel(tea.MouseWheelDown)
		d.barred("payments-ca-key")
		d.wheel(tea.MouseWheelUp)
		d.barred("edge-tls")
		d.wheel(tea.MouseWheelLeft)
		d.barred("edge-tls")
		d.find("4", "payments-ca-cert")
		d.press("enter")
		d.wheel(tea.MouseWheelDown)
		if !strings.Contains(d.text(), "lines 4 to") {
			t.Errorf("it does not scroll\n%s", d.text())
		}
	}, withMouse)
}

// The mouse belongs to the terminal, which selects text with it, unless somebody
// asked for it.
func TestTheMouseIsOffByDefault(t *testing.T) {
	t.Parallel()
	for name, on := range map[string]bool{"by default": false, "with --mouse": true} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 80, 24, func(d *world) {
				if got := d.app.View().MouseMode == tea.MouseModeCellMotion; got != on {
					t.Errorf("it is on: %v", got)
				}
			}, func(c *Config) { c.Mouse = on })
		})
	}
}
