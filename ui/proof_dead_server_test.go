package ui

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/model"
)

func TestKeysActWhileTheControlPlaneNeverAnswers(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		switch s.name {
		case "connecting", "browse, nothing read yet", "browse, reading again", "secret, being read", "manifest, being read", "edit, being read",
			"delete, being read", "conflict, being read", "reassign, checking", "picker, connecting", "picker, entered while connecting":
		default:
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(d *stateful) {
				open := d.app.Open()
				if open == 0 {
					t.Fatal("no request is open, so this proves nothing")
				}
				if _, offered := offeredBy(d.app, keyNamed("?")); offered {
					d.press("?")
					if got := screenKind(d.top()); got != "help" {
						t.Errorf("? opens %s", got)
					}
					d.press("esc")
				}
				if _, offered := offeredBy(d.app, keyNamed("/")); offered {
					d.press("/", "f", "a", "k", "e")
					if !strings.Contains(d.text(), "fake") {
						t.Error("the filter does not take letters")
					}
					d.press("esc")
				}
				next, run := d.app.Update(keyNamed("ctrl+c"))
				if run == nil || !next.(App).gone {
					t.Error("ctrl+c does not leave")
				} else if _, quits := run().(tea.QuitMsg); !quits {
					t.Error("ctrl+c does not quit the program")
				}
			})
		})
	}
}

func TestEscStopsWhatIsAsked(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		switch s.name {
		case "browse, reading again", "secret, being read", "manifest, being read", "edit, being read", "delete, being read", "conflict, being read", "reassign, checking", "picker, connecting":
		default:
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(d *stateful) {
				d.press("esc")
				if open := d.app.Open(); open != 0 {
					t.Errorf("%d requests are open after esc", open)
				}
			})
		})
	}
}

func TestALeavingConsoleWaitsForAWriteAndNoLonger(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		if s.name != "leaving while deleting" && s.name != "leaving while reassigning" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(d *stateful) {
				d.step(tick{})
				if d.app.gone {
					t.Fatal("it left at once")
				}
				d.now = d.now.Add(leaveAfter)
				d.step(tick{})
				if !d.app.gone {
					t.Error("it waits for ever")
				}
			})
		})
	}
}

// keepsake is an answer that tells whether it was wiped.
type keepsake struct{ wiped *bool }

func (k keepsake) wipe() { *k.wiped = true }

func TestAsk(t *testing.T) {
	t.Parallel()
	s := &session{life: t.Context(), desk: &desk{}, writes: &sync.WaitGroup{}}
	asked := func(stop bool) (tea.Msg, *request, bool) {
		wiped := false
		r, run := ask(s, Frame{Now: frameTime}, time.Minute, func(context.Context) (keepsake, error) { return keepsake{&wiped}, nil })
		if stop {
			r.stop()
		}
		msg := run()
		return msg, r, wiped
	}
	msg, r, wiped := asked(false)
	if got, is := msg.(answer[keepsake]); !is || got.to != r || wiped {
		t.Errorf("an answer that is waited for is %T, wiped: %v", msg, wiped)
	}
	msg, r, wiped = asked(true)
	if got, is := msg.(dropped); !is || got.to != r || !wiped {
		t.Errorf("an answer that nobody waits for is %T, wiped: %v", msg, wiped)
	}
	if open := s.desk.open.Load(); open != 2 {
		t.Errorf("%d requests are open, want 2", open)
	}
	s.desk.answered(msg)
	s.desk.answered(answer[keepsake]{to: r, value: keepsake{new(bool)}})
	if open := s.desk.open.Load(); open != 0 {
		t.Errorf("%d requests are open after both are answered", open)
	}
}

func TestAnAnswerThatCrossesItsStopOnTheWayIsWiped(t *testing.T) {
	t.Parallel()
	value := model.NewValue([]byte("fake-late"))
	atSecret("secret", "secret", "4", "payments-ca-cert", "enter").in(t, 100, 30, func(d *stateful) {
		// The answer is made, and on its way, when esc stops the request.
		next, _ := d.app.Update(keyNamed("x"))
		d.app = next.(App)
		asked := d.top().(secret).loading
		d.press("esc")
		d.send(answer[held]{to: asked, value: held{model.Snapshot{Value: value}}})
		if strings.Contains(d.text(), "fake-late") {
			t.Error("a late answer is shown")
		}
	})
	if strings.Contains(string(value.Reveal()), "fake") {
		t.Error("a late answer keeps its value in memory")
	}
}
