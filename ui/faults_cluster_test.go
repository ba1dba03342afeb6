package ui

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"meshsecrets/backend/embedded"
)

// statusOf answers as an API server refuses.
func statusOf(r *http.Request, code int, reason, message string) *http.Response {
	body := fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":%q,"reason":%q,"code":%d}`, message, reason, code)
	return &http.Response{StatusCode: code, Request: r, ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}
}

func isWatch(r *http.Request) bool {
	return r.URL.Query().Get("watch") == "true" || r.URL.Query().Get("watch") == "1"
}

// faulty runs a walk through the real client, with a meddler in between.
func faulty(t *testing.T, walk func(*world, *embedded.ControlPlane, *meddler, *switchboard)) {
	t.Helper()
	t.Parallel()
	throughKubernetes(t, 100, 30, func(d *world, cp *embedded.ControlPlane, board *switchboard) {
		walk(d, cp, board.round.(*meddler), board)
	})
}

// holds tells that the screen holds each text.
func (d *world) holds(when string, texts ...string) {
	d.t.Helper()
	text := d.text()
	for _, want := range texts {
		if !strings.Contains(text, want) {
			d.t.Errorf("%s %q is not on screen\n%s", when, want, text)
		}
	}
}

// triesIn sets when the next try is shown to be: the client draws it by lot.
func (d *world) triesIn(in time.Duration) {
	top := len(d.app.stack) - 1
	b := d.app.stack[top].(browse)
	b.retryAt = d.now.Add(in)
	d.app.stack[top] = b
}

// TestARightToWatchThatIsTaken holds that who may do all but watch goes on.
func TestARightToWatchThatIsTaken(t *testing.T) {
	faulty(t, func(d *world, cp *embedded.ControlPlane, m *meddler, _ *switchboard) {
		d.press("2")
		m.meddle(func(r *http.Request) (*http.Response, error) {
			if !isWatch(r) {
				return nil, nil
			}
			return statusOf(r, http.StatusForbidden, "Forbidden", `secrets is forbidden: User "jo" cannot watch resource "secrets" in API group "" in the namespace "kuma-system"`), nil
		})
		cp.Cluster().BreakWatches()
		d.pass(5 * time.Second)
		if got := freshnessOf(d); got != "read every 30s" {
			t.Errorf("the header says %q\n%s", got, d.text())
		}
		d.press("a")
		d.enter("new-one")
		d.press("tab", "tab", "tab")
		d.enter("demo, not real")
		d.press("ctrl+s")
		if got := d.app.message.Text; got != "new-one saved in default, read back, equal." {
			t.Errorf("adding says %q", got)
		}
		if err := cp.Delete("/meshes/default/secrets/new-one"); err != nil {
			t.Fatal(err)
		}
		d.pass(32 * time.Second)
		if text := d.text(); strings.Contains(text, "new-one  ") {
			t.Errorf("what somebody deleted is still there after half a minute\n%s", text)
		}
	})
}

// TestATokenThatExpires holds what is said while the login is not accepted any
// more, and that everything goes on by itself once it is.
func TestATokenThatExpires(t *testing.T) {
	faulty(t, func(d *world, cp *embedded.ControlPlane, m *meddler, _ *switchboard) {
		d.press("4", "j")
		m.meddle(func(r *http.Request) (*http.Response, error) {
			return statusOf(r, http.StatusUnauthorized, "Unauthorized", "Unauthorized"), nil
		})
		cp.Cluster().BreakWatches()
		d.pass(40 * time.Second)
		d.triesIn(7 * time.Second)
		d.frame("browse-token-expired-100x30")
		d.press("D")
		if got, want := d.app.message.Text, "Nothing can be changed until demo accepts your login again; ctrl+r tries now."; got != want {
			t.Errorf("D says %q, want %q", got, want)
		}
		d.press("enter", "x")
		d.holds("on the secret's screen", "demo does not accept your login any more. Log in again, then press ctrl+r.")
		d.press("esc")
		m.meddle(nil)
		d.pass(40 * time.Second)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once the login is accepted the header says %q\n%s", got, d.text())
		}
		d.press("D")
		if got := screens(d.app); got != "/picker/browse/removal" {
			t.Errorf("once the login is accepted D says %q", d.app.message.Text)
		}
	})
}

// TestAnAPIServerThatIsRestarted holds the same for a server that refuses
// connections, then answers that it is not ready, and has forgotten its history
// when it is back.
func TestAnAPIServerThatIsRestarted(t *testing.T) {
	faulty(t, func(d *world, cp *embedded.ControlPlane, m *meddler, board *switchboard) {
		d.press("4", "j")
		board.set(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, false)
		cp.Cluster().BreakWatches()
		d.pass(20 * time.Second)
		d.triesIn(7 * time.Second)
		d.frame("browse-restarting-100x30")
		m.meddle(func(r *http.Request) (*http.Response, error) {
			return statusOf(r, http.StatusServiceUnavailable, "ServiceUnavailable", "fake: the server is starting"), nil
		})
		board.set(nil, false)
		d.pass(40 * time.Second)
		d.holds("while it starts", "fake: the server is starting", "! not live for 1m", "psp-client-key")
		if err := cp.Delete("/meshes/payments/secrets/psp-client-key"); err != nil {
			t.Fatal(err)
		}
		cp.Cluster().Compact()
		m.meddle(nil)
		d.pass(40 * time.Second)
		if got := freshnessOf(d); got != "live" {
			t.Errorf("once it is back the header says %q", got)
		}
		if text := d.text(); strings.Contains(text, "psp-client-key") && !strings.Contains(text, "missing") {
			t.Errorf("what was deleted meanwhile is still there\n%s", text)
		}
	})
}
