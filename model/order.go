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

// sortRows puts rows in the order of a list. Rows are large: their positions
// are sorted, and then each row is moved once, in place.
func sortRows(rows []Row) {
	type numbered struct {
		position
		from int32
	}
	order := make([]numbered, len(rows))
	for i := range rows {
		order[i] = numbered{rows[i].position(), int32(i)}
	}
	slices.SortFunc(order, func(a, b numbered) int {
		return cmp.Or(a.compare(b.position), cmp.Compare(a.from, b.from))
	})
	for start := range order {
		// Each round moves one cycle of rows; -1 stands for a row in its place.
		if order[start].from < 0 {
			continue
		}
		first, to := rows[start], start
		for {
			from := int(order[to].from)
			order[to].from = -1
			if from == start {
				rows[to] = first
				break
			}
			rows[to] = rows[from]
			to = from
		}
	}
}

// sortUsers puts the enabled mTLS backend first, then all by name.
func sortUsers(users []Reference) {
	slices.SortStableFunc(users, func(a, b Reference) int {
		if first := enabledBackend(a); first != enabledBackend(b) {
			if first {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.By, b.By), strings.Compare(string(a.Kind), string(b.Kind)),
			strings.Compare(a.Path, b.Path), strings.Compare(a.Role, b.Role))
	})
}

func enabledBackend(r Reference) bool { return r.Kind == KindMesh && r.Enabled }
