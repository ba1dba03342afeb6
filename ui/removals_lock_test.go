package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// When nobody is there any more, no further one is deleted: what is deleted then
// could not be brought back, though that was said before it was agreed to.
func TestNoFurtherOneIsDeletedWhenItLocks(t *testing.T) {
	t.Parallel()
	keysOf("removals", "browse").in(t, 100, 30, func(d *stateful) {
		answer, deletions := make(chan struct{}), 0
		markedThree(d)
		d.press("D")
		d.enter("delete 3")
		d.fault.meddle(on("DELETE", "secrets", func(*http.Request) (*http.Response, error) {
			deletions++
			<-answer
			return nil, nil //nolint:nilnil // it passes
		}))
		d.press("enter")
		d.wait(10 * time.Minute)
		if text := d.text(); !d.app.locked || !strings.Contains(text, "What was under way goes on: deleting feature-flags.") {
			t.Errorf("it is not locked, or it is not said what goes on\n%s", text)
		}
		close(answer)
		d.settle()
		d.press("enter")
		d.frame("removals-locked-100x30")
		if deletions != 1 {
			t.Errorf("%d are deleted, want the one that was begun", deletions)
		}
		d.press("z")
		if got := d.app.message.Text; got != droppedWhenLocked {
			t.Errorf("z says %q", got)
		}
	}, lockAfter(10*time.Minute))
}

// What is over when it locks can be brought back no more, and is not said to be.
func TestNothingIsPromisedOnceItLocked(t *testing.T) {
	t.Parallel()
	keysOf("removals", "browse").in(t, 100, 30, func(d *stateful) {
		markedThree(d)
		d.press("D")
		d.enter("delete 3")
		d.press("enter")
		if got := d.app.message.Right; got != "z undo" {
			t.Errorf("beside the message there is %q", got)
		}
		d.wait(5 * time.Minute)
		d.press("enter")
		if text := d.text(); strings.Contains(text, "z undo") || strings.Contains(text, "z brings") {
			t.Errorf("it still says what z does\n%s", text)
		}
	}, lockAfter(5*time.Minute))
}

// A deletion of one alone that ends while it is locked promises nothing either.
func TestWhatIsDeletedWhileItIsLockedCannotBeUndone(t *testing.T) {
	t.Parallel()
	keysOf("removal", "browse").in(t, 100, 30, func(d *stateful) {
		answer := make(chan struct{})
		d.find("2", "smtp-password")
		d.press("D", "down")
		d.fault.meddle(on("DELETE", "secrets", func(*http.Request) (*http.Response, error) {
			<-answer
			return nil, nil //nolint:nilnil // it passes
		}))
		d.press("enter")
		d.wait(10 * time.Minute)
		close(answer)
		d.settle()
		d.press("enter")
		if got := d.app.message; !strings.HasPrefix(got.Text, "smtp-password deleted from default.") || got.Right != "" {
			t.Errorf("it says %q, and beside it %q", got.Text, got.Right)
		}
		d.press("z")
		if got := d.app.message.Text; got != droppedWhenLocked {
			t.Errorf("z says %q", got)
		}
	}, lockAfter(10*time.Minute))
}
