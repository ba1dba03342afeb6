package ui

import (
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// versioned is a secret of a version, learnt or not.
func versioned(name, version string, kind model.Kind) model.Secret {
	return model.Secret{Ref: model.Ref{Mesh: "m", Name: name}, Version: model.Version{UID: name, Revision: version}, Facts: model.Facts{Kind: kind}}
}

// stockWith is a whole list.
func stockWith(secrets ...model.Secret) stock {
	return stock{}.add(backend.Page{Secrets: secrets}).taken()
}

func (s stock) kind(t *testing.T, name string) model.Kind {
	t.Helper()
	row, found := s.inventory.Find(model.Ref{Mesh: "m", Name: name})
	if !found {
		t.Fatalf("%s is not there", name)
	}
	return row.Secret.Facts.Kind
}

func TestFactsBelongToOneVersion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		work step
		want model.Kind
	}{
		"an event of another version":  {func(s stock) stock { return s.with([]backend.Event{{Secret: versioned("a", "2", model.Unlearnt)}}) }, model.Unlearnt},
		"an event of the same version": {func(s stock) stock { return s.with([]backend.Event{{Secret: versioned("a", "1", model.Unlearnt)}}) }, model.Text},
		"an event that brings facts":   {func(s stock) stock { return s.with([]backend.Event{{Secret: versioned("a", "2", model.JSON)}}) }, model.JSON},
		"a new list of the same version": {func(s stock) stock {
			return s.anew().add(backend.Page{Secrets: []model.Secret{versioned("a", "1", model.Unlearnt)}})
		}, model.Text},
		"a new list of another version": {func(s stock) stock {
			return s.anew().add(backend.Page{Secrets: []model.Secret{versioned("a", "2", model.Unlearnt)}})
		}, model.Unlearnt},
		"a lesson of the same version":      {func(s stock) stock { return s.learnt([]model.Secret{versioned("a", "1", model.JSON)}) }, model.JSON},
		"a lesson of another version":       {func(s stock) stock { return s.learnt([]model.Secret{versioned("a", "2", model.JSON)}) }, model.Text},
		"a lesson of a secret that is gone": {func(s stock) stock { return s.learnt([]model.Secret{versioned("b", "1", model.JSON)}) }, model.Text},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.work(stockWith(versioned("a", "1", model.Text))).taken().kind(t, "a"); got != c.want {
				t.Errorf("it is %v, want %v", got, c.want)
			}
		})
	}
}

// TestAVersionThatIsNotKnownProvesNothing holds that facts are not carried from
// one reading to the next where a control plane tells no versions.
func TestAVersionThatIsNotKnownProvesNothing(t *testing.T) {
	t.Parallel()
	s := versioned("a", "", model.Text)
	s.Version = model.Version{}
	now := s
	now.Facts = model.Facts{}
	if got := stockWith(s).with([]backend.Event{{Secret: now}}).taken().kind(t, "a"); got != model.Unlearnt {
		t.Errorf("it is %v, want unlearnt", got)
	}
}

func TestAListThatIsReadAnewIsShownWhenItIsWhole(t *testing.T) {
	t.Parallel()
	s := stockWith(versioned("a", "1", model.Text), versioned("b", "1", model.Text))
	s = s.anew().add(backend.Page{Secrets: []model.Secret{versioned("c", "1", model.Unlearnt)}, Next: "more", Total: -1}).taken()
	if got := len(s.inventory.In(model.Scope{All: true})); got != 2 {
		t.Errorf("%d rows are shown while the list is read anew, want the 2 that were there", got)
	}
	if got := s.readSoFar(); got != 1 {
		t.Errorf("%d were read so far, want 1", got)
	}
	s = s.add(backend.Page{Secrets: []model.Secret{versioned("d", "1", model.Unlearnt)}, Again: true, Next: "more"}).taken()
	s = s.add(backend.Page{Secrets: []model.Secret{versioned("e", "1", model.Unlearnt)}}).taken()
	rows := s.inventory.In(model.Scope{All: true})
	if len(rows) != 2 || rows[0].Secret.Ref.Name != "d" || rows[1].Secret.Ref.Name != "e" {
		t.Errorf("%d rows are shown, want d and e: what came before the list changed is void", len(rows))
	}
}

// TestASecretStandsOnce holds it for one that an event brought while the list
// was read, and that a later page brings as well.
func TestASecretStandsOnce(t *testing.T) {
	t.Parallel()
	added := []backend.Event{{Secret: versioned("new", "1", model.Unlearnt)}}
	first := backend.Page{Secrets: []model.Secret{versioned("a", "1", model.Unlearnt)}, Next: "more", Total: -1}
	last := backend.Page{Secrets: []model.Secret{versioned("new", "1", model.Text)}, Total: -1}
	s := stock{}.add(first).with(added).add(last).with(added).taken()
	if rows := s.inventory.In(model.Scope{All: true}); len(rows) != 2 || s.kind(t, "new") != model.Unlearnt {
		t.Errorf("%d rows are there, want a and new", len(rows))
	}
	s = s.with([]backend.Event{{Secret: versioned("new", "1", model.Unlearnt), Gone: true}}).taken()
	if rows := s.inventory.In(model.Scope{All: true}); len(rows) != 1 {
		t.Errorf("%d rows are there after it was deleted, want a", len(rows))
	}
}
