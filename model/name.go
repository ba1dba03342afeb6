package model

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// MaxName is the number of bytes that a name may have, on either environment.
const MaxName = 253

// NameFaultKind is what is wrong with a name.
type NameFaultKind uint8

// The faults of a name.
const (
	NameEmpty     NameFaultKind = iota
	NameTooLong                 // longer than MaxName
	NameCharacter               // a character that no name has
	NamePlace                   // a "-" or "." where a letter or digit belongs
)

// NameFault says what is wrong with a name, and where.
type NameFault struct {
	Kind     NameFaultKind
	Rune     rune   // the first that is wrong; utf8.RuneError for a byte that is no UTF-8
	Position int    // of that rune, from 1; of NameTooLong the name's length
	shown    string // the rune in words
}

// CheckName tells what is wrong with the name of a secret, or nil. The rule is
// that of both environments: parts of lower-case letters, digits and "-",
// joined by ".", each beginning and ending with a letter or digit, at most
// MaxName bytes. Names that exist may break it: it is for names being chosen.
func CheckName(name string) *NameFault {
	if name == "" {
		return &NameFault{Kind: NameEmpty}
	}
	position := 0
	for at, r := range name {
		position++
		if !nameRune(r) {
			return &NameFault{NameCharacter, r, position, inWords(name[at:], r)}
		}
	}
	for at := range len(name) {
		if r := rune(name[at]); !alphanumeric(r) && !inside(name, at) {
			return &NameFault{NamePlace, r, at + 1, inWords(name[at:], r)}
		}
	}
	if len(name) > MaxName {
		return &NameFault{Kind: NameTooLong, Position: len(name)}
	}
	return nil
}

// Sentence says what is wrong and what to do, for the status line.
func (f NameFault) Sentence() string {
	switch f.Kind {
	case NameEmpty:
		return `The secret needs a name: lower-case letters, digits, "-" and "."`
	case NameTooLong:
		return fmt.Sprintf("The name has %s characters; %d is the most.", CountWord(f.Position), MaxName)
	case NameCharacter:
		return fmt.Sprintf(`In a name only lower-case letters, digits, "-" and "." are allowed; %s, the %s character, is not.`,
			f.shown, Ordinal(f.Position))
	case NamePlace:
		return fmt.Sprintf(`In a name each "-" and "." stands between letters or digits; %s, the %s character, does not.`,
			f.shown, Ordinal(f.Position))
	}
	return ""
}

// Line says the same beside the name of a form, short and without an end.
func (f NameFault) Line() string {
	switch f.Kind {
	case NameEmpty:
		return `a name is needed: lower-case letters, digits, "-" and "."`
	case NameTooLong:
		return fmt.Sprintf("it has %s characters; %d is the most", CountWord(f.Position), MaxName)
	case NameCharacter:
		return fmt.Sprintf(`only lower-case letters, digits, "-" and "." are allowed; %s, the %s, is not`, f.shown, Ordinal(f.Position))
	case NamePlace:
		return fmt.Sprintf(`each "-" and "." stands between letters or digits; %s, the %s, does not`, f.shown, Ordinal(f.Position))
	}
	return ""
}

// Ordinal is a position in words: "1st", "2nd", "13th", "1,021st".
func Ordinal(n int) string {
	ending := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return CountWord(n) + ending
}

func nameRune(r rune) bool {
	return r == '-' || r == '.' || alphanumeric(r)
}

func alphanumeric(c rune) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// inside tells whether the "-" or "." at a place may stand there: dots between
// letters or digits, dashes anywhere but at the edge of a part.
func inside(name string, at int) bool {
	if at == 0 || at == len(name)-1 {
		return false
	}
	before, after := name[at-1], name[at+1]
	if name[at] == '.' {
		return before != '.' && before != '-'
	}
	return before != '.' && after != '.'
}

// inWords names a rune: quoted when it shows, with its number when it could be
// taken for another one.
func inWords(text string, r rune) string {
	_, size := utf8.DecodeRuneInString(text)
	shown := Visible(text[:size])
	switch {
	case r == ' ':
		return "a blank"
	case r == '\n':
		return "a newline"
	case r == '\t':
		return "a tab"
	case r >= utf8.RuneSelf && shown == text[:size] && unicode.IsPrint(r):
		return fmt.Sprintf("\"%s\" (U+%04X)", shown, r)
	}
	return `"` + shown + `"`
}
