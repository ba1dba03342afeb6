package model

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// controlPictures is the block of Unicode that draws the control characters:
// U+2400 is the picture of NUL, U+241B of ESC.
const (
	controlPictures = 0x2400
	deletePicture   = '\u2421'
)

// blank are runes that count as printable and yet show nothing, or change how
// their neighbour looks: fillers, variation selectors, joiners. Unicode calls
// most of them default ignorable.
var blank = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115f, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, // Mongolian variation selectors
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // Braille blank
		{Lo: 0x2d7f, Hi: 0x2d7f, Stride: 1}, // Tifinagh consonant joiner
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, // variation selectors
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // half-width Hangul filler
	},
	R32: []unicode.Range32{
		{Lo: 0x13441, Hi: 0x13442, Stride: 1}, // blank hieroglyphs
		{Lo: 0x16fe4, Hi: 0x16fe4, Stride: 1}, // Khitan filler
		{Lo: 0x1d159, Hi: 0x1d159, Stride: 1}, // null note head
		{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}, // tags, more variation selectors
	},
}

// Visible makes foreign text safe to show on one line. It is the one
// sanitiser: whatever came from outside goes through it before it reaches a
// screen, a message or an error.
//
// An invalid byte becomes \xNN, a control character its picture (␛ for ESC, ␊
// for a newline, ␡ for DEL), and every other rune that does not print or shows
// nothing (C1, bidi, zero-width, tags, variation selectors, blanks other than
// the space) becomes \u{HEX}. All else stays as it is, so printing ASCII costs
// no allocation and a second pass changes nothing.
func Visible(s string) string { return visible(s, false) }

// VisibleLines is Visible for text of several lines: it keeps '\n'.
func VisibleLines(s string) string { return visible(s, true) }

// Cap makes s visible and cuts it after that many runes. What is left out is
// counted: "abc…(+12)".
func Cap(s string, runes int) string {
	shown := Visible(s)
	if len(shown) <= runes {
		return shown
	}
	kept := 0
	for at := range shown {
		if kept == runes {
			return fmt.Sprintf("%s…(+%d)", shown[:at], utf8.RuneCountInString(shown[at:]))
		}
		kept++
	}
	return shown
}

func visible(s string, lines bool) string {
	at := firstHidden(s, lines)
	if at == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:at])
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[at])
		case shows(r, lines):
			b.WriteString(s[at : at+size])
		default:
			writeHidden(&b, r)
		}
		at += size
	}
	return b.String()
}

// firstHidden is where the first rune stands that must be rewritten, or the
// length of s.
func firstHidden(s string, lines bool) int {
	for at := 0; at < len(s); {
		if c := s[at]; c >= 0x20 && c < 0x7f {
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[at:])
		if r == utf8.RuneError && size == 1 || !shows(r, lines) {
			return at
		}
		at += size
	}
	return len(s)
}

func shows(r rune, lines bool) bool {
	if r == '\n' {
		return lines
	}
	return unicode.IsPrint(r) && !unicode.Is(blank, r)
}

func writeHidden(b *strings.Builder, r rune) {
	switch {
	case r < 0x20:
		b.WriteRune(controlPictures + r)
	case r == 0x7f:
		b.WriteRune(deletePicture)
	default:
		b.WriteString(`\u{` + strings.ToUpper(strconv.FormatInt(int64(r), 16)) + "}")
	}
}
