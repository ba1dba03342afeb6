package model

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestDecodeBase64(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                 "",
		"dGVzdA==":         "test",
		"dGVzdAo=":         "test\n",
		"dGVz\r\ndA==\n":   "test",
		"dGV\nzdA=\n=\n":   "test",
		"ZmFrZS12YWx1ZQ==": "fake-value",
	} {
		got, fault := DecodeBase64(text)
		if fault != nil || string(got) != want {
			t.Errorf("DecodeBase64(%q) = %q, %v", text, got, fault)
		}
	}
}

func TestBase64Faults(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("QUJD", 10)
	for text, want := range map[string]Base64Fault{
		long + "!UJDREVGR0hJSktM": {Kind: Base64Character, Position: 41},
		"dGVz\ndä==":              {Kind: Base64Character, Position: 7},
		"dGVz\x00A==":             {Kind: Base64Character, Position: 5},
		" dGVzdA==":               {Kind: Base64Blank, Position: 1},
		"dGVz dA==":               {Kind: Base64Blank, Position: 5},
		"dGVz\tdA==":              {Kind: Base64Blank, Position: 5},
		"ab-_":                    {Kind: Base64URLSafe, Position: 3},
		"dGVzdA":                  {Kind: Base64Padding, Position: 7, Missing: 2},
		"dGVzdA=":                 {Kind: Base64Padding, Position: 8, Missing: 1},
		"dGVzdAo\n":               {Kind: Base64Padding, Position: 8, Missing: 1},
		"dGVzd":                   {Kind: Base64Cut, Position: 6},
		"dGVzdA==dGVz":            {Kind: Base64Inside, Position: 9},
		"dGVz=":                   {Kind: Base64Inside, Position: 5},
		"=":                       {Kind: Base64Inside, Position: 1},
		"dGVzdA===":               {Kind: Base64Inside, Position: 9},
	} {
		got, fault := DecodeBase64(text)
		if fault == nil || *fault != want {
			t.Errorf("DecodeBase64(%q): %+v, want %+v", text, fault, want)
			continue
		}
		if got != nil || fault.Sentence() == "" || fault.Line() == "" {
			t.Errorf("DecodeBase64(%q): bytes or no words beside a fault", text)
		}
	}
}

func TestBase64FaultWords(t *testing.T) {
	t.Parallel()
	fault := Base64Fault{Kind: Base64Character, Position: 41}
	want := `The 41st character does not belong to base64, so the value cannot be decoded. Choose "as it is" if it is meant as text.`
	if got := fault.Sentence(); got != want {
		t.Errorf("got %s", got)
	}
	if got := fault.Line(); got != "the 41st character does not belong to base64: the value cannot be decoded" {
		t.Errorf("got %s", got)
	}
	for kind := Base64Character; kind <= Base64Inside; kind++ {
		if n := len(Base64Fault{Kind: kind, Position: 1234, Missing: 2}.Sentence()); n > 156 {
			t.Errorf("the sentence of fault %d does not fit two lines of 78: %d", kind, n)
		}
	}
}

// What is refused here is what a control plane refuses: Go's own decoder is
// the one that it uses.
func FuzzDecodeBase64(f *testing.F) {
	for _, seed := range []string{"", "dGVzdA==", "dGVzdA", "dG\nVz", "====", "a===", "ab=c", "ab==cd==", "-_"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := base64.StdEncoding.DecodeString(text)
		got, fault := DecodeBase64(text)
		if (err == nil) != (fault == nil) {
			t.Fatalf("%q: Go says %v, fault %+v", text, err, fault)
		}
		if err == nil && string(got) != string(want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	})
}
