package model

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

func byPosition(a, b *Row) int { return a.position().compare(b.position()) }

// expectRows holds that rows are those, however they are asked for, and that
// shelves keep to their size.
func expectRows(t *testing.T, rows Rows, want []*Row) {
	t.Helper()
	if rows.Len() != len(want) || rows.Totals() != totalsOf(want) {
		t.Fatalf("%d rows with %+v, want %d with %+v", rows.Len(), rows.Totals(), len(want), totalsOf(want))
	}
	n := 0
	for i, row := range rows.All() {
		if i != n || row != want[i] || rows.At(i) != row {
			t.Fatalf("row %d is %s as number %d, want %s", n, row.Secret.Ref, i, want[n].Secret.Ref)
		}
		n++
	}
	if n != len(want) {
		t.Fatalf("%d rows in all, want %d", n, len(want))
	}
	for i := 0; i < len(want); i += 97 {
		if at, found := rows.Find(want[i].Secret.Ref); !found || at != i {
			t.Fatalf("row %d was found at %d, %v", i, at, found)
		}
	}
	var odd []int
	secrets := 0
	for i := 1; i < len(want); i += 2 {
		if odd = append(odd, i); !want[i].Ghost() {
			secrets++
		}
	}
	if got := rows.Secrets(odd); got != secrets {
		t.Fatalf("%d of every second row are secrets, want %d", got, secrets)
	}
	for _, s := range rows.shelves {
		if len(s.rows) == 0 || len(s.rows) > shelfMost {
			t.Fatalf("%d rows stand on one shelf", len(s.rows))
		}
	}
}

// However rows are added, replaced and taken away, few at a time or many, they
// are those that would be sorted from scratch.
func TestRowsAfterEdits(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	row := func() *Row {
		n := random.IntN(6000)
		row := &Row{Secret: secretOf("m", fmt.Sprintf("s-%05d", n), Facts{Kind: Text}), System: n%9 == 0}
		if n%50 == 1 {
			row.Mark = MissingSecret
		}
		return row
	}
	var rows Rows
	var plain []*Row
	stand := map[position]*Row{}
	for step := range 300 {
		was, before := rows, plain
		adds, few := step < 150, 1
		if random.IntN(6) == 0 {
			few = 400
		}
		edits := map[position]*Row{}
		for range few {
			r := row()
			if len(plain) > 0 && !adds {
				r = plain[random.IntN(len(plain))]
			}
			switch edits[r.position()] = r; {
			case random.IntN(4) == 0:
				changed := *r
				edits[r.position()] = &changed
			case !adds:
				edits[r.position()] = nil
			}
		}
		var sorted []edit
		for p, r := range edits {
			sorted = append(sorted, edit{p, r})
			if stand[p] = r; r == nil {
				delete(stand, p)
			}
		}
		plain = slices.SortedFunc(maps.Values(stand), byPosition)
		slices.SortFunc(sorted, func(a, b edit) int { return a.compare(b.position) })
		rows = rows.with(sorted)
		expectRows(t, rows, plain)
		if step%10 == 0 {
			expectRows(t, was, before)
		}
	}
	if len(rows.shelves) == 0 || len(plain) > 3000 {
		t.Errorf("%d rows are left on %d shelves: what this tries is another", len(plain), len(rows.shelves))
	}
}

// TestTakingAwayLeavesNoCrumbs holds that a long list of which most is gone does
// not stand on as many shelves as before.
func TestTakingAwayLeavesNoCrumbs(t *testing.T) {
	t.Parallel()
	rows := manyRows(10_000)
	for i := 9999; i >= 0; i-- {
		if i%100 != 0 {
			rows = rows.with([]edit{{rows.At(i).position(), nil}})
		}
	}
	if rows.Len() != 100 || len(rows.shelves) > 100/shelfLeast+1 {
		t.Errorf("%d rows stand on %d shelves", rows.Len(), len(rows.shelves))
	}
}

func TestNoRows(t *testing.T) {
	t.Parallel()
	var none Rows
	expectRows(t, none, nil)
	if _, found := none.Find(Ref{"m", "s"}); found {
		t.Error("found a row among none")
	}
	one := &Row{Secret: secretOf("m", "s", Facts{})}
	rows := none.with([]edit{{one.position(), one}})
	expectRows(t, rows, []*Row{one})
	expectRows(t, rows.with([]edit{{one.position(), nil}}), nil)
	expectRows(t, none.with([]edit{{one.position(), nil}}), nil)
}
