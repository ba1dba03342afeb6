package model

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"
)

// misreadFacts are a leaf, the same with its key beside it, and the two keys.
type misreadFacts struct{ leaf, beside, own, other Facts }

func factsToMisread(t *testing.T) misreadFacts {
	t.Helper()
	key, examine := fakeKey(t, "misread-leaf"), NewExaminer([32]byte{}).Examine
	leaf := chainPEM(fakeCertificate{cn: "leaf", serial: 9, from: -day, to: 300 * day, key: key, usage: x509.KeyUsageDigitalSignature}.make(t))
	return misreadFacts{
		examine([]byte(leaf)), examine([]byte(leaf + pkcs8(t, key))),
		examine([]byte(pkcs8(t, key))), examine([]byte(pkcs8(t, fakeKey(t, "misread-other")))),
	}
}

// What is only worth a look never stands in the way of what fails, whoever of
// several readers comes first.
func TestTheWorstReasonIsTold(t *testing.T) {
	t.Parallel()
	f := factsToMisread(t)
	provided := []Reference{providedBy("c", "certificate", true), providedBy("k", "key", true)}
	identity := []Reference{named(KindMeshIdentity, "id", "c", "certificate"), named(KindMeshIdentity, "id", "k", "key")}
	gateway, service := named(KindMeshGateway, "gw", "c", certificateAndKey), named(KindExternalService, "aa", "c", "CA")
	const (
		same     = "! same key m/c: as k: when one is replaced, the other stays"
		beside   = "! unsuitable m/c: holds a private key beside the certificate that is read alone"
		notCA    = "✗ not a CA m/c: it is not a CA"
		notPair  = "✗ mismatched m/c: does not match k; "
		oneAlone = "✗ unsuitable m/c: is a certificate, where a certificate and its key belong"
	)
	for name, c := range map[string]struct {
		certificate, key Facts
		refs             []Reference
		want             []string
	}{
		"key beside, of another pair":      {f.beside, f.other, provided, []string{notPair + "mTLS backend ca-1 names both", notCA}},
		"no CA, of another pair":           {f.leaf, f.other, provided, []string{notPair + "mTLS backend ca-1 names both", notCA}},
		"key beside, no CA":                {f.beside, f.own, provided, []string{notCA, same}},
		"identity, of another pair":        {f.leaf, f.other, identity, []string{notPair + "MeshIdentity id names both"}},
		"identity, no CA":                  {f.leaf, f.own, identity, []string{"! not a CA m/c: it is not a CA"}},
		"gateway after a service":          {f.leaf, f.own, []Reference{service, gateway}, []string{oneAlone}},
		"gateway alone":                    {f.leaf, f.own, []Reference{gateway}, []string{oneAlone}},
		"key beside, where one is no harm": {f.beside, f.own, []Reference{named(KindExternalService, "aa", "c", "client certificate")}, []string{beside, same}},
		"two listeners, a broken chain": {certificateOfTwo(t), f.own, []Reference{gateway, named(KindMeshGateway, "gw-2", "c", certificateAndKey)},
			[]string{"! broken chain m/c: the 2nd certificate did not issue the 1st, so the chain leads nowhere"}},
	} {
		changed := secretOf("m", "c", c.certificate)
		changed.Modified = frameTime.Add(-time.Hour)
		expectProblems(t, name, diagnosed([]Secret{changed, secretOf("m", "k", c.key)}, c.refs), c.want...)
	}
}

// certificateOfTwo is a certificate, one that did not issue it, and its key.
func certificateOfTwo(t *testing.T) Facts {
	t.Helper()
	key := fakeKey(t, "misread-first")
	first, other := demoChain(t)
	return NewExaminer([32]byte{}).Examine([]byte(chainPEM(fakeCertificate{
		cn: "leaf", serial: 9, from: -day, to: 300 * day, key: key, usage: x509.KeyUsageDigitalSignature,
		issuer: first, signer: fakeKey(t, "payments-ca-key")}.make(t), other) + pkcs8(t, key)))
}

// Nobody knows that what stands in an unknown place names a secret at all, so
// nothing is known to fail by it.
func TestNothingFailsByAGuess(t *testing.T) {
	t.Parallel()
	guess := named(KindMeshExternalService, "es", "s", "foo")
	guess.Guessed = true
	inBackend := providedBy("s", "foo", true)
	inBackend.Guessed = true
	cut := Facts{Kind: Certificate, Problem: "the PEM block is cut off"}
	for name, c := range map[string]struct {
		facts Facts
		want  string
	}{
		"expired":   {Facts{Kind: JWT, NotAfter: frameTime.Add(-day)}, "! expired m/s: 1d ago; "},
		"not yet":   {Facts{Kind: JWT, NotBefore: frameTime.Add(day)}, "! not yet valid m/s: from 2026-11-21; "},
		"empty":     {Facts{Kind: Empty}, "! empty m/s: it has no value; "},
		"damaged":   {cut, "! damaged m/s: the PEM block is cut off"},
		"with mark": {Facts{Kind: Text, BOM: true, Problem: problemKey}, "! BOM m/s: the value begins with a byte order mark"},
	} {
		for _, by := range []Reference{guess, inBackend} {
			want := c.want
			if strings.HasSuffix(want, "; ") {
				want += by.resource() + " may name it, in a place that is not known"
			}
			d := diagnosed([]Secret{secretOf("m", "s", c.facts)}, []Reference{by})
			expectProblems(t, name, d, want)
			for _, said := range d.Problems[0].Meaning() {
				if strings.Contains(said, "refuse") || strings.Contains(said, "issue") {
					t.Errorf("%s: told as a fact: %s", name, said)
				}
			}
		}
	}
	known := named(KindExternalService, "psp", "s", "CA")
	expectProblems(t, "and one that is known", diagnosed([]Secret{secretOf("m", "s", Facts{Kind: Empty})}, []Reference{guess, known}),
		"✗ empty m/s: it has no value; in use by ExternalService psp")
}

// Those who use a secret are named before those who only name it.
func TestTheFirstUserUsesIt(t *testing.T) {
	t.Parallel()
	expired := certificateOf("k", CACertificate, -day)
	expired.NotAfter = frameTime.Add(-day)
	idle, service := providedBy("c", "certificate", false), named(KindExternalService, "psp", "c", "CA")
	guess := named(KindExternalService, "aa", "c", "foo")
	guess.Guessed = true
	for name, refs := range map[string][]Reference{
		"idle": {idle, service}, "guessed": {guess, service}, "all": {idle, guess, service},
	} {
		d := diagnosed([]Secret{secretOf("m", "c", expired)}, refs)
		expectProblems(t, name, d, "✗ expired m/c: 1d ago; in use by ExternalService psp")
		if got := d.Problems[0].Meaning()[1]; got != "The control plane accepts it all the same; calls to psp fail." {
			t.Error(got)
		}
	}
	row, _ := TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretOf("m", "c", expired)}, []Reference{idle, service}).Find(Ref{"m", "c"})
	if user, more := row.UsedBy(); user != "ExternalService psp" || more != 1 {
		t.Errorf("%s and %d more", user, more)
	}
	loaded, ignored := service, idle
	loaded.Unused, ignored.By, ignored.Ignored = "TLS is off", "a-9", true
	row, _ = TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretOf("m", "c", expired)}, []Reference{ignored, idle, loaded}).Find(Ref{"m", "c"})
	if user, _ := row.UsedBy(); user != "ExternalService psp" || row.Mark != InUse || row.Users[2].By != "a-9" {
		t.Errorf("%s is first, %s last, with mark %d", user, row.Users[2].By, row.Mark)
	}
	ghost, _ := TakeInventory([]Mesh{{Name: "m"}}, nil, []Reference{idle, service}).Find(Ref{"m", "c"})
	if user, _ := ghost.UsedBy(); user != "ExternalService psp" {
		t.Errorf("missing: %s", user)
	}
}

// Of a value that is too large to be explained nobody knows that it will not do.
func TestTooLargeToExplainIsNoFault(t *testing.T) {
	t.Parallel()
	large := Facts{Kind: Text, Size: 2 << 20, Problem: problemTooLarge}
	both := Facts{Kind: CertificateAndKey, Size: 2 << 20, Problem: problemTooLarge}
	expectProblems(t, "key", diagnosed([]Secret{secretOf("m", "k", large)}, []Reference{named(KindExternalService, "es", "k", "client key")}))
	expectProblems(t, "both", diagnosed([]Secret{secretOf("m", "k", both)}, []Reference{named(KindMeshGateway, "gw", "k", certificateAndKey)}))
}

// A backend that is not enabled keeps a mesh from being changed, unless that
// checks nothing: then nothing fails before it is enabled.
func TestIdleBackendsFailByTheCheckAlone(t *testing.T) {
	t.Parallel()
	f := factsToMisread(t)
	vault := Reference{Kind: KindMesh, By: "v", Mesh: "m", Secret: "c", Role: "client key", Backend: "vault"}
	for name, c := range map[string]struct {
		facts   Facts
		refs    []Reference
		checked string
		skipped string
	}{
		"no CA":           {f.leaf, []Reference{providedBy("c", "certificate", false)}, "✗ not a CA", "! not a CA"},
		"no CA, enabled":  {f.leaf, []Reference{providedBy("c", "certificate", true)}, "✗ not a CA", "✗ not a CA"},
		"a key":           {f.own, []Reference{providedBy("c", "certificate", false)}, "✗ unsuitable", "! unsuitable"},
		"nothing":         {Facts{Kind: Empty}, []Reference{providedBy("c", "certificate", false)}, "✗ empty", "! empty"},
		"of another type": {f.leaf, []Reference{vault}, "! unsuitable", "! unsuitable"},
		"and a service":   {f.own, []Reference{providedBy("c", "certificate", false), named(KindExternalService, "es", "c", "CA")}, "✗ unsuitable", "✗ unsuitable"},
	} {
		for skips, want := range map[bool]string{false: c.checked, true: c.skipped} {
			i := TakeInventory([]Mesh{{Name: "m", SkipsValidation: skips}}, []Secret{secretOf("m", "c", c.facts)}, c.refs)
			got := problemLines(Diagnose(i, Standing{}, frameTime))
			if len(got) != 1 || !strings.HasPrefix(got[0], want+" m/c: ") {
				t.Errorf("%s, skips %t: %q, want %s", name, skips, got, want)
			}
		}
	}
}
