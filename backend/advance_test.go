package backend_test

import (
	"errors"
	"fmt"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// run advances until nothing is left to do, or for at most ten steps.
func run(t *testing.T, g backend.Gate, c model.Change) (model.Progress, error) {
	t.Helper()
	var progress model.Progress
	var err error
	for range 10 {
		progress, err = g.Advance(t.Context(), c)
		c.Taken = c.Taken || progress.World.Copy == model.Present
		if err == nil && (progress.Next == model.Done || progress.Next == model.Stuck) {
			break
		}
	}
	return progress, err
}

func reversed(c model.Change) model.Change {
	back := move()
	back.Before, back.After = c.After, c.Before
	return back
}

// A control plane fails at its n-th call, once or for good; whether the write
// arrived is not told. Then it works again, and the reassign is finished or
// taken back. The value must never be nowhere, and in the end in one mesh.
func TestAdvanceSurvivesFailureAnywhere(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		for _, arrive := range []bool{false, true} {
			for _, down := range []bool{false, true} {
				for _, back := range []bool{false, true} {
					name := fmt.Sprintf("call %d, arrives %v, stays down %v, taken back %v", n, arrive, down, back)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						m := newMemory()
						m.held[source] = hold(source, "fake-value")
						m.failFrom, m.arrive, m.down = n, arrive, down
						_, _ = m.gate().Advance(t.Context(), move())
						_, _ = m.gate().Advance(t.Context(), move())
						if len(m.held) == 0 {
							t.Fatal("the value is nowhere")
						}
						m.failFrom = -1
						change, end := move(), target
						if back {
							change, end = reversed(move()), source
						}
						progress, err := run(t, m.gate(), change)
						if err != nil || progress.Next != model.Done {
							t.Errorf("ended with next step %v, error %v", progress.Next, err)
						}
						m.wantOnlyAt(t, end)
					})
				}
			}
		}
	}
}

func TestAdvanceGoesStepByStep(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.held[source] = hold(source, "fake-value")
	told := 0
	gate := m.gate(func(c model.Change, err error) {
		told++
		if c.Verb != model.Reassign || err != nil {
			t.Errorf("the observer was told of %v with %v", c.Verb, err)
		}
	})
	first, err := gate.Advance(t.Context(), move())
	want := model.Progress{World: model.World{Source: model.Present, Target: model.Present}, Next: model.DeleteSource}
	if err != nil || first != want || told != 0 {
		t.Errorf("after one step %+v, %v, told %d times", first, err, told)
	}
	second, err := gate.Advance(t.Context(), move())
	want = model.Progress{World: model.World{Source: model.Absent, Target: model.Present}, Next: model.Done}
	if err != nil || second != want || told != 1 {
		t.Errorf("after two steps %+v, %v, told %d times", second, err, told)
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
			progress, err := m.gate().Advance(t.Context(), move())
			if err != nil || progress.Next != model.Stuck {
				t.Errorf("next step %v, error %v", progress.Next, err)
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
		"read-only":                     func(m *memory) { m.identity.MayWrite, m.identity.WhyNot = false, "the test" },
		"a global with zones":           func(m *memory) { m.identity.Mode, m.zones = backend.ModeGlobal, []string{"zone-1"} },
		"a global whose zones are dark": func(m *memory) { m.identity.Mode, m.zonesErr = backend.ModeGlobal, errors.New("dark") },
		"a mode that is not told":       func(m *memory) { m.identity.Mode, m.zonesErr = "", errors.New("dark") },
		"a mode not told, with zones":   func(m *memory) { m.identity.Mode, m.zones = "", []string{"zone-1"} },
	}
	for name, arrange := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			m.held[source] = hold(source, "fake-value")
			arrange(m)
			var refusal *model.Refusal
			_, err := m.gate().Advance(t.Context(), move())
			if !errors.As(err, &refusal) {
				t.Errorf("the error is %v", err)
			}
			m.wantOnlyAt(t, source)
			m.held[target] = hold(target, "fake-value") // as an interrupted reassign leaves it
			_, err = m.gate().Advance(t.Context(), move())
			if _, there := m.held[source]; !errors.As(err, &refusal) || !there {
				t.Errorf("half-way the error is %v, the source is there: %v", err, there)
			}
		})
	}
}

// where a name is one object the source goes first, and whoever runs the
// reassign holds the value. A failure anywhere, and what it held is used to
// finish: in the end the target has it, or the source still.
func TestAdvanceWithOneName(t *testing.T) {
	t.Parallel()
	for n := range 30 {
		for _, arrive := range []bool{false, true} {
			for _, down := range []bool{false, true} {
				t.Run(fmt.Sprintf("call %d, arrives %v, stays down %v", n, arrive, down), func(t *testing.T) {
					t.Parallel()
					m := newMemory()
					m.oneName, m.meshes = true, true
					m.held[source] = hold(source, "fake-value")
					m.failFrom, m.arrive, m.down = n, arrive, down
					change := move()
					var progress model.Progress
					for i := range 8 {
						if i == 3 {
							m.failFrom = -1 // it works again
						}
						progress, _ = m.gate().Advance(t.Context(), change)
						if (progress != model.Progress{}) {
							change.Taken = progress.World.Copy == model.Present
						}
						if progress.World.Target == model.Present {
							break
						}
						if len(m.held) == 0 && !change.Taken {
							t.Fatal("the value is nowhere, and whoever moves it does not know that he holds it")
						}
					}
					if progress.Next != model.Done {
						t.Errorf("ended with %+v", progress)
					}
					m.wantOnlyAt(t, target)
				})
			}
		}
	}
}

func TestAdvancePutsBackWhatIsRefused(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.oneName, m.meshes = true, true
	m.held[source] = hold(source, "fake-value")
	m.refuse = func(s model.Snapshot) error {
		if s.Secret.Ref == target {
			return m.broken(backend.ErrInvalid)
		}
		return nil
	}
	change := move()
	first, err := m.gate().Advance(t.Context(), change)
	want := model.Progress{World: model.World{Copy: model.Present}, Next: model.CreateTarget}
	if err != nil || first != want {
		t.Fatalf("after one step %+v, %v", first, err)
	}
	change.Taken = true
	second, err := m.gate().Advance(t.Context(), change)
	if !errors.Is(err, backend.ErrInvalid) || second.World != (model.World{Source: model.Present}) {
		t.Errorf("after the refusal %+v, %v", second, err)
	}
	m.wantOnlyAt(t, source)
}

func TestAdvanceDoesNotBringBackWhatSomebodyDeleted(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.oneName, m.meshes = true, true
	progress, err := m.gate().Advance(t.Context(), move())
	if err != nil || progress.Next != model.Stuck || len(m.held) != 0 {
		t.Errorf("%+v, %v, %d secrets", progress, err, len(m.held))
	}
}

// What came after the checks is seen just before the deletion.
func TestAdvanceLooksAtTheSourceOnceMore(t *testing.T) {
	t.Parallel()
	for name, object := range map[string]model.Object{
		"a finalizer": {Finalizers: []string{"example.com/hold"}}, "an owner": {Owners: []string{"Mesh default"}}, "being deleted": {Deleting: true},
	} {
		m := newMemory()
		m.oneName, m.meshes = true, true
		held := hold(source, "fake-value")
		held.Secret.Object = object
		m.held[source] = held
		_, err := m.gate().Advance(t.Context(), move())
		var refusal *model.Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("%s: the error is %v", name, err)
		}
		m.wantOnlyAt(t, source)
	}
}

func TestAdvanceNeedsTheTargetMesh(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.oneName = true // and no meshes at all
	m.held[source] = hold(source, "fake-value")
	_, err := m.gate().Advance(t.Context(), move())
	var refusal *model.Refusal
	if !errors.As(err, &refusal) {
		t.Errorf("the error is %v", err)
	}
	m.wantOnlyAt(t, source)
}
