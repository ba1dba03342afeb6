package ui

import (
	"testing"
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

func TestReassignFramesInACluster(t *testing.T) {
	t.Parallel()
	newClusterBench(t, 100, 30).reassign("payments", webhook).golden("reassign-cluster-mesh-100x30")
	newClusterBench(t, 100, 30, protected).reassign("payments", webhook).press("enter").settle().
		write("demo stripe-webhook-tok").golden("reassign-cluster-confirm-100x30")
	newClusterBench(t, 80, 24).reassign("payments", webhook).press("enter").settle().golden("reassign-cluster-confirm-80x24")
	newClusterBench(t, 80, 24).reassign("default", "default.ca-builtin-key-ca-1").golden("reassign-cluster-system-80x24")
}

// On Kubernetes the secret is deleted first and then created; between the two
// its value is in this program, and the console does not leave.
func TestReassignInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 80, 24).reassign("payments", webhook).begun().golden("reassign-cluster-begun-80x24")
	value := r.stored("payments", webhook)
	r.once(31 * time.Millisecond).send(tick{}).golden("reassign-cluster-between-80x24").wrote("delete payments/" + webhook)
	if r.stored("payments", webhook) == value {
		t.Error("it was not deleted first")
	}
	r.once(12*time.Millisecond).settle().golden("reassign-cluster-done-80x24").
		said("✓", webhook+" is in checkout now, byte for byte the same.").
		wrote("delete payments/"+webhook, "create checkout/"+webhook)
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not the same in its new mesh")
	}
}

// What its new mesh does not take is put back.
func TestReassignRefusedInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook)
	value := r.stored("payments", webhook)
	refusing(backend.ErrForbidden, "checkout")(nil, r.plane)
	r.begun().settle().golden("reassign-cluster-refused-100x30")
	if r.stored("payments", webhook) != value {
		t.Error("it was not put back")
	}
}

// When neither mesh takes it, the value is kept until a person decides.
func TestReassignHeldInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook)
	value := r.stored("payments", webhook)
	refusing(backend.ErrForbidden, "checkout", "payments")(nil, r.plane)
	r.begun().settle().golden("reassign-cluster-held-100x30")
	if name, keeps := r.top().(reassign).keeps(); !keeps || name != webhook {
		t.Error("the console would leave with the only copy")
	}
	r.plane.before = nil
	r.press("enter").settle().said("✓", webhook+" is in checkout now, byte for byte the same.")
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not the same in its new mesh")
	}
}

// The answer to the deletion is lost, and with it the way to look: the console
// must take itself for the only holder of the value.
func TestReassignInTheDarkInACluster(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook)
	value := r.stored("payments", webhook)
	dark := false
	r.plane.after = func(op string, ref model.Ref) error {
		if op == "delete" {
			dark = true
			return &backend.Error{Kind: backend.ErrUnknown, Op: "deleting", Ref: ref, Reason: "the connection broke"}
		}
		return nil
	}
	r.plane.before = func(op string, ref model.Ref) error {
		if dark {
			return &backend.Error{Kind: backend.ErrUnavailable, Op: op, Ref: ref, Reason: "connection refused"}
		}
		return nil
	}
	r.begun().settle().golden("reassign-cluster-dark-100x30")
	if name, keeps := r.top().(reassign).keeps(); !keeps || name != webhook {
		t.Error("the console would leave with what may be the only copy")
	}
	r.plane.before, r.plane.after = nil, nil
	r.press("enter").settle().said("✓", webhook+" is in checkout now, byte for byte the same.")
	if r.stored("checkout", webhook) != value {
		t.Error("the value is not the same in its new mesh")
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
		said("✓", orphan+" is in checkout now, byte for byte the same.")
	if r.stored("checkout", orphan) != value {
		t.Error("the value is not the same in its new mesh")
	}
}

// Putting back by hand can be refused as well, and then says so.
func TestReassignNotPutBackByHand(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", webhook)
	refusing(backend.ErrForbidden, "checkout", "payments")(nil, r.plane)
	r.begun().settle().press("down", "enter").settle().said("✗", "It could not be put back. Nothing runs now.").
		golden("reassign-cluster-not-put-back-100x30")
	r.plane.before = nil
	r.press("down", "enter").settle().said("✓", webhook+" is in payments again, with the same bytes.")
}
