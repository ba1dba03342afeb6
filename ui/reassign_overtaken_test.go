package ui

import (
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// rival is another run that takes back the only reassign that is unfinished.
// Each call takes one step.
func (r *workbench) rival() func() {
	r.t.Helper()
	all, err := r.plane.Unfinished(r.t.Context())
	if err != nil || len(all) != 1 {
		r.t.Fatalf("%d are unfinished, %v", len(all), err)
	}
	found, err := r.session.gate.Resume(r.t.Context(), all[0])
	if err != nil {
		r.t.Fatal(err)
	}
	at := found.Progress.Reverse()
	return func() {
		r.t.Helper()
		if at, err = r.session.gate.Advance(r.t.Context(), found.Change, at); err != nil {
			r.t.Fatal(err)
		}
	}
}

// Another run takes back what is being moved here: this one stops, says so, and
// to look again is no consent to undo what the other does.
func TestReassignOvertaken(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name string
		w, h int
	}{{"80x24", 80, 24}, {"100x30", 100, 30}} {
		r := newClusterBench(t, size.w, size.h).reassign("payments", webhook)
		value := r.stored("payments", webhook)
		r.begun().once(0)
		theirs := r.rival()
		theirs()
		r.settle().said("✗", "Another run takes it back. Nothing more is done here.").golden("reassign-overtaken-" + size.name)
		r.press("enter").settle().said("✗", "Another run takes it back. Nothing more is done here.")
		theirs()
		theirs()
		r.plane.ops = nil
		r.press("ctrl+r").settle().said("✗", "Another run has taken it back. Nothing more is done here.").
			golden("reassign-overtaken-gone-" + size.name).wrote()
		if r.stored("payments", webhook) != value {
			t.Error("the value is not where it was")
		}
		r.press("down", "enter").settle()
		if r.top().(reassign).stage != confirming {
			t.Error("checking again does not lead to the confirm")
		}
	}
}

// What is said of the other ways in which another run comes first.
func TestOvertakenWords(t *testing.T) {
	t.Parallel()
	refusedIt := &backend.Error{Kind: backend.ErrForbidden, Op: "deleting"}
	for _, c := range []struct {
		name  string
		world model.World
		first bool
		back  bool
		err   error
		want  string
	}{
		{"finished", model.World{Source: model.Present, Copy: model.Present}, false, true, nil,
			"Another run finished it: it is in checkout, and is not deleted there. To have it in payments again, reassign it."},
		{"undone by half", model.World{Source: model.Present, Copy: model.Present, Claimed: true}, false, false, refusedIt,
			"It is in payments as before. Deleting it there was refused, and not all that was made for it could be taken away again."},
		{"in two meshes", model.World{Source: model.Present, Target: model.Present, Run: model.Run{Gone: true}}, true, false, nil,
			"It is in payments again: another run takes it back, or somebody made it there. It was not deleted there once more."},
		{"taken back on Universal", model.World{Source: model.Present, Run: model.Run{Placed: true}}, true, false, nil,
			"Another run has taken it back: it is in payments, and nowhere else."},
		{"not begun", model.World{Source: model.Present}, false, false, nil, "It is in payments as before; nothing is in checkout."},
	} {
		m := moveIn(c.world, c.first)
		if m.err = c.err; c.back {
			m.progress.Plan = m.progress.Plan.Reverse()
		}
		if _, got, _ := m.heldWords(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A take back of what was copied and not deleted marks it first, so that no
// other run deletes it.
func TestTakenBackBeforeItWent(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name string
		w, h int
	}{{"80x24", 80, 24}, {"100x30", 100, 30}} {
		r := newClusterBench(t, size.w, size.h).reassign("payments", webhook)
		value := r.stored("payments", webhook)
		failing("delete", backend.ErrUnavailable, "connection refused")(nil, r.plane)
		r.begun().once(0).once(0).press("esc").settle()
		r.plane.before, r.plane.ops = nil, nil
		r.press("down", "down", "enter").settle().said("✓", webhook+" is in payments as before. The reassign is taken back.").
			golden("reassign-taken-back-"+size.name).wrote("update payments/"+webhook, "drop", "update payments/"+webhook)
		if r.stored("payments", webhook) != value {
			t.Error("the value is not where it was")
		}
	}
}
