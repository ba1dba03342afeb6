package model

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain":                {"payments-ca-cert", "payments-ca-cert"},
		"empty":                {"", ""},
		"letters of the world": {"über 秘密 مفتاح é", "über 秘密 مفتاح é"},
		"a colour":             {"a\x1b[31mb", "a␛[31mb"},
		"clipboard":            {"\x1b]52;c;aGk=\a", "␛]52;c;aGk=␇"},
		"C1 in UTF-8":          {"a\u009b2Jb\u009d0;x\u009c", `a\u{9B}2Jb\u{9D}0;x\u{9C}`},
		"C1 as a byte":         {"a\x9bb", `a\x9bb`},
		"carriage return":      {"safe\rEVIL", "safe␍EVIL"},
		"newline and tab":      {"a\nb\tc", "a␊b␉c"},
		"NUL and DEL":          {"\x00\x7f", "␀␡"},
		"backspaces":           {"ab\b\b", "ab␈␈"},
		"right to left":        {"a\u202eb\u2066c\u2069", `a\u{202E}b\u{2066}c\u{2069}`},
		"marks of direction":   {"\u200e\u200f\u061c", `\u{200E}\u{200F}\u{61C}`},
		"zero width":           {"a\u200bb\u200cc\u200dd\u2060e\ufefff", `a\u{200B}b\u{200C}c\u{200D}d\u{2060}e\u{FEFF}f`},
		"soft hyphen":          {"a\u00adb", `a\u{AD}b`},
		"line separators":      {"a\u0085b\u2028c\u2029d", `a\u{85}b\u{2028}c\u{2029}d`},
		"blanks":               {"a\u00a0b\u3000c\u2003d", `a\u{A0}b\u{3000}c\u{2003}d`},
		"tags":                 {"a\U000e0041\U000e007f", `a\u{E0041}\u{E007F}`},
		"variation selectors":  {"a\ufe0fb\U000e0100c\u180bd", `a\u{FE0F}b\u{E0100}c\u{180B}d`},
		"fillers":              {"\u115f\u1160\u3164\uffa0\u2800\u034f", `\u{115F}\u{1160}\u{3164}\u{FFA0}\u{2800}\u{34F}`},
		"private and unknown":  {"\ue000\U000f0000\u0378", `\u{E000}\u{F0000}\u{378}`},
		"invalid UTF-8":        {"a\xc3(\xf0\x9f", `a\xc3(\xf0\x9f`},
		"surrogate in UTF-8":   {"\xed\xa0\x80", `\xed\xa0\x80`},
		"replacement sign":     {"\ufffd", "\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Visible(c.in); got != c.want {
				t.Errorf("Visible(%+q) = %+q, want %+q", c.in, got, c.want)
			}
		})
	}
}

func TestVisibleLinesKeepsNewlines(t *testing.T) {
	t.Parallel()
	if got, want := VisibleLines("a\r\nb\t\u202e\n"), "a␍\nb␉\\u{202E}\n"; got != want {
		t.Errorf("got %+q, want %+q", got, want)
	}
}

func TestCap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		runes int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "abc…(+1)"},
		{"äöü", 3, "äöü"},
		{"äöüß!", 3, "äöü…(+2)"},
		{"a\x00\x00\x00", 2, "a␀…(+2)"},
		{"abc", 0, "…(+3)"},
		{"", 0, ""},
	} {
		if got := Cap(c.in, c.runes); got != c.want {
			t.Errorf("Cap(%q, %d) = %q, want %q", c.in, c.runes, got, c.want)
		}
	}
}

// Names are made visible for every row of every frame.
func TestVisibleOfPrintingTextDoesNotAllocate(t *testing.T) {
	name := strings.Repeat("payments-ca-cert über ", 4)
	if n := testing.AllocsPerRun(100, func() { _ = Visible(name) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzVisible(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b]52;c;x\a", "\u202e\u200b", "\x9b\xff", "a\nb", "\U000e0041\ufe0f", "\u3164"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		once := Visible(in)
		if strings.ContainsRune(once, '\n') {
			t.Errorf("a newline left Visible: %+q", once)
		}
		for _, out := range []string{once, VisibleLines(in), Cap(in, 8)} {
			if !utf8.ValidString(out) {
				t.Errorf("not UTF-8: %+q", out)
			}
			for _, r := range out {
				hidden := r < 0x20 && r != '\n' || r >= 0x7f && r <= 0x9f || unicode.In(r, unicode.Cf, unicode.Bidi_Control,
					unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point, unicode.Zl, unicode.Zp)
				if hidden {
					t.Errorf("%U left Visible: %+q", r, out)
				}
			}
		}
		if twice := Visible(once); twice != once {
			t.Errorf("not settled: %+q, then %+q", once, twice)
		}
	})
}
