package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// browsing is the screen below all others that are about the control plane.
func browsing(d *world) browse {
	d.t.Helper()
	for _, s := range d.app.stack {
		if b, is := s.(browse); is {
			return b
		}
	}
	d.t.Fatal("no list is open")
	return browse{}
}

const mayNotWatch = "you may not watch secrets in namespace kong-mesh-system"

// TestWhoMayNotWatchIsNotToldOfAFault holds that a list without a watch is read
// at its pace, and that everything else can be done.
func TestWhoMayNotWatchIsNotToldOfAFault(t *testing.T) {
	onCluster(t, 100, 30, deny("watch", mayNotWatch), func(d *world, c *cluster) {
		if got, want := d.app.message, noted("You may not watch secrets in namespace kong-mesh-system, so the list is read every 30s."); got != want {
			t.Errorf("the message is %v, want %v", got, want)
		}
		d.find("2", "smtp-password")
		d.frame("browse-unwatched-100x30")
		d.press("D")
		if got := screens(d.app); got != "/picker/browse/removal" {
			t.Errorf("D opens %s, and says %q", got, d.app.message.Text)
		}
		d.press("esc")
		d.wait(29 * time.Second)
		if got := len(c.asksFor("list")); got != 1 {
			t.Errorf("after 29 s the list was read %d times, want once", got)
		}
		d.wait(2 * time.Second)
		if got := len(c.asksFor("list")); got != 2 {
			t.Errorf("after 31 s the list was read %d times, want twice", got)
		}
		d.wait(11 * time.Second)
		if got := len(c.asksFor("list")); got != 2 {
			t.Errorf("11 s later the list was read %d times, want twice", got)
		}
		if got := c.asksFor("watch"); len(got) != 1 {
			t.Errorf("a watch was asked for %d times, want once", len(got))
		}
		d.press("ctrl+r")
		if got := c.asksFor("watch"); len(got) != 2 {
			t.Errorf("after ctrl+r a watch was asked for %d times, want twice", len(got))
		}
	})
}

// TestAListThatIsReadAtItsPaceIsQuiet holds that nothing on the screen moves
// meanwhile, and that facts and the wish for them stay.
func TestAListThatIsReadAtItsPaceIsQuiet(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, func(c *cluster) {
		deny("watch", mayNotWatch)(c)
		c.pageSize = 12
	}, func(d *world, c *cluster) {
		d.find("4", "psp-ca")
		before := d.text()
		held = make(chan struct{})
		holding("list", func() chan struct{} { return held })(c)
		d.wait(31 * time.Second)
		d.wait(time.Second)
		if after := d.text(); after != before {
			t.Errorf("while the list is read again the screen is\n%s\nand was\n%s", after, before)
		}
		d.press("3", "4")
		close(held)
		d.settle()
		if got := len(c.asksFor("list")); got != 6 {
			t.Errorf("%d pages were read, want three twice", got)
		}
		if got := kindOf(d, "payments", "psp-ca"); got != model.CACertificate {
			t.Errorf("psp-ca is %v after the list was read again", got)
		}
	})
}

// TestAListThatFailsWithoutAWatchSaysItsAge holds the words for that.
func TestAListThatFailsWithoutAWatchSaysItsAge(t *testing.T) {
	onCluster(t, 100, 30, deny("watch", mayNotWatch), func(d *world, c *cluster) {
		refuse := c.refuse
		c.refuse = func(op, what string) error {
			if op == "list" {
				return errWatchBroken
			}
			return refuse(op, what)
		}
		d.wait(31 * time.Second)
		if got := freshnessOf(d); got != "! read 31s ago" {
			t.Errorf("the header says %q", got)
		}
		c.refuse = refuse
		d.wait(11 * time.Second)
		if got := freshnessOf(d); got != "read every 30s" {
			t.Errorf("once it answers the header says %q", got)
		}
	})
}

var errOneKind = &backend.Error{Kind: backend.ErrUnavailable, Op: "listing", Address: "https://k8s-eu.example.com:6443", Status: http.StatusInternalServerError,
	Reason: "fake fault of one kind"}

// blinded lets one kind fail until it is told otherwise.
func blinded(c *cluster) (mend func()) {
	failing := true
	c.refuse = func(op, what string) error {
		if failing && op+" "+what == "resources MeshGateway" {
			return errOneKind
		}
		return nil
	}
	return func() { failing = false }
}

// TestAKindThatCannotBeReadIsSaid holds that one kind that fails blinds nobody:
// what the others say is marked, and who asks about a secret is told what was
// not read. It is there once it answers.
func TestAKindThatCannotBeReadIsSaid(t *testing.T) {
	var mend func()
	onCluster(t, 100, 30, func(c *cluster) { mend = blinded(c) }, func(d *world, _ *cluster) {
		d.frame("browse-blinded-100x30")
		d.press("enter")
		if text := d.text(); !strings.Contains(text, "MeshGateway not read") {
			t.Errorf("the secret's screen does not say that it failed\n%s", text)
		}
		d.press("D")
		if text := d.text(); screens(d.app) != "/picker/browse/secret/removal" || !strings.Contains(text, "MeshGateway") {
			t.Errorf("D does not name the kind\n%s", text)
		}
		d.press("esc", "esc")
		mend()
		d.wait(31 * time.Second)
		if text := d.text(); strings.Contains(text, "MeshGateway not read") || !strings.Contains(text, "edge-tls") {
			t.Errorf("once it answers, it is still said not to be read\n%s", text)
		}
	})
}

// TestMarksThatWereReadOnceStay holds that a look that fails later leaves what
// is known, with its age, and stops nothing.
func TestMarksThatWereReadOnceStay(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		d.find("2", "smtp-password")
		mend := blinded(c)
		d.wait(31 * time.Second)
		if got := freshnessOf(d); got != "! references read 31s ago" {
			t.Errorf("the header says %q", got)
		}
		if text := d.text(); !strings.Contains(text, "Who uses secrets is as it was read 31s ago. Trying again in 3 s") {
			t.Errorf("the banner does not say what is still known\n%s", text)
		}
		d.press("D")
		if got := screens(d.app); got != "/picker/browse/removal" {
			t.Errorf("D says %q", d.app.message.Text)
		}
		d.press("esc")
		mend()
		d.wait(3 * time.Second)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once it answers the header says %q", got)
		}
	})
}

// TestOneRuleForWrites holds that the list and the screen of a secret refuse a
// change together: while nothing answers, and not else.
func TestOneRuleForWrites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		err        error
		list, here string // what D says; "" when it opens
	}{
		{"nothing answers", errWatchBroken,
			"Nothing can be changed until local answers; ctrl+r tries now.", "Nothing can be changed until local answers."},
		{"the login ran out", &backend.Error{Kind: backend.ErrUnauthorized, Op: "watching", Retry: 10 * time.Second},
			"Nothing can be changed until local accepts your login again; ctrl+r tries now.", "Nothing can be changed until local accepts your login again."},
		{"it asks to wait", &backend.Error{Kind: backend.ErrBusy, Op: "watching", Retry: 10 * time.Second}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			onCluster(t, 100, 30, nil, func(d *world, cl *cluster) {
				d.find("2", "smtp-password")
				d.press("enter")
				cl.push(d, backend.Batch{}, c.err)
				says := func() string {
					d.press("D")
					text := d.app.message.Text
					if got := screens(d.app); strings.HasSuffix(got, "/removal") {
						d.press("esc")
					} else if text == "" {
						t.Errorf("D says nothing and opens %s", got)
					}
					return text
				}
				if got := says(); got != c.here {
					t.Errorf("on the secret's screen D says %q, want %q", got, c.here)
				}
				d.press("esc")
				if got := says(); got != c.list {
					t.Errorf("on the list D says %q, want %q", got, c.list)
				}
				d.press("enter")
				cl.push(d, backend.Batch{}, nil)
				if got := says(); got != "" {
					t.Errorf("once it answers D says %q", got)
				}
			})
		})
	}
}
