package model

import (
	"bytes"
	"strings"
)

// Level is how much a finding weighs.
type Level uint8

// The levels. Only Stop keeps a value from being saved.
const (
	Pass   Level = iota // as it should be
	Inform              // worth knowing
	Warn                // needs a look
	Stop                // must be mended first
)

// Finding is one thing that was found about a value before it is saved, as a
// line of a form: Topic is its first word, Text the rest. It never holds a part
// of the value.
type Finding struct {
	Level Level
	Topic string // "kind", "newline", "pair": at most 8 letters
	Text  string // made visible, without an end
	Mend  Mend   // what would put it right, when a key press can
}

// MostValue is how many bytes a value may have that is sent to any control plane:
// Kubernetes takes no more, and with it no zone that a secret is synced to there.
const MostValue = 1 << 20

// ValueTraits are what a control plane takes for a value. An empty one is never
// sent: no reader can use one.
type ValueTraits struct {
	MaxValue int  // bytes; 0 when it sets no limit, and MostValue is ours
	Empty    bool // it takes an empty one too
}

// inspection is a value under inspection, and what was found so far.
type inspection struct {
	Facts
	value []byte
	ref   Ref
	found []Finding
}

func (i *inspection) add(level Level, topic string, mend Mend, text string) {
	i.found = append(i.found, Finding{Level: level, Topic: topic, Text: text, Mend: mend})
}

// CheckValue looks at the bytes of a value as it would be stored, given its
// facts, and tells what stops it and what is odd about how it is written. What
// it does to those who refer to the secret is told by Preflight.
func CheckValue(f Facts, value []byte, ref Ref, traits ValueTraits) []Finding {
	i := inspection{Facts: f, value: value, ref: ref}
	switch {
	case f.Size == 0 && !traits.Empty:
		i.add(Stop, "value", NoMend, "the value is empty, and would be refused now: type or paste one, or take it from a file")
		return i.found
	case f.Size == 0:
		i.add(Stop, "value", NoMend, "the value is empty: type or paste one, or take it from a file")
		return i.found
	case traits.MaxValue > 0 && f.Size > traits.MaxValue:
		i.add(Stop, "size", NoMend, "it has "+BytesWord(f.Size)+"; "+CountWord(traits.MaxValue)+" is the most this control plane takes")
	case traits.MaxValue == 0 && f.Size > MostValue:
		i.add(Stop, "size", NoMend, "it has "+BytesWord(f.Size)+"; "+CountWord(MostValue)+" is the most a secret may have here")
	}
	i.add(Pass, "kind", NoMend, f.Describe()+", "+BytesWord(f.Size))
	if f.Problem != "" && f.Problem != problemUTF16 && f.Kind != VaultReference {
		i.add(Warn, "problem", NoMend, f.Problem)
	}
	i.form()
	return i.found
}

// BytesWord counts bytes in words: "1 byte", "1,679 bytes".
func BytesWord(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return CountWord(n) + " bytes"
}

// form looks at how the bytes are written.
func (i *inspection) form() {
	switch {
	case len(bytes.TrimSpace(i.value)) == 0:
		i.add(Warn, "blank", NoMend, "the value is nothing but blanks and line ends")
	case i.TrailingNewline && (i.Kind == Text || i.Kind == JWT) && !IsRevocations(i.ref):
		i.add(Warn, "newline", RemoveNewline,
			"the value ends with a newline, which readers of a password often take as part of it; enter removes it")
	}
	if i.CRLF {
		i.add(Warn, "lines", ToLF, "the lines end with CR LF; that is kept byte for byte, enter changes them to LF")
	}
	switch {
	case i.BOM && i.Problem == problemUTF16:
		i.add(Warn, "UTF-16", ToUTF8, "the value is UTF-16, which hardly any reader expects; enter makes it UTF-8")
	case i.BOM:
		i.add(Warn, "BOM", RemoveBOM, "it begins with a byte order mark, which most readers take as part of it; enter removes it")
	case i.Kind == Binary:
		i.add(Inform, "binary", NoMend, "this is not text: it is stored byte for byte and shown as hex")
	}
	if i.EncodedTwice != Unlearnt {
		i.add(Warn, "base64", DecodeIt, "it looks like base64 of "+withArticle(i.EncodedTwice)+"; enter decodes it, so that this itself is stored")
	}
	if i.Kind == VaultReference {
		i.add(Warn, "vault", NoMend, vaultWords(i.value)+"; a mesh control plane uses it literally, so whoever uses the secret gets the reference itself")
	}
	if i.surrounded() {
		i.add(Inform, "around", NoMend, "text stands before or after the PEM; it is kept, and readers pass over it")
	}
}

// surrounded tells whether text stands around PEM.
func (i *inspection) surrounded() bool {
	first, last := bytes.Index(i.value, pemBegin), bytes.LastIndex(i.value, pemEnd)
	if first < 0 || last < first || len(i.value) > MaxExplained {
		return false
	}
	_, end, _ := bytes.Cut(i.value[last+len(pemEnd):], []byte("-----"))
	before := bytes.TrimPrefix(i.value[:first], byteOrderMark)
	return len(bytes.TrimSpace(before)) > 0 || len(bytes.TrimSpace(end)) > 0
}

// withArticle names a kind within a sentence.
func withArticle(k Kind) string {
	switch k {
	case CACertificate:
		return "a CA certificate"
	case Certificate:
		return "a certificate"
	case PrivateKey:
		return "a private key"
	case PublicKey:
		return "a public key"
	case CertificateAndKey:
		return "a certificate and its key"
	case JWT:
		return "a JWT"
	case VaultReference:
		return "a Kong vault reference"
	case Unlearnt, Empty, JSON, Text, Binary:
	}
	return k.String()
}

// RSA keys that TLS libraries take.
const (
	leastRSA = 2048
	mostRSA  = 8192
)

// WithoutKeys is the text of a finding without the key that a form offers with
// it.
func WithoutKeys(text string) string {
	for _, offer := range []string{"; enter ", ", enter ", ": type or paste "} {
		text, _, _ = strings.Cut(text, offer)
	}
	return text
}
