package ui

import (
	"strings"
	"testing"

	"meshsecrets/model"
)

// A key acts on the screen that is there when it arrives, not on what was on
// screen when it was pressed: no answer comes between the keys of these pairs.
func TestKeysThatArriveTogetherActOnWhatTheFirstOneOpened(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		secret string // the bar is on it before
		keys   []string
		stack  string
		shown  string // stands in the frame afterwards
	}{
		{"enter, D", "payments-ca-cert-old", []string{"enter", "D"}, "browse/secret/removal", "Delete payments-ca-cert-old"},
		{"enter, x", "payments-ca-cert", []string{"enter", "x"}, "browse/secret", "payments-ca-cert"},
		{"j, D", "payments-ca-cert", []string{"j", "D"}, "browse/removal", "Delete payments-ca-cert-old"},
		{"2, D", "payments-ca-cert-old", []string{"2", "D"}, "browse/removal", "Delete db-ca"},
		{"/, D", "payments-ca-cert-old", []string{"/", "D"}, "browse", "/ D"},
		{":, D", "payments-ca-cert-old", []string{":", "D"}, "browse/commands", ": D"},
		{"D, enter", "payments-ca-cert-old", []string{"D", "enter"}, "browse", "payments-ca-cert-old"},
		{"m, enter", "stripe-webhook-token", []string{"m", "enter"}, "browse/reassign", "stripe-webhook-token"},
		{"e, D", "stripe-webhook-token", []string{"e", "D"}, "browse/form", "stripe-webhook-token"},
		{"?, D", "payments-ca-cert-old", []string{"?", "D"}, "browse/help", "Help"},
		{"y, D", "payments-ca-cert-old", []string{"y", "D"}, "browse/manifest", "Manifest"},
		{"enter, D, enter", "payments-ca-cert-old", []string{"enter", "D", "enter"}, "browse/secret", "payments-ca-cert-old"},
		{"D, j, enter", "payments-ca-cert-old", []string{"D", "j", "enter"}, "browse/removal", "nothing was deleted yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onDemo(t, 100, 30, func(d *world) {
				d.find("4", c.secret)
				for _, k := range c.keys {
					d.step(keyNamed(k))
				}
				if got := strings.TrimPrefix(screens(d.app), "/picker/"); got != c.stack {
					t.Errorf("the screens are %s, want %s", got, c.stack)
				}
				if !strings.Contains(d.text(), c.shown) {
					t.Errorf("%q is not in the frame\n%s", c.shown, d.text())
				}
				d.settle()
				for _, name := range []string{"payments-ca-cert", "payments-ca-cert-old", "stripe-webhook-token"} {
					if !d.stillThere(name) {
						t.Errorf("%s is gone", name)
					}
				}
			})
		})
	}
}

// stillThere asks browse, which is told of every deletion.
func (d *world) stillThere(name string) bool {
	for _, s := range d.app.stack {
		if b, is := s.(browse); is {
			if row, found := b.stock.inventory.Find(model.Ref{Mesh: "payments", Name: name}); found && !row.Ghost() {
				return true
			}
		}
	}
	return false
}
