package ui

import (
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const mailLost = "The connection broke while mail-password was saved, and whether it arrived is not known. Your text is kept; ctrl+s tries again."

// What was added though the answer was lost is told as saved when it is tried again,
// and can be undone, whether or not the list has it by then. What did not arrive is
// saved then.
func TestAnAdditionWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arrives, listed bool
		wrote           []string
	}{
		"it arrived":                    {true, false, []string{"create default/mail-password"}},
		"it arrived, and the list says": {true, true, []string{"create default/mail-password"}},
		"it did not arrive":             {false, false, []string{"create default/mail-password", "create default/mail-password"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			benches(t, func(_ *testing.T, r *workbench) {
				r.loses("create", c.arrives).adds("default", "mail-password", "fake-mail").said("!", mailLost)
				if c.listed {
					r.send(readAnew{r.session}).settle()
				}
				r.press("ctrl+s").settle().said("✓", "mail-password saved in default, read back, equal.").wrote(c.wrote...)
				r.undoes().said("✓", "mail-password is gone from default again: you had added it.")
			})
		})
	}
}

// What arrives only while it is tried again is not told as somebody else's.
func TestAnAdditionThatArrivesLate(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		r.loses("create", false).adds("default", "mail-password", "fake-mail").said("!", mailLost)
		r.plane.before = func(op string, ref model.Ref) error {
			if op != "create" {
				return nil
			}
			r.plane.before = nil
			late := model.Snapshot{Secret: model.Secret{Ref: ref}, Value: model.NewValue([]byte("fake-mail"))}
			if _, err := r.plane.ControlPlane.Create(t.Context(), late); err != nil {
				t.Error(err)
			}
			return nil
		}
		r.press("ctrl+s").settle().said("✓", "mail-password saved in default, read back, equal.")
	})
}

// Nor is what arrived before another value was typed; that one is kept.
func TestAnAdditionThatArrivedBeforeMoreWasTyped(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		r.loses("create", true).adds("default", "mail-password", "fake-mail").write("-2").press("ctrl+s").settle().
			said("!", "mail-password is in default with what you saved before: that had arrived. Edit that one, or choose another name. Your text is kept.").
			keeps("default", "mail-password", "fake-mail")
		f := r.top().(form)
		v := f.entry.value()
		defer v.Wipe()
		if !v.Equal(model.NewValue([]byte("fake-mail-2"))) {
			t.Error("what was typed is not there")
		}
		r.press("esc", "down", "enter").undoes().said("✓", "mail-password is gone from default again: you had added it.")
	})
}

// Somebody else's is told as theirs, also when it is found by looking first.
func TestSomebodyElseAddsItWhileTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		r.loses("create", false).adds("default", "mail-password", "fake-mail").said("!", mailLost)
		theirs := model.Snapshot{Secret: model.Secret{Ref: model.Ref{Mesh: "default", Name: "mail-password"}}, Value: model.NewValue([]byte("fake-theirs"))}
		if _, err := r.plane.ControlPlane.Create(t.Context(), theirs); err != nil {
			t.Fatal(err)
		}
		r.press("ctrl+s").settle().said("✗", "mail-password exists in default already. Edit that one, or choose another name. Your text is kept.")
		if f := r.top().(form); f.lost != nil {
			t.Error("it is still taken for what was sent from here")
		}
	})
}

// An edit that arrived is no conflict, also when more was typed since: the undo
// brings back what was there before both.
func TestAnEditWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"the same": "", "more": "-2"} {
		for _, arrives := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				benches(t, func(t *testing.T, r *workbench) {
					was := r.stored("default", "smtp-password")
					r.loses("update", arrives).edits("default", "smtp-password", "fake").write(more).press("ctrl+s").settle().
						said("✓", "smtp-password saved in default, read back, equal.").keeps("default", "smtp-password", "fake"+more)
					r.undoes().keeps("default", "smtp-password", was)
				})
			})
		}
	}
}

// generated makes a CA in the form of a new secret.
func (r *workbench) generated(mesh, name string) *workbench {
	return r.onto(newForm(r.session, r.list().stock, model.Ref{Mesh: mesh}), nil).write(name).
		press("tab", "right", "right", "tab", "right", "enter")
}

// After a lost answer the other half of a CA stays until something tells, whatever
// is done; saving again ends with the form of that half.
func TestTheOtherHalfAfterALostAnswer(t *testing.T) {
	t.Parallel()
	for name, arrives := range map[string]bool{"it arrived": true, "it did not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			benches(t, func(t *testing.T, r *workbench) {
				r.loses("create", arrives).generated("sandbox", "sandbox-ca-cert").press("ctrl+s").settle()
				was := r.top().(form).spare.Clone()
				defer was.Wipe()
				here := func() {
					t.Helper()
					f, is := r.top().(form)
					if !is || !f.spare.Equal(was) {
						t.Fatalf("the key is not there:\n%s", r.shown())
					}
					if _, keeps := f.keeps(); !keeps {
						t.Fatal("it is not kept")
					}
				}
				here()
				r.press("tab", "right", "tab", "right", "enter", "tab").write("fake").press("backspace", "backspace", "backspace", "backspace")
				r.paste("FAKE\nNOT A KEY\n")
				if got := r.app.message.Text; !strings.HasPrefix(got, "Whether sandbox-ca-cert is saved is not known, and its key is only here") {
					t.Errorf("the message is %q", got)
				}
				here()
				r.press("esc", "enter")
				r.plane.before = failingOnce(r, "get", backend.ErrUnavailable)
				r.press("ctrl+s").settle()
				here()
				r.press("ctrl+s").settle().said("✓", "sandbox-ca-cert saved in sandbox. ctrl+s adds its key, which is only here.").
					press("ctrl+s").settle().said("✓", "sandbox-ca-key saved in sandbox, read back, equal.")
				r.undoes().undoes().said("✓", "sandbox-ca-cert is gone from sandbox again: you had added it.")
			})
		})
	}
}

func TestFramesOfALostHalf(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).at("default", "smtp-password").loses("create", true).generated("sandbox", "sandbox-ca-cert")
	r.press("ctrl+s").settle().golden("generate-ca-lost-100x30").press("esc").golden("generate-ca-lost-leave-100x30")
}

// failingOnce fails the next such call.
func failingOnce(r *workbench, op string, kind error) func(string, model.Ref) error {
	return func(asked string, ref model.Ref) error {
		if asked != op {
			return nil
		}
		r.plane.before = nil
		return &backend.Error{Kind: kind, Op: "reading", Ref: ref}
	}
}

// What is known not to have arrived may not be saved by now, and keeps nothing.
func TestTheOtherHalfIsNotKeptForWhatDidNotArrive(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		r.plane.before = func(op string, ref model.Ref) error {
			if op != "create" {
				return nil
			}
			r.plane.before = nil
			return &backend.Error{Kind: backend.ErrUnknown, Op: "saving", Ref: ref}
		}
		r.generated("sandbox", "sandbox-ca-cert").press("ctrl+s").settle().
			said("✗", "The change of sandbox-ca-cert did not arrive; nothing changed. ctrl+s tries again.")
		f := r.top().(form)
		if _, keeps := f.keeps(); keeps || f.fixed() {
			t.Error("it is kept as if it may be saved")
		}
	})
}

// The other half goes with the half that it was made with.
func TestTheOtherHalfIsWipedOnceItsHalfIsReplaced(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]func(*workbench){
		"typed over": func(r *workbench) { r.press("shift+tab", "left", "left", "tab", "tab").write("x") },
		"generated":  func(r *workbench) { r.press("left", "enter") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newBench(t, 100, 30).at("default", "smtp-password").generated("sandbox", "sandbox-ca-cert")
			spare := r.top().(form).spare
			replace(r)
			if f := r.top().(form); f.spare.Len() > 0 || strings.Contains(string(spare.Reveal()), "KEY") {
				t.Error("the key can still be read")
			}
		})
	}
}
