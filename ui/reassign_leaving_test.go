package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// Who leaves in the middle is told after which step, and where the value is
// then; the same stands on the normal screen afterwards.
func TestLeavingInTheMiddleOfSteps(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		w, h int
		name string
	}{{80, 24, "80x24"}, {60, 20, "60x20"}} {
		inBubble(t, size.w, size.h, embedded.EnvironmentKubernetes, 3, func(b *bubble) {
			b.confirmed("payments", webhook, "checkout").steps(1)
			name := b.copyOf("payments", webhook)
			b.during(time.Millisecond, func() {
				b.press("ctrl+c").golden("quit-" + size.name)
				want := "meshsecrets: " + webhook + " may be in no mesh, as it was being deleted from payments; its value is in Secret " + name + "."
				if got := b.app.Farewell(); len(got) != 1 || got[0] != want {
					t.Errorf("leaving now prints %q, want %q", got, want)
				}
			})
			if !b.app.gone {
				t.Fatal("the console did not leave after the step")
			}
			want := "meshsecrets: " + webhook + " is in no mesh; its value is in Secret " + name + "."
			if got := b.app.Farewell(); len(got) != 1 || got[0] != want {
				t.Errorf("leaving prints %q, want %q", got, want)
			}
			b.wrote("keep payments/"+webhook, "delete payments/"+webhook)
			left, err := b.plane.Unfinished(b.t.Context())
			if err != nil || len(left) != 1 || left[0].Copy != name {
				t.Errorf("the next start would find %d, %v", len(left), err)
			}
		}, asProdEU)
	}
}

// Who stays goes on with the steps.
func TestStayingInTheMiddleOfSteps(t *testing.T) {
	t.Parallel()
	inBubble(t, 80, 24, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		b.confirmed("payments", webhook, "checkout").steps(1)
		b.during(time.Millisecond, func() { b.press("ctrl+c", "esc") })
		b.settle().said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.")
		if got := b.app.Farewell(); len(got) > 0 {
			t.Errorf("leaving would print %q", got)
		}
	})
}

// What the dialog says of each step is what is there after it.
func TestWhatIsLeftAfterEachStep(t *testing.T) {
	t.Parallel()
	const copied = "meshsecrets-reassign-fake-uid"
	for _, c := range []struct {
		world model.World
		first bool // the target is made first
		step  int
		what  string
		then  string
		copy  string
	}{
		{model.World{Source: model.Present}, false, 1, "Writing the safety copy", "Then it is in payments as before, and the next start offers to take this safety copy away:", copied},
		{model.World{Source: model.Present, Copy: model.Present}, false, 1, "Deleting from payments", "Then the secret is in no mesh; its value stays in this Secret of kong-mesh-system, and the next start offers to finish, on any machine:", copied},
		{model.World{Copy: model.Present}, false, 1, "Creating in checkout", "Then it is in checkout, and the next start offers what is left to clean up, with this safety copy:", copied},
		{model.World{Copy: model.Present, Target: model.Present}, false, 1, "Deleting the safety copy", "Then it is over: it is in checkout.", ""},
		{model.World{Source: model.Present}, true, 1, "Creating in checkout", "Then it is in both meshes, with equal bytes, and the next start offers to finish or to take it back.", ""},
		{model.World{Source: model.Present, Target: model.Present, Tagged: true, Run: model.Run{Quiet: true}}, true, 1, "Deleting from payments", "Then it is in checkout, and the next start offers what is left to clean up.", ""},
	} {
		m := moveIn(c.world, c.first)
		m.running = &request{}
		got := m.stopping(Frame{})
		if want := (stopping{step: c.step, what: c.what, then: c.then, copy: c.copy}); got != want {
			t.Errorf("%+v:\n%+v, want\n%+v", c.world, got, want)
		}
	}
}

// moveIn is a move of which this is there.
func moveIn(w model.World, first bool) move {
	plan := model.Plan{ID: "fake", From: model.Ref{Mesh: "payments", Name: webhook}, To: model.Ref{Mesh: "checkout", Name: webhook}, TargetFirst: first}
	if !first {
		plan.UID = "fake-uid"
	}
	s := &session{id: backend.Identity{SystemNamespace: "kong-mesh-system"}, traits: backend.Traits{NamePerMesh: first, SafetyCopies: !first}, entry: backend.Entry{Name: "prod-eu"}}
	progress := backend.Progress{Plan: plan, World: w, Next: plan.Next(w)}
	return move{to: s, progress: progress, looked: true, known: true}
}

// The line on the normal screen says where the value is, for each place where
// a reassign can be left.
func TestFarewells(t *testing.T) {
	t.Parallel()
	const kept = "Secret meshsecrets-reassign-fake-uid"
	for _, c := range []struct {
		world model.World
		first bool
		want  string
	}{
		{model.World{Source: model.Present}, false, ""},
		{model.World{Source: model.Present, Copy: model.Present}, false, "is in payments; its safety copy meshsecrets-reassign-fake-uid is left."},
		{model.World{Copy: model.Present}, false, "is in no mesh; its value is in " + kept + "."},
		{model.World{Copy: model.Present, Target: model.Present, Tagged: true}, false, "is in checkout; its safety copy meshsecrets-reassign-fake-uid is left."},
		{model.World{Target: model.Present}, false, ""},
		{model.World{Run: model.Run{Held: true}}, false, "is in no mesh, and its value was in this program alone."},
		{model.World{Source: model.Present, Target: model.Present, Tagged: true}, true, "is in payments and in checkout, with equal bytes: the reassign is not finished."},
		{model.World{Target: model.Present, Tagged: true}, true, "is in checkout; its label meshsecrets.io/reassign is left."},
		{model.World{Target: model.Present}, true, ""},
	} {
		m := moveIn(c.world, c.first)
		m.change.Before.Value = model.NewValue([]byte("fake"))
		got, want := strings.Join(m.farewell(), "\n"), "meshsecrets: "+webhook+" "+c.want
		if c.want == "" {
			want = ""
		}
		if got != want {
			t.Errorf("%+v: %q, want %q", c.world, got, want)
		}
	}
}

// While steps are under way, a lost terminal ends the wait for them after a
// while; the value is in the safety copy.
func TestLeavingDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 80, 24).reassign("payments", webhook).begun().press("ctrl+c")
		if r.app.gone {
			t.Fatal("it left in the middle of a step")
		}
		r.now = r.now.Add(leaveAfter)
		r.send(tick{})
		if !r.app.gone {
			t.Error("it waits for ever")
		}
		r.session.end()
	})
}

// What a person can choose when it was stopped, by what is there.
func TestRemedies(t *testing.T) {
	t.Parallel()
	lost := &backend.Error{Kind: backend.ErrUnknown, Op: "deleting"}
	for _, c := range []struct {
		name  string
		world model.World
		first bool
		err   error
		want  []remedy
	}{
		{"only in the copy", model.World{Copy: model.Present}, false, nil, []remedy{tryAgain, takeBack, leaveIt}},
		{"only here, held by this run", model.World{Run: model.Run{Held: true}}, false, nil, []remedy{tryAgain, takeBack, leaveIt}},
		{"only here, deleted by somebody", model.World{}, true, nil, []remedy{putBack, leaveIt}},
		{"in both", model.World{Source: model.Present, Target: model.Present}, true, nil, []remedy{leaveIt, tryAgain, takeBack}},
		{"in both, the deletion may still arrive", model.World{Source: model.Present, Target: model.Present}, true, lost, []remedy{leaveIt, tryAgain}},
		{"nothing begun", model.World{Source: model.Present}, false, nil, []remedy{leaveIt, tryAgain}},
		{"copied", model.World{Source: model.Present, Copy: model.Present}, false, nil, []remedy{leaveIt, tryAgain, takeBack}},
		{"copied, the deletion may still arrive", model.World{Source: model.Present, Copy: model.Present}, false, lost, []remedy{leaveIt, tryAgain}},
		{"somebody else's copy", model.World{Source: model.Present, Copy: model.Foreign}, false, nil, []remedy{leaveIt}},
		{"there, not cleaned up", model.World{Target: model.Present, Copy: model.Present, Tagged: true}, false, errors.New("fake"), []remedy{leaveIt, tryAgain, takeBack}},
	} {
		m := moveIn(c.world, c.first)
		m.change.Before.Value, m.err = model.NewValue([]byte("fake")), c.err
		if got := m.remedies(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
