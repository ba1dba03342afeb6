package model

import (
	"regexp"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	wrong := func(what string) string {
		return `In a name only lower-case letters, digits, "-" and "." are allowed; ` + what + ` character, is not.`
	}
	place := func(what string) string {
		return `In a name each "-" and "." stands between letters or digits; ` + what + ` character, does not.`
	}
	for name, want := range map[string]string{
		"a":                       "",
		"payments-ca-cert":        "",
		"a--b.c-d.0":              "",
		strings.Repeat("a", 253):  "",
		"":                        `The secret needs a name: lower-case letters, digits, "-" and "."`,
		strings.Repeat("a", 254):  "The name has 254 characters; 253 is the most.",
		strings.Repeat("a", 1200): "The name has 1,200 characters; 253 is the most.",
		"Edge_TLS":                wrong(`"E", the 1st`),
		"edge_tls":                wrong(`"_", the 5th`),
		".a":                      place(`".", the 1st`),
		"-a":                      place(`"-", the 1st`),
		"a-":                      place(`"-", the 2nd`),
		"a.":                      place(`".", the 2nd`),
		"a-.b":                    place(`"-", the 2nd`),
		"a.-b":                    place(`"-", the 3rd`),
		"..":                      place(`".", the 1st`),
		"a..b":                    place(`".", the 3rd`),
		"../a":                    wrong(`"/", the 3rd`),
		"a%2fb":                   wrong(`"%", the 2nd`),
		"key-🔑":                   wrong(`"🔑" (U+1F511), the 5th`),
		"pаyments":                wrong(`"а" (U+0430), the 2nd`),
		"payments ":               wrong("a blank, the 9th"),
		"payments-cert\n":         wrong("a newline, the 14th"),
		"a\t":                     wrong("a tab, the 2nd"),
		"a\u202eb":                wrong(`"\u{202E}", the 2nd`),
		"a\u200b":                 wrong(`"\u{200B}", the 2nd`),
		"a\xff":                   wrong(`"\xff", the 2nd`),
		"a\x1b[2J":                wrong(`"␛", the 2nd`),
	} {
		fault := CheckName(name)
		got := ""
		if fault != nil {
			got = fault.Sentence()
		}
		if got != want {
			t.Errorf("CheckName(%+q): %s\nwant %s", name, got, want)
		}
		if fault != nil && fault.Line() == "" {
			t.Errorf("CheckName(%+q) has no line", name)
		}
	}
}

func TestNameFaultLine(t *testing.T) {
	t.Parallel()
	want := `only lower-case letters, digits, "-" and "." are allowed; "E", the 1st, is not`
	if got := CheckName("Edge_TLS").Line(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOrdinal(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th",
		21: "21st", 41: "41st", 101: "101st", 111: "111th", 1022: "1,022nd"} {
		if got := Ordinal(n); got != want {
			t.Errorf("Ordinal(%d) = %s, want %s", n, got, want)
		}
	}
}

// The expression is that of the control plane's own check.
func FuzzCheckName(f *testing.F) {
	rule := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	for _, seed := range []string{"", "a", "a.b-c", "..", "a-.b", "-", "Ä", "a\n", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		fault := CheckName(name)
		if valid := rule.MatchString(name) && len(name) <= MaxName; valid != (fault == nil) {
			t.Fatalf("%+q: valid %v, fault %v", name, valid, fault)
		}
		if fault != nil && (Visible(fault.Sentence()) != fault.Sentence() || len(fault.Sentence()) > 160) {
			t.Errorf("%+q: %s", name, fault.Sentence())
		}
	})
}
