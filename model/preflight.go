package model

import (
	"cmp"
	"slices"
	"time"
)

// When tells when one feels what a verdict says.
type When uint8

// The times, the soonest first.
const (
	RefusedNow   When = iota // the control plane does not take the value
	RefusedLater             // it takes the value, and refuses the next update of the mesh
	FailsLater               // it takes all that; who uses or trusts the value fails
	NotFelt                  // nothing fails
)

// String is the time in words.
func (w When) String() string {
	return [...]string{"refused now", "accepted now, refused at the next update of the mesh", "accepted, and fails in use", "nothing fails"}[w]
}

// Verdict is one thing that a value does to those who refer to its secret.
type Verdict struct {
	Level Level
	Topic string // "pair", "CA", "expired": at most 8 letters
	What  string // "the 2nd certificate is not a CA", made visible, without an end
	When  When
	Then  string // "accepted now; the next update of mesh payments is refused"; "" when nothing fails
	// Field is what a control plane names when it refuses, relative to the
	// configuration of the mTLS backend: "cert", "cert[1]". It is "" for rules
	// that no control plane checks.
	Field string
}

// Line is the verdict in one line, without an end.
func (v Verdict) Line() string {
	if v.Then == "" {
		return v.What
	}
	return v.What + ": " + v.Then
}

// Trial is a value as it is, or as it is to be, before those who refer to its
// secret: before a value is saved, before a secret is reassigned into a mesh
// that names it, and when one looks at it.
type Trial struct {
	Facts   Facts
	Absent  bool  // there is no such secret
	Was     Facts // of the value that is replaced; zero when none is
	Readers []Reader
	// EmptyRefused tells that the control plane takes no empty value.
	EmptyRefused bool
	// Unchecked tells that the Mesh switches off the check of its CAs.
	Unchecked bool
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

// Readers are those who refer to a secret, there or not, as the inventory has
// them.
func (i Inventory) Readers(ref Ref) []Reader {
	var readers []Reader
	for _, user := range i.uses.of[ref] {
		r := Reader{Reference: user}
		if r.Partner = i.partnerOf(user); r.Partner != (Ref{}) {
			row := i.row(r.Partner)
			r.PartnerAbsent = row == nil || row.Ghost()
			if row != nil {
				r.PartnerFacts = row.Secret.Facts
			}
		}
		readers = append(readers, r)
	}
	return readers
}

// partnerOf is the secret that a reference names as the other half.
func (i Inventory) partnerOf(user Reference) Ref {
	of, isKey, half := pairOf(user)
	if !half {
		return Ref{}
	}
	for _, h := range i.uses.pairs[user.Target()] {
		other := h.key
		if isKey {
			other = h.certificate
		}
		for _, r := range i.uses.of[other] {
			if same, _, ok := pairOf(r); ok && same == of {
				return other
			}
		}
	}
	return Ref{}
}

// preflight is a trial while it is held.
type preflight struct {
	Trial
	now      time.Time
	verdicts []Verdict
}

// Preflight tells what a value does to those who refer to its secret: what the
// control plane's own rules say, and what it does not look at, each with what
// happens and when. Nobody who refers, nothing to tell, but for an empty value
// that the control plane refuses. What fails soonest comes first.
func Preflight(t Trial, now time.Time) []Verdict {
	p := &preflight{Trial: t, now: now}
	if !t.Absent && t.Facts.Kind == Empty && t.EmptyRefused {
		p.add(Stop, "value", "it has no value", RefusedNow, "refused now", "")
	}
	for _, r := range t.Readers {
		p.reader(r)
	}
	slices.SortStableFunc(p.verdicts, func(a, b Verdict) int { return cmp.Compare(a.When, b.When) })
	return p.verdicts
}

// add adds a verdict once: one resource may name a secret in several places.
func (p *preflight) add(level Level, topic, what string, when When, then, field string) {
	v := Verdict{Level: level, Topic: topic, What: what, When: when, Then: then, Field: field}
	if !slices.Contains(p.verdicts, v) {
		p.verdicts = append(p.verdicts, v)
	}
}

// reader holds the value to what one reader takes it for.
func (p *preflight) reader(r Reader) {
	switch {
	case r.provided():
		p.provided(r)
	case p.Absent:
		p.unusable("missing", "there is no such secret", r)
		return
	case p.Facts.Kind == Empty:
		p.unusable("value", "it has no value", r)
		return
	default:
		as := r.reading()
		for _, m := range p.Facts.misfits(as) {
			p.misread(m, as, r)
		}
		p.pair(r)
	}
	if !p.Absent {
		p.unchecked(r)
	}
}

// provided tells whether the control plane has rules for what the reader
// names: it has for one kind of mTLS backend alone.
func (r Reader) provided() bool {
	as := r.reading()
	return r.OfBackend() && r.Backend == "provided" && (as == readsSigner || as == readsKey)
}

// misread tells of a value that is not what its reader takes it for.
func (p *preflight) misread(m misfit, as reading, r Reader) {
	what := "it " + m.words(p.Facts, as)
	switch {
	case m.why == keyBeside && r.Kind == KindMeshIdentity:
		return // it may have both in one
	case m.why == keyBeside:
		p.add(Warn, "role", what, NotFelt, "who may see certificates sees the key", "")
	case m.at >= 0:
		p.distrusted("CA", ownHalf.certificate(m.at, len(p.Facts.Certificates))+" "+m.words(p.Facts, as), r)
	default:
		p.unusable("role", what, r)
	}
}

// pair holds the two halves to each other, where no control plane does.
func (p *preflight) pair(r Reader) {
	if r.Partner == (Ref{}) {
		return
	}
	name := Visible(r.Partner.Name)
	certificate, key := p.Facts, r.PartnerFacts
	if r.reading() == readsKey {
		certificate, key = key, certificate
	}
	switch {
	case r.PartnerAbsent:
		p.unusable("missing", name+", the other half, is missing", r)
	case differ(certificate, key):
		p.unusable("pair", p.mismatch(r), r)
	case !r.PartnerFacts.Learnt():
		p.add(Inform, "pair", "whether it matches "+name+" is not known: nobody has looked at that", NotFelt, "", "")
	case belong(certificate, key):
		p.add(Pass, "pair", "it matches "+name, NotFelt, "", "")
	}
}

// belong tells whether a certificate and a key are known to be a pair.
func belong(certificate, key Facts) bool {
	return len(certificate.Certificates) > 0 && certificate.Certificates[0].Key.Matches(key.Key)
}

// mismatch says that the value does not match the other half, and whether that
// comes from this change: then the other half is still to follow.
func (p *preflight) mismatch(r Reader) string {
	name := Visible(r.Partner.Name)
	certificate, key := p.Was, r.PartnerFacts
	if r.reading() == readsKey {
		certificate, key = key, certificate
	}
	if belong(certificate, key) {
		return "half of the pair is replaced: " + name + " belongs to the value before"
	}
	return "it does not match " + name
}

func (p *preflight) unusable(topic, what string, r Reader) {
	p.add(Warn, topic, what, FailsLater, "accepted; "+r.failing(), "")
}

func (p *preflight) distrusted(topic, what string, r Reader) {
	p.add(Warn, topic, what, FailsLater, "accepted; "+r.mistrust(), "")
}

// failing says what fails when the value cannot be used at all.
func (r Reference) failing() string {
	by := Visible(r.By)
	switch r.Kind {
	case KindMesh:
		switch {
		case r.Apart:
		case r.Enabled:
			return "mTLS backend " + by + " cannot issue certificates"
		default:
			return "mTLS backend " + by + " could not issue certificates; it is not enabled now"
		}
	case KindExternalService, KindMeshExternalService:
		return "calls to " + by + " fail"
	case KindMeshGateway, KindGateway:
		return "listeners of " + by + " are left out"
	case KindMeshIdentity:
		return "identity " + by + " cannot issue certificates"
	case KindMeshOPA, KindOPAPolicy:
	}
	return "what " + r.User() + " does then is not known here"
}

// mistrust says who does not trust the value any more.
func (r Reference) mistrust() string {
	by := Visible(r.By)
	switch r.Kind {
	case KindMesh:
		switch {
		case r.Apart:
		case r.Enabled:
			return "data planes refuse what mTLS backend " + by + " signs with it"
		default:
			return "data planes will refuse what it signs, once mTLS backend " + by + " is enabled"
		}
	case KindExternalService, KindMeshExternalService:
		if r.Role == "CA" {
			return "calls to " + by + " fail"
		}
		return by + " may refuse the calls"
	case KindMeshGateway, KindGateway:
		return "clients of " + by + " refuse it"
	case KindMeshIdentity:
		return "data planes refuse what identity " + by + " signs with it"
	case KindMeshOPA, KindOPAPolicy:
	}
	return "who reads it for " + r.User() + " may refuse it"
}
