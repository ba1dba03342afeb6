package model

import (
	"cmp"
	"slices"
	"time"
)

// When tells when one feels what a verdict says. No control plane refuses a
// secret for what is in its value, so nothing is refused at once: an empty or
// too large one is told by CheckValue.
type When uint8

// The times, the soonest first.
const (
	RefusedLater When = iota // it takes the value, and refuses the next update of the mesh
	FailsLater               // it takes all that; who uses or trusts the value fails
	NotFelt                  // nothing fails
)

// String is the time in words.
func (w When) String() string {
	return [...]string{"accepted now, refused at the next update of the mesh", "accepted, and fails in use", "nothing fails"}[w]
}

// Verdict is one thing that a value does to those who refer to its secret.
type Verdict struct {
	Level Level
	Topic string // "pair", "CA", "expired": at most 8 letters
	What  string // "the 2nd certificate is not a CA", made visible, without an end
	When  When
	Taken string // what the control plane does with it: "accepted now"; "" when nothing fails
	Then  string // what comes of it: "the next update of mesh payments is refused"; "" for nothing
	More  int    // how many others it does the like to
	Way   string // what puts the rest right: "Save the new key next"; "" when that is not known
	// Field is what a control plane names when it refuses, relative to the
	// configuration of the mTLS backend: "cert", "cert[1]", once for each rule.
	// It is "" for rules that no control plane checks.
	Field string
}

// Harms tells whether somebody is refused or fails because of it.
func (v Verdict) Harms() bool { return v.When != NotFelt }

// Suits tells whether it says whom the value is right for.
func (v Verdict) Suits() bool { return v.Topic == topicSuits }

// Alone is what it says where its topic does not stand beside it, without what
// comes of it.
func (v Verdict) Alone() string {
	if v.Suits() {
		return v.Topic + " " + v.What + v.others()
	}
	return v.What
}

// Line is the verdict on a value that is to come, without an end: when it is
// felt, and the way out.
func (v Verdict) Line() string {
	line := v.What
	switch {
	case v.Taken != "":
		line += ": " + v.Taken + "; " + v.Then
	case v.Then != "":
		line += ": " + v.Then
	}
	line += v.others()
	if v.Way != "" {
		line += ". " + v.Way
	}
	return line
}

// Comes is the verdict on a value that is there, without an end: that it was
// accepted needs no words any more.
func (v Verdict) Comes() string {
	return v.What + v.comes()
}

// comes is what comes of it for those who refer to the value.
func (v Verdict) comes() string {
	if v.Then == "" {
		return v.others()
	}
	return ": " + v.Then + v.others()
}

func (v Verdict) others() string {
	switch {
	case v.More == 0:
		return ""
	case v.Topic == topicSuits && v.More == 1:
		return ", and for one more"
	case v.Topic == topicSuits:
		return ", and for " + CountWord(v.More) + " more"
	case v.More == 1:
		return ", and likewise for one more"
	}
	return ", and likewise for " + CountWord(v.More) + " more"
}

// topicSuits is the topic of what is as it should be.
const topicSuits = "suitable"

// preflight is a trial while it is held.
type preflight struct {
	Trial
	now      time.Time
	verdicts []Verdict
	told     map[Verdict]bool
	doubts   int      // whatever speaks against the value, told before or not
	suits    []string // those whom the value is right for
}

// Preflight tells what a value does to those who refer to its secret: what the
// control plane's own rules say, and what it does not look at, each with what
// happens and when. When nothing speaks against it, whom it suits is told. What
// fails soonest comes first. Without anybody who refers, only what is wrong
// with the value whoever reads it is left: nothing fails by that.
func Preflight(t Trial, now time.Time) []Verdict {
	p := &preflight{Trial: t, now: now, told: map[Verdict]bool{}}
	p.signer()
	for _, r := range t.Readers {
		p.reader(r)
	}
	if len(t.Readers) == 0 {
		p.unread()
	}
	slices.SortStableFunc(p.verdicts, func(a, b Verdict) int { return cmp.Compare(a.When, b.When) })
	worries := slices.ContainsFunc(p.verdicts, func(v Verdict) bool { return v.Level == Warn })
	if len(p.suits) > 0 && !worries {
		suits := Verdict{Level: Pass, Topic: topicSuits, What: "for " + p.suits[0], When: NotFelt, More: len(p.suits) - 1}
		p.verdicts = slices.Insert(p.verdicts, 0, suits)
	}
	return p.verdicts
}

// add adds a verdict once: one resource may name a secret in several places,
// and to what is the same for several resources the others are counted.
func (p *preflight) add(v Verdict) {
	if v.Level == Warn || v.Level == Inform && v.Topic == "pair" {
		p.doubts++
	}
	if p.told[v] {
		return
	}
	p.told[v] = true
	for i := range p.verdicts {
		like := p.verdicts[i]
		like.Then, like.More = v.Then, 0
		if like == v {
			p.verdicts[i].More++
			return
		}
	}
	p.verdicts = append(p.verdicts, v)
}

// inform adds what is good to know.
func (p *preflight) inform(topic, what string) {
	p.add(Verdict{Level: Inform, Topic: topic, What: what, When: NotFelt})
}

// reader holds the value to what one reader takes it for.
func (p *preflight) reader(r Reader) {
	if r.moot() {
		p.inform("role", r.resource()+" does not use the value: it is "+r.unusedWords())
		return
	}
	before := p.doubts
	p.judge(r)
	judged := p.Facts.Learnt() && p.Facts.Problem == "" && r.reading() != readsAnything
	if by := r.taking(); judged && p.doubts == before && !slices.Contains(p.suits, by) {
		p.suits = append(p.suits, by)
	}
}

func (p *preflight) judge(r Reader) {
	switch {
	case r.provided():
		p.provided(r)
	case p.Facts.Kind == Empty:
		p.unusable("value", firstWord(p.Facts.Problem, noValue), r)
		return
	default:
		p.understood(r)
		p.pair(r)
	}
	p.unchecked(r)
}

const noValue = "it has no value"

// understood tells whether the value is of the kind that the reader wants, and
// whole.
func (p *preflight) understood(r Reader) {
	as := r.reading()
	misfits := p.Facts.misfits(as)
	for _, m := range misfits {
		p.misread(m, as, r)
	}
	if why := p.Facts.unreadable(as); why != "" && len(misfits) == 0 {
		p.unusable("role", why, r)
	}
}

// provided tells whether the control plane has rules for what the reader
// names.
func (r Reader) provided() bool {
	as := r.reading()
	return r.checked(false) && (as == readsSigner || as == readsKey)
}

// misread tells of a value that is not what its reader takes it for.
func (p *preflight) misread(m misfit, as reading, r Reader) {
	switch {
	case m.why == keyBeside && r.Kind == KindMeshIdentity:
		return // it may have both in one
	case m.why == keyBeside:
		p.add(Verdict{Level: Warn, Topic: "role", What: "it " + m.words(p.Facts, as), When: NotFelt, Then: "who may see certificates sees the key"})
	case m.at >= 0 && as != readsSigner:
		p.add(Verdict{Level: Warn, Topic: "CA", What: ownHalf.certificate(m.at, len(p.Facts.Certificates)) + " " + m.words(p.Facts, as), When: NotFelt, Then: r.doubt()})
	case m.at >= 0:
		p.distrusted("CA", ownHalf.certificate(m.at, len(p.Facts.Certificates))+" "+m.words(p.Facts, as), r)
	default:
		p.unusable("role", p.Facts.mistaken(m, as), r)
	}
}

// mistaken says that a value is of another kind. A key in the place of a
// certificate is seen by those who may not see keys.
func (f Facts) mistaken(m misfit, as reading) string {
	what := "it " + m.words(f, as)
	if m.why == keyShown {
		what += ", and who may see certificates sees it"
	}
	return what
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
		p.add(Verdict{Level: Warn, Topic: "missing", What: name + ", the other half, is missing", When: FailsLater,
			Taken: "accepted", Then: r.failing(), Way: "Add " + name + " next"})
	case differ(certificate, key):
		what, way := p.mismatch(r)
		p.add(Verdict{Level: Warn, Topic: "pair", What: what, When: FailsLater, Taken: "accepted", Then: r.failing(), Way: way})
	case !p.Facts.Learnt() || !r.PartnerFacts.Learnt():
		p.inform("pair", "whether it matches "+name+" is not known: nobody has looked at both")
	case belong(certificate, key):
		p.matches(name)
	}
}

func (p *preflight) matches(name string) {
	p.add(Verdict{Level: Pass, Topic: "pair", What: "it matches " + name, When: NotFelt})
}

// belong tells whether a certificate and a key are known to be a pair.
func belong(certificate, key Facts) bool {
	return len(certificate.Certificates) > 0 && certificate.Certificates[0].Key.Matches(key.Key)
}

// mismatch says that the value does not match the other half, and whether that
// comes from this change: then the other half is still to follow.
func (p *preflight) mismatch(r Reader) (what, way string) {
	name, other := Visible(r.Partner.Name), "key"
	certificate, key := p.Was, r.PartnerFacts
	if r.reading() == readsKey {
		certificate, key, other = key, certificate, "certificate"
	}
	if belong(certificate, key) {
		return "half of the pair is replaced, " + name + " belongs to the value before", "Save the new " + other + " next"
	}
	return "it does not match " + name, "Save the " + other + " that belongs to it next"
}

func (p *preflight) unusable(topic, what string, r Reader) {
	p.add(Verdict{Level: Warn, Topic: topic, What: what, When: FailsLater, Taken: "accepted", Then: r.failing()})
}

// doubted tells of what may keep others from trusting the value. Nobody says for
// sure that it does.
func (p *preflight) doubted(topic, what string, r Reader) {
	p.add(Verdict{Level: Warn, Topic: topic, What: what, When: FailsLater, Taken: "accepted", Then: r.doubt()})
}

func (p *preflight) distrusted(topic, what string, r Reader) {
	p.add(Verdict{Level: Warn, Topic: topic, What: what, When: FailsLater, Taken: "accepted", Then: r.mistrust()})
}
