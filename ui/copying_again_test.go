package ui

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
)

// What could not be taken out is tried again, ever more seldom; it is said again only where
// nothing else is.
func TestAClearingThatFailedIsTriedAgain(t *testing.T) {
	const may = "The value may still be in the clipboard: xclip did not end within 3 s. Copy something else over it."
	b := &board{clearing: NotCleared, stuck: errors.New("xclip did not end within 3 s")}
	onDemo(t, 120, 30, func(d *world) {
		clears := func(want int) {
			t.Helper()
			if b.clears != want {
				t.Errorf("it was tried %d times, want %d", b.clears, want)
			}
		}
		d.find("4", "payments-ca-cert")
		d.press("C")
		d.wait(20 * time.Second)
		clears(1)
		d.wait(4 * time.Second)
		clears(1)
		if got := d.app.message; got.Text != may || got.Right != "again in 1s" {
			t.Errorf("it says %q, and beside it %q", got.Text, got.Right)
		}
		d.wait(time.Second)
		clears(2)
		d.press("9")
		said := d.app.message
		d.wait(9 * time.Second)
		clears(2)
		d.wait(time.Second)
		clears(3)
		if said.Text == "" || d.app.message != said {
			t.Errorf("it says %q over %q", d.app.message.Text, said.Text)
		}
		b.clearing, b.stuck = ClearedSeen, nil
		d.wait(time.Hour)
		d.wait(time.Hour)
		clears(4)
	}, b.is, func(c *Config) { c.CopyFor = 20 * time.Second })
}

// A console that locks tries again at once.
func TestAClearingThatFailedIsTriedAgainWhenItLocks(t *testing.T) {
	b := &board{clearing: NotCleared, stuck: errors.New("xclip did not end within 3 s")}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("C")
		d.wait(20 * time.Second)
		b.clearing, b.stuck = ClearedSeen, nil
		d.wait(2 * time.Second)
		if text := d.text(); b.clears != 2 || !strings.Contains(text, "Clipboard cleared.") {
			t.Errorf("it was tried %d times\n%s", b.clears, text)
		}
	}, b.is, lockAfter(22*time.Second), func(c *Config) { c.CopyFor = 20 * time.Second })
}

// What was to be copied on one control plane is not, once another is there, and
// what became of it is not told in its name.
func TestAValueIsNotCopiedOnAnotherControlPlane(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]bool{"it comes": false, "it fails": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &board{}
			at := atSecret("", "browse", "4", "payments-ca-cert")
			at.plane = func(c *Config, here backend.Entry) { // another one can be chosen
				there := here
				there.Name = "there"
				c.Directory, c.Start = listed{here, there}, nil
			}
			reach := at.reach
			at.reach = func(s *stateful) {
				s.press("enter")
				reach(s)
			}
			at.in(t, 80, 24, func(d *stateful) {
				answer := make(chan struct{})
				d.fault.meddle(on("GET", "/secrets/payments-ca-cert", func(r *http.Request) (*http.Response, error) {
					<-answer
					if fails {
						return status(403, "no")(r)
					}
					return nil, nil //nolint:nilnil // it passes
				}))
				d.press("C", ":")
				d.enter("control planes")
				d.press("enter", "j", "enter")
				if got := screens(d.app); got != "/picker/browse" || d.app.copy.reading != nil {
					t.Errorf("the screens are %s; it is still read: %v", got, d.app.copy.reading != nil)
				}
				close(answer)
				d.settle()
				if got := d.app.message; len(b.texts) > 0 || got != (Message{}) {
					t.Errorf("%d texts are copied, and it says %q", len(b.texts), got.Text)
				}
			}, b.is)
		})
	}
}
