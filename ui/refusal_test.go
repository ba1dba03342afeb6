package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// longWords is what an admission policy says at length, with the next step at
// its end.
const longWords = "fake policy: secrets of mesh payments are kept in the vault of the payments team and copied from there every hour, so whatever is " +
	"changed here is overwritten within the hour; change it in the vault, path fake/payments, or ask the payments team for an exception"

// onRefusing runs a walk on a cluster that refuses one kind of write.
func onRefusing(t *testing.T, op string, answer error, walk func(*world)) {
	t.Helper()
	onPlane(t, 80, 24, func(p backend.ControlPlane) backend.ControlPlane {
		return &faultyPlane{ControlPlane: &cluster{ControlPlane: p, pageSize: 500, pushed: make(chan told)}, parked: make(chan struct{}, 10),
			before: func(asked string, _ model.Ref) error {
				if asked == op {
					return answer
				}
				return nil
			}}
	}, func(d *world, _ *switchboard) {
		d.settle()
		walk(d)
	})
}

func declinedWith(kind error, status int) error {
	return &backend.Error{Kind: kind, Op: "saving", Ref: model.Ref{Mesh: "default", Name: "smtp-password"}, Status: status, Reason: longWords}
}

// spoken is the text on screen without marks, borders and line ends.
func (d *world) spoken() string {
	words := strings.FieldsFunc(d.text(), func(r rune) bool { return r == ' ' || r == '\n' || r == '│' })
	return strings.Join(words, " ")
}

// TestALongRefusalOfASaveIsReadToItsEnd holds that the next step, which stands
// last, can be read at 80 columns, and that what was typed stays.
func TestALongRefusalOfASaveIsReadToItsEnd(t *testing.T) {
	onRefusing(t, "create", declinedWith(backend.ErrInvalid, http.StatusUnprocessableEntity), func(d *world) {
		d.press("2", "a")
		d.enter("new-one")
		d.press("tab", "tab", "tab")
		d.savesInVain("refused-add-80x24")
	})
}

func TestALongRefusalOfAnEditIsReadToItsEnd(t *testing.T) {
	onRefusing(t, "update", declinedWith(backend.ErrForbidden, http.StatusForbidden), func(d *world) {
		d.find("2", "smtp-password")
		d.press("e")
		d.savesInVain("refused-edit-80x24")
	})
}

// savesInVain types a value, saves it, and looks at what the form says then.
func (d *world) savesInVain(frame string) {
	d.t.Helper()
	d.enter("demo, not real")
	d.press("ctrl+s")
	if text := d.spoken(); !strings.Contains(text, "or ask the payments team for an exception") {
		d.t.Errorf("the end of the refusal is not on screen\n%s", d.text())
	}
	d.frame(frame)
	d.enter("!")
	if text := d.text(); strings.Contains(text, "vault") {
		d.t.Errorf("the refusal stays when something else is typed\n%s", text)
	}
}

func TestALongRefusalOfADeletionIsReadToItsEnd(t *testing.T) {
	onRefusing(t, "delete", declinedWith(backend.ErrInvalid, http.StatusUnprocessableEntity), func(d *world) {
		d.find("2", "smtp-password")
		d.press("D", "j", "enter")
		if text := d.spoken(); !strings.Contains(text, "Not deleted: fake policy") || !strings.Contains(text, " exception. ") {
			t.Errorf("the refusal is not on screen\n%s", d.text())
		}
		d.frame("refused-delete-80x24")
	})
}

func TestAShortRefusalStandsInTheStatusLine(t *testing.T) {
	answer := &backend.Error{Kind: backend.ErrInvalid, Op: "deleting", Ref: model.Ref{Mesh: "default", Name: "smtp-password"}, Reason: "fake policy: not on Fridays"}
	onRefusing(t, "delete", answer, func(d *world) {
		d.find("2", "smtp-password")
		d.press("D", "j", "enter")
		if got := d.app.message; got != refused("Not deleted: fake policy: not on Fridays.") {
			t.Errorf("the message is %v", got)
		}
	})
}

// TestAFormThatWasNotReadSaysWhyAndGoesOn holds that the reason outlives a key,
// and that the secret is read again by itself.
func TestAFormThatWasNotReadSaysWhyAndGoesOn(t *testing.T) {
	down := true
	onCluster(t, 80, 24, func(c *cluster) {
		c.refuse = func(op, _ string) error {
			if op == "get" && down {
				return &backend.Error{Kind: backend.ErrUnavailable, Op: "reading", Address: "https://k8s-eu.example.com:6443", Reason: "connection refused"}
			}
			return nil
		}
	}, func(d *world, _ *cluster) {
		d.find("0", "smtp-password")
		d.press("e", "j")
		d.wait(4 * time.Second)
		d.frame("edit-unread-80x24")
		down = false
		d.wait(7 * time.Second)
		if text := d.text(); !strings.Contains(text, "nothing changed yet") {
			t.Errorf("it is not read again\n%s", text)
		}
	})
}

func TestASentenceHasOneEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"one clause":                "one clause",
		"it is too large. Mend it":  "it is too large. Mend it.",
		"it is too large. Mend it.": "it is too large. Mend it.",
		"it is so. Is it?":          "it is so. Is it?",
	} {
		if got := (check{text: text}).line(keymap.Default()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
