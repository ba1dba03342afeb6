package model

import (
	"cmp"
	"slices"
)

// troubles is a set of what is wrong with a row whenever one looks: all but what
// the time makes of it, what depends on other secrets of the mesh, and what is
// only worth knowing.
type troubles uint64

func (t troubles) has(one Trouble) bool { return t&(1<<one) != 0 }

// examined is the row with its set of troubles, so that lists, counts and marks
// need not look again. It is called when the rest of the row is known.
func (r *Row) examined() {
	r.troubles = 0
	if r.Strange {
		r.troubles |= 1 << TroubleStrange
	}
	if r.Alike != "" {
		r.troubles |= 1 << TroubleTwin
	}
	if r.Mark == MissingSecret {
		return
	}
	r.eachTrouble(func(t Trouble, _ bool, _ string) {
		if t != TroubleImmutable {
			r.troubles |= 1 << t
		}
	})
}

// eachTrouble looks at a secret that is there, apart from the time. broken tells
// that something fails by the trouble, detail is what only this one knows.
func (r *Row) eachTrouble(found func(t Trouble, broken bool, detail string)) {
	e := examination{r, found}
	e.object()
	if !r.Secret.Facts.Learnt() || r.Orphaned {
		return // who has no mesh has no reader: its value matters only once there is one
	}
	e.fit()
	e.form()
}

// ValueProblems are the row's problems of its value alone, apart from the time and
// from the other half of a pair: those by which something fails come first.
func (r Row) ValueProblems() []Problem {
	if r.Ghost() || r.troubles == 0 {
		return nil
	}
	var found []Problem
	r.eachTrouble(func(t Trouble, broken bool, detail string) {
		alone := t != TroubleMismatched || detail != ""
		if alone && slices.Contains(ofValue[:], t) {
			found = append(found, Problem{Trouble: t, Broken: broken, Ref: r.Secret.Ref, row: &r, detail: detail, of: &diagnoser{}})
		}
	})
	slices.SortStableFunc(found, func(a, b Problem) int { return cmp.Compare(a.rank(), b.rank()) })
	return found
}

// ofValue are the troubles that lie in the value.
var ofValue = [...]Trouble{
	TroubleUnsuitable, TroubleNotCA, TroubleMismatched, TroubleEmpty, TroubleDamaged, TroubleEncoded, TroubleBOM, TroubleCRLF,
	TroubleNewline, TroubleVault, TroubleChain, TroubleWeak,
}

// examination is a look at one row; it tells what it finds.
type examination struct {
	row   *Row
	found func(t Trouble, broken bool, detail string)
}

// object looks at the secret apart from its value.
func (e examination) object() {
	row, s := e.row, &e.row.Secret
	if sign, strange := StrangeSign(s.Ref.Name); strange {
		e.found(TroubleStrange, false, sign)
	}
	if row.Orphaned {
		e.found(TroubleOrphaned, false, "")
	}
	if s.Object.Deleting {
		e.found(TroubleDeleting, false, visibleList(s.Object.Finalizers))
	}
	if s.Object.Applied {
		e.found(TroubleAnnotated, false, "")
	}
	switch {
	case s.Object.EmptyLabel:
		e.found(TroubleEmptyLabel, row.Mark == InUse, "")
	case s.Unlabelled:
		e.found(TroubleUnlabelled, false, "")
	}
	if s.Object.Immutable {
		e.found(TroubleImmutable, false, "")
	}
}

// fit looks whether the value is what those who refer to it take it for. One
// reason is enough.
func (e examination) fit() {
	row, f := e.row, &e.row.Secret.Facts
	if f.Kind == Empty {
		if !IsRevocations(row.Secret.Ref) {
			e.found(TroubleEmpty, row.System || slices.ContainsFunc(row.Users, func(u Reference) bool { return !u.moot() }), "")
		}
		return
	}
	if row.spoiltKey() {
		e.found(TroubleUnsuitable, true, "is "+withArticle(f.Kind)+", where a signing key belongs")
		return
	}
	if e.misreadByAny() {
		return
	}
	switch {
	case row.Blamed && implied(row.Users):
		e.found(TroubleHalfReplaced, true, "")
	case row.Blamed:
		e.found(TroubleMismatched, true, "")
	default:
		e.damaged()
	}
}

// spoiltKey tells of a signing key that is none: tokens cannot be issued, or
// those that were are not accepted.
func (r *Row) spoiltKey() bool {
	facts := &r.Secret.Facts
	if !r.System || !facts.Learnt() || facts.Kind == PrivateKey || facts.Kind == Empty {
		return false
	}
	f, rest, is := systemFamily(r.Secret)
	return is && f.kind == signingKey && serialOf(rest) >= 0
}

// misreadByAny looks at the value as each reader does, those first of whom it is
// known that they fail.
func (e examination) misreadByAny() bool {
	for _, signs := range []bool{true, false} {
		for _, u := range e.row.Users {
			if (u.reading() == readsSigner) == signs && e.misread(u) {
				return true
			}
		}
	}
	return false
}

// misread looks at the value as one reader does. That a CA has to be one is
// known of those that mTLS backends sign with alone.
func (e examination) misread(u Reference) bool {
	f, as := &e.row.Secret.Facts, u.reading()
	for _, m := range f.misfits(as) {
		switch m.why {
		case keyBeside:
			if u.Kind != KindMeshIdentity {
				e.found(TroubleUnsuitable, false, m.words(*f, as)+" that is read alone")
				return true
			}
		case otherKind, keyShown:
			e.found(TroubleUnsuitable, true, m.words(*f, as))
			return true
		case otherPair:
			e.found(TroubleMismatched, true, m.words(*f, as))
			return true
		case notAuthority, mayNotSign, agreesOnKeys:
			e.found(TroubleNotCA, as == readsSigner, ownHalf.certificate(m.at, len(f.Certificates))+" "+m.words(*f, as))
			return true
		}
	}
	if (as == readsKey || as == readsBoth) && f.Key.Public == [32]byte{} {
		e.found(TroubleUnsuitable, true, f.Problem)
		return true
	}
	if as != readsSigner && as != readsBoth && as != readsCertificate {
		return false
	}
	fault := f.chainFault(as == readsSigner)
	if fault != "" && !e.row.Blamed { // a mismatch says more
		e.found(TroubleChain, false, fault)
	}
	return false
}

// damaged tells of a value that cannot be read whole, whoever reads it.
func (e examination) damaged() {
	row, f := e.row, &e.row.Secret.Facts
	switch {
	case f.Problem == "", f.Problem == problemTooLarge, f.BOM, f.Kind == VaultReference:
		return // nothing is wrong, or it is told for itself
	}
	e.found(TroubleDamaged, row.heeded() && f.Kind != JWT, f.Problem)
}

// form looks at how the value is written. The control plane's own secrets are
// as it wrote them.
func (e examination) form() {
	row, f := e.row, &e.row.Secret.Facts
	if key, short, found := f.feeble(); found {
		why := " is longer than TLS libraries take"
		if short {
			why = " is too short to be safe"
		}
		e.found(TroubleWeak, false, key.Algorithm+why)
	}
	if row.System {
		return
	}
	plain := f.Kind == Text || f.Kind == JWT
	switch {
	case f.TrailingNewline && row.newlineHurts():
		e.found(TroubleNewline, false, "")
	case f.CRLF && plain: // readers of PEM and JSON take either line end
		e.found(TroubleCRLF, false, "")
	}
	if f.BOM {
		e.found(TroubleBOM, row.heeded() && f.Problem != "" && f.Problem != problemUTF16, "")
	}
	if f.EncodedTwice != Unlearnt {
		e.found(TroubleEncoded, false, withArticle(f.EncodedTwice))
	}
	if f.Kind == VaultReference {
		e.found(TroubleVault, false, "")
	}
}

// eachTrouble looks at what a Mesh says of its trust.
func (m Mesh) eachTrouble(found func(t Trouble, broken bool, detail string)) {
	if sign, strange := StrangeSign(m.Name); strange {
		found(TroubleStrange, false, sign)
	}
	if _, there := m.enabled(); m.EnabledBackend != "" && !there {
		found(TroubleBackend, true, Visible(m.EnabledBackend))
	}
	if m.ignores() {
		found(TroubleIgnored, false, "")
	}
}

func (m Mesh) troubled() bool {
	found := false
	m.eachTrouble(func(Trouble, bool, string) { found = true })
	m.eachUnset(func(MTLSBackend, Reference, bool) { found = true })
	return found
}
