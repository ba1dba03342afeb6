package model

import (
	"slices"
	"strconv"
	"time"
)

// KindWord is the word of the KIND column: what the value is, or what it is
// for when the name says so and the value bears it out. "…" stands for what
// nobody has looked at.
func (r Row) KindWord() string {
	kind := r.Secret.Facts.Kind
	switch {
	case r.Ghost():
		return "missing"
	case kind == PrivateKey && r.System:
		if f, _, ok := familyOf(r.Secret.Ref); ok && f.kind != "" && r.Secret.Facts.noSigner() == "" {
			return f.kind
		}
	case (kind == Text || kind == Empty) && IsRevocations(r.Secret.Ref):
		return "revocations"
	}
	return kind.String()
}

// Expiry is the word of the EXPIRES column and whether it needs a look: that
// of ExpiryWord, or "…" when nobody has looked at the value.
func (r Row) Expiry(now time.Time) (word string, look bool) {
	facts := &r.Secret.Facts
	if !facts.Learnt() && !r.Ghost() {
		return "…", false
	}
	return ExpiryWord(facts.NotBefore, facts.NotAfter, now)
}

// UsedBy names the first who refers to the secret, and how many more do. A
// resource that names it in several places counts once.
func (r Row) UsedBy() (user string, more int) {
	if len(r.Users) == 0 {
		return "", 0
	}
	for n := 1; n < len(r.Users); n++ {
		// Users are sorted, so the places of one resource are neighbours.
		if r.Users[n-1].user() != r.Users[n].user() {
			more++
		}
	}
	return r.Users[0].User(), more
}

// Note gives the row's most pressing note, for the USED BY column after the
// references: "orphaned", "mismatched", "unlabelled", "from global" and so on,
// or "". look tells that something is wrong, so that "!" stands before it. A
// system secret says so only when nothing references it, since the column then
// would be empty.
func (r Row) Note() (look bool, word string) {
	if wrong := r.wrong(); wrong != "" {
		return true, wrong
	}
	switch {
	case r.Ghost():
		return false, ""
	case r.Secret.Synced():
		return false, "from global"
	case r.System && len(r.Users) == 0:
		return false, "system"
	}
	return false, ""
}

// newlineHurts tells whether a newline at the end would be taken for a part of
// the value: PEM and JSON may end with one, and control planes cut it off from
// revocations.
func (r *Row) newlineHurts() bool {
	kind := r.Secret.Facts.Kind
	return (kind == Text || kind == JWT) && !IsRevocations(r.Secret.Ref)
}

// Trusted tells whether the mesh's own mTLS hangs on the secret: its enabled
// backend uses it, or a MeshIdentity. Of a missing one it tells so too.
func (r *Row) Trusted() bool {
	return slices.ContainsFunc(r.Users, func(u Reference) bool { return u.Enabled && u.ofTrust() })
}

// NeedsLook tells whether the row has a "!": something is wrong with the secret,
// as a list of problems has it, or it expires within SoonExpiring, has expired or
// is not valid yet. What is only worth knowing there, and what depends on more
// than the secret and who refers to it, is no reason. Ghosts have a mark of their
// own.
func (r Row) NeedsLook(now time.Time) bool {
	if r.Ghost() {
		return false
	}
	_, look := r.Expiry(now)
	return look || r.troubles != 0
}

// UserLine says who refers to the secret and how, for the facts under a list:
// "mTLS backend ca-2 of payments (enabled) as certificate", "ExternalService
// psp, as client key". It is made visible.
func (r Reference) UserLine() string {
	by := Visible(r.By)
	if !r.OfBackend() {
		text := string(r.Kind) + " " + by + ", as " + Visible(r.Role)
		if r.moot() {
			text += " (" + r.unusedWords() + ")"
		}
		return text
	}
	state := " (not enabled)"
	switch {
	case r.Ignored:
		state = " (under \"config\", not read)"
	case r.Enabled:
		state = " (enabled)"
	}
	return "mTLS backend " + by + " of " + Visible(r.Mesh) + state + " as " + Visible(r.Role)
}

// SerialLine explains a signing key's serial: "1, the highest: new tokens are
// signed with this key".
func (s SystemInfo) SerialLine() string {
	number := strconv.Itoa(s.Serial)
	if s.Highest {
		return number + ", the highest: new tokens are signed with this key"
	}
	if s.Unsure {
		return number + "; whether a key has a higher one is not known, as not all were read"
	}
	return number + ", not the highest: tokens of this serial are still checked"
}
