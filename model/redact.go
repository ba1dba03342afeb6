package model

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// shortestRun is the number of bytes from which a run of a value counts as
	// a leak.
	shortestRun = 6
	// shortestValue is the length from which a value shorter than a run is
	// looked for as a whole.
	shortestValue = 4
)

// Redact takes values out of a text of the other side: servers echo what they
// were sent. Every run of at least 6 bytes of a value, plain, in base64 of
// either alphabet at any alignment, in hex, or escaped as in JSON or Go,
// becomes the mask; so does a whole value of 4 or 5 bytes. A run that only
// looks like one is masked as well. The result is made visible.
//
// The text is indexed, not the value, so the cost grows with the length of
// both and not with their product.
func Redact(text string, values ...Value) string {
	if len(text) < shortestValue {
		return Visible(text)
	}
	hidden := make([]bool, len(text))
	found := newSieve(text)
	for _, v := range values {
		raw := v.Reveal()
		if len(raw) < shortestRun {
			hideWhole(hidden, text, raw)
		}
		found.pour(raw)
	}
	found.hide(hidden, text)
	return Visible(cover(text, hidden))
}

// cover replaces each hidden stretch by one mask.
func cover(text string, hidden []bool) string {
	var b strings.Builder
	for i := range len(text) {
		if !hidden[i] {
			b.WriteByte(text[i])
			continue
		}
		if i == 0 || !hidden[i-1] {
			b.WriteString(Mask)
		}
	}
	return b.String()
}

func hideWhole(hidden []bool, text string, raw []byte) {
	if len(raw) < shortestValue {
		return
	}
	value := string(raw)
	for at := 0; ; {
		next := strings.Index(text[at:], value)
		if next < 0 {
			return
		}
		for i := range len(raw) {
			hidden[at+next+i] = true
		}
		at += next + 1
	}
}

// gram is 6 bytes in a row.
type gram uint64

const gramMask = 1<<(8*shortestRun) - 1

func (g gram) add(c byte) gram { return (g<<8 | gram(c)) & gramMask }

// slot spreads grams over the coarse index.
func (g gram) slot() (word, bit uint64) {
	n := uint64(g) * 0x9e3779b97f4a7c15 >> (64 - coarseBits)
	return n / 64, 1 << (n % 64)
}

const coarseBits = 20

// sieve holds the grams of a text, and which of them a value has too. What is
// written to it is the value in one of its forms, in pieces of any size.
type sieve struct {
	coarse []uint64 // one bit for each slot that holds a gram: most grams of a value end here
	seen   map[gram]bool
	last   gram
	filled int
}

func newSieve(text string) *sieve {
	s := &sieve{coarse: make([]uint64, 1<<coarseBits/64), seen: make(map[gram]bool, len(text))}
	var g gram
	for i := range len(text) {
		g = g.add(text[i])
		if i >= shortestRun-1 {
			s.seen[g] = false
			word, bit := g.slot()
			s.coarse[word] |= bit
		}
	}
	return s
}

// Write notes the grams of p that the text has. It never fails.
func (s *sieve) Write(p []byte) (int, error) {
	for _, c := range p {
		s.last = s.last.add(c)
		s.filled++
		word, bit := s.last.slot()
		if s.filled < shortestRun || s.coarse[word]&bit == 0 {
			continue
		}
		if hit, here := s.seen[s.last]; here && !hit {
			s.seen[s.last] = true
		}
	}
	return len(p), nil
}

// pour writes a value in all forms. Encoders keep only a small buffer, so no
// second copy of a value is made.
func (s *sieve) pour(raw []byte) {
	s.form(func(w io.Writer) { write(w, raw) })
	for skip := range min(3, len(raw)) {
		for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			s.form(func(w io.Writer) {
				encoder := base64.NewEncoder(alphabet, w)
				write(encoder, raw[skip:])
				_ = encoder.Close()
			})
		}
	}
	s.form(func(w io.Writer) { write(hex.NewEncoder(w), raw) })
	s.form(func(w io.Writer) { write(hex.NewEncoder(upper{w}), raw) })
	s.form(func(w io.Writer) { escape(w, raw, true) })
	s.form(func(w io.Writer) { escape(w, raw, false) })
}

func (s *sieve) form(of func(io.Writer)) {
	s.last, s.filled = 0, 0
	of(s)
}

func (s *sieve) hide(hidden []bool, text string) {
	var g gram
	for i := range len(text) {
		g = g.add(text[i])
		if i < shortestRun-1 || !s.seen[g] {
			continue
		}
		for back := range shortestRun {
			hidden[i-back] = true
		}
	}
}

// write cannot fail: what is at the end of w is a sieve.
func write(w io.Writer, p []byte) { _, _ = w.Write(p) }

// upper turns what passes into upper case.
type upper struct{ to io.Writer }

func (u upper) Write(p []byte) (int, error) {
	raised := make([]byte, len(p))
	defer clear(raised)
	for i, c := range p {
		raised[i] = c
		if c >= 'a' && c <= 'f' {
			raised[i] = c - 'a' + 'A'
		}
	}
	return u.to.Write(raised)
}

// escape writes a value as a string literal of JSON, or of Go.
func escape(w io.Writer, raw []byte, asJSON bool) {
	var room [16]byte
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		piece := raw[:size]
		switch {
		case asJSON && (r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == '<' || r == '>' || r == '&'):
			piece = append(room[:0], `\u00`...)
			piece = hex.AppendEncode(piece, raw[:1])
		case r == '\n', r == '\r', r == '\t', r == '"', r == '\\':
			piece = strconv.AppendQuoteRuneToASCII(room[:0], r)
			piece = piece[1 : len(piece)-1]
			if r == '"' {
				piece = append(room[:0], '\\', '"')
			}
		case !asJSON && r == utf8.RuneError && size == 1:
			piece = append(room[:0], `\x`...)
			piece = hex.AppendEncode(piece, raw[:1])
		case !asJSON && !strconv.IsPrint(r):
			piece = strconv.AppendQuoteRune(room[:0], r)
			piece = piece[1 : len(piece)-1]
		}
		write(w, piece)
		raw = raw[size:]
	}
}
