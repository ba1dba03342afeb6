package ui

import (
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// TestWhatIsNotAnsweredIsNotLive holds that an open watch is not believed when
// a request beside it meets nobody, or a refused login.
func TestWhatIsNotAnsweredIsNotLive(t *testing.T) {
	t.Parallel()
	const address = "https://k8s-eu.example.com:6443"
	for name, c := range map[string]struct {
		err       error
		says      string
		unheardBy string // what the banner says
	}{
		"nobody": {&backend.Error{Kind: backend.ErrUnavailable, Op: "reading", Address: address, Reason: "connection refused"},
			"! not live for 2s", "Nothing answers at " + address + " (connection refused)."},
		"refused login":    {&backend.Error{Kind: backend.ErrUnauthorized, Op: "reading", Address: address, Status: 401}, "! not live for 2s", "local does not accept your login any more."},
		"one bad resource": {&backend.Error{Kind: backend.ErrUnavailable, Op: "reading", Address: address, Status: 503, Reason: "fake fault"}, "live", ""},
	} {
		t.Run(name, func(t *testing.T) {
			down := false
			onCluster(t, 100, 30, func(p *cluster) {
				p.refuse = func(op, _ string) error {
					if down && (op == "get" || op == "resources" && c.says != "live") {
						return c.err
					}
					return nil
				}
			}, func(d *world, _ *cluster) {
				d.find("4", "psp-ca")
				d.wait(20 * time.Second)
				down = true
				d.press("x")
				d.wait(2 * time.Second)
				if got := freshnessOf(d); got != c.says {
					t.Errorf("after the first request that failed the header says %q, want %q", got, c.says)
				}
				d.press("esc")
				d.wait(2 * time.Second)
				if text := d.text(); !strings.Contains(text, c.unheardBy) {
					t.Errorf("%q is not on screen\n%s", c.unheardBy, text)
				}
				if text := d.text(); c.says != "live" && !strings.Contains(text, "showing what was read 4s ago") {
					t.Errorf("the age of what is shown is not said\n%s", text)
				}
				down = false
				d.wait(11 * time.Second)
				if got := freshnessOf(d); got != "live" {
					t.Errorf("once it answers the header says %q", got)
				}
			})
		})
	}
}

// TestALookThatIsRefusedEndsLive holds the same for what the console asks
// by itself.
func TestALookThatIsRefusedEndsLive(t *testing.T) {
	refusedLogin := false
	onCluster(t, 100, 30, func(c *cluster) {
		c.refuse = func(op, _ string) error {
			if op != "watch" && refusedLogin {
				return &backend.Error{Kind: backend.ErrUnauthorized, Op: "listing", Address: "https://k8s-eu.example.com:6443", Status: 401}
			}
			return nil
		}
	}, func(d *world, c *cluster) {
		d.press("4", "j")
		refusedLogin = true
		d.wait(31 * time.Second)
		d.wait(2 * time.Second)
		d.frame("browse-login-refused-100x30")
		// The watch is still open, and tells of a change: that says nothing of
		// whether our login is accepted.
		c.push(d, backend.Batch{At: d.now, Events: []backend.Event{c.changed(d, model.Ref{Mesh: "payments", Name: "psp-ca"}, "later")}}, nil)
		if got := freshnessOf(d); got != "! not live for 2s" {
			t.Errorf("after a change the header says %q", got)
		}
		refusedLogin = false
		d.wait(11 * time.Second)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once the login is accepted the header says %q", got)
		}
	})
}

// TestWhatCameWithAFailureIsShown holds that changes which a watch told in the
// same breath as its failure are not lost: it will not tell them again.
func TestWhatCameWithAFailureIsShown(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		d.press("4")
		gone := backend.Event{Secret: model.Secret{Ref: model.Ref{Mesh: "payments", Name: "stripe-webhook-token"}}, Gone: true}
		c.push(d, backend.Batch{Events: []backend.Event{gone}}, errWatchBroken)
		if text := d.text(); strings.Contains(text, "stripe-webhook-token") {
			t.Errorf("what is gone is still there\n%s", text)
		}
	})
}
