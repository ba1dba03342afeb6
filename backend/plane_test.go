package backend_test

import (
	"context"
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
	zones                []string
	zonesErr             error
	resources            map[model.ResourceKind][]model.Resource
	resourcesErr         error
	held                 map[model.Ref]model.Snapshot
	calls                int
	failFrom             int                        // the number of the first call that fails; -1: none
	arrive               bool                       // a failing write is made all the same, and its answer is lost
	down                 bool                       // after the failing call every other fails as well
	oneName              bool                       // a name is one object, as on Kubernetes
	meshes               bool                       // both meshes are there to be read
	refuse               func(model.Snapshot) error // what a create is refused with
}

var (
	source = model.Ref{Mesh: "default", Name: "token"}
	target = model.Ref{Mesh: "payments", Name: "token"}
)

func newMemory() *memory {
	return &memory{
		held: map[model.Ref]model.Snapshot{}, failFrom: -1,
		identity: backend.Identity{Name: "memory", Mode: backend.ModeZone, MayWrite: true},
	}
}

func hold(ref model.Ref, value string) model.Snapshot {
	return model.Snapshot{
		Secret: model.Secret{Ref: ref, Labels: map[string]string{"team": "fake", model.LabelMesh: ref.Mesh}},
		Value:  model.NewValue([]byte(value)),
	}
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
	return backend.Traits{NamePerMesh: !m.oneName, Preconditions: m.oneName}
}

func (m *memory) Identity() backend.Identity { return m.identity }

func (m *memory) Zones(context.Context) ([]string, error) { return m.zones, m.zonesErr }

// Resources gives the policies that a test has; reading them counts as a call
// like others only where a test says so.
func (m *memory) Resources(_ context.Context, kind model.ResourceKind, _ string) (backend.ResourcePage, error) {
	found := m.resources[kind]
	if m.meshes && kind == model.KindMesh {
		for _, ref := range []model.Ref{source, target} {
			found = append(found, model.Resource{Kind: kind, Name: ref.Mesh, Raw: []byte(`{"name":"` + ref.Mesh + `"}`)})
		}
	}
	return backend.ResourcePage{Resources: found}, m.resourcesErr
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

// write does what a write does, or not, when it fails.
func (m *memory) write(do func() error) error {
	if !m.fails() {
		return do()
	}
	if m.arrive {
		_ = do()
	}
	return m.broken(backend.ErrUnknown)
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
		made.Secret.Labels[model.LabelMesh] = s.Secret.Ref.Mesh
		m.held[s.Secret.Ref] = made
		return nil
	})
}

func (m *memory) Update(_ context.Context, before, after model.Snapshot) (model.Secret, error) {
	return after.Secret, m.write(func() error {
		if err := m.unchanged(before); err != nil {
			return err
		}
		m.held[before.Secret.Ref] = copied(after)
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
	case !found.Same(before):
		return m.broken(backend.ErrConflict)
	}
	return nil
}

// move is the change that reassigns source to target.
func move() model.Change {
	after := hold(target, "fake-value")
	after.Secret.Labels = model.Carry(after.Secret.Labels)
	return model.Change{Verb: model.Reassign, Before: hold(source, "fake-value"), After: after}
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
}
