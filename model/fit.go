package model

import "strings"

// reading is what those who refer to a secret take its value for. The zero
// reading takes it for nothing in particular.
type reading uint8

const (
	readsAnything    reading = iota
	readsKey                 // a private key
	readsBoth                // a certificate and its key in one value
	readsCertificate         // a certificate or a chain
	readsAuthority           // likewise, of CAs
	readsSigner              // likewise, of CAs as the rules of mTLS backends want them
)

// certificateAndKey is the role of one secret that holds both.
const certificateAndKey = "certificate and key"

// readingAs is how a role reads a value. backend tells that an mTLS backend
// reads it.
func readingAs(role string, backend bool) reading {
	switch {
	case role == "key" || role == "client key":
		return readsKey
	case role == certificateAndKey:
		return readsBoth
	case role == "certificate" && backend:
		return readsSigner
	case role == "CA":
		return readsAuthority
	case strings.HasSuffix(role, "certificate"):
		return readsCertificate
	}
	return readsAnything
}

// reading is how the one who refers reads the value. In a place that is not
// known, nobody knows, and what is not read nobody takes for anything. The
// certificate of an identity signs those of data planes, so it has to be a CA.
func (r Reference) reading() reading {
	switch {
	case r.Guessed, r.moot():
		return readsAnything
	case r.Kind == KindMeshIdentity && r.Role == "certificate":
		return readsAuthority
	}
	return readingAs(r.Role, r.OfBackend())
}

// misfitReason is why a value is not what it is read as.
type misfitReason uint8

const (
	otherKind    misfitReason = iota // it is of another kind
	keyShown                         // a private key where a certificate belongs
	keyBeside                        // a private key beside a certificate that is read alone
	notAuthority                     // no CA where one belongs
	mayNotSign                       // a CA that may not sign certificates
	agreesOnKeys                     // a CA with the key usage keyAgreement
	otherPair                        // a certificate and a key of two pairs, in one value
)

// misfit is one way in which a value is not what it is read as. At is which
// certificate of the value it is about, -1 for the value itself.
type misfit struct {
	why misfitReason
	at  int
}

// misfits holds a value to how it is read. A value that is empty, or of which
// nobody knows what it is, has none: that is told for itself.
func (f Facts) misfits(as reading) []misfit {
	if f.Kind == Unlearnt || f.Kind == Empty || f.Problem == problemTooLarge {
		return nil
	}
	whole := func(why misfitReason) []misfit { return []misfit{{why, -1}} }
	switch {
	case as == readsAnything:
		return nil
	case as == readsKey && f.Kind != PrivateKey && f.Kind != CertificateAndKey,
		as == readsBoth && f.Kind != CertificateAndKey:
		return whole(otherKind)
	case as == readsBoth && differ(f, f):
		return whole(otherPair)
	case as == readsKey || as == readsBoth:
		return nil
	}
	switch f.Kind {
	case PrivateKey:
		return whole(keyShown)
	case CertificateAndKey:
		return append(whole(keyBeside), f.authorityMisfits(as)...)
	case CACertificate, Certificate:
		return f.authorityMisfits(as)
	case Unlearnt, Empty, PublicKey, JWT, JSON, VaultReference, Text, Binary:
	}
	return whole(otherKind)
}

// unreadable says why a value of the right kind cannot be read as such, or "".
// Whether one that is too large can be read is not known.
func (f Facts) unreadable(as reading) string {
	certificate, key := len(f.Certificates) > 0, f.Key.Public != [32]byte{}
	switch {
	case as == readsAnything, f.Kind == Empty, !f.Learnt(), f.Problem == problemTooLarge:
		return ""
	case f.Problem == problemDER:
		return f.Problem
	case as == readsKey && key, as == readsBoth && key && certificate, as != readsKey && as != readsBoth && certificate:
		return ""
	}
	return firstWord(f.Problem, "it cannot be read as "+as.wanted())
}

// authorityMisfits holds each certificate to the rules for CAs, where one is
// expected. They are those of ProvidedCA, in its order; only mTLS backends look
// at key usages.
func (f Facts) authorityMisfits(as reading) []misfit {
	if as != readsAuthority && as != readsSigner {
		return nil
	}
	var found []misfit
	for at, c := range f.Certificates {
		if !c.IsCA {
			found = append(found, misfit{notAuthority, at})
		}
		if as == readsSigner && !c.CertSign {
			found = append(found, misfit{mayNotSign, at})
		}
		if as == readsSigner && c.KeyAgreement {
			found = append(found, misfit{agreesOnKeys, at})
		}
	}
	return found
}

// words say what is wrong with the certificate or value, after "it" or "this
// certificate".
func (m misfit) words(f Facts, as reading) string {
	switch m.why {
	case keyShown:
		return "is a private key, where a certificate belongs"
	case keyBeside:
		return "holds a private key beside the certificate"
	case notAuthority:
		return "is not a CA"
	case mayNotSign:
		return "may not sign certificates"
	case agreesOnKeys:
		return "has the key usage keyAgreement, which a CA must not have"
	case otherPair:
		return "holds a key that does not belong to its first certificate"
	case otherKind:
	}
	text := "is " + withArticle(f.Kind) + ", where " + as.wanted() + " belong"
	if as == readsBoth { // they are two
		return text
	}
	return text + "s"
}

// wanted names what is read, within a sentence.
func (a reading) wanted() string {
	switch a {
	case readsKey:
		return "a private key"
	case readsBoth:
		return "a certificate and its key"
	case readsAuthority, readsSigner:
		return "a CA certificate"
	case readsCertificate:
		return "a certificate"
	case readsAnything:
	}
	return "something else"
}

// feeble gives the first key that is too short, or longer than TLS libraries
// take.
func (f *Facts) feeble() (key KeyFacts, short, found bool) {
	if short, found = f.Key.feeble(); found {
		return f.Key, short, true
	}
	for i := range f.Certificates {
		if short, found = f.Certificates[i].Key.feeble(); found {
			return f.Certificates[i].Key, short, true
		}
	}
	return KeyFacts{}, false, false
}

func (k KeyFacts) feeble() (short, found bool) {
	bits := k.rsaBits()
	return bits > 0 && bits < leastRSA, bits > 0 && bits < leastRSA || bits > mostRSA
}
