//go:build linux

package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// The middle start counts, each aim by itself, and what a busy machine may be
// the reason of counts only when it is asked for.
func TestReport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*found)
		missed string // the line in which that stands; "" for none
		late   bool   // a busy machine may be why
	}{
		"all is well":       {func(*found) {}, "", false},
		"too large":         {func(f *found) { f.size = 25_000_000 }, "the program, stripped", false},
		"a late frame":      {func(f *found) { f.starts[1].frame = 40 * time.Millisecond }, "to the first frame", true},
		"uses much":         {func(f *found) { f.rest.ours = 0.0125 }, "more than the empty one", true},
		"draws":             {func(f *found) { f.rest.drawn = 1 }, "bytes drawn", false},
		"slow, but no more": {func(f *found) { f.rest.ours, f.rest.emptySame = 0.5, 0.499 }, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := found{
				size:   24_999_999,
				starts: []begun{{frame: time.Hour}, {frame: 39 * time.Millisecond}, {frame: 1}},
				rest:   rest{ours: 0.0115, emptySame: 0.01, empty: 0.005},
			}
			test.change(&f)
			var out strings.Builder
			err := f.write(&out, options{count: 10_000})
			if wanted := test.missed != ""; errors.Is(err, errMissed) != wanted {
				t.Errorf("it ends with %v", err)
			}
			for line := range strings.Lines(out.String()) {
				if strings.Contains(line, "MISSED") != (test.missed != "" && strings.Contains(line, test.missed)) {
					t.Errorf("it says: %s", line)
				}
			}
			if err := f.write(io.Discard, options{report: true}); errors.Is(err, errMissed) != (test.missed != "" && !test.late) {
				t.Errorf("where times do not count it ends with %v", err)
			}
		})
	}
}

func TestUsedIn(t *testing.T) {
	t.Parallel()
	stat := "4711 (a b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 7 0\n"
	if got, err := usedIn(stat); err != nil || got != 3*time.Second {
		t.Errorf("it used %v, %v; want 3 s", got, err)
	}
	for _, bad := range []string{"", "4711 (a", "4711 (a) S 1 2", "4711 (a) S 1 2 3 4 5 6 7 8 9 10 x 50"} {
		if got, err := usedIn(bad); err == nil {
			t.Errorf("%q was understood as %v", bad, got)
		}
	}
}
