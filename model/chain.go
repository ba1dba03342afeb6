package model

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// unread tells what would be wrong with the value whoever read it.
func (p *preflight) unread() {
	if what, topic := p.untimely(); what != "" {
		p.add(Verdict{Level: Warn, Topic: topic, What: what, When: NotFelt})
	}
	if topic, what, why := p.Facts.strength(); what != "" {
		if topic == "weak" && p.Tokens != "" {
			why = forged // no data plane sees the key
		}
		p.add(Verdict{Level: Warn, Topic: topic, What: what, When: NotFelt, Then: why})
	}
}

// untimely says that the value is not valid now, by the clock of this machine:
// that may be wrong, so it is said.
func (p *preflight) untimely() (what, topic string) {
	f := p.Facts
	const byClock = " by this machine's clock"
	switch {
	case !f.NotAfter.IsZero() && !f.NotAfter.After(p.now):
		return "it expired on " + f.NotAfter.UTC().Format(time.DateOnly) + byClock, "expired"
	case f.NotBefore.After(p.now):
		return "it is valid only from " + f.NotBefore.UTC().Format("2006-01-02 15:04") + " UTC" + byClock, "not yet"
	}
	return "", ""
}

// forged is what a key that is too short does to the tokens that it signs.
const forged = "who works it out can sign tokens"

// forgeable tells of a key that is for tokens alone, and too short.
func (r *Row) forgeable() bool {
	f, _, is := systemFamily(r.Secret)
	_, short, _ := r.Secret.Facts.feeble()
	return short && r.System && is && f.kind == signingKey
}

// strength says that a key is too short or too long, and where that begins.
func (f Facts) strength() (topic, what, why string) {
	k, short, found := f.feeble()
	switch {
	case short:
		return "weak", k.Algorithm + " is too short to be safe", "data planes may refuse less than RSA 2048"
	case found:
		return "large", k.Algorithm + " is longer than TLS libraries take", "RSA 8192 is the most"
	}
	return "", "", ""
}

// unchecked tells what no control plane looks at, and data planes or others
// do: time, the order of a chain, and the strength of keys.
func (p *preflight) unchecked(r Reader) {
	f := p.Facts
	if what, topic := p.untimely(); what != "" && f.besideOnly(p.now) {
		p.inform(topic, what+", which is one that stands beside the first: that one signs")
	} else if what != "" {
		p.distrusted(topic, what, r)
	} else if !f.NotAfter.IsZero() && f.NotAfter.Sub(p.now) < SoonExpiring {
		p.inform("expires", "it expires on "+f.NotAfter.UTC().Format(time.DateOnly))
	}
	switch as := r.reading(); as {
	case readsSigner, readsBoth, readsCertificate:
		if fault := f.chainFault(as == readsSigner); fault != "" {
			p.doubted("chain", fault, r)
		}
		if as == readsSigner && f.beside() && !p.mismatched() {
			p.inform("chain", "the 1st certificate is its own issuer and signs; those after it are no part of its chain")
		}
	case readsAuthority:
		// Of several CAs that are trusted, none needs to be of another one; but
		// an identity signs with its first.
		if fault := f.chainFault(true); fault != "" && r.Kind == KindMeshIdentity {
			p.doubted("chain", fault, r)
		}
	case readsAnything, readsKey:
	}
	if topic, what, _ := f.strength(); what != "" {
		p.doubted(topic, what, r)
	} else if k := f.unusualKey(); k != "" && r.reading() != readsAnything {
		p.inform("key", "not every data plane takes "+k+"; EC P-256 and RSA 2048 are taken everywhere")
	}
}

// mismatched tells that the value was found not to belong to its other half.
func (p *preflight) mismatched() bool {
	return slices.ContainsFunc(p.verdicts, func(v Verdict) bool { return v.Topic == "pair" && v.Level == Warn })
}

// unusualKey names the algorithm of a key that is sound and not taken
// everywhere, or "".
func (f Facts) unusualKey() string {
	unusual := func(k KeyFacts) bool { return k.Algorithm == "Ed25519" || strings.HasPrefix(k.Algorithm, "EC P-5") }
	if unusual(f.Key) {
		return f.Key.Algorithm
	}
	for _, c := range f.Certificates {
		if unusual(c.Key) {
			return c.Key.Algorithm
		}
	}
	return ""
}

// chainFault says why a chain does not lead up from its first certificate, or
// "". A signer issues more certificates below the first one. Certificates are
// linked by their names, no signature is checked. Roots that stand beside the one
// that signs are no chain, as while a CA is exchanged for another one.
func (f Facts) chainFault(signer bool) string {
	if signer && f.beside() {
		return ""
	}
	for at := range f.Certificates[:max(len(f.Certificates)-1, 0)] {
		switch by := f.Certificates[at].IssuedBy; {
		case by == at+1:
		case by == at:
			return fmt.Sprintf("the %s certificate is its own issuer, so the chain ends before the %s", Ordinal(at+1), Ordinal(at+2))
		case by >= 0:
			return fmt.Sprintf("the chain is out of order: the %s certificate was issued by the %s", Ordinal(at+1), Ordinal(by+1))
		default:
			return fmt.Sprintf("the %s certificate did not issue the %s, so the chain leads nowhere", Ordinal(at+2), Ordinal(at+1))
		}
	}
	for at, c := range f.Certificates {
		below := at
		if !signer {
			below-- // the first is no CA
		}
		if c.IsCA && c.PathLength >= 0 && below > c.PathLength {
			return fmt.Sprintf("the %s certificate allows %d CAs below it, and there are %d", Ordinal(at+1), c.PathLength, below)
		}
	}
	return ""
}

// beside tells that the first certificate is its own issuer and that others stand
// beside it.
func (f Facts) beside() bool { return len(f.Certificates) > 1 && f.Certificates[0].IssuedBy == 0 }

// besideOnly tells that what is not valid at a moment only stands beside the
// first certificate.
func (f Facts) besideOnly(now time.Time) bool {
	if !f.beside() {
		return false
	}
	first := f.Certificates[0]
	return first.NotAfter.After(now) && !first.NotBefore.After(now)
}
