package model

import (
	"iter"
	"slices"
)

// Rows stand on shelves. A shelf is copied when one of its rows changes, so it
// is small; the list of shelves is copied with it, so there are few.
const (
	shelfMost  = 512
	shelfUsual = 256 // of a list that is taken anew, so that rows can be added
	shelfLeast = 64  // a shelf that was changed and has fewer joins the one before
)

// Rows are rows in the order of a list. They do not change: a change makes
// other Rows, which share every shelf in which nothing did. So those who hold
// older ones can go on reading, and a change costs the same for any number.
type Rows struct {
	shelves []*shelf
	ends    []int // how many rows there are up to the end of each shelf
	totals  Totals
}

// shelf is some neighbouring rows, at least one.
type shelf struct {
	rows   []*Row
	folded []string // of each row, side by side: a filter reads nothing else
	totals Totals
	looks  looks
}

// edit puts a row where it belongs, or takes the row away that stands there.
type edit struct {
	position
	row *Row // nil takes away
}

// Len is how many rows there are, ghosts included.
func (r Rows) Len() int {
	if len(r.ends) == 0 {
		return 0
	}
	return r.ends[len(r.ends)-1]
}

// Totals counts the rows. It costs nothing.
func (r Rows) Totals() Totals { return r.totals }

// At gives a row by its number. It is not to be changed.
func (r Rows) At(i int) *Row {
	n, _ := slices.BinarySearch(r.ends, i+1)
	rows := r.shelves[n].rows
	return rows[len(rows)-(r.ends[n]-i)]
}

// Secrets counts the secrets among hits, which are indices in their order, and
// leaves out ghosts. It looks only at rows that may be one.
func (r Rows) Secrets(hits []int) int {
	count, n := 0, 0
	for _, i := range hits {
		for r.ends[n] <= i {
			n++
		}
		s := r.shelves[n]
		if s.totals.Missing == 0 || s.rows[len(s.rows)-(r.ends[n]-i)].Mark != MissingSecret {
			count++
		}
	}
	return count
}

// All gives all rows and their numbers, in order.
func (r Rows) All() iter.Seq2[int, *Row] {
	return func(yield func(int, *Row) bool) {
		i := 0
		for _, s := range r.shelves {
			for _, row := range s.rows {
				if !yield(i, row) {
					return
				}
				i++
			}
		}
	}
}

// Find tells where the row of a secret stands, or of a missing one.
func (r Rows) Find(ref Ref) (int, bool) {
	for _, last := range []bool{false, true} {
		if i, found := r.search(position{last, ref}); found {
			return i, true
		}
	}
	return 0, false
}

// search tells where a row of this position stands, or would stand.
func (r Rows) search(p position) (i int, found bool) {
	if len(r.shelves) == 0 {
		return 0, false
	}
	n := r.shelfAt(p)
	rows := r.shelves[n].rows
	i, found = slices.BinarySearchFunc(rows, p, func(row *Row, p position) int { return row.position().compare(p) })
	return r.ends[n] - len(rows) + i, found
}

// shelfAt is the shelf in which a position is: the last that begins with it or
// before it, else the first.
func (r Rows) shelfAt(p position) int {
	n, found := slices.BinarySearchFunc(r.shelves, p, func(s *shelf, p position) int {
		return s.rows[0].position().compare(p)
	})
	if !found {
		n--
	}
	return max(n, 0)
}

// with gives the rows after edits, which are sorted by position.
func (r Rows) with(edits []edit) Rows {
	if len(edits) == 0 {
		return r
	}
	shelves, done := make([]*shelf, 0, len(r.shelves)+1), 0
	for len(edits) > 0 && done < len(r.shelves) {
		n := r.shelfAt(edits[0].position)
		of := len(edits)
		if n+1 < len(r.shelves) {
			next := r.shelves[n+1].rows[0].position()
			of, _ = slices.BinarySearchFunc(edits, next, func(e edit, p position) int { return e.compare(p) })
		}
		shelves = append(shelves, r.shelves[done:n]...)
		shelves = appendShelves(shelves, edited(r.shelves[n].rows, edits[:of]))
		edits, done = edits[of:], n+1
	}
	shelves = appendShelves(shelves, edited(nil, edits))
	return ofShelves(append(shelves, r.shelves[done:]...))
}

// edited is rows after edits, both sorted.
func edited(rows []*Row, edits []edit) []*Row {
	out := make([]*Row, 0, len(rows)+len(edits))
	for _, e := range edits {
		at, found := slices.BinarySearchFunc(rows, e.position, func(row *Row, p position) int { return row.position().compare(p) })
		out = append(out, rows[:at]...)
		if rows = rows[at:]; found {
			rows = rows[1:]
		}
		if e.row != nil {
			out = append(out, e.row)
		}
	}
	return append(out, rows...)
}

// appendShelves adds rows as one shelf, or as several of about the same size.
// Each has a place of its own: what shared one would keep rows that are gone.
func appendShelves(shelves []*shelf, rows []*Row) []*shelf {
	if len(rows) == 0 {
		return shelves
	}
	if last := len(shelves) - 1; last >= 0 && len(rows) < shelfLeast {
		rows = slices.Concat(shelves[last].rows, rows)
		shelves = shelves[:last]
	}
	size := len(rows)
	if size > shelfMost {
		parts := (size + shelfUsual - 1) / shelfUsual
		size = (size + parts - 1) / parts
	}
	for part := range slices.Chunk(rows, size) {
		shelves = append(shelves, shelfOf(part))
	}
	return shelves
}

func shelfOf(rows []*Row) *shelf {
	folded := make([]string, len(rows))
	for i, row := range rows {
		folded[i] = row.Folded
	}
	return &shelf{slices.Clone(rows), folded, totalsOf(rows), looksOf(rows)}
}

// ofShelves counts what stands on shelves.
func ofShelves(shelves []*shelf) Rows {
	r := Rows{shelves: shelves, ends: make([]int, len(shelves))}
	n := 0
	for i, s := range shelves {
		n += len(s.rows)
		r.ends[i] = n
		r.totals = r.totals.plus(s.totals)
	}
	return r
}
