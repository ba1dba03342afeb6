package backend_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// memory is a control plane of two meshes in memory, which can be made to fail
// from its n-th call on.
type memory struct {
	backend.ControlPlane // what a test does not need panics
	identity             backend.Identity
	zones                []backend.Zone
	zonesErr             error
	resources            map[model.ResourceKind][]model.Resource
	refusedKinds         map[model.ResourceKind]error // of Resources
	held                 map[model.Ref]model.Snapshot
	calls                int
	failFrom             int    // the number of the first call that fails; -1: none
	late                 int    // a failing write was not waited for: the HTTP status that says so, or -1 for a time of our own
	arrive               bool   // a failing write is made all the same, and its answer is lost
	down                 bool   // after the failing call every other fails as well
	oneName              bool   // a name is one object, as on Kubernetes
	meshes               bool   // both meshes are there to be read
	gone                 string // a mesh that is not there any more
	made                 int    // how many objects were made
	copies               map[string]model.SafetyCopy
	noLabels             bool                       // it keeps no labels
	noUpdate             bool                       // nobody may change anything
	refuse               func(model.Snapshot) error // what a create is refused with
	rehearsal            backend.Rehearsal
}

var (
	source = model.Ref{Mesh: "default", Name: "token"}
	target = model.Ref{Mesh: "payments", Name: "token"}
)

func newMemory() *memory {
	return &memory{
		held: map[model.Ref]model.Snapshot{}, copies: map[string]model.SafetyCopy{}, failFrom: -1,
		identity: backend.Identity{Name: "memory", Mode: backend.ModeZone, MayWrite: true},
	}
}

func hold(ref model.Ref, value string) model.Snapshot {
	return model.Snapshot{
		Secret: model.Secret{Ref: ref, Labels: map[string]string{"team": "fake", model.LabelMesh: ref.Mesh}},
		Value:  model.NewValue([]byte(value)),
	}
}

// oneNamed is a control plane on which a name is one object, as on Kubernetes,
// and which has both meshes and the secret that is moved.
func oneNamed() *memory {
	m := newMemory()
	m.oneName, m.meshes = true, true
	m.put(source, hold(source, "fake-value"))
	return m
}

// put stores a secret as a new object.
func (m *memory) put(ref model.Ref, s model.Snapshot) {
	if m.oneName {
		m.made++
		s.Secret.Version = model.Version{UID: fmt.Sprint("uid-", m.made), Revision: "1"}
	}
	m.held[ref] = s
}

// copied gives a value of its own, because whoever asked wipes it.
func copied(s model.Snapshot) model.Snapshot {
	s.Value = model.NewValue(s.Value.Reveal())
	s.Secret.Labels = maps.Clone(s.Secret.Labels)
	return s
}

// fails counts a call and tells whether it goes wrong.
func (m *memory) fails() bool {
	m.calls++
	n := m.calls - 1
	return m.failFrom >= 0 && (n == m.failFrom || m.down && n > m.failFrom)
}

func (m *memory) broken(kind error) error {
	return &backend.Error{Kind: kind, Op: "testing", Reason: "broken by the test"}
}

func (m *memory) Traits() backend.Traits {
	return backend.Traits{NamePerMesh: !m.oneName, Preconditions: m.oneName, SafetyCopies: m.oneName,
		Rehearses: m.oneName, StoresLabels: !m.noLabels, MaxValue: 1 << 20}
}

func (m *memory) Identity() backend.Identity { return m.identity }

func (m *memory) Zones(context.Context) ([]backend.Zone, error) { return m.zones, m.zonesErr }

func (m *memory) Rehearse(context.Context, model.Change) (backend.Rehearsal, error) {
	return m.rehearsal, nil
}

func (m *memory) Named(_ context.Context, name string) (model.Snapshot, error) {
	if m.fails() {
		return model.Snapshot{}, m.broken(backend.ErrUnavailable)
	}
	for ref, s := range m.held {
		if ref.Name == name {
			return copied(s), nil
		}
	}
	return model.Snapshot{}, m.broken(backend.ErrNotFound)
}

func (m *memory) Keep(_ context.Context, plan model.Plan, c model.Change) error {
	return m.write(func() error {
		name := model.CopyName(plan.UID)
		if _, there := m.copies[name]; there {
			return m.broken(backend.ErrExists)
		}
		m.made++
		m.copies[name] = model.SafetyCopy{
			Unfinished: model.Unfinished{Plan: plan, Copy: name}, Secret: copied(c.Before),
			Version: model.Version{UID: fmt.Sprint("copy-", m.made), Revision: "1"},
		}
		return nil
	})
}

func (m *memory) Kept(_ context.Context, name string) (model.SafetyCopy, error) {
	if m.fails() {
		return model.SafetyCopy{}, m.broken(backend.ErrUnavailable)
	}
	kept, there := m.copies[name]
	if !there {
		return model.SafetyCopy{}, m.broken(backend.ErrNotFound)
	}
	kept.Secret = copied(kept.Secret)
	return kept, nil
}

func (m *memory) Drop(_ context.Context, name string, seen model.Version) error {
	return m.write(func() error {
		switch kept, there := m.copies[name]; {
		case !there:
			return m.broken(backend.ErrNotFound)
		case kept.Version != seen:
			return m.broken(backend.ErrConflict)
		}
		delete(m.copies, name)
		return nil
	})
}

// Resources gives the policies that a test has; reading them counts as a call
// like others only where a test says so.
func (m *memory) Resources(_ context.Context, kind model.ResourceKind, _ string) (backend.ResourcePage, error) {
	found := m.resources[kind]
	if m.meshes && kind == model.KindMesh {
		for _, ref := range []model.Ref{source, target} {
			if ref.Mesh == m.gone {
				continue
			}
			found = append(found, model.Resource{Kind: kind, Name: ref.Mesh, Raw: []byte(`{"name":"` + ref.Mesh + `"}`)})
		}
	}
	return backend.ResourcePage{Resources: found}, m.refusedKinds[kind]
}

func (m *memory) Get(_ context.Context, ref model.Ref) (model.Snapshot, error) {
	if m.fails() {
		return model.Snapshot{}, m.broken(backend.ErrUnavailable)
	}
	if s, ok := m.held[ref]; ok {
		return copied(s), nil
	}
	return model.Snapshot{}, m.broken(backend.ErrNotFound)
}

// Locate finds secrets by their name.
func (m *memory) Locate(_ context.Context, name string) ([]model.Ref, error) {
	var found []model.Ref
	for ref := range m.held {
		if ref.Name == name {
			found = append(found, ref)
		}
	}
	return found, nil
}

// Unfinished is what unfinished finds.
func (m *memory) Unfinished(context.Context) ([]model.Unfinished, error) { return m.unfinished(), nil }

// write does what a write does, or not, when it fails.
func (m *memory) write(do func() error) error {
	if !m.fails() {
		return do()
	}
	if m.arrive {
		_ = do()
	}
	lost := &backend.Error{Kind: backend.ErrUnknown, Op: "testing", Reason: "broken by the test", Status: max(m.late, 0)}
	if m.late < 0 {
		lost.Err = context.DeadlineExceeded
	}
	return lost
}

func (m *memory) Create(_ context.Context, s model.Snapshot) (model.Secret, error) {
	if m.refuse != nil {
		if err := m.refuse(s); err != nil {
			return s.Secret, err
		}
	}
	return s.Secret, m.write(func() error {
		for ref := range m.held {
			if ref == s.Secret.Ref || m.oneName && ref.Name == s.Secret.Ref.Name {
				return m.broken(backend.ErrExists)
			}
		}
		made := copied(s)
		if m.noLabels {
			made.Secret.Labels = map[string]string{}
		}
		made.Secret.Labels[model.LabelMesh] = s.Secret.Ref.Mesh
		m.put(s.Secret.Ref, made)
		return nil
	})
}

func (m *memory) Update(_ context.Context, before, after model.Snapshot) (model.Secret, error) {
	if m.noUpdate {
		return model.Secret{}, m.broken(backend.ErrForbidden)
	}
	return after.Secret, m.write(func() error {
		if err := m.unchanged(before); err != nil {
			return err
		}
		changed := copied(after)
		changed.Secret.Version.Revision += "+"
		m.held[before.Secret.Ref] = changed
		return nil
	})
}

func (m *memory) Delete(_ context.Context, before model.Snapshot) error {
	return m.write(func() error {
		if err := m.unchanged(before); err != nil {
			return err
		}
		delete(m.held, before.Secret.Ref)
		return nil
	})
}

func (m *memory) unchanged(before model.Snapshot) error {
	found, ok := m.held[before.Secret.Ref]
	switch {
	case !ok:
		return m.broken(backend.ErrNotFound)
	case m.oneName && found.Secret.Version != before.Secret.Version, !m.oneName && !found.Same(before):
		return m.broken(backend.ErrConflict)
	}
	return nil
}

// move is the change that reassigns source to target.
func move() model.Change {
	before := hold(source, "fake-value")
	return model.Change{Verb: model.Reassign, Before: before, After: backend.Moved(before, target)}
}

// moveOf is move, of the object that a control plane has.
func (m *memory) moveOf() model.Change {
	c := move()
	c.Before.Secret.Version = m.held[source].Secret.Version
	return c
}

func (m *memory) gate(observers ...backend.Observer) backend.Gate {
	return backend.NewGate(m, backend.Entry{Name: "memory"}, observers...)
}

// wantOnlyAt checks that one mesh holds the value, and the other nothing.
func (m *memory) wantOnlyAt(t *testing.T, ref model.Ref) {
	t.Helper()
	found, ok := m.held[ref]
	if len(m.held) != 1 || !ok || !found.Value.Equal(model.NewValue([]byte("fake-value"))) {
		t.Errorf("%d secrets are held; %v among them: %v", len(m.held), ref, ok)
	}
	if _, tagged := found.Secret.Labels[model.LabelReassign]; tagged || len(m.copies) != 0 {
		t.Errorf("something is left: tagged %v, %d safety copies", tagged, len(m.copies))
	}
}
