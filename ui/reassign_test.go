package ui

import (
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const webhook = "stripe-webhook-token"

func TestReassignFrames(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30).reassign("payments", webhook).golden("reassign-mesh-100x30")
	newBench(t, 40, 12).reassign("payments", webhook).golden("reassign-mesh-40x12")
	newBench(t, 80, 24).reassign("payments", "payments-ca-cert").press("enter").golden("reassign-checking-80x24").
		settle().golden("reassign-blocked-80x24")
	newBench(t, 100, 30, protected).reassign("payments", webhook).press("enter").settle().
		write("demo stripe-webhook-tok").golden("reassign-universal-confirm-100x30")
	newBench(t, 80, 24, protected).reassign("payments", webhook).press("enter").settle().
		write("demo stripe-webhook-tok").golden("reassign-universal-confirm-80x24")
	newBench(t, 40, 12, protected).reassign("payments", webhook).press("enter").settle().golden("reassign-universal-confirm-40x12")
	newBench(t, 80, 24).reassign("", "admin-user-token").golden("reassign-system-80x24")
}

// begun types the phrase and begins, and takes no step yet.
func (r *workbench) begun() *workbench {
	return r.press("enter").settle().write(webhook + " checkout").press("enter")
}

// once runs the command that waits, and lets time go by meanwhile.
func (r *workbench) once(d time.Duration) *workbench {
	r.t.Helper()
	run := r.waiting[0]
	r.waiting = r.waiting[1:]
	r.now = r.now.Add(d)
	r.step(run)
	return r
}

func TestReassignSteps(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).reassign("payments", webhook).begun().golden("reassign-universal-begun-80x24")
	value := r.stored("payments", webhook)
	r.press("esc").said("✗", "The steps are not stopped half way. ctrl+c quits after this step.")
	if what, busy := r.app.busy(); !busy || what != "reassigning "+webhook {
		t.Errorf("busy is %q, %v", what, busy)
	}
	r.once(9*time.Millisecond).send(tick{}).press("x").
		said("✗", "The steps are not stopped half way. ctrl+c quits after this step.").press("k").golden("reassign-universal-80x24").wrote("create checkout/" + webhook)
	r.once(31*time.Millisecond).settle().golden("reassign-universal-done-80x24").
		said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.").
		wrote("create checkout/"+webhook, "delete payments/"+webhook, "update checkout/"+webhook)
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not the same in its new mesh")
	}
	b := r.app.stack[0].(browse)
	if _, there := b.stock.inventory.Find(model.Ref{Mesh: "payments", Name: webhook}); there {
		t.Error("browse still shows it in its old mesh")
	}
	r.press("enter").settle()
	if s, is := r.top().(secret); !is || s.row.Secret.Ref != (model.Ref{Mesh: "checkout", Name: webhook}) {
		t.Error("enter does not open it in its new mesh")
	}
}

func TestReassignNeedsTheWholePhrase(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30).reassign("payments", webhook).press("enter").settle().
		write(webhook).press("enter").settle().
		said("", "The name is not typed yet: "+webhook+" checkout").wrote().
		press("esc").settle().wrote()
}

func TestReassignRefusals(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).reassign("payments", webhook)
	_, err := r.plane.ControlPlane.Create(t.Context(), model.Snapshot{
		Secret: model.Secret{Ref: model.Ref{Mesh: "checkout", Name: webhook}}, Value: model.NewValue([]byte("fake"))})
	if err != nil {
		t.Fatal(err)
	}
	r.press("enter").settle().golden("reassign-taken-80x24").press("esc")
	if r.top().(reassign).stage != choosingMesh {
		t.Error("esc does not go back to the meshes")
	}
}

func TestReassignWhileBeingRead(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).reassign("payments", webhook).press("enter", "esc").settle()
	if r.top().(reassign).stage != choosingMesh {
		t.Error("an answer that nobody waits for went on to the consent")
	}
}

func TestReassignHeldAndTakenBack(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30, failing("delete", backend.ErrForbidden, "")).reassign("payments", webhook).begun().settle().
		said("✗", "Held at step 2. Nothing runs now.").golden("reassign-universal-held-100x30")
	r.plane.before = nil
	r.press("down", "down", "enter").settle().said("✓", webhook+" is in payments again, byte for byte the same.")
	if r.stored("payments", webhook) == "" || r.stored("checkout", webhook)[0] != '(' {
		t.Error("taking back did not leave it in its old mesh alone")
	}
}

func TestReassignLeftAsItIs(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30, failing("delete", backend.ErrForbidden, "")).reassign("payments", webhook).begun().settle().
		press("enter").settle()
	if _, is := r.top().(browse); !is {
		t.Error("the first choice does not leave it as it is")
	}
	r.wrote("create checkout/"+webhook, "delete payments/"+webhook, "delete checkout/"+webhook)
	want := "meshsecrets: " + webhook + " is in payments and in checkout, with equal bytes: the reassign is not finished."
	r = newBench(t, 100, 30, failing("delete", backend.ErrForbidden, "")).reassign("payments", webhook).begun().settle().press("ctrl+c")
	if got := r.app.Farewell(); !r.app.gone || len(got) != 1 || got[0] != want {
		t.Errorf("after leaving %q is printed, want %q", got, want)
	}
}

// What was made for a deletion that is then refused is taken away again.
func TestReassignThatWasUndone(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).reassign("payments", webhook)
	value := r.stored("payments", webhook)
	r.plane.before = func(op string, ref model.Ref) error {
		if op == "delete" && ref.Mesh == "payments" {
			return &backend.Error{Kind: backend.ErrForbidden, Op: "deleting", Ref: ref}
		}
		return nil
	}
	r.begun().settle().said("✗", "Nothing was changed: deleting it from payments was refused.").golden("reassign-undone-80x24").
		wrote("create checkout/"+webhook, "delete payments/"+webhook, "delete checkout/"+webhook)
	if r.stored("payments", webhook) != value || r.stored("checkout", webhook)[0] != '(' || len(r.app.Farewell()) > 0 {
		t.Error("something was changed")
	}
	r.plane.before = nil
	r.press("down", "enter").settle()
	if r.top().(reassign).stage != confirming {
		t.Error("checking again does not lead to the confirm")
	}
}

func TestReassignOfWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).reassign("payments", webhook).begun().once(0)
	r.foreign("payments", webhook, "fake-theirs")
	r.settle().golden("reassign-changed-80x24").wrote("create checkout/"+webhook, "delete payments/"+webhook)
	if r.stored("payments", webhook) != "fake-theirs" {
		t.Error("the foreign change was deleted")
	}
}

func TestReassignPutBack(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).reassign("payments", webhook).begun()
	value := r.stored("payments", webhook)
	before, err := r.plane.ControlPlane.Get(t.Context(), model.Ref{Mesh: "payments", Name: webhook})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.plane.ControlPlane.Delete(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	r.settle().golden("reassign-gone-80x24").
		press("esc").said("✗", "Its value is only here: choose what to do with it, then press enter.").press("enter").settle().golden("reassign-put-back-80x24").
		said("✓", webhook+" is in payments again, with the same bytes.")
	if r.stored("payments", webhook) != value {
		t.Error("the value was not put back")
	}
}
