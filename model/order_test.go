package model

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// However rows come, they are sorted, none is lost and none is there twice.
func TestSortRows(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var rows []*Row
		for _, r := range manyRows(random.IntN(60)).All() {
			rows = append(rows, r)
		}
		for i := range rows {
			rows[i].System = random.IntN(3) == 0
			rows[i].Secret.Ref.Mesh = []string{"", "a", "b"}[random.IntN(3)]
			rows[i].Secret.Ref.Name = rows[i].Secret.Ref.Name[:8+random.IntN(6)]
			rows[i].Secret.Facts.Size = i // tells the rows apart
		}
		before := slices.Clone(rows)
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = sortRows(rows)
		if len(rows) != len(before) || !slices.IsSortedFunc(rows, func(a, b *Row) int { return a.position().compare(b.position()) }) {
			t.Fatal("not sorted, or not as many")
		}
		seen := map[int]bool{}
		for _, r := range rows {
			size := r.Secret.Facts.Size
			if seen[size] || r != before[size] {
				t.Fatalf("row %d is there twice, or another", size)
			}
			seen[size] = true
		}
	}
}

func TestPositionCompare(t *testing.T) {
	t.Parallel()
	order := []position{
		{false, Ref{"", "a"}},
		{false, Ref{"m", "a"}},
		{false, Ref{"", "b"}},
		{true, Ref{"", "a"}},
		{true, Ref{"m", "a"}},
	}
	for i, a := range order {
		for j, b := range order {
			got := a.compare(b)
			if got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%v and %v: %d", a, b, got)
			}
		}
	}
}
