package model

import (
	"cmp"
	"slices"
	"strings"
)

// SortBy is a column that a list can be sorted by.
type SortBy uint8

// The columns, in the order of the choice. ByName is the usual order.
const (
	ByName SortBy = iota
	ByKind
	ByUser
	ByExpiry
	BySize
	ByAge
)

// sortWords name each column, and say what comes first: as it is sorted, and
// reversed.
var sortWords = [...][3]string{
	ByName:   {"name", "A to Z", "Z to A"},
	ByKind:   {"kind", "A to Z", "Z to A"},
	ByUser:   {"used by", "in use first", "in use last"},
	ByExpiry: {"expires", "soonest first", "latest first"},
	BySize:   {"size", "largest first", "smallest first"},
	ByAge:    {"age", "newest first", "oldest first"},
}

// Columns are all that a list can be sorted by.
func Columns() []SortBy { return []SortBy{ByName, ByKind, ByUser, ByExpiry, BySize, ByAge} }

// String is the column as it is chosen and typed.
func (b SortBy) String() string { return sortWords[b][0] }

// Sort is the order of a list. The zero Sort is the usual one.
type Sort struct {
	By       SortBy
	Reversed bool
}

// ReadSort reads an order that was typed: the name of a column, or how that
// begins when nothing else begins so, and "reversed" after it.
func ReadSort(text string) (Sort, bool) {
	words := strings.Fields(Fold(text))
	reversed := len(words) > 1 && words[len(words)-1] == reversedWord
	if reversed {
		words = words[:len(words)-1]
	}
	var found []SortBy
	for _, b := range Columns() {
		if len(words) > 0 && strings.HasPrefix(b.String(), strings.Join(words, " ")) {
			found = append(found, b)
		}
	}
	if len(found) != 1 {
		return Sort{}, false
	}
	return Sort{found[0], reversed}, true
}

const reversedWord = "reversed"

// String is the order as it is typed: "expires", "size reversed".
func (s Sort) String() string {
	if s.Reversed {
		return s.By.String() + " " + reversedWord
	}
	return s.By.String()
}

// First says what comes first: "soonest first".
func (s Sort) First() string {
	if s.Reversed {
		return sortWords[s.By][2]
	}
	return sortWords[s.By][1]
}

// OfFacts tells whether the order asks for what is learnt from values.
func (s Sort) OfFacts() bool { return s.By == ByKind || s.By == ByExpiry || s.By == BySize }

// The parts of a sorted list, one after the other; within each but the first the
// usual order holds.
const (
	partSorted  = iota // what has something in the column
	partNone           // what has nothing there
	partUnknown        // what nobody has looked at
	partLast           // system secrets that nothing references, whatever the column
	sortParts
)

// sortKey is where a row stands by a column.
type sortKey struct {
	key int64
	n   int // of the row in the usual order
}

// Order gives the numbers of the rows in another order, nil for the usual one.
// However it is sorted, also when it is reversed, what has nothing in the column
// or is not known stands below, and system secrets that nothing references at
// the end; but what expires stands by its expiry whatever it is, because a
// token of the control plane's own ends too.
func (r Rows) Order(s Sort) []int {
	if s == (Sort{}) {
		return nil
	}
	var of [sortParts][]sortKey
	ranks := r.kindRanks(s.By)
	for n, row := range r.All() {
		part, key := s.key(row, ranks)
		if s.Reversed {
			key = -key
		}
		of[part] = append(of[part], sortKey{key, n})
	}
	if s.By == ByName {
		of[partSorted], of[partLast] = reversed(of[partSorted]), reversed(of[partLast])
	} else {
		slices.SortFunc(of[partSorted], func(a, b sortKey) int { return cmp.Or(cmp.Compare(a.key, b.key), a.n-b.n) })
	}
	order := make([]int, 0, r.Len())
	for _, part := range of {
		for _, k := range part {
			order = append(order, k.n)
		}
	}
	return order
}

func reversed(keys []sortKey) []sortKey {
	slices.Reverse(keys)
	return keys
}

// key is the part of the list in which a row stands, and its place there.
func (s Sort) key(row *Row, ranks map[string]int64) (part int, key int64) {
	f := &row.Secret.Facts
	part = partSorted
	switch s.By {
	case ByName:
	case ByKind:
		key = ranks[row.KindWord()]
		if !f.Learnt() && !row.Ghost() {
			part = partUnknown
		}
	case ByUser:
		key = row.userRank()
	case ByExpiry:
		key = f.NotAfter.Unix()
		switch {
		case !f.NotAfter.IsZero():
			return partSorted, key
		case f.Learnt() || row.Ghost():
			part = partNone
		default:
			part = partUnknown
		}
	case BySize:
		key = -int64(f.Size)
		switch {
		case row.Ghost():
			part = partNone
		case !f.Learnt():
			part = partUnknown
		}
	case ByAge:
		key = -row.Secret.Created.Unix()
		if row.Secret.Created.IsZero() {
			part = partNone
		}
	}
	if row.last() {
		part = partLast
	}
	return part, key
}

// userRank puts what a mesh's own trust hangs on before what policies use, that
// before what is referenced only, and that before what nothing refers to.
func (r *Row) userRank() int64 {
	switch mark := markOf(r.Users); {
	case mark == InUse && r.Trusted():
		return 0
	case mark == InUse:
		return 1
	case mark == Referenced:
		return 2
	}
	return 3
}

// kindRanks are the places of the words under KIND, where that is asked for.
func (r Rows) kindRanks(by SortBy) map[string]int64 {
	if by != ByKind {
		return nil
	}
	words := kindWords()
	slices.SortFunc(words, func(a, b string) int { return strings.Compare(Fold(a), Fold(b)) })
	ranks := make(map[string]int64, len(words))
	for n, word := range words {
		ranks[word] = int64(n)
	}
	return ranks
}
