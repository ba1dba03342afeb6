package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func suspendable(c *Config) { c.Suspends = true }

// suspends presses ctrl+z and tells whether the console would be suspended.
func (d *world) suspends() bool {
	next, run := d.app.Update(keyNamed("ctrl+z"))
	d.app = next.(App)
	if run == nil {
		return false
	}
	_, is := run().(tea.SuspendMsg)
	return is
}

// On every screen ctrl+z suspends, also where text is typed, with every value
// masked; but not in the middle of a write.
func TestEveryScreenIsMaskedWhenItIsSuspended(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(d *stateful) {
				what, busy := d.app.busy()
				if got := d.suspends(); got == busy {
					t.Errorf("suspended: %v, under way: %v", got, busy)
				}
				if busy {
					if got, want := d.app.message.Text, "Not now: "+what+" is under way. ctrl+z again once it is done."; got != want {
						t.Errorf("the message is %q, want %q", got, want)
					}
					return
				}
				for _, s := range d.app.stack {
					switch s := s.(type) {
					case secret:
						if s.shown || s.reveal {
							t.Error("a secret is still revealed")
						}
					case manifest:
						if s.shown {
							t.Error("a manifest is still revealed")
						}
					case form:
						if s.shown {
							t.Error("a form is still revealed")
						}
					case conflict:
						if s.shown {
							t.Error("a conflict is still revealed")
						}
					}
				}
			}, suspendable)
		})
	}
}

func TestSuspendIsOfferedWhereItIsPossible(t *testing.T) {
	t.Parallel()
	for name, can := range map[string]bool{"under a shell": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 100, 30, func(d *world) {
				d.press("?")
				if got := strings.Contains(d.text(), "ctrl+c ctrl+z     quit, suspend"); got != can {
					t.Errorf("it is in help: %v\n%s", got, d.text())
				}
				d.press("esc", ":")
				d.enter("suspend")
				d.press("enter")
				if said := strings.Contains(d.app.message.Text, "nothing here can be done with it"); said == can {
					t.Errorf("the message is %q", d.app.message.Text)
				}
			}, func(c *Config) { c.Suspends = can })
		})
	}
}
