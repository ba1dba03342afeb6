package ui

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// refusing makes the cluster refuse to create secrets in some meshes.
func refusing(kind error, meshes ...string) setting {
	return func(_ *backend.Entry, p *faultyPlane) {
		p.before = func(op string, ref model.Ref) error {
			for _, mesh := range meshes {
				if op == "create" && ref.Mesh == mesh {
					return &backend.Error{Kind: kind, Op: "saving", Ref: ref, Reason: "quota secrets-count, 200 of 200 used"}
				}
			}
			return nil
		}
	}
}

// copyOf is the name of the safety copy of the demo's webhook token.
func (r *workbench) copyOf(mesh, name string) string {
	r.t.Helper()
	got, err := r.plane.ControlPlane.Get(r.t.Context(), model.Ref{Mesh: mesh, Name: name})
	got.Wipe()
	if err != nil {
		r.t.Fatal(err)
	}
	return model.CopyName(got.Secret.Version.UID)
}

func TestReassignFramesInACluster(t *testing.T) {
	t.Parallel()
	newClusterBench(t, 100, 30).reassign("payments", webhook).golden("reassign-cluster-mesh-100x30")
	newClusterBench(t, 80, 24).reassign("default", "default.ca-builtin-key-ca-1").golden("reassign-cluster-system-80x24")
}

// On Kubernetes the secret is deleted first and then created; between the two
// its value is in the safety copy.
func TestReassignInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 80, 24).reassign("payments", webhook).begun().golden("reassign-cluster-begun-80x24")
	value, kept := r.stored("payments", webhook), r.copyOf("payments", webhook)
	r.once(40*time.Millisecond).once(31*time.Millisecond).send(tick{}).golden("reassign-cluster-between-80x24").
		wrote("keep payments/"+webhook, "delete payments/"+webhook)
	if r.stored("payments", webhook) == value {
		t.Error("it was not deleted first")
	}
	copied, err := r.plane.Kept(t.Context(), kept)
	if err != nil || string(copied.Secret.Value.Reveal()) != value {
		t.Errorf("its safety copy does not hold the value: %v", err)
	}
	r.once(12*time.Millisecond).settle().golden("reassign-cluster-done-80x24").
		said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.").
		wrote("keep payments/"+webhook, "delete payments/"+webhook, "create checkout/"+webhook, "update checkout/"+webhook, "drop")
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not the same in its new mesh")
	}
	if left, err := r.plane.Unfinished(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("%d safety copies are left, %v", len(left), err)
	}
}

// What was moved is moved back by one key, a check and a phrase.
func TestReassignTakenBackInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 80, 24).reassign("payments", webhook)
	value := r.stored("payments", webhook)
	r.begun().settle().press("z").settle()
	if back := r.top().(reassign); back.stage != confirming || back.into() != "payments" {
		t.Errorf("z leads to stage %d, towards %q", back.stage, back.into())
	}
	r.write(webhook+" payments").press("enter").settle().said("✓", webhook+" is in payments now, byte for byte the same. z takes it back.")
	if r.stored("payments", webhook) != value {
		t.Error("the value is not the same in its old mesh")
	}
}

// What its new mesh does not take is put back by itself.
func TestReassignRefusedInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook)
	value := r.stored("payments", webhook)
	refusing(backend.ErrForbidden, "checkout")(nil, r.plane)
	r.begun().settle().said("✗", "checkout did not take it; "+webhook+" is in payments again.").golden("reassign-cluster-refused-100x30")
	if r.stored("payments", webhook) != value {
		t.Error("it was not put back")
	}
	r.press("enter").settle()
	if s, is := r.top().(secret); !is || s.row.Secret.Ref.Mesh != "payments" {
		t.Error("enter does not open it where it is")
	}
}

// What no mesh has can be taken out of the console, with its value, and is held
// as before then.
func TestReassignHeldIsExported(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 80, 24).reassign("payments", webhook)
	files := &cabinet{}
	r.session.exporter = files
	value := r.stored("payments", webhook)
	refusing(backend.ErrForbidden, "checkout", "payments")(nil, r.plane)
	r.begun().settle().press("down", "down").golden("reassign-held-exports-80x24")
	r.press("enter").golden("export-held-80x24").write("webhook.yaml").press("enter").settle().
		said("✓", "/srv/clusters/webhook.yaml holds the manifest of "+webhook+", its value in plain.")
	if got := files.files["/srv/clusters/webhook.yaml"]; !strings.Contains(got, base64.StdEncoding.EncodeToString([]byte(value))) || !strings.Contains(got, "kind: Secret") {
		t.Error("the file does not hold the secret")
	}
	if top, is := r.top().(reassign); !is || top.stage != stopped {
		t.Errorf("there is %T, and nothing is held", r.top())
	}
	r.press("enter")
	e := r.top().(exporting)
	r.press("esc")
	if got := e.own.Value.Reveal(); len(got) == 0 || len(bytes.Trim(got, "\x00")) > 0 {
		t.Error("the dialog keeps the value when it is left")
	}
	r.session.entry.NoReveal = true
	if all := r.top().(reassign).move.remedies(); slices.Contains(all, exportIt) {
		t.Errorf("a value that is not revealed can be exported: %v", all)
	}
}

// When neither mesh takes it, the value stays in the safety copy, and leaving
// loses nothing.
func TestReassignHeldInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30, asProdEU).reassign("payments", webhook).press("enter").settle()
	value, kept := r.stored("payments", webhook), r.copyOf("payments", webhook)
	refusing(backend.ErrForbidden, "checkout", "payments")(nil, r.plane)
	r.write("prod-eu "+webhook+" checkout").press("enter").settle().
		said("✗", "Held at step 3. Nothing runs now.").golden("reassign-held-100x30")
	if _, keeps := r.top().(reassign).keeps(); keeps {
		t.Error("the console would not leave, though the value is safe")
	}
	if got, want := r.app.Farewell(), "meshsecrets: "+webhook+" is in no mesh; its value is in Secret "+kept+"."; len(got) != 1 || got[0] != want {
		t.Errorf("after leaving %q would be printed, want %q", got, want)
	}
	r.plane.before = nil
	r.press("enter").settle().said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.")
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not the same in its new mesh")
	}
}

func TestReassignHeldInANarrowWindow(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name string
		w, h int
	}{{"reassign-held-80x24", 80, 24}, {"reassign-held-40x12", 40, 12}} {
		r := newClusterBench(t, size.w, size.h).reassign("payments", webhook).press("enter").settle()
		refusing(backend.ErrForbidden, "checkout", "payments")(nil, r.plane)
		r.write(webhook + " checkout").press("enter").settle().golden(size.name)
	}
}

// Putting back by hand can be refused as well, and then says so.
func TestReassignNotPutBackByHand(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook)
	value := r.stored("payments", webhook)
	refusing(backend.ErrForbidden, "checkout", "payments")(nil, r.plane)
	r.begun().settle().press("down", "enter").settle().said("✗", "It could not be put back. Nothing runs now.").
		golden("reassign-cluster-not-put-back-100x30")
	r.plane.before = nil
	r.press("enter").settle().said("✓", webhook+" is in payments again, byte for byte the same.")
	if r.stored("payments", webhook) != value {
		t.Error("the value is not the same in its old mesh")
	}
}

// darkFrom makes the control plane unreachable once something was sent to it,
// and loses the answer to that.
func darkFrom(p *faultyPlane, when string) {
	dark := false
	p.after = func(op string, ref model.Ref) error {
		if op != when {
			return nil
		}
		dark = true
		return &backend.Error{Kind: backend.ErrUnknown, Op: "deleting", Ref: ref, Reason: "the connection broke"}
	}
	p.before = func(op string, ref model.Ref) error {
		if dark {
			return &backend.Error{Kind: backend.ErrUnavailable, Op: op, Ref: ref, Reason: "connection refused"}
		}
		return nil
	}
}

// The answer to the deletion is lost, and with it the way to look: it is tried
// again for some time, and then a person decides. The value is in the copy.
func TestReassignInTheDarkInACluster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 100, 30).reassign("payments", webhook)
		value := r.stored("payments", webhook)
		darkFrom(r.plane, "delete")
		r.begun().once(0).once(0).once(0).send(tick{}).golden("reassign-cluster-retry-100x30")
		r.settle().golden("reassign-cluster-dark-100x30")
		if _, keeps := r.top().(reassign).keeps(); keeps {
			t.Error("the console would not leave, though the value is safe")
		}
		r.plane.before, r.plane.after = nil, nil
		r.press("down", "enter").settle().said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.")
		if r.stored("checkout", webhook) != value {
			t.Error("the value is not the same in its new mesh")
		}
		r.session.end()
	})
}

// While a step is tried again and again, esc ends that after the next time.
func TestReassignTryingIsStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newClusterBench(t, 100, 30).reassign("payments", webhook).begun().once(0).once(0)
		r.plane.before = func(op string, ref model.Ref) error {
			if op == "create" {
				return &backend.Error{Kind: backend.ErrUnavailable, Op: "saving", Ref: ref, Reason: "connection refused"}
			}
			return nil
		}
		r.once(0).press("esc").settle().said("✗", "Held at step 3. Nothing runs now.")
		if n := r.top().(reassign).move.progress.Tries; n != 2 {
			t.Errorf("it was tried %d times", n)
		}
		r.session.end()
	})
}

// Somebody deletes the safety copy while the secret is in no mesh: the console
// holds the only value, says so, and writes the copy again when told to go on.
func TestReassignWithoutItsCopy(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook)
	value, name := r.stored("payments", webhook), r.copyOf("payments", webhook)
	r.begun().once(0).once(0)
	kept, err := r.plane.Kept(t.Context(), name)
	kept.Wipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.plane.keeper().Drop(t.Context(), name, kept.Version); err != nil {
		t.Fatal(err)
	}
	r.plane.before = func(op string, ref model.Ref) error {
		if op == "keep" || op == "create" {
			return &backend.Error{Kind: backend.ErrForbidden, Op: "saving", Ref: ref, Reason: "quota secrets-count, 200 of 200 used"}
		}
		return nil
	}
	r.settle().golden("reassign-cluster-alone-100x30")
	if held, keeps := r.top().(reassign).keeps(); !keeps || held.what != "the value of "+webhook {
		t.Error("the console would leave with the only copy")
	}
	r.plane.before = nil
	r.press("enter").settle().said("✓", webhook+" is in checkout now, byte for byte the same. z takes it back.")
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not the same in its new mesh")
	}
}

// Another console begins with the same secret in the same moment: its safety
// copy stands in the way, and nothing more is done here.
func TestReassignBehindSomebodyElse(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook).press("enter").settle()
	change := r.top().(reassign).checks.Change
	theirs := model.Plan{ID: "fake", From: change.Before.Secret.Ref, To: model.Ref{Mesh: "legacy", Name: webhook}, UID: change.Before.Secret.Version.UID}
	change.After.Secret.Ref = theirs.To
	if err := r.plane.keeper().Keep(t.Context(), theirs, change); err != nil {
		t.Fatal(err)
	}
	r.plane.unfinished = func() ([]model.Unfinished, error) {
		return []model.Unfinished{{Plan: theirs, Copy: model.CopyName(theirs.UID), By: "ana", Host: "lab-7", Age: 20 * time.Second}}, nil
	}
	r.write(webhook+" checkout").press("enter").settle().
		said("✗", "Somebody else began a reassign of it. Nothing more is done here.").golden("reassign-cluster-behind-100x30")
	if len(r.plane.ops) > 1 {
		t.Errorf("it wrote %q", r.plane.ops)
	}
}

// What belongs to a mesh that does not exist is an object like others: moving
// it into one that does is how it is mended.
func TestOrphansAreReassignedInACluster(t *testing.T) {
	t.Parallel()
	const orphan = "retired-shop-token"
	r := newClusterBench(t, 100, 30).reassign("retired", orphan)
	value := r.stored("retired", orphan)
	r.press("enter").settle().write(orphan+" checkout").press("enter").settle().
		said("✓", orphan+" is in checkout now, byte for byte the same. z takes it back.")
	if r.stored("checkout", orphan) != value {
		t.Error("the value is not the same in its new mesh")
	}
}
