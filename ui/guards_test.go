package ui

import (
	"context"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
	store "meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// planted is a control plane with more policies than it has, of which some may
// not be listed.
type planted struct {
	backend.ControlPlane
	more   []model.Resource
	denied []model.ResourceKind
}

func (p planted) Resources(ctx context.Context, kind model.ResourceKind, cursor string) (backend.ResourcePage, error) {
	for _, denied := range p.denied {
		if kind == denied {
			return backend.ResourcePage{}, &backend.Error{Kind: backend.ErrForbidden, Op: "listing"}
		}
	}
	page, err := p.ControlPlane.Resources(ctx, kind, cursor)
	for _, r := range p.more {
		if r.Kind == kind && cursor == "" {
			page.Resources, err = append(page.Resources, r), nil
		}
	}
	return page, err
}

// plant gives a bench's control plane more policies, and takes lists away.
func plant(denied []model.ResourceKind, more ...model.Resource) setting {
	return func(_ *backend.Entry, p *faultyPlane) { p.ControlPlane = planted{p.ControlPlane, more, denied} }
}

func federated(_ *backend.Entry, p *faultyPlane) {
	p.identity = func(id backend.Identity) backend.Identity { id.Federated = true; return id }
}

// gate is a policy that names a secret in a place that nobody knows.
func gate(mesh, secret string) model.Resource {
	return model.Resource{Kind: model.KindMeshOPA, Mesh: mesh, Name: "gate", Raw: []byte(
		`{"type":"MeshOPA","mesh":"` + mesh + `","name":"gate","spec":{"default":{"bundle":{"secret":"` + secret + `"}}}}`)}
}

// planted is a bench whose list was read with what was planted.
func plantedBench(t *testing.T, w, h int, settings ...setting) *workbench {
	t.Helper()
	r := newBench(t, w, h, settings...)
	r.stock = stockOf(t, r.plane)
	return r
}

// shown is what the dialog or screen on top says, without its borders.
func (r *workbench) shown() string {
	r.t.Helper()
	var lines []Line
	if d, is := r.top().(interface{ box(Frame) Box }); is {
		b := d.box(r.frame())
		lines = append(lines, say(Plain, b.Title))
		lines = append(lines, b.Lines...)
	} else {
		lines = r.top().View(r.frame()).Lines
	}
	var text strings.Builder
	for _, l := range lines {
		if one := strings.TrimRight(l.plain(), " "); one != "" {
			text.WriteString("  " + one + "\n")
		}
	}
	return text.String()
}

// guardCases are the ways in which a secret may be named, or not.
func guardCases() []struct {
	about, mesh, name string
	set               []setting
} {
	some := []model.ResourceKind{model.KindMeshGateway, model.KindMeshIdentity}
	all := model.ReferringKinds()[1:]
	return []struct {
		about, mesh, name string
		set               []setting
	}{
		{"an mTLS backend", "payments", "payments-ca-cert", nil},
		{"an mTLS backend, on a zone of a global control plane", "payments", "payments-ca-cert", []setting{federated}},
		{"a backend that is not enabled", "legacy", "legacy-ca-cert", nil},
		{"a policy", "payments", "psp-ca", nil},
		{"a policy, on a zone of a global control plane", "payments", "psp-ca", []setting{federated}},
		{"a policy, and kinds that may not be listed", "payments", "psp-ca", []setting{plant(some)}},
		{"a place that is not known", "payments", webhook, []setting{plant(nil, gate("payments", webhook))}},
		{"nobody", "payments", webhook, nil},
		{"nobody, and kinds that may not be listed", "payments", webhook, []setting{plant(some)}},
		{"nobody, and only meshes may be listed", "payments", webhook, []setting{plant(all)}},
		{"a rule of the control plane", "default", "default.ca-builtin-key-ca-1", nil},
		{"nobody, a signing key", "payments", "dataplane-token-signing-key-payments-1", nil},
		{"whom it waits for in its new mesh", "default", "smtp-password", []setting{plant(nil, gate("checkout", "smtp-password"))}},
	}
}

// What is asked before a deletion, an edit and a reassign stands in
// testdata/texts/guards.txt, to be read: who names the secret, what stops
// working, what was not read, and what is typed.
func TestGuards(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	for _, c := range guardCases() {
		told.WriteString("## named by " + c.about + "\n# delete\n")
		told.WriteString(plantedBench(t, 100, 60, c.set...).remove(c.mesh, c.name).settle().shown())
		told.WriteString("# edit\n")
		value := "fake"
		if c.name == webhook {
			value = jwt(`{"alg":"HS256"}`, `{"sub":"fake"}`) // another kind is asked about for itself
		}
		told.WriteString(plantedBench(t, 100, 60, c.set...).edit(c.mesh, c.name).settle().write(value).press("ctrl+s").shown())
		told.WriteString("# reassign\n")
		told.WriteString(plantedBench(t, 100, 60, c.set...).reassign(c.mesh, c.name).press("enter").settle().shown())
		told.WriteString("\n")
	}
	sameText(t, "guards", told.String())
	if strings.Contains(strings.ToLower(told.String()), "safe to") {
		t.Error("something is called safe")
	}
}

// An override is typed before the phrase, and the secret is gone from those
// who name it only then.
func TestReassignByOverride(t *testing.T) {
	t.Parallel()
	for size, dims := range map[string][2]int{"100x30": {100, 30}, "80x24": {80, 24}} {
		r := newBench(t, dims[0], dims[1]).reassign("payments", "psp-ca").press("enter").settle().
			write("overr").golden("reassign-override-"+size).press("enter").
			said("", "The phrase is not typed yet: override").
			write("ide").press("enter").write("psp-ca check").golden("reassign-overridden-" + size)
		r.wrote().write("out").press("enter").settle().
			wrote("create checkout/psp-ca", "delete payments/psp-ca", "update checkout/psp-ca")
	}
	newBench(t, 80, 24).reassign("payments", "psp-ca").press("enter").settle().
		write("psp-ca checkout").press("enter").wrote().said("", "The phrase is not typed yet: override")
}

// On Kubernetes the same goes through a safety copy.
func TestReassignByOverrideOnKubernetes(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30).reassign("payments", "psp-ca").press("enter").settle().
		write("override").press("enter").write("psp-ca checkout").golden("reassign-cluster-overridden-100x30")
	value := r.stored("payments", "psp-ca")
	r.press("enter").settle()
	if got := r.stored("checkout", "psp-ca"); got != value {
		t.Errorf("checkout has %q: %s", got, r.app.message.Text)
	}
}

// One of several that takes an override is left out.
func TestBatchLeavesOverridesOut(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24).several("payments", "psp-ca", webhook).press("enter").settle().golden("batch-override-80x24")
	r.fatesAre("psp-ca stays, " + webhook + " waits").wrote()
}

// The dialogs of what is named by a policy where kinds may not be listed, and
// of system secrets.
func TestGuardFrames(t *testing.T) {
	t.Parallel()
	some := plant([]model.ResourceKind{model.KindMeshGateway, model.KindMeshIdentity})
	plantedBench(t, 100, 30, some).remove("payments", "psp-ca").settle().golden("delete-in-use-unlisted-100x30")
	plantedBench(t, 80, 24, some).remove("payments", "psp-ca").settle().golden("delete-in-use-unlisted-80x24")
	const key = "dataplane-token-signing-key-payments-1"
	newBench(t, 80, 24).remove("payments", key).settle().golden("delete-unlock-80x24")
	r := newBench(t, 100, 30).edit("payments", key).settle().write("fake").press("ctrl+s").golden("edit-unlock-100x30")
	r.write("unlock system").press("enter").wrote().write(key).press("enter").settle().wrote("update payments/" + key)
	newBench(t, 80, 24).edit("default", "default.ca-builtin-cert-ca-1").settle().write("fake").press("ctrl+s").golden("edit-unlock-80x24")
}

// A reserved name is refused before anything is sent, and what somebody else
// added meanwhile is not looked at for it.
func TestAReservedNameIsNotAdded(t *testing.T) {
	t.Parallel()
	newBench(t, 80, 24).add("payments").write("dataplane-token-signing-key-payments-2").press("tab", "tab", "tab").write("fake").
		press("ctrl+s").settle().wrote().said("", "1 to mend before saving: name.")
}

// To finish a reassign that policies stand against asks for the override anew;
// to take it back asks for nothing.
func TestRecoverByOverride(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		inBubble(t, 100, 30, environment, 0, func(b *bubble) {
			value := b.stored("payments", "psp-ca")
			b.crashed("psp-ca", "payments", "checkout", 1)
			b.atRecover().press("enter").settle().golden("recover-override-" + environment + "-100x30")
			b.press("down", "enter").golden("recover-overriding-" + environment + "-100x30")
			b.write("psp-ca checkout").press("enter").settle().wrote().said("", "The phrase is not typed yet: override")
			for range "psp-ca checkout" {
				b.press("backspace")
			}
			b.write("override").press("enter").write("psp-ca checkout").press("enter").settle()
			if got := b.stored("checkout", "psp-ca"); got != value {
				b.t.Errorf("%s: checkout has %q: %s", environment, got, b.app.message.Text)
			}
		})
	}
}

// Where a change can be tried out, saving says what the server would say to it.
func TestSavingIsTriedOut(t *testing.T) {
	t.Parallel()
	inBubble(t, 100, 30, embedded.EnvironmentKubernetes, 0, func(b *bubble) {
		b.cp.SetRule(func(w store.Write) error {
			if w.Operation == store.Update {
				return embedded.DeniedByPolicy(w, "no edits on a Friday")
			}
			return nil
		})
		b.edit("payments", "psp-ca").settle().write("fake").press("ctrl+s").settle().wrote().golden("edit-tried-100x30")
		if text := b.shown(); !strings.Contains(strings.Join(strings.Fields(text), " "), "Tried out on the server, it is refused. Metadata.labels: no edits on a Friday.") {
			b.t.Errorf("it says\n%s", text)
		}
	})
}

// A copy of a Gateway's certificate is told by its value, which a list on
// Kubernetes does not read: it is unlocked all the same.
func TestASystemSecretIsToldByItsValueToo(t *testing.T) {
	t.Parallel()
	row := model.Row{Secret: model.Secret{Ref: model.Ref{Mesh: "default", Name: "gapi-shop-edge"}}}
	now := row.Secret
	now.Facts.Kind = model.CertificateAndKey
	if got := asFound(row, now); !got.System {
		t.Error("it is no system secret once it was read")
	}
	now.Facts.Kind = model.Text
	if got := asFound(row, now); got.System {
		t.Error("a text is one")
	}
}
