package embedded_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
)

// pair is the certificate and the key of a provided CA.
type pair struct{ cert, key []byte }

// maker makes certificates of the shapes that were recorded. Keys are elliptic
// where the shape does not say otherwise, which takes no time.
type maker struct{ t *testing.T }

func (m maker) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m maker) ellipticKey() *ecdsa.PrivateKey {
	m.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	m.must(err)
	return key
}

func (m maker) pkcs8(key crypto.Signer) []byte {
	m.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	m.must(err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// encrypted is what an encrypted PKCS#8 key looks like from outside.
func (m maker) encrypted() []byte {
	m.t.Helper()
	der, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}},
		Data:      []byte("fake-ciphertext-of-a-key-that-never-was"),
	})
	m.must(err)
	return pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})
}

// change alters what a certificate is made of.
type change func(*x509.Certificate)

func leaf(c *x509.Certificate) {
	c.IsCA = false
	c.KeyUsage = x509.KeyUsageDigitalSignature
}

func agreeing(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageKeyAgreement }

func expired(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = started.Add(-48*time.Hour), started.Add(-24*time.Hour)
}

// certificate makes one for a key: a CA, unless a change says otherwise.
func (m maker) certificate(key, issuer crypto.Signer, changes ...change) []byte {
	m.t.Helper()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(7),
		Subject:               pkix.Name{CommonName: "test.invalid"},
		NotBefore:             started.Add(-time.Hour),
		NotAfter:              started.Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	for _, alter := range changes {
		alter(template)
	}
	parent := &x509.Certificate{Subject: template.Subject}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), issuer)
	m.must(err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func (m maker) selfSigned(key crypto.Signer, changes ...change) pair {
	m.t.Helper()
	return pair{cert: m.certificate(key, key, changes...), key: m.pkcs8(key)}
}

// shapes are the pairs by the number of the exchange that tries them out.
func (m maker) shapes() map[int]pair {
	m.t.Helper()
	rsaKey := embedded.SigningKey()
	ca, root := m.ellipticKey(), m.ellipticKey()
	good := m.selfSigned(ca)
	issued, issuer := m.certificate(ca, root), m.certificate(root, root)
	return map[int]pair{
		140: m.selfSigned(ca, leaf),
		141: m.selfSigned(ca, agreeing),
		142: {cert: good.cert, key: m.pkcs8(root)},
		143: {cert: good.cert, key: m.encrypted()},
		144: m.selfSigned(ca, expired),
		145: {cert: slices.Concat(issued, issuer), key: good.key},
		146: {cert: slices.Concat(issuer, issued), key: good.key},
		147: {cert: slices.Concat(good.cert, m.certificate(m.ellipticKey(), ca, leaf)), key: good.key},
		148: good,
		149: {cert: m.certificate(rsaKey, rsaKey), key: embedded.PKCS1(rsaKey)},
	}
}
