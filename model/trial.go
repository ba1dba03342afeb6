package model

// Trial is a value as it is, or as it is to be, before those who refer to its
// secret: before a value is saved, before a secret is reassigned into a mesh
// that names it, and when one looks at it.
type Trial struct {
	Facts   Facts
	Was     Facts // of the value that is replaced; zero when none is
	Readers []Reader
	// Unchecked tells that the Mesh switches off the check of its CAs.
	Unchecked bool
	// Tokens says of a signing key what comes of a value that is none; it is "" for
	// every other secret.
	Tokens string
}

// Reader is one who refers to the secret, and the other half of the pair that
// it names together.
type Reader struct {
	Reference
	Partner       Ref // zero when it names no pair
	PartnerFacts  Facts
	PartnerAbsent bool
	// Asked tells that the bytes of both halves were at hand, and Said what
	// ProvidedCA says to them. Without, the facts of both decide.
	Asked bool
	Said  []Violation
}

// WithBytes is the reader once the bytes of the secret and of the other half
// were at hand: where the control plane has rules for them, those are asked.
func (r Reader) WithBytes(own, partner []byte) Reader {
	if !r.provided() {
		return r
	}
	if r.reading() == readsKey {
		own, partner = partner, own
	}
	r.Asked, r.Said = true, ProvidedCA(own, partner)
	return r
}

// Trial is a value before those who refer to a secret, there or not, as the
// inventory has them.
func (i Inventory) Trial(ref Ref, facts Facts) Trial {
	t := Trial{Facts: facts, Readers: i.Readers(ref), Tokens: i.withoutSigner(ref)}
	for _, m := range i.Meshes {
		if m.Mesh.Name == ref.Mesh {
			t.Unchecked = m.Mesh.SkipsValidation
		}
	}
	return t
}

// Users are those who refer to a secret, there or not: of one that need not be
// there no row tells. The enabled mTLS backend comes first, as in a row.
func (i Inventory) Users(ref Ref) []Reference { return i.uses.of[ref] }

// Readers are those who refer to a secret, there or not, as the inventory has
// them.
func (i Inventory) Readers(ref Ref) []Reader {
	var readers []Reader
	partners := i.partners(ref)
	for _, user := range i.uses.of[ref] {
		r := Reader{Reference: user}
		if of, _, half := pairOf(user); half {
			r.Partner = partners[of]
		}
		if r.Partner != (Ref{}) {
			row := i.row(r.Partner)
			r.PartnerAbsent = !i.partial
			if row != nil {
				r.PartnerAbsent, r.PartnerFacts = row.Ghost(), row.Secret.Facts
			}
		}
		readers = append(readers, r)
	}
	return readers
}

// partners are the other halves of a secret, by who names both. Many may name
// the same two, so each other half is looked at once.
func (i Inventory) partners(ref Ref) map[pair]Ref {
	others := map[pair]Ref{}
	seen := map[Ref]bool{}
	for _, h := range i.uses.pairs[ref] {
		other := h.certificate
		if h.certificate == ref {
			other = h.key
		}
		if seen[other] {
			continue
		}
		seen[other] = true
		for _, r := range i.uses.of[other] {
			if of, _, half := pairOf(r); half && others[of] == (Ref{}) {
				others[of] = other
			}
		}
	}
	return others
}
