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

// unlistedNow is the stock where secrets may not be listed; comingWith is one
// whose list is still being read, and has brought these so far.
func (s stock) unlistedNow() stock {
	return stock{unlisted: true, looked: true, meshes: s.meshes, refs: s.refs, read: s.read, unread: s.unread}.retaken()
}

func (s stock) comingWith(secrets ...model.Secret) stock {
	return stock{looked: true, meshes: s.meshes, refs: s.refs, read: s.read, unread: s.unread, secrets: secrets, cursor: "more"}.retaken()
}

// A key is held to its certificate where the list does not tell of that: it is
// read by itself.
func TestTheOtherHalfIsReadWhereverTheListIsNotWhole(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]func(stock, model.Secret) stock{
		"not listed": func(s stock, one model.Secret) stock {
			s, _ = rowOf(s.unlistedNow(), one)
			return s
		},
		"still being read": func(s stock, one model.Secret) stock { return s.comingWith(one) },
	} {
		for about, absent := range map[string]bool{"half of the pair is replaced, payments-ca-cert belongs to the value before": false, "payments-ca-cert, the other half, is missing": true} {
			r := newClusterBench(t, 100, 30, func(_ *backend.Entry, p *faultyPlane) {
				p.before = func(op string, ref model.Ref) error {
					if absent && op == "get" && ref.Name == "payments-ca-cert" {
						return &backend.Error{Kind: backend.ErrNotFound, Op: "reading", Ref: ref}
					}
					return nil
				}
			})
			r.idle()
			r.stock = part(r.stock, r.row("payments", "payments-ca-key").Secret)
			r.edit("payments", "payments-ca-key").settle().paste(keyPEM(t))
			if got := r.checks(); !strings.Contains(got, about) {
				t.Errorf("%s: the checks are\n%s\nwithout %q", name, got, about)
			}
			r.app.stack[1] = r.top().(form).restock(r.frame(), restocked{to: r.session, stock: r.stock})
			if got := r.checks(); !strings.Contains(got, about) {
				t.Errorf("%s: after the list came again, the checks are\n%s", name, got)
			}
		}
	}
}

// What is missing can be added by whoever may not list secrets, and is held to
// those who wait for it.
func TestWhatIsMissingIsAddedWhereSecretsAreNotListed(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30)
	r.stock = r.stock.unlistedNow()
	r.over("legacy", "", newForm(r.session, r.stock, model.Ref{Mesh: "legacy", Name: "billing-ca"}), nil).paste("fake")
	if got := r.checks(); !strings.Contains(got, "ExternalService billing names it") || !strings.Contains(got, "where a CA certificate belongs") {
		t.Errorf("the checks are\n%s", got)
	}
	r.press("ctrl+s").settle().press("down", "enter").settle().wrote("create legacy/billing-ca")
}
