package model

import "testing"

// A narrow window says in a few words what is wrong, not what the value is.
func TestCellsOfNarrowWindows(t *testing.T) {
	t.Parallel()
	leaf := certificateOf("k", Certificate, 300*day)
	encrypted := Facts{Kind: PrivateKey, Problem: problemEncrypted}
	for name, c := range map[string]struct {
		facts Facts
		of    Reference
		want  string
		tight string
	}{
		"a gateway's certificate": {leaf, named(KindMeshGateway, "gw", "s", certificateAndKey), "not a certificate and its key", ""},
		"text for a key":          {Facts{Kind: Text}, named(KindExternalService, "x", "s", "client key"), "not a private key", ""},
		"encrypted":               {encrypted, named(KindExternalService, "x", "s", "client key"), "is encrypted", ""},
		"no CA":                   {leaf, named(KindExternalService, "x", "s", "CA"), "is not a CA", ""},
		"missing":                 {Facts{}, named(KindExternalService, "billing", "gone", "CA"), "ExternalService billing", "billing (ExternalService)"},
		"missing, of a backend":   {Facts{}, providedBy("gone", "key", true), "mTLS ca-1", "mTLS ca-1"},
	} {
		d := diagnosed([]Secret{secretOf("m", "s", c.facts)}, []Reference{c.of})
		if len(d.Problems) != 1 || d.Problems[0].Cell(true) != c.want {
			t.Errorf("%s: %q, want %q", name, d.Problems[0].Cell(true), c.want)
		}
		if tight := d.Problems[0].Tight(); tight != firstWord(c.tight, c.want) {
			t.Errorf("%s, tight: %q", name, tight)
		}
	}
	pair := []Reference{providedBy("c", "certificate", true), providedBy("k", "key", true)}
	ca := certificateOf("k", CACertificate, 300*day)
	ca.Certificates[0].IsCA, ca.Certificates[0].CertSign = true, true
	if got := diagnosed([]Secret{secretOf("m", "c", ca), secretOf("m", "k", keyOf("other"))}, pair).Problems[0].Cell(true); got != "with c" {
		t.Errorf("mismatched: %q", got)
	}
	signer := secretOf("m", "dataplane-token-signing-key-m-1", Facts{Kind: PrivateKey, Key: KeyFacts{Algorithm: "RSA 2048", Encoding: "PKCS#8", Public: [32]byte{1}}})
	if got := diagnosed([]Secret{signer}, nil).Problems[0].Cell(true); got != "is a key in PKCS#8" {
		t.Errorf("signing key: %q", got)
	}
}
