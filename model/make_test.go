package model

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"regexp"
	"testing"
	"testing/iotest"
	"time"
)

func TestMadePasswords(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`)
	seen := map[string]bool{}
	for range 100 {
		made, err := MakePassword(rand.Reader)
		if text := string(made.Reveal()); err != nil || !shape.MatchString(text) || seen[text] {
			t.Fatalf("error %v, or a password of another shape, or the same twice", err)
		}
		seen[string(made.Reveal())] = true
	}
}

// TestMadeCA holds a CA that was made to the control plane's own rules, and its
// facts to those that the console warns of.
func TestMadeCA(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	made, err := MakeCA(rand.Reader, "payments", now)
	if err != nil {
		t.Fatal(err)
	}
	if said := ProvidedCA(made.Certificate.Reveal(), made.Key.Reveal()); len(said) > 0 {
		t.Errorf("the control plane says %v", said)
	}
	examine := NewExaminer([32]byte{})
	certificate, key := examine.Examine(made.Certificate.Reveal()), examine.Examine(made.Key.Reveal())
	if certificate.Kind != CACertificate || key.Kind != PrivateKey || !belong(certificate, key) || certificate.Problem+key.Problem != "" {
		t.Errorf("%v and %v", certificate.Kind, key.Kind)
	}
	if word, look := ExpiryWord(certificate.NotBefore, certificate.NotAfter, now); word != "in 9y" && word != "in 10y" || look {
		t.Errorf("it expires %s", word)
	}
	if c := certificate.Certificates[0]; c.Subject != "CN=payments CA" || c.PathLength != 0 {
		t.Errorf("%s, path length %d", c.Subject, c.PathLength)
	}
}

func TestMadeCertificate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	made, err := MakeCertificate(rand.Reader, "edge-tls", now)
	if err != nil {
		t.Fatal(err)
	}
	both := made.Both()
	if _, err := tls.X509KeyPair(both.Reveal(), both.Reveal()); err != nil {
		t.Error(err)
	}
	if facts := NewExaminer([32]byte{}).Examine(both.Reveal()); facts.Kind != CertificateAndKey || facts.matchWithin() != matchYes {
		t.Errorf("it is %v", facts.Kind)
	}
	block, _ := pem.Decode(made.Certificate.Reveal())
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil || leaf.IsCA || leaf.VerifyHostname("edge-tls") != nil || leaf.VerifyHostname("localhost") != nil {
		t.Errorf("error %v, or it is for other names: %v", err, leaf.DNSNames)
	}
	made.Wipe()
	if made.Key.Reveal()[0] != 0 || made.Certificate.Reveal()[0] != 0 {
		t.Error("it is not wiped")
	}
}

func TestNothingIsMadeWithoutRandomBytes(t *testing.T) {
	t.Parallel()
	none := errors.New("fake: no random bytes")
	broken := iotest.ErrReader(none)
	_, password := MakePassword(broken)
	_, ca := MakeCA(broken, "m", time.Time{})
	_, certificate := MakeCertificate(broken, "n", time.Time{})
	for _, err := range []error{password, ca, certificate} {
		if !errors.Is(err, none) {
			t.Errorf("the error is %v", err)
		}
	}
}
