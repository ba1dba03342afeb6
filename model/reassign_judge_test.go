package model

import "testing"

// What is found at one end of a plan, told by bytes, labels and UIDs.
func TestJudge(t *testing.T) {
	t.Parallel()
	labels := func(more ...string) map[string]string {
		l := map[string]string{"team": "web"}
		for i := 0; i+1 < len(more); i += 2 {
			l[more[i]] = more[i+1]
		}
		return l
	}
	found := func(value string, labels map[string]string) Snapshot {
		return Snapshot{Secret: Secret{Labels: labels, Version: Version{UID: "uid-2", Revision: "7"}}, Value: NewValue([]byte(value))}
	}
	with := func(s Snapshot, edit func(*Snapshot)) Snapshot { edit(&s); return s }
	same := found("fake-value", labels(LabelMesh, "payments"))
	moved := with(same, func(s *Snapshot) { s.Secret.Version.UID = "uid-1" })
	planned := with(moved, func(s *Snapshot) {
		s.Rest = Rest{Annotations: map[string]Value{"note": NewValue([]byte("fake-note"))}}
	})
	noted := func(s Snapshot) Snapshot { s.Rest = planned.Rest; return s }

	for about, c := range map[string]struct {
		found    Snapshot
		from, to Place // where it was, and where it is to be
	}{
		"the object that is moved":                {noted(moved), Present, Present},
		"the object, with another value":          {noted(with(moved, func(s *Snapshot) { s.Value = NewValue([]byte("fake-other")) })), Edited, Foreign},
		"the object, with another label":          {noted(with(moved, func(s *Snapshot) { s.Secret.Labels = labels("more", "x") })), Edited, Foreign},
		"the object, without its annotation":      {moved, Edited, Foreign},
		"the object, while it is deleted":         {noted(with(moved, func(s *Snapshot) { s.Secret.Object.Deleting = true })), Deleting, Deleting},
		"another one, the same":                   {noted(same), Restored, Present},
		"another one, as another mesh labels it":  {noted(found("fake-value", labels(LabelMesh, "checkout", LabelOrigin, "zone"))), Restored, Present},
		"another one, tagged by us":               {noted(found("fake-value", labels(LabelReassign, "op-1", LabelFrom, "payments"))), Restored, Present},
		"another one, being sent again":           {noted(found("fake-value", labels(LabelResend, "now"))), Restored, Present},
		"another one, with another value":         {noted(found("fake-other", labels())), Foreign, Foreign},
		"another one, a newline more":             {noted(found("fake-value\n", labels())), Foreign, Foreign},
		"another one, without a value":            {noted(found("", labels())), Foreign, Foreign},
		"another one, with a label changed":       {noted(found("fake-value", map[string]string{"team": "pay"})), Foreign, Foreign},
		"another one, with a label more":          {noted(found("fake-value", labels("more", "x"))), Foreign, Foreign},
		"another one, without labels":             {noted(found("fake-value", nil)), Foreign, Foreign},
		"another one, without the annotation":     {same, Foreign, Foreign},
		"another one, with an annotation changed": {with(same, func(s *Snapshot) { s.Rest.Annotations = map[string]Value{"note": NewValue([]byte("fake-other"))} }), Foreign, Foreign},
		"another one, with an annotation more": {with(same, func(s *Snapshot) {
			s.Rest.Annotations = map[string]Value{"note": NewValue([]byte("fake-note")), "more": NewValue([]byte("fake"))}
		}), Restored, Present},
		"another one, with a key more": {with(noted(same), func(s *Snapshot) {
			s.Rest.Keys = map[string]Value{"more": NewValue([]byte("fake"))}
		}), Foreign, Foreign},
		"another one, immutable":           {noted(with(same, func(s *Snapshot) { s.Secret.Object.Immutable = true })), Foreign, Foreign},
		"another one, while it is deleted": {noted(with(same, func(s *Snapshot) { s.Secret.Object.Deleting = true })), Deleting, Deleting},
	} {
		for _, p := range []Plan{forward, forward.Reverse()} {
			if got := p.Judge(forward.From, planned, c.found); got != c.from {
				t.Errorf("%s, where it was, back %v: %v, want %v", about, p.Back, got, c.from)
			}
			if got := p.Judge(forward.To, planned, c.found); got != c.to {
				t.Errorf("%s, where it is to be, back %v: %v, want %v", about, p.Back, got, c.to)
			}
		}
	}
}

// Where objects have no UIDs, only the bytes and labels tell.
func TestJudgeWithoutUIDs(t *testing.T) {
	t.Parallel()
	p := inOrder(true, false)
	planned := Snapshot{Secret: Secret{Labels: map[string]string{"team": "web"}}, Value: NewValue([]byte("fake-value"))}
	tagged, other := planned, planned
	tagged.Secret.Labels = p.Tag(planned.Secret.Labels)
	other.Value = NewValue([]byte("fake-other"))
	for _, p := range []Plan{p, p.Reverse()} {
		for _, end := range []Ref{p.From, p.To} {
			if got := p.Judge(end, planned, planned); got != Present {
				t.Errorf("the same in %v, back %v: %v", end, p.Back, got)
			}
			if got := p.Judge(end, planned, tagged); got != Present {
				t.Errorf("the same, tagged, in %v, back %v: %v", end, p.Back, got)
			}
			if got := p.Judge(end, planned, other); got != Foreign {
				t.Errorf("another in %v, back %v: %v", end, p.Back, got)
			}
		}
	}
}
