package model

import "time"

// wrong says what is most wrong with the row, whenever one looks; "" for
// nothing.
func (r *Row) wrong() string {
	word, _ := r.wrongAfter(0)
	return word
}

// wrongAfter gives the next word for what is wrong with the row, the most
// pressing first, and where it stands among them; "" when there is no more. It
// is asked for every row whenever one near it changes, so it makes nothing but
// for names that look alike, which are few.
func (r *Row) wrongAfter(n int) (word string, at int) {
	facts, object := &r.Secret.Facts, &r.Secret.Object
	switch {
	case n < 1 && r.Orphaned:
		return "orphaned", 1
	case n < 2 && object.Deleting:
		return "being deleted", 2
	case n < 3 && r.Blamed:
		return "mismatched", 3
	case n < 4 && r.Secret.Unlabelled:
		return "unlabelled", 4
	case n < 5 && object.EmptyLabel:
		return "empty label", 5
	case n < 6 && object.Applied:
		return "in annotation", 6
	case n < 7 && r.Strange:
		return "strange name", 7
	case n < 8 && r.Alike != "":
		return "looks like " + Visible(r.Alike), 8
	case n < 9 && facts.Kind == VaultReference:
		return "not resolved", 9
	case n < 10 && facts.TrailingNewline && r.newlineHurts():
		return "ends with a newline", 10
	}
	return "", n
}

// Notes are all words that a list without marks has for a row: what is wrong
// with it, the most pressing first, then what is only worth knowing. Whether
// it is in use is not among them.
func (r Row) Notes(now time.Time) []string {
	if r.Ghost() {
		return []string{"missing"}
	}
	var notes []string
	for word, at := r.wrongAfter(0); word != ""; word, at = r.wrongAfter(at) {
		notes = append(notes, word)
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
