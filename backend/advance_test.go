package backend_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// drive advances until nothing is left to do, or for at most limit steps. It
// goes on after errors that pass.
func drive(t *testing.T, g backend.Gate, c model.Change, at backend.Progress, limit int) (backend.Progress, error) {
	t.Helper()
	var err error
	for range limit {
		at, err = g.Advance(t.Context(), c, at)
		if err == nil && (at.Next == model.Done || at.Next == model.Stuck) || err != nil && !at.Again {
			break
		}
	}
	return at, err
}

// recovered does with what an interrupted run left what the table of choices
// says first, and gives how that ended.
func recovered(t *testing.T, m *memory, u model.Unfinished, back bool) backend.Found {
	t.Helper()
	found, err := m.gate().Resume(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	at := found.Progress
	if back = back && slices.Contains(found.Choices, model.TakeBack); back {
		at = at.Reverse()
	}
	end, err := drive(t, m.gate(), found.Change, at, 30)
	if err != nil || end.Next != model.Done {
		t.Errorf("from %v it ended with next step %v, error %v", found.State, end.Next, err)
	}
	if back {
		m.wantOnlyAt(t, source)
	} else {
		m.wantOnlyAt(t, target)
	}
	return found
}

// both are the two kinds of control planes, and where they keep what says that
// a reassign is not finished.
func both() map[string]func() *memory {
	return map[string]func() *memory{
		"a name per mesh": func() *memory {
			m := newMemory()
			m.meshes = true
			m.put(source, hold(source, "fake-value"))
			return m
		},
		"one name": oneNamed,
	}
}

// unfinished is what Unfinished of a real control plane would tell.
func (m *memory) unfinished() []model.Unfinished {
	var found []model.Unfinished
	for _, kept := range m.copies {
		found = append(found, kept.Unfinished)
	}
	for ref, s := range m.held {
		if id := s.Secret.Labels[model.LabelReassign]; id != "" && !m.oneName {
			from := model.Ref{Mesh: s.Secret.Labels[model.LabelFrom], Name: ref.Name}
			found = append(found, model.Unfinished{Plan: model.Plan{ID: id, From: from, To: ref, TargetFirst: true}})
		}
	}
	return found
}

// A run ends at any of its calls, once that call arrived or before. What is
// left is found, and finished or taken back; the value is never nowhere.
func TestReassignSurvivesAnEndAnywhere(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		for n := range 30 {
			for _, arrive := range []bool{false, true} {
				for _, back := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s, call %d, arrives %v, taken back %v", kind, n, arrive, back), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { endsAt(t, plane(), n, arrive, back) })
					})
				}
			}
		}
	}
}

func endsAt(t *testing.T, m *memory, n int, arrive, back bool) {
	t.Helper()
	m.failFrom, m.arrive, m.down = n, arrive, true
	c := m.moveOf()
	gate := m.gate()
	at := gate.Begin(t.Context(), c)
	for m.calls <= n && at.Next != model.Done {
		var err error
		if at, err = gate.Advance(t.Context(), c, at); err == nil && at.Next == model.Done {
			break
		}
	}
	if len(m.held)+len(m.copies) == 0 {
		t.Fatal("the value is nowhere")
	}
	m.failFrom = -1
	left := m.unfinished()
	switch len(left) {
	case 0:
		end := target
		if _, there := m.held[source]; there {
			end = source
		}
		m.wantOnlyAt(t, end)
	case 1:
		recovered(t, m, left[0], back)
	default:
		t.Errorf("%d reassigns are left", len(left))
	}
}

// The same run goes on by itself after a failure that passes.
func TestReassignGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	for kind, plane := range both() {
		for n := range 20 {
			for _, arrive := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, call %d, arrives %v", kind, n, arrive), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						m := plane()
						m.failFrom, m.arrive = n, arrive
						c := m.moveOf()
						end, err := drive(t, m.gate(), c, m.gate().Begin(t.Context(), c), 30)
						if err != nil || end.Next != model.Done {
							t.Errorf("ended with next step %v, error %v", end.Next, err)
						}
						m.wantOnlyAt(t, target)
					})
				})
			}
		}
	}
}

// steps are those that a reassign takes, one after the other.
func steps(t *testing.T, m *memory) []model.Step {
	t.Helper()
	var taken []model.Step
	c := m.moveOf()
	gate := m.gate()
	at := gate.Begin(t.Context(), c)
	for range 20 {
		var err error
		if at, err = gate.Advance(t.Context(), c, at); err != nil {
			t.Fatal(err)
		}
		taken = append(taken, at.Next)
		if at.Next == model.Done || at.Next == model.Stuck {
			break
		}
	}
	return taken
}

func TestReassignGoesStepByStep(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		plane func() *memory
		zones bool
		want  []model.Step // what is next after each step
	}{
		"Universal":  {both()["a name per mesh"], false, []model.Step{model.DeleteSource, model.Untag, model.Done}},
		"Kubernetes": {oneNamed, false, []model.Step{model.DeleteSource, model.CreateTarget, model.Untag, model.DropCopy, model.Done}},
		"a Universal global": {both()["a name per mesh"], true, []model.Step{
			model.DeleteSource, model.Wait, model.Untag, model.AskZones, model.Done,
		}},
		"a Kubernetes global": {oneNamed, true, []model.Step{
			model.DeleteSource, model.Wait, model.CreateTarget, model.Wait, model.Untag, model.AskZones, model.DropCopy, model.Done,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := test.plane()
				if test.zones {
					m.identity.Mode = backend.ModeGlobal
					m.zones = []backend.Zone{{Name: "dublin-1"}} // known by name alone
				}
				if got := steps(t, m); !slices.Equal(got, test.want) {
					t.Errorf("%v, want %v", got, test.want)
				}
				m.wantOnlyAt(t, target)
			})
		})
	}
}

func TestAdvanceTouchesNothingForeign(t *testing.T) {
	t.Parallel()
	tests := map[string]map[model.Ref]model.Snapshot{
		"the target holds another value": {source: hold(source, "fake-value"), target: hold(target, "fake-other")},
		"the source was changed":         {source: hold(source, "fake-other")},
		"the source was changed late":    {source: hold(source, "fake-other"), target: hold(target, "fake-value")},
		"both are gone":                  {},
	}
	for name, held := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			for ref, s := range held {
				m.held[ref] = s
			}
			at, err := drive(t, m.gate(), move(), m.gate().Begin(t.Context(), move()), 5)
			if err != nil || at.Next != model.Stuck {
				t.Errorf("next step %v, error %v", at.Next, err)
			}
			if len(m.held) != len(held) {
				t.Errorf("%d secrets are left of %d", len(m.held), len(held))
			}
			for ref, s := range held {
				if !m.held[ref].Same(s) {
					t.Errorf("%v was changed", ref)
				}
			}
		})
	}
}

func TestAdvanceRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*memory){
		"read-only": func(m *memory) { m.identity.MayWrite, m.identity.WhyNot = false, "the test" },
		"a global with zones that keeps no labels": func(m *memory) {
			m.identity.Mode, m.zones, m.noLabels = backend.ModeGlobal, []backend.Zone{{Name: "zone-1"}}, true
		},
		"a global that keeps no labels, its zones dark": func(m *memory) {
			m.identity.Mode, m.zonesErr, m.noLabels = backend.ModeGlobal, errors.New("dark"), true
		},
	}
	for name, arrange := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			m.held[source] = hold(source, "fake-value")
			arrange(m)
			var refusal *model.Refusal
			_, err := drive(t, m.gate(), move(), m.gate().Begin(t.Context(), move()), 5)
			if !errors.As(err, &refusal) {
				t.Errorf("the error is %v", err)
			}
			m.wantOnlyAt(t, source)
			m.held[target] = hold(target, "fake-value") // as an interrupted reassign leaves it
			_, err = drive(t, m.gate(), move(), m.gate().Begin(t.Context(), move()), 5)
			if _, there := m.held[source]; !errors.As(err, &refusal) || !there {
				t.Errorf("half-way the error is %v, the source is there: %v", err, there)
			}
		})
	}
}

// The new mesh refuses it for good: it turns round by itself, and says why.
func TestReassignPutsBackWhatIsRefused(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	m.refuse = func(s model.Snapshot) error {
		if s.Secret.Ref == target {
			return m.broken(backend.ErrInvalid)
		}
		return nil
	}
	c := m.moveOf()
	end, err := drive(t, m.gate(), c, m.gate().Begin(t.Context(), c), 10)
	if err != nil || end.Next != model.Done || !end.TakenBack || !errors.Is(end.Why, backend.ErrInvalid) {
		t.Errorf("%+v, %v", end, err)
	}
	m.wantOnlyAt(t, source)
}

// Both meshes refuse it: it is held, and the safety copy has its value.
func TestReassignIsHeldByItsCopy(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	m.refuse = func(model.Snapshot) error { return m.broken(backend.ErrForbidden) }
	c := m.moveOf()
	end, err := drive(t, m.gate(), c, m.gate().Begin(t.Context(), c), 10)
	if !errors.Is(err, backend.ErrNotPutBack) || !end.World.Between() || len(m.copies) != 1 {
		t.Fatalf("%+v, %v, %d copies", end, err, len(m.copies))
	}
	m.refuse = nil
	found := recovered(t, m, m.unfinished()[0], true)
	if found.State != model.Gap || found.Choices[0] != model.Finish {
		t.Errorf("it was found as %v, with %v", found.State, found.Choices)
	}
	m.wantOnlyAt(t, source)
}

// Somebody deletes the safety copy while the secret is in no mesh: the run that
// deleted it writes the copy anew. Another run knows nothing of the value, and
// creates nothing.
func TestReassignWritesALostCopyAnew(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	c := m.moveOf()
	gate := m.gate()
	at := gate.Begin(t.Context(), c)
	for at.Next != model.CreateTarget {
		var err error
		if at, err = gate.Advance(t.Context(), c, at); err != nil {
			t.Fatal(err)
		}
	}
	clear(m.copies)
	at, err := gate.Advance(t.Context(), c, at.Anew())
	if err != nil || at.Next != model.CreateTarget || len(m.copies) != 1 {
		t.Errorf("%+v, %v, %d copies", at, err, len(m.copies))
	}
	if at, err = drive(t, gate, c, at, 10); err != nil || at.Next != model.Done {
		t.Errorf("%+v, %v", at, err)
	}
	m.wantOnlyAt(t, target)
}

func TestAdvanceDoesNotBringBackWhatSomebodyDeleted(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	c := m.moveOf()
	clear(m.held)
	at, err := drive(t, m.gate(), c, m.gate().Begin(t.Context(), c), 5)
	if err != nil || at.Next != model.Stuck || len(m.held) != 0 {
		t.Errorf("%+v, %v, %d secrets", at, err, len(m.held))
	}
}

// What came after the checks is seen just before the deletion, and what was
// made for it is taken away.
func TestReassignLooksOnceMoreBeforeItDeletes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*memory){
		"a finalizer":    func(m *memory) { m.alter(func(s *model.Secret) { s.Object.Finalizers = []string{"example.com/hold"} }) },
		"an owner":       func(m *memory) { m.alter(func(s *model.Secret) { s.Object.Owners = []string{"Mesh default"} }) },
		"no target mesh": func(m *memory) { m.meshes = false },
		"the server says no": func(m *memory) {
			m.rehearsal = backend.Rehearsal{Trials: []backend.Trial{{Outcome: backend.Refused, Why: "A rule stands against it."}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := oneNamed()
			change(m)
			c := m.moveOf()
			end, err := drive(t, m.gate(), c, m.gate().Begin(t.Context(), c), 5)
			var refusal *model.Refusal
			if !errors.As(err, &refusal) || !end.Undone {
				t.Errorf("%+v, the error is %v", end, err)
			}
			m.wantOnlyAt(t, source)
		})
	}
}

// alter changes what is held without a trace, as it was before the run began.
func (m *memory) alter(do func(*model.Secret)) {
	s := m.held[source]
	do(&s.Secret)
	m.held[source] = s
}

// Somebody edits the source after it was copied: it stays as they left it.
func TestReassignStopsAtAnEdit(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	c := m.moveOf()
	gate := m.gate()
	at, err := gate.Advance(t.Context(), c, gate.Begin(t.Context(), c))
	if err != nil || at.Next != model.DeleteSource {
		t.Fatalf("%+v, %v", at, err)
	}
	edited := hold(source, "fake-edited")
	edited.Secret.Version = model.Version{UID: m.held[source].Secret.Version.UID, Revision: "2"}
	m.held[source] = edited
	at, err = drive(t, gate, c, at, 5)
	if !errors.Is(err, backend.ErrConflict) || !at.Undone || len(m.copies) != 0 {
		t.Errorf("%+v, %v, %d copies", at, err, len(m.copies))
	}
	if !m.held[source].Same(edited) {
		t.Error("the edit is lost")
	}
}

// Who may not change labels leaves the tag where it is, and goes on.
func TestReassignLeavesATagThatMayNotBeRemoved(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	m.noUpdate = true
	c := m.moveOf()
	end, err := drive(t, m.gate(), c, m.gate().Begin(t.Context(), c), 10)
	if err != nil || end.Next != model.Done || !end.World.Fixed || len(m.copies) != 0 {
		t.Errorf("%+v, %v, %d copies", end, err, len(m.copies))
	}
}
