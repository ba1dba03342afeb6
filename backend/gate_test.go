package backend_test

import (
	"errors"
	"slices"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

func edit() model.Change {
	return model.Change{Verb: model.Edit, Before: hold(source, "fake-value"), After: hold(source, "fake-after")}
}

func add() model.Change {
	return model.Change{Verb: model.Create, After: hold(source, "fake-value")}
}

func remove() model.Change {
	return model.Change{Verb: model.Delete, Before: hold(source, "fake-value")}
}

// A write's answer is lost: what is there decides.
func TestApplySettlesLostAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change        model.Change
		before        string // what the source holds before, "" for nothing
		arrive, stays bool   // the write arrives; the control plane stays down
		want          error
		told          backend.Result
	}{
		"create arrived":             {add(), "", true, false, nil, backend.ResultDone},
		"create did not arrive":      {add(), "", false, false, backend.ErrUnavailable, backend.ResultUnavailable},
		"create, somebody's own":     {add(), "fake-foreign", false, false, backend.ErrConflict, backend.ResultConflict},
		"edit arrived":               {edit(), "fake-value", true, false, nil, backend.ResultDone},
		"edit did not arrive":        {edit(), "fake-value", false, false, backend.ErrUnavailable, backend.ResultUnavailable},
		"edit, changed by another":   {edit(), "fake-foreign", false, false, backend.ErrConflict, backend.ResultConflict},
		"edit, deleted by another":   {edit(), "", false, false, backend.ErrConflict, backend.ResultConflict},
		"delete arrived":             {remove(), "fake-value", true, false, nil, backend.ResultDone},
		"delete did not arrive":      {remove(), "fake-value", false, false, backend.ErrUnavailable, backend.ResultUnavailable},
		"delete, changed by another": {remove(), "fake-foreign", false, false, backend.ErrConflict, backend.ResultConflict},
		"it cannot be told":          {edit(), "fake-value", true, true, backend.ErrUnknown, backend.ResultUnknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			if test.before != "" {
				m.held[source] = hold(source, test.before)
			}
			m.failFrom, m.arrive, m.down = 0, test.arrive, test.stays
			var told []backend.Result
			_, err := m.gate(func(r backend.Record) { told = append(told, r.Result) }).Apply(t.Context(), test.change)
			if !errors.Is(err, test.want) {
				t.Errorf("the error is %v, want %v", err, test.want)
			}
			if want := []backend.Result{backend.ResultBegun, test.told}; !slices.Equal(told, want) {
				t.Errorf("the observer was told %q, want %q", told, want)
			}
		})
	}
}

// A write that nobody waited for any longer may still be made: that nothing of it
// is to be seen proves nothing, and what is to be seen of it does.
func TestApplyWaitsForNoLateAnswer(t *testing.T) {
	t.Parallel()
	for _, late := range []int{-1, 408, 499, 504} {
		for name, change := range map[string]model.Change{"create": add(), "edit": edit(), "delete": remove()} {
			for arrive, want := range map[bool]error{true: nil, false: backend.ErrUnknown} {
				m := newMemory()
				if change.Verb != model.Create {
					m.held[source] = hold(source, "fake-value")
				}
				m.failFrom, m.late, m.arrive = 0, late, arrive
				if _, err := m.gate().Apply(t.Context(), change); !errors.Is(err, want) || errors.Is(err, backend.ErrUnavailable) {
					t.Errorf("%s, %d, arrived %v: the error is %v, want %v", name, late, arrive, err, want)
				}
			}
		}
	}
	m := newMemory()
	m.failFrom, m.late = 0, 502
	if _, err := m.gate().Apply(t.Context(), add()); !errors.Is(err, backend.ErrUnavailable) {
		t.Errorf("a proxy that lost it: %v", err)
	}
}

func TestApplyDoesWhatIsAsked(t *testing.T) {
	t.Parallel()
	m := newMemory()
	for _, step := range []struct {
		change model.Change
		want   string // what the source holds afterwards
	}{{add(), "fake-value"}, {edit(), "fake-after"}} {
		if _, err := m.gate().Apply(t.Context(), step.change); err != nil {
			t.Fatal(err)
		}
		if !m.held[source].Value.Equal(model.NewValue([]byte(step.want))) {
			t.Errorf("%v left another value", step.change.Verb)
		}
	}
	gone := model.Change{Verb: model.Delete, Before: hold(source, "fake-after")}
	if _, err := m.gate().Apply(t.Context(), gone); err != nil || len(m.held) != 0 {
		t.Errorf("delete left %d secrets, error %v", len(m.held), err)
	}
}

// What is refused reaches no control plane and no observer.
func TestApplyRefusesBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	synced := edit()
	synced.Before.Secret.Labels = map[string]string{model.LabelOrigin: "global"}
	orphaned := edit()
	orphaned.Orphaned = true
	tests := map[string]struct {
		change model.Change
		entry  backend.Entry
		id     backend.Identity
	}{
		"read-only for this run": {edit(), backend.Entry{ReadOnly: true}, backend.Identity{MayWrite: true}},
		"read-only by itself":    {edit(), backend.Entry{}, backend.Identity{WhyNot: "the test"}},
		"synced on a zone":       {synced, backend.Entry{}, backend.Identity{MayWrite: true, Federated: true}},
		"orphaned":               {orphaned, backend.Entry{}, backend.Identity{MayWrite: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			m.identity = test.id
			m.held[source] = hold(source, "fake-value")
			gate := backend.NewGate(m, test.entry, func(backend.Record) { t.Error("the observer was told") })
			_, err := gate.Apply(t.Context(), test.change)
			var refusal *model.Refusal
			if !errors.As(err, &refusal) || m.calls != 0 {
				t.Errorf("error %v after %d calls", err, m.calls)
			}
		})
	}
}

func TestApplyLeavesReassignToAdvance(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.held[source] = hold(source, "fake-value")
	if _, err := m.gate().Apply(t.Context(), move()); err == nil {
		t.Error("a reassign was applied at once")
	}
	m.wantOnlyAt(t, source)
}

// A reference that came up after the change was confirmed stops it: control
// planes guard mTLS backends at most, and edits not at all.
func TestANewReferenceStopsAWrite(t *testing.T) {
	t.Parallel()
	policy := model.Resource{Kind: model.KindExternalService, Mesh: source.Mesh, Name: "psp",
		Raw: []byte(`{"type":"ExternalService","mesh":"default","name":"psp","networking":{"tls":{"enabled":true,"caCert":{"secret":"token"}}}}`)}
	named := model.References(policy)
	if len(named) != 1 || named[0].Target() != source {
		t.Fatalf("the policy names %v", named)
	}
	for name, change := range map[string]model.Change{"edit": edit(), "delete": remove()} {
		m := newMemory()
		m.held[source] = hold(source, "fake-value")
		m.resources = map[model.ResourceKind][]model.Resource{model.KindExternalService: {policy}}
		_, err := m.gate().Apply(t.Context(), change)
		var refusal *model.Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("%s: the answer is %v, want a refusal", name, err)
		}
		change.Users = named
		if _, err := m.gate().Apply(t.Context(), change); err != nil {
			t.Errorf("%s, confirmed with the reference known: %v", name, err)
		}
	}
}

// A kind that was read when a change was confirmed and cannot be read in the
// moment of the write stops it: those who refer to the secret have not gone.
// What was confirmed without the kind is made without it.
func TestAKindThatCannotBeReadAnyMoreStopsAWrite(t *testing.T) {
	t.Parallel()
	unread := []model.Unread{{Kind: model.KindMeshGateway, Why: "you may not list it"}}
	for _, lost := range []error{backend.ErrForbidden, backend.ErrNotFound} {
		for name, change := range map[string]model.Change{"edit": edit(), "delete": remove()} {
			m := newMemory()
			m.held[source] = hold(source, "fake-value")
			m.refusedKinds = map[model.ResourceKind]error{model.KindMeshGateway: m.broken(lost)}
			change.Read = model.ReferringKinds()
			_, err := m.gate().Apply(t.Context(), change)
			if _, refused := errors.AsType[*model.Refusal](err); !refused || m.calls != 0 {
				t.Errorf("%s, %v: the answer is %v after %d calls, want a refusal after none", name, lost, err, m.calls)
			}
			change.Unread = unread
			if _, err := m.gate().Apply(t.Context(), change); err != nil {
				t.Errorf("%s, %v, confirmed without the kind: %v", name, lost, err)
			}
		}
	}
}

// Where objects have versions, they decide what became of a lost write, and
// not the bytes.
func TestApplySettlesByVersions(t *testing.T) {
	t.Parallel()
	versioned := func(s model.Snapshot, uid, revision string) model.Snapshot {
		s.Secret.Version = model.Version{UID: uid, Revision: revision}
		return s
	}
	before := versioned(hold(source, "fake-value"), "1", "10")
	relabelled := hold(source, "fake-value")
	relabelled.Secret.Labels["team"] = "other"
	for name, test := range map[string]struct {
		change model.Change
		there  model.Snapshot
		want   error
	}{
		"made again with the same bytes":        {model.Change{Verb: model.Delete, Before: before}, versioned(hold(source, "fake-value"), "2", "12"), nil},
		"an edit of labels that did not arrive": {model.Change{Verb: model.Edit, Before: before, After: relabelled}, before, backend.ErrUnavailable},
		"a deletion that did not arrive":        {model.Change{Verb: model.Delete, Before: before}, before, backend.ErrUnavailable},
	} {
		m := newMemory()
		m.oneName, m.failFrom = true, 0
		m.held[source] = test.there
		if _, err := m.gate().Apply(t.Context(), test.change); !errors.Is(err, test.want) {
			t.Errorf("%s: the error is %v, want %v", name, err, test.want)
		}
	}
}

// An addition takes effect at once for whoever names it, so the gate holds it to
// those that were known when it was confirmed.
func TestTheGateRefusesAnAdditionForAnUnknownUser(t *testing.T) {
	t.Parallel()
	gateway := model.Resource{Kind: model.KindMeshGateway, Mesh: source.Mesh, Name: "edge", Raw: []byte(`{"type":"MeshGateway","mesh":"` + source.Mesh +
		`","name":"edge","conf":{"listeners":[{"port":443,"protocol":"HTTPS","tls":{"mode":"TERMINATE","certificates":[{"secret":"` + source.Name + `"}]}}]}}`)}
	m := newMemory().named(gateway)
	var refused *model.Refusal
	if _, err := m.gate().Apply(t.Context(), add()); !errors.As(err, &refused) || len(m.held) > 0 {
		t.Errorf("the error is %v, %d secrets are there", err, len(m.held))
	}
	c := add()
	c.Users = model.See(gateway).References
	if _, err := m.gate().Apply(t.Context(), c); err != nil || len(c.Users) != 1 {
		t.Errorf("with %d users known: %v", len(c.Users), err)
	}
}
