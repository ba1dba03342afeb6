package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// crashed is a reassign of which n steps were taken before its console was
// gone.
func (b *bubble) crashed(name, from, to string, n int) {
	b.t.Helper()
	before, err := b.plane.Get(b.t.Context(), model.Ref{Mesh: from, Name: name})
	if err != nil {
		b.t.Fatal(err)
	}
	c := model.Change{Verb: model.Reassign, Before: before, After: backend.Moved(before, model.Ref{Mesh: to, Name: name})}
	at := b.session.gate.Begin(b.t.Context(), c)
	for range n {
		if at, err = b.session.gate.Advance(b.t.Context(), c, at); err != nil {
			b.t.Fatal(err)
		}
	}
	b.plane.ops = nil
}

// atRecover opens the list from the screen of secrets, as a command does.
func (b *bubble) atRecover() *bubble {
	b.t.Helper()
	b.over("payments", webhook, nil, nil)
	b.app.stack = b.app.stack[:1]
	b.press("ctrl+r").settle()
	next, run := b.app.again(Press{ID: keymap.Recover})
	b.app = next.(App)
	b.then(run).settle()
	return b
}

func (b *bubble) title() string {
	lines, _ := b.app.draw()
	return lines[0].plain()
}

func (b *bubble) found() []model.Unfinished {
	b.t.Helper()
	all, err := b.plane.Unfinished(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

// Wherever a console ends, another finds the reassign, says how far it came,
// and finishes it or takes it back; then nothing of it is left.
func TestRecoverAfterACrash(t *testing.T) {
	t.Parallel()
	type stop struct {
		steps int
		state model.State
		usual string // where the usual choice leads
	}
	for _, env := range []struct {
		name  string
		stops []stop
	}{
		{embedded.EnvironmentKubernetes, []stop{
			{1, model.Staged, "payments"}, {2, model.Gap, "checkout"}, {3, model.Gap, "checkout"}, {4, model.Placed, "checkout"}, {5, model.Placed, "checkout"},
		}},
		{embedded.EnvironmentUniversal, []stop{{1, model.Staged, "payments"}, {2, model.Placed, "checkout"}, {3, model.Placed, "checkout"}}},
	} {
		for _, s := range env.stops {
			for _, other := range []bool{false, true} {
				t.Run(fmt.Sprint(env.name, s.steps, other), func(t *testing.T) {
					t.Parallel()
					inBubble(t, 100, 30, env.name, 2, func(b *bubble) { recovers(b, s.steps, s.state, s.usual, other) })
				})
			}
		}
	}
}

// recovers makes a usual choice, or the other one, after a crash.
func recovers(b *bubble, steps int, state model.State, usual string, other bool) {
	b.t.Helper()
	value := b.stored("payments", webhook)
	b.crashed(webhook, "payments", "checkout", steps)
	b.atRecover()
	list := b.top().(recovery)
	if len(list.all) != 1 || list.all[0].State != state {
		b.t.Fatalf("it lists %+v, want one that is %v", list.all, state)
	}
	if title := b.title(); !strings.Contains(title, "! 1 interrupted") || !strings.Contains(title, "global, 2 zones") {
		b.t.Errorf("the title is %q", title)
	}
	want := usual
	b.press("enter").settle()
	if other {
		want = map[string]string{"payments": "checkout", "checkout": "payments"}[usual]
		b.press("down")
	}
	b.wrote()
	b.press("enter").settle()
	if got := b.stored(want, webhook); got != value {
		b.t.Errorf("%s has %q", want, got)
	}
	if other := map[string]string{"payments": "checkout", "checkout": "payments"}[want]; b.stored(other, webhook) == value {
		b.t.Errorf("it is in %s too", other)
	}
	if left := b.found(); len(left) != 0 {
		b.t.Errorf("left are %+v", left)
	}
	for _, zone := range b.top().(reassign).move.progress.Zones {
		if !b.cp.ZoneHas(zone.Name, want, webhook, []byte(value)) {
			b.t.Errorf("%s has lost it: %v", zone.Name, b.cp.ZoneSecrets(zone.Name))
		}
	}
	b.press("esc").settle()
	if _, listed := b.top().(recovery); !listed || strings.Contains(b.title(), "interrupted") {
		b.t.Errorf("afterwards %T is shown, and the title is %q", b.top(), b.title())
	}
}

// What is found when a control plane is connected is said and counted, and
// nothing is done.
func TestInterruptedIsSaidAtConnect(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		b.crashed(webhook, "payments", "checkout", 2)
		b.over("payments", webhook, nil, nil)
		first := b.app.stack[0].(browse)
		connecting := newConnecting(linker{}, b.session.entry, nil, "payments", true)
		b.app.stack = []Screen{connecting}
		b.send(answer[linked]{value: linked{key: first.to.entry.Key(), session: b.session}})
		b.settle()
		b.said("!", "A reassign was interrupted: stripe-webhook-token is only in its safety copy. :recover shows what to do.")
		if !strings.Contains(b.title(), "! 1 interrupted") {
			b.t.Errorf("the title is %q", b.title())
		}
		b.wrote()
		b.press("ctrl+r").settle()
		b.said("", "")
	})
}

// Somebody else finishes it while its decision is open: nothing is done twice.
func TestDecisionLooksOnceMore(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		b.crashed(webhook, "payments", "checkout", 2)
		b.atRecover().press("enter").settle()
		u := b.found()[0]
		other, err := b.session.gate.Resume(b.t.Context(), u)
		if err != nil {
			b.t.Fatal(err)
		}
		at, err := b.session.gate.Advance(b.t.Context(), other.Change, other.Progress)
		if err != nil {
			b.t.Fatal(err)
		}
		b.plane.ops = nil
		b.press("enter").settle()
		b.said("!", "It is not as it was when you looked. Nothing was done; look at it now, then decide.").wrote()
		if d := b.top().(decision); d.item.State != model.Placed {
			b.t.Errorf("it shows %v", d.item.State)
		}
		for at.Next != model.Done && err == nil {
			at, err = b.session.gate.Advance(b.t.Context(), other.Change, at)
		}
		b.plane.ops = nil
		b.press("enter").settle()
		b.said("!", "The safety copy of stripe-webhook-token is gone: somebody finished it, took it back, or deleted it.").wrote()
		if _, is := b.top().(recovery); !is {
			b.t.Errorf("%T is shown", b.top())
		}
	})
}

// Another secret took the name: the copy is dropped only when its name is
// typed, and what is there stays.
func TestForgetAsksForTheName(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		b.crashed(webhook, "payments", "checkout", 2)
		made := model.Snapshot{Secret: model.Secret{Ref: model.Ref{Mesh: "sandbox", Name: webhook}}, Value: model.NewValue([]byte("fake-other"))}
		if _, err := b.plane.ControlPlane.Create(b.t.Context(), made); err != nil {
			b.t.Fatal(err)
		}
		b.atRecover().press("enter").settle()
		b.press("down", "enter", "enter").settle()
		b.wrote().said("", "The name is not typed yet: "+webhook)
		b.write(webhook).press("enter").settle()
		b.wrote("drop").said("✓", "The safety copy of "+webhook+" is deleted; what is there now stays.")
		if got := b.stored("sandbox", webhook); got != "fake-other" {
			b.t.Errorf("sandbox has %q", got)
		}
		if _, is := b.top().(recovery); !is || strings.Contains(b.title(), "interrupted") {
			b.t.Errorf("%T is shown, and the title is %q", b.top(), b.title())
		}
	})
}

// A protected control plane asks for its phrase before anything is gone on
// with.
func TestRecoverOnAProtectedControlPlane(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		value := b.stored("payments", webhook)
		b.crashed(webhook, "payments", "checkout", 2)
		b.atRecover().press("enter").settle()
		b.press("enter", "enter").settle()
		b.wrote().said("", "The name is not typed yet: prod-eu "+webhook+" checkout")
		b.write("prod-eu " + webhook + " checkout").press("enter").settle()
		if got := b.stored("checkout", webhook); got != value {
			b.t.Errorf("checkout has %q", got)
		}
	}, asProdEU)
}

// A zone lost a secret that was moved by hand, and has it again after a resend.
func TestResendBringsALostSecretBack(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 1, func(b *bubble) {
		before, err := b.plane.Get(b.t.Context(), model.Ref{Mesh: "payments", Name: webhook})
		if err != nil {
			b.t.Fatal(err)
		}
		moved := backend.Moved(before, model.Ref{Mesh: "checkout", Name: webhook})
		if err := b.plane.ControlPlane.Delete(b.t.Context(), before); err != nil {
			b.t.Fatal(err)
		}
		if _, err := b.plane.ControlPlane.Create(b.t.Context(), moved); err != nil {
			b.t.Fatal(err)
		}
		time.Sleep(30 * time.Second)
		s, run := openResend(b.session, b.frame(), model.Row{Secret: model.Secret{Ref: moved.Secret.Ref}})
		b.over("checkout", webhook, s, run).settle()
		if zones := b.top().(resend).zones; len(zones) != 1 || zones[0].Loss() != backend.Suspected {
			b.t.Errorf("the zones are %+v: nothing is suspected", zones)
		}
		lost := func() bool { return !b.cp.ZoneHas("dublin-1", "checkout", webhook, before.Value.Reveal()) }
		if !lost() {
			b.t.Error("the zone did not lose it, so nothing is shown here")
		}
		b.press("enter").settle()
		if lost() {
			b.t.Error("the zone still has lost it")
		}
		b.said("✓", webhook+" was sent to the zones again; all of them answered and refused nothing.")
	})
}

// A reassign that is left half way is counted in line 1 from then on.
func TestLeavingAReassignHalfWayIsCounted(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		refusing(backend.ErrForbidden, "checkout", "payments")(nil, b.plane)
		b.confirmed("payments", webhook, "checkout").settle()
		if r, is := b.top().(reassign); !is || r.stage != stopped {
			b.t.Fatalf("it was not stopped: %T", b.top())
		}
		b.press("esc").settle()
		if _, is := b.top().(browse); !is || !strings.Contains(b.title(), "! 1 interrupted") {
			b.t.Errorf("%T is shown, and the title is %q", b.top(), b.title())
		}
	})
}
