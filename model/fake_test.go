package model

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Keys and certificates of the tests are made here from names, the way those
// of the demo are: none is committed, and every run makes the same bytes.

var demoNow = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func fakeKey(t testing.TB, name string) *ecdsa.PrivateKey {
	t.Helper()
	scalar := sha256.Sum256([]byte("meshsecrets demo key " + name))
	scalar[0] &= 0x7f
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// fakeRSA builds the demo's RSA key from its known primes, which is quick.
func fakeRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	prime := func(letter string, plus int64) *big.Int {
		var raw []byte
		for n := range 4 {
			sum := sha256.Sum256(fmt.Appendf(nil, "meshsecrets demo bytes rsa %s %d", letter, n))
			raw = append(raw, sum[:]...)
		}
		raw[0] |= 0xc0
		raw[127] |= 1
		return new(big.Int).Add(new(big.Int).SetBytes(raw), big.NewInt(plus))
	}
	p, q, one := prime("p", 1196), prime("q", 1626), big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		D:         new(big.Int).ModInverse(big.NewInt(65537), phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		t.Fatal(err)
	}
	return key
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs8(t testing.TB, key crypto.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return block("PRIVATE KEY", der)
}

// fakeCertificate is what a test certificate is made of; the zero issuer signs
// itself.
type fakeCertificate struct {
	cn         string
	serial     int64
	from, to   time.Duration // from demoNow
	ca         bool
	pathLength int // -1 for none
	uri        string
	usage      x509.KeyUsage
	dns        []string
	key        crypto.Signer
	issuer     *x509.Certificate
	signer     crypto.Signer
}

func (c fakeCertificate) make(t testing.TB) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(c.serial),
		Subject:      pkix.Name{Organization: []string{"demo, not real"}, CommonName: c.cn},
		NotBefore:    demoNow.Add(c.from),
		NotAfter:     demoNow.Add(c.to),
		KeyUsage:     c.usage,
		DNSNames:     c.dns,
		IsCA:         c.ca, BasicConstraintsValid: true,
	}
	if c.ca {
		template.MaxPathLen, template.MaxPathLenZero = c.pathLength, c.pathLength == 0
	}
	if c.uri != "" {
		uri, err := url.Parse(c.uri)
		if err != nil {
			t.Fatal(err)
		}
		template.URIs = []*url.URL{uri}
	}
	issuer, signer := c.issuer, c.signer
	if issuer == nil {
		issuer, signer = template, c.key
	}
	der, err := x509.CreateCertificate(nil, template, issuer, c.key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

const caUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign

// demoRoot and demoChain are the certificates of the demo's payments-ca-cert.
func demoRoot(t testing.TB) fakeCertificate {
	t.Helper()
	return fakeCertificate{cn: "demo root CA", serial: 1, from: -700 * day, to: 2950 * day,
		ca: true, pathLength: -1, usage: caUsage, key: fakeKey(t, "demo-root")}
}

func demoChain(t testing.TB) (payments, root *x509.Certificate) {
	t.Helper()
	signer := demoRoot(t)
	root = signer.make(t)
	payments = fakeCertificate{cn: "payments demo CA", serial: 4101, from: -41 * day, to: 23*day + 6*time.Hour,
		ca: true, usage: caUsage, uri: "spiffe://payments", key: fakeKey(t, "payments-ca-key"),
		issuer: root, signer: signer.key}.make(t)
	return payments, root
}

func chainPEM(certificates ...*x509.Certificate) string {
	var b strings.Builder
	for _, c := range certificates {
		b.WriteString(block("CERTIFICATE", c.Raw))
	}
	return b.String()
}

// fakeToken joins the parts of a JWT; a part that is no JSON stays as it is.
func fakeToken(parts ...string) string {
	for i, part := range parts {
		if strings.HasPrefix(part, "{") || strings.HasPrefix(part, "demo") {
			parts[i] = base64.RawURLEncoding.EncodeToString([]byte(part))
		}
	}
	return strings.Join(parts, ".")
}

func stripeToken() string {
	return fakeToken(`{"alg":"RS256","kid":"demo-1","typ":"JWT"}`,
		`{"iss":"https://tokens.demo.invalid","sub":"stripe-webhook","aud":"payments","iat":1794906000,"nbf":1794906000,"exp":1795363200,"note":"demo, not a real token"}`,
		"demo-signature-not-real")
}

const flags = `{"new-checkout":true,"retry-budget":0.2,"regions":["eu-west","eu-north"],"api-key":"demo-not-a-real-key","owner":{"team":"web","pager":null}}`
