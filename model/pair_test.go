package model

import (
	"testing"
	"time"
)

func TestInventoryPartners(t *testing.T) {
	t.Parallel()
	i := TakeInventory(demo())
	for _, c := range []struct {
		ref              Ref
		partner          string
		mismatch, blamed bool
	}{
		{Ref{"payments", "payments-ca-cert"}, "payments-ca-key", false, false},
		{Ref{"payments", "payments-ca-key"}, "payments-ca-cert", false, false},
		{Ref{"payments", "psp-client-cert"}, "psp-client-key", false, false},
		{Ref{"legacy", "legacy-ca-cert"}, "legacy-ca-key", true, false},
		{Ref{"legacy", "legacy-ca-key"}, "legacy-ca-cert", true, true},
		{Ref{"default", "default.ca-builtin-key-ca-1"}, "default.ca-builtin-cert-ca-1", false, false},
		{Ref{"default", "smtp-password"}, "", false, false},
		{Ref{"payments", "edge-tls"}, "", false, false},
	} {
		row, found := i.Find(c.ref)
		if !found || row.Partner.Name != c.partner || row.Mismatch != c.mismatch || row.Blamed != c.blamed {
			t.Errorf("%s: found %v, partner %q, mismatch %v, blamed %v", c.ref, found, row.Partner.Name, row.Mismatch, row.Blamed)
		}
	}
	if _, found := i.Find(Ref{"payments", "nothing"}); found {
		t.Error("found what is not there")
	}
}

func TestBlameFallsOnWhatChangedLast(t *testing.T) {
	t.Parallel()
	certificate := secretOf("m", "c", certificateOf("one", CACertificate, year))
	key := secretOf("m", "k", keyOf("two"))
	refs := []Reference{{Kind: KindMesh, Mesh: "m", By: "b", Secret: "c", Role: "certificate"}, {Kind: KindMesh, Mesh: "m", By: "b", Secret: "k", Role: "key"}}
	for about, c := range map[string]struct {
		certificate time.Duration
		blamed      string
	}{"the key, when both are as old": {0, "k"}, "the certificate": {time.Second, "c"}, "the key": {-time.Second, "k"}} {
		certificate.Modified = key.Modified.Add(c.certificate)
		for _, r := range TakeInventory([]Mesh{{Name: "m"}}, []Secret{certificate, key}, refs).In(Scope{All: true}).All() {
			if !r.Mismatch || r.Blamed != (r.Secret.Ref.Name == c.blamed) {
				t.Errorf("%s: %s has mismatch %v, blamed %v", about, r.Secret.Ref.Name, r.Mismatch, r.Blamed)
			}
		}
	}
}

// What is not known is not a mismatch.
func TestNoMismatchWithoutKnowing(t *testing.T) {
	t.Parallel()
	certificate := certificateOf("one", CACertificate, year)
	for about, key := range map[string]Facts{
		"not learnt": {}, "encrypted": {Kind: PrivateKey, Key: KeyFacts{Encrypted: true}},
		"text": {Kind: Text}, "public key": {Kind: PublicKey, Key: publicOf("two")},
	} {
		if differ(certificate, key) {
			t.Errorf("%s: a mismatch", about)
		}
	}
	if differ(Facts{}, keyOf("two")) || !differ(certificate, keyOf("two")) {
		t.Error("a certificate that is not learnt differs, or another key does not")
	}
}

// TestPairsOfTwoNamespaces: resources of one name in two namespaces name two
// pairs, and are two users.
func TestPairsOfTwoNamespaces(t *testing.T) {
	t.Parallel()
	var refs []Reference
	for namespace, client := range map[string]string{"shop": "c1", "bank": "c2"} {
		raw := `{"metadata": {"name": "es", "namespace": "` + namespace + `", "labels": {"kuma.io/mesh": "m"}}, "spec": {"tls": {"verification":
			{"clientCert": {"secret": "` + client + `"}, "clientKey": {"secret": "k"}}}}}`
		refs = append(refs, References(Resource{Kind: KindMeshExternalService, Name: "es", Mesh: "m", Raw: []byte(raw)})...)
	}
	i := TakeInventory([]Mesh{{Name: "m"}}, []Secret{
		secretOf("m", "c1", certificateOf("k", Certificate, 300*day)), secretOf("m", "c2", certificateOf("other", Certificate, 300*day)), secretOf("m", "k", keyOf("k")),
	}, refs)
	for name, want := range map[string]bool{"c1": false, "c2": true, "k": true} {
		if row, _ := i.Find(Ref{"m", name}); row.Mismatch != want {
			t.Errorf("%s: mismatch is %v, want %v", name, row.Mismatch, want)
		}
	}
	row, _ := i.Find(Ref{"m", "k"})
	if _, more := row.UsedBy(); more != 1 || len(Namings(row.Users)) != 2 {
		t.Errorf("%d more and %d users, want 1 and 2", more, len(Namings(row.Users)))
	}
}
