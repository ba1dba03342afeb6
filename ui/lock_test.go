package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func lockAfter(d time.Duration) func(*Config) { return func(c *Config) { c.LockAfter = d } }

func TestFramesLocked(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{"locked-80x24": {80, 24}, "locked-120x40": {120, 40}, "locked-40x12": {40, 12}} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, size[0], size[1], func(d *world) {
				d.find("2", "feature-flags")
				d.press("x")
				d.wait(9*time.Minute + 59*time.Second)
				if d.app.locked {
					t.Error("it locks too soon")
				}
				d.wait(time.Second)
				d.frame(name)
			}, lockAfter(10*time.Minute))
		})
	}
}

// What is about to be dropped is counted down in line 1, for as long as somebody
// who is there can still press a key.
func TestItIsSaidBeforeItLocks(t *testing.T) {
	t.Parallel()
	for after, from := range map[time.Duration]time.Duration{10 * time.Minute: 9 * time.Minute, 30 * time.Second: 15 * time.Second} {
		t.Run(after.String(), func(t *testing.T) {
			onDemo(t, 80, 24, func(d *world) {
				d.press("j")
				d.wait(from - time.Second)
				if strings.Contains(d.text(), "locks in") {
					t.Errorf("after %v it counts too soon", from)
				}
				d.wait(time.Second)
				if after == 10*time.Minute {
					d.frame("locks-soon-80x24")
				}
				d.wait(after - from - time.Second)
				if line, _, _ := strings.Cut(d.text(), "\n"); !strings.Contains(line, "locks in 1 s") {
					t.Errorf("a second before it says %q", line)
				}
				d.press("j")
				if strings.Contains(d.text(), "locks in") || d.app.locked {
					t.Error("a key does not put it off")
				}
			}, lockAfter(after))
		})
	}
}

// Whatever the screen: when nobody was there for long enough no screen has a
// value, nothing but the keys that are named does anything, and enter goes on.
func TestEveryScreenLocks(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(d *stateful) {
				if d.app.leaving {
					return // it leaves by itself
				}
				if d.app.session() == nil {
					d.wait(10 * time.Minute)
					if d.app.locked {
						t.Error("it locks where nothing is connected")
					}
					return
				}
				d.wait(10 * time.Minute)
				if !d.app.locked || !strings.Contains(d.text(), "No key was pressed for 10 minutes.") {
					t.Fatalf("it does not lock\n%s", d.text())
				}
				d.empty()
				before := trace(d.app)
				for _, key := range corpus() {
					switch key.String() {
					case "ctrl+c", "q", "enter":
						continue
					}
					next, run := d.app.Update(key)
					if d.app = next.(App); trace(d.app) != before || run != nil && key.String() != "ctrl+l" {
						t.Fatalf("%q does something", key.String())
					}
				}
				d.send(tea.PasteMsg{Content: "fake"})
				d.press("enter")
				if d.app.locked || strings.Contains(d.text(), "No key was pressed") {
					t.Errorf("enter does not go on\n%s", d.text())
				}
			}, lockAfter(10*time.Minute))
		})
	}
}

// empty holds that no screen shows or holds a value that is not being written,
// or in danger.
func (d *stateful) empty() {
	d.t.Helper()
	for _, s := range d.app.stack {
		if h, is := s.(holder); is && h.holds() && !needed(s) {
			d.t.Errorf("%s is still there, with its value", screenKind(s))
		}
		switch s := s.(type) {
		case secret:
			if s.shown || s.value.Len() > 0 || s.reveal {
				d.t.Error("a secret is still revealed")
			}
		case manifest:
			if s.shown || s.value.Len() > 0 || s.loading != nil {
				d.t.Error("a manifest is still revealed")
			}
		}
	}
}

// What was typed is dropped, and wiped.
func TestWhatIsTypedIsDroppedWhenItLocks(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("2", "smtp-password")
		d.press("e")
		d.send(tea.PasteMsg{Content: "CANARY-typed"})
		f := d.app.stack[len(d.app.stack)-1].(form)
		d.press("esc") // asks whether to leave
		d.wait(10 * time.Minute)
		if got := screens(d.app); got != "/picker/browse" {
			t.Errorf("the screens are %s", got)
		}
		if v := f.entry.kept; v.Len() > 0 && strings.Contains(string(v.Reveal()), "CANARY") {
			t.Error("what was typed can still be read")
		}
		d.press("enter")
		if text := d.text(); !strings.Contains(text, "smtp-password") || !strings.Contains(text, "! What you typed for smtp-password was dropped when the console locked.") {
			t.Errorf("the list is not there, or it is not said what was dropped\n%s", text)
		}
	}, lockAfter(10*time.Minute))
}

// A write that is under way goes on, and what came of it is said afterwards.
func TestAWriteGoesOnWhileItIsLocked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refused bool
		want    string
	}{
		"saved":   {false, "✓ smtp-password saved in default, read back, equal."},
		"refused": {true, "✗ smtp-password was not saved: no. What you typed was dropped, as the console is locked."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keysOf("saving", "browse").in(t, 100, 30, func(d *stateful) {
				answer := make(chan struct{})
				d.find("2", "smtp-password")
				d.press("e")
				d.paste("CANARY-typed")
				d.fault.meddle(on("PUT", "secrets", func(r *http.Request) (*http.Response, error) {
					<-answer
					if test.refused {
						return status(400, "no")(r)
					}
					return nil, nil //nolint:nilnil // it passes
				}))
				d.press("ctrl+s")
				d.wait(10 * time.Minute)
				if text := d.text(); !strings.Contains(text, "What was under way goes on: saving smtp-password.") {
					t.Errorf("it is not said what goes on\n%s", text)
				}
				d.frame("locked-saving-100x30")
				close(answer)
				d.settle()
				if got := screens(d.app); got != "/picker/browse" || !d.app.locked {
					t.Errorf("the screens are %s, locked %v", got, d.app.locked)
				}
				d.press("enter")
				if text := d.text(); !strings.Contains(text, test.want) {
					t.Errorf("it is not said what came of it\n%s", text)
				}
			}, lockAfter(10*time.Minute))
		})
	}
}

func TestItLocksNeverWhenThatIsSet(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.wait(100 * time.Hour)
		if d.app.locked {
			t.Error("it is locked")
		}
	})
}

// A key, and a paste, puts it off; what comes by itself does not.
func TestKeysPutTheLockOff(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.wait(9 * time.Minute)
		d.press("j")
		d.wait(9 * time.Minute)
		d.press("/")
		d.send(tea.PasteMsg{Content: "smtp"})
		d.wait(9*time.Minute + 59*time.Second)
		if d.app.locked {
			t.Error("it is locked")
		}
		d.size(81, 24)
		d.wait(time.Second)
		if !d.app.locked {
			t.Error("it is not locked")
		}
		d.press("q")
		if !d.app.gone {
			t.Error("q does not quit")
		}
	}, lockAfter(10*time.Minute))
}
