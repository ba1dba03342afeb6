package ui

import (
	"slices"

	"meshsecrets/model"
)

// rows are those of a scope that match a filter. They point into the
// inventory, so that a hundred thousand are not copied at each letter.
type rows struct {
	all      model.Rows
	filtered bool
	hits     []int // indices of all, when filtered
	secrets  int   // how many of all are secrets, ghosts left out
	matched  int   // how many of the hits are
	unlearnt int   // how many of the secrets have facts that are not known
}

// rowsOf are all rows of a scope.
func rowsOf(all model.Rows) rows {
	t := all.Totals()
	return rows{all: all, secrets: t.Secrets, matched: t.Secrets, unlearnt: t.Unlearnt}
}

// filter keeps the rows that match; of a filter that only grew, the hits so
// far are looked at.
func (r rows) filter(f model.Filter, narrows bool) rows {
	if f.Empty() {
		r.filtered, r.hits, r.matched = false, nil, r.secrets
		return r
	}
	if r.filtered && narrows {
		r.hits = f.NarrowHits(r.all, slices.Clone(r.hits))
	} else {
		r.hits = f.Hits(r.all, nil)
	}
	r.filtered, r.matched = true, r.all.Secrets(r.hits)
	return r
}

func (r rows) len() int {
	if r.filtered {
		return len(r.hits)
	}
	return r.all.Len()
}

func (r rows) at(i int) model.Row {
	if r.filtered {
		return *r.all.At(r.hits[i])
	}
	return *r.all.At(i)
}

// find tells where a secret stands, looking first at the place it was last. A
// secret that is not there any more gives that place.
func (r rows) find(ref model.Ref, near int) int {
	near = max(min(near, r.len()-1), 0)
	if near < r.len() && r.at(near).Secret.Ref == ref {
		return near
	}
	at, found := r.all.Find(ref)
	if found && r.filtered {
		at, found = slices.BinarySearch(r.hits, at)
	}
	if found {
		return at
	}
	return near
}
