package model

import "time"

// wrongs are the words for what can be wrong with a row whenever one looks, the
// most pressing first.
var wrongs = []struct {
	word string
	is   func(*Row) bool
}{
	{"orphaned", func(r *Row) bool { return r.Orphaned }},
	{"being deleted", func(r *Row) bool { return r.Secret.Object.Deleting }},
	{"mismatched", func(r *Row) bool { return r.Blamed }},
	{"unlabelled", func(r *Row) bool { return r.Secret.Unlabelled }},
	{"empty label", func(r *Row) bool { return r.Secret.Object.EmptyLabel }},
	{"in annotation", func(r *Row) bool { return r.Secret.Object.Applied }},
	{"not resolved", func(r *Row) bool { return r.Secret.Facts.Kind == VaultReference }},
	{"ends with a newline", func(r *Row) bool { return r.Secret.Facts.TrailingNewline && r.newlineHurts() }},
}

// wrong says what is most wrong with the row, whenever one looks.
func (r *Row) wrong() string {
	for i := range wrongs {
		if wrongs[i].is(r) {
			return wrongs[i].word
		}
	}
	return ""
}

// Notes are all words that a list without marks has for a row: what is wrong
// with it, the most pressing first, then what is only worth knowing. Whether
// it is in use is not among them.
func (r Row) Notes(now time.Time) []string {
	var notes []string
	if r.Ghost() {
		return []string{"missing"}
	}
	for i := range wrongs {
		if wrongs[i].is(&r) {
			notes = append(notes, wrongs[i].word)
		}
	}
	switch word, look := r.Expiry(now); {
	case look && word == "not yet":
		notes = append(notes, "not valid yet")
	case look && word != "expired":
		notes = append(notes, "expiring")
	case look:
		notes = append(notes, word)
	}
	if r.Secret.Synced() {
		notes = append(notes, "from global")
	}
	if r.System {
		notes = append(notes, "system")
	}
	return notes
}

// String is the word of the mark: "in use", "referenced", "missing", or "".
func (m Mark) String() string {
	switch m {
	case InUse:
		return "in use"
	case Referenced:
		return "referenced"
	case MissingSecret:
		return "missing"
	case Unreferenced:
	}
	return ""
}
