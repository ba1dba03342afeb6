package model

import "time"

// Totals counts rows. Ghosts are not secrets and are counted apart.
type Totals struct {
	Secrets  int
	Missing  int
	Unlearnt int   // of the secrets: nobody has looked at their values yet
	Worst    Worst // apart from what time makes of the rows; see WorstAt

	expires time.Time // the first of all expiries
	begins  time.Time // the last of all beginnings
}

// WorstAt is the worst mark at a moment: what expires soon, has expired or is
// not valid yet needs a look.
func (t Totals) WorstAt(now time.Time) Worst {
	if _, look := ExpiryWord(t.begins, t.expires, now); look {
		return max(t.Worst, NeedsLook)
	}
	return t.Worst
}

// plus counts two lots of rows together. What was counted cannot be taken off
// again: the first expiry of the rest would not be known.
func (t Totals) plus(o Totals) Totals {
	t.Secrets += o.Secrets
	t.Missing += o.Missing
	t.Unlearnt += o.Unlearnt
	t.Worst = max(t.Worst, o.Worst)
	if !o.expires.IsZero() && (t.expires.IsZero() || o.expires.Before(t.expires)) {
		t.expires = o.expires
	}
	if o.begins.After(t.begins) {
		t.begins = o.begins
	}
	return t
}

func totalsOf(rows []*Row) Totals {
	var t Totals
	for _, row := range rows {
		t = t.plus(row.totals())
	}
	return t
}

// totals are those of the row alone.
func (r *Row) totals() Totals {
	if r.Mark == MissingSecret {
		return Totals{Missing: 1, Worst: HasMissing}
	}
	facts := &r.Secret.Facts
	t := Totals{Secrets: 1, expires: facts.NotAfter, begins: facts.NotBefore}
	if !facts.Learnt() {
		t.Unlearnt = 1
	}
	if r.troubles != 0 {
		t.Worst = NeedsLook
	}
	return t
}
