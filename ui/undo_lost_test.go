package ui

import (
	"slices"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// loses loses the answer of the next such write, and what is asked to find out
// whether it arrived.
func (r *workbench) loses(op string, arrives bool) *workbench {
	lost := func(asked string, ref model.Ref) error {
		if asked != op {
			return nil
		}
		r.plane.after = nil
		r.plane.before = func(asked string, ref model.Ref) error {
			if asked != "get" {
				return nil
			}
			r.plane.before = nil
			return &backend.Error{Kind: backend.ErrUnavailable, Op: "reading", Ref: ref}
		}
		return &backend.Error{Kind: backend.ErrUnknown, Op: "saving", Ref: ref}
	}
	if arrives {
		r.plane.after = lost
	} else {
		r.plane.before = lost
	}
	return r
}

const smtpLost = "The connection broke while smtp-password was deleted, and whether it is gone is not known. enter tries again."

// What was deleted though the answer was lost can be brought back, also when it
// was tried once more.
func TestADeletionWhoseAnswerIsLostCanBeUndone(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		was := r.stored("default", "smtp-password")
		r.loses("delete", true).deletes("default", "smtp-password").said("!", smtpLost)
		if r.app.message.Right != "z undo" {
			t.Errorf("the message names no key: %q", r.app.message.Right)
		}
		r.press("esc").undoes().keeps("default", "smtp-password", was)

		r.loses("delete", true).deletes("default", "smtp-password").press("enter").settle().
			said("✓", "smtp-password is gone from default: its deletion had arrived.")
		if n := len(r.list().past.all); n != 1 {
			t.Errorf("%d changes are kept, want one", n)
		}
		r.undoes().keeps("default", "smtp-password", was).press("z").said("", nothingToUndo)
	})
}

// What was not deleted is still there, and nobody else is said to have made it.
func TestADeletionThatNeverArrivedIsNotUndone(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		was := r.stored("default", "smtp-password")
		r.loses("delete", false).deletes("default", "smtp-password").said("!", smtpLost).press("esc", "z").settle().
			said("✗", "Not undone: smtp-password is still in default, with the value that it had: its deletion did not arrive.")

		r.deletes("default", "feature-flags")
		r.loses("delete", false).deletes("default", "smtp-password").press("enter").settle().said("✓", "smtp-password deleted from default.")
		r.undoes().keeps("default", "smtp-password", was)
	})
}

// One of several whose answer is lost stops the rest, and can be brought back.
func TestRemovalsWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, arrives := range []bool{true, false} {
		benches(t, func(t *testing.T, r *workbench) {
			was := r.stored("default", "feature-flags")
			r.marked(of("default", three...)...).settle().loses("delete", arrives).write("delete 3").press("enter").settle().
				wrote("delete default/feature-flags").said("!", "Whether feature-flags is deleted is not known; the rest was stopped.")
			if got := r.cull(); got != "feature-flags halted, smtp-password waits, warehouse-password waits" {
				t.Errorf("it stands so: %s", got)
			}
			if !arrives {
				r.press("z").settle().said("✗", "Not undone: feature-flags is still in default, with the value that it had: its deletion did not arrive.")
				return
			}
			r.undoes().keeps("default", "feature-flags", was)
			if !slices.ContainsFunc(r.top().(removals).items, func(i removing) bool { return i.back }) {
				t.Error("it does not say that it is back")
			}
		})
	}
	newBench(t, 100, 30).at("default", "smtp-password").marked(of("default", three...)...).settle().loses("delete", true).
		write("delete 3").press("enter").settle().golden("removals-unknown-100x30")
}

// undoesInTheDark takes a change back and loses the answer: enter finds out, and
// takes it back again only where that did not arrive. So does z, once the dialog
// was left.
func undoesInTheDark(t *testing.T, change func(*workbench), op string, wrote []string, done string) {
	t.Parallel()
	again := map[string]func(*workbench){
		"enter": func(r *workbench) { r.press("enter").settle() },
		"z":     func(r *workbench) { r.press("esc", "z").settle() },
	}
	for name, tries := range again {
		for _, arrives := range []bool{true, false} {
			benches(t, func(t *testing.T, r *workbench) {
				change(r)
				r.loses(op, arrives).undoes()
				if got := r.app.message; got.Mark != "!" || !strings.HasSuffix(got.Text, "was changed, and whether that arrived is not known. enter tries again.") {
					t.Fatalf("it says %q", got.Text)
				}
				tries(r)
				want := wrote
				if !arrives {
					if want = append(slices.Clone(wrote), wrote[1]); name == "z" {
						r.press("down", "enter").settle()
					}
				}
				r.wrote(want...).said("✓", done).press("z").said("", nothingToUndo)
			})
		}
	}
}
