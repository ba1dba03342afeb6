package model

import (
	"slices"
	"strconv"
	"strings"
)

// caFault is a rule of a control plane for a provided CA that is broken.
type caFault struct {
	rule  caRule
	field string
	at    int // which certificate of the chain, -1 for the pair as a whole
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

// saidFaults understands what ProvidedCA said of the bytes. Its words are not
// passed on: some quote the value.
func saidFaults(said []Violation) []caFault {
	var found []caFault
	for _, v := range said {
		f := caFault{rule: caOther, field: v.Field, at: -1}
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

// caWords tell the rules apart by what control planes say of them. Those that
// go on with words of the value come first, so that these decide nothing.
var caWords = []struct {
	in   string
	rule caRule
}{
	{"PEM block in certificate input after skipping", caNotPEM},
	{"in key input after skipping", caKeyNotPEM},
	{"basic constraint 'CA'", caNotAuthority},
	{"'keyCertSign'", caMayNotSign},
	{"'keyAgreement'", caAgreesOnKeys},
	{"does not match public key", caMismatch},
	{"data in certificate input", caNotPEM},
	{"data in key input", caKeyNotPEM},
	{"a certificate rather than a key", caKeyNotPEM},
	{"private key", caKeyUnreadable},
}

// provided holds a half of a CA to the rules of the control plane: by bytes
// when they were at hand, else by facts.
func (p *preflight) provided(r Reader) {
	t := p.halves(r)
	if r.PartnerAbsent {
		p.missing(t.other()+", the other half, is missing", "Add "+t.other()+" next", r)
		return
	}
	var faults []caFault
	switch {
	case r.Asked:
		faults = saidFaults(r.Said)
	case t.certificate.explained() && t.key.explained():
		faults = providedFaults(t.certificate, t.key)
	default:
		faults = aloneFaults(p.Facts, r.reading())
		if r.Partner != (Ref{}) {
			p.inform("pair", "whether it matches "+t.other()+" is not known: nobody has looked at both")
		}
	}
	p.faulty(faults, t, r)
	if slices.ContainsFunc(faults, func(f caFault) bool { return f.rule == caMismatch }) {
		p.faulty(besideMismatch(p.Facts, r.reading()), t, r)
	}
	if p.Facts.Kind == CertificateAndKey && !t.ownKey {
		p.misread(misfit{why: keyBeside, at: -1}, readsSigner, r)
	}
	if len(faults) == 0 && belong(t.certificate, t.key) {
		p.matches(t.other())
	}
}

// faulty tells of rules that are broken, of each certificate at once.
func (p *preflight) faulty(faults []caFault, t twoHalves, r Reader) {
	for len(faults) > 0 {
		f, rest := faults[0], faults[1:]
		what, way, field := t.words(f), "", f.field
		if f.rule == caMismatch {
			what, way = p.mismatch(r)
			if order := outOfOrder(t.certificate, t.key); order != "" {
				what, way = what+order, ""
			}
		}
		for f.at >= 0 && len(rest) > 0 && rest[0].at == f.at {
			_, more := t.about(rest[0])
			what += " and " + more
			field = strings.TrimSpace(field + " " + rest[0].field)
			rest = rest[1:]
		}
		p.refusedLater(r, caFault{rule: f.rule, field: field}, what, way)
		faults = rest
	}
}

// besideMismatch is what is wrong with a half beside its not matching: the
// control plane stops there, names no field for the rest, and would refuse it
// once both match.
func besideMismatch(f Facts, as reading) []caFault {
	faults := aloneFaults(f, as)
	for i := range faults {
		faults[i].field = ""
	}
	return faults
}

// explained tells whether somebody has looked into the value.
func (f Facts) explained() bool { return f.Learnt() && f.Problem != problemTooLarge }

// aloneFaults are those that one half has whatever the other one is.
func aloneFaults(f Facts, as reading) []caFault {
	switch {
	case !f.explained():
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
// fields, and means one thing.
func (p *preflight) missing(what, way string, r Reader) {
	p.refusedLater(r, caFault{rule: caOther, field: "cert key", at: -1}, what, way)
}

// refusedLater tells that the next update of the mesh is refused, unless the
// mesh has the check switched off: then the CA cannot be used.
func (p *preflight) refusedLater(r Reader, f caFault, what, way string) {
	v := Verdict{Level: Warn, Topic: "CA", What: what, When: RefusedLater, Way: way, Field: f.field,
		Taken: "accepted now", Then: "the next update of mesh " + Visible(r.Mesh) + " is refused"}
	switch f.rule {
	case caMismatch:
		v.Topic = "pair"
	case caNotPEM, caKeyNotPEM, caKeyUnreadable:
		v.Topic = "role"
	case caNotAuthority, caMayNotSign, caAgreesOnKeys, caOther:
	}
	switch {
	case !r.checked(p.Unchecked):
		v.When, v.Field = FailsLater, ""
		v.Taken, v.Then = "accepted, as the mesh has skipValidation", r.failing()
	case f.rule == caMismatch && r.Enabled:
		v.Then += ", and until both match nothing can be issued; data planes keep what they have"
	}
	p.add(v)
}

// words say which rule is broken, and by which half.
func (t twoHalves) words(f caFault) string {
	switch f.rule {
	case caNotPEM:
		return t.unread(t.certificateName, t.certificate, readsSigner, "holds no certificate in PEM")
	case caKeyNotPEM:
		return t.unread(t.keyName, t.key, readsKey, "holds no private key in PEM")
	case caKeyUnreadable:
		return t.unread(t.keyName, t.key, readsKey, "holds a private key that cannot be read")
	case caNotAuthority, caMayNotSign, caAgreesOnKeys, caMismatch, caOther:
	}
	which, what := t.about(f)
	return which + " " + what
}

// about is a fault of one certificate: which one, and what is wrong with it.
func (t twoHalves) about(f caFault) (which, what string) {
	which = t.certificateName.certificate(f.at, len(t.certificate.Certificates))
	why, known := map[caRule]misfitReason{caNotAuthority: notAuthority, caMayNotSign: mayNotSign, caAgreesOnKeys: agreesOnKeys}[f.rule]
	if !known {
		return which, "is not taken by the control plane"
	}
	return which, misfit{why: why}.words(t.certificate, readsSigner)
}

// unread says why a half is not read. Of the own one more is worth saying than
// the control plane does.
func (t twoHalves) unread(name half, f Facts, as reading, otherwise string) string {
	if name == ownHalf {
		for _, m := range f.misfits(as) {
			if m.at < 0 && m.why != keyBeside {
				return f.mistaken(m, as)
			}
		}
		if f.Problem != "" || f.Kind == Empty {
			return firstWord(f.Problem, noValue)
		}
	}
	return string(name) + " " + otherwise
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
