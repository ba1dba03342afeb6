package ui

import (
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// later lets time go by until the screen looks again.
func (r *workbench) later() *workbench {
	r.t.Helper()
	r.now = r.now.Add(glanceEvery)
	return r.send(tick{}).settle()
}

// heldBetween is a reassign that was stopped while the secret is in no mesh.
func heldBetween(t *testing.T) (r *workbench, value string) {
	t.Helper()
	r = newClusterBench(t, 100, 30, refusing(backend.ErrForbidden, "checkout", "payments")).reassign("payments", webhook)
	value = r.stored("payments", webhook)
	r.begun().settle()
	if !r.top().(reassign).move.between() {
		t.Fatal("it was not stopped between the meshes")
	}
	r.plane.before, r.plane.ops = nil, nil
	return r, value
}

// What another run does with a reassign that was stopped here is seen by itself,
// and nothing is done meanwhile. The choices are those that then fit.
func TestHeldLooksAgainByItself(t *testing.T) {
	t.Parallel()
	r, value := heldBetween(t)
	r.later()
	if text := r.shown(); !strings.Contains(text, "The secret is in no mesh. Its exact value is safe") {
		t.Fatal("a look at what has not changed says something else")
	}
	theirs := r.rival()
	theirs()
	r.plane.ops = nil
	r.later().said("✗", "Another run takes it back. Nothing more is done here.").golden("reassign-taken-back-elsewhere-100x30").wrote()
	theirs()
	theirs()
	r.plane.ops = nil
	r.later().said("!", "Another run has taken it back. Nothing more is done here.").golden("reassign-taken-back-elsewhere-over-100x30").wrote()
	if r.stored("payments", webhook) != value {
		t.Error("the value is not where it was")
	}
	r.press("enter")
	if _, is := r.top().(reassign); is {
		t.Error("the bar does not stand on what does nothing")
	}
}

// ctrl+r looks, and does nothing else; trying again is a choice.
func TestHeldLooksWhenAsked(t *testing.T) {
	t.Parallel()
	r, value := heldBetween(t)
	r.press("ctrl+r").settle().wrote()
	r.press("enter").settle().said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.")
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not in its new mesh")
	}
}

// A look that fails leaves what was seen, and says how old that is.
func TestHeldThatCannotLook(t *testing.T) {
	t.Parallel()
	r, _ := heldBetween(t)
	r.plane.before = func(string, model.Ref) error {
		return &backend.Error{Kind: backend.ErrUnavailable, Op: "reading", Reason: "connection refused"}
	}
	for range 4 {
		r.later()
	}
	if text := r.shown(); !strings.Contains(text, "looked at 12 s ago") {
		t.Errorf("it does not say how old it is:\n%s", text)
	}
}

// A Secret of another type that takes the name is called what it is.
func TestHeldByAStranger(t *testing.T) {
	t.Parallel()
	other := model.Secret{Ref: model.Ref{Name: webhook}, Object: model.Object{Type: "Opaque"}}
	const want = "Another Secret named " + webhook + " (type Opaque) is in kuma-system: no secret of a mesh. Nothing was done to it. " +
		"Look at it with  kubectl -n kuma-system describe secret " + webhook + "  and, if nobody needs it, delete it; then go on here."
	if got := strangerWords(other, "kuma-system"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	other.Object.Type = ""
	if got := strangerWords(other, "kuma-system"); !strings.Contains(got, "a global secret") {
		t.Errorf("a global secret is called %q", got)
	}
}

// Another console that goes the same way ends it; here nothing is left to do.
func TestHeldAndFinishedElsewhere(t *testing.T) {
	t.Parallel()
	r, _ := heldBetween(t)
	r.plane.ops = nil
	all, err := r.plane.Unfinished(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d are unfinished, %v", len(all), err)
	}
	found, err := r.session.gate.Resume(t.Context(), all[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := found.Progress; at.Next != model.Done; {
		if at, err = r.session.gate.Advance(t.Context(), found.Change, at); err != nil {
			t.Fatal(err)
		}
	}
	r.now = r.now.Add(time.Second)
	r.later().said("!", "Another run has ended it: it is in checkout. Nothing more is done here.")
	if all := r.top().(reassign).move.remedies(); len(all) != 1 || all[0] != leaveIt {
		t.Errorf("it offers %v", all)
	}
}
