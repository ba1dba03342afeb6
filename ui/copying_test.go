package ui

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend/embedded/demo"
	"meshsecrets/model"
)

// board is a clipboard for tests: what it does when it is asked to clear is set.
type board struct {
	mu       sync.Mutex
	texts    []string // that were copied
	secret   bool     // the last of them is a value
	clears   int
	clearing Clearing
	fails    error         // of Copy
	stuck    error         // of Clear
	waits    chan struct{} // Copy ends when it is closed; nil: at once
	desktop  bool          // the terminal never has what is copied
}

func (b *board) ThroughTerminal() bool { return !b.desktop }

func (b *board) Copy(_ context.Context, text model.Value, secret bool) (string, error) {
	if b.waits != nil {
		<-b.waits
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails != nil {
		return "", b.fails
	}
	b.texts, b.secret = append(b.texts, string(text.Reveal())), secret
	return "sent to the terminal's clipboard", nil
}

func (b *board) Clear(context.Context) (Clearing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.secret {
		return NothingToClear, nil
	}
	b.clears++
	b.secret = b.stuck != nil
	return b.clearing, b.stuck
}

func (b *board) is(c *Config) { c.Clipboard = b }

func TestFramesCopied(t *testing.T) {
	b := &board{clearing: ClearedUnseen}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("c")
		d.frame("copied-name-80x24")
		d.press("C")
		d.frame("copied-value-80x24")
		d.wait(44 * time.Second)
		if b.clears != 0 || !strings.Contains(d.text(), "cleared in 1s") {
			t.Errorf("cleared %d times too soon, or it does not count\n%s", b.clears, d.text())
		}
		d.size(40, 12)
		d.frame("copied-value-40x12")
		d.size(80, 24)
		d.wait(time.Second)
		d.frame("copied-cleared-80x24")
		d.wait(time.Hour)
		if b.clears != 1 {
			t.Errorf("cleared %d times, want once", b.clears)
		}
		value := strings.HasPrefix(b.texts[1], "-----BEGIN CERTIFICATE-----\n")
		if len(b.texts) != 2 || b.texts[0] != "payments-ca-cert" || !value {
			t.Errorf("%d texts were copied, the first %q, the second a certificate: %v", len(b.texts), b.texts[0], value)
		}
	}, b.is)
}

// On every screen about one secret both can be copied.
func TestCopiesFromEveryScreenOfASecret(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"list": nil, "secret": {"enter"}, "manifest": {"y"}} {
		t.Run(name, func(t *testing.T) {
			b := &board{}
			onDemo(t, 80, 24, func(d *world) {
				d.find("4", "payments-ca-key")
				d.press(keys...)
				d.press("c", "C")
				if len(b.texts) != 2 || b.texts[0] != "payments-ca-key" || !strings.Contains(b.texts[1], "PRIVATE KEY") {
					t.Errorf("%d texts were copied", len(b.texts))
				}
				if strings.Contains(d.text(), "BEGIN") {
					t.Errorf("it is revealed by that\n%s", d.text())
				}
			}, b.is)
		})
	}
}

// What became of a value is said as far as it is known.
func TestWhatBecameOfACopiedValueIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		clearing Clearing
		stuck    error
		mark     string
		want     string
	}{
		"seen":      {ClearedSeen, nil, "✓", "Clipboard cleared."},
		"unseen":    {ClearedUnseen, nil, "✓", "Clipboard cleared; whether it still held the value cannot be told."},
		"something": {LeftAsItWas, nil, "✓", "The clipboard holds something else by now, so it is left as it is."},
		"failed":    {NotCleared, errors.New("xclip did not end within 3 s"), "✗", "The value may still be in the clipboard: xclip did not end within 3 s. Copy something else over it."},
	} {
		t.Run(name, func(t *testing.T) {
			b := &board{clearing: c.clearing, stuck: c.stuck}
			onDemo(t, 80, 24, func(d *world) {
				d.find("4", "payments-ca-cert")
				d.press("C")
				d.wait(20 * time.Second)
				if got := d.app.message; got.Mark != c.mark || got.Text != c.want {
					t.Errorf("it says %s %s", got.Mark, got.Text)
				}
			}, b.is, func(c *Config) { c.CopyFor = 20 * time.Second })
		})
	}
}

// What another key said since is not written over by what went well.
func TestThatTheClipboardIsClearedTakesNoMessageAway(t *testing.T) {
	b := &board{clearing: ClearedSeen}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("C", "9")
		before := d.app.message
		d.wait(45 * time.Second)
		if b.clears != 1 || d.app.message != before || before.Text == "" {
			t.Errorf("cleared %d times; it says %q", b.clears, d.app.message.Text)
		}
	}, b.is)
}

// A name that is copied takes the place of a value: it is not cleared.
func TestANameIsNotCleared(t *testing.T) {
	b := &board{}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("C", "c")
		d.wait(time.Hour)
		if b.clears != 0 {
			t.Error("it is cleared")
		}
	}, b.is)
}

// Another copy of a value begins the time anew.
func TestCopyingAgainBeginsTheTimeAnew(t *testing.T) {
	b := &board{}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("C")
		d.wait(30 * time.Second)
		d.press("C")
		d.wait(44 * time.Second)
		if b.clears != 0 {
			t.Error("it is cleared too soon")
		}
		d.wait(time.Second)
		if b.clears != 1 {
			t.Errorf("cleared %d times, want once", b.clears)
		}
	}, b.is)
}

func TestNoValueIsCopiedWhereRevealingIsSwitchedOff(t *testing.T) {
	b := &board{}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		for _, keys := range [][]string{nil, {"enter"}, {"esc", "y"}} {
			d.press(keys...)
			d.press("C")
			if got, want := d.app.message.Text, "Revealing is switched off for demo. Facts and references stay visible."; got != want {
				t.Errorf("it says %q", got)
			}
		}
		if len(b.texts) != 0 {
			t.Errorf("%d texts were copied", len(b.texts))
		}
	}, b.is, func(c *Config) { noReveal(c.Start) })
}

// Whatever stands in the way of a copy, nothing is said to be copied.
func TestWhatIsNotCopied(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		board *board
		rule  func(*http.Request) (*http.Response, error)
		want  string
	}{
		"too large": {&board{fails: errors.New("is too large for the terminal's clipboard (56,244 bytes at most). Nothing was copied.")}, nil,
			"payments-ca-cert is too large for the terminal's clipboard (56,244 bytes at most). Nothing was copied."},
		"not readable": {&board{}, on("GET", "/secrets/payments-ca-cert", status(403, "no")), "You may not do this with payments-ca-cert on demo (403)."},
		"no clipboard": {nil, nil, "There is no clipboard here. Nothing was copied."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atSecret("", "browse", "4", "payments-ca-cert").in(t, 80, 24, func(d *stateful) {
				d.fault.meddle(c.rule)
				d.press("C")
				if got := d.app.message; got.Mark != "✗" || !strings.HasPrefix(got.Text, c.want) {
					t.Errorf("it says %s %s", got.Mark, got.Text)
				}
				if c.board != nil && len(c.board.texts) != 0 {
					t.Error("something was copied")
				}
			}, func(config *Config) {
				config.Clipboard = nil
				if c.board != nil {
					config.Clipboard = c.board
				}
			})
		})
	}
}

// A row that is missing has a name and no value.
func TestAMissingSecretHasANameToCopy(t *testing.T) {
	b := &board{}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "edge-tls")
		d.press("C")
		if got := d.app.message.Text; !strings.HasPrefix(got, "edge-tls is missing:") || len(b.texts) != 0 {
			t.Errorf("it says %q", got)
		}
		d.press("c")
		if len(b.texts) != 1 || b.texts[0] != "edge-tls" {
			t.Errorf("%d texts were copied", len(b.texts))
		}
	}, b.is)
}

// A console that locks clears at once, and says so.
func TestFramesClipboardIsClearedWhenItLocks(t *testing.T) {
	b := &board{clearing: ClearedUnseen}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("C")
		d.wait(40 * time.Second)
		if b.clears != 1 {
			t.Errorf("cleared %d times, want once", b.clears)
		}
		d.frame("locked-clipboard-80x24")
	}, b.is, lockAfter(30*time.Second))
}

// What is still on its way into the clipboard when the console locks is taken
// out as soon as it is there; what is still being read never gets there.
func TestWhatIsOnItsWayWhenItLocksIsTakenOut(t *testing.T) {
	t.Parallel()
	t.Run("copied", func(t *testing.T) {
		b := &board{waits: make(chan struct{}), clearing: ClearedSeen}
		onDemo(t, 80, 24, func(d *world) {
			d.find("4", "payments-ca-cert")
			b.waits = make(chan struct{}) // of this bubble
			d.press("C")
			d.press("C")
			if got, want := d.app.message.Text, "The clipboard does not answer yet. Try again in a moment."; got != want {
				t.Errorf("it says %q", got)
			}
			d.wait(time.Minute)
			close(b.waits)
			d.settle()
			if len(b.texts) != 1 || b.clears != 1 || !strings.Contains(d.text(), "Clipboard cleared.") {
				t.Errorf("copied %d times, cleared %d\n%s", len(b.texts), b.clears, d.text())
			}
		}, b.is, lockAfter(30*time.Second))
	})
	t.Run("read", func(t *testing.T) {
		t.Parallel()
		b := &board{}
		atSecret("", "browse", "4", "payments-ca-cert").in(t, 80, 24, func(d *stateful) {
			answer := make(chan struct{})
			d.fault.meddle(on("GET", "/secrets/payments-ca-cert", func(*http.Request) (*http.Response, error) {
				<-answer
				return nil, nil //nolint:nilnil // it passes
			}))
			d.press("C")
			d.wait(time.Minute)
			close(answer)
			d.settle()
			if len(b.texts) != 0 {
				t.Error("it was copied")
			}
		}, b.is, lockAfter(30*time.Second))
	})
}

// With nobody there the clock goes slowly, but not while a value is in the
// clipboard.
func TestTheClipboardIsClearedInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		b := &board{clearing: ClearedSeen}
		entry := embeddedEntry("demo", cp, nil)
		start(t, 80, 24, Config{Directory: listed{entry}, Start: &entry, Mesh: "payments"}, func(d *world) {
			d.ticks(2 * time.Second)
			d.step(keyNamed("j"))
			d.step(keyNamed("C"))
			d.ticks(44 * time.Second)
			if len(b.texts) != 1 || b.clears != 0 {
				t.Errorf("copied %d times, cleared %d, after 44 s", len(b.texts), b.clears)
			}
			d.ticks(2 * time.Second)
			if b.clears != 1 {
				t.Errorf("cleared %d times after 46 s, want once", b.clears)
			}
		}, b.is, func(c *Config) { c.Still, c.Clock = false, time.Now })
	})
}

// Before the console is suspended the clipboard is cleared: a program that
// stands still could not do it later.
func TestTheClipboardIsClearedBeforeItSuspends(t *testing.T) {
	b := &board{}
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "payments-ca-cert")
		d.press("C")
		if d.app.copy.taking != nil {
			t.Error("it is cleared already")
		}
		next, run := d.app.Update(keyNamed("ctrl+z"))
		d.app = next.(App)
		if run == nil || d.app.copy.taking == nil {
			t.Error("it is not cleared")
		}
	}, b.is, suspendable)
}
