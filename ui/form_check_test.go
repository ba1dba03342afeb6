package ui

import (
	"strings"
	"testing"
)

// What enter mends is told as of the line of the check, wherever the bar is, and
// not where enter saves.
func TestEnterMendsWhereTheBarIs(t *testing.T) {
	t.Parallel()
	says := func(r *workbench, want bool, text string) {
		t.Helper()
		if shown := strings.Join(strings.Fields(r.shown()), " "); strings.Contains(shown, text) != want {
			t.Errorf("%q is said: %v\n%s", text, !want, shown)
		}
	}
	r := newBench(t, 100, 30)
	r.add("payments").write("x").press("tab", "tab", "tab").write("fake").press("enter")
	says(r, true, "; enter here removes it")
	r.press("tab")
	says(r, true, "; enter removes it")
	r = newBench(t, 100, 30)
	r.add("payments").write("x").press("tab", "tab", "tab").paste("type: Secret\nmesh: payments\nname: other\ndata: ZmFrZQ==\n")
	says(r, false, "enter here takes it apart")
	r.press("shift+tab")
	says(r, true, "; enter here takes it apart")
	r = newBench(t, 100, 40)
	r.outside(typing("fake\n"), "payments", "psp-ca").settle()
	if _, asks := r.top().(approval); !asks {
		t.Fatalf("on top is %T", r.top())
	}
	says(r, true, "ends with a newline")
	says(r, false, "removes it")
}
