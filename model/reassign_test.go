package model

import "testing"

// after is the world once a step was made.
func after(w World, s Step) World {
	switch s {
	case CreateTarget:
		w.Target = Present
	case DeleteSource:
		w.Source = Absent
	}
	return w
}

func everyWorld() []World {
	var worlds []World
	places := []Place{Absent, Present, Foreign}
	for _, source := range places {
		for _, target := range places {
			worlds = append(worlds, World{source, target})
		}
	}
	return worlds
}

func TestNext(t *testing.T) {
	t.Parallel()
	plan := Plan{From: Ref{"payments", "s"}, To: Ref{"checkout", "s"}}
	for w, want := range map[World]Step{
		{Absent, Absent}:   Stuck,
		{Absent, Present}:  Done,
		{Absent, Foreign}:  Stuck,
		{Present, Absent}:  CreateTarget,
		{Present, Present}: DeleteSource,
		{Present, Foreign}: Stuck,
		{Foreign, Absent}:  Stuck,
		{Foreign, Present}: Stuck,
		{Foreign, Foreign}: Stuck,
	} {
		if got := plan.Next(w); got != want {
			t.Errorf("%+v: %v, want %v", w, got, want)
		}
	}
}

// From every world, in every order of steps, there is a holder of the value
// as long as there was one, and nothing foreign is touched.
func TestNoStepRemovesTheLastHolder(t *testing.T) {
	t.Parallel()
	plan := Plan{From: Ref{"payments", "s"}, To: Ref{"checkout", "s"}}
	for _, w := range everyWorld() {
		for range 3 {
			step := plan.Next(w)
			if step == DeleteSource && w.Target != Present {
				t.Errorf("%+v: the source is deleted, and the target does not hold the value", w)
			}
			if step == CreateTarget && w.Target != Absent {
				t.Errorf("%+v: the target is overwritten", w)
			}
			if step == DeleteSource && w.Source != Present {
				t.Errorf("%+v: something foreign is deleted", w)
			}
			w = after(w, step)
		}
	}
}

// Wherever it was interrupted, going on ends in the target and taking back
// ends in the source.
func TestReassignEndsWhereItShould(t *testing.T) {
	t.Parallel()
	plan := Plan{From: Ref{"payments", "s"}, To: Ref{"checkout", "s"}}
	if back := plan.Reverse(); back.From != plan.To || back.To != plan.From || back.Reverse() != plan {
		t.Fatalf("the reverse of %+v is %+v", plan, plan.Reverse())
	}
	for _, w := range []World{{Present, Absent}, {Present, Present}, {Absent, Present}} {
		if got := finish(plan, w); got != (World{Absent, Present}) {
			t.Errorf("forward from %+v it ends in %+v", w, got)
		}
		turned := World{Source: w.Target, Target: w.Source}
		if got := finish(plan.Reverse(), turned); got != (World{Absent, Present}) {
			t.Errorf("back from %+v it ends in %+v", w, got)
		}
	}
}

func finish(p Plan, w World) World {
	for range 3 {
		w = after(w, p.Next(w))
	}
	return w
}

func TestJudge(t *testing.T) {
	t.Parallel()
	snapshot := func(value string, labels map[string]string) Snapshot {
		return Snapshot{Secret: Secret{Labels: labels}, Value: NewValue([]byte(value))}
	}
	planned := snapshot("fake-value", map[string]string{"team": "web", LabelMesh: "payments"})
	for about, c := range map[string]struct {
		found Snapshot
		want  Place
	}{
		"the same":              {snapshot("fake-value", map[string]string{"team": "web", LabelMesh: "payments"}), Present},
		"in another mesh":       {snapshot("fake-value", map[string]string{"team": "web", LabelMesh: "checkout", LabelOrigin: "zone"}), Present},
		"another value":         {snapshot("fake-other", map[string]string{"team": "web"}), Foreign},
		"a newline more":        {snapshot("fake-value\n", map[string]string{"team": "web"}), Foreign},
		"no value":              {Snapshot{Secret: Secret{Labels: map[string]string{"team": "web"}}}, Foreign},
		"another label":         {snapshot("fake-value", map[string]string{"team": "pay"}), Foreign},
		"the label is lost":     {snapshot("fake-value", nil), Foreign},
		"a label of the user's": {snapshot("fake-value", map[string]string{"team": "web", "more": "x"}), Foreign},
	} {
		if got := Judge(planned, c.found); got != c.want {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}
