package model

import (
	"encoding/pem"
	"slices"
	"strings"
	"testing"
)

// found is a finding without its mend, "! newline: the value ends ...".
func found(f Finding) string {
	return []string{"✓", " ", "!", "✗"}[f.Level] + " " + f.Topic + ": " + f.Text
}

func checked(value string, ref Ref) []string {
	var lines []string
	for _, f := range CheckValue(examine(value), []byte(value), ref, ValueTraits{MaxValue: 4 << 20, Empty: true}) {
		lines = append(lines, found(f))
	}
	return lines
}

func TestCheckValueAlone(t *testing.T) {
	t.Parallel()
	payments, root := demoChain(t)
	chain := chainPEM(payments, root)
	const literally = "; a mesh control plane uses it literally, so whoever uses the secret gets the reference itself"
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
			"! vault: Kong Gateway would read a whole entry from environment variables" + literally}},
		"vault key": {"{vault://hcv/warehouse/password}", []string{"✓ kind: Kong vault reference, 32 bytes",
			"! vault: Kong Gateway would read one key of an entry from HashiCorp Vault" + literally}},
		"own vault": {"{vault://our-vault/a}", []string{"✓ kind: Kong vault reference, 21 bytes",
			"! vault: Kong Gateway would read a whole entry from a vault that is configured there" + literally}},
		"no vault": {"{vault:///a}", []string{"✓ kind: Kong vault reference, 12 bytes",
			"! vault: not even Kong Gateway could read this reference (reference url is missing host)" + literally}},
		"cut off": {chain[:200], []string{"✓ kind: certificate, 200 bytes", "! problem: the PEM block is cut off"}},
		"around": {"demo:\n" + chain, []string{"✓ kind: CA certificate, chain of 2, EC P-256, 1,313 bytes",
			"  around: text stands before or after the PEM; it is kept, and readers pass over it"}},
		"token": {fakeToken(`{"alg":"RS256"}`, `{"exp":1700000000}`, "demo"), []string{"✓ kind: JWT, RS256, 52 bytes"}},
		"too large": {strings.Repeat("a", 4<<20+1), []string{
			"✗ size: it has 4,194,305 bytes; 4,194,304 is the most this control plane takes",
			"✓ kind: text, 4,194,305 bytes", "! problem: too large to explain"}},
	} {
		if got := checked(c.value, Ref{Mesh: "payments", Name: "x"}); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// A control plane that sets no limit has zones that do.
func TestCheckValueWithoutLimit(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{
		MostValue:     "",
		MostValue + 1: "✗ size: it has 1,048,577 bytes; 1,048,576 is the most a secret may have here",
	} {
		got := ""
		value := []byte(strings.Repeat("a", size))
		for _, f := range CheckValue(examine(string(value)), value, Ref{Mesh: "payments", Name: "x"}, ValueTraits{}) {
			if f.Topic == "size" {
				got = found(f)
			}
		}
		if got != want {
			t.Errorf("%d bytes: %q, want %q", size, got, want)
		}
	}
}

// The readers of revocations pass over one newline at the end.
func TestCheckValueOfRevocations(t *testing.T) {
	t.Parallel()
	want := []string{"✓ kind: text, 14 bytes"}
	if got := checked("demo-jti-4f1c\n", Ref{Name: "user-token-revocations"}); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Where an empty value would be refused, that is said.
func TestCheckValueOfNothing(t *testing.T) {
	t.Parallel()
	got := CheckValue(examine(""), nil, Ref{}, ValueTraits{})
	const want = "✗ value: the value is empty, and would be refused now: type or paste one, or take it from a file"
	if len(got) != 1 || found(got[0]) != want {
		t.Errorf("%+v", got)
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
		for _, f := range CheckValue(examine(value), []byte(value), Ref{}, ValueTraits{}) {
			if f.Mend == NoMend {
				continue
			}
			mended++
			after := f.Mend.Apply([]byte(value))
			for _, left := range CheckValue(examine(string(after)), after, Ref{}, ValueTraits{}) {
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
