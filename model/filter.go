package model

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Filter chooses rows by words and facets. A word matches anywhere in a row's
// name or mesh, a facet such as "kind:cert" by what is known of the secret; what
// stands after "!" excludes the rows that hold it. The zero Filter matches
// everything.
type Filter struct {
	words    []string
	excluded []string
	facets   []facet
	faults   []string
	begun    string // what the facet takes that is still being typed; "" when none is
	blind    blindSpots
}

// ParseFilter reads what was typed. A lone "!" is a word that is still being
// typed, and says nothing yet. A facet that cannot be read is no text either:
// see Faults.
func ParseFilter(text string) Filter {
	var f Filter
	for word := range strings.FieldsSeq(Fold(text)) {
		without, excludes := strings.CutPrefix(word, "!")
		if name, value, is := strings.Cut(without, ":"); is {
			f.facet(word, name, value, excludes)
			continue
		}
		f.word(word, without, excludes)
	}
	return f
}

// ParseTyped reads what is being typed. The last word may be a facet that cannot
// be read yet: it filters nothing until it can be, or until it is over.
func ParseTyped(text string) Filter {
	typed := strings.TrimLeftFunc(text[max(strings.LastIndexFunc(text, unicode.IsSpace), 0):], unicode.IsSpace)
	f, last := ParseFilter(strings.TrimSuffix(text, typed)), ParseFilter(typed)
	if len(last.faults) > 0 {
		f.begun = last.faults[0]
		return f
	}
	f.words, f.excluded, f.facets = append(f.words, last.words...), append(f.excluded, last.excluded...), append(f.facets, last.facets...)
	return f
}

// ParseWords reads what was typed as words alone, for lists of which nothing
// has facets.
func ParseWords(text string) Filter {
	var f Filter
	for word := range strings.FieldsSeq(Fold(text)) {
		without, excludes := strings.CutPrefix(word, "!")
		f.word(word, without, excludes)
	}
	return f
}

func (f *Filter) word(word, without string, excludes bool) {
	switch {
	case !excludes:
		f.words = append(f.words, word)
	case without != "":
		f.excluded = append(f.excluded, without)
	}
}

// Fold brings text into the form in which filters compare.
func Fold(text string) string { return strings.ToLower(text) }

// Without is the filter of one who knows which kinds were not read, and so of
// which secrets nobody can say whether they are used.
func (f Filter) Without(unread []Unread) Filter {
	f.blind = blindSpotsIn(unread)
	return f
}

// Empty tells whether the filter matches everything.
func (f Filter) Empty() bool {
	return len(f.words) == 0 && len(f.excluded) == 0 && len(f.facets) == 0 && len(f.faults) == 0
}

// Match tells whether a text in its folded form passes the filter's words.
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
	for _, before := range previous.facets {
		if !slices.ContainsFunc(f.facets, func(now facet) bool { return now.typed == before.typed }) {
			return false
		}
	}
	return len(previous.faults) == 0 && (f.blind == previous.blind || !f.OfUsers())
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
func (f Filter) Hits(rows Rows, now time.Time, into []int) []int {
	if len(f.faults) > 0 {
		return into
	}
	from := 0
	for _, s := range rows.shelves {
		for i, folded := range s.folded {
			if f.Match(folded) && f.holds(s.rows[i], now) {
				into = append(into, from+i)
			}
		}
		from += len(s.rows)
	}
	return into
}

// Unsure counts the secrets of which it is not known whether they pass, because
// who uses them is not. It looks at no row when all that could was read.
func (f Filter) Unsure(rows Rows, now time.Time) int {
	n := 0
	if len(f.faults) > 0 || f.blind == (blindSpots{}) || !f.OfUsers() {
		return n
	}
	for _, s := range rows.shelves {
		for i, folded := range s.folded {
			if !s.rows[i].Ghost() && f.Match(folded) && f.unsure(s.rows[i], now) {
				n++
			}
		}
	}
	return n
}

// NarrowHits keeps of hits, which are indices of rows in their order, those
// that pass. It works in place and is meant for a filter that Narrows the one
// before.
func (f Filter) NarrowHits(rows Rows, now time.Time, hits []int) []int {
	kept, n := hits[:0], 0
	if len(f.faults) > 0 {
		return kept
	}
	for _, i := range hits {
		for rows.ends[n] <= i {
			n++
		}
		s := rows.shelves[n]
		at := len(s.folded) - (rows.ends[n] - i)
		if f.Match(s.folded[at]) && f.holds(s.rows[at], now) {
			kept = append(kept, i)
		}
	}
	return kept
}
