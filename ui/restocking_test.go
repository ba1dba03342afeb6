package ui

import (
	"strings"
	"testing"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// blind is the stock before anything was read of who refers to secrets.
func (r *workbench) blind() stock {
	have := r.stock
	have.meshes, have.refs, have.read, have.looked = nil, nil, nil, false
	have.inventory = have.inventory.About(nil, nil)
	return have
}

func (r *workbench) restock(have stock) *workbench {
	r.t.Helper()
	return r.send(restocked{r.session, have})
}

func (r *workbench) checks() string {
	var all []string
	for _, c := range r.top().(form).checks {
		all = append(all, c.topic+": "+c.line(keymap.Default()))
	}
	return strings.Join(all, "\n")
}

func TestAnAdditionIsHeldToThoseWhoAreReadMeanwhile(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30)
	whole := r.stock
	r.stock = r.blind()
	r.add("payments").write("edge-tls")
	if strings.Contains(r.checks(), "names it") {
		t.Fatalf("nobody was read yet:\n%s", r.checks())
	}
	r.restock(whole)
	if !strings.Contains(r.checks(), "MeshGateway edge names it") {
		t.Errorf("the checks are\n%s", r.checks())
	}
	if f := r.top().(form); f.ref() != (model.Ref{Mesh: "payments", Name: "edge-tls"}) || len(f.meshes) < 4 {
		t.Errorf("it is %v, of the meshes %q", f.ref(), f.meshes)
	}
}

// TestWhatWasAgreedToIsAskedAnew holds that a consent counts for what was told.
func TestWhatWasAgreedToIsAskedAnew(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30)
	whole := r.stock
	r.edit("payments", "payments-ca-key").settle().paste(keyPEM(t))
	r.press("ctrl+s").write("payments-ca-key")
	have := whole
	have.inventory = have.inventory.About(whole.meshes, append(whole.refs[:len(whole.refs):len(whole.refs)], model.Reference{
		Mesh: "payments", Kind: model.KindMeshOPA, By: "late", Secret: "payments-ca-key", Enabled: true}))
	r.restock(have).press("enter").wrote().
		said("!", "What is known of payments-ca-key changed meanwhile. Nothing was saved yet; look at it again, then decide.")
	if _, asked := r.top().(approval); !asked {
		t.Errorf("on top is %T", r.top())
	}
}

func TestADeletionFollowsWhoUsesTheSecret(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30)
	whole := r.stock
	r.stock = r.blind()
	r.remove("payments", "payments-ca-key").settle()
	if r.top().(removal).ask.kind != model.Choose {
		t.Fatal("nobody was read yet")
	}
	r.restock(whole).said("!", "Who uses payments-ca-key changed meanwhile. Nothing was deleted; look at it again, then decide.")
	if d := r.top().(removal); d.ask.kind != model.TypeName || len(d.change.Users) == 0 {
		t.Errorf("it asks %v, of %d users", d.ask.kind, len(d.change.Users))
	}
}
