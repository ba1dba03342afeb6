package ui

import (
	"context"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// The states of recovering and of sending again.

// leftBehind is a reassign of which one step was taken before its console was
// gone: on Universal the secret is in both meshes then.
func leftBehind(s *stateful, name, from, to string) {
	ctx := context.Background()
	entry := embeddedEntry("demo", s.cp, nil)
	plane, err := entry.Connect(ctx)
	if err != nil {
		panic(err)
	}
	before, err := plane.Get(ctx, model.Ref{Mesh: from, Name: name})
	if err != nil {
		panic(err)
	}
	defer before.Wipe()
	gate := backend.NewGate(plane, entry)
	c := model.Change{Verb: model.Reassign, Before: before, After: backend.Moved(before, model.Ref{Mesh: to, Name: name})}
	if _, err := gate.Advance(ctx, c, gate.Begin(ctx, c)); err != nil {
		panic(err)
	}
}

// global is a control plane that zones follow.
type global struct {
	backend.ControlPlane
	zones []backend.Zone
}

func (g global) Identity() backend.Identity {
	id := g.ControlPlane.Identity()
	id.Mode, id.Zone = backend.ModeGlobal, ""
	return id
}

func (g global) Zones(context.Context) ([]backend.Zone, error) { return g.zones, nil }

func asGlobal(zones ...backend.Zone) func(*stateful, *backend.Entry) {
	return func(_ *stateful, e *backend.Entry) {
		connect := e.Connect
		e.Connect = func(ctx context.Context) (backend.ControlPlane, error) {
			plane, err := connect(ctx)
			return global{plane, zones}, err
		}
	}
}

func recoverStates() []state {
	two := func(s *stateful) {
		leftBehind(s, webhook, "payments", "checkout")
		leftBehind(s, "feature-flags", "default", "sandbox")
	}
	at := func(name, want string, then func(*stateful)) state {
		return state{name: name, want: want, first: two, reach: func(s *stateful) {
			s.command("recover")
			if then != nil {
				then(s)
			}
		}}
	}
	protect := func(_ *stateful, e *backend.Entry) { e.Protected = true }
	confirming := at("decision, phrase typed", "decision", func(s *stateful) { s.press("enter", "j", "enter"); s.enter("demo feat") })
	confirming.entry = protect
	readOnly := at("decision, read-only", "decision", func(s *stateful) { s.press("enter") })
	readOnly.entry = func(_ *stateful, e *backend.Entry) { e.ReadOnly = true }
	none := at("recover, none", "recovery", nil)
	none.first = nil
	done := resendState("resend, done", "4", "resend", "enter")
	begin := done.reach
	done.reach = func(s *stateful) { begin(s); s.pass(25 * time.Second) }
	return []state{
		at("recover", "recovery", nil),
		at("recover, the last", "recovery", func(s *stateful) { s.press("G") }),
		at("recover, not read", "recovery", func(s *stateful) {
			s.fault.meddle(on("GET", "secrets", status(403, "no")))
			s.press("ctrl+r")
		}),
		at("recover, being read", "recovery", func(s *stateful) {
			s.fault.meddle(on("GET", "secrets", s.fault.hang))
			s.press("ctrl+r")
			s.wait(time.Second)
		}),
		none,
		at("decision", "decision", func(s *stateful) { s.press("enter") }),
		at("decision, the second choice", "decision", func(s *stateful) { s.press("enter", "j") }),
		at("decision, not looked at", "decision", func(s *stateful) {
			s.fault.meddle(on("GET", "secrets/", status(500, "fake fault")))
			s.press("enter")
		}),
		confirming, readOnly,
		at("reassign gone on with", "reassign", func(s *stateful) { s.press("enter", "j", "enter") }),
		resendState("resend", "4", "resend"),
		resendState("resend, the last choice", "4", "resend", "j"),
		resendState("resend, under way", "4", "resend", "enter"),
		done,
	}
}

// resendState is one of sending the secrets of a mesh again.
func resendState(name, digit, want string, keys ...string) state {
	return state{name: name, want: want, entry: asGlobal(zonesOf("dublin-1", "madrid-1")...), reach: func(s *stateful) {
		s.find(digit, webhook)
		s.command("resend")
		s.press(keys...)
	}}
}

// command types a command.
func (s *stateful) command(name string) {
	s.press(":")
	s.enter(name)
	s.press("enter")
}

// What is unfinished on the demo is listed by the command, and its decision
// opened.
func TestRecoverByItsCommand(t *testing.T) {
	t.Parallel()
	for _, s := range recoverStates() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 100, 30, func(*stateful) {})
		})
	}
}
