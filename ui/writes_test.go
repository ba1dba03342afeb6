package ui

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// every is each of the writing screens in a state of its own.
func every(t *testing.T, w, h int) map[string]*workbench {
	bench := func(settings ...setting) *workbench { return newBench(t, w, h, settings...) }
	return map[string]*workbench{
		"add":               bench().add("payments"),
		"add, a file":       bench().add("payments").press("tab", "right", "tab"),
		"add, revealed":     bench().add("payments").press("tab", "tab", "tab").write("fake").press("ctrl+x"),
		"edit":              bench().edit("payments", "psp-ca").settle(),
		"edit, reading":     bench().edit("payments", "psp-ca"),
		"edit, confirm":     bench().edit("payments", "psp-ca").settle().write("fake").press("ctrl+s"),
		"edit, leaving":     bench().edit("payments", "psp-ca").settle().write("fake").press("esc"),
		"delete":            bench().remove("payments", "payments-ca-cert-old").settle(),
		"delete, protected": bench(protected).remove("payments", "psp-ca").settle(),
		"delete, orphaned":  bench().remove("retired", "retired-shop-token"),
		"reassign":          bench().reassign("payments", webhook),
		"reassign, checks":  bench().reassign("payments", webhook).press("enter"),
		"reassign, blocked": bench().reassign("payments", "psp-ca").press("enter").settle(),
		"reassign, confirm": bench().reassign("payments", webhook).press("enter").settle(),
		"reassign, steps":   bench().reassign("payments", webhook).begun(),
		"reassign, done":    bench().reassign("payments", webhook).begun().settle(),
	}
}

func TestWritingScreensFitEveryTerminal(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 1}, {20, 5}, {40, 12}, {41, 13}, {60, 20}, {79, 24}, {80, 24}, {100, 30}, {200, 60}} {
		for name, r := range every(t, size[0], size[1]) {
			lines, _ := r.app.draw()
			if len(lines) != size[1] {
				t.Errorf("%s at %v: %d lines", name, size, len(lines))
			}
			for i, l := range lines {
				if l.width() != size[0] {
					t.Errorf("%s at %v: line %d is %d wide", name, size, i+1, l.width())
				}
			}
		}
	}
}

// TestOneBar holds that at most one bar says where the keys act.
func TestOneBar(t *testing.T) {
	t.Parallel()
	for name, r := range every(t, 100, 30) {
		if n := strings.Count(ansi.Strip(r.app.View().Content), "▌"); n > 1 {
			t.Errorf("%s has %d bars", name, n)
		}
	}
}

// TestKeysNotOfferedDoNothing presses keys that no writing screen offers and
// that are no text there.
func TestKeysNotOfferedDoNothing(t *testing.T) {
	t.Parallel()
	for name, r := range every(t, 100, 30) {
		if isTyping(r.top()) {
			continue
		}
		r.app.message = Message{}
		before, depth := r.app.View().Content, len(r.app.stack)
		r.waiting = nil
		for _, key := range []string{"e", "m", "a", "D", "y", "Y", "0", "3", "/", "z", "u", "p", "C", "E"} {
			if _, offered := offeredBy(r.app, pressOf(key)); !offered {
				r.press(key)
			}
		}
		if r.app.View().Content != before || len(r.app.stack) != depth || len(r.waiting) > 0 {
			t.Errorf("%s: a key that is not offered does something", name)
		}
	}
}

// TestNoFrameHoldsWhatIsMasked plants a canary in each way a value comes in,
// and looks for it in every frame on the way.
func TestNoFrameHoldsWhatIsMasked(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-7f3e-not-a-real-value"
	forms := []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), hex.EncodeToString([]byte(canary))}
	clean := func(r *workbench, step string) {
		t.Helper()
		text := ansi.Strip(r.app.View().Content) + r.app.message.Text
		for _, f := range forms {
			if strings.Contains(text, f) {
				t.Errorf("%s: the frame holds the value", step)
			}
		}
	}
	r := newBench(t, 100, 30).add("default").write("canary").press("tab", "tab", "tab").write(canary)
	clean(r, "typed")
	clean(r.press("ctrl+s").settle(), "saved")
	r = newBench(t, 100, 30).edit("default", "smtp-password").settle().paste(canary + "\r\n")
	clean(r, "pasted")
	r.foreign("default", "smtp-password", canary+canary)
	clean(r.press("ctrl+s").settle(), "conflict")
	clean(r.press("enter").settle(), "compared")
	r = newBench(t, 100, 30)
	r.foreign("payments", webhook, canary)
	r.reassign("payments", webhook).begun()
	clean(r, "reassign begun")
	clean(r.settle(), "reassigned")
	r = newBench(t, 100, 30)
	r.foreign("payments", webhook, canary)
	clean(r.remove("payments", webhook).settle(), "deleting")
}
