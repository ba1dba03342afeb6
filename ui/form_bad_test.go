package ui

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// findings are the checks of a form that adds a secret, those that passed left
// out: its name and value as they were typed, pasted or read.
func findings(r *workbench, ref model.Ref, value string, decode bool) []string {
	f := newForm(r.session, r.stock, model.Ref{Mesh: ref.Mesh}).(form)
	f.name = f.name.update(pasteOf(ref.Name))
	f.entry, f.decode = entryOf(model.NewValue([]byte(value)), pastedHere), decode
	var lines []string
	for _, c := range f.checked(writeMoment).checks {
		if c.mark != passedMark {
			lines = append(lines, c.mark.Text+" "+c.topic+": "+c.line(keymap.Default()))
		}
	}
	return lines
}

// lossyPaste is said of each paste that is no text.
const lossyPaste = "\n! paste: a terminal's paste may lose escape sequences and bytes that are no text before they get here; take such a value from a file"

func TestBadNames(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	for _, c := range []struct{ why, name, want string }{
		{"1 empty", "", `✗ name: a name is needed: lower-case letters, digits, "-" and "."`},
		{"2 too long", strings.Repeat("a", 254), `✗ name: it has 254 characters; 253 is the most`},
		{"3 upper case", "Edge", `✗ name: only lower-case letters, digits, "-" and "." are allowed; "E", the 1st, is not`},
		{"4 underscore", "edge_tls", `✗ name: only lower-case letters, digits, "-" and "." are allowed; "_", the 5th, is not`},
		{"5 leading dot", ".edge", `✗ name: each "-" and "." stands between letters or digits; ".", the 1st, does not`},
		{"5 leading dash", "-edge", `✗ name: each "-" and "." stands between letters or digits; "-", the 1st, does not`},
		{"6 slash", "a/b", `✗ name: only lower-case letters, digits, "-" and "." are allowed; "/", the 2nd, is not`},
		{"6 escaped slash", "a%2fb", `✗ name: only lower-case letters, digits, "-" and "." are allowed; "%", the 2nd, is not`},
		{"7 dots", "..", `✗ name: each "-" and "." stands between letters or digits; ".", the 1st, does not`},
		{"8 emoji", "edge😀", `✗ name: only lower-case letters, digits, "-" and "." are allowed; "😀" (U+1F600), the 5th, is not`},
		{"9 Cyrillic", "pаyments", `✗ name: only lower-case letters, digits, "-" and "." are allowed; "а" (U+0430), the 2nd, is not`},
		{"10 right to left", "edge\u202eslt", `✗ name: only lower-case letters, digits, "-" and "." are allowed; "\u{202E}", the 5th, is not`},
		{"11 blank at the end", "edge ", `✗ name: only lower-case letters, digits, "-" and "." are allowed; a blank, the 5th, is not`},
		{"11 newline at the end", "edge\n", `✗ name: only lower-case letters, digits, "-" and "." are allowed; a blank, the 5th, is not`},
		{"taken", "psp-ca", `✗ name: psp-ca exists in payments already; edit that one, or choose another name` +
			"\n" + `! role: it is text, where a CA certificate belongs: accepted; calls to psp fail`},
		{"a twin", "stripe-vvebhook-token", `! looks alike: its name looks like stripe-webhook-token, which is another one: one may be taken for the other`},
	} {
		if got := strings.Join(findings(r, model.Ref{Mesh: "payments", Name: c.name}, "fake", false), "\n"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.why, got, c.want)
		}
	}
}

func TestBadTargets(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	row := r.row("payments", webhook)
	for _, c := range []struct {
		why    string
		row    model.Row
		target model.Ref
		want   string
	}{
		{"12 mesh missing", row, model.Ref{Mesh: "nowhere", Name: webhook}, "Mesh nowhere does not exist. Nothing was done; choose another mesh."},
		{"13 the same mesh", row, model.Ref{Mesh: "payments", Name: webhook}, "stripe-webhook-token is in mesh payments already. Choose another mesh."},
		{"15 a global secret given a mesh", r.row("", "user-token-revocations"), model.Ref{Mesh: "checkout", Name: "user-token-revocations"},
			"user-token-revocations is a global secret and cannot be reassigned. Add it to a mesh instead."},
	} {
		got, err := r.session.gate.Inspect(t.Context(), backend.Inspecting(c.row.Secret.Ref, c.target, c.row.System, examinerOfTests, writeMoment))
		if err != nil || got.Why == nil || got.Why.Error() != c.want {
			t.Errorf("%s: %v, %v, want %s", c.why, got.Why, err, c.want)
		}
	}
}

func TestBadValues(t *testing.T) {
	t.Parallel()
	r := newBench(t, 80, 24)
	key := keyPEM(t)
	old := moldedCertificate(t, writeMoment.AddDate(-2, 0, 0), writeMoment.AddDate(-1, 0, 0), true)
	soon := moldedCertificate(t, writeMoment.AddDate(1, 0, 0), writeMoment.AddDate(2, 0, 0), true)
	leaf := moldedCertificate(t, writeMoment.AddDate(0, 0, -1), writeMoment.AddDate(1, 0, 0), false)
	ca := moldedCertificate(t, writeMoment.AddDate(0, 0, -1), writeMoment.AddDate(1, 0, 0), true)
	const cert, plain = "payments-ca-cert", "plain"
	for _, c := range []struct {
		why, name, value string
		decode           bool
		want             string
	}{
		{"19 empty", plain, "", false, `✗ value: the value is empty: type or paste one, or take it from a file`},
		{"20 only a newline", plain, "\n", false, `! blank: the value is nothing but blanks and line ends`},
		{"22 base64 itself", plain, base64.StdEncoding.EncodeToString([]byte(key)), false, `! base64: it looks like base64 of a private key; enter decodes it, so that this itself is stored`},
		{"22 four letters", plain, "true", false, ""},
		{"23 base64 with line breaks", plain, "ZmFr\nZSBh\n", true, ""},
		{"23 base64 with a blank", plain, "ZmFr ZSBh", true, `✗ base64: the 5th character is a blank, and base64 has none` +
			"\n" + `  kind: told once the value can be decoded`},
		{"24 the alphabet of URLs", plain, "ZmFr_-Bh", true, `✗ base64: the 5th character is of URL-safe base64: write + for - and / for _` +
			"\n" + `  kind: told once the value can be decoded`},
		{"25 no padding", plain, "ZmFrZQ", true, `✗ base64: at the end 2 "=" are missing` +
			"\n" + `  kind: told once the value can be decoded`},
		{"26 a wrong character", plain, "ZmF*ZSBh", true, `✗ base64: the 4th character does not belong to base64: the value cannot be decoded` +
			"\n" + `  kind: told once the value can be decoded`},
		{"27 UTF-16", plain, "\xff\xfef\x00a\x00k\x00e\x00", false, `! UTF-16: the value is UTF-16, which hardly any reader expects; enter makes it UTF-8` + lossyPaste},
		{"27 byte order mark", plain, "\xef\xbb\xbffake", false, `! BOM: it begins with a byte order mark, which most readers take as part of it; enter removes it`},
		{"28 PEM with CR LF", plain, strings.ReplaceAll(key, "\n", "\r\n"), false, `! lines: the lines end with CR LF; that is kept byte for byte, enter changes them to LF`},
		{"29 binary", plain, "fake\x00\x01\x02", false, `  binary: this is not text: it is stored byte for byte and shown as hex` + lossyPaste},
		{"30 terminal escapes", plain, "fake\x1b[31mred\x1b]52;c;ZmFrZQ==\x07", false, `  binary: this is not text: it is stored byte for byte and shown as hex` + lossyPaste},
		{"31 text around PEM", plain, "notes\n" + key + "more notes\n", false, `  around: text stands before or after the PEM; it is kept, and readers pass over it`},
		{"32 PEM cut off", plain, key[:len(key)-30], false, `! problem: the PEM block is cut off`},
		{"33 two keys", plain, key + key, false, `! problem: it has 2 private keys, where one belongs`},
		{"34 key of another pair", "payments-ca-key", key, false, `! pair: does not match payments-ca-cert: accepted now; the next update of mesh payments is refused, and until both match nothing can be issued; data planes keep what they have. Save the certificate that belongs to it next.`},
		{"35 expired CA", cert, old, false, `! pair: does not match payments-ca-key: accepted now; the next update of mesh payments is refused, and until both match nothing can be issued; data planes keep what they have. Save the key that belongs to it next.` +
			"\n" + `! expired: it expired on 2025-11-20 by this machine's clock: accepted; data planes refuse what mTLS backend ca-2 signs with it`},
		{"35 CA not valid yet", cert, soon, false, `! pair: does not match payments-ca-key: accepted now; the next update of mesh payments is refused, and until both match nothing can be issued; data planes keep what they have. Save the key that belongs to it next.` +
			"\n" + `! not yet: it is valid only from 2027-11-20 09:00 UTC by this machine's clock: accepted; data planes refuse what mTLS backend ca-2 signs with it`},
		{"36 a leaf where a CA belongs", cert, leaf, false, `! pair: does not match payments-ca-key: accepted now; the next update of mesh payments is refused, and until both match nothing can be issued; data planes keep what they have. Save the key that belongs to it next.` +
			"\n" + `! CA: it is not a CA and may not sign certificates: accepted now; the next update of mesh payments is refused`},
		{"36 a CA of another pair", cert, ca, false, `! pair: does not match payments-ca-key: accepted now; the next update of mesh payments is refused, and until both match nothing can be issued; data planes keep what they have. Save the key that belongs to it next.`},
		{"37 encrypted key", "payments-ca-key", encryptedKey(), false, `! role: the private key is encrypted, and a control plane cannot decrypt it: accepted now; the next update of mesh payments is refused`},
		{"38 RSA 1024", plain, publicPEM(t, &rsa.PublicKey{N: odd(1024), E: 65537}), false, `! weak: RSA 1024 is too short to be safe: data planes may refuse less than RSA 2048`},
		{"38 RSA 16384", plain, publicPEM(t, &rsa.PublicKey{N: odd(16384), E: 65537}), false, `! large: RSA 16384 is longer than TLS libraries take: RSA 8192 is the most`},
		{"38 Ed25519", "psp-client-key", ed25519PEM(t), false, `! pair: does not match psp-client-cert: accepted; calls to psp fail. Save the certificate that belongs to it next.` +
			"\n" + `  key: not every data plane takes Ed25519; EC P-256 and RSA 2048 are taken everywhere`},
		{"39 key where a certificate belongs", cert, key, false, `! role: it is a private key, where a certificate belongs, and who may see certificates sees it: accepted now; the next update of mesh payments is refused`},
		{"40 JWT without signature", plain, jwt(`{"alg":"none"}`, `{"exp":1}`), false, `! problem: its alg is none: it is not signed, so anybody could have made it` +
			"\n" + `! expired: it expired on 1970-01-01 by this machine's clock`},
		{"40 JWT of two parts", plain, strings.Join(strings.Split(jwt(`{"alg":"HS256"}`, `{"sub":"fake"}`), ".")[:2], "."), false, `! problem: it has 2 parts, where a token has 3`},
	} {
		mesh := "payments"
		ref := model.Ref{Mesh: mesh, Name: c.name}
		lines := findingsOf(r, ref, c.value, c.decode)
		if got := strings.Join(lines, "\n"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.why, got, c.want)
		}
		for _, l := range lines {
			if len(c.value) > 6 && strings.Contains(l, c.value) {
				t.Errorf("%s: a check holds the value", c.why)
			}
		}
	}
}

// findingsOf is findings for a secret that exists: it is edited.
func findingsOf(r *workbench, ref model.Ref, value string, decode bool) []string {
	row, found := r.stock.inventory.Find(ref)
	if !found {
		return findings(r, ref, value, decode)
	}
	f := form{id: &token{}, to: r.session, stock: r.stock, row: row, edit: true, entry: entryOf(model.NewValue([]byte(value)), pastedHere), decode: decode}
	var lines []string
	for _, c := range f.checked(writeMoment).checks {
		if c.mark != passedMark && c.topic != "in use" && c.topic != "changed" {
			lines = append(lines, c.mark.Text+" "+c.topic+": "+c.line(keymap.Default()))
		}
	}
	return lines
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, bytes.Repeat([]byte("f"), model.MostValue+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none"): "There is no file " + filepath.Join(dir, "none") + ". Correct the path, then press enter.",
		dir:                        dir + " is a folder. Name a file in it.",
		os.DevNull:                 os.DevNull + " is not a regular file, and only those are read. Name another one.",
		big:                        big + " has more than 1,048,576 bytes, which is the most a secret may have. Name a smaller file.",
	} {
		if _, err := readValue(t.Context(), path, model.MostValue); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

// moldedCertificate is a self-signed certificate that says it is not real.
func moldedCertificate(t *testing.T, from, to time.Time, ca bool) string {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	usage := x509.KeyUsageDigitalSignature
	if ca {
		usage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	der, err := x509.CreateCertificate(nil, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "demo, not real"}, NotBefore: from, NotAfter: to,
		IsCA: ca, BasicConstraintsValid: true, KeyUsage: usage,
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "demo, not real"}}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func publicPEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func ed25519PEM(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// encryptedKey has the shape of a key that needs a passphrase, and no key.
func encryptedKey() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("fake, no key at all")}))
}

func odd(bits uint) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return n.Add(n, big.NewInt(1))
}

func jwt(header, claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(header)) + "." + part([]byte(claims)) + "." + part([]byte("fake-signature"))
}
