package backend_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// One run goes on, another takes back what the first has not deleted yet: once
// the secret is claimed, nobody deletes it any more.
func TestTakingBackBeatsGoingOn(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	c := m.moveOf()
	forth := m.gate()
	at, err := forth.Advance(t.Context(), c, forth.Begin(t.Context(), c))
	if err != nil || at.Next != model.DeleteSource {
		t.Fatalf("%+v, %v", at, err)
	}
	found, err := m.gate().Resume(t.Context(), m.unfinished()[0])
	if err != nil {
		t.Fatal(err)
	}
	back, err := m.gate().Advance(t.Context(), found.Change, found.Progress.Reverse())
	if err != nil || back.Next != model.DropCopy || !back.World.Tagged {
		t.Fatalf("taking back begins with %+v, %v", back, err)
	}
	// Who goes on saw the source before it was claimed.
	if at, err = forth.Advance(t.Context(), c, at); !errors.Is(err, backend.ErrConflict) || at.Next != model.Stuck || at.Undone {
		t.Errorf("who goes on is at %+v, %v", at, err)
	}
	if back, err = drive(t, m.gate(), found.Change, back, 5); err != nil || back.Next != model.Done {
		t.Errorf("taking back ended with %+v, %v", back, err)
	}
	m.wantOnlyAt(t, source)
}

// The target is deleted while the zones are asked: the copy is not dropped on
// what was seen before.
func TestTheCopyIsDroppedOnALookOfNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := oneNamed()
		m.identity.Mode = backend.ModeGlobal
		m.zones = []backend.Zone{{Name: "dublin-1"}}
		c := m.moveOf()
		gate := m.gate()
		at := gate.Begin(t.Context(), c)
		for at.Next != model.AskZones {
			var err error
			if at, err = gate.Advance(t.Context(), c, at); err != nil {
				t.Fatal(err)
			}
		}
		clear(m.held)
		at, err := gate.Advance(t.Context(), c, at)
		if err != nil || at.Next == model.DropCopy || len(m.copies) != 1 {
			t.Errorf("%+v, %v, %d copies", at, err, len(m.copies))
		}
	})
}

// A gate that may not write takes nothing away either.
func TestAReadOnlyGateUndoesNothing(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	c := m.moveOf()
	at, err := m.gate().Advance(t.Context(), c, m.gate().Begin(t.Context(), c))
	if err != nil {
		t.Fatal(err)
	}
	reader := backend.NewGate(m, backend.Entry{ReadOnly: true})
	if at, err = reader.Advance(t.Context(), c, at.Anew()); err == nil || at.Undone || len(m.copies) != 1 {
		t.Errorf("%+v, %v, %d copies", at, err, len(m.copies))
	}
}

// The new mesh refuses it, and the old one is gone: it is held, and not made an
// orphan.
func TestNothingIsPutBackIntoAMeshThatIsGone(t *testing.T) {
	t.Parallel()
	m := oneNamed()
	m.refuse = func(model.Snapshot) error {
		m.gone = source.Mesh
		return m.broken(backend.ErrForbidden)
	}
	c := m.moveOf()
	end, err := drive(t, m.gate(), c, m.gate().Begin(t.Context(), c), 10)
	if !errors.Is(err, backend.ErrNotPutBack) || !end.World.Between() || len(m.copies) != 1 {
		t.Errorf("%+v, %v, %d copies", end, err, len(m.copies))
	}
}

// In the gap somebody deletes the copy and takes the name: the run that holds
// the value writes the copy anew.
func TestTheOnlyHolderKeepsTheValue(t *testing.T) {
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
	m.put(source, hold(source, "fake-foreign"))
	at, err := drive(t, gate, c, at, 5)
	if at.Next != model.Stuck || len(m.copies) != 1 {
		t.Errorf("%+v, %v, %d copies", at, err, len(m.copies))
	}
}
