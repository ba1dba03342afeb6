package model

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// worldsFile holds every world that the search reached, a line each: what is
// seen in runs of the whole program is among them.
const worldsFile = "../testdata/reassign/worlds.txt"

// worlds gives the worlds that were reached, for a reassign as it was begun.
func (h *hunt) worlds() map[string]bool {
	lines := map[string]bool{}
	seen := map[packed]bool{}
	for _, p := range h.queue {
		s := p.state().plane()
		if key := s.pack(); !seen[key] {
			seen[key] = true
			lines[h.world(s)] = true
		}
	}
	return lines
}

// world is a control plane as one line, told by the shipped function.
func (h *hunt) world(s state) string {
	places := [...]string{Absent: "absent", Present: "present", Edited: "edited", Restored: "restored", Foreign: "foreign"}
	environment, tagged := "kubernetes", false
	if h.universal {
		environment = "universal"
	}
	begun, w := console{op: 1}, World{}
	for _, o := range s.objects {
		switch {
		case o.value == nothing:
		case o.mesh == payments:
			w.Source = h.judge(&begun, payments, o)
		case o.mesh == checkout:
			w.Target, tagged = h.judge(&begun, checkout, o), o.tag != 0
		default:
			w.Target = Foreign
		}
	}
	if s.copy != 0 {
		w.Copy = Present
	}
	return fmt.Sprintf("%s source=%s copy=%s target=%s tagged=%s", environment,
		places[w.Source], places[w.Copy], places[w.Target], map[bool]string{true: "yes", false: "no"}[tagged])
}

// compareWorlds holds the worlds that were reached against the file, which
// UPDATE_FRAMES=1 rewrites.
func compareWorlds(t *testing.T, reached map[string]bool) {
	t.Helper()
	got := strings.Join(slices.Sorted(maps.Keys(reached)), "\n") + "\n"
	if os.Getenv("UPDATE_FRAMES") != "" {
		if err := os.MkdirAll(filepath.Dir(worldsFile), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(worldsFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(worldsFile)
	if err != nil {
		t.Fatalf("%v (UPDATE_FRAMES=1 writes it)", err)
	}
	if got != string(want) {
		t.Errorf("other worlds than those of %s were reached (UPDATE_FRAMES=1 rewrites it after a look):\n%s", worldsFile, got)
	}
}
