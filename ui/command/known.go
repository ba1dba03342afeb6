package command

import (
	"context"
	"errors"
	"slices"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// known is one secret as it was read, or one that is not there, with who refers
// to it and what the other halves of its pairs are.
type known struct {
	ref       model.Ref
	there     bool
	now       model.Snapshot // of one that is there, its facts learnt; whoever asked wipes it
	inventory model.Inventory
	row       model.Row // what its control plane makes of it; a ghost when it is missing
	meshless  bool      // its mesh does not exist, as far as that is known
}

// know reads a secret, and of the secrets that are named together with it what
// they are: no more than these is asked for.
func (e *errand) know(reading context.Context, around backend.Around, ref model.Ref) (known, error) {
	k := known{ref: ref, meshless: !ref.Global() && around.Meshes != nil && !around.Has(ref.Mesh)}
	now, err := e.plane.Get(reading, ref)
	switch {
	case errors.Is(err, backend.ErrNotFound):
	case err != nil:
		return known{}, err
	default:
		now.Secret.Facts = e.examiner.Examine(now.Value.Reveal())
		k.now, k.there = now, true
	}
	halves, err := e.halves(reading, around, ref)
	if err != nil {
		k.now.Wipe()
		return known{}, err
	}
	var all bool
	if k.there {
		halves = append(halves, k.now.Secret)
		if halves, all, err = e.withKeys(reading, around, ref, halves); err != nil {
			k.now.Wipe()
			return known{}, err
		}
	}
	k.inventory = model.TakeInventory(around.Meshes, halves, around.References)
	if !all {
		k.inventory = k.inventory.OfSome()
	}
	k.row, _ = k.inventory.Find(ref)
	return k, nil
}

// withKeys adds to what was read of a signing key the other keys of its place,
// by their names: which of them signs, and which number is free, hangs on all.
// It tells whether it knows them all. Of other secrets nothing more is asked for,
// nor where nobody looks around and the value alone is wanted.
func (e *errand) withKeys(reading context.Context, around backend.Around, ref model.Ref, read []model.Secret) ([]model.Secret, bool, error) {
	if !model.IsSigningKey(ref) || len(around.Read)+len(around.Unread) == 0 {
		return read, false, nil
	}
	q := queryFor(model.Scope{Global: ref.Global(), Mesh: ref.Mesh}, around)
	listed, unsettled, err := listAll(reading, q, e.plane.List, func(string) {})
	switch {
	case errors.Is(err, backend.ErrForbidden):
		return read, false, nil
	case err != nil:
		return nil, false, err
	}
	for _, s := range listed {
		there := slices.ContainsFunc(read, func(r model.Secret) bool { return r.Ref == s.Ref })
		if s.Ref.Mesh == ref.Mesh && model.IsSigningKey(s.Ref) && !there {
			read = append(read, s)
		}
	}
	return read, !unsettled, nil
}

// halves are the secrets that resources name as the other half of ref, without
// their values. One that may not be read is there, and nothing else is known
// of it.
func (e *errand) halves(reading context.Context, around backend.Around, ref model.Ref) ([]model.Secret, error) {
	var found []model.Secret
	asked := map[model.Ref]bool{ref: true}
	for _, r := range model.TakeInventory(around.Meshes, nil, around.References).Readers(ref) {
		if r.Partner == (model.Ref{}) || asked[r.Partner] {
			continue
		}
		asked[r.Partner] = true
		half, err := e.plane.Get(reading, r.Partner)
		switch {
		case errors.Is(err, backend.ErrNotFound):
			continue
		case errors.Is(err, backend.ErrForbidden):
			half.Secret.Ref = r.Partner
		case err != nil:
			return nil, err
		default:
			half.Secret.Facts = e.examiner.Examine(half.Value.Reveal())
			half.Wipe()
		}
		found = append(found, half.Secret)
	}
	return found, nil
}

// verdicts are what a value does to those who refer to the secret; was is what
// it replaces.
func (e *errand) verdicts(k known, facts, was model.Facts) []model.Verdict {
	trial := k.inventory.Trial(k.ref, facts)
	trial.Was = was
	return model.Preflight(trial, e.process.Now())
}

// change is a change of it, with all that is known of who refers to it.
func (k known) change(verb model.Verb, around backend.Around) model.Change {
	return model.Change{
		Verb: verb, Before: k.now.Clone(), Users: k.inventory.Users(k.ref), Read: around.Read, Unread: around.Unread,
		System: k.row.System && k.there, Orphaned: k.row.Orphaned && k.there,
	}
}

// notThere says that there is no such secret, and who misses it.
func (k known) notThere() error {
	name, where := "such secret", " in "+whereWords(k.ref)
	if plainName.MatchString(k.ref.Name) {
		name = "secret " + k.ref.Name
	}
	if k.ref.Global() {
		name, where = "global "+name, ""
	}
	text := "There is no " + name + where + "."
	if k.meshless {
		text += " That mesh does not exist."
	}
	for _, by := range model.Namings(k.row.Users) {
		text += " It is named by " + by.Line() + "."
	}
	return failure{text: text, code: ExitRefused}
}
