package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/model"
)

// half is the form on the stack that holds the other half of a CA; ok is false
// when there is none.
func (d *world) half() (f form, ok bool) {
	for _, s := range d.app.stack {
		if f, is := s.(form); is && f.lone.is() {
			return f, true
		}
	}
	return form{}, false
}

// keepsKey holds that the key is still there, and is one.
func (d *world) keepsKey() {
	d.t.Helper()
	f, ok := d.half()
	if !ok || d.app.gone {
		d.t.Fatalf("the form of the key is not there; the screens are %s, gone %v", screens(d.app), d.app.gone)
	}
	v := f.entry.value()
	defer v.Wipe()
	if got := learnt(f.to, v).Kind; got != model.PrivateKey {
		d.t.Errorf("it holds a %v", got)
	}
}

// Whatever would drop the only key of a CA whose certificate is saved asks first,
// or keeps it.
func TestTheOnlyKeyIsNotDroppedUnasked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, screens string
		leave         func(*world)
		frame         string
		texts         []string
	}{
		{"esc", "/picker/browse/form/abandon", func(d *world) { d.press("esc") }, "generate-ca-leave-80x24",
			[]string{"this is its only key", "drop it, and undo adding sandbox-ca-cert too"}},
		{"ctrl+c", "/picker/browse/form/leaving", func(d *world) { d.press("ctrl+c") }, "generate-ca-quit-80x24",
			[]string{"sandbox-ca-cert is saved, and this is its only key", "stay; ctrl+s saves it", "leave, and lose it"}},
		{"a signal", "/picker/browse/form/leaving", func(d *world) { d.send(d.app.Filter(d.app, tea.QuitMsg{})) }, "",
			[]string{"this is its only key"}},
		{"the idle lock", "/picker/browse/form", func(d *world) { d.wait(10 * time.Minute) }, "generate-ca-locked-80x24",
			[]string{"Kept, because it is nowhere else: the key of sandbox-ca-cert.", "Every other value"}},
		{"the idle lock, and q", "/picker/browse/form/leaving", func(d *world) { d.wait(10 * time.Minute); d.press("q") }, "",
			[]string{"this is its only key"}},
		{"the idle lock while it is asked", "/picker/browse/form/abandon", func(d *world) { d.press("esc"); d.wait(10 * time.Minute) }, "",
			[]string{"Kept, because it is nowhere else"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onDemo(t, 80, 24, func(d *world) {
				d.generateCA()
				d.press("ctrl+s")
				c.leave(d)
				if got := screens(d.app); got != c.screens {
					t.Errorf("the screens are %s", got)
				}
				text := strings.Join(strings.Fields(strings.ReplaceAll(d.text(), "│", " ")), " ")
				for _, want := range c.texts {
					if !strings.Contains(text, want) {
						t.Errorf("%q is not said:\n%s", want, d.text())
					}
				}
				if c.frame != "" {
					d.frame(c.frame)
				}
				d.keepsKey()
			}, lockAfter(10*time.Minute))
		})
	}
}

// While the first half is written, its other half is kept as well: a quit waits for
// the answer, and asks then; the lock closes nothing.
func TestTheOtherHalfIsKeptWhileTheFirstIsWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		leave     func(*stateful)
		now, then string
		texts     []string
	}{
		"ctrl+c": {func(d *stateful) { d.press("ctrl+c") }, "/picker/browse/form/leaving", "/picker/browse/form/leaving",
			[]string{"Then it is asked about the key of sandbox-ca-cert", "sandbox-ca-cert is saved, and this is its only key"}},
		"ctrl+c, for longer than it is waited for others": {func(d *stateful) { d.press("ctrl+c"); d.wait(leaveAfter); d.send(tick{}) },
			"/picker/browse/form/leaving", "/picker/browse/form/leaving", []string{"10 s of at most 30 s", "this is its only key"}},
		"the idle lock": {func(d *stateful) { d.wait(10 * time.Minute) }, "/picker/browse/form", "/picker/browse/form",
			[]string{"What was under way goes on: saving sandbox-ca-cert.", "Kept, because it is nowhere else: the key of sandbox-ca-cert."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keysOf("saving a half", "browse").in(t, 100, 30, func(d *stateful) {
				answer := make(chan struct{})
				d.generateCA()
				d.fault.meddle(on("PUT", "secrets", func(*http.Request) (*http.Response, error) {
					<-answer
					return nil, nil //nolint:nilnil // it passes
				}))
				d.press("ctrl+s")
				c.leave(d)
				d.isAt(c.now, c.texts[0])
				close(answer)
				d.settle()
				d.isAt(c.then, c.texts[1])
				d.keepsKey()
			}, lockAfter(10*time.Minute))
		})
	}
}

// isAt holds which screens there are, and a text.
func (d *stateful) isAt(want, said string) {
	d.t.Helper()
	text := strings.Join(strings.Fields(strings.ReplaceAll(d.text(), "│", " ")), " ")
	if got := screens(d.app); got != want || !strings.Contains(text, said) {
		d.t.Errorf("the screens are %s, and %q is not said:\n%s", got, said, d.text())
	}
}

// A write whose answer was lost may have saved the first half.
func TestTheOtherHalfIsKeptWhenTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	keysOf("saving a half", "browse").in(t, 100, 30, func(d *stateful) {
		d.generateCA()
		d.fault.meddle(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPut || !strings.Contains(r.URL.Path, "secrets") {
				return nil, nil //nolint:nilnil // it passes
			}
			d.fault.meddle(on("GET", "sandbox-ca-cert", d.fault.hang)) // nor can it be read what became of it
			return nil, http.ErrHandlerTimeout
		})
		d.press("ctrl+s")
		time.Sleep(writeLimit)
		d.settle()
		d.press("ctrl+c")
		d.isAt("/picker/browse/form/leaving", "sandbox-ca-cert may be saved by now, and the key of")
	})
}

// In the form of the only key there is no way to put another value in its place.
func TestTheOnlyKeyIsNotReplaced(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.generateCA()
		d.press("ctrl+s")
		before, ok := d.half()
		if !ok {
			t.Fatal("there is no such form")
		}
		was := before.entry.value()
		defer was.Wipe()
		// What once led to another value: by the fields below the name, by turning
		// what is generated, by a paste of several lines.
		d.press("enter", "enter", "right", "enter", "tab", "right", "enter", "tab", "left", "enter", "shift+tab", "backspace")
		d.send(tea.PasteMsg{Content: "FAKE\nNOT A KEY\n"})
		if got := d.app.message.Text; !strings.HasPrefix(got, "This is the only key of sandbox-ca-cert, so nothing takes its place.") {
			t.Errorf("the message is %q", got)
		}
		for _, row := range []string{"from ", "generate ", "store "} {
			if strings.Contains(d.text(), "   "+row) {
				t.Errorf("%q is offered:\n%s", row, d.text())
			}
		}
		f, ok := d.half()
		if !ok {
			t.Fatal("the form is gone")
		}
		is := f.entry.value()
		defer is.Wipe()
		if !is.Equal(was) || f.ref().Mesh != "sandbox" {
			t.Errorf("it holds another value, or goes to %s", f.ref())
		}
	})
}

// Who drops the only key can have its certificate taken back, as long as that is
// possible.
func TestDroppingTheOnlyKeyAndItsCertificate(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.generateCA()
		d.press("ctrl+s", "esc", "down", "down", "enter")
		if got := screens(d.app); got != "/picker/browse/form/undoing" || !strings.Contains(d.text(), "Undo adding sandbox-ca-cert") {
			t.Fatalf("the screens are %s:\n%s", got, d.text())
		}
		d.press("esc")
		d.keepsKey()
		d.press("esc", "down", "down", "enter", "down", "enter")
		if got := screens(d.app); got != "/picker/browse" || d.app.message.Text != "sandbox-ca-cert is gone from sandbox again: you had added it." {
			t.Errorf("the screens are %s, the message is %q", got, d.app.message.Text)
		}
	})
}

// The key is not dropped where its certificate cannot be taken back.
func TestTheOnlyKeyStaysWhenItsCertificateDoes(t *testing.T) {
	t.Parallel()
	const offer = "undo adding sandbox-ca-cert"
	for name, c := range map[string]struct {
		walk    func(*stateful)
		offered bool
		said    string
	}{
		"it was saved behind the lock": {func(d *stateful) {
			answer := make(chan struct{})
			d.generateCA()
			d.fault.meddle(on("PUT", "secrets", func(*http.Request) (*http.Response, error) {
				<-answer
				return nil, nil //nolint:nilnil // it passes
			}))
			d.press("ctrl+s")
			d.wait(10 * time.Minute)
			close(answer)
			d.settle()
			d.press("enter", "esc")
		}, false, ""},
		"it locks while it is asked": {func(d *stateful) {
			d.generateCA()
			d.press("ctrl+s", "esc", "down", "down")
			d.wait(10 * time.Minute)
			d.press("enter")
		}, false, ""},
		"the time is over while it is asked": {func(d *stateful) {
			d.generateCA()
			d.press("ctrl+s", "esc", "down", "down")
			d.now = d.now.Add(madeFor) // and nothing was drawn since
		}, true, ""},
		"somebody changed it": {func(d *stateful) {
			d.generateCA()
			d.press("ctrl+s", "esc", "down", "down")
			d.fault.meddle(on("GET", "/secrets/sandbox-ca-cert", status(404, "gone")))
		}, true, "Not undone: sandbox-ca-cert is no longer in sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keysOf("saving a half", "browse").in(t, 100, 30, func(d *stateful) {
				c.walk(d)
				if got := strings.Contains(d.text(), offer); got != c.offered {
					t.Errorf("it is offered: %v\n%s", got, d.text())
				}
				d.press("enter")
				d.settle()
				if !strings.HasPrefix(d.app.message.Text, c.said) {
					t.Errorf("the message is %q", d.app.message.Text)
				}
				d.keepsKey()
				if d.press("esc"); c.said != "" && strings.Contains(d.text(), offer) {
					t.Errorf("it is offered again:\n%s", d.text())
				}
			}, lockAfter(10*time.Minute))
		})
	}
}

// What cannot be undone any more is not offered.
func TestTheCertificateIsTakenBackOnlyInTime(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.generateCA()
		d.press("ctrl+s")
		d.now = d.now.Add(madeFor)
		d.press("esc")
		if strings.Contains(d.text(), "undo adding") {
			t.Errorf("it is offered:\n%s", d.text())
		}
	})
}

// However it was asked to quit, no key counts as an answer before the question was
// on the screen.
func TestNobodyInsistsOnAQuestionThatWasNotDrawn(t *testing.T) {
	t.Parallel()
	signal := func(d *world) { d.send(d.app.Filter(d.app, tea.QuitMsg{})) }
	for name, c := range map[string]struct {
		walk func(*world)
		keys []string
	}{
		"a signal while it is locked":            {func(d *world) { d.wait(10 * time.Minute); signal(d) }, []string{"q"}},
		"a signal while it is locked, and enter": {func(d *world) { d.wait(10 * time.Minute); signal(d) }, []string{"enter"}},
		"a window without room for it":           {func(d *world) { d.size(30, 8); d.press("ctrl+c") }, []string{"ctrl+c"}},
		"such a window, and it is locked":        {func(d *world) { d.size(30, 8); d.wait(10 * time.Minute); d.press("q") }, []string{"ctrl+c"}},
	} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 80, 24, func(d *world) {
				d.generateCA()
				d.press("ctrl+s")
				c.walk(d)
				d.press(c.keys...)
				if d.app.tooSmall() && !strings.Contains(d.text(), "It asks before it quits.") {
					t.Errorf("it is not said that it asks:\n%s", d.text())
				}
				d.size(80, 24)
				if text := d.text(); d.app.gone || !strings.Contains(text, "this is its only key") {
					t.Fatalf("gone %v, or it is not asked:\n%s", d.app.gone, text)
				}
				d.keepsKey()
				if d.press("ctrl+c"); !d.app.gone {
					t.Error("who insists does not leave")
				}
			}, lockAfter(10*time.Minute))
		})
	}
}

// Whoever comes back from the lock by way of a quit can undo what is done then.
func TestWhoStaysAfterTheLockCanUndo(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.generateCA()
		d.press("ctrl+s")
		d.wait(10 * time.Minute)
		d.press("q", "esc", "ctrl+s", "z")
		if got := screens(d.app); got != "/picker/browse/undoing" || !strings.Contains(d.text(), "Undo adding sandbox-ca-key") {
			t.Errorf("the screens are %s, the message is %q", got, d.app.message.Text)
		}
	}, lockAfter(10*time.Minute))
}
