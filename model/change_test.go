package model

import (
	"errors"
	"maps"
	"slices"
	"testing"
)

// changeOf is a change of one secret of mesh payments.
func changeOf(verb Verb, name string) Change {
	s := Snapshot{Secret: Secret{Ref: Ref{"payments", name}}}
	switch verb {
	case Create:
		return Change{Verb: verb, After: s}
	case Delete:
		return Change{Verb: verb, Before: s}
	case Reassign:
		return Change{Verb: verb, Before: s, After: Snapshot{Secret: Secret{Ref: Ref{"checkout", name}}}}
	}
	return Change{Verb: verb, Before: s, After: s}
}

func with(c Change, change func(*Change)) Change {
	change(&c)
	return c
}

var (
	usedByMTLS   = []Reference{{Kind: KindMesh, By: "ca-2", Mesh: "payments", Enabled: true}}
	usedByOff    = []Reference{{Kind: KindMesh, By: "ca-1", Mesh: "payments"}}
	usedByPolicy = []Reference{{Kind: KindExternalService, By: "psp", Mesh: "payments", Enabled: true}}
	guessed      = []Reference{{Kind: KindMeshOPA, By: "gate", Mesh: "payments", Path: "spec.default.new.secret", Enabled: true, Guessed: true}}
	implies      = []Reference{{Kind: KindMeshIdentity, By: "main", Mesh: "payments", Enabled: true, Implied: true}}
)

func despite(c *Change) { c.Despite = true }
func begun(c *Change)   { c.Begun = true }

func used(by []Reference) func(*Change) { return func(c *Change) { c.Users = by } }

func synced(c *Change) {
	c.Before.Secret.Labels = map[string]string{LabelOrigin: "global"}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about  string
		change Change
		ground Ground
		want   string
	}{
		{"create", changeOf(Create, "psp-ca"), Ground{}, ""},
		{"edit", changeOf(Edit, "psp-ca"), Ground{}, ""},
		{"delete", changeOf(Delete, "psp-ca"), Ground{}, ""},
		{"reassign", changeOf(Reassign, "psp-ca"), Ground{}, ""},
		{"delete in use", with(changeOf(Delete, "psp-ca"), used(usedByMTLS)), Ground{}, ""},
		{
			"read-only", changeOf(Delete, "psp-ca"), Ground{ReadOnly: true, WhyReadOnly: "--read-only", Name: "prod-us"},
			"prod-us is read-only (--read-only): nothing can be changed here.",
		},
		{
			"read-only before all else", with(changeOf(Delete, "psp-ca"), func(c *Change) { c.Orphaned = true }),
			Ground{ReadOnly: true, WhyReadOnly: "the control plane says so", Name: "prod-us"},
			"prod-us is read-only (the control plane says so): nothing can be changed here.",
		},
		{
			"orphaned", with(changeOf(Edit, "old"), func(c *Change) { c.Orphaned = true }), Ground{},
			"old cannot be changed: mesh payments does not exist. Make the mesh again first; reading works.",
		},
		{
			"synced, on a zone", with(changeOf(Edit, "psp-ca"), synced), Ground{Zone: true},
			"psp-ca comes from the global control plane, and a change on this zone would be undone. Change it there.",
		},
		{
			"synced, reassign on a zone", with(changeOf(Reassign, "psp-ca"), synced), Ground{Zone: true},
			"psp-ca comes from the global control plane, and a change on this zone would be undone. Change it there.",
		},
		{"the same label elsewhere", with(changeOf(Edit, "psp-ca"), synced), Ground{}, ""},
		{"create on a zone", changeOf(Create, "psp-ca"), Ground{Zone: true}, ""},
		{"a zone's own", changeOf(Delete, "psp-ca"), Ground{Zone: true}, ""},
		{
			"reassign a system secret", with(changeOf(Reassign, "admin-user-token"), func(c *Change) { c.System = true }), Ground{},
			"admin-user-token is a system secret and cannot be reassigned.",
		},
		{
			"reassign a global secret", with(changeOf(Reassign, "user-token-revocations"), func(c *Change) { c.Before.Secret.Ref.Mesh = "" }), Ground{},
			"user-token-revocations is a global secret and cannot be reassigned. Add it to a mesh instead.",
		},
		{
			"reassign to global", with(changeOf(Reassign, "psp-ca"), func(c *Change) { c.After.Secret.Ref.Mesh = "" }), Ground{},
			"psp-ca cannot become a global secret: that is of another kind. Add it there instead.",
		},
		{
			"reassign to where it is", with(changeOf(Reassign, "psp-ca"), func(c *Change) { c.After.Secret.Ref.Mesh = "payments" }), Ground{},
			"psp-ca is in mesh payments already. Choose another mesh.",
		},
		{
			"reassign in use by mTLS", with(changeOf(Reassign, "payments-ca-cert"), used(usedByMTLS)), Ground{},
			"payments-ca-cert stays: mTLS backend ca-2 of payments uses it. Take the reference out of mesh payments first.",
		},
		{
			"reassign referenced only", with(changeOf(Reassign, "payments-ca-cert"), used(usedByOff)), Ground{},
			"payments-ca-cert stays: mTLS backend ca-1 of payments uses it. Take the reference out of mesh payments first.",
		},
		{
			"reassign in use by a policy", with(changeOf(Reassign, "psp-ca"), used(usedByPolicy)), Ground{},
			"psp-ca stays: ExternalService psp of mesh payments names it. Take the reference out first, or agree to go on in spite of it.",
		},
		{"reassign in use by a policy, agreed to", with(with(changeOf(Reassign, "psp-ca"), used(usedByPolicy)), despite), Ground{}, ""},
		{"reassign guessed to be in use, agreed to", with(with(changeOf(Reassign, "psp-ca"), used(guessed)), despite), Ground{}, ""},
		{
			"reassign guessed to be in use", with(changeOf(Reassign, "psp-ca"), used(guessed)), Ground{},
			"psp-ca stays: MeshOPA gate of mesh payments names it. Take the reference out first, or agree to go on in spite of it.",
		},
		{
			"reassign in use by mTLS and a policy, agreed to",
			with(with(changeOf(Reassign, "payments-ca-cert"), used(slices.Concat(usedByPolicy, usedByMTLS))), despite), Ground{},
			"payments-ca-cert stays: mTLS backend ca-2 of payments uses it. Take the reference out of mesh payments first.",
		},
		{
			"reassign what an identity had generated", with(with(changeOf(Reassign, "main-root-ca"), used(implies)), despite), Ground{},
			"main-root-ca is a system secret and cannot be reassigned.",
		},
		{
			"reassign a system secret that nobody told", with(changeOf(Reassign, "dataplane-token-signing-key-payments-1"), despite), Ground{},
			"dataplane-token-signing-key-payments-1 is a system secret and cannot be reassigned.",
		},
		{
			"reassign to where its name is reserved", changeOf(Reassign, "dataplane-token-signing-key-checkout-7"), Ground{},
			"dataplane-token-signing-key-checkout-7 stays: in mesh checkout that is the name of a secret of the control plane's own.",
		},
		{
			"reassign to where it would be generated", with(changeOf(Reassign, "main-root-ca"), func(c *Change) { c.Awaited = implies }), Ground{},
			"main-root-ca stays: in mesh checkout the control plane makes a secret of that name by itself, for MeshIdentity main.",
		},
		{"reassign to where a policy waits for it", with(changeOf(Reassign, "psp-ca"), func(c *Change) { c.Awaited = usedByPolicy }), Ground{}, ""},
		{
			"add a reserved name", changeOf(Create, "payments.ca-builtin-cert-ca-1"), Ground{},
			"payments.ca-builtin-cert-ca-1 is reserved: it would be the CA certificate of the builtin mTLS backend ca-1, which makes its own.",
		},
		{
			"add what would be generated", with(changeOf(Create, "main-root-ca"), used(implies)), Ground{},
			"main-root-ca is reserved: the control plane makes it by itself for MeshIdentity main.",
		},
		{"add what a policy waits for", with(changeOf(Create, "psp-ca"), used(usedByPolicy)), Ground{}, ""},
		{"put back what was there", with(changeOf(Create, "payments.ca-builtin-cert-ca-1"), begun), Ground{}, ""},
		{"edit a reserved name", changeOf(Edit, "payments.ca-builtin-cert-ca-1"), Ground{}, ""},
		{"go on to where its name is reserved", with(changeOf(Reassign, "dataplane-token-signing-key-checkout-7"), begun), Ground{}, ""},
		{"go on with what policies name", with(with(changeOf(Reassign, "psp-ca"), used(usedByPolicy)), begun), Ground{}, ""},
	} {
		err := c.change.Refuse(c.ground)
		var refusal *Refusal
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: refused with %q", c.about, err)
		case c.want != "" && (!errors.As(err, &refusal) || refusal.Text != c.want):
			t.Errorf("%s: %v\nwant %s", c.about, err, c.want)
		}
	}
}

func TestConfirmation(t *testing.T) {
	t.Parallel()
	system := func(c *Change) { c.System = true }
	notRead := func(why string) func(*Change) {
		return func(c *Change) { c.Unread = []Unread{{Kind: KindMeshGateway, Why: why}} }
	}
	for _, c := range []struct {
		about           string
		change          Change
		open, protected Confirmation
	}{
		{"create", changeOf(Create, "s"), Straight, TypeName},
		{"create a missing one", with(changeOf(Create, "s"), used(usedByMTLS)), Straight, TypeName},
		{"create a system secret", with(changeOf(Create, "s"), system), Straight, TypeName},
		{"edit", changeOf(Edit, "s"), Straight, TypeName},
		{"edit referenced only", with(changeOf(Edit, "s"), used(usedByOff)), Straight, TypeName},
		{"edit where a kind may not be listed", with(changeOf(Edit, "s"), notRead("you may not list it")), Choose, TypeName},
		{"edit where a kind does not exist", with(changeOf(Edit, "s"), notRead(NotHere)), Straight, TypeName},
		{"edit in use", with(changeOf(Edit, "s"), used(usedByPolicy)), TypeName, TypeName},
		{"edit a system secret", with(changeOf(Edit, "s"), system), Unlock, Unlock},
		{"delete", changeOf(Delete, "s"), Choose, TypeName},
		{"delete referenced only", with(changeOf(Delete, "s"), used(usedByOff)), Choose, TypeName},
		{"delete in use by mTLS", with(changeOf(Delete, "s"), used(usedByMTLS)), TypeName, TypeName},
		{"delete in use by a policy", with(changeOf(Delete, "s"), used(usedByPolicy)), TypeName, TypeName},
		{"delete a system secret", with(changeOf(Delete, "s"), system), Unlock, Unlock},
		{"delete a system secret in use", with(with(changeOf(Delete, "s"), system), used(usedByMTLS)), Unlock, Unlock},
		{"reassign", changeOf(Reassign, "s"), TypeName, TypeName},
		{"reassign in use by a policy", with(changeOf(Reassign, "s"), used(usedByPolicy)), Override, Override},
		{"reassign guessed to be in use", with(changeOf(Reassign, "s"), used(guessed)), Override, Override},
		{"reassign in use by mTLS", with(changeOf(Reassign, "s"), used(usedByMTLS)), TypeName, TypeName},
	} {
		if got := c.change.Confirmation(false); got != c.open {
			t.Errorf("%s: %d, want %d", c.about, got, c.open)
		}
		if got := c.change.Confirmation(true); got != c.protected {
			t.Errorf("%s, protected: %d, want %d", c.about, got, c.protected)
		}
	}
}

func TestPhrase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change    Change
		protected bool
		want      string
	}{
		{changeOf(Delete, "psp-ca"), false, "psp-ca"},
		{changeOf(Delete, "psp-ca"), true, "prod-eu psp-ca"},
		{changeOf(Create, "psp-ca"), true, "prod-eu psp-ca"},
		{changeOf(Reassign, "psp-ca"), false, "psp-ca checkout"},
		{changeOf(Reassign, "psp-ca"), true, "prod-eu psp-ca checkout"},
	} {
		if got := c.change.Phrase("prod-eu", c.protected); got != c.want {
			t.Errorf("%s, protected %v: %q, want %q", c.change.Verb, c.protected, got, c.want)
		}
	}
}

func TestVerbWords(t *testing.T) {
	t.Parallel()
	for verb, want := range map[Verb]string{Create: "add", Edit: "edit", Delete: "delete", Reassign: "reassign"} {
		if verb.String() != want {
			t.Errorf("%q, want %q", verb, want)
		}
	}
}

func TestCarry(t *testing.T) {
	t.Parallel()
	before := map[string]string{
		LabelMesh: "payments", LabelOrigin: "zone", LabelZone: "default", LabelEnv: "universal",
		LabelDisplayName: "psp-ca", "team": "web",
	}
	want := map[string]string{LabelDisplayName: "psp-ca", "team": "web"}
	if got := Carry(before); !maps.Equal(got, want) {
		t.Errorf("carried %q, want %q", got, want)
	}
	if len(before) != 6 {
		t.Error("the labels that were given have changed")
	}
	if got := Carry(nil); len(got) != 0 {
		t.Errorf("carried %q of nothing", got)
	}
}
