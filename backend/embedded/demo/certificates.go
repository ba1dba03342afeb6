package demo

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"time"
)

// ellipticKey is the P-256 key of a name: its scalar is a hash of the name, so
// everybody can make it and it protects nothing.
func ellipticKey(name string) (*ecdsa.PrivateKey, error) {
	scalar := sha256.Sum256([]byte("meshsecrets demo key " + name))
	scalar[0] &= 0x7F // below the order of the curve
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		return nil, fmt.Errorf("key of %s: %w", name, err)
	}
	return key, nil
}

// keyPEM is an elliptic key as PKCS#8 PEM.
func keyPEM(name string) ([]byte, error) {
	key, err := ellipticKey(name)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("key of %s: %w", name, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// certificate says what a certificate is made of.
type certificate struct {
	name   string // common name
	serial int64
	from   time.Duration // relative to the start
	to     time.Duration
	ca     bool
	path   int    // path length of a CA; none when negative
	uri    string // "spiffe://payments"
	dns    string
	key    string // name of its elliptic key; the RSA key when empty
	mesh   bool   // named as a control plane names the CA of a mesh
}

func (c certificate) template(start time.Time) (*x509.Certificate, error) {
	t := &x509.Certificate{
		SerialNumber:          big.NewInt(c.serial),
		Subject:               pkix.Name{Organization: []string{"demo, not real"}, CommonName: c.name},
		NotBefore:             start.Add(c.from),
		NotAfter:              start.Add(c.to),
		BasicConstraintsValid: true,
		IsCA:                  c.ca,
	}
	if c.mesh {
		t.Subject = pkix.Name{Organization: []string{"Kuma"}, OrganizationalUnit: []string{"Mesh"}, CommonName: c.name}
	}
	if c.ca {
		t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		t.MaxPathLen, t.MaxPathLenZero = max(c.path, 0), c.path == 0
		if c.path < 0 {
			t.MaxPathLen = -1
		}
	} else {
		t.KeyUsage = x509.KeyUsageDigitalSignature
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if c.uri != "" {
		uri, err := url.Parse(c.uri)
		if err != nil {
			return nil, fmt.Errorf("certificate of %s: %w", c.name, err)
		}
		t.URIs = []*url.URL{uri}
	}
	if c.dns != "" {
		t.DNSNames = []string{c.dns}
	}
	return t, nil
}

func (c certificate) signer(m maker) (crypto.Signer, error) {
	if c.key == "" {
		return m.rsa, nil
	}
	return ellipticKey(c.key)
}

// selfSigned makes a certificate that is its own issuer.
func (c certificate) selfSigned(m maker) ([]byte, error) {
	template, err := c.template(m.start)
	if err != nil {
		return nil, err
	}
	return c.sign(template, template, c, m)
}

// signedBy makes a certificate that an issuer signed, which is made anew for
// it: only a finished one has the key identifier that this one points to.
func (c certificate) signedBy(issuer certificate, m maker) ([]byte, error) {
	template, err := c.template(m.start)
	if err != nil {
		return nil, err
	}
	issued, err := issuer.selfSigned(m)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(issued)
	parent, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", issuer.name, err)
	}
	return c.sign(template, parent, issuer, m)
}

// sign makes the certificate. Without a source of randomness signatures are
// the same each time.
func (c certificate) sign(template, parent *x509.Certificate, issuer certificate, m maker) ([]byte, error) {
	key, err := c.signer(m)
	if err != nil {
		return nil, err
	}
	signer, err := issuer.signer(m)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(nil, template, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", c.name, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

const unlimited = -1

// The certificates of the demo.
var (
	paymentsCA = certificate{
		name: "payments demo CA", serial: 4101, from: -41 * day, to: 23*day + 6*time.Hour, ca: true,
		uri: "spiffe://payments", key: "payments-ca-key",
	}
	demoRoot = certificate{
		name: "demo root CA", serial: 1, from: -700 * day, to: 2950 * day, ca: true, path: unlimited, key: "demo-root",
	}
	paymentsOldCA = certificate{
		name: "payments demo CA", serial: 4001, from: -430 * day, to: -12 * day, ca: true,
		uri: "spiffe://payments", key: "payments-ca-key-old",
	}
	pspCA = certificate{
		name: "psp demo CA", serial: 88, from: -177 * day, to: 188*day + 3*time.Hour, ca: true, path: unlimited, key: "psp-ca",
	}
	pspClient = certificate{
		name: "payments client", serial: 8801, from: -32 * day, to: 58*day + 3*time.Hour,
		dns: "payments.demo.invalid", key: "psp-client-key",
	}
	legacyCA = certificate{
		name: "legacy demo CA", serial: 61, from: -669 * day, to: 61*day + 3*time.Hour, ca: true,
		uri: "spiffe://legacy", key: "legacy-ca-key",
	}
	checkoutCA = certificate{
		name: "checkout demo CA", serial: 610, from: -120 * day, to: 610 * day, ca: true,
		uri: "spiffe://checkout", key: "checkout-ca-key",
	}
	dbCA = certificate{
		name: "db demo CA", serial: 302, from: -63 * day, to: 302 * day, ca: true, path: unlimited, key: "db-ca",
	}
	merchant = certificate{
		name: "merchant.demo.invalid", serial: 340, from: -25 * day, to: 340 * day,
		dns: "merchant.demo.invalid", key: "applepay",
	}
	builtinCA = ownCA("default", "spiffe://default", true)
)

// ownCA is a CA that a control plane makes at its first start.
func ownCA(name, uri string, mesh bool) certificate {
	return certificate{
		name: name, serial: 1, from: -212 * day, to: 3438 * day, ca: true, path: unlimited, uri: uri, mesh: mesh,
	}
}
