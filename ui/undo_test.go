package ui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// benches walks over a workbench of each kind of control plane, at the list of
// mesh default.
func benches(t *testing.T, walk func(t *testing.T, r *workbench), settings ...setting) {
	t.Helper()
	for name, open := range map[string]func(*testing.T, int, int, ...setting) *workbench{"universal": newBench, "kubernetes": newClusterBench} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(t, open(t, 100, 30, settings...).at("default", "smtp-password"))
		})
	}
}

// at puts browse there alone, at a secret.
func (r *workbench) at(mesh, name string) *workbench {
	r.over(mesh, name, nil, nil)
	r.app.stack = r.app.stack[:1]
	return r
}

// onto puts a screen on those that are there.
func (r *workbench) onto(s Screen, run tea.Cmd) *workbench {
	r.app.stack = push(r.app.stack, s)
	return r.then(run)
}

// list is the browse at the bottom.
func (r *workbench) list() browse { return r.app.stack[0].(browse) }

// edits saves another value; adds and deletes do likewise. What was done before
// stays.
func (r *workbench) edits(mesh, name, text string) *workbench {
	row, _ := r.list().stock.inventory.Find(model.Ref{Mesh: mesh, Name: name})
	return r.onto(openEdit(r.session, r.frame(), r.list().stock, row)).settle().write(text).press("ctrl+s").settle()
}

func (r *workbench) adds(mesh, name, value string) *workbench {
	return r.onto(newForm(r.session, r.list().stock, model.Ref{Mesh: mesh}), nil).write(name).press("tab", "tab", "tab").paste(value).press("ctrl+s").settle()
}

func (r *workbench) deletes(mesh, name string) *workbench {
	row, _ := r.list().stock.inventory.Find(model.Ref{Mesh: mesh, Name: name})
	return r.onto(openDelete(r.session, r.frame(), r.list().stock, row)).settle().press("down", "enter").settle()
}

// undoes presses z and agrees.
func (r *workbench) undoes() *workbench { return r.press("z").settle().press("down", "enter").settle() }

// keeps holds what is stored to a value.
func (r *workbench) keeps(mesh, name, want string) *workbench {
	r.t.Helper()
	if got := r.stored(mesh, name); got != want {
		r.t.Errorf("%s/%s has another value than it should", mesh, name)
	}
	return r
}

const nothingToUndo = "Nothing was changed here in the last 10 minutes that could be undone."

func TestUndoADeletion(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		was := r.stored("default", "smtp-password")
		r.deletes("default", "smtp-password")
		if r.app.message.Right != "z undo" {
			t.Errorf("the message names no key: %q", r.app.message.Right)
		}
		r.press("z").settle().press("enter").settle().wrote("delete default/smtp-password") // the bar rests on leaving it
		r.undoes().wrote("delete default/smtp-password", "create default/smtp-password").
			said("✓", "smtp-password is back in default, byte for byte. Its age starts anew.").
			keeps("default", "smtp-password", was)
		if row, there := r.list().stock.inventory.Find(model.Ref{Mesh: "default", Name: "smtp-password"}); !there || !row.Secret.Facts.Learnt() {
			t.Error("the list does not show it as it is")
		}
		r.press("z").said("", nothingToUndo)
	})
}

// Who names a secret without using it does not keep it from coming back.
func TestUndoADeletionOfWhatIsNamedAndNotUsed(t *testing.T) {
	t.Parallel()
	listener := `{"port":8443,"protocol":"TLS","tls":{"mode":"PASSTHROUGH","certificates":[{"secret":"smtp-password"}]}}`
	r := plantedBench(t, 100, 30, plant(nil, model.Resource{Kind: model.KindMeshGateway, Mesh: "default", Name: "edge", Raw: []byte(
		`{"type":"MeshGateway","mesh":"default","name":"edge","conf":{"listeners":[` + listener + `]}}`)}))
	r.over("default", "smtp-password", nil, nil)
	r.app.stack = r.app.stack[:1]
	r.deletes("default", "smtp-password").undoes().wrote("delete default/smtp-password", "create default/smtp-password")
}

func TestUndoAnEdit(t *testing.T) {
	t.Parallel()
	benches(t, func(_ *testing.T, r *workbench) {
		was := r.stored("default", "smtp-password")
		r.edits("default", "smtp-password", "fake-new").keeps("default", "smtp-password", "fake-new")
		r.undoes().said("✓", "smtp-password in default has the value from before again, byte for byte.").
			keeps("default", "smtp-password", was).
			wrote("update default/smtp-password", "update default/smtp-password")
	})
}

func TestUndoAnAddition(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		r.adds("default", "motd", "fake, not real").undoes().said("✓", "motd is gone from default again: you had added it.").
			wrote("create default/motd", "delete default/motd")
		if _, there := r.list().stock.inventory.Find(model.Ref{Mesh: "default", Name: "motd"}); there {
			t.Error("the list still shows it")
		}
	})
}

// What was done one after the other with one secret is undone one after the
// other, though each undoing gives it a new version.
func TestUndoOneAfterTheOther(t *testing.T) {
	t.Parallel()
	benches(t, func(_ *testing.T, r *workbench) {
		r.adds("default", "motd", "fake").edits("default", "motd", "fake-2").edits("default", "motd", "fake-3").deletes("default", "motd")
		r.undoes().keeps("default", "motd", "fake-3")
		r.undoes().keeps("default", "motd", "fake-2")
		r.undoes().keeps("default", "motd", "fake")
		r.undoes().said("✓", "motd is gone from default again: you had added it.")
		r.press("z").said("", nothingToUndo)
	})
}

// What somebody else did since stays, and z then comes to the change before it.
func TestUndoIsRefusedWhenSomebodyWasThereSince(t *testing.T) {
	t.Parallel()
	benches(t, func(_ *testing.T, r *workbench) {
		flags := r.stored("default", "feature-flags")
		r.edits("default", "feature-flags", "{}").edits("default", "smtp-password", "-fake")
		r.foreign("default", "smtp-password", "fake-theirs")
		r.press("z").settle().said("✗", "Not undone: smtp-password has another value by now: somebody changed it since. Nothing was changed.").
			keeps("default", "smtp-password", "fake-theirs")
		r.undoes().keeps("default", "feature-flags", flags)
		r.press("z").settle().said("✗", "Not undone: smtp-password has another value by now: somebody changed it since. Nothing was changed.")
	})
}

func TestUndoOfADeletionIsRefusedWhenItIsThereAgain(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, r *workbench) {
		r.deletes("default", "smtp-password")
		theirs := model.Snapshot{Secret: model.Secret{Ref: model.Ref{Mesh: "default", Name: "smtp-password"}}, Value: model.NewValue([]byte("fake-theirs"))}
		if _, err := r.plane.ControlPlane.Create(t.Context(), theirs); err != nil {
			t.Fatal(err)
		}
		r.press("z").settle().said("✗", "Not undone: smtp-password exists again in default, with another value. Nothing was changed.").
			keeps("default", "smtp-password", "fake-theirs")
	})
}

// Between the look and the write somebody may come: the write itself is made on
// the condition that nobody did.
func TestUndoIsConditional(t *testing.T) {
	t.Parallel()
	benches(t, func(_ *testing.T, r *workbench) {
		r.edits("default", "smtp-password", "-fake").press("z").settle().press("down")
		r.foreign("default", "smtp-password", "fake-theirs")
		r.press("enter").settle().said("✗", "Not undone: somebody changed smtp-password in the same moment. Look at it again, then decide.").
			keeps("default", "smtp-password", "fake-theirs")
	})
}

// A reassign is taken back by a reassign, confirmed as any; what is taken back is
// not undone once more.
func TestUndoAReassign(t *testing.T) {
	t.Parallel()
	both(t, func(b *bubble) {
		was := b.stored("default", "smtp-password")
		b.reassign("default", "smtp-password")
		b.press("enter")
		b.settle()
		b.write("smtp-password checkout").press("enter")
		b.settle()
		b.press("esc", "z")
		b.settle()
		if r, is := b.top().(reassign); !is || r.stage != confirming || r.target().Mesh != "default" {
			b.t.Fatalf("z asks for no reassign back: %T, %q", b.top(), b.app.message.Text)
		}
		b.write("smtp-password default").press("enter")
		b.settle()
		b.keeps("default", "smtp-password", was)
		b.press("esc", "z").said("", nothingToUndo)
	})
}

func TestUndoOfAReassignIsRefusedWhenItWasChangedSince(t *testing.T) {
	t.Parallel()
	both(t, func(b *bubble) {
		b.reassign("default", "smtp-password")
		b.press("enter")
		b.settle()
		b.write("smtp-password checkout").press("enter")
		b.settle()
		b.foreign("checkout", "smtp-password", "fake-theirs")
		b.press("esc", "z")
		b.settle()
		r, is := b.top().(reassign)
		if !is || r.stage != blocked || r.checks.Why.Error() != "smtp-password has another value by now: somebody changed it since. Nothing was changed." {
			b.t.Errorf("it is not refused: %T, %v", b.top(), b.app.message.Text)
		}
	})
}

// Ten changes are kept, for ten minutes, and none when nobody is there or another
// control plane was chosen; what is no longer kept is overwritten.
func TestWhatIsKeptToUndo(t *testing.T) {
	t.Parallel()
	values := func(r *workbench) []model.Value {
		var all []model.Value
		for _, m := range r.list().past.all {
			all = append(all, m.change.Before.Value, m.change.After.Value)
		}
		return all
	}
	wiped := func(t *testing.T, all []model.Value) {
		t.Helper()
		for _, v := range all {
			for _, b := range v.Reveal() {
				if b != 0 {
					t.Fatal("a value is not overwritten")
				}
			}
		}
	}
	t.Run("ten", func(t *testing.T) {
		t.Parallel()
		r := newBench(t, 100, 30).at("default", "smtp-password")
		r.edits("default", "smtp-password", "0")
		first := values(r)
		for n := range 10 {
			r.edits("default", "smtp-password", fmt.Sprint("fake-", n))
		}
		if n := len(r.list().past.all); n != 10 {
			t.Errorf("%d changes are kept", n)
		}
		wiped(t, first)
	})
	t.Run("ten minutes", func(t *testing.T) {
		t.Parallel()
		r := newBench(t, 100, 30).at("default", "smtp-password").edits("default", "smtp-password", "0")
		kept := values(r)
		r.now = r.now.Add(10*time.Minute - time.Second)
		r.send(tick{})
		if len(r.list().past.all) != 1 {
			t.Error("it is dropped too soon")
		}
		r.now = r.now.Add(time.Second)
		r.send(tick{}).press("z").said("", nothingToUndo)
		wiped(t, kept)
	})
	t.Run("locked", func(t *testing.T) {
		t.Parallel()
		r := newBench(t, 100, 30).at("default", "smtp-password").edits("default", "smtp-password", "0")
		kept := values(r)
		r.send(locking{}).press("z").said("", "What could be undone was dropped when the console locked.")
		wiped(t, kept)
		if r.edits("default", "feature-flags", "[]"); len(r.list().past.all) > 0 {
			t.Error("what ended while nobody was there is kept")
		}
		r.send(readAnew{r.session}).settle().edits("default", "feature-flags", "{}")
		if len(r.list().past.all) != 1 {
			t.Error("what is changed after it is not kept")
		}
	})
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		r := newBench(t, 100, 30).at("default", "smtp-password").edits("default", "smtp-password", "0").deletes("default", "smtp-password")
		kept := values(r)
		r.press("z").settle()
		kept = append(kept, r.top().(undoing).change.After.Value)
		r.press("ctrl+c")
		wiped(t, kept)
	})
}

// An undo is a change as any other: confirmed where it is protected, asked for
// where it is used, and not to be had where nothing can be changed.
func TestUndoIsConfirmedAsAnyChange(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30, protected).at("default", "smtp-password").edits("default", "smtp-password", "x").write("demo smtp-password").press("enter").settle().
		press("z").settle().press("enter").said("", "The name is not typed yet: demo smtp-password").
		write("demo smtp-password").press("enter").settle().wrote("update default/smtp-password", "update default/smtp-password")

	const signing = "dataplane-token-signing-key-payments-1"
	r := newBench(t, 100, 30).at("payments", signing)
	was := r.stored("payments", signing)
	r.onto(openDelete(r.session, r.frame(), r.list().stock, r.row("payments", signing))).settle().
		write("unlock system").press("enter").write(signing).press("enter").settle().
		undoes().said("✓", signing+" is back in payments, byte for byte. Its age starts anew.").keeps("payments", signing, was)

	r = newBench(t, 100, 30).at("default", "smtp-password").edits("default", "smtp-password", "x")
	r.plane.identity = func(id backend.Identity) backend.Identity {
		id.MayWrite, id.WhyNot = false, "its store cannot be written"
		return id
	}
	r.press("z").settle().said("✗", "demo is read-only (its store cannot be written): nothing can be changed here.").wrote("update default/smtp-password")
}

// Who names a secret by now is found out once more before it is put back.
func TestUndoLooksAtReferencesOnceMore(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).at("payments", "payments-ca-cert-old").deletes("payments", "payments-ca-cert-old").press("z").settle().press("down")
	plant(nil, gateOf("payments", "payments-ca-cert-old"))(nil, r.plane)
	r.press("enter").settle().wrote("delete payments/payments-ca-cert-old")
	if r.app.message.Mark != "✗" {
		t.Errorf("it says %q", r.app.message.Text)
	}
}

// gateOf is a policy that names a secret where the control plane reads it.
func gateOf(mesh, secret string) model.Resource {
	return model.Resource{Kind: model.KindExternalService, Mesh: mesh, Name: "late", Raw: []byte(
		`{"type":"ExternalService","mesh":"` + mesh + `","name":"late","networking":{"address":"fake.example:443","tls":{"enabled":true,"caCert":{"secret":"` + secret + `"}}}}`)}
}

// What did not reach the control plane can be tried again.
func TestUndoAnswers(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).at("default", "smtp-password").deletes("default", "smtp-password")
	failing("create", backend.ErrUnauthorized, "")(nil, r.plane)
	r.undoes().said("✗", "Not undone. demo does not accept your login any more. Log in again, then press enter.")
	r.plane.before = nil
	r.press("enter").settle().said("✓", "smtp-password is back in default, byte for byte. Its age starts anew.")

	r = newBench(t, 100, 30).at("default", "smtp-password").edits("default", "smtp-password", "x")
	failing("get", backend.ErrForbidden, "")(nil, r.plane)
	r.press("z").settle().golden("undo-unread-100x30")
	r.plane.before = nil
	r.press("ctrl+r").settle().press("down", "enter").settle().said("✓", "smtp-password in default has the value from before again, byte for byte.")

	for _, c := range []struct {
		name, op string
		change   func(r *workbench)
		wrote    []string
		done     string
	}{
		{"a deletion", "create", func(r *workbench) { r.deletes("default", "smtp-password") },
			[]string{"delete default/smtp-password", "create default/smtp-password"},
			"smtp-password is back in default, byte for byte. Its age starts anew."},
		{"an edit", "update", func(r *workbench) { r.edits("default", "smtp-password", "x") },
			[]string{"update default/smtp-password", "update default/smtp-password"},
			"smtp-password in default has the value from before again, byte for byte."},
		{"an addition", "delete", func(r *workbench) { r.adds("default", "smtp-new", "fake") },
			[]string{"create default/smtp-new", "delete default/smtp-new"},
			"smtp-new is gone from default again: you had added it."},
	} {
		t.Run(c.name, func(t *testing.T) { undoesInTheDark(t, c.change, c.op, c.wrote, c.done) })
	}
}

func TestUndoFrames(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		w, h int
		name string
	}{{100, 30, "100x30"}, {80, 24, "80x24"}, {60, 20, "60x20"}} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			r := newBench(t, size.w, size.h).at("payments", "payments-ca-cert-old").deletes("payments", "payments-ca-cert-old").golden("undo-deleted-" + size.name)
			r.press("z").golden("undo-reading-"+size.name).settle().golden("undo-delete-"+size.name).press("down", "enter").golden("undo-writing-" + size.name).
				settle().golden("undo-undone-" + size.name)
			r = newBench(t, size.w, size.h).at("default", "smtp-password")
			for n := range 4 {
				r.edits("default", "smtp-password", fmt.Sprint("fake-", n))
			}
			r.deletes("default", "warehouse-password").edits("default", "smtp-password", "x").press("z").settle().golden("undo-others-" + size.name)
			newBench(t, size.w, size.h).at("default", "smtp-password").edits("default", "smtp-password", "x").golden("undo-saved-" + size.name).
				press("z").settle().golden("undo-edit-" + size.name)
			newClusterBench(t, size.w, size.h).at("default", "smtp-password").adds("default", "motd", "fake").press("z").settle().golden("undo-add-" + size.name)
			r = newBench(t, size.w, size.h, protected).at("payments", "psp-ca")
			r.onto(openDelete(r.session, r.frame(), r.list().stock, r.row("payments", "psp-ca"))).settle().write("demo psp-ca").press("enter").settle().
				press("z").settle().golden("undo-in-use-" + size.name)
		})
	}
}
