package model

// pair is a certificate and a key that one backend or resource names together.
type pair struct {
	of     user
	client bool // client certificate and client key
}

// halves are the two secrets of a pair.
type halves struct{ certificate, key Ref }

// pairOf tells of which pair a reference names a half. What stands in a place
// that is not known is a half of none: its role is only the name of a field. Nor
// is what control planes do not read.
func pairOf(r Reference) (of pair, isKey, ok bool) {
	if r.Guessed || r.moot() {
		return pair{}, false, false
	}
	of = pair{of: r.user()}
	switch r.Role {
	case "certificate":
		return of, false, true
	case "key":
		return of, true, true
	case "client certificate":
		of.client = true
		return of, false, true
	case "client key":
		of.client = true
		return of, true, true
	}
	return pair{}, false, false
}

// pairsOf gives the pairs that references name, by their secrets and in the
// order of the references. Where a resource names two secrets for one half, the
// first counts.
func pairsOf(refs []Reference) map[Ref][]halves {
	named := make(map[pair]halves, len(refs)/2)
	order := make([]pair, 0, len(refs)/2)
	for _, r := range refs {
		of, isKey, ok := pairOf(r)
		if !ok {
			continue
		}
		h, known := named[of]
		if !known {
			order = append(order, of)
		}
		switch {
		case isKey && h.key == Ref{}:
			h.key = r.Target()
		case !isKey && h.certificate == Ref{}:
			h.certificate = r.Target()
		}
		named[of] = h
	}
	pairs := make(map[Ref][]halves, 2*len(order))
	for _, of := range order {
		if h := named[of]; h.key != (Ref{}) && h.certificate != (Ref{}) && h.key != h.certificate {
			pairs[h.certificate] = append(pairs[h.certificate], h)
			pairs[h.key] = append(pairs[h.key], h)
		}
	}
	return pairs
}

// match tells a row of the other half of each of its pairs. A secret may be a
// half of several: the first that does not match counts, else the first.
func (s sources) match(row *Row) {
	for _, h := range s.pairs[row.Secret.Ref] {
		isKey := h.key == row.Secret.Ref
		partner := h.key
		if isKey {
			partner = h.certificate
		}
		other := s.secret(partner)
		if other == nil && s.expect(partner) {
			other = &Secret{Ref: partner} // a ghost
		}
		switch {
		case other == nil:
		case isKey:
			mismatch, keyBlamed := compare(other, &row.Secret)
			row.tell(partner, mismatch, keyBlamed)
		default:
			mismatch, keyBlamed := compare(&row.Secret, other)
			row.tell(partner, mismatch, !keyBlamed)
		}
	}
}

// compare tells whether two halves do not match, and whether it is the key
// that is to blame: the half that cannot be one, else the one that was changed
// last.
func compare(certificate, key *Secret) (mismatch, keyBlamed bool) {
	noCertificate, noKey := wrongHalf(certificate.Facts, true), wrongHalf(key.Facts, false)
	keyBlamed = !certificate.Modified.After(key.Modified)
	if noCertificate != noKey {
		keyBlamed = noKey
	}
	return noCertificate || noKey || differ(certificate.Facts, key.Facts), keyBlamed
}

func (r *Row) tell(partner Ref, mismatch, blamed bool) {
	if (r.Partner == Ref{}) || mismatch && !r.Mismatch {
		r.Partner, r.Mismatch = partner, mismatch
	}
	// One that is blamed for any of its pairs stays blamed.
	r.Blamed = r.Blamed || mismatch && blamed
}

// differ tells whether a certificate and a key are known to belong to
// different pairs. What cannot be told does not differ.
func differ(certificate, key Facts) bool {
	if len(certificate.Certificates) == 0 {
		return false
	}
	if key.Kind != PrivateKey && key.Kind != CertificateAndKey {
		return false
	}
	a, b := certificate.Certificates[0].Key, key.Key
	none := [32]byte{}
	return a.Public != none && b.Public != none && !a.Matches(b)
}

// wrongHalf tells whether what was learnt of a half cannot be that half at all:
// a private key where the certificate belongs, or text where the key does.
func wrongHalf(f Facts, certificate bool) bool {
	switch f.Kind {
	case Unlearnt, CertificateAndKey:
		return false
	case CACertificate, Certificate:
		return !certificate
	case PrivateKey:
		return certificate
	case Empty, PublicKey, JWT, JSON, VaultReference, Text, Binary:
	}
	return true
}
