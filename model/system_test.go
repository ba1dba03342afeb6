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
		{"rotate", info.Rotate, "To rotate, add dataplane-token-signing-key-payments-2: the highest number signs, the others still check."},
		{"instead", info.Instead, "To rotate, add dataplane-token-signing-key-payments-2 instead: the highest number signs, the others still check."},
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
		{"rotate", info.Rotate, "To rotate, add user-token-signing-key-11: the highest number signs, the others still check."},
		{"serial", info.SerialLine(), "1, not the highest: tokens of this serial are still checked"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.about, c.got, c.want)
		}
	}
}

func TestReservedName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ref  Ref
		want string
	}{
		{
			Ref{"payments", "dataplane-token-signing-key-payments-2"},
			"dataplane-token-signing-key-payments-2 would become the signing key of mesh payments at once. Is that what you want?",
		},
		{Ref{"", "user-token-signing-key-2"}, "user-token-signing-key-2 would become the signing key of all user tokens at once. Is that what you want?"},
		{Ref{"", "zone-token-signing-key-2"}, "zone-token-signing-key-2 would become the signing key of all zone tokens at once. Is that what you want?"},
		{Ref{"", "inter-cp-ca"}, "inter-cp-ca is the name of a system secret: the control plane would use it as its own. Is that what you want?"},
		{Ref{"m", "m.ca-builtin-key-b"}, "m.ca-builtin-key-b would become the CA key of the builtin mTLS backend b. Is that what you want?"},
		{Ref{"payments", "psp-ca"}, ""},
		{Ref{"", "user-token-revocations"}, ""},
		{Ref{"payments", "inter-cp-ca"}, ""},
	} {
		got, reserved := ReservedName(c.ref)
		if got != c.want || reserved != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.ref, got, c.want)
		}
	}
}
