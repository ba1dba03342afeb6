package model

// TrustPair is a certificate and its key that one user names together, or a
// secret that holds both. The zero TrustPair is of a leaf that has no other
// half.
type TrustPair struct {
	By               Reference // who names them
	Certificate, Key *Row      // the same row when one secret holds both; nil when there is none
	Both             bool      // one secret holds both
}

func (p TrustPair) is() bool { return p.By.Kind != "" }

func (p TrustPair) halves() (h halves) {
	if p.Certificate != nil {
		h.certificate = p.Certificate.Secret.Ref
	}
	if p.Key != nil {
		h.key = p.Key.Secret.Ref
	}
	return h
}

// partner is the other half of a secret, zero when that is not known.
func (p TrustPair) partner(ref Ref) Ref {
	for _, half := range []*Row{p.Certificate, p.Key} {
		if half != nil && half.Secret.Ref != ref {
			return half.Secret.Ref
		}
	}
	return Ref{}
}

// relate tells the leaves of a user of each other: the halves of a pair, and
// which certificate issued another.
func (u *TrustUser) relate() {
	found := map[pair]*TrustPair{}
	u.leaves(func(l *TrustLeaf) {
		of, isKey, ok := pairOf(l.Reference)
		if !ok || !l.There {
			return
		}
		p := found[of]
		if p == nil {
			p = &TrustPair{By: l.Reference}
			found[of] = p
		}
		switch {
		case isKey && p.Key == nil:
			p.Key = &l.Row
		case !isKey && p.Certificate == nil:
			p.Certificate = &l.Row
		}
	})
	issuers := u.issuers()
	u.leaves(func(l *TrustLeaf) {
		if l.Reference.Role == certificateAndKey && !l.Reference.moot() {
			if l.There {
				l.Pair = TrustPair{By: l.Reference, Certificate: &l.Row, Key: &l.Row, Both: true}
			}
			return
		}
		of, isKey, ok := pairOf(l.Reference)
		if p := found[of]; ok && p != nil && (isKey && p.Key == &l.Row || !isKey && p.Certificate == &l.Row) {
			l.Pair = *p
		}
		l.Issuer = issuers.of(l)
	})
}

// issuers are the secrets whose first certificate may issue others, by its
// subject: the first one, and another one for when that is asked about itself.
type issuers map[string][]string

func (u *TrustUser) issuers() issuers {
	found := issuers{}
	u.leaves(func(l *TrustLeaf) {
		certificates := l.Row.Secret.Facts.Certificates
		if len(certificates) == 0 || !certificates[0].IsCA {
			return
		}
		subject := certificates[0].Subject
		if named := found[subject]; len(named) == 0 || len(named) == 1 && named[0] != l.Reference.Secret {
			found[subject] = append(named, l.Reference.Secret)
		}
	})
	return found
}

// of finds the secret with the certificate that issued the first one of a
// leaf, by name, among those that the same user names.
func (is issuers) of(leaf *TrustLeaf) string {
	certificates := leaf.Row.Secret.Facts.Certificates
	if len(certificates) == 0 || certificates[0].IssuedBy >= 0 {
		return ""
	}
	for _, name := range is[certificates[0].Issuer] {
		if name != leaf.Reference.Secret {
			return name
		}
	}
	return ""
}

// match is how the halves stand to each other.
type match uint8

const (
	matchUnknown match = iota
	matchYes
	matchNo
)

// match tells it, as far as both were read.
func (p TrustPair) match() match {
	if p.Certificate == nil || p.Key == nil {
		return matchUnknown
	}
	certificate, key := &p.Certificate.Secret, &p.Key.Secret
	if p.Both {
		return certificate.Facts.matchWithin()
	}
	if !certificate.Facts.Learnt() || !key.Facts.Learnt() {
		return matchUnknown
	}
	if mismatch, _ := compare(certificate, key); mismatch {
		return matchNo
	}
	if len(certificate.Facts.Certificates) > 0 && certificate.Facts.Certificates[0].Key.Matches(key.Facts.Key) {
		return matchYes
	}
	return matchUnknown
}

// matchWithin is match for one value that holds both.
func (f Facts) matchWithin() match {
	switch {
	case !f.Learnt():
		return matchUnknown
	case f.Kind != CertificateAndKey || differ(f, f):
		return matchNo
	case len(f.Certificates) > 0 && f.Certificates[0].Key.Matches(f.Key):
		return matchYes
	}
	return matchUnknown
}

// keyBlamed tells of halves that do not match whether the key is the one that
// was changed last.
func (p TrustPair) keyBlamed() bool {
	if p.Both {
		return false
	}
	_, key := compare(&p.Certificate.Secret, &p.Key.Secret)
	return key
}
