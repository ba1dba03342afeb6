package ui

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
)

func noReveal(e *backend.Entry) { e.NoReveal = true }

// Where revealing is switched off no key shows a value, on any screen that
// could.
func TestNothingIsRevealedWhereThatIsSwitchedOff(t *testing.T) {
	withCanaries(t, func(d *watched) {
		d.find("5", "canary-text")
		d.walk("x", "enter", "x", "?", "q", "y", "x", "Y", "x", "q", "q")
		d.find("5", "canary-text")
		d.walk(":", "r", "e", "v", "e", "a", "l", "enter", "esc", "enter", ":", "r", "e", "v", "e", "a", "l", "enter", "esc", "q")
		d.find("4", "stripe-webhook-token")
		d.walk("e", "ctrl+x")
		d.give(tea.PasteMsg{Content: "fake mine " + canary}, "after a paste")
		d.walk("ctrl+x")
		d.foreign("/meshes/payments/secrets/stripe-webhook-token", base64.StdEncoding.EncodeToString([]byte("fake theirs "+canary)))
		d.walk("ctrl+s", "j", "enter", "enter") // another kind is asked about
		if got := screenKind(d.top()); got != "conflict" {
			t.Errorf("the screen is %s", got)
		}
		d.walk("x", "esc")
		d.frame("edit-no-reveal-100x30")
	}, noReveal)
}

func TestWhatIsSwitchedOffIsNotOffered(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		if s.entry != nil || s.plane != nil {
			continue
		}
		s.want = "" // what opens a secret revealed does not
		s.entry = func(_ *stateful, e *backend.Entry) { noReveal(e) }
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()

			s.in(t, 100, 30, func(d *stateful) {
				for _, deed := range d.app.deeds(d.top()) {
					if d.app.keys.Get(deed.ID).Reveals {
						t.Errorf("%s is offered", deed.ID)
					}
				}
				if text := d.text(); strings.Contains(text, "x reveal") || strings.Contains(text, "x masks") {
					t.Errorf("it is spoken of\n%s", text)
				}
			})
		})
	}
}

func TestRevealIsRefusedWithTheReason(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("x")
		if got, want := d.app.message.Text, "Revealing is switched off for demo. Facts and references stay visible."; got != want {
			t.Errorf("the message is %q, want %q", got, want)
		}
		d.frame("reveal-off-80x24")
		d.press("enter")
		d.frame("secret-no-reveal-80x24")
	}, func(c *Config) { noReveal(c.Start) })
}

// What is set is told in line 1, whatever else stands there.
func TestRailsStandInTheTitle(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]int{"title-rails-100x30": 100, "title-rails-60x20": 60} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, w, map[int]int{100: 30, 60: 20}[w], func(d *world) { d.frame(name) }, func(c *Config) {
				c.Start.Protected, c.Start.NoReveal = true, true
			})
		})
	}
}

func TestAValueIsRevealedForAsLongAsIsSet(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("2", "feature-flags")
		d.press("x")
		if !strings.Contains(d.text(), "masked again in 20s") {
			t.Errorf("it is not said for how long\n%s", d.text())
		}
		d.wait(19 * time.Second)
		if !strings.Contains(d.text(), "masked again in 1s") {
			t.Errorf("it is masked too soon\n%s", d.text())
		}
		d.wait(time.Second)
		if got, want := d.app.message.Text, "The value is masked again after 20 s. x reveals it."; got != want {
			t.Errorf("the message is %q, want %q", got, want)
		}
	}, func(c *Config) { c.RevealFor = 20 * time.Second })
}

// Keys of one's own stand where keys are named, and the old ones go on working.
func TestKeysOfOnesOwn(t *testing.T) {
	keys, err := keymap.Default().With(map[keymap.ID][]string{keymap.Reveal: {"v"}, keymap.Edit: {"m"}, keymap.Reassign: {"e"}})
	if err != nil {
		t.Fatal(err)
	}
	onDemo(t, 100, 30, func(d *world) {
		d.find("2", "feature-flags")
		d.press("enter")
		if text := d.text(); !strings.Contains(text, "v reveal   m edit   e reassign") || !strings.Contains(text, "masked, v reveals it") {
			t.Errorf("the keys are not named\n%s", text)
		}
		for _, key := range []string{"v", "x"} {
			d.press(key)
			if got := d.text(); strings.Contains(got, "revealed") != (key == "v") {
				t.Errorf("%s does nothing\n%s", key, got)
			}
		}
		d.press("e")
		if got := screenKind(d.app.stack[len(d.app.stack)-1]); got != "reassign" {
			t.Errorf("e opens %s", got)
		}
	}, func(c *Config) { c.Keys = keys })
}

// No screen offers two actions with one key, so that it does not matter which
// is looked for first: what keymap takes for apart never meets.
func TestNoTwoActionsOfAScreenShareAKey(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(d *stateful) {
				taken := map[string]keymap.ID{}
				for _, deed := range d.app.stack[len(d.app.stack)-1].Deeds(d.app.frame()) {
					if deed.Not != "" {
						continue // it only says why it is not done
					}
					for _, key := range d.app.keys.Get(deed.ID).Keys {
						if other, is := taken[key]; is && other != deed.ID {
							t.Errorf("%s is the key of %q and %q", key, other, deed.ID)
						}
						taken[key] = deed.ID
					}
				}
			})
		})
	}
}

// What is changed on a screen is told to who observes, and what those have to
// say is said once.
func TestScreensTellWhoObserves(t *testing.T) {
	var told []string
	said := []string{"fake notice."}
	onDemo(t, 80, 24, func(d *world) {
		d.find("2", "smtp-password")
		d.press("D", "j", "enter")
		if want := []string{"delete default/smtp-password begun", "delete default/smtp-password done"}; !slices.Equal(told, want) {
			t.Errorf("the observer was told %q, want %q", told, want)
		}
		if !strings.Contains(d.app.message.Text, "smtp-password deleted from default") {
			t.Errorf("the message is %q", d.app.message.Text)
		}
		d.press("j")
		d.press("ctrl+r")
		if got := d.app.message; got.Mark != "!" || got.Text != "fake notice." {
			t.Errorf("the message is %v", got)
		}
	}, func(c *Config) {
		c.Observers = []backend.Observer{func(r backend.Record) { told = append(told, r.Verb+" "+r.Ref.String()+" "+string(r.Result)) }}
		c.Notices = func() []string {
			now := said
			if len(told) == 0 {
				return nil
			}
			said = nil
			return now
		}
	})
}
