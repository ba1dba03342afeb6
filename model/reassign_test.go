package model

import "testing"

// after is the world once a step was made. Whoever deletes a source that was
// the only holder holds the value from then on.
func after(w World, s Step) World {
	switch s {
	case CreateTarget:
		w.Target, w.Copy = Present, Absent
	case DeleteSource:
		if w.Source = Absent; w.Target != Present {
			w.Copy = Present
		}
	}
	return w
}

func everyWorld() []World {
	var worlds []World
	places := []Place{Absent, Present, Foreign}
	for _, source := range places {
		for _, target := range places {
			worlds = append(worlds, World{Source: source, Target: target})
		}
	}
	return append(worlds, World{Copy: Present})
}

// plans are one plan in both orders.
func plans() []Plan {
	apart := Plan{From: Ref{"payments", "s"}, To: Ref{"checkout", "s"}}
	first := apart
	first.TargetFirst = true
	return []Plan{first, apart}
}

func TestNext(t *testing.T) {
	t.Parallel()
	for w, want := range map[World][2]Step{
		{Absent, Absent, Absent}:   {Stuck, Stuck},
		{Absent, Present, Absent}:  {CreateTarget, CreateTarget},
		{Absent, Absent, Present}:  {Done, Done},
		{Absent, Absent, Foreign}:  {Stuck, Stuck},
		{Present, Absent, Absent}:  {CreateTarget, DeleteSource},
		{Present, Absent, Present}: {DeleteSource, DeleteSource},
		{Present, Absent, Foreign}: {Stuck, Stuck},
		{Foreign, Absent, Absent}:  {Stuck, Stuck},
		{Foreign, Absent, Present}: {Stuck, Stuck},
		{Foreign, Absent, Foreign}: {Stuck, Stuck},
	} {
		for i, plan := range plans() {
			if got := plan.Next(w); got != want[i] {
				t.Errorf("%+v, target first %v: %v, want %v", w, plan.TargetFirst, got, want[i])
			}
		}
	}
}

// From every world, in every order of steps, there is a holder of the value
// as long as there was one, and nothing foreign is touched.
func TestNoStepRemovesTheLastHolder(t *testing.T) {
	t.Parallel()
	for _, plan := range plans() {
		for _, w := range everyWorld() {
			held := w.Source == Present || w.Copy == Present || w.Target == Present
			for range 3 {
				step := plan.Next(w)
				if plan.TargetFirst && step == DeleteSource && w.Target != Present {
					t.Errorf("%+v: the source is deleted, and the target does not hold the value", w)
				}
				if step == CreateTarget && w.Target != Absent {
					t.Errorf("%+v: the target is overwritten", w)
				}
				if step == DeleteSource && w.Source != Present {
					t.Errorf("%+v: something foreign is deleted", w)
				}
				w = after(w, step)
				if held && w.Source != Present && w.Copy != Present && w.Target != Present {
					t.Errorf("%+v: nobody holds the value any more", w)
				}
			}
		}
	}
}

// Wherever it was interrupted, going on ends in the target and taking back
// ends in the source.
func TestReassignEndsWhereItShould(t *testing.T) {
	t.Parallel()
	for _, plan := range plans() {
		if back := plan.Reverse(); back.From != plan.To || back.To != plan.From || back.Reverse() != plan {
			t.Fatalf("the reverse of %+v is %+v", plan, plan.Reverse())
		}
		for _, w := range []World{{Present, Absent, Absent}, {Present, Absent, Present}, {Absent, Absent, Present}, {Absent, Present, Absent}} {
			if got := finish(plan, w); got != (World{Target: Present}) {
				t.Errorf("forward from %+v it ends in %+v", w, got)
			}
			turned := World{Source: w.Target, Copy: w.Copy, Target: w.Source}
			if got := finish(plan.Reverse(), turned); got != (World{Target: Present}) {
				t.Errorf("back from %+v it ends in %+v", w, got)
			}
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
		"an annotation more":    {Snapshot{Secret: planned.Secret, Value: planned.Value, Rest: Rest{Annotations: map[string]Value{"added": NewValue([]byte("x"))}}}, Present},
		"another data key":      {Snapshot{Secret: planned.Secret, Value: planned.Value, Rest: Rest{Keys: map[string]Value{"added": NewValue([]byte("x"))}}}, Foreign},
		"it is immutable":       {Snapshot{Secret: Secret{Labels: planned.Secret.Labels, Object: Object{Immutable: true}}, Value: planned.Value}, Foreign},
		"a label of the user's": {snapshot("fake-value", map[string]string{"team": "web", "more": "x"}), Foreign},
	} {
		if got := Judge(planned, c.found); got != c.want {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}
