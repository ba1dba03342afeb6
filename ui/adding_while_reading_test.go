package ui

import (
	"strings"
	"testing"
	"time"
)

// TestASecretAddedWhileTheListIsReadStandsOnce adds one between the first page
// and the last, which brings it too.
func TestASecretAddedWhileTheListIsReadStandsOnce(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, func(c *cluster) {
		c.pageSize = 20
		held = make(chan struct{})
		c.refuse = func(op, what string) error {
			if op == "list" && what != "" {
				<-held
			}
			return nil
		}
	}, func(d *world, _ *cluster) {
		d.press("5", "a") // the last mesh, so that no other secret moves from one page to another
		d.enter("zz-new-one")
		d.press("tab", "tab", "tab")
		d.enter("demo, not real")
		d.press("ctrl+s")
		if got := d.app.message.Text; !strings.HasPrefix(got, "zz-new-one saved in sandbox") {
			t.Fatalf("adding says %q", got)
		}
		if got := strings.Count(d.text(), "zz-new-one  "); got != 1 {
			t.Errorf("while the list is read it stands there %d times\n%s", got, d.text())
		}
		close(held)
		d.settle()
		b := browsing(d)
		if got := strings.Count(d.text(), "zz-new-one  "); got != 1 || b.stock.inventory.All.Secrets != 33 {
			t.Errorf("it stands there %d times, among %d secrets, want once among 33\n%s", got, b.stock.inventory.All.Secrets, d.text())
		}
	})
}

// TestAPartOfAListStaysUntilAnotherPageIsThere holds that a list which failed in
// the middle and is tried again keeps what it showed, also when what refers to
// secrets comes before its first page.
func TestAPartOfAListStaysUntilAnotherPageIsThere(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, func(c *cluster) {
		c.pageSize = 20
		c.refuse = func(op, what string) error {
			if op == "list" && what != "" || op == "resources" {
				return errWatchBroken
			}
			return nil
		}
	}, func(d *world, c *cluster) {
		c.refuse = nil // what refers to secrets is new then, so the rows are made anew
		held = make(chan struct{})
		holding("list", func() chan struct{} { return held })(c)
		d.wait(11 * time.Second)
		if got := len(c.asksFor("list")); got != 3 {
			t.Fatalf("the list was asked for %d times, want a third time", got)
		}
		if got := browsing(d).rows.secrets; got != 20 {
			t.Errorf("%d rows are shown while the list is asked for again, want the 20 that were there", got)
		}
		close(held)
		d.settle()
		if got := browsing(d).rows.secrets; got != 32 {
			t.Errorf("%d rows are shown in the end, want 32", got)
		}
	})
}
