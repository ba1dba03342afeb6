package model

import (
	"fmt"
	"time"
)

// unchecked tells what no control plane looks at, and data planes or others
// do: time, the order of a chain, and the strength of keys.
func (p *preflight) unchecked(r Reader) {
	f := p.Facts
	switch {
	case !f.NotAfter.IsZero() && !f.NotAfter.After(p.now):
		p.distrusted("expired", "it expired on "+f.NotAfter.UTC().Format(time.DateOnly), r)
	case f.NotBefore.After(p.now):
		p.distrusted("not yet", "it is valid only from "+f.NotBefore.UTC().Format("2006-01-02 15:04")+" UTC", r)
	case !f.NotAfter.IsZero() && f.NotAfter.Sub(p.now) < SoonExpiring:
		p.add(Inform, "expires", "it expires on "+f.NotAfter.UTC().Format(time.DateOnly), NotFelt, "", "")
	}
	switch as := r.reading(); as {
	case readsSigner, readsBoth, readsCertificate:
		if fault := f.chainFault(as == readsSigner); fault != "" {
			p.distrusted("chain", fault, r)
		}
	case readsAuthority:
		// Of several CAs that are trusted, none needs to be of another one; but
		// an identity signs with its first.
		if fault := f.chainFault(true); fault != "" && r.Kind == KindMeshIdentity {
			p.distrusted("chain", fault, r)
		}
	case readsAnything, readsKey:
	}
	if k, short, found := f.feeble(); found && short {
		p.distrusted("weak", k.Algorithm+" is too short to be safe", r)
	} else if found {
		p.distrusted("large", k.Algorithm+" is longer than TLS libraries take", r)
	}
}

// chainFault says why a chain does not lead up from its first certificate, or
// "". A signer issues more certificates below the first one. Certificates are
// linked by their names, no signature is checked.
func (f Facts) chainFault(signer bool) string {
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
