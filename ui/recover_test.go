package ui

import (
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// prodEU makes the cluster the global control plane that the drawn frames are
// about: zones follow it, and you are jo.
func prodEU(e *backend.Entry, p *faultyPlane) {
	e.Name = "prod-eu"
	p.zones = zonesOf("dublin-1", "madrid-1", "paris-1")
	p.identity = func(id backend.Identity) backend.Identity {
		id.Name, id.Product, id.Version, id.User = "prod-eu", "Kong Mesh", "2.14.3", "jo"
		id.Mode, id.Federated, id.Zone = backend.ModeGlobal, false, ""
		return id
	}
}

// zonesOf are zones that took all they were sent since yesterday.
func zonesOf(names ...string) []backend.Zone {
	var zones []backend.Zone
	for _, name := range names {
		zones = append(zones, backend.Zone{Name: name, Version: "2.14.3", Known: true, Online: true,
			Connected: writeMoment.Add(-26 * time.Hour), Sent: 41, Acknowledged: 41})
	}
	return zones
}

const ofWebhook = "9c1e7a40-5b1d-4e0a-9c55-2f6d0c3b7e11"

// begunBy is a reassign that ana began on lab-7 some time ago, as a look found
// it.
func begunBy(name, from, to string, ago time.Duration, state model.State, w model.World) interrupted {
	i := interrupted{looked: true, size: 303}
	i.Plan = model.Plan{ID: "9c1e7a4012345678", From: model.Ref{Mesh: from, Name: name}, To: model.Ref{Mesh: to, Name: name}, UID: "uid-of-" + name, Zones: true}
	if name == webhook {
		i.Plan.UID = ofWebhook
	}
	i.Copy, i.By, i.Host, i.Age = model.CopyName(i.Plan.UID), "ana", "lab-7", ago
	i.Progress = backend.Progress{Plan: i.Plan, World: w}
	i.State, i.FromThere, i.ToThere = state, true, true
	i.Choices = i.Plan.Choices(state, true, true)
	return i
}

var (
	inGap    = begunBy(webhook, "payments", "checkout", 4*time.Minute, model.Gap, model.World{Copy: model.Present})
	isPlaced = begunBy("feature-flags", "default", "sandbox", 2*time.Hour, model.Placed, model.World{Copy: model.Present, Target: model.Present, Tagged: true})
	isStaged = begunBy("old-dashboard-token", "legacy", "default", 6*24*time.Hour, model.Staged, model.World{Source: model.Present, Copy: model.Present})
)

// found are all unfinished reassigns of some interrupted ones.
func found(all []interrupted) []model.Unfinished { return recovery{all: all}.unfinished() }

// interruptedBench is a bench with a screen over a control plane on which these
// were found.
func (r *workbench) interrupted(all []interrupted, s Screen) *workbench {
	r.over("payments", webhook, s, nil)
	b := r.app.stack[0].(browse)
	b.afoot = afoot{unfinished: found(all), zones: len(r.plane.zones), counted: true}
	b.watcher = deaf{}
	r.app.stack[0] = b
	return r
}

// list is the list of them, as it was read.
func (r *workbench) listed(all ...interrupted) *workbench {
	return r.interrupted(all, recovery{to: r.session, stock: r.stock, all: all, readAt: r.now}.sorted())
}

// decide is the decision about one of them, as it was looked at.
func (r *workbench) decide(i interrupted) *workbench {
	return r.interrupted([]interrupted{i}, decision{to: r.session, stock: r.stock, item: i, readAt: r.now})
}

func TestRecoverFrames(t *testing.T) {
	t.Parallel()
	all := []interrupted{isStaged, inGap, isPlaced}
	odd := interrupted{}
	odd.Copy, odd.Problem = "meshsecrets-reassign-0d4f", "its meta.json is missing"
	odd.State, odd.Choices, odd.looked = model.Unreadable, []model.Choice{model.Leave}, true
	unread := interrupted{err: &backend.Error{Kind: backend.ErrUnavailable, Op: "reading", Address: "https://k8s-eu.example.com:6443", Reason: "connection refused"}}
	unread.Unfinished = isPlaced.Unfinished
	held := begunBy("feature-flags", "default", "sandbox", 2*time.Hour, model.Held, model.World{Source: model.Deleting, Copy: model.Present})
	replaced := begunBy("db-ca", "default", "sandbox", 26*time.Hour, model.Replaced, model.World{Target: model.Foreign, Copy: model.Present})
	newClusterBench(t, 100, 30, prodEU, protected).listed(all...).golden("recover-100x30")
	newClusterBench(t, 80, 24, prodEU, protected).listed(all...).golden("recover-80x24")
	newClusterBench(t, 60, 20, prodEU).listed(all...).golden("recover-60x20")
	newClusterBench(t, 120, 30, prodEU).listed(odd, unread, held, replaced).press("j", "j", "j").golden("recover-states-120x30")
	newClusterBench(t, 100, 30, prodEU).listed(odd).golden("recover-unreadable-100x30")
	newClusterBench(t, 80, 24, prodEU).listed().golden("recover-none-80x24")
	known := interrupted{}
	known.Unfinished = inGap.Unfinished
	newClusterBench(t, 80, 24, prodEU).listed(known).settled(func(r *workbench) {
		r.app.stack[1] = recovery{to: r.session, all: []interrupted{known}, readAt: r.now, asked: &request{began: r.now.Add(-time.Second)}}
	}).golden("recover-reading-80x24")
	denied := &backend.Error{Kind: backend.ErrForbidden, Op: "listing secrets", Reason: "you may not list secrets in kong-mesh-system", Hint: "Ask for list on secrets there."}
	newClusterBench(t, 80, 24, prodEU).interrupted(nil, recovery{failed: denied}).settled(func(r *workbench) {
		r.app.stack[1] = recovery{to: r.session, failed: denied}
	}).golden("recover-denied-80x24")
}

// settled changes a bench by hand.
func (r *workbench) settled(change func(*workbench)) *workbench {
	change(r)
	return r
}

func TestRecoverDecisionFrames(t *testing.T) {
	t.Parallel()
	newClusterBench(t, 100, 30, prodEU, protected).decide(inGap).golden("recover-decision-100x30")
	newClusterBench(t, 80, 24, prodEU, protected).decide(inGap).golden("recover-decision-80x24")
	newClusterBench(t, 60, 20, prodEU, protected).decide(inGap).golden("recover-decision-60x20")
	newClusterBench(t, 100, 30, prodEU, protected).decide(inGap).press("down", "enter").write("prod-eu stripe-webhook").golden("recover-decision-confirm-100x30")
	newClusterBench(t, 100, 30, prodEU).decide(isPlaced).golden("recover-decision-placed-100x30")
	newClusterBench(t, 100, 30, prodEU).decide(isStaged).golden("recover-decision-staged-100x30")
	soon := inGap
	soon.Age = 20 * time.Second
	soon.ToThere = false
	soon.Choices = soon.Plan.Choices(model.Gap, true, false)
	newClusterBench(t, 100, 30, prodEU).decide(soon).golden("recover-decision-recent-100x30")
	replaced := begunBy("db-ca", "default", "sandbox", 26*time.Hour, model.Replaced, model.World{Target: model.Foreign, Copy: model.Present})
	newClusterBench(t, 100, 30, prodEU).decide(replaced).press("down", "enter").golden("recover-decision-forget-100x30")
	odd := interrupted{looked: true}
	odd.Copy, odd.Problem, odd.State, odd.Choices = "meshsecrets-reassign-0d4f", "its meta.json is missing", model.Unreadable, []model.Choice{model.Leave}
	newClusterBench(t, 80, 24, prodEU).decide(odd).golden("recover-decision-unreadable-80x24")
	both := begunBy(webhook, "payments", "checkout", 0, model.Staged, model.World{Source: model.Present, Target: model.Present, Tagged: true})
	both.Copy, both.By, both.Host, both.Plan.TargetFirst, both.Plan.Zones, both.Progress.Plan.Zones = "", "", "", true, false, false
	both.Started = writeMoment.Add(-3 * time.Hour)
	newBench(t, 80, 24).decide(both).golden("recover-decision-universal-80x24")
	readOnly := func(e *backend.Entry, _ *faultyPlane) { e.ReadOnly = true }
	newClusterBench(t, 80, 24, prodEU, readOnly).decide(isPlaced).golden("recover-decision-read-only-80x24")
}

// Every state has words of its own, on either kind of control plane, and each
// choice says what it does.
func TestEveryStateIsSaid(t *testing.T) {
	t.Parallel()
	said := map[string]model.State{}
	for state := model.Staged; state <= model.Lost; state++ {
		for _, copies := range []bool{true, false} {
			i := begunBy(webhook, "payments", "checkout", time.Hour, state, model.World{})
			i.Plan.TargetFirst = !copies
			if !copies {
				i.Copy = ""
			}
			i.Choices = i.Plan.Choices(state, true, true)
			if other, there := said[i.meaning()]; there && other != state {
				t.Errorf("%v and %v are said alike: %s", state, other, i.meaning())
			}
			said[i.meaning()] = state
			for _, c := range i.Choices {
				if one := i.choiceOf(c, true); one.word == "" || one.what == "" {
					t.Errorf("choice %v of %v says %q", c, state, one)
				}
			}
		}
	}
}

// The most dangerous stand first, then the youngest.
func TestRecoverSortsByDanger(t *testing.T) {
	t.Parallel()
	replaced := begunBy("db-ca", "default", "sandbox", 26*time.Hour, model.Replaced, model.World{})
	unknown := begunBy("abc", "default", "sandbox", 0, model.Placed, model.World{})
	r := recovery{all: []interrupted{isStaged, unknown, replaced, isPlaced, inGap}, readAt: writeMoment}.sorted()
	want := []string{webhook, "db-ca", "feature-flags", "old-dashboard-token", "abc"}
	for n, i := range r.all {
		if i.name() != want[n] {
			t.Errorf("%d is %s, want %s", n, i.name(), want[n])
		}
	}
}

// What was found at the start is said once, and counted in line 1.
func TestFoundAtStart(t *testing.T) {
	t.Parallel()
	odd := model.Unfinished{Copy: "meshsecrets-reassign-0d4f", Problem: "its meta.json is missing"}
	for _, c := range []struct {
		name string
		s    sighting
		want string
	}{
		{"only in its copy", sighting{unfinished: found([]interrupted{inGap}), state: model.Gap, stated: true},
			"A reassign was interrupted: stripe-webhook-token is only in its safety copy. :recover shows what to do."},
		{"placed", sighting{unfinished: found([]interrupted{isPlaced}), state: model.Placed, stated: true},
			"A reassign of feature-flags was interrupted: there, not cleaned up. :recover shows what to do."},
		{"could not be looked at", sighting{unfinished: found([]interrupted{isPlaced})}, "A reassign of feature-flags was interrupted. :recover shows what to do."},
		{"several", sighting{unfinished: found([]interrupted{inGap, isPlaced, isStaged})}, "3 reassigns were interrupted. :recover shows what to do."},
		{"unreadable", sighting{unfinished: []model.Unfinished{odd}}, "meshsecrets-reassign-0d4f does not hold what a safety copy holds. :recover shows it."},
	} {
		if got := foundAtStart(c.s); got != noted(c.want) {
			t.Errorf("%s: it says %s %s", c.name, got.Mark, got.Text)
		}
	}
}

// The title names what is interrupted whatever gives way, and the zones of a
// global control plane once they are known.
func TestTitleCountsWhatIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		known awareness
		w     int
		want  string
	}{
		{awareness{interrupted: 3, zones: 3, counted: true}, 90, " meshsecrets  prod-eu · Kubernetes · global, 3 zones               ! 3 interrupted   live "},
		{awareness{interrupted: 1, zones: 1, counted: true}, 60, " prod-eu · Kubernetes                ! 1 interrupted   live "},
		{awareness{interrupted: 12}, 40, " prod-eu        ! 12 interrupted   live "},
		{awareness{counted: true}, 80, " meshsecrets  prod-eu · Kubernetes · Kong Mesh 2.14.3 · global, no zones   live "},
		{awareness{}, 80, " meshsecrets  prod-eu · Kubernetes kuma-system · Kong Mesh 2.14.3 · global live "},
	} {
		r := newClusterBench(t, c.w, 24, prodEU)
		if got := r.session.headline(c.w, say(Plain, "live"), c.known).plain(); got != c.want {
			t.Errorf("in %d cells the title is\n%q, want\n%q", c.w, got, c.want)
		}
	}
}

// A phrase is asked for on protected control planes, and wherever a copy is
// dropped.
func TestDecisionAsksForThePhrase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		choice    model.Choice
		protected bool
		want      string
	}{
		{model.Finish, false, ""},
		{model.TakeBack, false, ""},
		{model.Forget, false, "stripe-webhook-token"},
		{model.Finish, true, "prod-eu stripe-webhook-token checkout"},
		{model.TakeBack, true, "prod-eu stripe-webhook-token payments"},
		{model.Forget, true, "prod-eu stripe-webhook-token"},
	} {
		settings := []setting{prodEU}
		if c.protected {
			settings = append(settings, protected)
		}
		r := newClusterBench(t, 80, 24, settings...)
		got := decision{to: r.session, item: inGap}.consentTo(c.choice)
		if got.typed() != (c.want != "") || got.typed() && got.want() != c.want {
			t.Errorf("choice %v, protected %v: it asks for %q", c.choice, c.protected, got.want())
		}
	}
}

// A reload while the screen is open looks again, and its answer counts for the
// title too; a refused listing claims nothing.
func TestRecoverIsToldToTheTitle(t *testing.T) {
	t.Parallel()
	r := newClusterBench(t, 100, 30, prodEU).listed(inGap, isPlaced)
	r.plane.unfinished = func() ([]model.Unfinished, error) { return nil, nil }
	r.press("ctrl+r").settle()
	if n := len(r.app.stack[0].(browse).afoot.unfinished); n != 0 {
		t.Errorf("the title counts %d", n)
	}
	r.said("", "")
	r.plane.unfinished = func() ([]model.Unfinished, error) {
		return found([]interrupted{inGap}), &backend.Error{Kind: backend.ErrForbidden}
	}
	r.send(unsettled{to: r.session}).settle()
	if n := len(r.app.stack[0].(browse).afoot.unfinished); n != 0 {
		t.Errorf("after a refusal the title counts %d", n)
	}
	if r.top().(recovery).failed == nil {
		t.Error("the screen does not say that it was refused")
	}
}

// Whoever began it a moment ago may still be at it, in another terminal of the
// same person too; only what this console stopped itself is known not to run.
func TestRecoverWarnsOfWhatMayRun(t *testing.T) {
	t.Parallel()
	const warning = "ana on lab-7 began this reassign 20 s ago and may still be at it. Wait a minute before deciding."
	r := newClusterBench(t, 100, 30, prodEU)
	r.session.id.User = "ana"
	young := begunBy(webhook, "payments", "checkout", 20*time.Second, model.Gap, model.World{Copy: model.Present})
	for _, c := range []struct {
		name string
		item interrupted
		ours bool
		want string
	}{
		{"in another terminal", young, false, warning},
		{"stopped here", young, true, ""},
		{"minutes ago", inGap, false, ""},
	} {
		d := decision{to: r.session, item: c.item, ours: c.ours, readAt: r.now}
		if got := d.whose(r.frame()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
