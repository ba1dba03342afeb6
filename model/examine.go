package model

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"unicode/utf8"
)

// Bounds of what is explained. A value comes from whoever may write secrets,
// so none of them may cost more than a moment.
const (
	MaxExplained    = 1 << 20 // bytes of a value that is looked into
	MaxCertificates = 64      // of one value
	maxBlocks       = 256     // PEM blocks of one value
)

// Why a value is not explained, or cannot be used: texts of Facts.Problem.
const (
	problemTooLarge = "too large to explain"
	problemUTF16    = "it is UTF-16, which hardly any reader expects"
)

// Examiner learns facts from values. Its key makes fingerprints comparable
// within a session and useless outside of it.
type Examiner struct{ key [32]byte }

// NewExaminer makes an Examiner whose fingerprints are keyed with key.
func NewExaminer(key [32]byte) Examiner { return Examiner{key: key} }

// Examine learns what a value is from its bytes alone. Nothing is verified, no
// signature and no date, and nothing of the value is kept. It is bounded: of a
// value above MaxExplained only size, fingerprint and whether it is text are
// learnt.
func (e Examiner) Examine(value []byte) Facts {
	f := Facts{Size: len(value), Fingerprint: e.fingerprint(value)}
	f.TrailingNewline = len(value) > 0 && value[len(value)-1] == '\n'
	f.learn(value)
	// In bytes that are no text, line ends are chance.
	if f.Kind == Binary {
		f.TrailingNewline = false
	} else {
		f.CRLF = bytes.Contains(value, []byte("\r\n"))
	}
	return f
}

// fingerprint is the beginning of a keyed hash: enough to tell values apart on
// one screen, too little to look a value up by.
func (e Examiner) fingerprint(value []byte) string {
	mac := hmac.New(sha256.New, e.key[:])
	_, _ = mac.Write(value)
	digits := hex.EncodeToString(mac.Sum(nil)[:4])
	return digits[:4] + " " + digits[4:]
}

func (f *Facts) learn(value []byte) {
	switch {
	case len(value) == 0:
		f.Kind = Empty
	case len(value) > MaxExplained:
		f.Kind = plainKind(value)
		f.Problem = problemTooLarge
	case utf16Mark(value):
		f.Kind, f.BOM, f.Problem = Binary, true, problemUTF16
	default:
		f.learnForm(value)
	}
}

// byteOrderMark is U+FEFF in UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// utf16Mark tells whether the value begins with the byte order mark of UTF-16.
func utf16Mark(value []byte) bool {
	return len(value)%2 == 0 && (bytes.HasPrefix(value, []byte{0xff, 0xfe}) || bytes.HasPrefix(value, []byte{0xfe, 0xff}))
}

// learnForm tries the forms that have a mark of their own, from the surest.
func (f *Facts) learnForm(value []byte) {
	if f.learnPEM(value) || f.learnDER(value) {
		f.BOM = bytes.HasPrefix(value, byteOrderMark)
		return
	}
	if f.Kind = plainKind(value); f.Kind == Binary {
		return
	}
	f.BOM = bytes.HasPrefix(value, byteOrderMark)
	if f.learnVault(value) || f.learnJWT(value) || f.learnJSON(bytes.TrimPrefix(value, byteOrderMark)) {
		return
	}
	f.EncodedTwice = encodedTwice(value)
}

// plainKind is Text for valid UTF-8 without control characters but tabs and
// line ends, else Binary.
func plainKind(value []byte) Kind {
	if !utf8.Valid(value) {
		return Binary
	}
	for _, c := range value {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return Binary
		}
	}
	return Text
}

// shortestEncoded is the length from which text can look like base64: "true",
// "admin123" and the like are base64 by chance.
const shortestEncoded = 16

// encodedTwice tells what a value is that was encoded before it was given to
// the control plane, which encodes once more. Unlearnt means that it does not
// look so.
func encodedTwice(value []byte) Kind {
	if len(value) < shortestEncoded || !decodesToSense(value) {
		return Unlearnt
	}
	// Only line ends are tolerated, as everywhere.
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(value)))
	n, err := base64.StdEncoding.Decode(decoded, value)
	decoded = decoded[:n]
	defer clear(decoded)
	if err != nil {
		return Unlearnt
	}
	var inner Facts
	switch {
	case inner.learnPEM(decoded), inner.learnDER(decoded):
		return inner.Kind
	case plainKind(decoded) == Binary:
		return Unlearnt
	case inner.learnVault(decoded), inner.learnJWT(decoded), inner.learnJSON(decoded):
		return inner.Kind
	}
	return Text
}

// decodesToSense decodes the first characters alone: random keys, which are
// most of what looks like base64, end here.
func decodesToSense(value []byte) bool {
	var room [12]byte
	for _, c := range value[:shortestEncoded] {
		if !base64Digit(rune(c)) && c != '=' {
			return false
		}
	}
	n, err := base64.StdEncoding.Decode(room[:], value[:shortestEncoded])
	if err != nil {
		return false
	}
	if room[0] == derSequence {
		return true
	}
	for _, c := range room[:n] {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
