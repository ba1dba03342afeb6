package ui

import (
	"slices"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
	"meshsecrets/model"
)

// bottom is browse, which has the marks.
func (d *world) bottom() browse {
	d.t.Helper()
	return browseOf(d.app)
}

func browseOf(a App) browse {
	for _, s := range a.stack {
		if b, is := s.(browse); is {
			return b
		}
	}
	return browse{}
}

// shownMarks are the names of the secrets that would be acted on.
func (d *world) shownMarks() []string {
	d.t.Helper()
	var names []string
	b := d.bottom()
	for _, row := range b.marks.in(b.rows) {
		names = append(names, row.Secret.Ref.Mesh+"/"+row.Secret.Ref.Name)
	}
	return names
}

func (d *world) marksAre(when string, hidden int, want ...string) {
	d.t.Helper()
	if got := d.shownMarks(); !slices.Equal(got, want) {
		d.t.Errorf("%s: marked and shown are %q, want %q", when, got, want)
	}
	if got := d.bottom().marks.hidden(); got != hidden {
		d.t.Errorf("%s: %d are marked and not shown, want %d", when, got, hidden)
	}
}

func (d *world) says(want string) {
	d.t.Helper()
	if got := d.app.message.Text; got != want {
		d.t.Errorf("the message is %q, want %q", got, want)
	}
}

// filterBy types a filter and keeps it.
func (d *world) filterBy(text string) {
	d.press("/")
	d.enter(text)
	d.press("enter")
}

// markPSP marks psp-ca, then with a filter both of psp-client.
func (d *world) markPSP() {
	d.find("4", "psp-ca")
	d.press("space")
	d.filterBy("psp-client")
	d.press("g", "space", "space")
}

func TestFramesMarks(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name string
		w, h int
		more func(*world)
	}{
		{"browse-marks-100x30", 100, 30, nil},
		{"browse-marks-80x24", 80, 24, nil},
		{"browse-marks-60x20", 60, 20, nil},
		{"browse-marks-40x12", 40, 12, nil},
		{"browse-marks-unfiltered-100x30", 100, 30, func(d *world) { d.press("esc") }},
		{"browse-marks-elsewhere-100x30", 100, 30, func(d *world) { d.press("esc", "2") }},
		{"browse-marks-help-100x30", 100, 30, func(d *world) { d.press("?") }},
	} {
		t.Run(f.name, func(t *testing.T) {
			onDemo(t, f.w, f.h, func(d *world) {
				d.markPSP()
				if f.more != nil {
					f.more(d)
				}
				d.frame(f.name)
			})
		})
	}
}

// Whatever is filtered, chosen or marked: only what is marked and shown is
// acted on.
func TestAMarkThatIsNotShownIsNeverActedOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		walk   func(*world)
		hidden int
		want   []string
	}{
		{"marked in a mesh", func(d *world) { d.find("4", "psp-ca"); d.press("space", "space") }, 0,
			[]string{"payments/psp-ca", "payments/psp-client-cert"}},
		{"marked twice is not marked", func(d *world) { d.find("4", "psp-ca"); d.press("space", "k", "space") }, 0, nil},
		{"a filter hides one", (*world).markPSP, 1, []string{"payments/psp-client-cert", "payments/psp-client-key"}},
		{"a filter that grows hides another", func(d *world) { d.markPSP(); d.filterBy("-key") }, 2, []string{"payments/psp-client-key"}},
		{"a filter hides all", func(d *world) { d.markPSP(); d.press("esc"); d.filterBy("stripe") }, 3, nil},
		{"the filter is cleared", func(d *world) { d.markPSP(); d.press("esc") }, 0,
			[]string{"payments/psp-ca", "payments/psp-client-cert", "payments/psp-client-key"}},
		{"another mesh is shown", func(d *world) { d.markPSP(); d.press("esc", "2") }, 3, nil},
		{"marked in two meshes", func(d *world) {
			d.find("4", "psp-ca")
			d.press("space")
			d.find("2", "smtp-password")
			d.press("space")
		}, 1, []string{"default/smtp-password"}},
		{"all meshes are shown", func(d *world) {
			d.find("4", "psp-ca")
			d.press("space")
			d.find("2", "smtp-password")
			d.press("space", "0")
		}, 0, []string{"payments/psp-ca", "default/smtp-password"}},
		{"all that is filtered", func(d *world) { d.press("4"); d.filterBy("psp"); d.press("ctrl+a") }, 0,
			[]string{"payments/psp-ca", "payments/psp-client-cert", "payments/psp-client-key"}},
		{"all, and then less is shown", func(d *world) { d.press("0", "ctrl+a", "4"); d.filterBy("psp-ca") }, 31, []string{"payments/psp-ca"}},
		{"cleared, those that are hidden too", func(d *world) { d.markPSP(); d.press("ctrl+\\", "esc") }, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			onDemo(t, 100, 30, func(d *world) {
				c.walk(d)
				d.marksAre("before m", c.hidden, c.want...)
				if len(c.want) == 0 {
					return
				}
				d.press("m")
				var taken []string
				note := func(row model.Row) { taken = append(taken, row.Secret.Ref.Mesh+"/"+row.Secret.Ref.Name) }
				switch top := d.app.stack[len(d.app.stack)-1].(type) {
				case batch:
					for _, one := range top.items {
						note(one.row)
					}
				case reassign:
					note(top.row)
				}
				if !slices.Equal(taken, c.want) {
					t.Errorf("m would reassign %q, want %q", taken, c.want)
				}
			})
		})
	}
}

func TestMarksFollowWhatIsThere(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane) {
		d.find("4", "payments-ca-key")
		d.press("space", "space", "space")
		d.marksAre("at first", 0, "payments/payments-ca-key", "payments/psp-ca", "payments/psp-client-cert")
		d.press("ctrl+r")
		d.marksAre("after a reload", 0, "payments/payments-ca-key", "payments/psp-ca", "payments/psp-client-cert")
		if err := cp.Delete("/meshes/payments/secrets/psp-ca"); err != nil {
			t.Fatal(err)
		}
		d.later()
		if row, found := d.bottom().stock.inventory.Find(model.Ref{Mesh: "payments", Name: "psp-ca"}); !found || !row.Ghost() {
			t.Fatal("psp-ca is not shown as missing")
		}
		d.marksAre("one is deleted, and missing", 0, "payments/payments-ca-key", "payments/psp-client-cert")
		if err := cp.Put("/meshes/payments/secrets/psp-ca", map[string]any{"type": "Secret", "mesh": "payments", "name": "psp-ca", "data": "ZGVtbywgbm90IHJlYWw="}); err != nil {
			t.Fatal(err)
		}
		d.later()
		d.marksAre("it is made again", 0, "payments/payments-ca-key", "payments/psp-client-cert")
	})
}

func TestKeysWithMarks(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.find("4", "edge-tls")
		d.press("space")
		d.says("edge-tls is missing, so there is nothing to mark.")
		d.marksAre("a missing one", 0)
		d.press("ctrl+a")
		if got := len(d.shownMarks()); got != 8 {
			t.Errorf("ctrl+a marks %d, want the 8 secrets of payments", got)
		}
		d.press("D")
		if got := screenKind(d.app.stack[len(d.app.stack)-1]); got != "removals" {
			t.Errorf("D opens %s while secrets are marked", got)
		}
		d.press("esc")
		d.filterBy("psp")
		d.press("esc")
		if b := d.bottom(); b.text != "" || b.marks.shown != 8 {
			t.Errorf("esc leaves the filter %q and %d marks, want the filter cleared first", b.text, b.marks.shown)
		}
		d.press("esc")
		d.says("8 marks cleared.")
		d.marksAre("after the second esc", 0)
		d.press("j", "D")
		if got := screenKind(d.app.stack[len(d.app.stack)-1]); got != "removal" {
			t.Errorf("D opens %s once no mark is left", got)
		}
	})
}

// While a list is read for the first time nobody knows yet what is gone.
func TestMarksOfOneSecretAtATime(t *testing.T) {
	onDemo(t, 100, 30, func(d *world) {
		d.find("4", "psp-ca")
		before := d.app
		d.press("space")
		if browseOf(before).marks.has(model.Ref{Mesh: "payments", Name: "psp-ca"}) {
			t.Error("a screen that was replaced is marked too")
		}
		d.wait(time.Second)
		d.marksAre("a second later", 0, "payments/psp-ca")
	})
}

// Marked by keys, moved, and the marks are gone with what was moved.
func TestMarkedSecretsAreReassigned(t *testing.T) {
	onKubernetes(t, 100, 30, func(d *world, _ *embedded.ControlPlane) {
		d.find("4", "psp-ca")
		d.press("space")
		d.press("2")
		d.filterBy("password")
		d.press("ctrl+a", "m", "enter", "enter")
		d.enter("2 checkout")
		d.press("enter")
		d.pass(time.Minute)
		d.says("2 secrets are in checkout now, byte for byte the same.")
		d.press("esc", "esc", "0")
		d.marksAre("after the move", 0, "payments/psp-ca")
		for _, name := range []string{"smtp-password", "warehouse-password"} {
			if _, found := d.bottom().stock.inventory.Find(model.Ref{Mesh: "checkout", Name: name}); !found {
				t.Errorf("%s is not shown in checkout", name)
			}
		}
	})
}
