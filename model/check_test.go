package model

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"
)

// found is a finding without its mend, "! newline: the value ends ...".
func found(f Finding) string {
	return []string{"✓", " ", "!", "✗"}[f.Level] + " " + f.Topic + ": " + f.Text
}

func checked(value string, expects Expectation) []string {
	var lines []string
	for _, f := range CheckValue(examine(value), []byte(value), expects, ValueTraits{MaxValue: 4 << 20}, demoNow) {
		lines = append(lines, found(f))
	}
	return lines
}

func TestCheckValueAlone(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	chain := chainPEM(payments, root)
	for name, c := range map[string]struct {
		value string
		want  []string
	}{
		"empty": {"", []string{"✗ value: the value is empty: type or paste one, or take it from a file"}},
		"text":  {"fake", []string{"✓ kind: text, 4 bytes"}},
		"one":   {"x", []string{"✓ kind: text, 1 byte"}},
		"newline": {"demo-smtp-2-not-a-real-one\n", []string{
			"✓ kind: text, 27 bytes",
			"! newline: the value ends with a newline, which readers of a password often take as part of it; enter removes it"}},
		"only newline": {"\n", []string{"✓ kind: text, 1 byte", "! blank: the value is nothing but blanks and line ends"}},
		"PEM":          {chain, []string{"✓ kind: CA certificate, chain of 2, EC P-256, 1,307 bytes"}},
		"CR LF": {"a\r\nb", []string{"✓ kind: text, 4 bytes",
			"! lines: the lines end with CR LF; that is kept byte for byte, enter changes them to LF"}},
		"mark": {"\xef\xbb\xbffake", []string{"✓ kind: text, 7 bytes",
			"! BOM: it begins with a byte order mark, which most readers take as part of it; enter removes it"}},
		"UTF-16": {"\xff\xfea\x00", []string{"✓ kind: binary, 4 bytes",
			"! UTF-16: the value is UTF-16, which hardly any reader expects; enter makes it UTF-8"}},
		"binary": {"a\x00", []string{"✓ kind: binary, 2 bytes",
			"  binary: this is not text: it is stored byte for byte and shown as hex"}},
		"twice": {"ZmFrZS1wYXNzd29yZC0x", []string{"✓ kind: text, 20 bytes",
			"! base64: it looks like base64 of text; enter decodes it, so that this itself is stored"}},
		"vault": {"{vault://env/a}", []string{"✓ kind: Kong vault reference, 15 bytes",
			"! vault: a control plane does not resolve this: whoever uses the secret gets the reference itself, not what it points to"}},
		"cut off": {chain[:200], []string{"✓ kind: certificate, 200 bytes", "! problem: the PEM block is cut off"}},
		"around": {"demo:\n" + chain, []string{"✓ kind: CA certificate, chain of 2, EC P-256, 1,313 bytes",
			"  around: text stands before or after the PEM; it is kept, and readers pass over it"}},
		"token": {fakeToken(`{"alg":"RS256"}`, `{"exp":1700000000}`, "demo"), []string{"✓ kind: JWT, RS256, 52 bytes",
			"! expired: this token expired on 2023-11-14 by this machine's clock"}},
		"too large": {strings.Repeat("a", 4<<20+1), []string{
			"✗ size: it has 4,194,305 bytes; 4,194,304 is the most this control plane takes",
			"✓ kind: text, 4,194,305 bytes", "! problem: too large to explain"}},
	} {
		if got := checked(c.value, Expectation{}); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// The readers of revocations pass over one newline at the end.
func TestCheckValueOfRevocations(t *testing.T) {
	t.Parallel()
	want := []string{"✓ kind: text, 14 bytes"}
	if got := checked("demo-jti-4f1c\n", Expectation{Name: "user-token-revocations"}); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestCheckValueAsExpected(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	key, other := pkcs8(t, fakeKey(t, "payments-ca-key")), pkcs8(t, fakeKey(t, "payments-ca-key-2"))
	expired := fakeCertificate{cn: "old", serial: 3, from: -50 * day, to: -12 * day, ca: true, pathLength: -1, usage: caUsage, key: fakeKey(t, "old")}.make(t)
	future := fakeCertificate{cn: "new", serial: 4, from: day, to: 2 * day, ca: true, pathLength: -1, usage: caUsage, key: fakeKey(t, "new")}.make(t)
	leaf := fakeCertificate{cn: "leaf", serial: 5, to: day, usage: x509.KeyUsageDigitalSignature, key: fakeKey(t, "leaf")}.make(t)
	agreeing := fakeCertificate{cn: "agreeing", serial: 6, to: day, ca: true, pathLength: -1, usage: caUsage | x509.KeyUsageKeyAgreement, key: fakeKey(t, "leaf")}.make(t)
	silent := fakeCertificate{cn: "silent", serial: 7, to: day, ca: true, pathLength: -1, usage: x509.KeyUsageCRLSign, key: fakeKey(t, "leaf")}.make(t)
	asCert := Expectation{Name: "payments-ca-cert", Role: "certificate", Mesh: "payments", Backend: "ca-2"}
	asKey := Expectation{Name: "payments-ca-key", Role: "key", Mesh: "payments", Backend: "ca-2",
		PartnerName: "payments-ca-cert", Partner: examine(chainPEM(payments, root))}
	asCA := Expectation{Name: "psp-ca", Role: "CA", Mesh: "payments"}
	withKey := asCert
	withKey.PartnerName, withKey.Partner = "payments-ca-key", examine(key)
	client := Expectation{Name: "psp-client-key", Role: "client key", PartnerName: "psp-client-cert", Partner: examine(chainPEM(leaf))}
	refused := ". With it, mTLS backend ca-2 would be refused at the next change of mesh payments"
	for name, c := range map[string]struct {
		value   string
		expects Expectation
		want    []string // after the kind
	}{
		"its CA":  {chainPEM(payments, root), withKey, []string{"✓ pair: matches payments-ca-key"}},
		"its key": {key, asKey, []string{"✓ pair: matches payments-ca-cert"}},
		"another key": {other, asKey, []string{"! pair: does not match payments-ca-cert, which mTLS backend ca-2 names beside this key. " +
			"Until both match, nothing can be issued and changes of mesh payments are refused; data planes keep what they have. " +
			"Save the new certificate right after this key"}},
		"another certificate": {chainPEM(root), withKey, []string{"! pair: does not match payments-ca-key, which mTLS backend ca-2 names beside this certificate. " +
			"Until both match, nothing can be issued and changes of mesh payments are refused; data planes keep what they have. " +
			"Save the new key right after this certificate"}},
		"another client key": {other, client, []string{"! pair: does not match psp-client-cert, which is named beside this key; " +
			"until both match, connections fail. Save the new certificate right after this key"}},
		"key for a certificate":  {key, asCert, []string{"! role: this is a private key, but payments-ca-cert is read as a certificate; who may see certificates would see the key"}},
		"both for a certificate": {chainPEM(payments) + key, asCert, []string{"! role: a private key stands beside the certificate, but payments-ca-cert is read as a certificate alone; who may see certificates would see the key"}},
		"both for a gateway":     {chainPEM(leaf) + key, Expectation{Name: "edge-tls", Role: "certificate", Mesh: "payments"}, nil},
		"text for a certificate": {"fake", asCert, []string{"! role: this is text, but payments-ca-cert is read as a certificate"}},
		"JSON for a key":         {"{}", asKey, []string{"! role: this is JSON, but payments-ca-key is read as a private key"}},
		"certificate for a key":  {chainPEM(root), Expectation{Role: "client key"}, []string{"! role: this is a CA certificate, but the secret is read as a private key"}},
		"a leaf":                 {chainPEM(leaf), asCert, []string{"! CA: this certificate is not a CA" + refused}},
		"a leaf in a chain":      {chainPEM(payments, leaf), asCert, []string{"! CA: the 2nd certificate is not a CA" + refused}},
		"may not sign":           {chainPEM(silent), asCert, []string{"! CA: this certificate may not sign certificates" + refused}},
		"key agreement":          {chainPEM(agreeing), asCert, []string{"! CA: this certificate has the key usage keyAgreement, which a CA must not have" + refused}},
		"a leaf to trust":        {chainPEM(leaf), asCA, []string{"! CA: this certificate is not a CA; who is checked against it is refused"}},
		"a CA to trust":          {chainPEM(silent), asCA, nil},
		"expired":                {chainPEM(expired), asCert, []string{"! expired: this CA expired on 2026-11-08 by this machine's clock; the control plane accepts it, data planes will not"}},
		"not yet":                {chainPEM(future), asCA, []string{"! not yet: this CA is valid only from 2026-11-21 09:00 UTC, by this machine's clock"}},
		"encrypted":              {block("ENCRYPTED PRIVATE KEY", []byte("fake, not real")), asKey, []string{"! problem: " + problemEncrypted}},
		"two keys":               {key + other, asKey, []string{"! problem: it has 2 private keys, where one belongs", "✓ pair: matches payments-ca-cert"}},
		"unknown partner":        {key, Expectation{Role: "key", Backend: "ca-2", PartnerName: "payments-ca-cert"}, nil},
	} {
		got := checked(c.value, c.expects)
		if len(got) == 0 || !slices.Equal(got[1:], c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// Facts alone decide on the strength of keys, so none has to be made.
func TestCheckValueOfKeys(t *testing.T) {
	t.Parallel()
	for algorithm, want := range map[string]string{
		"RSA 1024":  "! weak: RSA 1024 is too short to be safe; data planes refuse less than RSA 2048",
		"RSA 2048":  "",
		"RSA 16384": "! large: RSA 16384 is longer than TLS libraries take; RSA 8192 is the most",
		"EC P-256":  "",
		"EC P-384":  "",
		"EC P-521":  "  key: not every data plane takes EC P-521; EC P-256 and RSA 2048 are taken everywhere",
		"Ed25519":   "  key: not every data plane takes Ed25519; EC P-256 and RSA 2048 are taken everywhere",
	} {
		f := Facts{Kind: PrivateKey, Size: 4, Key: KeyFacts{Algorithm: algorithm}}
		got := CheckValue(f, []byte("fake"), Expectation{Role: "key"}, ValueTraits{}, demoNow)
		line := ""
		if len(got) > 1 {
			line = found(got[1])
		}
		if line != want || len(got) > 2 {
			t.Errorf("%s: %q, want %q", algorithm, line, want)
		}
	}
}

func TestMends(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mend        Mend
		value, want string
	}{
		{RemoveNewline, "fake\n", "fake"},
		{RemoveNewline, "fake\r\n\n", "fake"},
		{ToLF, "a\r\nb\rc\n", "a\nb\rc\n"},
		{RemoveBOM, "\xef\xbb\xbffake", "fake"},
		{ToUTF8, "\xff\xfef\x00\xe9\x00=\xd8\x11\xdd", "fé\U0001f511"},
		{ToUTF8, "\xfe\xff\x00f", "f"},
		{ToUTF8, "fake", "fake"},
		{DecodeIt, "ZmFr\nZQ==\n", "fake"},
		{DecodeIt, "fake!", "fake!"},
		{NoMend, "fake\n", "fake\n"},
	} {
		given := []byte(c.value)
		got := c.mend.Apply(given)
		if string(got) != c.want {
			t.Errorf("mend %d of %q: %q, want %q", c.mend, c.value, got, c.want)
		}
		clear(got)
		if string(given) != c.value {
			t.Errorf("mend %d gave the value itself", c.mend)
		}
	}
}

// Every mend that a check offers ends the finding that offered it.
func TestMendsEndTheirFinding(t *testing.T) {
	t.Parallel()
	_, root := demoChain(t)
	for _, value := range []string{"fake\n", "a\r\nb", "\xef\xbb\xbffake", "\xff\xfea\x00", "ZmFrZS1wYXNzd29yZC0x",
		strings.ReplaceAll(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})), "\n", "\r\n")} {
		mended := 0
		for _, f := range CheckValue(examine(value), []byte(value), Expectation{}, ValueTraits{}, demoNow) {
			if f.Mend == NoMend {
				continue
			}
			mended++
			after := f.Mend.Apply([]byte(value))
			for _, left := range CheckValue(examine(string(after)), after, Expectation{}, ValueTraits{}, demoNow) {
				if left.Mend == f.Mend {
					t.Errorf("%q: %s is offered again", value, left.Topic)
				}
			}
		}
		if mended == 0 {
			t.Errorf("%q: nothing is offered", value)
		}
	}
}

func TestExpiryIsOfTheMoment(t *testing.T) {
	t.Parallel()
	f := Facts{Kind: Certificate, Size: 4, NotAfter: demoNow}
	if got := CheckValue(f, []byte("fake"), Expectation{}, ValueTraits{}, demoNow.Add(-time.Second)); len(got) != 1 {
		t.Errorf("a second before its end: %v", got)
	}
	if got := CheckValue(f, []byte("fake"), Expectation{}, ValueTraits{}, demoNow); len(got) != 2 {
		t.Errorf("at its end: %v", got)
	}
}
