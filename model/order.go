package model

import (
	"cmp"
	"slices"
	"strings"
)

// last tells whether the row comes after all others, however they are sorted:
// system secrets that nothing references.
func (r *Row) last() bool { return r.System && len(r.Users) == 0 }

// position is where a row belongs in a list.
type position struct {
	last bool
	ref  Ref
}

func (r *Row) position() position { return position{last: r.last(), ref: r.Secret.Ref} }

func (p position) compare(o position) int {
	switch {
	case p.last == o.last:
		return p.ref.Compare(o.ref)
	case p.last:
		return 1
	}
	return -1
}

// sortRows puts rows in the order of a list. Their positions are looked up
// once, and not each time that two are compared.
func sortRows(rows []*Row) []*Row {
	type placed struct {
		position
		row *Row
	}
	order := make([]placed, len(rows))
	for i, row := range rows {
		order[i] = placed{row.position(), row}
	}
	slices.SortFunc(order, func(a, b placed) int { return a.compare(b.position) })
	for i := range order {
		rows[i] = order[i].row
	}
	return rows
}

// sortUsers puts the enabled mTLS backend first, then what else a mesh's trust
// hangs on, then all that use it by name, those that load it without a use, backends
// that are not enabled, and last what is not even read: a list has room for the
// first, and its mark is that of what is read.
func sortUsers(users []Reference) {
	rank := func(r Reference) int {
		switch {
		case enabledBackend(r):
			return 0
		case r.Enabled && r.ofTrust():
			return 1
		case r.Ignored:
			return 5
		case !r.Enabled:
			return 4
		case r.moot():
			return 3
		}
		return 2
	}
	slices.SortStableFunc(users, func(a, b Reference) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.By, b.By), strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Within, b.Within),
			strings.Compare(a.Path, b.Path), strings.Compare(a.Role, b.Role))
	})
}

func enabledBackend(r Reference) bool { return r.OfBackend() && r.Enabled }
