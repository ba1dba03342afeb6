package model

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
)

// Control planes take every secret of such a name for a key that signs tokens, and
// accept any value.
func TestPreflightOfASigningKey(t *testing.T) {
	t.Parallel()
	name := func(serial string) Ref {
		return Ref{"default", "dataplane-token-signing-key-default-" + serial}
	}
	rsa := Facts{Kind: PrivateKey, Size: 1, Key: KeyFacts{Algorithm: "RSA 2048", Encoding: "PKCS#1", Public: [32]byte{1}}}
	curve := Facts{Kind: PrivateKey, Size: 1, Key: KeyFacts{Algorithm: "EC P-256", Public: [32]byte{1}}}
	short := Facts{Kind: PrivateKey, Size: 1, Key: KeyFacts{Algorithm: "RSA 1024", Encoding: "PKCS#1", Public: [32]byte{2}}}
	text := Facts{Kind: Text, Size: 8}
	i := TakeInventory([]Mesh{{Name: "default"}}, []Secret{{Ref: name("1"), Facts: rsa}, {Ref: name("2"), Facts: rsa}}, nil)
	const (
		none  = ": accepted; tokens cannot be issued, as its serial is the highest"
		older = ": accepted; tokens of its serial are not accepted"
		isOne = "! role: it is text, where a signing key belongs"
	)
	for what, c := range map[string]struct {
		i     Inventory
		ref   Ref
		facts Facts
		want  []string
	}{
		"the highest":   {i, name("2"), text, []string{isOne + none}},
		"a new one":     {i, name("3"), text, []string{isOne + none}},
		"an older one":  {i, name("1"), text, []string{isOne + older}},
		"not all known": {i.OfSome(), name("2"), text, []string{isOne + older + ", and none can be issued if its serial is the highest"}},
		"another key":   {i, name("2"), curve, []string{"! role: it is a key of type EC P-256, where an RSA key belongs" + none}},
		"no value":      {i, name("2"), Facts{Kind: Empty}, []string{"! role: it has no value" + none}},
		"an RSA key":    {i, name("2"), rsa, nil},
		"not known":     {i, name("2"), Facts{}, nil},
		"a short one":   {i, name("2"), short, []string{"! weak: RSA 1024 is too short to be safe: who works it out can sign tokens"}},
		"another name":  {i, Ref{"default", "hook"}, text, nil},
	} {
		expectLines(t, what, c.i.Trial(c.ref, c.facts), c.want...)
	}
}

// Control planes read signing keys as PEM of type RSA PRIVATE KEY, and what older
// ones stored, the same without PEM. The verdict, the list of problems and the
// word of the kind say the same of each value.
func TestWhatIsASigningKey(t *testing.T) {
	t.Parallel()
	first, second := Ref{"m", "dataplane-token-signing-key-m-1"}, Ref{"m", "dataplane-token-signing-key-m-2"}
	pkcs1 := x509.MarshalPKCS1PrivateKey(fakeRSA(t))
	examine := NewExaminer([32]byte{}).Examine
	good := examine([]byte(block("RSA PRIVATE KEY", pkcs1)))
	for name, c := range map[string]struct {
		value string
		why   string
		kind  string
	}{
		"PKCS#1":    {block("RSA PRIVATE KEY", pkcs1), "", "signing key"},
		"DER":       {string(pkcs1), "", "signing key"},
		"PKCS#8":    {pkcs8(t, fakeRSA(t)), "it is a key in PKCS#8, where one in PKCS#1 belongs", "private key"},
		"EC":        {pkcs8(t, fakeKey(t, "signer")), "it is a key of type EC P-256, where an RSA key belongs", "private key"},
		"garbled":   {block("RSA PRIVATE KEY", []byte("fake")), problemKey, "private key"},
		"encrypted": {block("ENCRYPTED PRIVATE KEY", []byte("fake")), problemEncrypted, "private key"},
		"text":      {"fake", "it is text, where a signing key belongs", "text"},
	} {
		facts := examine([]byte(c.value))
		of := func(a, b Facts) Inventory {
			return TakeInventory([]Mesh{{Name: "m"}}, []Secret{{Ref: first, Facts: a}, {Ref: second, Facts: b}}, nil)
		}
		if row, _ := of(good, facts).Find(second); row.KindWord() != c.kind {
			t.Errorf("%s: the kind is %q, want %q", name, row.KindWord(), c.kind)
		}
		var verdict, newest, older []string
		if c.why != "" {
			verdict = []string{"! role: " + c.why + ": accepted; tokens cannot be issued, as its serial is the highest"}
			cell := strings.TrimPrefix(c.why, "it ")
			newest, older = []string{"✗ unsuitable m/" + second.Name + ": " + cell}, []string{"! unsuitable m/" + first.Name + ": " + cell}
		}
		expectLines(t, name, of(good, good).Trial(second, facts), verdict...)
		without := func(i Inventory) Diagnosis {
			d := Diagnose(i, Standing{}, frameTime)
			d.Problems = slices.DeleteFunc(d.Problems, func(p Problem) bool { return p.Trouble == TroubleSameKey })
			return d
		}
		expectProblems(t, name, without(of(good, facts)), newest...)
		expectProblems(t, "older, "+name, without(of(facts, good)), older...)
	}
	empty := TakeInventory([]Mesh{{Name: "m"}}, []Secret{{Ref: first, Facts: Facts{Kind: Empty}}, {Ref: second, Facts: good}}, nil)
	expectProblems(t, "older, empty", Diagnose(empty, Standing{}, frameTime), "! empty m/"+first.Name+": it has no value; a system secret")
	empty = TakeInventory([]Mesh{{Name: "m"}}, []Secret{{Ref: first, Facts: good}, {Ref: second, Facts: Facts{Kind: Empty}}}, nil)
	expectProblems(t, "empty", Diagnose(empty, Standing{}, frameTime), "✗ empty m/"+second.Name+": it has no value; a system secret")
}

// No data plane sees a key that signs tokens.
func TestMeaningOfAShortSigningKey(t *testing.T) {
	t.Parallel()
	short := Facts{Kind: PrivateKey, Size: 1, Key: KeyFacts{Algorithm: "RSA 1024", Encoding: "PKCS#1", Public: [32]byte{2}}}
	d := Diagnose(TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretOf("m", "dataplane-token-signing-key-m-1", short)}, nil), Standing{}, frameTime)
	expectProblems(t, "short", d, "! weak key m/dataplane-token-signing-key-m-1: RSA 1024 is too short to be safe")
	want := []string{"RSA 1024 is too short to be safe.", "Nothing fails by that, but who works it out can sign tokens."}
	if got := d.Problems[0].Meaning(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
