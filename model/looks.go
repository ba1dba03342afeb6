package model

import (
	"slices"
	"time"
)

// looks counts the rows that need a look, at any moment: what is wrong whenever
// one looks, what is from some moment on, and what is up to one.
type looks struct {
	always int
	from   []int64 // sorted
	until  []int64 // sorted
}

func looksOf(rows []*Row) looks {
	var l looks
	for _, row := range rows {
		f := &row.Secret.Facts
		soon := f.NotAfter.Add(-SoonExpiring).Unix()
		switch {
		case row.Mark == MissingSecret:
		case row.troubles != 0, !f.NotAfter.IsZero() && soon < f.NotBefore.Unix():
			l.always++
		default:
			if !f.NotAfter.IsZero() {
				l.from = append(l.from, soon)
			}
			if !f.NotBefore.IsZero() {
				l.until = append(l.until, f.NotBefore.Unix())
			}
		}
	}
	slices.Sort(l.from)
	slices.Sort(l.until)
	return l
}

// at is how many need a look at a moment. Certificates and tokens know whole
// seconds.
func (l looks) at(now time.Time) int {
	second := now.Unix()
	begun, _ := slices.BinarySearch(l.from, now.Add(time.Second-1).Unix())
	over, _ := slices.BinarySearch(l.until, second+1)
	return l.always + begun + len(l.until) - over
}

// Looks is how many of the secrets need a look at a moment: see Row.NeedsLook.
// It costs by the shelves, not by the rows.
func (r Rows) Looks(now time.Time) int {
	n := 0
	for _, s := range r.shelves {
		n += s.looks.at(now)
	}
	return n
}
