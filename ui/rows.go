package ui

import (
	"slices"
	"time"

	"meshsecrets/model"
)

// rows are those of a scope that match a filter. They point into the
// inventory, so that a hundred thousand are not copied at each letter.
type rows struct {
	all      model.Rows
	order    []int // the numbers of all in the order of the list; nil: as they are
	filtered bool
	hits     []int // indices of all, when filtered; they stay as they are in all
	shown    []int // the same in the order of the list, when there is one
	secrets  int   // how many of all are secrets, ghosts left out
	matched  int   // how many of the hits are
	unlearnt int   // how many of the secrets have facts that are not known
	unsure   int   // of how many of them nobody knows whether they match, as who uses them is not known
	looks    int   // how many of them need a look
}

// rowsOf are all rows of a scope, in an order.
func rowsOf(all model.Rows, by model.Sort, now time.Time) rows {
	t := all.Totals()
	return rows{all: all, order: all.Order(by), looks: all.Looks(now), secrets: t.Secrets, matched: t.Secrets, unlearnt: t.Unlearnt}
}

// filter keeps the rows that match; of a filter that only grew, the hits so
// far are looked at.
func (r rows) filter(f model.Filter, now time.Time, narrows bool) rows {
	r.unsure = f.Unsure(r.all, now)
	if f.Empty() {
		r.filtered, r.hits, r.shown, r.matched = false, nil, nil, r.secrets
		return r
	}
	if r.filtered && narrows {
		r.hits = f.NarrowHits(r.all, now, slices.Clone(r.hits))
	} else {
		r.hits = f.Hits(r.all, now, nil)
	}
	r.filtered, r.matched = true, r.all.Secrets(r.hits)
	return r.arranged()
}

// arranged puts the hits in the order of the list.
func (r rows) arranged() rows {
	if r.order == nil {
		return r
	}
	is := make([]bool, r.all.Len())
	for _, i := range r.hits {
		is[i] = true
	}
	r.shown = make([]int, 0, len(r.hits))
	for _, i := range r.order {
		if is[i] {
			r.shown = append(r.shown, i)
		}
	}
	return r
}

// numbers are those of the rows of the list, nil when they are all, as they are.
func (r rows) numbers() []int {
	switch {
	case r.filtered && r.order != nil:
		return r.shown
	case r.filtered:
		return r.hits
	}
	return r.order
}

func (r rows) len() int {
	if r.filtered {
		return len(r.hits)
	}
	return r.all.Len()
}

func (r rows) at(i int) model.Row {
	if numbers := r.numbers(); numbers != nil {
		i = numbers[i]
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
	switch {
	case !found:
	case r.order != nil:
		at = slices.Index(r.numbers(), at)
		found = at >= 0
	case r.filtered:
		at, found = slices.BinarySearch(r.hits, at)
	}
	if found {
		return at
	}
	return near
}
