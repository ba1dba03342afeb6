package ui

import (
	"fmt"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// marked opens the deletion of some secrets of a mesh.
func (r *workbench) marked(refs ...model.Ref) *workbench {
	rows := make([]model.Row, len(refs))
	for i, ref := range refs {
		rows[i] = r.row(ref.Mesh, ref.Name)
	}
	s, run := openRemovals(r.session, r.frame(), r.list().stock, rows)
	return r.onto(s, run)
}

// of are secrets of one mesh.
func of(mesh string, names ...string) []model.Ref {
	refs := make([]model.Ref, len(names))
	for i, name := range names {
		refs[i] = model.Ref{Mesh: mesh, Name: name}
	}
	return refs
}

// cull are the several deletions on top, and how each stands.
func (r *workbench) cull() string {
	r.t.Helper()
	s, is := r.top().(removals)
	if !is {
		r.t.Fatalf("the screen on top is %T: %s", r.top(), r.app.message.Text)
	}
	words := map[fate]string{unchecked: "unchecked", movable: "waits", stays: "stays", itsTurn: "its turn", settled: "deleted", halted: "halted"}
	var all []string
	for _, i := range s.items {
		all = append(all, i.row.Secret.Ref.Name+" "+words[i.fate])
	}
	return strings.Join(all, ", ")
}

func TestRemovals(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		was := [3]string{}
		for i, name := range three {
			was[i] = r.stored("default", name)
		}
		r.marked(of("default", three...)...).settle().press("enter").said("", "The name is not typed yet: delete 3").wrote()
		r.write("delete 3").press("enter").settle().
			wrote("delete default/feature-flags", "delete default/smtp-password", "delete default/warehouse-password").
			said("✓", "3 secrets deleted from default.")
		if got := r.cull(); got != "feature-flags deleted, smtp-password deleted, warehouse-password deleted" {
			t.Errorf("it stands so: %s", got)
		}
		r.undoes().keeps("default", three[2], was[2])
		if !r.top().(removals).items[2].back {
			t.Error("it does not say what is back")
		}
		r.press("esc")
		for i := 1; i >= 0; i-- {
			r.undoes().keeps("default", three[i], was[i])
		}
		r.press("z").said("", nothingToUndo)
	})
}

// What cannot be deleted with others is named, with the reason, and left out; who
// uses the others is said.
func TestRemovalsLeaveOut(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).at("payments", "psp-ca").marked(
		append(of("payments", "payments-ca-cert", "psp-ca", "dataplane-token-signing-key-payments-1", "stripe-webhook-token"),
			model.Ref{Name: "user-token-revocations"}, model.Ref{Mesh: "retired", Name: "retired-shop-token"})...).settle()
	if got := r.cull(); got != "payments-ca-cert stays, psp-ca waits, dataplane-token-signing-key-payments-1 stays, "+
		"stripe-webhook-token waits, user-token-revocations stays, retired-shop-token stays" {
		t.Errorf("it stands so: %s", got)
	}
	lines := ""
	for _, l := range r.top().(removals).text(r.frame()) {
		lines += l.plain() + "\n"
	}
	for _, want := range []string{
		"payments/psp-ca: in use by ExternalService psp as CA",
		"Calls to psp: the control plane takes its endpoints away",
		"payments-ca-cert stays: mTLS backend ca-2 of payments uses it.",
		"is a system secret, which is unlocked by itself. Delete it alone.",
		"user-token-revocations stays: every token that it revokes would be valid again. Delete it alone.",
		"retired-shop-token cannot be changed: mesh retired does not exist.",
	} {
		if !strings.Contains(strings.Join(strings.Fields(lines), " "), want) {
			t.Errorf("it does not say %q:\n%s", want, lines)
		}
	}
	r.readsOn().write("delete 2").press("enter").settle().wrote("delete payments/psp-ca", "delete payments/stripe-webhook-token")
}

func TestRemovalsTheFirstThatStopsStopsTheRest(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		r.marked(of("default", three...)...).settle()
		r.foreign("default", "smtp-password", "fake-theirs")
		r.write("delete 3").press("enter").settle().wrote("delete default/feature-flags").
			said("✗", "smtp-password was not deleted, and the rest was stopped.").keeps("default", "smtp-password", "fake-theirs")
		if got := r.cull(); got != "feature-flags deleted, smtp-password halted, warehouse-password waits" {
			t.Errorf("it stands so: %s", got)
		}
	})
	r := newBench(t, 100, 30).at("default", "smtp-password").marked(of("default", three...)...).settle()
	r.plane.before = func(op string, ref model.Ref) error {
		if op == "delete" && ref.Name == "smtp-password" {
			return &backend.Error{Kind: backend.ErrInUse, Op: "deleting", Ref: ref, Reason: "fake reason"}
		}
		return nil
	}
	r.write("delete 3").press("enter").settle().golden("removals-stopped-100x30")
}

func TestRemovalsAreStoppedByHand(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).at("default", "smtp-password").marked(of("default", three...)...).settle().write("delete 3").press("enter")
	if what, busy := r.app.busy(); !busy || what != "deleting feature-flags" {
		t.Errorf("busy is %q, %v", what, busy)
	}
	r.press("esc").settle().wrote("delete default/feature-flags").
		said("", "Stopped. 1 secret is deleted, 2 not begun and unchanged.")
}

// Nothing of a value is held while it is asked, and none is left afterwards but
// for undoing.
func TestRemovalsHoldNoValue(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).at("default", "smtp-password").marked(of("default", three...)...).settle()
	for range 2 {
		for _, i := range r.top().(removals).items {
			if i.change.Before.Value.Len() > 0 {
				t.Error("a value is held")
			}
		}
		r.write("delete 3").press("enter").settle()
	}
}

// One that may not be read is left out: it could not be brought back. Where
// nothing answers, nothing is asked.
func TestRemovalsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30, failing("get", backend.ErrForbidden, "")).at("default", "smtp-password").marked(of("default", three...)...).settle()
	if got := r.cull(); got != "feature-flags stays, smtp-password stays, warehouse-password stays" {
		t.Errorf("it stands so: %s", got)
	}
	r.golden("removals-none-100x30")
	newBench(t, 100, 30, failing("get", backend.ErrUnavailable, "connection refused")).at("default", "smtp-password").marked(of("default", three...)...).settle().
		said("✗", "Nothing answers at http://localhost:5681 (connection refused). Start the control plane, or correct its address.")
}

// readsOn presses enter until all that is to be deleted was in sight.
func (r *workbench) readsOn() *workbench {
	r.t.Helper()
	for range 20 {
		if asking, is := r.top().(removals); !is || asking.unread(r.frame()) == 0 {
			return r
		}
		r.press("enter")
	}
	r.t.Error("it is never read to its end")
	return r
}

// In a low window all is read before enter deletes, whatever is typed.
func TestRemovalsAreReadBeforeTheyAreAgreedTo(t *testing.T) {
	t.Parallel()
	r := newBench(t, 60, 16).at("default", "smtp-password").marked(of("default", three...)...).settle()
	r.write("delete 3")
	for before := r.top().(removals).unread(r.frame()); before > 0; {
		r.press("enter").settle().wrote()
		now := r.top().(removals).unread(r.frame())
		if now >= before {
			t.Fatalf("%d lines are unread after %d", now, before)
		}
		before = now
	}
	r.press("enter").settle().wrote("delete default/feature-flags", "delete default/smtp-password", "delete default/warehouse-password")
}

func TestRemovalsFrames(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{100, 30}, {80, 24}, {60, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			name := func(state string) string { return fmt.Sprintf("removals-%s-%dx%d", state, size[0], size[1]) }
			r := newBench(t, size[0], size[1], protected).at("payments", "psp-ca").marked(
				of("payments", "payments-ca-cert", "payments-ca-cert-old", "psp-ca", "psp-client-cert", "psp-client-key", "dataplane-token-signing-key-payments-1")...)
			r.golden(name("checking")).settle().golden(name("asking")).press("pgdown").golden(name("scrolled"))
			r.readsOn().write("demo delete 4").golden(name("typed")).press("enter").golden(name("deleting")).settle().golden(name("done"))
			newClusterBench(t, size[0], size[1]).at("default", "smtp-password").marked(of("default", three...)...).settle().golden(name("kubernetes"))
		})
	}
}
