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
	if got := s.inventory.In(model.Scope{All: true}).Len(); got != 2 {
		t.Errorf("%d rows are shown while the list is read anew, want the 2 that were there", got)
	}
	if got := s.readSoFar(); got != 1 {
		t.Errorf("%d were read so far, want 1", got)
	}
	s = s.add(backend.Page{Secrets: []model.Secret{versioned("d", "1", model.Unlearnt)}, Again: true, Next: "more"}).taken()
	s = s.add(backend.Page{Secrets: []model.Secret{versioned("e", "1", model.Unlearnt)}}).taken()
	rows := s.inventory.In(model.Scope{All: true})
	if rows.Len() != 2 || rows.At(0).Secret.Ref.Name != "d" || rows.At(1).Secret.Ref.Name != "e" {
		t.Errorf("%d rows are shown, want d and e: what came before the list changed is void", rows.Len())
	}
}

// TestASecretStandsOnce holds it for one that an event brought while the list
// was read, and that a later page brings as well.
func TestASecretStandsOnce(t *testing.T) {
	t.Parallel()
	added := []backend.Event{{Secret: versioned("new", "2", model.Unlearnt)}}
	first := backend.Page{Secrets: []model.Secret{versioned("a", "1", model.Unlearnt)}, Next: "more", Total: -1}
	last := backend.Page{Secrets: []model.Secret{versioned("new", "1", model.Text)}, Total: -1}
	s := stock{}.add(first).with(added).add(last).with(added).taken()
	if rows := s.inventory.In(model.Scope{All: true}); rows.Len() != 2 || s.kind(t, "new") != model.Unlearnt {
		t.Errorf("%d rows are there, want a and new", rows.Len())
	}
	s = s.with([]backend.Event{{Secret: versioned("new", "1", model.Unlearnt), Gone: true}}).taken()
	if rows := s.inventory.In(model.Scope{All: true}); rows.Len() != 1 {
		t.Errorf("%d rows are there after it was deleted, want a", rows.Len())
	}
}

// TestWhatComesWhileAListIsReadIsNotLost holds that what is told between two
// pages stands over what a later page brings, which was asked for before.
func TestWhatComesWhileAListIsReadIsNotLost(t *testing.T) {
	t.Parallel()
	first := backend.Page{Secrets: []model.Secret{versioned("a", "1", model.Text)}, Next: "more", Total: -1}
	last := backend.Page{Secrets: []model.Secret{versioned("b", "1", model.Text)}, Total: -1}
	gone := []backend.Event{{Secret: versioned("b", "1", model.Unlearnt), Gone: true}, {Secret: versioned("c", "1", model.Text)}}
	s := stock{}.add(first).with(gone).taken()
	if rows := s.inventory.In(model.Scope{All: true}); rows.Len() != 2 || s.kind(t, "c") != model.Text {
		t.Errorf("%d rows are there while the list is read, want a and c", rows.Len())
	}
	s = s.add(last).learnt([]model.Secret{versioned("a", "1", model.JSON)}).taken()
	if rows := s.inventory.In(model.Scope{All: true}); rows.Len() != 2 || s.kind(t, "c") != model.Text || s.kind(t, "a") != model.JSON {
		t.Errorf("%d rows are there in the end, want a, learnt anew, and c", rows.Len())
	}
	if seen := s.seen(model.Scope{All: true}); len(seen.Secrets) != 2 || len(s.secrets) != 0 {
		t.Errorf("a watch begins with %d secrets, and %d are kept beside the inventory", len(seen.Secrets), len(s.secrets))
	}
}

// TestAStockStaysAsItWas holds that a screen which was opened with a stock can
// go on with it, whatever is worked in below.
func TestAStockStaysAsItWas(t *testing.T) {
	t.Parallel()
	user := model.Reference{Kind: model.KindMeshGateway, By: "edge", Mesh: "m", Secret: "a", Enabled: true}
	before := stockWith(versioned("a", "1", model.Text), versioned("b", "1", model.Text))
	now := before.with([]backend.Event{{Secret: versioned("a", "2", model.JSON)}, {Secret: versioned("b", "1", model.Text), Gone: true}}).
		about(backend.Around{Meshes: []model.Mesh{{Name: "m"}}, References: []model.Reference{user}})
	row, _ := now.inventory.Find(model.Ref{Mesh: "m", Name: "a"})
	if now.kind(t, "a") != model.JSON || row.Mark != model.InUse || now.total != 1 {
		t.Errorf("a is %v with mark %v among %d", now.kind(t, "a"), row.Mark, now.total)
	}
	row, _ = before.inventory.Find(model.Ref{Mesh: "m", Name: "a"})
	if before.kind(t, "a") != model.Text || before.kind(t, "b") != model.Text || row.Mark != model.Unreferenced {
		t.Errorf("the stock from before has a as %v with mark %v", before.kind(t, "a"), row.Mark)
	}
}

// A signing key that is opened by its name, where secrets may not be listed, is
// not called the one that signs.
func TestASigningKeyWithoutAListIsNotTheHighestForSure(t *testing.T) {
	t.Parallel()
	key := func(number string) model.Secret {
		return model.Secret{Ref: model.Ref{Mesh: "m", Name: "dataplane-token-signing-key-m-" + number}}
	}
	alone, row := rowOf(stock{}, key("1"))
	if info, _ := alone.inventory.System(row); info.Highest || !info.Unsure {
		t.Errorf("without a list: %+v", info)
	}
	listed := stock{}.add(backend.Page{Secrets: []model.Secret{key("1"), key("2")}}).taken()
	row, _ = listed.inventory.Find(key("2").Ref)
	if info, _ := listed.inventory.System(row); !info.Highest || info.Unsure {
		t.Errorf("of a whole list: %+v", info)
	}
}

// Of a list that may lack secrets no signing key is the highest for sure, until
// it is read anew.
func TestAListThatMayLackSomeKnowsNoHighestKey(t *testing.T) {
	t.Parallel()
	keys := backend.Page{Secrets: []model.Secret{{Ref: model.Ref{Name: "user-token-signing-key-1"}}, {Ref: model.Ref{Name: "user-token-signing-key-2"}}}}
	said := func(s stock) string {
		row, _ := s.inventory.Find(keys.Secrets[0].Ref)
		info, _ := s.inventory.System(row)
		return info.Breaks + info.Instead
	}
	settled := stock{}.add(keys).taken()
	keys.Unsettled = true
	lacking := stock{}.add(keys).taken()
	if said(lacking) == said(settled) {
		t.Errorf("of a list that may lack some it says too: %s", said(lacking))
	}
	keys.Unsettled = false
	if again := lacking.anew().add(keys).taken(); said(again) != said(settled) {
		t.Errorf("of a whole list it says %s", said(again))
	}
}
