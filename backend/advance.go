package backend

import (
	"context"
	"errors"

	"meshsecrets/model"
)

// PlanOf is the plan of a reassign here: its order is the control plane's.
func (g Gate) PlanOf(c model.Change) model.Plan {
	return model.Plan{From: c.Before.Secret.Ref, To: c.After.Secret.Ref, TargetFirst: g.plane.Traits().NamePerMesh}
}

// Advance takes one step of a reassign: it looks at both ends, does what is
// next, and looks again. It keeps nothing between calls, so that a crash, a
// time-out and a lost answer are one case: what it did is what is then there.
// Only where a name is one object does the caller keep something: once
// Progress.World.Copy is Present, the next call is made with Change.Taken.
//
// The error of the step is returned beside the progress that was made in spite
// of it. A zero Progress with an error means that nothing was done and looking
// failed.
func (g Gate) Advance(ctx context.Context, c model.Change) (model.Progress, error) {
	plan := g.PlanOf(c)
	world, source, err := g.look(ctx, c)
	if err != nil {
		return model.Progress{}, err
	}
	next := plan.Next(world)
	stepErr := g.take(ctx, next, c, source)
	source.Wipe()
	// Whoever deleted the source answers for the value; also when the answer to
	// that was lost, and when looking fails now.
	sent := stepErr == nil || errors.Is(stepErr, ErrUnknown)
	c.Taken = c.Taken || next == model.DeleteSource && !plan.TargetFirst && sent
	before := world
	world, source, err = g.look(ctx, c)
	source.Wipe()
	if err != nil {
		return lastSeen(c), errors.Join(stepErr, err)
	}
	progress := model.Progress{World: world, Next: plan.Next(world)}
	if world != before && !backwards(before, world) && !errors.Is(stepErr, ErrOverwrote) {
		stepErr = nil // the step was made, whatever its answer said
	}
	if progress.Next == model.Done || stepErr != nil {
		g.tell(c, stepErr)
	}
	return progress, stepErr
}

// backwards tells that a value that was on its way is in its old mesh again.
func backwards(before, after model.World) bool {
	return before.Alone() && after.Source == model.Present
}

// lastSeen is what is known when looking fails: nothing, unless the source's
// deletion was sent.
func lastSeen(c model.Change) model.Progress {
	if !c.Taken {
		return model.Progress{}
	}
	return model.Progress{World: model.World{Copy: model.Present}, Next: model.CreateTarget, Unseen: true}
}

// look reads both ends and compares them with what was planned. The source is
// given as it was read, for its deletion; the caller wipes it.
func (g Gate) look(ctx context.Context, c model.Change) (w model.World, source model.Snapshot, err error) {
	w.Source, source, err = g.place(ctx, c.Before)
	if err != nil {
		return w, source, err
	}
	var target model.Snapshot
	w.Target, target, err = g.place(ctx, c.After)
	target.Wipe()
	if err != nil {
		source.Wipe()
	}
	if c.Taken && w.Alone() {
		w.Copy = model.Present
	}
	return w, source, err
}

func (g Gate) place(ctx context.Context, planned model.Snapshot) (model.Place, model.Snapshot, error) {
	found, err := g.plane.Get(ctx, planned.Secret.Ref)
	if errors.Is(err, ErrNotFound) {
		return model.Absent, model.Snapshot{}, nil
	}
	if err != nil {
		return model.Absent, model.Snapshot{}, err
	}
	return model.Judge(planned, found), found, nil
}

// take does one step. The source is deleted as it was just read, so that a
// change since then is a conflict.
func (g Gate) take(ctx context.Context, step model.Step, c model.Change, source model.Snapshot) error {
	if step == model.Done || step == model.Stuck {
		return nil
	}
	if c.Taken && step == model.CreateTarget {
		return g.arrive(ctx, c)
	}
	// Both steps are checked: a reassign may be finished in another run, which
	// is read-only.
	if err := g.Check(ctx, c); err != nil {
		return err
	}
	switch step {
	case model.CreateTarget:
		_, err := g.plane.Create(ctx, c.After)
		return err
	case model.DeleteSource:
		if err := g.mayLeave(ctx, c, source.Secret); err != nil {
			return err
		}
		return g.plane.Delete(ctx, source)
	case model.Done, model.Stuck:
	}
	return nil
}

// mayLeave looks once more, just before the source is deleted: whether it may
// still be moved as it is now, whether somebody refers to it by now, whether it could be made again, and, where it is deleted
// first, whether the mesh it goes to is still there. A control plane would take
// a secret of a mesh that does not exist.
func (g Gate) mayLeave(ctx context.Context, c model.Change, now model.Secret) error {
	if err := model.RefuseMove(now, c.System); err != nil {
		return err
	}
	around, err := LookAround(ctx, g.plane)
	if err != nil {
		return err
	}
	if err := around.unknownUser(c); err != nil {
		return err
	}
	traits, to := g.plane.Traits(), c.After.Secret.Ref
	switch {
	case c.After.Value.Len() == 0 && !traits.EmptyValues:
		return &model.Refusal{Text: model.Visible(to.Name) + " stays: it has no value, and could not be made again without one. Give it a value first."}
	case traits.NamePerMesh, around.Has(to.Mesh):
		return nil
	case around.Blind():
		return UnknownMesh(to)
	}
	return &model.Refusal{Text: "Mesh " + model.Visible(to.Mesh) + " was deleted meanwhile. Nothing was done; choose another mesh."}
}

// UnknownMesh is why nothing is moved into a mesh that cannot be looked for.
func UnknownMesh(to model.Ref) error {
	return &model.Refusal{Text: model.Visible(to.Name) + " stays: whether mesh " + model.Visible(to.Mesh) +
		" exists cannot be read, and a secret would be taken for one that does not. Log in as somebody who may list meshes."}
}

// arrive creates what is in no mesh now. When that is refused for good, it is
// created where it was: a secret must not be nowhere because somebody has a
// rule against its new place.
func (g Gate) arrive(ctx context.Context, c model.Change) error {
	_, err := g.plane.Create(ctx, c.After)
	if !forGood(err) {
		return err
	}
	back := c.Before
	back.Secret.Labels = model.Carry(back.Secret.Labels)
	if _, backErr := g.plane.Create(context.WithoutCancel(ctx), back); backErr != nil {
		return errors.Join(err, ErrNotPutBack, backErr)
	}
	return err
}

// forGood tells refusals that trying again would not change.
func forGood(err error) bool {
	for _, kind := range []error{ErrInvalid, ErrForbidden, ErrReadOnly, ErrTooLarge, ErrNotFound} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Rehearse tries a change out without making it.
func (g Gate) Rehearse(ctx context.Context, c model.Change) (Rehearsal, error) {
	if err := g.Check(ctx, c); err != nil {
		return Rehearsal{}, err
	}
	return g.plane.Rehearse(ctx, c)
}
