package model

import (
	"fmt"
	"slices"
	"testing"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	row := foldedName(Ref{Mesh: "payments", Name: "psp-client-cert"})
	for _, c := range []struct {
		text string
		want bool
	}{
		{"", true},
		{"   ", true},
		{"psp", true},
		{"client", true},
		{"CLIENT", true},
		{"pay", true},
		{"cert pay psp", true},
		{"psp legacy", false},
		{"!old", true},
		{"!client", false},
		{"psp !cert", false},
		{"!", true},
		{"psp !", true},
		{"!!x", true},
		{"certpay", false}, // a word does not reach over name and mesh
	} {
		if got := ParseFilter(c.text).Match(row); got != c.want {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
	}
}

func TestFilterNarrows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		previous, now string
		want          bool
	}{
		{"", "p", true},
		{"p", "ps", true},
		{"psp", "psp c", true},
		{"psp", "psp !c", true},
		{"psp c", "psp", false},
		{"ps", "p", false},
		{"!o", "!ol", false}, // lets rows with "o" in again
		{"!ol", "!o", true},
		{"!old", "", false},
		{"psp", "old", false},
		{"psp", "psp", true},
	} {
		if got := ParseFilter(c.now).Narrows(ParseFilter(c.previous)); got != c.want {
			t.Errorf("%q after %q: %v, want %v", c.now, c.previous, got, c.want)
		}
	}
}

func TestNarrowHits(t *testing.T) {
	t.Parallel()
	rows := manyRows(500)
	hits := ParseFilter("7").Hits(rows, frameTime, nil)
	f := ParseFilter("7 !3")
	whole := f.Hits(rows, frameTime, nil)
	if got := f.NarrowHits(rows, frameTime, hits); !slices.Equal(got, whole) || len(got) == 0 {
		t.Errorf("narrowed to %d rows, searched %d", len(got), len(whole))
	}
}

// FuzzParseFilter holds that a filter that narrows another never passes what
// the other did not.
func FuzzParseFilter(f *testing.F) {
	f.Add("psp", "psp c", "psp-client-cert payments")
	f.Add("!ol", "!o", "old-dashboard-token legacy")
	f.Add("!", "!!", "\x00\xff")
	f.Fuzz(func(t *testing.T, previous, now, row string) {
		before, after, folded := ParseFilter(previous), ParseFilter(now), Fold(row)
		if after.Narrows(before) && after.Match(folded) && !before.Match(folded) {
			t.Errorf("%q narrows %q, but passes %q", now, previous, folded)
		}
		if before.Empty() && !before.Match(folded) {
			t.Errorf("the empty filter %q does not pass %q", previous, folded)
		}
	})
}

func manyRows(n int) Rows {
	rows := make([]*Row, n)
	for i := range rows {
		ref := Ref{Mesh: fmt.Sprintf("mesh-%d", i%20), Name: fmt.Sprintf("secret-%06d-of-a-usual-length", i)}
		rows[i] = &Row{Secret: Secret{Ref: ref}, Folded: foldedName(ref)}
	}
	return ofShelves(appendShelves(nil, rows))
}

// BenchmarkFilter is one letter typed, with no hits to begin from: the worst
// case.
func BenchmarkFilter(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		rows := manyRows(n)
		hits := make([]int, 0, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				hits = ParseFilter("usual mesh-7 !000").Hits(rows, frameTime, hits[:0])
			}
			if len(hits) == 0 && n > 1000 {
				b.Fatal("no hits")
			}
		})
	}
}
