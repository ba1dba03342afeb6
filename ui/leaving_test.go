package ui

import (
	"strings"
	"testing"

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
