package model

import "strings"

// Filter chooses rows by words. A word matches anywhere in a row's name or
// mesh; a word after "!" excludes the rows that hold it. The zero Filter
// matches everything.
type Filter struct {
	words    []string
	excluded []string
}

// ParseFilter reads what was typed. It has no errors: a lone "!" is a word
// that is still being typed, and says nothing yet.
func ParseFilter(text string) Filter {
	var f Filter
	for word := range strings.FieldsSeq(Fold(text)) {
		without, excludes := strings.CutPrefix(word, "!")
		switch {
		case !excludes:
			f.words = append(f.words, word)
		case without != "":
			f.excluded = append(f.excluded, without)
		}
	}
	return f
}

// Fold brings text into the form in which filters compare.
func Fold(text string) string { return strings.ToLower(text) }

// Empty tells whether the filter matches everything.
func (f Filter) Empty() bool { return len(f.words) == 0 && len(f.excluded) == 0 }

// Match tells whether a row, given by its folded name and mesh, passes.
func (f Filter) Match(folded string) bool {
	for _, word := range f.words {
		if !strings.Contains(folded, word) {
			return false
		}
	}
	for _, word := range f.excluded {
		if strings.Contains(folded, word) {
			return false
		}
	}
	return true
}

// Narrows tells whether whatever passes f also passed previous, so that only
// previous hits need to be looked at. It may say false where true would hold,
// never the other way.
func (f Filter) Narrows(previous Filter) bool {
	for _, before := range previous.words {
		if !anyWord(f.words, func(now string) bool { return strings.Contains(now, before) }) {
			return false
		}
	}
	for _, before := range previous.excluded {
		// What held the longer word held the shorter one too.
		if !anyWord(f.excluded, func(now string) bool { return strings.Contains(before, now) }) {
			return false
		}
	}
	return true
}

func anyWord(words []string, is func(string) bool) bool {
	for _, word := range words {
		if is(word) {
			return true
		}
	}
	return false
}

// Hits appends to into the indices of the rows that pass, in their order.
func (f Filter) Hits(rows Rows, into []int) []int {
	from := 0
	for _, s := range rows.shelves {
		for i, folded := range s.folded {
			if f.Match(folded) {
				into = append(into, from+i)
			}
		}
		from += len(s.rows)
	}
	return into
}

// NarrowHits keeps of hits, which are indices of rows in their order, those
// that pass. It works in place and is meant for a filter that Narrows the one
// before.
func (f Filter) NarrowHits(rows Rows, hits []int) []int {
	kept, n := hits[:0], 0
	for _, i := range hits {
		for rows.ends[n] <= i {
			n++
		}
		folded := rows.shelves[n].folded
		if f.Match(folded[len(folded)-(rows.ends[n]-i)]) {
			kept = append(kept, i)
		}
	}
	return kept
}
