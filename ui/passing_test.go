package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
)

// TestAMessageGoesWithItsReason holds that why a key did nothing is not said
// any more once it would do something.
func TestAMessageGoesWithItsReason(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		d.press("4", "j")
		c.push(d, backend.Batch{}, errWatchBroken)
		d.press("D")
		const why = "Nothing can be changed until local answers; ctrl+r tries now."
		d.wait(3 * time.Second)
		if got := d.app.message; got != refused(why) {
			t.Errorf("while it is so the message is %v", got)
		}
		c.push(d, backend.Batch{At: d.now}, nil)
		if got := d.app.message; got != (Message{}) {
			t.Errorf("once it answers the message is %v", got)
		}
	})
}

// TestAConnectionThatFailedIsTriedAgain holds it for a control plane that did
// not answer, and that a login which was refused is not sent on and on.
func TestAConnectionThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err   error
		again bool
	}{
		"no answer":    {&backend.Error{Kind: backend.ErrUnavailable, Op: "connecting", Reason: "connection refused"}, true},
		"a login":      {&backend.Error{Kind: backend.ErrUnauthorized, Op: "connecting"}, false},
		"a program":    {&backend.Error{Kind: backend.ErrUnavailable, Op: "connecting", Reason: "fake-login did not end in time", Hint: "Run it."}, false},
		"not a plane":  {&backend.Error{Kind: backend.ErrStranger, Op: "connecting"}, false},
		"a busy plane": {&backend.Error{Kind: backend.ErrBusy, Op: "connecting"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			onPlane(t, 80, 24, nil, func(d *world, _ *switchboard) {
				d.settle()
				d.wait(9 * time.Second)
				if tries != 1 {
					t.Errorf("after 9 s there were %d tries", tries)
				}
				d.wait(2 * time.Second)
				if again := tries == 2; again != c.again {
					t.Errorf("after 11 s there were %d tries", tries)
				}
				if shown := strings.Contains(d.text(), "applepay-merchant"); shown != c.again {
					t.Errorf("its secrets are shown: %v\n%s", shown, d.text())
				}
			}, func(config *Config) {
				connect := config.Start.Connect
				config.Start.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
					if tries++; tries == 1 {
						return nil, c.err
					}
					return connect(ctx)
				}
			})
		})
	}
}

// TestAFirstListThatFailedIsReadAgain holds the same for one that connected, and
// then did not answer.
func TestAFirstListThatFailedIsReadAgain(t *testing.T) {
	lists := 0
	onCluster(t, 80, 24, func(c *cluster) {
		c.refuse = func(op, _ string) error {
			if op != "list" {
				return nil
			}
			if lists++; lists == 1 {
				return &backend.Error{Kind: backend.ErrUnavailable, Op: "listing", Address: "https://k8s-eu.example.com:6443", Reason: "connection refused"}
			}
			return nil
		}
	}, func(d *world, _ *cluster) {
		d.wait(4 * time.Second)
		d.holds("after the first list", "Nothing answers at https://k8s-eu.example.com:6443", "Trying again in 6 s.")
		d.wait(7 * time.Second)
		d.holds("after ten seconds", "applepay-merchant", "live")
	})
}
