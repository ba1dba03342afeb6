package ui

import "testing"

// A character that takes two cells and stands across an edge is replaced by a
// blank: else a frame is drawn wider than the window.
func TestCutTextIsAsWideAsItIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text       string
		start, end int
		want       string
	}{
		{"世世世", 0, 4, "世世"}, {"世世世", 1, 4, " 世"}, {"世世世", 1, 5, " 世 "}, {"世世世", 1, 2, " "}, {"a世b", 2, 4, " b"},
		{"plain", 1, 3, "la"}, {"e\u0301世x", 2, 4, " x"},
	} {
		if got := cutText(c.text, c.start, c.end); got != c.want {
			t.Errorf("cells %d to %d of %q are %q, want %q", c.start, c.end, c.text, got, c.want)
		}
	}
}
