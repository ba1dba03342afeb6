package ui

import (
	"strings"
	"testing"
	"time"

	"meshsecrets/model"
)

// sortBy chooses a column by the keys of the choice.
func (d *world) sortBy(column string) {
	d.t.Helper()
	d.press("s")
	for range model.Columns() {
		if s, is := d.app.stack[len(d.app.stack)-1].(sorting); is && s.chosen().By.String() == column {
			d.press("enter")
			return
		}
		d.press("j")
	}
	d.t.Fatalf("%s is not among the columns", column)
}

// command types a command.
func (d *world) command(text string) {
	d.press(":")
	d.enter(text)
	d.press("enter")
}

// names are the names on screen, in their order.
func (d *world) names() []string {
	var names []string
	rows := browsing(d).rows
	for i := range rows.len() {
		names = append(names, rows.at(i).Secret.Ref.Name)
	}
	return names
}

func TestFramesSort(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name string
		w, h int
		do   func(*world)
	}{
		{"sort-80x24", 80, 24, func(d *world) { d.press("4", "j", "s") }},
		{"sort-reversed-60x20", 60, 20, func(d *world) { d.press("4", "j", "s", "j", "j", "j", "S") }},
		{"browse-expiring-120x40", 120, 40, func(d *world) { d.sortBy("expires") }},
		{"browse-expiring-80x24", 80, 24, func(d *world) { d.press("4"); d.command("sort expires") }},
		{"browse-by-size-80x24", 80, 24, func(d *world) { d.press("4"); d.command("sort size") }},
		{"browse-by-user-reversed-100x30", 100, 30, func(d *world) { d.press("4", "j"); d.sortBy("used by"); d.press("S") }},
	} {
		t.Run(f.name, func(t *testing.T) {
			onDemo(t, f.w, f.h, func(d *world) {
				f.do(d)
				d.frame(f.name)
			})
		})
	}
}

func TestSortCommands(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("4")
		d.command("sort size reversed")
		if got, want := browsing(d).sort, (model.Sort{By: model.BySize, Reversed: true}); got != want {
			t.Errorf("sorted by %s", got)
		}
		d.command("sort name")
		if got := browsing(d).sort; got != (model.Sort{}) {
			t.Errorf("sorted by %s", got)
		}
		d.command("sort by magic")
		d.says(`There is no column "by magic" to sort by: name, kind, used by, expires, size or age, and reversed after it.`)
		if text := d.text(); screens(d.app) != "/picker/browse/commands" || !strings.Contains(text, ": sort by magic") {
			t.Errorf("what was typed is gone\n%s", text)
		}
		d.press("esc", "s", "j", "esc")
		if got := browsing(d).sort; got != (model.Sort{}) {
			t.Errorf("esc sorts by %s", got)
		}
	})
}

// A facet that is begun empties no list; one that is kept and cannot be read
// does.
func TestAFacetIsTyped(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press("4", "/")
		d.enter("ca")
		all := len(d.names())
		d.enter(" kind:")
		if got := len(d.names()); got != all {
			t.Errorf("%q leaves %d of %d", d.bottom().text, got, all)
		}
		if text := d.text(); !strings.Contains(text, "kind: takes what a word under KIND begins with") {
			t.Errorf("it is not said what it takes\n%s", text)
		}
		d.enter("cer")
		if got := len(d.names()); got == 0 || got == all {
			t.Errorf("%q leaves %d of %d", d.bottom().text, got, all)
		}
		d.enter(" foo:x")
		d.press("enter")
		if got := len(d.names()); got != 0 {
			t.Errorf("%q leaves %d", d.bottom().text, got)
		}
	})
}

// The bar stays on its secret however the list is sorted and filtered, and keys
// act on the row that is shown there.
func TestTheBarFollowsItsSecretThroughOrders(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.find("4", "psp-ca")
		for _, column := range []string{"expires", "size", "age", "kind", "used by", "name"} {
			d.command("sort " + column)
			if row, _ := browsing(d).row(); row.Secret.Ref.Name != "psp-ca" {
				t.Errorf("by %s the bar is on %s", column, row.Secret.Ref.Name)
			}
		}
		d.command("sort expires")
		d.filterBy("psp")
		if row, _ := browsing(d).row(); row.Secret.Ref.Name != "psp-ca" {
			t.Errorf("with a filter the bar is on %s", row.Secret.Ref.Name)
		}
		d.press("g", "space")
		d.marksAre("the first row is marked", 0, "payments/psp-client-cert")
		d.press("ctrl+r")
		if got := d.names(); got[0] != "psp-client-cert" || len(got) != 3 {
			t.Errorf("after a reload the list is %q", got)
		}
	})
}

// On a control plane whose lists come without values, an order by expiry reads
// the facts of all meshes: with progress, until it is stopped.
func TestSortingByExpiryReadsAllFacts(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, holding("learn", func() chan struct{} { held = make(chan struct{}); return held }), func(d *world, c *cluster) {
		d.command("sort expires")
		d.wait(time.Second)
		d.frame("browse-expiring-reading-100x30")
		d.press("esc")
		d.says("Reading facts was stopped; what was learnt stays.")
		d.press("j")
		d.frame("browse-expiring-stopped-100x30")
		asked := len(c.asksFor("learn"))
		d.press("4", "0")
		if got := browsing(d).lessons.all; got {
			t.Error("what was stopped by hand begins by itself")
		}
		close(held)
		d.settle()
		d.command("sort expires")
		if got := browsing(d).rows.unlearnt; got != 0 || len(c.asksFor("learn")) <= asked {
			t.Errorf("after sorting again %d secrets are not learnt", got)
		}
		if got := d.names()[0]; got != "old-dashboard-token" {
			t.Errorf("%s stands first", got)
		}
	})
}

func TestAFacetOnFactsReadsThem(t *testing.T) {
	onCluster(t, 80, 24, nil, func(d *world, c *cluster) {
		d.filterBy("mesh:payments used:yes")
		if got := c.asksFor("learn"); got != nil {
			t.Errorf("a facet that asks for no facts reads those of %q", got)
		}
		d.press("/")
		d.enter(" expires:<30")
		if got := c.asksFor("learn"); got != nil {
			t.Errorf("a facet that is not typed to its end reads facts of %q", got)
		}
		d.enter("d")
		d.press("enter")
		if got := d.names(); len(got) != 1 || got[0] != "payments-ca-cert" {
			t.Errorf("the list is %q", got)
		}
		// What came meanwhile is read too.
		if got := browsing(d).rows.unlearnt; got != 0 {
			t.Errorf("%d secrets are not learnt", got)
		}
	})
}

// A filter by expiry does not wait for a change to show what time brings.
func TestTimeChangesWhatMatches(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.press("4")
		d.filterBy("expires:<23d")
		if got := d.names(); len(got) != 2 {
			t.Errorf("the list is %q", got)
		}
		d.wait(7 * time.Hour) // of 23 days and 6 hours
		if got := d.names(); len(got) != 3 {
			t.Errorf("after seven hours the list is %q", got)
		}
	})
}

func TestFramesFacets(t *testing.T) {
	t.Parallel()
	t.Run("cannot be read", func(t *testing.T) {
		onDemo(t, 80, 24, func(d *world) {
			d.press("4", "/")
			d.enter("ca expires:<30")
			d.frame("browse-filter-unread-80x24")
			d.press("enter")
			d.frame("browse-filter-unread-kept-80x24")
			d.press("ctrl+a")
			d.marksAre("of a filter that cannot be read", 0)
		})
	})
	t.Run("kept", func(t *testing.T) {
		onDemo(t, 100, 30, func(d *world) {
			d.filterBy("expires:<30d !has:labels")
			d.frame("browse-facets-kept-100x30")
		})
	})
	t.Run("no such facet", func(t *testing.T) {
		onDemo(t, 60, 20, func(d *world) {
			d.press("/")
			d.enter("age:<3d")
			d.frame("browse-filter-unknown-60x20")
		})
	})
	t.Run("problems", func(t *testing.T) {
		onDemo(t, 100, 30, func(d *world) {
			d.press("p")
			d.filterBy("kind:cert mesh:payments")
			d.frame("problems-facets-100x30")
		})
	})
	t.Run("problems, cannot be read", func(t *testing.T) {
		onDemo(t, 80, 24, func(d *world) {
			d.press("p")
			d.filterBy("used:often")
			d.frame("problems-filter-unread-80x24")
		})
	})
}

// Clearing a filter leaves the bar on the secret that it was on: the next key is
// meant for that one.
func TestClearingAFilterKeepsTheBar(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"kept": {"enter", "esc"}, "typed": {"esc"}} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 100, 30, func(d *world) {
				d.press("4", "/")
				d.enter("stripe")
				d.press(keys...)
				row, _ := d.bottom().row()
				if row.Secret.Ref.Name != "stripe-webhook-token" || d.bottom().text != "" {
					t.Errorf("the bar is on %s, the filter %q", row.Secret.Ref.Name, d.bottom().text)
				}
				d.press("/")
				d.enter("no such thing")
				d.press("esc")
				if row, _ := d.bottom().row(); row.Secret.Ref.Name != "stripe-webhook-token" {
					t.Errorf("after nothing matched the bar is on %s", row.Secret.Ref.Name)
				}
			})
		})
	}
}
