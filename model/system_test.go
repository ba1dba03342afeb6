package model

import (
	"slices"
	"testing"
)

func TestClassifySystem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ref    Ref
		system bool
		kind   string
		serial int
	}{
		{Ref{"payments", "dataplane-token-signing-key-payments-1"}, true, "signing key", 1},
		{Ref{"payments", "dataplane-token-signing-key-payments-12"}, true, "signing key", 12},
		{Ref{"payments", "dataplane-token-signing-key-payments-x"}, true, "signing key", 0},
		{Ref{"payments", "dataplane-token-signing-key-payments"}, true, "signing key", 0},
		{Ref{"pay", "dataplane-token-signing-key-payments-1"}, true, "signing key", 0}, // begins with that of pay
		{Ref{"default", "dataplane-token-signing-key-payments-1"}, false, "", 0},
		{Ref{"", "dataplane-token-signing-key-payments-1"}, false, "", 0},
		{Ref{"", "user-token-signing-key-3"}, true, "signing key", 3},
		{Ref{"payments", "user-token-signing-key-3"}, false, "", 0},
		{Ref{"", "zone-token-signing-key-1"}, true, "signing key", 1},
		{Ref{"", "zone-token-signing-public-key-1"}, true, "", -1},
		{Ref{"", "zone-ingress-token-signing-key-1"}, true, "signing key", 1},
		{Ref{"", "admin-user-token"}, true, "", -1},
		{Ref{"", "admin-user-token-2"}, false, "", 0},
		{Ref{"payments", "admin-user-token"}, false, "", 0},
		{Ref{"", "envoy-admin-ca"}, true, "", -1},
		{Ref{"", "inter-cp-ca"}, true, "", -1},
		{Ref{"default", "default.ca-builtin-cert-ca-1"}, true, "", -1},
		{Ref{"default", "default.ca-builtin-key-ca-1"}, true, "", -1},
		{Ref{"payments", "default.ca-builtin-cert-ca-1"}, false, "", 0},
		{Ref{"", "user-token-revocations"}, false, "", 0},
		{Ref{"", "zone-token-revocations"}, false, "", 0},
		{Ref{"payments", "dataplane-token-revocations-payments"}, false, "", 0},
		{Ref{"payments", "main-root-ca"}, false, "", 0},
		{Ref{"payments", "gapi-shop-edge"}, false, "", 0},
		{Ref{"payments", ""}, false, "", 0},
	} {
		info, system := ClassifySystem(Secret{Ref: c.ref})
		if system != c.system || info.Kind != c.kind || info.Serial != c.serial {
			t.Errorf("%s: %v, %q, %d; want %v, %q, %d", c.ref, system, info.Kind, info.Serial, c.system, c.kind, c.serial)
		}
		if system && (info.What == "" || info.Breaks == "" || len(info.Without) == 0) {
			t.Errorf("%s is not explained: %+v", c.ref, info)
		}
	}
}

func TestClassifySystemOfGateways(t *testing.T) {
	t.Parallel()
	both := Facts{Kind: CertificateAndKey}
	for about, c := range map[string]struct {
		secret Secret
		want   bool
	}{
		"on Kubernetes":       {Secret{Ref: Ref{"m", "gapi-shop-edge"}, Facts: both}, true},
		"on Universal":        {Secret{Ref: Ref{"m", "gapi-shop-edge"}, Facts: both, Labels: map[string]string{LabelEnv: "universal"}}, false},
		"a password":          {Secret{Ref: Ref{"m", "gapi-shop-edge"}, Facts: Facts{Kind: Text}}, false},
		"without a namespace": {Secret{Ref: Ref{"m", "gapi-edge"}, Facts: both}, false},
		"global":              {Secret{Ref: Ref{"", "gapi-shop-edge"}, Facts: both}, false},
	} {
		if _, got := ClassifySystem(c.secret); got != c.want {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}

// The texts are those of the screens for this secret.
func TestSystemTexts(t *testing.T) {
	t.Parallel()
	info, _ := ClassifySystem(Secret{Ref: Ref{"payments", "dataplane-token-signing-key-payments-1"}})
	for _, c := range []struct{ about, got, want string }{
		{"what", info.What, "Every data plane token of mesh payments is signed and checked with this key."},
		{"breaks", info.Breaks, "Every data plane token of serial 1, at once. No new token can be issued: changing the mesh does not bring the key back."},
		{"changed", info.Changed, "Every data plane token of serial 1, at once: it was signed with the present one."},
		{"rotate", info.Rotate, "To rotate, make dataplane-token-signing-key-payments-2 with kumactl generate signing-key and apply it: the highest number signs, the others still check."},
		{"instead", info.Instead, "To rotate, make dataplane-token-signing-key-payments-2 with kumactl generate signing-key and apply it instead: the highest number signs, the others still check."},
		{"serial", info.SerialLine(), "1, the highest: new tokens are signed with this key"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.about, c.got, c.want)
		}
	}
	without := []string{"tokens of serial 1 stop working at once", "no new token can be issued; changing the mesh does not bring the key back"}
	if !slices.Equal(info.Without, without) {
		t.Errorf("without: %q, want %q", info.Without, without)
	}
}

// Of what was not read there may be a higher key, whose number must not be
// given to another one.
func TestSigningKeyAmongOthersThatWereNotRead(t *testing.T) {
	t.Parallel()
	key := func(number string) Secret {
		return Secret{Ref: Ref{"m", "dataplane-token-signing-key-m-" + number}}
	}
	i := TakeInventory([]Mesh{{Name: "m"}}, []Secret{key("1")}, nil).OfSome().Changed([]Secret{key("2")}, nil)
	for _, c := range []struct{ number, what, breaks, serial string }{
		{
			"1", "Data plane tokens of mesh m that were signed with serial 1 are checked with this key.",
			"Every data plane token of serial 1, at once.", "1, not the highest: tokens of this serial are still checked",
		},
		{
			"2", "Data plane tokens of mesh m that were signed with serial 2 are checked with this key. Whether new tokens are signed with it is not known, as not all keys were read.",
			"Every data plane token of serial 2, at once. Whether new tokens are signed with it is not known, as not all keys were read.",
			"2; whether a key has a higher one is not known, as not all were read",
		},
	} {
		row, _ := i.Find(key(c.number).Ref)
		info, _ := i.System(row)
		if info.Highest || info.What != c.what || info.Breaks != c.breaks || info.SerialLine() != c.serial {
			t.Errorf("%s: %+v", c.number, info)
		}
		if want := "To rotate, make the key of the next free number with kumactl generate signing-key and apply it instead: the highest number signs, the others still check."; info.Instead != want {
			t.Errorf("%s: %q", c.number, info.Instead)
		}
	}
	for ref, want := range map[Ref]bool{key("1").Ref: true, {"", "zone-token-signing-public-key-1"}: false, {"m", "hook"}: false} {
		if IsSigningKey(ref) != want {
			t.Errorf("%s: a signing key: %v", ref, !want)
		}
	}
}

func TestOlderSigningKey(t *testing.T) {
	t.Parallel()
	secrets := []Secret{
		{Ref: Ref{"", "user-token-signing-key-1"}},
		{Ref: Ref{"", "user-token-signing-key-10"}},
		{Ref: Ref{"", "zone-token-signing-key-44"}},
	}
	i := TakeInventory([]Mesh{}, secrets, nil)
	row, _ := i.Find(secrets[0].Ref)
	info, ok := i.System(row)
	if !ok || info.Highest || info.Serial != 1 {
		t.Fatalf("%+v", info)
	}
	for _, c := range []struct{ about, got, want string }{
		{"what", info.What, "User tokens that were signed with serial 1 are checked with this key."},
		{"breaks", info.Breaks, "Every user token of serial 1, at once, perhaps your own."},
		{"rotate", info.Rotate, "To rotate, make user-token-signing-key-11 with kumactl generate signing-key and apply it: the highest number signs, the others still check."},
		{"serial", info.SerialLine(), "1, not the highest: tokens of this serial are still checked"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.about, c.got, c.want)
		}
	}
}

// The names that a control plane keeps for itself, and why each is refused.
func TestReservedName(t *testing.T) {
	t.Parallel()
	const keys = " kumactl generate signing-key makes such keys; apply them with it, or with kubectl."
	for _, c := range []struct {
		ref  Ref
		want string // after the name
	}{
		{Ref{"payments", "dataplane-token-signing-key-payments-2"}, "it would be the signing key of mesh payments at once, and a wrong value stops its tokens." + keys},
		{Ref{"payments", "dataplane-token-signing-key-payments-next"}, "it would be the signing key of mesh payments at once, and a wrong value stops its tokens." + keys},
		{Ref{"", "user-token-signing-key-2"}, "it would be the signing key of all user tokens at once, and a wrong value stops them." + keys},
		{Ref{"", "zone-token-signing-key-2"}, "it would be the signing key of all zone tokens at once, and a wrong value stops them." + keys},
		{Ref{"", "zone-token-signing-public-key-2"}, "the control plane would take it for its own."},
		{Ref{"", "zone-ingress-token-signing-key-1"}, "the control plane would take it for its own."},
		{Ref{"", "admin-user-token"}, "the control plane would take it for its own."},
		{Ref{"", "envoy-admin-ca"}, "the control plane would take it for its own."},
		{Ref{"", "inter-cp-ca"}, "the control plane would take it for its own."},
		{Ref{"m", "m.ca-builtin-cert-b"}, "it would be the CA certificate of the builtin mTLS backend b, which makes its own."},
		{Ref{"m", "m.ca-builtin-key-b"}, "it would be the CA key of the builtin mTLS backend b, which makes its own."},
		{Ref{"payments", "psp-ca"}, ""},
		{Ref{"payments", "inter-cp-ca"}, ""},
		{Ref{"default", "dataplane-token-signing-key-payments-2"}, ""},
		// People make these; they have a meaning all the same.
		{Ref{"", "user-token-revocations"}, ""},
		{Ref{"", "zone-token-revocations"}, ""},
		{Ref{"", "dataplane-token-revocations-payments"}, ""},
		{Ref{"payments", "dataplane-token-revocations-payments"}, ""},
	} {
		got, reserved := ReservedName(c.ref)
		want := c.want
		if want != "" {
			want = c.ref.Name + " is reserved: " + want
		}
		if got != want || reserved != (want != "") {
			t.Errorf("%s: %q, want %q", c.ref, got, want)
		}
	}
}

// On Kubernetes what owns a secret tells that the control plane made it; the
// owners of people's own secrets do not.
func TestSystemByItsOwner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		owner  string
		system bool
		breaks string
	}{
		{"MeshIdentity main", true, "The CA of a MeshIdentity. " + halfOfPair},
		{"Mesh payments", true, "What the control plane does without it is not known here."},
		{"ExternalSecret main", false, ""},
		{"Meshes payments", false, ""},
	} {
		secret := Secret{Ref: Ref{"payments", "main-root-ca"}, Object: Object{Owners: []string{c.owner}}}
		info, system := ClassifySystem(secret)
		if system != c.system || info.Breaks != c.breaks {
			t.Errorf("owned by %s: %v, %q", c.owner, system, info.Breaks)
		}
		row, _ := TakeInventory([]Mesh{{Name: "payments"}}, []Secret{secret}, nil).Find(secret.Ref)
		if row.System != c.system {
			t.Errorf("owned by %s, in a list: %v", c.owner, row.System)
		}
	}
	named := Secret{Ref: Ref{"payments", "dataplane-token-signing-key-payments-1"}, Object: Object{Owners: []string{"Mesh payments"}}}
	if info, _ := ClassifySystem(named); info.Serial != 1 {
		t.Errorf("the owner hides what the name says: %+v", info)
	}
}

// Every system secret says what no longer holds with another value.
func TestSystemChanged(t *testing.T) {
	t.Parallel()
	all := append([]family{gatewayCopy, generatedIdentity, ownedByMesh}, families...)
	for _, f := range all {
		if f.changed == "" || len(f.breaks) == 0 || len(f.without) == 0 {
			t.Errorf("%q is not explained: %+v", f.prefix, f)
		}
	}
}

// What no name tells, references do.
func TestSystemByWhoImpliesIt(t *testing.T) {
	t.Parallel()
	certificate := Secret{Ref: Ref{"payments", "main-root-ca"}}
	refs := []Reference{{Kind: KindMeshIdentity, By: "main", Mesh: "payments", Secret: "main-root-ca", Role: "certificate", Enabled: true, Implied: true}}
	i := TakeInventory([]Mesh{{Name: "payments"}}, []Secret{certificate}, refs)
	row, _ := i.Find(certificate.Ref)
	info, system := i.System(row)
	if !system || info.Changed != "The CA of a MeshIdentity, unless both halves are replaced and belong together." {
		t.Errorf("%v, %+v", system, info)
	}
}
