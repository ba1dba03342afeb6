package model

import (
	"strconv"
	"strings"
)

// caFault is a rule of a control plane for a provided CA that is broken.
type caFault struct {
	rule  caRule
	field string
	at    int    // which certificate of the chain, -1 for the pair as a whole
	said  string // the control plane's words, for a rule that is not known
}

type caRule uint8

const (
	caNotPEM caRule = iota
	caKeyNotPEM
	caKeyUnreadable
	caMismatch
	caNotAuthority
	caMayNotSign
	caAgreesOnKeys
	caOther
)

// providedFaults holds facts to the rules that ProvidedCA holds bytes to, in
// the same order. It can be asked where no value is at hand.
func providedFaults(certificate, key Facts) []caFault {
	whole := func(rule caRule) []caFault { return []caFault{{rule: rule, field: "cert", at: -1}} }
	switch {
	case len(certificate.Certificates) == 0 || certificate.Problem == problemDER:
		return whole(caNotPEM)
	case key.Kind != PrivateKey && key.Kind != CertificateAndKey || strings.HasSuffix(key.Key.Encoding, ", DER"):
		return whole(caKeyNotPEM)
	case key.Key.Public == [32]byte{}:
		return whole(caKeyUnreadable)
	case differ(certificate, key):
		return whole(caMismatch)
	}
	var found []caFault
	for _, m := range certificate.authorityMisfits(readsSigner) {
		rule := map[misfitReason]caRule{notAuthority: caNotAuthority, mayNotSign: caMayNotSign, agreesOnKeys: caAgreesOnKeys}[m.why]
		found = append(found, caFault{rule: rule, field: "cert[" + strconv.Itoa(m.at) + "]", at: m.at})
	}
	return found
}

// saidFaults understands what ProvidedCA said of the bytes.
func saidFaults(said []Violation) []caFault {
	var found []caFault
	for _, v := range said {
		f := caFault{rule: caOther, field: v.Field, at: -1, said: v.Reason}
		for _, words := range caWords {
			if strings.Contains(v.Reason, words.in) {
				f.rule = words.rule
				break
			}
		}
		if inside, ok := strings.CutPrefix(v.Field, "cert["); ok {
			if at, err := strconv.Atoi(strings.TrimSuffix(inside, "]")); err == nil {
				f.at = at
			}
		}
		found = append(found, f)
	}
	return found
}

// caWords tell the rules apart by what control planes say of them.
var caWords = []struct {
	in   string
	rule caRule
}{
	{"basic constraint 'CA'", caNotAuthority},
	{"'keyCertSign'", caMayNotSign},
	{"'keyAgreement'", caAgreesOnKeys},
	{"does not match public key", caMismatch},
	{"data in certificate input", caNotPEM},
	{"data in key input", caKeyNotPEM},
	{"private key", caKeyUnreadable},
}

// provided holds a half of a CA to the rules of the control plane: by bytes
// when they were at hand, else by facts.
func (p *preflight) provided(r Reader) {
	t := p.halves(r)
	if p.Absent {
		p.missing("there is no such secret", r)
		return
	}
	if r.PartnerAbsent {
		p.missing(t.other()+", the other half, is missing", r)
		return
	}
	var faults []caFault
	switch {
	case r.Asked:
		faults = saidFaults(r.Said)
	case t.certificate.Learnt() && t.key.Learnt():
		faults = providedFaults(t.certificate, t.key)
	default:
		faults = aloneFaults(p.Facts, r.reading())
		if r.Partner != (Ref{}) {
			p.add(Inform, "pair", "whether it matches "+t.other()+" is not known: nobody has looked at both", NotFelt, "", "")
		}
	}
	for _, f := range faults {
		p.refusedLater(r, f, t.words(f, p.mismatch(r)))
	}
	if p.Facts.Kind == CertificateAndKey && !t.ownKey {
		p.misread(misfit{why: keyBeside, at: -1}, readsSigner, r)
	}
	if len(faults) == 0 && belong(t.certificate, t.key) {
		p.add(Pass, "pair", "it matches "+t.other(), NotFelt, "", "")
	}
}

// aloneFaults are those that one half has whatever the other one is.
func aloneFaults(f Facts, as reading) []caFault {
	switch {
	case !f.Learnt():
		return nil
	case as == readsKey:
		// Any certificate will do to see what is wrong with the key alone.
		whichever := Facts{Kind: CACertificate, Certificates: []CertificateFacts{{IsCA: true, CertSign: true}}}
		return providedFaults(whichever, f)
	}
	key := Facts{Kind: PrivateKey}
	if len(f.Certificates) > 0 {
		key.Key.Public = f.Certificates[0].Key.Public
	}
	return providedFaults(f, key)
}

// twoHalves are the certificate and the key of a CA, of which the trial is
// about one.
type twoHalves struct {
	certificate, key         Facts
	certificateName, keyName half
	ownKey                   bool // the key is what the trial is about
}

func (p *preflight) halves(r Reader) twoHalves {
	other := half(Visible(r.Partner.Name))
	if r.reading() == readsKey {
		return twoHalves{r.PartnerFacts, p.Facts, other, ownHalf, true}
	}
	return twoHalves{p.Facts, r.PartnerFacts, ownHalf, other, false}
}

// other names the half that the trial is not about.
func (t twoHalves) other() string {
	if t.ownKey {
		return string(t.certificateName)
	}
	return string(t.keyName)
}

// missing tells that the control plane cannot load a half: it says so of both
// fields.
func (p *preflight) missing(what string, r Reader) {
	for _, field := range []string{"cert", "key"} {
		p.refusedLater(r, caFault{rule: caOther, field: field, at: -1}, what)
	}
}

// refusedLater tells that the next update of the mesh is refused, unless the
// mesh has the check switched off: then the CA cannot be used.
func (p *preflight) refusedLater(r Reader, f caFault, what string) {
	topic := "CA"
	switch f.rule {
	case caMismatch:
		topic = "pair"
	case caNotPEM, caKeyNotPEM, caKeyUnreadable:
		topic = "role"
	case caNotAuthority, caMayNotSign, caAgreesOnKeys, caOther:
	}
	if p.Unchecked {
		p.add(Warn, topic, what, FailsLater, "accepted, as the mesh has skipValidation; "+r.failing(), "")
		return
	}
	then := "accepted now; the next update of mesh " + Visible(r.Mesh) + " is refused"
	if f.rule == caMismatch && r.Enabled {
		then += ", and until both match nothing can be issued"
	}
	p.add(Warn, topic, what, RefusedLater, then, f.field)
}

// words say which rule is broken, and by which half.
func (t twoHalves) words(f caFault, mismatch string) string {
	of := t.certificateName.certificate(f.at, len(t.certificate.Certificates)) + " "
	switch f.rule {
	case caNotPEM:
		return string(t.certificateName) + " holds no certificate in PEM"
	case caKeyNotPEM:
		return string(t.keyName) + " holds no private key in PEM"
	case caKeyUnreadable:
		if t.key.Key.Encrypted {
			return string(t.keyName) + " is encrypted, and a control plane cannot decrypt it"
		}
		return string(t.keyName) + " holds a private key that cannot be read"
	case caMismatch:
		return mismatch + outOfOrder(t.certificate, t.key)
	case caNotAuthority:
		return of + misfit{why: notAuthority}.words(t.certificate, readsSigner)
	case caMayNotSign:
		return of + misfit{why: mayNotSign}.words(t.certificate, readsSigner)
	case caAgreesOnKeys:
		return of + misfit{why: agreesOnKeys}.words(t.certificate, readsSigner)
	case caOther:
	}
	return "the control plane does not take it: " + Visible(f.said)
}

// outOfOrder explains a mismatch by the order of the chain: the key has to
// belong to the first certificate.
func outOfOrder(certificate, key Facts) string {
	for at, c := range certificate.Certificates {
		if at > 0 && c.Key.Matches(key.Key) {
			return "; the key is that of the " + Ordinal(at+1) + " certificate, which belongs first"
		}
	}
	return ""
}

// half names a half of a pair within a sentence.
type half string

// ownHalf is the one that the trial is about.
const ownHalf half = "it"

// certificate names one certificate of the half.
func (h half) certificate(at, of int) string {
	switch {
	case at < 0 || of < 2:
		return string(h)
	case h == ownHalf:
		return "its " + Ordinal(at+1) + " certificate"
	}
	return "the " + Ordinal(at+1) + " certificate of " + string(h)
}
