package model

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
)

func TestExamineAlgorithms(t *testing.T) {
	t.Parallel()
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x25519, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, key := range map[string]interface{ Public() crypto.PublicKey }{
		"EC P-521": p521, "X25519": x25519, "Ed25519": ed25519.NewKeyFromSeed(make([]byte, 32)),
	} {
		private := examine(pkcs8(t, key))
		if private.Kind != PrivateKey || private.Key.Algorithm != want || private.Key.Encoding != "PKCS#8" {
			t.Errorf("%s: %+v", want, private.Key)
		}
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		public := examine(string(der))
		if public.Describe() != "public key, "+want+", PKIX, DER" || !public.Key.Matches(private.Key) {
			t.Errorf("%s: %q, matches %v", want, public.Describe(), public.Key.Matches(private.Key))
		}
	}
}

func TestExamineSubjectAndNames(t *testing.T) {
	t.Parallel()
	key := fakeKey(t, "names")
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x0fabcd),
		Subject: pkix.Name{Country: []string{"XX"}, CommonName: "demo, not real", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: "other"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 11}, Value: "Mesh"}}},
		NotAfter:       demoNow,
		DNSNames:       []string{"a.demo.invalid"},
		IPAddresses:    []net.IP{net.IPv4(192, 0, 2, 1)},
		EmailAddresses: []string{"jo@example.com"},
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c := examine(block("CERTIFICATE", der)).Certificates[0]
	if want := "C=XX, CN=demo, not real, 1.2.3.4=other, OU=Mesh"; c.Subject != want {
		t.Errorf("subject %q, want %q", c.Subject, want)
	}
	if want := []string{"a.demo.invalid", "192.0.2.1", "jo@example.com"}; !slices.Equal(c.Names, want) {
		t.Errorf("names %q", c.Names)
	}
	if c.Serial != "0F:AB:CD" || c.IsCA || c.PathLength != -1 || c.CertSign {
		t.Errorf("%+v", c)
	}
}

func TestExamineSubjectIsBounded(t *testing.T) {
	t.Parallel()
	key := fakeKey(t, "names")
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: demoNow}
	for range 70 {
		template.Subject.OrganizationalUnit = append(template.Subject.OrganizationalUnit, strings.Repeat("x", 300))
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	subject := examine(block("CERTIFICATE", der)).Certificates[0].Subject
	if !strings.HasPrefix(subject, "OU="+strings.Repeat("x", 256)+"…(+44), OU=") || !strings.HasSuffix(subject, ", …(+6)") {
		t.Errorf("%d bytes, ending %q", len(subject), subject[len(subject)-20:])
	}
	nameless := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: demoNow}
	if der, err = x509.CreateCertificate(nil, nameless, nameless, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	if got := examine(block("CERTIFICATE", der)).Certificates[0].Subject; got != "(no name)" {
		t.Errorf("subject %q", got)
	}
}
