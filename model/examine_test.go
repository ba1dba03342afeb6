package model

import (
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func examine(value string) Facts { return NewExaminer([32]byte{}).Examine([]byte(value)) }

// The values of the demo, whose size and fingerprint under the zero key are
// written down with them.
func TestExamineTheDemosValues(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	signing := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(fakeRSA(t)))
	for name, c := range map[string]struct {
		value, fingerprint, describe, short string
		size                                int
	}{
		"payments-ca-cert": {chainPEM(payments, root), "2d05 0ff1", "CA certificate, chain of 2, EC P-256", "CA certificate, chain of 2, EC P-256", 1307},
		"payments-ca-key": {pkcs8(t, fakeKey(t, "payments-ca-key")), "b49d 36e0",
			"private key, EC P-256, PKCS#8, not encrypted", "private key, EC P-256", 241},
		"signing key":            {signing, "07b7 5c4a", "private key, RSA 2048, PKCS#1, not encrypted", "private key, RSA 2048", 1679},
		"stripe-webhook-token":   {stripeToken(), "c79d 0685", "JWT, RS256", "JWT, RS256", 303},
		"feature-flags":          {flags, "0f1a b87a", "JSON, an object of 5", "JSON, an object of 5", 141},
		"warehouse-password":     {"{vault://hcv/warehouse/reader/password}", "5481 e7ec", "Kong vault reference", "Kong vault reference", 39},
		"ftp-upload-password":    {"demo-ftp-not-a-real-password", "f6f0 d938", "text", "text", 28},
		"user-token-revocations": {"demo-jti-4f1c,demo-jti-77a0", "b642 d733", "text", "text", 27},
		"smtp-password":          {"demo-smtp-not-a-real-password\n", "ba0a 0339", "text", "text", 30},
	} {
		f := examine(c.value)
		if f.Fingerprint != c.fingerprint || f.Size != c.size {
			t.Errorf("%s: %d bytes, fingerprint %s; want %d, %s", name, f.Size, f.Fingerprint, c.size, c.fingerprint)
		}
		if f.Describe() != c.describe || f.ShortDescribe() != c.short || f.Problem != "" {
			t.Errorf("%s: %q, %q, problem %q", name, f.Describe(), f.ShortDescribe(), f.Problem)
		}
	}
}

func TestExamineChain(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	f := examine(chainPEM(payments, root))
	first, second := f.Certificates[0], f.Certificates[1]
	if first.Subject != "O=demo, not real, CN=payments demo CA" || first.Issuer != "O=demo, not real, CN=demo root CA" {
		t.Errorf("subject %q, issuer %q", first.Subject, first.Issuer)
	}
	if first.IssuedBy != 1 || second.IssuedBy != 1 {
		t.Errorf("issued by %d and %d", first.IssuedBy, second.IssuedBy)
	}
	if first.Serial != "10:05" || second.Serial != "01" {
		t.Errorf("serials %q and %q", first.Serial, second.Serial)
	}
	if !first.IsCA || first.PathLength != 0 || second.PathLength != -1 || !first.CertSign || !first.CRLSign || first.KeyAgreement {
		t.Errorf("constraints %+v", first)
	}
	if strings.Join(first.Names, " ") != "spiffe://payments" || len(second.Names) != 0 {
		t.Errorf("names %q and %q", first.Names, second.Names)
	}
	if first.SHA256[0] != 0xd7 || first.SHA256[31] != 0x4c || second.SHA256[0] != 0x7e || second.SHA256[31] != 0x8f {
		t.Errorf("SHA-256 %x, %x", first.SHA256, second.SHA256)
	}
	if got := f.NotAfter; !got.Equal(time.Date(2026, 12, 13, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("ends %v", got)
	}
	if got := f.NotBefore; !got.Equal(time.Date(2026, 10, 10, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("begins %v", got)
	}
	if own := examine(pkcs8(t, fakeKey(t, "payments-ca-key"))).Key; !first.Key.Matches(own) {
		t.Error("the key does not match its certificate")
	}
	if other := examine(pkcs8(t, fakeKey(t, "some other key"))).Key; first.Key.Matches(other) {
		t.Error("another key matches the certificate")
	}
	if (KeyFacts{}).Matches(KeyFacts{}) {
		t.Error("two unknown keys match")
	}
}

// After a rotation two CAs bear one name: the key identifier tells them apart.
func TestIssuerOfARotatedCA(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	old := demoRoot(t)
	old.key = fakeKey(t, "payments-ca-key-old")
	if got := examine(chainPEM(payments, old.make(t), root)).Certificates[0].IssuedBy; got != 2 {
		t.Errorf("issued by %d, want 2", got)
	}
	if got := examine(chainPEM(payments)).Certificates[0].IssuedBy; got != -1 {
		t.Errorf("issued by %d, want -1", got)
	}
}

func TestExamineKinds(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	leaf := fakeCertificate{cn: "payments client", serial: 8801, to: day, dns: []string{"payments.demo.invalid"},
		usage: x509.KeyUsageDigitalSignature, key: fakeKey(t, "psp-client-key"), issuer: root, signer: fakeKey(t, "demo-root")}.make(t)
	key := pkcs8(t, fakeKey(t, "payments-ca-key"))
	chain := chainPEM(payments, root)
	rsaKey := fakeRSA(t)
	rsaPublic := block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey))
	pkix, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(fakeKey(t, "payments-ca-key"))
	if err != nil {
		t.Fatal(err)
	}
	legacy := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nZmFrZSwgbm90IHJlYWw=\n-----END RSA PRIVATE KEY-----\n"
	for name, c := range map[string]struct {
		value    string
		kind     Kind
		describe string
		problem  string
	}{
		"empty":              {"", Empty, "empty", ""},
		"leaf":               {chainPEM(leaf), Certificate, "certificate, EC P-256", ""},
		"chain with a leaf":  {chainPEM(leaf, root), Certificate, "certificate, chain of 2, EC P-256", ""},
		"one CA":             {chainPEM(root), CACertificate, "CA certificate, EC P-256", ""},
		"text around":        {"subject=demo\n" + chain + "that was it\n", CACertificate, "CA certificate, chain of 2, EC P-256", ""},
		"CR LF":              {strings.ReplaceAll(chain, "\n", "\r\n"), CACertificate, "CA certificate, chain of 2, EC P-256", ""},
		"mark before PEM":    {"\xef\xbb\xbf" + chain, Certificate, "certificate, EC P-256", "the byte order mark hides the first PEM block from readers"},
		"key then cert":      {key + chainPEM(payments), CertificateAndKey, "certificate and key, EC P-256, PKCS#8, not encrypted", ""},
		"two keys":           {key + key, PrivateKey, "private key, EC P-256, PKCS#8, not encrypted", "it has 2 private keys, where one belongs"},
		"cert and two keys":  {chain + key + key, CertificateAndKey, "certificate and key, chain of 2, EC P-256, PKCS#8, not encrypted", "it has 2 private keys, where one belongs"},
		"cut off cert":       {chain[:300], Certificate, "certificate", "the PEM block is cut off"},
		"cut off second":     {chain[:len(chain)-40], Certificate, "certificate, EC P-256", "the PEM block is cut off"},
		"cut off key":        {key[:120], PrivateKey, "private key", "the PEM block is cut off"},
		"damaged":            {strings.Replace(chainPEM(root), "MII", "M!I", 1), Certificate, "certificate", "a PEM block is damaged and cannot be decoded"},
		"no certificate":     {block("CERTIFICATE", []byte("fake, not real")), Certificate, "certificate", "the 1st certificate cannot be read"},
		"no key":             {block("PRIVATE KEY", []byte("fake, not real")), PrivateKey, "private key", "the private key cannot be read"},
		"OpenSSH key":        {block("OPENSSH PRIVATE KEY", []byte("fake, not real")), PrivateKey, "private key", "the private key cannot be read"},
		"large key":          {block("RSA PRIVATE KEY", make([]byte, 9000)), PrivateKey, "private key", "the private key is larger than RSA 8192 and is not explained"},
		"encrypted PKCS#8":   {block("ENCRYPTED PRIVATE KEY", []byte("fake, not real")), PrivateKey, "private key, PKCS#8, encrypted", problemEncrypted},
		"encrypted, old":     {legacy, PrivateKey, "private key, PKCS#1, encrypted", problemEncrypted},
		"SEC 1":              {block("EC PRIVATE KEY", sec1), PrivateKey, "private key, EC P-256, SEC 1, not encrypted", ""},
		"wrong label":        {block("PRIVATE KEY", sec1), PrivateKey, "private key, EC P-256, SEC 1, not encrypted", ""},
		"DER signing key":    {string(x509.MarshalPKCS1PrivateKey(rsaKey)), PrivateKey, "private key, RSA 2048, PKCS#1, DER, not encrypted", ""},
		"DER certificate":    {string(root.Raw), CACertificate, "CA certificate, EC P-256", problemDER},
		"RSA public key":     {rsaPublic, PublicKey, "public key, RSA 2048, PKCS#1", ""},
		"PKIX public key":    {block("PUBLIC KEY", pkix), PublicKey, "public key, RSA 2048, PKIX", ""},
		"no public key":      {block("PUBLIC KEY", []byte("fake, not real")), PublicKey, "public key", "the public key cannot be read"},
		"other PEM":          {block("DEMO NOTE", []byte("fake, not real")), Text, "text", ""},
		"token without sign": {fakeToken(`{"alg":"none"}`, `{"sub":"demo"}`, ""), JWT, "JWT, none", "its alg is none: it is not signed, so anybody could have made it"},
		"token of two":       {fakeToken(`{"alg":"RS256"}`, `{"sub":"demo"}`), JWT, "JWT, RS256", "it has 2 parts, where a token has 3"},
		"token of four":      {fakeToken(`{"alg":"RS256"}`, `{"sub":"demo"}`, "demo", "demo"), JWT, "JWT, RS256", "it has 4 parts, where a token has 3"},
		"token, encrypted":   {fakeToken(`{"alg":"RSA-OAEP"}`, "demo", "demo", "demo", "demo"), JWT, "JWT, RSA-OAEP", "it has 5 parts: it is encrypted, and cannot be explained"},
		"claims are no JSON": {fakeToken(`{"alg":"RS256"}`, "demo", "demo"), JWT, "JWT, RS256", "its claims are not JSON"},
		"header without alg": {fakeToken(`{"Alg":"RS256"}`, `{"sub":"demo"}`, "demo"), Text, "text", ""},
		"dots":               {"e.g.fake", Text, "text", ""},
		"list":               {` [1, {"a":[2,3]}, "x,y"] `, JSON, "JSON, a list of 3", ""},
		"empty object":       {"{ }\n", JSON, "JSON, an object of 0", ""},
		"JSON text":          {`"fake, not real"`, JSON, "JSON, a string", ""},
		"number":             {"12345678", Text, "text", ""},
		"true":               {"true", Text, "text", ""},
		"half of JSON":       {`{"a":`, Text, "text", ""},
		"deep JSON":          {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), Text, "text", ""},
		"JSON after a mark":  {"\xef\xbb\xbf{}", JSON, "JSON, an object of 0", ""},
		"vault, no path":     {"{vault://env}", VaultReference, "Kong vault reference", "reference url is missing path"},
		"vault within text":  {"Bearer {vault://env/x}", Text, "text", ""},
		"NUL":                {"a\x00b", Binary, "binary", ""},
		"escape":             {"a\x1b[2J", Binary, "binary", ""},
		"not UTF-8":          {"a\xff", Binary, "binary", ""},
		"UTF-16":             {"\xff\xfea\x00b\x00", Binary, "binary", problemUTF16},
		"tab and lines":      {"a\tb\r\nc", Text, "text", ""},
		"large text":         {strings.Repeat("fake", 1<<18+1), Text, "text", problemTooLarge},
		"large binary":       {strings.Repeat("\xff", 1<<20+1), Binary, "binary", problemTooLarge},
	} {
		f := examine(c.value)
		if f.Kind != c.kind || f.Describe() != c.describe || f.Problem != c.problem {
			t.Errorf("%s: %v, %q, problem %q\nwant %v, %q, problem %q", name, f.Kind, f.Describe(), f.Problem, c.kind, c.describe, c.problem)
		}
	}
}

func TestExamineEndsAndMarks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value              string
		newline, crlf, bom bool
	}{
		"plain":           {"fake", false, false, false},
		"newline":         {"fake\n", true, false, false},
		"CR LF":           {"fake\r\nfake", false, true, false},
		"both":            {"fake\r\n", true, true, false},
		"mark":            {"\xef\xbb\xbffake", false, false, true},
		"UTF-16":          {"\xfe\xff\x00a", false, false, true},
		"chance in bytes": {"\x00\r\n", false, false, false},
	} {
		f := examine(c.value)
		if f.TrailingNewline != c.newline || f.CRLF != c.crlf || f.BOM != c.bom {
			t.Errorf("%s: newline %v, CR LF %v, mark %v", name, f.TrailingNewline, f.CRLF, f.BOM)
		}
	}
}

func TestExamineEncodedTwice(t *testing.T) {
	t.Parallel()
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	_, root := demoChain(t)
	for name, c := range map[string]struct {
		value string
		want  Kind
	}{
		"certificate":          {encode(chainPEM(root)), CACertificate},
		"key":                  {encode(pkcs8(t, fakeKey(t, "payments-ca-key"))), PrivateKey},
		"DER":                  {encode(string(root.Raw)), CACertificate},
		"JSON":                 {encode(flags), JSON},
		"token":                {encode(stripeToken()), JWT},
		"text":                 {encode("fake-password-1"), Text},
		"with a newline":       {encode("fake-password-1") + "\n", Text},
		"in lines":             {encode("fake-pass")[:8] + "\r\n" + encode("fake-pass")[8:] + "", Unlearnt},
		"four letters":         {"true", Unlearnt},
		"eight letters":        {"admin123", Unlearnt},
		"random key":           {"q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=", Unlearnt},
		"URL-safe":             {strings.ReplaceAll(encode("fake???>>>fake"), "/", "_"), Unlearnt},
		"without its padding":  {strings.TrimRight(encode("fake-password-12"), "="), Unlearnt},
		"an ordinary sentence": {"this is fake text", Unlearnt},
	} {
		if got := examine(c.value).EncodedTwice; got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestExamineIsBounded(t *testing.T) {
	t.Parallel()
	_, root := demoChain(t)
	f := examine(strings.Repeat(chainPEM(root), 100))
	if len(f.Certificates) != MaxCertificates || f.Kind != CACertificate {
		t.Errorf("%d certificates, %v", len(f.Certificates), f.Kind)
	}
	if f.Problem != "it has more than 64 certificates, and the rest is not explained" {
		t.Errorf("problem %q", f.Problem)
	}
	large := fakeToken(`{"alg":"`+strings.Repeat("x", 70<<10)+`"}`, `{}`, "demo")
	if f = examine(large); f.Kind != JWT || f.Problem != problemTooLarge {
		t.Errorf("a token with a large header: %v, problem %q", f.Kind, f.Problem)
	}
	many := strings.Repeat("-----BEGIN CERTIFICATE-----\n", 30000)
	if f = examine(many); f.Kind != Certificate || f.Problem != "the PEM block is cut off" {
		t.Errorf("many beginnings: %v, problem %q", f.Kind, f.Problem)
	}
}

// Subjects and names come from whoever made the certificate.
func TestCertificateTextIsVisible(t *testing.T) {
	t.Parallel()
	names := make([]string, 70)
	for i := range names {
		names[i] = "a.demo.invalid"
	}
	c := fakeCertificate{cn: "a\u202eb\x1b[2J", serial: 1 << 20, to: day, dns: names, key: fakeKey(t, "hostile")}.make(t)
	f := examine(chainPEM(c)).Certificates[0]
	if want := `O=demo, not real, CN=a\u{202E}b␛[2J`; f.Subject != want {
		t.Errorf("subject %q, want %q", f.Subject, want)
	}
	if len(f.Names) != 65 || f.Names[64] != "…(+6)" {
		t.Errorf("%d names, the last %q", len(f.Names), f.Names[len(f.Names)-1])
	}
	if f.Serial != "10:00:00" || f.IssuedBy != 0 {
		t.Errorf("serial %q, issued by %d", f.Serial, f.IssuedBy)
	}
}

func TestFingerprintsDifferBetweenSessions(t *testing.T) {
	t.Parallel()
	a := NewExaminer([32]byte{1}).Examine([]byte("fake")).Fingerprint
	b := NewExaminer([32]byte{2}).Examine([]byte("fake")).Fingerprint
	if a == b || len(a) != 9 || a[4] != ' ' {
		t.Errorf("fingerprints %q and %q", a, b)
	}
}

func FuzzExamine(f *testing.F) {
	payments, root := demoChain(f)
	for _, seed := range []string{"", "fake", chainPEM(payments, root), pkcs8(f, fakeKey(f, "x")), string(root.Raw), stripeToken(), flags,
		"{vault://hcv/a/b}", "\xff\xfea\x00", "ZmFrZS1wYXNzd29yZC0x", "-----BEGIN CERTIFICATE-----\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		facts := NewExaminer([32]byte{}).Examine(value)
		if !facts.Learnt() || facts.Size != len(value) || len(facts.Certificates) > MaxCertificates {
			t.Fatalf("%+v", facts)
		}
		for _, text := range []string{facts.Describe(), facts.ShortDescribe(), facts.Problem, facts.Algorithm, facts.Shape} {
			if text != Visible(text) {
				t.Errorf("not visible: %+q", text)
			}
		}
		for _, found := range CheckValue(facts, value, Ref{}, ValueTraits{}) {
			found.Mend.Apply(value)
		}
	})
}

func BenchmarkExamine(b *testing.B) {
	payments, root := demoChain(b)
	for name, value := range map[string]string{
		"chain": chainPEM(payments, root), "key": pkcs8(b, fakeKey(b, "payments-ca-key")),
		"rsa":   block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(fakeRSA(b))),
		"token": stripeToken(), "json": flags, "text": "demo-ftp-not-a-real-password",
	} {
		e, raw := NewExaminer([32]byte{}), []byte(value)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = e.Examine(raw)
			}
		})
	}
}
