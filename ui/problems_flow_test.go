package ui

import (
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
)

// problemStates are the screen's states for the proofs over all screens.
func problemStates() []state {
	left := keysOf("problems, interrupted", "problems", "p")
	left.first = func(s *stateful) { leftBehind(s, webhook, "payments", "checkout") }
	readOnly := keysOf("problems, read-only", "problems", "p")
	readOnly.entry = func(_ *stateful, e *backend.Entry) { e.ReadOnly = true }
	learning := keysOf("problems, reading facts", "problems", "p")
	learning.entry = func(_ *stateful, e *backend.Entry) {
		e.Connect = asCluster(e.Connect, holding("learn", func() chan struct{} { return make(chan struct{}) }))
	}
	unlearnt := keysOf("problems, facts not read", "problems", "p", "esc")
	unlearnt.entry = learning.entry
	return []state{
		keysOf("problems", "problems", "p"),
		keysOf("problems, missing", "problems", "p", "j"),
		keysOf("problems, in the middle", "problems", "p", "j", "j", "j", "j"),
		keysOf("problems, orphaned", "problems", "p", "/", "o", "r", "p", "h", "enter"),
		keysOf("problems, last", "problems", "p", "G"),
		keysOf("problems, filter typed", "problems", "p", "/", "e", "x"),
		keysOf("problems, filtered", "problems", "p", "/", "e", "x", "enter"),
		keysOf("problems, nothing matches", "problems", "p", "/", "#", "enter"),
		atSecret("problems, from a secret", "problems", "4", "payments-ca-cert", "enter", "p"),
		atSecret("problems, from used by", "problems", "4", "payments-ca-cert", "u", "p"),
		{name: "problems, nothing read", want: "problems", first: func(s *stateful) { s.fault.meddle(on("GET", "secrets", s.fault.hang)) },
			reach: func(s *stateful) { s.press("p"); s.wait(time.Second) }},
		left, readOnly, learning, unlearnt,
	}
}

func TestProblemsLeadToWhatMendsThem(t *testing.T) {
	onDemo(t, 120, 40, func(d *world) {
		d.press("p")
		for _, step := range []struct {
			keys []string
			want string
			says string
		}{
			{[]string{"enter"}, "usedBy", "Used by · billing-ca"},
			{[]string{"a"}, "form", "billing-ca"},
			{[]string{"u"}, "usedBy", "Used by · billing-ca"},
			{[]string{"j", "j", "enter"}, "secret", "── legacy-ca-key "},
			{[]string{"u"}, "usedBy", "Used by · legacy-ca-key"},
			{[]string{"e"}, "form", "legacy-ca-key"},
			{[]string{":", "e", "x", "p", "o", "r", "t", "enter"}, "exporting", "Export legacy-ca-key"},
			{[]string{"j", "D"}, "removal", "stripe-webhook-token"},
			{[]string{"m"}, "reassign", "stripe-webhook-token"},
		} {
			d.press(step.keys...)
			d.onTop(step.want)
			d.shows(step.says)
			d.press("esc")
			d.onTop("problems")
		}
		d.press("g", "e")
		d.shows("billing-ca is missing. a adds it.")
		d.press("m")
		d.shows("No other mesh has a secret billing-ca that could be reassigned to here.")
		d.press("j", "j", "E")
		d.onTop("approval")
		d.shows("Save legacy-ca-key")
	})
}

func TestProblemsFollowWhatChanges(t *testing.T) {
	keysOf("problems", "problems", "p", "j", "j").in(t, 100, 40, func(s *stateful) {
		s.shows("▌ ✗ mismatched       legacy-ca-key", "10 in 4 meshes")
		if err := s.cp.Put("/meshes/legacy/secrets/billing-ca", map[string]any{"type": "Secret", "mesh": "legacy", "name": "billing-ca", "data": "ZmFrZSB2YWx1ZQ=="}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		s.settle()
		s.shows("✗ unsuitable       billing-ca", "▌ ✗ mismatched       legacy-ca-key")
		s.hides("✗ missing          billing-ca")
	})
}

func TestWhatIsWellExpiresWhileProblemsAreShown(t *testing.T) {
	onDemo(t, 100, 40, func(d *world) {
		d.press("p")
		d.shows("expiring         stripe-webhook-token")
		d.wait(3 * 24 * time.Hour)
		d.shows("expired          stripe-webhook-token")
	})
}

func TestProblemsShowWhatIsInterrupted(t *testing.T) {
	left := keysOf("problems, interrupted", "problems", "p", "j", "j", "j")
	left.first = func(s *stateful) { leftBehind(s, webhook, "payments", "checkout") }
	left.in(t, 100, 40, func(s *stateful) {
		s.shows("! interrupted      stripe-webhook-token", "enter finishes it or takes it back", "! 1 interrupted", "12 in 5 meshes")
	})
}

func TestEnterOnAnInterruptedReassignDecidesAboutIt(t *testing.T) {
	left := keysOf("problems, interrupted", "problems", "p", "/", "i", "n", "t", "e", "r", "enter")
	left.first = func(s *stateful) { leftBehind(s, webhook, "payments", "checkout") }
	left.in(t, 100, 40, func(s *stateful) {
		s.press("e")
		s.shows("A reassign of stripe-webhook-token is not finished: enter decides about it first.")
		s.press("enter")
		s.onTop("decision")
		s.press("enter")
		s.pass(time.Minute)
		s.press("esc")
		s.hides("interrupted")
	})
}

func TestProblemsAskForTheFactsOfAllMeshes(t *testing.T) {
	onCluster(t, 100, 40, nil, func(d *world, c *cluster) {
		d.press("p")
		d.shows("10 in 4 meshes", "expiring         payments-ca-cert", "32 secrets and their facts")
		if got := c.asksFor("learn"); len(got) == 0 {
			t.Error("no facts were read")
		}
		d.press("esc")
		d.onTop("browse")
	})
}

func TestReadingFactsForProblemsCanBeStopped(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 40, holding("learn", func() chan struct{} { held = make(chan struct{}); return held }), func(d *world, _ *cluster) {
		d.press("p")
		d.shows("Reading facts: 0 of 32.", "esc stop")
		d.press("esc")
		d.onTop("problems")
		d.shows("Reading facts was stopped; what was learnt stays.")
		d.press("j")
		d.shows("… facts of 32 not read; :learn facts reads them")
		close(held)
		d.settle()
		d.shows("3 in 3 meshes")
		d.press(":")
		d.enter("learn")
		d.press("enter")
		d.shows("10 in 4 meshes")
		d.press("esc")
		d.onTop("browse")
	})
}

// What was found is worth what was read: a list that did not come to its end
// does not say that nothing is wrong.
func TestProblemsSayWhatWasNotRead(t *testing.T) {
	onCluster(t, 100, 40, deny("resources Mesh", "you may not list meshes"), func(d *world, _ *cluster) {
		d.press("p")
		d.shows("Mesh not read", "Mesh was not read: you may not list it.")
	})
}

// The list is long: what is wrong is found beside the screen, and until then
// the screen says that it looks.
func TestProblemsAreLookedForBesideTheScreen(t *testing.T) {
	t.Parallel()
	next, run := longList(t, 3000).Update(keyNamed("p"))
	p, is := next.(App).stack[1].(problems)
	if !is || p.any || p.looking == nil || run == nil {
		t.Fatalf("pressing p leads to %T, found %v", next.(App).stack[1], p.any)
	}
	if text := next.View().Content; !strings.Contains(text, "Looking for what is wrong.") {
		t.Errorf("the screen does not say that it looks:\n%s", text)
	}
}
