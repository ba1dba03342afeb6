package model

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var frameTime = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// publicOf stands for the public half of a key.
func publicOf(key string) KeyFacts {
	k := KeyFacts{Algorithm: "EC P-256"}
	copy(k.Public[:], key)
	return k
}

func certificateOf(key string, kind Kind, notAfter time.Duration) Facts {
	return Facts{
		Kind: kind, NotBefore: frameTime.Add(-100 * day), NotAfter: frameTime.Add(notAfter),
		Certificates: []CertificateFacts{{IsCA: kind == CACertificate, CertSign: kind == CACertificate, Key: publicOf(key)}},
	}
}

// signerOf is a key that signs tokens, as control planes make it.
func signerOf(key string) Facts {
	f := keyOf(key)
	f.Key.Algorithm, f.Key.Encoding = "RSA 2048", "PKCS#1"
	return f
}

func keyOf(key string) Facts { return Facts{Kind: PrivateKey, Key: publicOf(key)} }

func secretOf(mesh, name string, f Facts) Secret {
	made := frameTime.Add(-400 * day)
	return Secret{Ref: Ref{mesh, name}, Facts: f, Created: made, Modified: made}
}

// demo is the part of the demo's data in which every mark and note stands.
func demo() ([]Mesh, []Secret, []Reference) {
	meshes := []Mesh{
		{Name: "payments", EnabledBackend: "ca-2"}, {Name: "legacy"}, {Name: "default", EnabledBackend: "ca-1"},
		{Name: "sandbox"}, {Name: "checkout", Identities: []string{"main"}},
	}
	rsa := signerOf("rsa")
	secrets := []Secret{
		secretOf("checkout", "applepay-merchant", Facts{Kind: CertificateAndKey, NotAfter: frameTime.Add(340 * day)}),
		secretOf("default", "default.ca-builtin-cert-ca-1", certificateOf("rsa", CACertificate, 3438*day)),
		secretOf("default", "default.ca-builtin-key-ca-1", rsa),
		secretOf("default", "dataplane-token-signing-key-default-1", rsa),
		secretOf("default", "smtp-password", Facts{Kind: Text, TrailingNewline: true}),
		secretOf("default", "warehouse-password", Facts{Kind: VaultReference}),
		secretOf("legacy", "legacy-ca-cert", certificateOf("legacy", CACertificate, 61*day)),
		secretOf("legacy", "legacy-ca-key", keyOf("other")),
		secretOf("legacy", "old-dashboard-token", Facts{Kind: JWT, NotAfter: frameTime.Add(-400 * day)}),
		secretOf("payments", "payments-ca-cert", certificateOf("pay", CACertificate, 23*day)),
		secretOf("payments", "payments-ca-key", keyOf("pay")),
		secretOf("payments", "psp-client-cert", certificateOf("psp", Certificate, 58*day)),
		secretOf("payments", "psp-client-key", keyOf("psp")),
		secretOf("payments", "dataplane-token-signing-key-payments-1", rsa),
		secretOf("payments", "stripe-webhook-token", Facts{}),
		secretOf("retired", "retired-shop-token", Facts{Kind: Text}),
		secretOf("", "user-token-revocations", Facts{Kind: Text, TrailingNewline: true}),
		secretOf("", "admin-user-token", Facts{Kind: JWT, NotAfter: frameTime.Add(3438 * day)}),
		secretOf("", "user-token-signing-key-1", rsa),
	}
	secrets[7].Modified = frameTime.Add(-12 * day)
	provided := func(mesh, by, secret, role string, enabled bool) Reference {
		return Reference{Kind: KindMesh, By: by, Mesh: mesh, Secret: secret, Role: role, Backend: "provided", Enabled: enabled}
	}
	policy := func(kind ResourceKind, mesh, by, secret, role string) Reference {
		return Reference{Kind: kind, By: by, Mesh: mesh, Secret: secret, Role: role, Enabled: true}
	}
	refs := append(builtin(Reference{Kind: KindMesh, Mesh: "default", By: "ca-1", Backend: "builtin", Enabled: true}),
		provided("legacy", "ca-1", "legacy-ca-cert", "certificate", false),
		provided("legacy", "ca-1", "legacy-ca-key", "key", false),
		policy(KindExternalService, "legacy", "billing", "billing-ca", "CA"),
		policy(KindMeshGateway, "payments", "edge", "edge-tls", "certificate and key"),
		policy(KindExternalService, "payments", "psp", "psp-client-cert", "client certificate"),
		policy(KindExternalService, "payments", "psp", "psp-client-key", "client key"),
		provided("payments", "ca-2", "payments-ca-cert", "certificate", true),
		provided("payments", "ca-2", "payments-ca-key", "key", true),
	)
	return meshes, secrets, refs
}

// draw is a row in a line: marks, name, kind, expiry, used by.
func draw(r Row) string {
	mark := map[Mark]string{Unreferenced: " ", Referenced: "○", InUse: "●", MissingSecret: "✗"}[r.Mark]
	shield := " "
	if r.System {
		shield = "◆"
	}
	expires, look := r.Expiry(frameTime)
	if look {
		expires += " !"
	}
	user, _ := r.UsedBy()
	return fmt.Sprintf("%s%s %s|%s|%s|%s|%s", mark, shield, r.Secret.Ref.Name, r.KindWord(), expires, user, noteOf(r))
}

// noteOf is a row's note as a list shows it: "! orphaned", "from global".
func noteOf(r Row) string {
	look, word := r.Note()
	if look {
		return "! " + word
	}
	return word
}

func drawAll(rows Rows) []string {
	var drawn []string
	for _, r := range rows.All() {
		drawn = append(drawn, draw(*r))
	}
	return drawn
}

func TestInventoryRows(t *testing.T) {
	t.Parallel()
	i := TakeInventory(demo())
	for _, c := range []struct {
		scope Scope
		want  []string
	}{
		{Scope{Mesh: "payments"}, []string{
			"✗  edge-tls|missing||MeshGateway edge|",
			"●  payments-ca-cert|CA cert|in 23d !|mTLS ca-2|",
			"●  payments-ca-key|private key||mTLS ca-2|",
			"●  psp-client-cert|certificate|in 58d|ExternalService psp|",
			"●  psp-client-key|private key||ExternalService psp|",
			"   stripe-webhook-token|…|…||",
			" ◆ dataplane-token-signing-key-payments-1|signing key|||system",
		}},
		{Scope{Mesh: "legacy"}, []string{
			"✗  billing-ca|missing||ExternalService billing|",
			"○  legacy-ca-cert|CA cert|in 61d|(mTLS ca-1)|",
			"○  legacy-ca-key|private key||(mTLS ca-1)|! mismatched",
			"   old-dashboard-token|JWT|expired !||",
		}},
		{Scope{Mesh: "default"}, []string{
			"●◆ default.ca-builtin-cert-ca-1|CA cert|in 9y|mTLS ca-1|",
			"●◆ default.ca-builtin-key-ca-1|private key||mTLS ca-1|",
			"   smtp-password|text|||! ends with a newline",
			"   warehouse-password|vault ref|||! not resolved",
			" ◆ dataplane-token-signing-key-default-1|signing key|||system",
		}},
		{Scope{Mesh: "retired"}, []string{"   retired-shop-token|text|||! orphaned"}},
		{Scope{Mesh: "sandbox"}, nil},
		{Scope{Mesh: "no such mesh"}, nil},
		{Scope{}, nil},
		{Scope{Global: true}, []string{
			"   user-token-revocations|revocations|||",
			" ◆ admin-user-token|JWT|in 9y||system",
			" ◆ user-token-signing-key-1|signing key|||system",
		}},
	} {
		if got := drawAll(i.In(c.scope)); !slices.Equal(got, c.want) {
			t.Errorf("%+v:\n got %q\nwant %q", c.scope, got, c.want)
		}
	}
}

func TestInventoryOfAllMeshes(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range TakeInventory(demo()).In(Scope{All: true}).All() {
		names = append(names, r.Secret.Ref.Name)
	}
	want := []string{
		"applepay-merchant", "billing-ca", "default.ca-builtin-cert-ca-1", "default.ca-builtin-key-ca-1", "edge-tls",
		"legacy-ca-cert", "legacy-ca-key", "old-dashboard-token", "payments-ca-cert", "payments-ca-key", "psp-client-cert",
		"psp-client-key", "retired-shop-token", "smtp-password", "stripe-webhook-token", "user-token-revocations",
		"warehouse-password",
		"admin-user-token", "dataplane-token-signing-key-default-1", "dataplane-token-signing-key-payments-1",
		"user-token-signing-key-1",
	}
	if !slices.Equal(names, want) {
		t.Errorf("order is %q\nwant %q", names, want)
	}
}

func TestInventoryMeshes(t *testing.T) {
	t.Parallel()
	i := TakeInventory(demo())
	words := map[Worst]string{Healthy: "", NeedsLook: "!", HasMissing: "✗"}
	var got []string
	for _, m := range i.Meshes {
		got = append(got, fmt.Sprintf("%s%s %d %d", m.Mesh.Name, words[m.WorstAt(frameTime)], m.Secrets, m.Missing))
	}
	want := []string{"checkout 1 0", "default! 5 0", "legacy✗ 3 1", "payments✗ 6 1", "sandbox 0 0", "retired✗ 1 0"}
	if !slices.Equal(got, want) {
		t.Errorf("meshes are %q, want %q", got, want)
	}
	if i.All.Secrets != 19 || i.All.Missing != 2 || i.All.Worst != HasMissing {
		t.Errorf("all: %+v", i.All)
	}
	if i.Global.Secrets != 3 || i.Global.WorstAt(frameTime) != Healthy {
		t.Errorf("global: %+v", i.Global)
	}
	last := i.Meshes[len(i.Meshes)-1].Mesh
	if !last.Missing || last.Trust() != "missing: no such mesh" {
		t.Errorf("retired is %+v", last)
	}
}

// TestMarkOfAMesh: what is wrong with a secret or with the Mesh itself marks the
// mesh.
func TestMarkOfAMesh(t *testing.T) {
	t.Parallel()
	leaf := certificateOf("k", Certificate, 300*day)
	used := []Reference{providedBy("c", "certificate", true), providedBy("k", "key", true)}
	for name, c := range map[string]struct {
		mesh        Mesh
		certificate Facts
		want        Worst
	}{
		"healthy":                    {Mesh{Name: "m"}, certificateOf("k", CACertificate, 300*day), Healthy},
		"its CA is none":             {Mesh{Name: "m"}, leaf, NeedsLook},
		"it enables what it has not": {Mesh{Name: "m", EnabledBackend: "ca-9"}, certificateOf("k", CACertificate, 300*day), NeedsLook},
		"what it says is not read":   {Mesh{Name: "m", UsesConfig: true}, certificateOf("k", CACertificate, 300*day), NeedsLook},
	} {
		i := TakeInventory([]Mesh{c.mesh}, []Secret{secretOf("m", "c", c.certificate), secretOf("m", "k", keyOf("k"))}, used)
		if i.Meshes[0].Worst != c.want || i.All.Worst != c.want {
			t.Errorf("%s: %v, of all %v, want %v", name, i.Meshes[0].Worst, i.All.Worst, c.want)
		}
	}
}

func TestWorstAtAMoment(t *testing.T) {
	t.Parallel()
	made := secretOf("m", "ca", Facts{Kind: CACertificate, NotBefore: frameTime, NotAfter: frameTime.Add(100 * day)})
	later := secretOf("m", "b-later", Facts{Kind: CACertificate, NotBefore: frameTime, NotAfter: frameTime.Add(900 * day)})
	i := TakeInventory([]Mesh{{Name: "m"}}, []Secret{later, made}, nil)
	for after, want := range map[time.Duration]Worst{
		-time.Second: NeedsLook, // not yet valid
		0:            Healthy,
		70 * day:     Healthy,
		71 * day:     NeedsLook,
		200 * day:    NeedsLook,
	} {
		now := frameTime.Add(after)
		if got := i.Meshes[0].WorstAt(now); got != want {
			t.Errorf("after %v: %v, want %v", after, got, want)
		}
		row, _ := i.Find(made.Ref)
		if got := row.NeedsLook(now); got != (want == NeedsLook) {
			t.Errorf("the row after %v: %v", after, got)
		}
	}
}

func TestInventoryUsers(t *testing.T) {
	t.Parallel()
	use := func(kind ResourceKind, by string, enabled bool) Reference {
		return Reference{Kind: kind, By: by, Mesh: "m", Secret: "s", Role: "CA", Enabled: enabled}
	}
	twice := use(KindExternalService, "aaa", true)
	twice.Role = "client key"
	i := TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretOf("m", "s", Facts{})}, []Reference{
		use(KindMesh, "zzz-off", false), twice, use(KindMeshGateway, "edge", true), use(KindExternalService, "aaa", true), use(KindMesh, "zz", true),
	})
	row := i.In(Scope{Mesh: "m"}).At(0)
	var order []string
	for _, u := range row.Users {
		order = append(order, u.User())
	}
	want := []string{"mTLS zz", "ExternalService aaa", "ExternalService aaa", "MeshGateway edge", "(mTLS zzz-off)"}
	if !slices.Equal(order, want) {
		t.Errorf("users are %q, want %q", order, want)
	}
	if user, more := row.UsedBy(); user != "mTLS zz" || more != 3 {
		t.Errorf("used by %q +%d", user, more)
	}
}

// What is only guessed is never missing. What the control plane makes by itself
// is, when it had to be made here already; what it made is a system secret.
func TestInventoryOfImpliedReferences(t *testing.T) {
	t.Parallel()
	identity := func(secret string) Reference {
		return Reference{Kind: KindMeshIdentity, By: "id", Mesh: "m", Secret: secret, Enabled: true, Implied: true}
	}
	refs := slices.Concat(
		builtin(Reference{Kind: KindMesh, Mesh: "m", By: "on", Enabled: true}),
		builtin(Reference{Kind: KindMesh, Mesh: "m", By: "off"}),
		[]Reference{identity("id-root-ca"), identity("id-private-key"), {Kind: KindMesh, By: "x", Mesh: "m", Secret: "guess", Guessed: true}},
	)
	i := TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretOf("m", "id-root-ca", Facts{}), secretOf("other", "id-root-ca", Facts{})}, refs)
	want := []string{
		"●◆ id-root-ca|…|…|MeshIdentity id|",
		"✗  m.ca-builtin-cert-on|missing||mTLS on|",
		"✗  m.ca-builtin-key-on|missing||mTLS on|",
	}
	if got := drawAll(i.In(Scope{Mesh: "m"})); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	row, _ := i.Find(Ref{"m", "id-root-ca"})
	info, ok := i.System(row)
	if !ok || info.What != "A half of the CA that the control plane made for a MeshIdentity of mesh m." {
		t.Errorf("%v, %+v", ok, info)
	}
	other, _ := i.Find(Ref{"other", "id-root-ca"})
	if _, system := i.System(other); system || other.System {
		t.Error("a secret that only looks generated is a system secret")
	}
}

// Before meshes are read nothing is known to be orphaned.
func TestInventoryBeforeMeshesAreRead(t *testing.T) {
	t.Parallel()
	secrets := []Secret{secretOf("b", "s", Facts{}), secretOf("a", "s", Facts{})}
	i := TakeInventory(nil, secrets, nil)
	if len(i.Meshes) != 2 || i.Meshes[0].Mesh.Name != "a" || i.Meshes[0].Mesh.Missing || i.Meshes[0].Worst != Healthy {
		t.Errorf("meshes are %+v", i.Meshes)
	}
	if i.In(Scope{Mesh: "a"}).At(0).Orphaned {
		t.Error("orphaned before the meshes were read")
	}
	if !i.Meshes[0].Unread {
		t.Error("the pane would say how the data planes of an unread mesh trust each other")
	}
	if i = TakeInventory([]Mesh{}, secrets, nil); !i.In(Scope{Mesh: "a"}).At(0).Orphaned || i.All.Worst != HasMissing {
		t.Error("not orphaned though there is no mesh")
	}
	if i.Meshes[0].Unread {
		t.Error("meshes that were read are called unread")
	}
}

func manySecrets(n int) []Secret {
	secrets := make([]Secret, n)
	for i := range secrets {
		secrets[i] = secretOf(fmt.Sprintf("mesh-%d", i%20), fmt.Sprintf("secret-%06d", (i*7919)%n), Facts{Kind: Text})
	}
	return secrets
}

func BenchmarkTakeInventory(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		secrets := manySecrets(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				TakeInventory([]Mesh{}, secrets, nil)
			}
		})
	}
}

// Choosing another mesh copies nothing, however many secrets there are.
func TestInCopiesNothing(t *testing.T) {
	i := TakeInventory([]Mesh{}, manySecrets(1000), nil)
	rows := 0
	allocated := testing.AllocsPerRun(10, func() {
		rows = i.In(Scope{All: true}).Len() + i.In(Scope{Mesh: "mesh-3"}).Len()
	})
	if allocated != 0 || rows != 1050 {
		t.Errorf("%v allocations for %d rows", allocated, rows)
	}
}
