package model

import "slices"

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
	TroubleUnset   // a backend has no CA, or half of one, where control planes read it

	TroubleImmutable
	TroubleStrange // a sign in its name that names have not
	TroubleTwin    // its name looks like another one
	TroubleSame    // its value is that of another one
	TroubleSameKey // its private key is that of another one
	TroubleCopied  // other meshes have a secret of its name that holds the same
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
		TroubleIgnored: "ignored", TroubleBackend: "no backend", TroubleUnset: "no CA",
		TroubleImmutable: "immutable", TroubleStrange: "strange name", TroubleTwin: "looks like", TroubleSame: "same value", TroubleSameKey: "same key", TroubleCopied: "copied",
	}[t]
}

// mesh looks at what a Mesh says of its trust.
func (d *diagnoser) mesh(m Mesh) {
	m.eachTrouble(func(t Trouble, broken bool, detail string) {
		d.add(Problem{Trouble: t, Broken: broken, Ref: Ref{Mesh: m.Name}, detail: detail})
	})
	m.eachUnset(func(b MTLSBackend, by Reference, broken bool) {
		d.add(Problem{Trouble: TroubleUnset, Broken: broken, Ref: Ref{Mesh: m.Name}, detail: b.whyUnset(), by: &by})
	})
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

// row tells what is wrong with one secret, or that it is missing. A name that
// looks like another one is told of the pair.
func (d *diagnoser) row(row *Row) {
	if row.Mark == MissingSecret {
		d.secret(row, TroubleMissing, true, "")
		return
	}
	if d.standing.Federated && !row.System && !row.Secret.Ref.Global() && !row.Secret.Synced() {
		d.secret(row, TroubleOnZone, false, "")
	}
	row.eachTrouble(func(t Trouble, broken bool, detail string) {
		d.secret(row, t, broken && d.fails(row, t), detail)
	})
	if row.Secret.Facts.Learnt() && !row.Orphaned {
		d.expiry(row)
	}
}

// fails tells whether something fails by what is wrong with a value, now or when
// the mesh changes: a key with which nobody signs harms nothing, nor does what only
// a backend names that is neither enabled nor checked.
func (d *diagnoser) fails(row *Row, by Trouble) bool {
	switch by { //nolint:exhaustive // of the others it is known by themselves
	case TroubleUnsuitable, TroubleNotCA, TroubleMismatched, TroubleHalfReplaced, TroubleEmpty:
	default:
		return true
	}
	switch signer := IsSigningKey(row.Secret.Ref); {
	case signer && d.signs(row):
		return true
	case len(row.Users) == 0:
		return !signer
	}
	unchecked := d.unchecked[row.Secret.Ref.Mesh]
	return slices.ContainsFunc(row.Users, func(u Reference) bool {
		return (u.Enabled || u.checked(unchecked)) && row.suffers(u, by)
	})
}

// signs tells whether new tokens are signed with the row's secret.
func (d *diagnoser) signs(row *Row) bool {
	info, is := d.i.System(*row)
	return is && info.Highest
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
		p.Trouble, p.Broken, p.nearness = TroubleExpired, row.heeded() && !f.besideOnly(d.now), d.now.Sub(f.NotAfter)
	case "not yet":
		p.Trouble, p.Broken, p.nearness = TroubleNotYet, row.heeded() && !f.besideOnly(d.now), f.NotBefore.Sub(d.now)
	}
	d.add(p)
}
