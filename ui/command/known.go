package command

import (
	"context"
	"errors"

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
	if k.there {
		halves = append(halves, k.now.Secret)
	}
	k.inventory = model.TakeInventory(around.Meshes, halves, around.References)
	k.row, _ = k.inventory.Find(ref)
	return k, nil
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
		Verb: verb, Before: k.now.Clone(), Users: k.row.Users, Read: around.Read, Unread: around.Unread,
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
