package ui

import (
	"errors"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

func TestDeleteFrames(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30).remove("payments", "payments-ca-cert-old").settle().golden("delete-simple-100x30")
	newBench(t, 100, 30).remove("payments", "psp-ca").settle().write("psp-c").golden("delete-in-use-100x30")
	newBench(t, 60, 20).remove("payments", "psp-ca").settle().write("psp-c").golden("delete-in-use-60x20")
	newBench(t, 100, 30).remove("payments", "dataplane-token-signing-key-payments-1").settle().
		write("unlock system").press("enter").write("dataplane-token-sig").golden("delete-system-100x30")
	newBench(t, 80, 24, protected).remove("payments", "stripe-webhook-token").settle().golden("delete-protected-80x24")
	newBench(t, 80, 24).remove("retired", "retired-shop-token").settle().golden("delete-orphaned-80x24")
	low := newBench(t, 40, 12).remove("payments", "psp-ca").settle().write("psp-ca").golden("delete-in-use-40x12")
	low.press("enter").golden("delete-in-use-on-40x12").wrote().write("psp-ca").press("enter").settle().wrote("delete payments/psp-ca")
	newBench(t, 100, 30).remove("", "user-token-revocations").settle().golden("delete-global-100x30")
	newBench(t, 80, 24).remove("default", "default.ca-builtin-key-ca-1").settle().golden("delete-builtin-80x24")
}

func TestEnterAloneDeletesNothing(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).remove("payments", "payments-ca-cert-old").settle().press("enter").settle().wrote()
	if _, still := r.top().(removal); still {
		t.Error("the dialog is still there after keep it")
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).remove("payments", "payments-ca-cert-old").settle().press("down", "enter").
		settle().wrote("delete payments/payments-ca-cert-old").
		said("✓", "payments-ca-cert-old deleted from payments.")
	b := r.top().(browse)
	if _, there := b.stock.inventory.Find(model.Ref{Mesh: "payments", Name: "payments-ca-cert-old"}); there {
		t.Error("browse still shows what was deleted")
	}
}

func TestDeleteBeforeItWasRead(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30).remove("payments", "payments-ca-cert-old").press("down", "enter").wrote().
		said("", "payments-ca-cert-old is still being read; nothing was deleted yet. enter again when it is there.").
		settle().press("enter").settle().wrote("delete payments/payments-ca-cert-old")
}

func TestDeleteNeedsTheWholeName(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30).remove("payments", "psp-ca").settle().write("psp-c").press("enter").
		said("", "The name is not typed yet: psp-ca").wrote().
		write("a").press("enter").settle().wrote("delete payments/psp-ca")
}

func TestDeleteOfASystemSecretIsUnlockedFirst(t *testing.T) {
	t.Parallel()
	const name = "dataplane-token-signing-key-payments-1"
	newBench(t, 100, 30).remove("payments", name).settle().write(name).press("enter").
		said("", "The phrase is not typed yet: unlock system").wrote().
		press("esc").settle()
	newBench(t, 100, 30).remove("payments", name).settle().write("unlock system").press("enter").settle().wrote().
		write(name).press("enter").settle().wrote("delete payments/" + name)
}

func TestDeleteOnAProtectedControlPlane(t *testing.T) {
	t.Parallel()
	newBench(t, 100, 30, protected).remove("payments", "payments-ca-cert-old").settle().
		write("payments-ca-cert-old").press("enter").
		said("", "The name is not typed yet: demo payments-ca-cert-old").wrote()
}

func TestDeleteIsConditional(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).remove("default", "smtp-password").settle().press("down")
	r.foreign("default", "smtp-password", "fake-theirs")
	r.press("enter").settle().
		said("✗", "Not deleted: somebody changed smtp-password after you looked at it. Look at it again, then decide.")
	if got := r.stored("default", "smtp-password"); got != "fake-theirs" {
		t.Error("the foreign change was deleted")
	}
}

func TestDeleteAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind       error
		mark, text string
	}{
		{backend.ErrInUse, "✗", "Not deleted: mesh payments uses payments-ca-cert-old. Take the reference out of the mesh first."},
		{backend.ErrNotFound, "✗", "payments-ca-cert-old is no longer in payments: somebody deleted or reassigned it. Nothing is left to delete."},
		{backend.ErrUnauthorized, "✗", "demo does not accept your login any more. Log in again, then press enter."},
	} {
		newBench(t, 100, 30, failing("delete", c.kind, "")).remove("payments", "payments-ca-cert-old").settle().
			press("down", "enter").settle().said(c.mark, c.text)
	}
}

func TestDeleteThatCannotBeRead(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30, failing("get", backend.ErrForbidden, "")).remove("payments", "psp-ca").settle().
		write("psp-ca").press("enter").settle().wrote().golden("delete-unread-100x30")
	r.plane.before = nil
	r.press("ctrl+r").settle().write("psp-ca").press("enter").settle().wrote("delete payments/psp-ca")
}

func TestKeysDoNothingWhileADeletionIsUnderWay(t *testing.T) {
	t.Parallel()
	r := newBench(t, 100, 30).remove("payments", "payments-ca-cert-old").settle().press("down", "enter")
	if what, busy := r.app.busy(); !busy || what != "deleting payments-ca-cert-old" {
		t.Errorf("busy is %q, %v", what, busy)
	}
	r.press("enter", "q", "esc").said("✗", "payments-ca-cert-old is being deleted; that is not stopped half way.")
	r.settle().wrote("delete payments/payments-ca-cert-old")
}

func TestDeleteRefused(t *testing.T) {
	t.Parallel()
	synced := func(_ *backend.Entry, p *faultyPlane) {
		p.identity = func(id backend.Identity) backend.Identity { id.Federated = true; return id }
	}
	r := newBench(t, 80, 24, synced)
	row := r.row("payments", "psp-ca")
	row.Secret.Labels = map[string]string{model.LabelOrigin: "global"}
	s, run := openDelete(r.session, r.frame(), r.stock, row)
	r.over("payments", "psp-ca", s, run).settle().golden("delete-synced-80x24").press("enter", "esc").wrote()
}

// That the control plane guards a secret is said only where it is known to.
func TestGuardsAreNotPromised(t *testing.T) {
	t.Parallel()
	const refuses, unknown = " The control plane refuses this deletion while the mesh names it.", " Whether the control plane refuses this deletion is not known."
	provided := func(path string, guessed bool) model.Reference {
		return model.Reference{Kind: model.KindMesh, By: "ca-1", Mesh: "m", Backend: "provided", Path: path, Guessed: guessed}
	}
	builtin := model.Reference{Kind: model.KindMesh, By: "ca-1", Mesh: "m", Backend: "builtin", Implied: true}
	const conf = "mtls.backends[0].conf.cert.secret"
	for name, test := range map[string]struct {
		by     model.Reference
		guards bool
		want   string
	}{
		"provided":                   {provided(conf, false), true, refuses},
		"builtin":                    {builtin, true, refuses},
		"provided, guards not known": {provided(conf, false), false, unknown},
		"builtin, guards not known":  {builtin, false, unknown},
		"a place that is not read":   {provided("mtls.backends[0].config.cert.secret", false), true, unknown},
		"a place that is not known":  {provided("mtls.backends[0].conf.other.secret", true), true, unknown},
		"no type":                    {model.Reference{Kind: model.KindMesh, By: "ca-1", Mesh: "m", Path: conf}, true, unknown},
		"vault":                      {model.Reference{Kind: model.KindMesh, By: "ca-1", Mesh: "m", Backend: "vault", Path: conf}, true, unknown},
	} {
		d := removal{to: &session{id: backend.Identity{Guards: test.guards}}}
		if got := d.guarded(test.by); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// Who names a secret in a place that control planes do not read loses nothing by
// its deletion; what is loaded first and not used then does.
func TestDeletionStopsNothingThatIsNotRead(t *testing.T) {
	t.Parallel()
	const name = "smtp-password"
	config := model.Reference{Kind: model.KindMesh, By: "ca-9", Mesh: "default", Secret: name, Role: "key", Backend: "provided", Path: "mtls.backends[0].config.key.secret", Ignored: true}
	through := model.Reference{Kind: model.KindMeshGateway, By: "edge", Mesh: "default", Secret: name, Role: "certificate and key", Path: "conf.listeners[0].tls.certificates[0].secret", Ignored: true, Unused: "TLS does not end there"}
	off := model.Reference{Kind: model.KindExternalService, By: "psp", Mesh: "default", Secret: name, Role: "CA", Path: "networking.tls.caCert.secret", Enabled: true, Unused: "TLS is off"}
	const stops, names = "What will stop working", "Who names it"
	for what, c := range map[string]struct {
		refs      []model.Reference
		said, not []string
	}{
		"not read": {
			[]model.Reference{config, through},
			[]string{names, `mTLS backend ca-9 (under "config", not read) as key`, "MeshGateway edge (not used, as TLS does not end there)", "Read: "},
			[]string{stops, "refuses this deletion", "does not refuse", "No reference was found", "nothing changes"},
		},
		"one that is": {
			[]model.Reference{config, off},
			[]string{stops, "Calls to psp: the control plane takes its endpoints away", names, "ca-9"}, nil,
		},
	} {
		r := newBench(t, 120, 40)
		r.stock.refs, r.stock.inventory = c.refs, r.stock.inventory.About(r.stock.meshes, c.refs)
		shown := strings.Join(strings.Fields(strings.ReplaceAll(r.remove("default", name).settle().shown(), "│", " ")), " ")
		for _, text := range c.said {
			if !strings.Contains(shown, text) {
				t.Errorf("%s: %q is not said:\n%s", what, text, shown)
			}
		}
		for _, text := range c.not {
			if strings.Contains(shown, text) {
				t.Errorf("%s: %q is said:\n%s", what, text, shown)
			}
		}
	}
}

// TestConsent holds what a change asks for to the rules: product.md decides
// them, model.Change.Confirmation holds them.
func TestConsent(t *testing.T) {
	t.Parallel()
	plain, guarded := newBench(t, 100, 30), newBench(t, 100, 30, protected)
	used := []model.Reference{{Kind: model.KindExternalService, Enabled: true}}
	ref := model.Snapshot{Secret: model.Secret{Ref: model.Ref{Mesh: "payments", Name: "psp-ca"}}}
	for _, c := range []struct {
		name   string
		on     *workbench
		change model.Change
		kind   model.Confirmation
		phrase string
	}{
		{"edit", plain, model.Change{Verb: model.Edit, Before: ref}, model.Straight, "psp-ca"},
		{"edit in use", plain, model.Change{Verb: model.Edit, Before: ref, Users: used}, model.TypeName, "psp-ca"},
		{"delete", plain, model.Change{Verb: model.Delete, Before: ref}, model.Choose, "psp-ca"},
		{"delete, protected", guarded, model.Change{Verb: model.Delete, Before: ref}, model.TypeName, "demo psp-ca"},
		{"delete system", plain, model.Change{Verb: model.Delete, Before: ref, System: true}, model.Unlock, "psp-ca"},
		{"add, protected", guarded, model.Change{Verb: model.Create, After: ref}, model.TypeName, "demo psp-ca"},
	} {
		if got := consentTo(c.on.session, c.change); got.kind != c.kind || got.phrase != c.phrase {
			t.Errorf("%s: asks for %v %q, want %v %q", c.name, got.kind, got.phrase, c.kind, c.phrase)
		}
	}
}

func TestNotArrived(t *testing.T) {
	t.Parallel()
	lost := &backend.Error{Kind: backend.ErrUnknown, Op: "saving"}
	if !notArrived(&backend.Error{Kind: backend.ErrUnavailable, Op: "saving", Err: lost}) {
		t.Error("a write that is known not to have arrived is not told")
	}
	if notArrived(&backend.Error{Kind: backend.ErrUnavailable, Op: "saving"}) || notArrived(errors.New("other")) {
		t.Error("another error counts as a write that did not arrive")
	}
}
