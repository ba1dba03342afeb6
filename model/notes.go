package model

import "time"

// noted are the troubles that a list has a note for, the most pressing first.
// That a secret is missing has a mark, and what time makes of it a column.
var noted = [...]Trouble{
	TroubleOrphaned, TroubleDeleting, TroubleUnsuitable, TroubleNotCA, TroubleEmpty, TroubleMismatched, TroubleHalfReplaced,
	TroubleUnlabelled, TroubleEmptyLabel, TroubleAnnotated, TroubleStrange, TroubleTwin, TroubleVault, TroubleDamaged,
	TroubleEncoded, TroubleBOM, TroubleCRLF, TroubleNewline, TroubleChain, TroubleWeak,
}

// wrong says what is most wrong with the row, whenever one looks; "" for
// nothing.
func (r *Row) wrong() string {
	if r.troubles == 0 {
		return ""
	}
	for _, t := range noted {
		if r.troubles.has(t) {
			return r.noteOf(t)
		}
	}
	return ""
}

func (r *Row) noteOf(t Trouble) string {
	if t == TroubleTwin {
		return "looks like " + Visible(r.Alike)
	}
	if t == TroubleNewline {
		return "ends with a newline"
	}
	return t.String()
}

// Notes are all words that a list without marks has for a row: what is wrong
// with it, the most pressing first, then what is only worth knowing. Whether
// it is in use is not among them.
func (r Row) Notes(now time.Time) []string {
	if r.Ghost() {
		return []string{"missing"}
	}
	var notes []string
	for _, t := range noted {
		if r.troubles.has(t) {
			notes = append(notes, r.noteOf(t))
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
