package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// lastCopy is a screen that holds the only copy of a value.
type lastCopy struct{ help }

func (lastCopy) keeps() (onlyCopy, bool) {
	return onlyCopy{what: "the value of moving", loss: "It is nowhere else. Leaving drops it for good.", stay: "stay"}, true
}

func (l lastCopy) Update(Frame, tea.Msg) (Screen, Result) { return l, Result{} }

// Whoever would drop the only copy of a value is asked, and the question stays
// until a person answers it: answers of watches come by every few seconds.
func TestTheOnlyCopyOfAValueIsNotDroppedUnasked(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.app.stack = push(d.app.stack, lastCopy{})
		d.press("ctrl+c")
		d.send(dropped{&request{}})
		if text := d.text(); d.app.gone || !strings.Contains(text, "Leaving drops it for good") {
			t.Fatalf("it is not asked any more:\n%s", text)
		}
		d.press("esc")
		if text := d.text(); d.app.gone || d.app.leaving || strings.Contains(text, "Quitting") {
			t.Fatalf("staying did not take the question away:\n%s", text)
		}
		d.press("ctrl+c", "ctrl+c")
		if !d.app.gone {
			t.Error("who insists does not leave")
		}
	})
}

// While the first half of a CA is written, what leaving loses is its other half,
// whatever becomes of the write.
func TestFramesQuitWhileTheFirstHalfIsWritten(t *testing.T) {
	t.Parallel()
	keysOf("saving a half", "browse").in(t, 80, 24, func(d *stateful) {
		d.generateCA()
		d.fault.meddle(on("PUT", "secrets", d.fault.hang))
		d.press("ctrl+s", "ctrl+c")
		if text := d.text(); !strings.Contains(text, "and lose the key of") || strings.Contains(text, "does not arrive") {
			t.Errorf("it is not said what leaving loses:\n%s", text)
		}
		d.frame("generate-ca-quit-saving-80x24")
	})
}

// writingBeside is a screen with a write under way that saves nothing of what is only
// here.
type writingBeside struct{ help }

func (writingBeside) busy() (string, bool) { return "writing the manifest of moving", true }

func (w writingBeside) Update(Frame, tea.Msg) (Screen, Result) { return w, Result{} }

// A write that has nothing to do with what is only here is followed by the question
// about that, however long it takes.
func TestAWriteBesideTheOnlyCopyIsFollowedByTheQuestion(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.app.stack = push(push(d.app.stack, lastCopy{}), writingBeside{})
		d.press("ctrl+c")
		d.wait(45 * time.Second)
		text := strings.Join(strings.Fields(strings.ReplaceAll(d.text(), "│", " ")), " ")
		for _, want := range []string{"moving, 45 s by now.", "Then it is asked about the value of moving, which is only", "and lose the value"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not said:\n%s", want, d.text())
			}
		}
		d.app.stack = slices.DeleteFunc(d.app.stack, func(s Screen) bool { _, is := s.(writingBeside); return is })
		d.send(dropped{&request{}})
		if text := d.text(); d.app.gone || !strings.Contains(text, "Leaving drops it for good") {
			t.Errorf("gone %v, or it is not asked:\n%s", d.app.gone, text)
		}
	})
}
