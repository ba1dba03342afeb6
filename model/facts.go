package model

import "time"

// Kind is what a value is, learnt from its bytes alone.
type Kind uint8

// The kinds of values. Unlearnt is the zero Kind: nobody has looked yet.
const (
	Unlearnt Kind = iota
	Empty
	CACertificate     // a chain of certificates, all of them CAs
	Certificate       // a chain with at least one certificate that is no CA
	PrivateKey        // one private key, PEM or DER
	PublicKey         // one public key, as a zone holds of its global's signing keys
	CertificateAndKey // certificates and exactly one private key in one value
	JWT
	JSON
	VaultReference // a Kong Gateway vault reference, which a mesh control plane does not resolve
	Text
	Binary
)

// String is the word of the KIND column.
func (k Kind) String() string {
	switch k {
	case Unlearnt:
		return "…"
	case Empty:
		return "empty"
	case CACertificate:
		return "CA cert"
	case Certificate:
		return "certificate"
	case PrivateKey:
		return "private key"
	case PublicKey:
		return "public key"
	case CertificateAndKey:
		return "cert + key"
	case JWT:
		return "JWT"
	case JSON:
		return "JSON"
	case VaultReference:
		return "vault ref"
	case Text:
		return "text"
	case Binary:
		return "binary"
	}
	return "binary"
}

// Facts is what was learnt from a value without keeping it. Nothing in it
// gives the value back: certificates and public keys are public, the
// fingerprint is keyed anew in each session.
type Facts struct {
	Kind        Kind
	Size        int    // bytes
	Fingerprint string // 8 hex digits in two groups, "2d05 0ff1"

	NotBefore time.Time // latest of a chain; zero when the kind has none
	NotAfter  time.Time // earliest of a chain, or a JWT's exp; zero when it does not expire

	Certificates []CertificateFacts // in the order of the value
	Key          KeyFacts           // of PrivateKey, PublicKey and CertificateAndKey
	Algorithm    string             // of a JWT: its alg, made visible
	Shape        string             // of JSON: "an object of 5", "a list of 3", "a string"
	Problem      string             // why the bytes that look like this kind cannot be used ("the PEM block is cut off"), or ""

	TrailingNewline bool
	CRLF            bool
	BOM             bool
	EncodedTwice    Kind // what base64 text decodes to, when it looks encoded twice; else Unlearnt
}

// Learnt tells whether anybody has looked at the value.
func (f Facts) Learnt() bool { return f.Kind != Unlearnt }

// CertificateFacts describes one certificate. All strings are made visible.
type CertificateFacts struct {
	Subject   string // "O=demo, not real, CN=payments demo CA"
	Issuer    string
	IssuedBy  int    // index into Facts.Certificates of its issuer, its own when self-signed, -1 when not here
	Serial    string // "10:05"
	NotBefore time.Time
	NotAfter  time.Time
	IsCA      bool
	// PathLength is the CA's path length, -1 when there is none.
	PathLength int
	// Usages are the key usages in words: "sign certificates".
	CertSign, CRLSign, KeyAgreement bool
	Names                           []string // DNS names, addresses, mail, URIs, in this order
	Key                             KeyFacts
	SHA256                          [32]byte // of the DER bytes
}

// KeyFacts describes a key without holding a private part.
type KeyFacts struct {
	Algorithm string   // "EC P-256", "RSA 2048", "Ed25519"; "" when there is no key or it cannot be told
	Encoding  string   // "PKCS#8", "PKCS#1", "SEC 1", "PKIX"; of a private key "PKCS#1, DER" without PEM
	Encrypted bool     // then only Encoding is known
	Public    [32]byte // SHA-256 of the PKIX form of the public key, zero when unknown: two keys match when it is equal
}

// Matches tells whether two keys are of one pair.
func (k KeyFacts) Matches(o KeyFacts) bool {
	return k.Public != [32]byte{} && k.Public == o.Public
}
