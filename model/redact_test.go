package model

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const canary = "CANARY-4f1c\n\"fake\"\t<b>\x01é, not real"

// Every form in which an answer may carry a value, with text around it.
func TestRedactHidesAValueInEveryForm(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(canary)
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"plain":       canary,
		"JSON":        string(quoted),
		"Go":          fmt.Sprintf("%q", canary),
		"Go, ASCII":   fmt.Sprintf("%+q", canary),
		"hex":         hex.EncodeToString([]byte(canary)),
		"HEX":         strings.ToUpper(hex.EncodeToString([]byte(canary))),
		"without pad": base64.RawStdEncoding.EncodeToString([]byte(canary)),
		"in lines":    base64.StdEncoding.EncodeToString([]byte(canary))[:20] + "\n" + base64.StdEncoding.EncodeToString([]byte(canary))[20:],
	}
	for shift := range 3 {
		before := strings.Repeat("z", shift)
		forms[fmt.Sprintf("base64 at %d", shift)] = base64.StdEncoding.EncodeToString([]byte(before + canary + "zz"))
		forms[fmt.Sprintf("URL-safe at %d", shift)] = base64.URLEncoding.EncodeToString([]byte(before + canary + "zz"))
	}
	for name, form := range forms {
		got := Redact("bad data "+form+" near it", NewValue([]byte("fake-other")), NewValue([]byte(canary)))
		if !strings.HasPrefix(got, "bad data ") || !strings.HasSuffix(got, " near it") || !strings.Contains(got, Mask) {
			t.Errorf("%s: %s", name, got)
		}
		// What stays of it is less than a run.
		inside := strings.TrimSuffix(strings.TrimPrefix(got, "bad data "), " near it")
		for piece := range strings.SplitSeq(inside, Mask) {
			if len(piece) > 8 {
				t.Errorf("%s: %q is left", name, piece)
			}
		}
	}
}

func TestRedactRuns(t *testing.T) {
	t.Parallel()
	value := NewValue([]byte("fake-password-value"))
	for text, want := range map[string]string{
		"":                  "",
		"no trace of it":    "no trace of it",
		"near -passw here":  "near " + Mask + " here",
		"near passw here":   "near passw here",
		"passwo and d-valu": Mask + " and " + Mask,
		"fake-password-value twice fake-password-value": Mask + " twice " + Mask,
		"line\x1b[2J\nfake-password":                    "line␛[2J␊" + Mask,
	} {
		if got := Redact(text, value); got != want {
			t.Errorf("Redact(%q) = %q, want %q", text, got, want)
		}
	}
	if got := Redact("code 1234, 123", NewValue([]byte("1234"))); got != "code "+Mask+", 123" {
		t.Errorf("a short value: %q", got)
	}
	if got := Redact("a b c", NewValue([]byte("b")), Value{}); got != "a b c" {
		t.Errorf("a value of one byte: %q", got)
	}
}

// The echo of ten, forty and four hundred bytes out of a large value.
func TestRedactLargeValue(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for n := 0; b.Len() < 1<<20; n++ {
		fmt.Fprintf(&b, "CANARY-%08d, not real; ", n)
	}
	value := b.String()
	encoded := base64.StdEncoding.EncodeToString([]byte(value))
	text, want := "found in", "found in"
	for _, n := range []int{10, 40, 400} {
		text += " : " + value[500000:500000+n] + " : " + encoded[600000:600000+n]
		want += " : " + Mask + " : " + Mask
	}
	if got := Redact(text, NewValue([]byte(value))); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Few letters make many runs in common.
func FuzzRedact(f *testing.F) {
	letters := func(raw []byte) string {
		for i := range raw {
			raw[i] = 'a' + raw[i]%4
		}
		return string(raw)
	}
	f.Add([]byte("fake-password fake"), []byte("fake-password"))
	f.Add([]byte("CANARY"), []byte("x"))
	f.Fuzz(func(t *testing.T, text, raw []byte) {
		value := letters(raw)
		left := strings.ReplaceAll(Redact(letters(text), NewValue([]byte(value))), Mask, " ")
		for at := 0; at+shortestRun <= len(value); at++ {
			if run := value[at : at+shortestRun]; strings.Contains(left, run) {
				t.Fatalf("%q is left in %q", run, left)
			}
		}
	})
}

func BenchmarkRedactLargeValue(b *testing.B) {
	value := NewValue([]byte(strings.Repeat("fake, not real; ", 1<<16)))
	text := strings.Repeat("the control plane refused it: ", 100)
	for b.Loop() {
		_ = Redact(text, value)
	}
}
