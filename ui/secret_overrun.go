package ui

import (
	"time"

	"meshsecrets/model"
)

// overrun is what became of a secret since its screen read it. What was read
// stays on screen and says that it is old; it is never handed to others as what
// is there now.
type overrun uint8

const (
	asRead       overrun = iota
	changedSince         // it has another version
	goneSince            // it was in the list and is no longer
)

// edition tells one state of a secret from another. Universal control planes
// have no versions, but say when it was changed.
type edition struct {
	version  model.Version
	modified time.Time
}

func editionOf(s model.Secret) edition { return edition{s.Version, s.Modified.UTC()} }

// editionIn is the one that a list has of a secret, zero when it has none.
func editionIn(have stock, ref model.Ref) edition {
	row, listed := have.inventory.Find(ref)
	if !listed || row.Ghost() {
		return edition{}
	}
	return editionOf(row.Secret)
}

// restock takes who refers to the secret, and whether it is still what was read.
func (s secret) restock(f Frame, msg restocked) secret {
	if msg.to != s.to {
		return s
	}
	s.overrun = s.overrunIn(msg.stock)
	if s.overrun == goneSince {
		row, _ := msg.stock.inventory.Find(s.row.Secret.Ref)
		s.stock, s.row.Users = msg.stock, row.Users
		return s.judged(f.Now)
	}
	have, row := rowOf(msg.stock, s.row.Secret)
	row.Secret = s.row.Secret
	s.stock, s.row = have, row
	return s.judged(f.Now)
}

// overrunIn tells it by a list that came since. The list may also be the older
// of the two: then it has what it had before.
func (s secret) overrunIn(have stock) overrun {
	now, read := editionIn(have, s.row.Secret.Ref), editionOf(s.row.Secret)
	switch {
	case s.loading != nil, !have.whole, s.listed == edition{}, now == s.listed, now == read:
		return asRead
	case now == edition{}:
		return goneSince
	}
	return changedSince
}

// overtaken says it above all else that is told of the secret.
func (s secret) overtaken(r *report) {
	switch s.overrun {
	case changedSince:
		r.fact(look, "old", "somebody changed it since it was read here; ctrl+r reads it again")
	case goneSince:
		r.fact(look, "gone", "somebody deleted or reassigned it since it was read here; ctrl+r asks again")
	case asRead:
	}
}
