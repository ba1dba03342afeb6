package model

import (
	"crypto/x509"
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
		oneAlone = "✗ unsuitable m/c: is a certificate, where a certificate and its key belongs"
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
