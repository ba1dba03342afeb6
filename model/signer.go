package model

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
// nobody knows.
func (f Facts) noSigner() string {
	switch {
	case !f.explained():
		return ""
	case f.Kind == Empty:
		return noValue
	case f.Kind != PrivateKey:
		return "it is " + withArticle(f.Kind) + ", where a signing key belongs"
	case f.Key.Public != [32]byte{} && f.Key.rsaBits() == 0:
		return "it is a key of type " + f.Key.Algorithm + ", where an RSA key belongs"
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
