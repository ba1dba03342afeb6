package reassigntest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// tasteOf is how much of a small volume the usual tests run: enough to see that a
// change broke it, and no more, as they are run all the time.
const tasteOf = 6

// volume is a number of runs: the first of testdata/reassign/run small, the
// second of the table of results. The usual tests take a part of the first.
func volume(small, all int) int {
	switch os.Getenv("MESHSECRETS_RUNS") {
	case "full":
		return all
	case "small":
		return small
	}
	return max(small/tasteOf, 1)
}

// seeds gives the seeds of n runs: one alone when MESHSECRETS_SEED names it.
func seeds(t *testing.T, n int) []uint64 {
	t.Helper()
	if text := os.Getenv("MESHSECRETS_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return []uint64{seed}
	}
	all := make([]uint64, n)
	for i := range all {
		all[i] = uint64(i)
	}
	return all
}

// mostOf begins what is not added up: the largest of all runs counts.
const mostOf = "most "

// count is what came of many runs.
type count struct {
	mu      sync.Mutex
	what    string
	runs    int
	lost    int // the value was nowhere, and that was not to be
	altered int // something held other bytes than it should, or was another's
	claims  int // what was said was not so
	other   int // not found again, not ended, or with something left behind
	more    map[string]int
	worlds  map[string]bool // that were seen at any revision
}

// add counts one run.
func (c *count) add(h *history, faults []fault, more map[string]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs++
	if c.more == nil {
		c.more, c.worlds = map[string]int{}, map[string]bool{}
	}
	c.more["revisions"] += h.revisions
	maps.Copy(c.worlds, h.worlds)
	for _, f := range faults {
		switch f.kind {
		case lost:
			c.lost++
		case altered:
			c.altered++
		case claimed:
			c.claims++
		case left:
			c.other++
		}
	}
	for name, n := range more {
		if strings.HasPrefix(name, mostOf) {
			c.more[name] = max(c.more[name], n)
		} else {
			c.more[name] += n
		}
	}
}

// searched are the worlds that the search over the model reached, a line each.
var searched = sync.OnceValues(func() (map[string]bool, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "reassign", "worlds.txt"))
	known := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		known[strings.TrimSpace(line)] = true
	}
	return known, err
})

// compare holds that every world that was seen is one that the search reached.
func (c *count) compare(t *testing.T) {
	t.Helper()
	known, err := searched()
	if err != nil {
		t.Error(err)
		return
	}
	for _, world := range slices.Sorted(maps.Keys(c.worlds)) {
		// Nobody forges safety copies in the search.
		if !known[world] && !strings.Contains(world, "copy=foreign") {
			t.Errorf("the search over the model never saw a world that was seen here: %s", world)
		}
	}
}

// results guards the file.
var results sync.Mutex

// tell says the result, and adds it to the file that MESHSECRETS_RESULTS names.
func (c *count) tell(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	more := map[string]int{"lost": c.lost, "altered": c.altered, "wrong claims": c.claims, "left": c.other}
	maps.Copy(more, c.more)
	line, err := json.Marshal(map[string]any{
		"what": c.what, "runs": c.runs, "bad": c.lost + c.altered + c.claims + c.other, "more": more,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(string(line))
	c.compare(t)
	name := os.Getenv("MESHSECRETS_RESULTS")
	if c.runs == 0 {
		t.Error("nothing was run")
		name = ""
	}
	if name == "" {
		return
	}
	results.Lock()
	defer results.Unlock()
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
