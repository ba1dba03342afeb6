package ui

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded/demo"
	"meshsecrets/model"
)

// switchboard is a transport that can be cut, or made to hang.
type switchboard struct {
	round http.RoundTripper
	guard sync.Mutex
	cut   error
	hang  bool
}

// set changes what the transport does from now on.
func (s *switchboard) set(cut error, hang bool) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.cut, s.hang = cut, hang
}

func (s *switchboard) state() (cut error, hang bool) {
	s.guard.Lock()
	defer s.guard.Unlock()
	return s.cut, s.hang
}

func (s *switchboard) RoundTrip(r *http.Request) (*http.Response, error) {
	cut, hang := s.state()
	if hang {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if cut != nil {
		return nil, cut
	}
	return s.round.RoundTrip(r)
}

// slow is a control plane whose list comes in two pages without facts, as a
// Kubernetes one's does; the second page never comes.
type slow struct{ backend.ControlPlane }

func (s slow) List(ctx context.Context, q backend.Query) (backend.Page, error) {
	if q.Cursor != "" {
		<-ctx.Done()
		return backend.Page{}, ctx.Err()
	}
	page, err := s.ControlPlane.List(ctx, q)
	var first []model.Secret
	for _, secret := range page.Secrets {
		if secret.Ref.Mesh == "checkout" || secret.Ref.Mesh == "default" {
			secret.Facts = model.Facts{}
			first = append(first, secret)
		}
	}
	page.Secrets, page.Next = first, "rest"
	return page, err
}

// onPlane runs a walk on the demo's data behind a transport and a wrapper.
func onPlane(t *testing.T, w, h int, wrap func(backend.ControlPlane) backend.ControlPlane, walk func(*world, *switchboard), change ...func(*Config)) {
	t.Helper()
	t.Parallel()
	throughPlane(t, w, h, wrap, walk, change...)
}

func throughPlane(t *testing.T, w, h int, wrap func(backend.ControlPlane) backend.ControlPlane, walk func(*world, *switchboard), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		board := &switchboard{round: cp.Transport()}
		entry := embeddedEntry("local", cp, board)
		entry.Group, entry.Address, entry.Inside = "kumactl", "http://localhost:5681", false
		connect := entry.Connect
		entry.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
			plane, err := connect(ctx)
			if err != nil || wrap == nil {
				return plane, err
			}
			return wrap(plane), nil
		}
		start(t, w, h, Config{Directory: listed{entry}, Start: &entry}, func(d *world) { walk(d, board) }, change...)
	})
}

func TestFramesLoading(t *testing.T) {
	onPlane(t, 100, 30, func(p backend.ControlPlane) backend.ControlPlane { return slow{p} },
		func(d *world, _ *switchboard) {
			d.wait(time.Second)
			d.frame("browse-loading-100x30")
			d.press("esc")
			d.frame("browse-stopped-100x30")
		})
}

func TestFramesStale(t *testing.T) {
	onPlane(t, 100, 30, nil, func(d *world, board *switchboard) {
		d.press("4", "j", "j")
		board.set(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, false)
		time.Sleep(6 * time.Second)
		d.now = d.now.Add(40 * time.Second)
		d.settle()
		d.frame("browse-stale-100x30")
		board.set(nil, false)
		d.press("ctrl+r")
		d.frame("browse-again-100x30")
	})
}

func TestFramesConnecting(t *testing.T) {
	onPlane(t, 80, 24, nil, func(d *world, board *switchboard) {
		d.frame("connecting-failed-80x24")
		board.set(nil, true)
		d.press("ctrl+r")
		d.wait(3 * time.Second)
		d.frame("connecting-80x24")
	}, func(c *Config) {
		connect := c.Start.Connect
		first := true
		c.Start.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
			if first {
				first = false
				return nil, &backend.Error{Kind: backend.ErrUnavailable, Op: "connecting", Address: "http://localhost:5681", Reason: "connection refused"}
			}
			return connect(ctx)
		}
	})
}

func TestFramesReadOnly(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.press("4", "j", "j", "D")
		d.frame("delete-read-only-80x24")
	}, func(c *Config) { c.Start.ReadOnly = true })
}

// sealed lets secrets be listed and none of them read.
type sealed struct{ backend.ControlPlane }

func (s sealed) Get(_ context.Context, ref model.Ref) (model.Snapshot, error) {
	return model.Snapshot{}, &backend.Error{Kind: backend.ErrForbidden, Op: "reading", Ref: ref, Status: http.StatusForbidden}
}

func TestFramesForbidden(t *testing.T) {
	onPlane(t, 80, 24, func(p backend.ControlPlane) backend.ControlPlane { return sealed{p} },
		func(d *world, _ *switchboard) {
			d.find("4", "payments-ca-key")
			d.press("x")
			d.frame("secret-forbidden-80x24")
		})
}

func TestFramesMaskedAgain(t *testing.T) {
	onDemo(t, 80, 24, func(d *world) {
		d.find("2", "smtp-password")
		d.press("x")
		d.wait(59 * time.Second)
		d.frame("secret-text-80x24")
		d.wait(time.Second)
		d.frame("secret-masked-again-80x24")
	})
}

// picked are the control planes of the picker's frames.
func picked(t *testing.T) listed {
	t.Helper()
	cp, err := demo.New(frameTime)
	if err != nil {
		t.Fatal(err)
	}
	fails := func(kind error, address, reason string) func(context.Context) (backend.ControlPlane, error) {
		return func(context.Context) (backend.ControlPlane, error) {
			return nil, &backend.Error{Kind: kind, Op: "connecting", Address: address, Reason: reason}
		}
	}
	hangs := func(ctx context.Context) (backend.ControlPlane, error) {
		<-ctx.Done()
		return nil, errors.New("stopped")
	}
	answers := embeddedEntry("prod-us", cp, nil)
	answers.Group, answers.Address, answers.ReadOnly, answers.Inside = "kumactl", "https://cp-us.example.com:5682", true, false
	return listed{
		{Name: "prod-eu", Group: "kumactl", Environment: backend.Universal, Address: "https://cp-eu.example.com:5682", Protected: true, Connect: hangs},
		answers,
		{Name: "staging", Group: "kumactl", Environment: backend.Universal, Address: "https://127.0.0.1:5682", Unverified: true, Connect: hangs},
		{Name: "local", Group: "kumactl", Environment: backend.Universal, Address: "http://localhost:5681", Current: true,
			Connect: fails(backend.ErrUnavailable, "http://localhost:5681", "connection refused")},
		{Name: "universal-lab", Group: "kumactl", Environment: backend.Universal, Address: "https://cp.lab.example.com:5682",
			Connect: fails(backend.ErrUnauthorized, "https://cp.lab.example.com:5682", "")},
		embeddedEntry("demo", cp, nil),
	}
}

func onPicker(t *testing.T, w, h int, entries func(*testing.T) listed, walk func(*world)) {
	t.Helper()
	t.Parallel()
	throughPicker(t, w, h, entries, walk)
}

func throughPicker(t *testing.T, w, h int, entries func(*testing.T) listed, walk func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start(t, w, h, Config{Directory: entries(t)}, walk)
	})
}

func pickerWalk(name string) func(*world) {
	return func(d *world) {
		d.press("enter", "j", "enter", "g", "enter", "j", "enter")
		d.press("g", "j", "j", "j")
		d.wait(3 * time.Second)
		d.frame(name)
	}
}

func TestFramesPicker(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{"picker-120x30": {120, 30}, "picker-80x24": {80, 24}, "picker-60x20": {60, 20}, "picker-40x12": {40, 12}} {
		t.Run(name, func(t *testing.T) { onPicker(t, size[0], size[1], picked, pickerWalk(name)) })
	}
}

func TestFramesPickerFirst(t *testing.T) {
	onPicker(t, 80, 24, func(t *testing.T) listed { return picked(t)[5:] }, func(d *world) {
		d.frame("picker-demo-only-80x24")
		d.press("enter")
		d.frame("picker-entered-80x24")
	})
}
