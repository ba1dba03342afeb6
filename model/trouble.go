package model

// Trouble is what kind of thing is wrong.
type Trouble uint8

// The troubles. Those up to TroubleInterrupted come first in the list, those
// from TroubleImmutable on come last, in this order.
const (
	TroubleMissing      Trouble = iota // referred to, and not there
	TroubleMismatched                  // certificate and key are of two pairs
	TroubleHalfReplaced                // likewise, of a pair that the control plane made
	TroubleInterrupted                 // a reassign that was begun and not finished

	TroubleUnsuitable // it is not what it is read as
	TroubleNotCA      // a certificate that will not do as a CA
	TroubleEmpty      // it has no value
	TroubleExpiring
	TroubleExpired
	TroubleNotYet   // not valid yet
	TroubleOrphaned // its mesh does not exist
	TroubleDeleting // deleted, and held by finalizers
	TroubleOnZone   // made on a zone that follows a global control plane
	TroubleAnnotated
	TroubleUnlabelled
	TroubleEmptyLabel
	TroubleNewline
	TroubleCRLF
	TroubleBOM
	TroubleEncoded // base64 in base64
	TroubleVault   // a reference that nobody resolves
	TroubleDamaged // it cannot be read whole
	TroubleWeak    // a key that is too short, or too long
	TroubleChain   // a chain that does not lead up
	TroubleIgnored // a Mesh says something that control planes do not read
	TroubleBackend // a Mesh enables a backend that it has not

	TroubleImmutable
	TroubleStrange // a sign in its name that names have not
	TroubleTwin    // its name looks like another one
	TroubleSame    // its value is that of another one
)

// String is the word of the PROBLEM column.
func (t Trouble) String() string {
	return [...]string{
		TroubleMissing: "missing", TroubleMismatched: "mismatched", TroubleHalfReplaced: "half replaced", TroubleInterrupted: "interrupted",
		TroubleUnsuitable: "unsuitable", TroubleNotCA: "not a CA", TroubleEmpty: "empty",
		TroubleExpiring: "expiring", TroubleExpired: "expired", TroubleNotYet: "not yet valid",
		TroubleOrphaned: "orphaned", TroubleDeleting: "being deleted", TroubleOnZone: "created on zone", TroubleAnnotated: "in annotation",
		TroubleUnlabelled: "unlabelled", TroubleEmptyLabel: "empty label",
		TroubleNewline: "newline", TroubleCRLF: "CR LF", TroubleBOM: "BOM", TroubleEncoded: "base64 twice", TroubleVault: "not resolved",
		TroubleDamaged: "damaged", TroubleWeak: "weak key", TroubleChain: "broken chain",
		TroubleIgnored: "ignored", TroubleBackend: "no backend",
		TroubleImmutable: "immutable", TroubleStrange: "strange name", TroubleTwin: "looks like", TroubleSame: "same value",
	}[t]
}

// mesh looks at what a Mesh says of its trust.
func (d *diagnoser) mesh(m Mesh) {
	if sign, strange := StrangeSign(m.Name); strange {
		d.add(Problem{Trouble: TroubleStrange, Ref: Ref{Mesh: m.Name}, detail: sign})
	}
	if _, there := m.enabled(); m.EnabledBackend != "" && !there {
		d.add(Problem{Trouble: TroubleBackend, Broken: true, Ref: Ref{Mesh: m.Name}, detail: Visible(m.EnabledBackend)})
	}
	if m.UsesConfig {
		d.add(Problem{Trouble: TroubleIgnored, Ref: Ref{Mesh: m.Name}})
	}
}

// interrupted tells of an unfinished reassign. In some states the secret is
// where it was or where it is to be; then only tidying up is left.
func (d *diagnoser) interrupted(u *Interrupted) {
	ref := u.Plan.From
	if ref.Name == "" {
		ref.Name = u.Copy
	}
	broken := u.Looked && (u.State == Gap || u.State == Replaced || u.State == Lost)
	d.add(Problem{Trouble: TroubleInterrupted, Broken: broken, Ref: ref, Interrupted: u})
}

// row looks at one secret, or at a missing one.
func (d *diagnoser) row(row *Row) {
	if row.Mark == MissingSecret {
		d.secret(row, TroubleMissing, true, "")
		return
	}
	d.object(row)
	if !row.Secret.Facts.Learnt() || row.Orphaned {
		return // who has no mesh has no reader: its value matters only once there is one
	}
	d.fit(row)
	d.expiry(row)
	d.form(row)
}

// object looks at the secret apart from its value.
func (d *diagnoser) object(row *Row) {
	s := &row.Secret
	if sign, strange := StrangeSign(s.Ref.Name); strange {
		d.secret(row, TroubleStrange, false, sign)
	}
	if row.Orphaned {
		d.secret(row, TroubleOrphaned, false, "")
	}
	if s.Object.Deleting {
		d.secret(row, TroubleDeleting, false, visibleList(s.Object.Finalizers))
	}
	if d.standing.Federated && !row.System && !s.Ref.Global() && !s.Synced() {
		d.secret(row, TroubleOnZone, false, "")
	}
	if s.Object.Applied {
		d.secret(row, TroubleAnnotated, false, "")
	}
	switch {
	case s.Object.EmptyLabel:
		d.secret(row, TroubleEmptyLabel, row.Mark == InUse, "")
	case s.Unlabelled:
		d.secret(row, TroubleUnlabelled, false, "")
	}
	if s.Object.Immutable {
		d.secret(row, TroubleImmutable, false, "")
	}
}

// fit looks whether the value is what those who refer to it take it for. One
// reason is enough.
func (d *diagnoser) fit(row *Row) {
	f := &row.Secret.Facts
	if f.Kind == Empty {
		if !IsRevocations(row.Secret.Ref) {
			d.secret(row, TroubleEmpty, len(row.Users) > 0 || row.System, "")
		}
		return
	}
	if d.spoiltKey(row) {
		return
	}
	if d.misreadByAny(row) {
		return
	}
	switch {
	case row.Blamed && implied(row.Users):
		d.secret(row, TroubleHalfReplaced, true, "")
	case row.Blamed:
		d.secret(row, TroubleMismatched, true, "")
	default:
		d.damaged(row)
	}
}

// spoiltKey tells of a signing key that is none: tokens cannot be issued, or
// those that were are not accepted.
func (d *diagnoser) spoiltKey(row *Row) bool {
	if !row.System {
		return false
	}
	info, is := d.i.System(*row)
	if !is || info.Serial < 0 || row.Secret.Facts.Kind == PrivateKey {
		return false
	}
	detail := "is " + withArticle(row.Secret.Facts.Kind) + ", where a signing key belongs"
	d.secret(row, TroubleUnsuitable, info.Highest, detail)
	return true
}

// misreadByAny looks at the value as each reader does, those first of whom it is
// known that they fail.
func (d *diagnoser) misreadByAny(row *Row) bool {
	for _, signs := range []bool{true, false} {
		for _, u := range row.Users {
			if (u.reading() == readsSigner) == signs && d.misread(row, u) {
				return true
			}
		}
	}
	return false
}

// misread looks at the value as one reader does. That a CA has to be one is
// known of those that mTLS backends sign with alone.
func (d *diagnoser) misread(row *Row, u Reference) bool {
	f, as := &row.Secret.Facts, u.reading()
	for _, m := range f.misfits(as) {
		switch m.why {
		case keyBeside:
			if u.Kind != KindMeshIdentity {
				d.secret(row, TroubleUnsuitable, false, m.words(*f, as)+" that is read alone")
				return true
			}
		case otherKind, keyShown:
			d.secret(row, TroubleUnsuitable, true, m.words(*f, as))
			return true
		case notAuthority, mayNotSign, agreesOnKeys:
			d.secret(row, TroubleNotCA, as == readsSigner, ownHalf.certificate(m.at, len(f.Certificates))+" "+m.words(*f, as))
			return true
		}
	}
	if as == readsKey && f.Key.Public == [32]byte{} {
		d.secret(row, TroubleUnsuitable, true, f.Problem)
		return true
	}
	if as != readsSigner && as != readsBoth && as != readsCertificate {
		return false
	}
	fault := f.chainFault(as == readsSigner)
	if fault != "" && !row.Blamed { // a mismatch says more
		d.secret(row, TroubleChain, false, fault)
	}
	return false
}

// damaged tells of a value that cannot be read whole, whoever reads it.
func (d *diagnoser) damaged(row *Row) {
	f := &row.Secret.Facts
	switch {
	case f.Problem == "", f.Problem == problemTooLarge, f.BOM, f.Kind == VaultReference:
		return // nothing is wrong, or it is told for itself
	}
	d.secret(row, TroubleDamaged, row.Mark == InUse && f.Kind != JWT, f.Problem)
}

// expiry looks at the time. Whoever uses what has expired or is not valid yet
// fails.
func (d *diagnoser) expiry(row *Row) {
	f := &row.Secret.Facts
	word, look := ExpiryWord(f.NotBefore, f.NotAfter, d.now)
	if !look {
		return
	}
	p := Problem{Trouble: TroubleExpiring, Ref: row.Secret.Ref, Other: row.Partner, row: row, nearness: f.NotAfter.Sub(d.now)}
	switch word {
	case "expired":
		p.Trouble, p.Broken, p.nearness = TroubleExpired, row.Mark == InUse, d.now.Sub(f.NotAfter)
	case "not yet":
		p.Trouble, p.Broken, p.nearness = TroubleNotYet, row.Mark == InUse, f.NotBefore.Sub(d.now)
	}
	d.add(p)
}

// form looks at how the value is written. The control plane's own secrets are
// as it wrote them.
func (d *diagnoser) form(row *Row) {
	f := &row.Secret.Facts
	if key, short, found := f.feeble(); found {
		why := " is longer than TLS libraries take"
		if short {
			why = " is too short to be safe"
		}
		d.secret(row, TroubleWeak, false, key.Algorithm+why)
	}
	if row.System {
		return
	}
	plain := f.Kind == Text || f.Kind == JWT
	switch {
	case f.TrailingNewline && row.newlineHurts():
		d.secret(row, TroubleNewline, false, "")
	case f.CRLF && plain: // readers of PEM and JSON take either line end
		d.secret(row, TroubleCRLF, false, "")
	}
	if f.BOM {
		d.secret(row, TroubleBOM, row.Mark == InUse && f.Problem != "" && f.Problem != problemUTF16, "")
	}
	if f.EncodedTwice != Unlearnt {
		d.secret(row, TroubleEncoded, false, withArticle(f.EncodedTwice))
	}
	if f.Kind == VaultReference {
		d.secret(row, TroubleVault, false, "")
	}
}
