package model

import (
	"cmp"
	"slices"
	"strings"
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

// fit looks whether the value is what those who refer to it take it for. Of
// what is wrong the worst is told: what only may be wrong, when nothing else is.
func (e examination) fit() {
	row, f := e.row, &e.row.Secret.Facts
	if f.Kind == Empty {
		if !IsRevocations(row.Secret.Ref) {
			e.found(TroubleEmpty, row.System || slices.ContainsFunc(row.Users, func(u Reference) bool { return row.suffers(u, TroubleEmpty) }), "")
		}
		return
	}
	if why := f.noSigner(); why != "" && IsSigningKey(row.Secret.Ref) {
		e.found(TroubleUnsuitable, true, strings.TrimPrefix(why, "it "))
		return
	}
	worst, doubt := row.misread()
	if worst.is {
		e.tell(worst)
	}
	switch {
	case worst.is && worst.trouble != TroubleNotCA: // then no other half could match it
	case row.Blamed && implied(row.Users):
		e.found(TroubleHalfReplaced, true, "")
	case row.Blamed:
		e.found(TroubleMismatched, true, "")
	case worst.is:
	case doubt.is && !row.ruined():
		e.tell(doubt)
		e.chain()
	default:
		e.chain()
		e.damaged()
	}
}

// damaged tells of a value that cannot be read whole, whoever reads it.
func (e examination) damaged() {
	f := &e.row.Secret.Facts
	if f.told() {
		return
	}
	e.found(TroubleDamaged, e.row.ruined(), f.Problem)
}

// told tells that the value is whole, or that what is wrong is told for itself.
func (f *Facts) told() bool {
	return f.Problem == "" || f.Problem == problemTooLarge || f.BOM || f.Kind == VaultReference
}

// ruined tells that somebody uses the value and cannot read it whole. What looks
// like a token is read by whoever asks for it, as it is.
func (r *Row) ruined() bool {
	f := &r.Secret.Facts
	return !f.told() && f.Kind != JWT && r.heeded()
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
