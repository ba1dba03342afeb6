package model

import (
	"bytes"
	"strings"
	"time"
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

// Expectation is what those who refer to a secret read its value as. The zero
// Expectation is that of a secret that nothing refers to.
type Expectation struct {
	Name        string // of the secret; "" while it has none
	Role        string // that of a Reference: "certificate", "key", "CA", ...
	Mesh        string
	Backend     string // the Mesh's mTLS backend that refers to it; "" for other resources
	Partner     Facts  // the other half of a certificate and key named together
	PartnerName string
}

// ValueTraits are what a control plane takes for a value. Empty values are
// refused whatever it takes: no reader can use one.
type ValueTraits struct {
	MaxValue int // bytes; 0 when there is no limit
}

// inspection is a value under inspection, and what was found so far.
type inspection struct {
	Facts
	value   []byte
	expects Expectation
	found   []Finding
}

func (i *inspection) add(level Level, topic string, mend Mend, text string) {
	i.found = append(i.found, Finding{Level: level, Topic: topic, Text: text, Mend: mend})
}

// CheckValue looks at a value as it would be stored, given its facts, and
// tells what is good to know before it is saved: what stops it, what its
// readers would stumble over, and whether it is what those who refer to it
// expect. now decides what has expired.
func CheckValue(f Facts, value []byte, expects Expectation, traits ValueTraits, now time.Time) []Finding {
	i := inspection{Facts: f, value: value, expects: expects}
	if f.Size == 0 {
		i.add(Stop, "value", NoMend, "the value is empty: type or paste one, or take it from a file")
		return i.found
	}
	if traits.MaxValue > 0 && f.Size > traits.MaxValue {
		i.add(Stop, "size", NoMend, "it has "+CountWord(f.Size)+" bytes; "+CountWord(traits.MaxValue)+" is the most this control plane takes")
	}
	i.add(Pass, "kind", NoMend, f.Describe()+", "+byteCount(f.Size))
	if f.Problem != "" && f.Problem != problemUTF16 {
		i.add(Warn, "problem", NoMend, f.Problem)
	}
	i.form()
	i.role()
	i.time(now)
	i.strength()
	i.pair()
	return i.found
}

func byteCount(n int) string {
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
	case i.TrailingNewline && (i.Kind == Text || i.Kind == JWT) && !IsRevocations(Ref{Mesh: i.expects.Mesh, Name: i.expects.Name}):
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
		i.add(Warn, "vault", NoMend,
			"a control plane does not resolve this: whoever uses the secret gets the reference itself, not what it points to")
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

// time looks at what expires, by the clock of this machine: it may be wrong,
// so that is said.
func (i *inspection) time(now time.Time) {
	what := map[Kind]string{CACertificate: "CA", JWT: "token"}[i.Kind]
	if what == "" {
		what = "certificate"
	}
	const byClock = " by this machine's clock"
	switch {
	case !i.NotAfter.IsZero() && !i.NotAfter.After(now):
		text := "this " + what + " expired on " + i.NotAfter.UTC().Format(time.DateOnly) + byClock
		if i.Kind == CACertificate {
			text += "; the control plane accepts it, data planes will not"
		}
		i.add(Warn, "expired", NoMend, text)
	case i.NotBefore.After(now):
		i.add(Warn, "not yet", NoMend, "this "+what+" is valid only from "+i.NotBefore.UTC().Format("2006-01-02 15:04")+" UTC,"+byClock)
	}
}

// RSA keys that TLS libraries take.
const (
	leastRSA = 2048
	mostRSA  = 8192
)

// strength looks at the keys: those that data planes refuse or will soon.
func (i *inspection) strength() {
	k, short, found := i.feeble()
	switch {
	case short:
		i.add(Warn, "weak", NoMend, k.Algorithm+" is too short to be safe; data planes refuse less than RSA 2048")
	case found:
		i.add(Warn, "large", NoMend, k.Algorithm+" is longer than TLS libraries take; RSA 8192 is the most")
	}
	if found {
		return
	}
	keys := []KeyFacts{i.Key}
	for _, c := range i.Certificates {
		keys = append(keys, c.Key)
	}
	for _, k := range keys {
		if i.expects.Role != "" && (k.Algorithm == "Ed25519" || strings.HasPrefix(k.Algorithm, "EC P-5")) {
			i.add(Inform, "key", NoMend, "not every data plane takes "+k.Algorithm+"; EC P-256 and RSA 2048 are taken everywhere")
			return
		}
	}
}

// pair holds a certificate and a key that are named together to each other.
func (i *inspection) pair() {
	e := i.expects
	mine, theirs := i.Facts, e.Partner
	if strings.HasSuffix(e.Role, "key") {
		mine, theirs = theirs, mine
	}
	if e.PartnerName == "" || len(mine.Certificates) == 0 {
		return
	}
	certificate, key := mine.Certificates[0].Key, theirs.Key
	name := Visible(e.PartnerName)
	switch {
	case certificate.Public == [32]byte{} || key.Public == [32]byte{}:
		return
	case certificate.Matches(key):
		i.add(Pass, "pair", NoMend, "matches "+name)
		return
	}
	this, other := "certificate", "key"
	if strings.HasSuffix(e.Role, "key") {
		this, other = other, this
	}
	if e.Backend == "" {
		i.add(Warn, "pair", NoMend, "does not match "+name+", which is named beside this "+this+
			"; until both match, connections fail. Save the new "+other+" right after this "+this)
		return
	}
	i.add(Warn, "pair", NoMend, "does not match "+name+", which mTLS backend "+Visible(e.Backend)+" names beside this "+this+
		". Until both match, nothing can be issued and changes of mesh "+Visible(e.Mesh)+
		" are refused; data planes keep what they have. Save the new "+other+" right after this "+this)
}
