package model

import "strings"

// withoutSigner says what comes of a value that is no key, where the control plane
// takes the secret for one that signs tokens.
func (i Inventory) withoutSigner(ref Ref) string {
	f, rest, ok := familyOf(ref)
	if !ok || f.kind != signingKey {
		return ""
	}
	const older = "tokens of its serial are not accepted"
	switch signs := serialOf(rest) >= i.highest(f, ref.Mesh); {
	case signs && i.some:
		return older + ", and none can be issued if its serial is the highest"
	case signs:
		return "tokens cannot be issued, as its serial is the highest"
	}
	return older
}

// noSigner says why a value is no key that signs tokens, "" when it is one or
// nobody knows. Control planes read PEM of type RSA PRIVATE KEY, and what older
// ones stored, the same without PEM: the form of PKCS#8, which tools write now,
// they refuse.
func (f Facts) noSigner() string {
	switch {
	case !f.explained():
		return ""
	case f.Kind == Empty:
		return noValue
	case f.Kind != PrivateKey:
		return "it is " + withArticle(f.Kind) + ", where a signing key belongs"
	case f.Problem == problemLargeKey:
		return ""
	case f.Key.Public == [32]byte{}:
		return f.Problem
	case f.Key.rsaBits() == 0:
		return "it is a key of type " + firstWord(f.Key.Algorithm, "that is not known") + ", where an RSA key belongs"
	}
	if encoding := strings.TrimSuffix(f.Key.Encoding, ", DER"); encoding != "PKCS#1" {
		return "it is a key in " + encoding + ", where one in PKCS#1 belongs"
	}
	return ""
}

// signer holds a value to what the control plane takes it for by the secret's
// name.
func (p *preflight) signer() {
	why := p.Facts.noSigner()
	if p.Tokens == "" || why == "" {
		return
	}
	p.add(Verdict{Level: Warn, Topic: "role", What: why, When: FailsLater, Taken: "accepted", Then: p.Tokens})
}
