package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

func freshnessOf(d *world) string {
	var right string
	for _, s := range d.app.stack {
		if f, is := s.(fresh); is {
			right = f.freshness(d.app.frame()).plain()
		}
	}
	return right
}

func TestOneWatchForEverything(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		d.press("4", "2", "0", "tab", "j")
		if got, want := c.asksFor("watch"), []string{"global from mark"}; !slices.Equal(got, want) {
			t.Errorf("watches were begun: %q, want one of everything from the list's mark: %q", got, want)
		}
		if got := freshnessOf(d); got != "live" {
			t.Errorf("the header says %q", got)
		}
	})
}

func TestFramesWatchBroken(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		d.press("4", "j", "j")
		d.now = d.now.Add(time.Hour)
		c.push(d, backend.Batch{}, errWatchBroken)
		d.wait(36 * time.Second)
		c.push(d, backend.Batch{}, errWatchBroken)
		if text := d.text(); !strings.Contains(text, "Trying again in 10 s") {
			t.Errorf("it does not say when it tries again\n%s", text)
		}
		d.wait(4 * time.Second)
		d.frame("browse-not-live-100x30")
		c.push(d, backend.Batch{At: d.now}, nil)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once it answers again the header says %q", got)
		}
	})
}

// TestAnExpiredWatchListsAgain holds that rows stay on screen until the new
// list is whole, and that their facts stay as far as nothing changed.
func TestAnExpiredWatchListsAgain(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, func(c *cluster) { c.pageSize = 10 }, func(d *world, c *cluster) {
		d.press("4")
		learnt := len(c.asksFor("learn"))
		held = make(chan struct{})
		c.hold = func(op string) chan struct{} {
			if op == "list" {
				return held
			}
			return nil
		}
		c.push(d, backend.Batch{}, errWatchExpired)
		text := d.text()
		for _, want := range []string{"stripe-webhook-token", "CA cert", "reading"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on screen while the list is read anew\n%s", want, text)
			}
		}
		close(held)
		d.settle()
		if got := kindOf(d, "payments", "psp-ca"); got != model.CACertificate {
			t.Errorf("psp-ca is %v after the new list", got)
		}
		if got := len(c.asksFor("learn")) - learnt; got != 0 {
			t.Errorf("%d pages of facts were read again", got)
		}
		if got := len(c.asksFor("watch")); got != 2 {
			t.Errorf("%d watches were begun, want another one", got)
		}
		if got := freshnessOf(d); got != "live" {
			t.Errorf("the header says %q", got)
		}
	})
}

// TestAWatchThatExpiresAtOnceIsNotListedOnAndOn holds that a control plane
// which drops its history too fast is not asked without end.
func TestAWatchThatExpiresAtOnceIsNotListedOnAndOn(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		c.push(d, backend.Batch{}, errWatchExpired)
		c.push(d, backend.Batch{}, errWatchExpired)
		if got := len(c.asksFor("list")); got != 2 {
			t.Errorf("the list was read %d times, want twice", got)
		}
		if got := freshnessOf(d); got != "! not live for 0s" {
			t.Errorf("the header says %q", got)
		}
		d.wait(11 * time.Second)
		if got := len(c.asksFor("list")); got != 3 {
			t.Errorf("after ten seconds the list was read %d times, want once more", got)
		}
		if got := freshnessOf(d); got != "live" {
			t.Errorf("the header says %q", got)
		}
	})
}

// TestRowsAreThereBeforeTheResources holds that the first page is shown while
// nobody knows yet who refers to secrets: nothing is called orphaned or missing
// then, and nothing can be changed.
func TestRowsAreThereBeforeTheResources(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, holding("resources", func() chan struct{} { held = make(chan struct{}); return held }), func(d *world, c *cluster) {
		text := d.text()
		for _, want := range []string{"retired-shop-token", "32 secrets"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on screen\n%s", want, text)
			}
		}
		for _, never := range []string{"orphaned", "edge-tls", "✗ 32"} {
			if strings.Contains(text, never) {
				t.Errorf("%q is on screen before the meshes are known\n%s", never, text)
			}
		}
		d.press("D")
		if got := d.app.message.Text; got != "Who uses secrets is still being read. Try again in a moment." {
			t.Errorf("D says %q", got)
		}
		d.press("4")
		if got := d.app.message.Text; got != "The meshes are still being read. Try again in a moment." {
			t.Errorf("4 says %q", got)
		}
		d.find("0", "db-ca")
		d.press("enter")
		if text := d.text(); !strings.Contains(text, "not known yet") {
			t.Errorf("the secret claims to know its users\n%s", text)
		}
		close(held)
		d.settle()
		if text := d.text(); !strings.Contains(text, "by MeshExternalService db") {
			t.Errorf("the secret's screen does not learn who uses it\n%s", text)
		}
	})
}

func TestTheSecondPageComesAfterTheFirstIsShown(t *testing.T) {
	onCluster(t, 100, 30, func(c *cluster) { c.pageSize = 12 }, func(d *world, c *cluster) {
		if got, want := c.asksFor("list"), []string{"", "12", "24"}; !slices.Equal(got, want) {
			t.Errorf("pages were asked for: %q, want %q", got, want)
		}
		if b := d.app.stack[len(d.app.stack)-1].(browse); b.rows.secrets != 32 {
			t.Errorf("%d secrets are there", b.rows.secrets)
		}
	})
}

// TestWhoRefersIsReadAgain holds the two reasons for it: time, and a change.
func TestWhoRefersIsReadAgain(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		reads := func() int { return len(c.asksFor("resources")) / len(model.ReferringKinds()) }
		if reads() != 1 {
			t.Fatalf("the resources were read %d times at first", reads())
		}
		d.wait(4 * time.Second)
		if reads() != 1 {
			t.Errorf("they were read again after 4 s without a change")
		}
		c.push(d, backend.Batch{Events: []backend.Event{c.changed(d, model.Ref{Mesh: "default", Name: "db-ca"}, "later")}}, nil)
		d.wait(time.Second)
		if reads() != 2 {
			t.Errorf("they were read %d times after a change, want 2", reads())
		}
		d.wait(31 * time.Second)
		if reads() != 3 {
			t.Errorf("they were read %d times after half a minute, want 3", reads())
		}
	})
}

func TestWarningsAreToldOnce(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		c.warnings = []string{"fake warning of the server"}
		d.press("ctrl+r")
		if got := d.app.message; got != noted("local warns: fake warning of the server") {
			t.Errorf("the message is %v", got)
		}
		d.press("ctrl+r")
		if got := d.app.message; got != (Message{}) {
			t.Errorf("it is told again: %v", got)
		}
	})
}

// TestAWatchThatCannotBeginIsTriedAgain holds that the promise of the banner is
// kept.
func TestAWatchThatCannotBeginIsTriedAgain(t *testing.T) {
	broken := true
	onCluster(t, 100, 30, func(c *cluster) {
		c.refuse = func(op, _ string) error {
			if op == "watch" && broken {
				return errWatchBroken
			}
			return nil
		}
	}, func(d *world, c *cluster) {
		if got := freshnessOf(d); got != "! not live for 0s" {
			t.Errorf("the header says %q", got)
		}
		broken = false
		d.wait(11 * time.Second)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("after ten seconds the header says %q", got)
		}
	})
}
