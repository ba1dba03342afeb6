package model

import (
	"hash/maphash"
	"maps"
	"slices"
)

// sames finds the rows whose values are equal, as far as facts tell. It does not
// change: what comes and goes makes another one, which shares the rest. Hashes
// of two values may be equal, so whoever asks compares.
type sames struct {
	seed maphash.Seed
	rows *[aisles]map[uint64][]*Row
}

// of gives the rows that may hold what is asked for.
func (s sames) of(c content) []*Row {
	if s.rows == nil {
		return nil
	}
	hash := maphash.Comparable(s.seed, c)
	return s.rows[hash%aisles][hash]
}

// with is sames after rows came and went; one that was made anew did both.
func (s sames) with(came, gone []*Row) sames {
	next := sames{seed: s.seed, rows: &[aisles]map[uint64][]*Row{}}
	if s.rows == nil {
		next.seed = maphash.MakeSeed()
	} else {
		*next.rows = *s.rows
	}
	own, ownRows := map[uint64]bool{}, map[uint64]bool{}
	change := func(row *Row, with func([]*Row) []*Row) {
		c, is := contentOf(row)
		if !is {
			return
		}
		hash := maphash.Comparable(next.seed, c)
		n := hash % aisles
		if !own[n] {
			own[n] = true
			if next.rows[n] = maps.Clone(next.rows[n]); next.rows[n] == nil {
				next.rows[n] = map[uint64][]*Row{}
			}
		}
		rows := next.rows[n][hash]
		if !ownRows[hash] {
			ownRows[hash], rows = true, slices.Clone(rows)
		}
		if rows = with(rows); len(rows) == 0 {
			delete(next.rows[n], hash)
			return
		}
		next.rows[n][hash] = rows
	}
	for _, row := range gone {
		change(row, func(rows []*Row) []*Row { return slices.DeleteFunc(rows, func(r *Row) bool { return r == row }) })
	}
	for _, row := range came {
		change(row, func(rows []*Row) []*Row { return append(rows, row) })
	}
	return next
}
