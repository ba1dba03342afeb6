package ui

import (
	"strings"
	"testing"
)

func is(r Recording) func(*Config) { return func(c *Config) { c.Recording = r } }

// It is said once, before anything is shown, and the same key then does it.
func TestFramesRecorded(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("4", "stripe-webhook-token")
		d.press("x")
		d.frame("recorded-80x24")
		d.press("x")
		if got := screens(d.app); got != "/picker/browse/secret" || !strings.Contains(d.text(), "revealed") {
			t.Errorf("it is not revealed on %s\n%s", got, d.text())
		}
		d.press("x", "x")
		if !strings.Contains(d.text(), "revealed") {
			t.Error("it is said again")
		}
	}, is(SeemsRecorded))
}

func TestFramesRecordedOverSSH(t *testing.T) {
	onDemo(t, 60, 20, func(d *world) {
		d.find("4", "stripe-webhook-token")
		d.press("enter", "x")
		d.frame("recorded-ssh-60x20")
	}, is(MayBeRecorded))
}

// Whatever would put a value on the terminal first is held up, and nothing that
// would not.
func TestWhatIsRecordedIsAskedFirst(t *testing.T) {
	t.Parallel()
	const seems = "This terminal session seems to be recorded, and "
	for name, c := range map[string]struct {
		keys, want string
	}{
		"a value in the list": {"x", seems + "a revealed value would be in the recording. x again reveals it."},
		"by a command":        {": r e v e a l enter", seems + "a revealed value would be in the recording. x again reveals it."},
		"a secret":            {"enter x", seems + "a revealed value would be in the recording. x again reveals it."},
		"a manifest":          {"y x", seems + "a revealed value would be in the recording. x again reveals it."},
		"a form":              {"e ctrl+x", seems + "a revealed value would be in the recording. ctrl+x again reveals it."},
		"a copy":              {"C", seems + "a value copied through the terminal would be in the recording. C again copies it."},
		"an editor":           {"E", seems + "a value shown in an editor would be in the recording. E again opens it."},
		"a form's editor":     {"a n tab right right right enter", seems + "a value shown in an editor would be in the recording. enter again opens it."},
		"a name":              {"c", "Name stripe-webhook-token sent to the terminal's clipboard."},
		"masked":              {"y Y", ""},
		"a file":              {": e x p o enter a tab tab right enter", "/srv/clusters/a holds the manifest of stripe-webhook-token, its value in plain."},
	} {
		t.Run(name, func(t *testing.T) {
			b := &board{}
			onDemo(t, 100, 30, func(d *world) {
				d.find("4", "stripe-webhook-token")
				keys := strings.Fields(c.keys)
				d.press(keys...)
				if got := d.app.message.Text; got != c.want {
					t.Errorf("it says %q, want %q", got, c.want)
				}
				if warned := strings.HasPrefix(c.want, seems); warned != d.app.warnedOf {
					t.Errorf("it was warned of: %v", d.app.warnedOf)
				} else if !warned {
					return
				}
				if len(b.texts) > 0 || strings.Contains(d.text(), "eyJ") {
					t.Errorf("something was shown or copied\n%s", d.text())
				}
				d.press(keys[len(keys)-1])
				if got := d.app.message.Text; strings.HasPrefix(got, seems) {
					t.Errorf("it is said twice: %q", got)
				}
			}, b.is, is(SeemsRecorded))
		})
	}
}

// Where nothing says so, nothing is asked; where nothing is revealed, that is
// the reason.
func TestWhatIsNotRecordedIsNotAsked(t *testing.T) {
	t.Parallel()
	t.Run("not recorded", func(t *testing.T) {
		onDemo(t, 80, 24, func(d *world) {
			d.find("4", "stripe-webhook-token")
			d.press("x")
			if !strings.Contains(d.text(), "revealed") {
				t.Errorf("it is not revealed\n%s", d.text())
			}
		})
	})
	t.Run("a copy that does not go through the terminal", func(t *testing.T) {
		b := &board{desktop: true}
		onDemo(t, 80, 24, func(d *world) {
			d.find("4", "stripe-webhook-token")
			d.press("C")
			if len(b.texts) != 1 || d.app.warnedOf {
				t.Errorf("%d texts are copied; it says %q", len(b.texts), d.app.message.Text)
			}
		}, b.is, is(SeemsRecorded))
	})
	t.Run("no reveal", func(t *testing.T) {
		onDemo(t, 80, 24, func(d *world) {
			d.find("4", "stripe-webhook-token")
			d.press("x")
			if got, want := d.app.message.Text, "Revealing is switched off for demo. Facts and references stay visible."; got != want {
				t.Errorf("it says %q", got)
			}
		}, is(SeemsRecorded), func(c *Config) { noReveal(c.Start) })
	})
}
