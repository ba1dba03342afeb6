package ui

import (
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// idle lets no mTLS backend be the enabled one, so that nothing is asked because
// a secret is in use.
func (r *workbench) idle() {
	refs := append([]model.Reference(nil), r.stock.refs...)
	for i := range refs {
		if refs[i].OfBackend() {
			refs[i].Enabled = false
		}
	}
	r.stock.refs, r.stock.inventory = refs, r.stock.inventory.About(r.stock.meshes, refs)
}

// TestTheOtherHalfIsReadForAForm holds that a key is held to its certificate
// where lists bring no facts.
func TestTheOtherHalfIsReadForAForm(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30)
	r.idle()
	r.edit("payments", "payments-ca-key").settle().paste(keyPEM(t))
	if got := r.checks(); !strings.Contains(got, "half of the pair is replaced, payments-ca-cert belongs to the value before") {
		t.Errorf("the checks are\n%s", got)
	}
	if row, _ := r.top().(form).stock.inventory.Find(model.Ref{Mesh: "payments", Name: "payments-ca-cert"}); !row.Secret.Facts.Learnt() {
		t.Error("nothing is known of the certificate")
	}
}

// TestAValueIsNotSavedBesideAnUnknownHalf holds that saving waits for the other
// half, and asks when that cannot be read.
func TestAValueIsNotSavedBesideAnUnknownHalf(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30, func(_ *backend.Entry, p *faultyPlane) {
		p.before = func(op string, ref model.Ref) error {
			if op == "get" && ref.Name == "payments-ca-cert" {
				return &backend.Error{Kind: backend.ErrForbidden, Op: "reading", Ref: ref}
			}
			return nil
		}
	})
	r.idle()
	r.edit("payments", "payments-ca-key")
	for r.top().(form).reading != nil {
		run := r.waiting[0]
		r.waiting = r.waiting[1:]
		r.step(run)
	}
	r.paste(keyPEM(t)).press("ctrl+s").wrote().
		said("", "The other half of its pair, payments-ca-cert, is being read, and nothing was saved yet. ctrl+s again in a moment.")
	r.settle().press("ctrl+s").wrote()
	if a, asks := r.top().(approval); !asks || !strings.Contains(strings.Join(a.effects, " "), "Whether it matches payments-ca-cert is not known") {
		t.Fatalf("on top is %T", r.top())
	}
}
