package model

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Base64FaultKind is what is wrong with a text that should be base64.
type Base64FaultKind uint8

// The faults of base64.
const (
	Base64Character Base64FaultKind = iota // a character that base64 does not have
	Base64Blank                            // a blank or tab
	Base64URLSafe                          // "-" or "_", of the other alphabet
	Base64Padding                          // "=" is missing at the end
	Base64Cut                              // a single character is left over: something is missing
	Base64Inside                           // "=" before the end, or more of it than belongs there
)

// Base64Fault says why a text is not the base64 that control planes take, and
// where. It never holds what stands there.
type Base64Fault struct {
	Kind     Base64FaultKind
	Position int // of the first wrong character, from 1, line ends counted; of what is missing the place where it should stand
	Missing  int // of Base64Padding: how many "="
}

// DecodeBase64 decodes the standard alphabet with padding, line ends inside
// tolerated: what a control plane takes in the data of a secret.
func DecodeBase64(text string) ([]byte, *Base64Fault) {
	if fault := base64Fault(text); fault != nil {
		return nil, fault
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil { // no text is known that gets here; none may pass undecoded
		return nil, &Base64Fault{Kind: Base64Character, Position: 1}
	}
	return value, nil
}

func base64Fault(text string) *Base64Fault {
	digits, padding, position := 0, 0, 0
	for _, r := range text {
		position++
		switch {
		case r == '\n' || r == '\r':
		case r == '=':
			padding++
			if (digits+padding)%4 == 1 || padding > 2 || digits%4 == 1 {
				return &Base64Fault{Kind: Base64Inside, Position: position}
			}
		case r == ' ' || r == '\t':
			return &Base64Fault{Kind: Base64Blank, Position: position}
		case r == '-' || r == '_':
			return &Base64Fault{Kind: Base64URLSafe, Position: position}
		case !base64Digit(r):
			return &Base64Fault{Kind: Base64Character, Position: position}
		case padding > 0:
			return &Base64Fault{Kind: Base64Inside, Position: position}
		default:
			digits++
		}
	}
	end := utf8.RuneCountInString(strings.TrimRight(text, "\r\n")) + 1
	switch {
	case digits%4 == 1:
		return &Base64Fault{Kind: Base64Cut, Position: end}
	case (digits+padding)%4 != 0:
		return &Base64Fault{Kind: Base64Padding, Position: end, Missing: 4 - (digits+padding)%4}
	}
	return nil
}

func base64Digit(c rune) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// Sentence says what is wrong and what to do, for the status line.
func (f Base64Fault) Sentence() string {
	at := Ordinal(f.Position)
	const asItIs = ` Choose "as it is" if it is meant as text.`
	switch f.Kind {
	case Base64Character:
		return "The " + at + " character does not belong to base64, so the value cannot be decoded." + asItIs
	case Base64Blank:
		return "The " + at + " character is a blank, and base64 has none. Take it out, or choose \"as it is\" if it is meant as text."
	case Base64URLSafe:
		return "The " + at + " character is of URL-safe base64, which control planes refuse. Write + for - and / for _, or choose \"as it is\"."
	case Base64Padding:
		return fmt.Sprintf("At the end of the base64 %s missing, so the value cannot be decoded. Add %s, or choose \"as it is\".", f.signs(), f.pronoun())
	case Base64Cut:
		return "The base64 ends in the middle, before the " + at + " character: it was cut off. Paste it whole, or choose \"as it is\"."
	case Base64Inside:
		return "The " + at + " character of the base64 is not where it belongs: \"=\" only ends it. Paste one value, or choose \"as it is\"."
	}
	return ""
}

// Line says the same among the checks of a form, short and without an end.
func (f Base64Fault) Line() string {
	at := Ordinal(f.Position)
	switch f.Kind {
	case Base64Character:
		return "the " + at + " character does not belong to base64: the value cannot be decoded"
	case Base64Blank:
		return "the " + at + " character is a blank, and base64 has none"
	case Base64URLSafe:
		return "the " + at + " character is of URL-safe base64: write + for - and / for _"
	case Base64Padding:
		return "at the end " + f.signs() + " missing"
	case Base64Cut:
		return "it ends in the middle, before the " + at + " character: it was cut off"
	case Base64Inside:
		return "the " + at + " character is not where it belongs: \"=\" only ends base64"
	}
	return ""
}

func (f Base64Fault) signs() string {
	if f.Missing == 1 {
		return `one "=" is`
	}
	return fmt.Sprintf(`%d "=" are`, f.Missing)
}

func (f Base64Fault) pronoun() string {
	if f.Missing == 1 {
		return "it"
	}
	return "them"
}
