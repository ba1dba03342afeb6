package backend

import (
	"context"
	"errors"
	"slices"

	"meshsecrets/model"
)

// Found is an unfinished reassign as it stands now.
type Found struct {
	model.Unfinished
	Change   model.Change // with values; whoever asked for it wipes it
	Progress Progress     // to go on from, the way it was begun
	State    model.State
	// Choices are what a person may decide, the usual one first.
	Choices []model.Choice
	// Stays is why it cannot be finished as long as it is referred to, or nil.
	Stays error
	// FromThere and ToThere tell which of the two meshes exist; MeshesUnread
	// that this could not be read.
	FromThere, ToThere, MeshesUnread bool
}

// Wipe overwrites the values.
func (f Found) Wipe() { f.Change.Wipe() }

// Resume looks at an unfinished reassign: how far it came and what can be done.
// It changes nothing.
func (g Gate) Resume(ctx context.Context, u model.Unfinished) (Found, error) {
	f := Found{Unfinished: u, State: model.Unreadable, Choices: []model.Choice{model.Leave}}
	if u.Problem != "" {
		return f, nil
	}
	kept, err := g.carried(ctx, u)
	if err != nil {
		return f, err
	}
	if f.Problem = kept.Problem; f.Problem != "" {
		return f, nil
	}
	// What was read whole counts, not what a list said of it.
	f.Change = model.Change{Verb: model.Reassign, Before: kept.Secret, After: Moved(kept.Secret, kept.Plan.To), Begun: true}
	plan := g.planOf(ctx, f.Change, kept.Plan.ID)
	if f.Progress, err = g.look(ctx, f.Change, Progress{Plan: plan, read: kept.Version}); err != nil {
		f.Wipe()
		return f, err
	}
	f.State = plan.StateOf(f.Progress.World)
	around, err := g.seen(ctx, f.State)
	if err != nil {
		f.Wipe()
		return f, err
	}
	f.MeshesUnread = around.Blind()
	f.FromThere, f.ToThere = around.Has(plan.From.Mesh), around.Has(plan.To.Mesh)
	f.Choices = plan.Choices(f.State, f.FromThere, f.ToThere)
	f = f.referred(around)
	if f.State == model.Placed && !f.Progress.World.Tagged && !plan.TargetFirst {
		// Only its safety copy is left of it: what a run that ends it now would
		// not know is that it is taken back.
		f.Choices = slices.DeleteFunc(f.Choices, func(c model.Choice) bool { return c == model.TakeBack })
	}
	return f, nil
}

// seen reads what decides about an unfinished reassign: the meshes, and who
// refers to the secret as long as that could still be deleted where it was.
func (g Gate) seen(ctx context.Context, state model.State) (Around, error) {
	if state == model.Staged {
		return LookAround(ctx, g.plane)
	}
	meshes := seeAll(ctx, g.plane, model.KindMesh)
	if errors.Is(meshes.Err, ErrForbidden) {
		return Around{Unread: []model.Unread{{Kind: model.KindMesh, Why: notListed}}}, nil
	}
	if meshes.Err != nil {
		return Around{}, meshes.Err
	}
	return Around{}.with(model.KindMesh, meshes.Sights), nil
}

// referred notes who refers to a secret that was not deleted yet. To finish
// would take it from them, which is agreed to anew, and refused where it would
// be refused to begin.
func (f Found) referred(a Around) Found {
	if f.State != model.Staged {
		return f
	}
	from := f.Change.Before.Secret.Ref
	f.Change.Users, f.Change.Read, f.Change.Unread = a.Users(from), a.Read, a.Unread
	if f.Stays = model.RefuseLoss(from, f.Change.Users); f.Stays != nil {
		f.Choices = slices.DeleteFunc(f.Choices, func(c model.Choice) bool { return c == model.Finish })
	}
	return f
}

// NeedsOverride tells whether a choice takes the secret away from policies that
// refer to it.
func (f Found) NeedsOverride(c model.Choice) bool {
	return c == model.Finish && f.Change.NeedsOverride()
}

// carried reads what is on its way: from the safety copy, or, where there are
// none, from what was made in the new mesh.
func (g Gate) carried(ctx context.Context, u model.Unfinished) (model.SafetyCopy, error) {
	if keeper := g.keeper(); keeper != nil {
		return keeper.Kept(ctx, u.Copy)
	}
	made, err := g.plane.Get(ctx, u.Plan.To)
	if err != nil {
		return model.SafetyCopy{}, err
	}
	defer made.Wipe()
	return model.SafetyCopy{Unfinished: u, Secret: Moved(made, u.Plan.From)}, nil
}

// Forget ends a reassign without moving anything: what stands in the meshes
// stays. It deletes the safety copy, whose value is gone with it if nothing else
// holds it; where there are no copies it takes the tag off.
func (g Gate) Forget(ctx context.Context, f Found) error {
	if err := g.Check(ctx, f.Change); err != nil {
		return err
	}
	record := recordOf(Progress{Plan: f.Plan}, "")
	record.Verb = "forget"
	return g.told(record, func() error { return g.forget(ctx, f) })
}

func (g Gate) forget(ctx context.Context, f Found) error {
	if keeper := g.keeper(); keeper != nil {
		return keeper.Drop(ctx, f.Copy, f.Progress.copied)
	}
	at, done := g.retag(ctx, f.Change, f.Progress, model.Untagged(f.Progress.target.Labels))
	if at.World.Fixed {
		return &Error{Kind: ErrForbidden, Op: "saving", Ref: f.Plan.To, Reason: "you may not change its labels"}
	}
	return done.err
}

// Moved is a secret as it is to be in another mesh: with the user's labels and
// whatever else is not computed from where it is. It shares no value with the
// one that it is made from.
func Moved(before model.Snapshot, to model.Ref) model.Snapshot {
	after := before.Clone()
	after.Secret = model.Secret{
		Ref: to, Facts: before.Secret.Facts,
		Labels: model.Untagged(model.Carry(before.Secret.Labels)),
		Object: model.Object{Immutable: before.Secret.Object.Immutable},
	}
	return after
}
