package backend

import (
	"context"
	"errors"

	"meshsecrets/model"
)

// Advance takes one step of a reassign: it looks at both ends, does what is
// next, and looks again. It keeps nothing between calls, so that a crash, a
// time-out and a lost answer are one case: what it did is what is then there.
//
// The error of the step is returned beside the progress that was made in spite
// of it. A zero Progress with an error means that looking failed.
func (g Gate) Advance(ctx context.Context, c model.Change) (model.Progress, error) {
	plan := model.Plan{From: c.Before.Secret.Ref, To: c.After.Secret.Ref}
	world, source, target, err := g.look(ctx, c)
	if err != nil {
		return model.Progress{}, err
	}
	next := plan.Next(world)
	stepErr := g.take(ctx, next, c, source)
	source.Wipe()
	target.Wipe()
	world, source, target, err = g.look(ctx, c)
	source.Wipe()
	target.Wipe()
	if err != nil {
		return model.Progress{}, errors.Join(stepErr, err)
	}
	progress := model.Progress{World: world, Next: plan.Next(world)}
	if progress.Next != next && !errors.Is(stepErr, ErrOverwrote) {
		stepErr = nil // the step was made, whatever its answer said
	}
	if progress.Next == model.Done || stepErr != nil {
		g.tell(c, stepErr)
	}
	return progress, stepErr
}

// look reads both ends and compares them with what was planned.
func (g Gate) look(ctx context.Context, c model.Change) (w model.World, source, target model.Snapshot, err error) {
	w.Source, source, err = g.place(ctx, c.Before)
	if err != nil {
		return w, source, target, err
	}
	w.Target, target, err = g.place(ctx, c.After)
	if err != nil {
		source.Wipe()
	}
	return w, source, target, err
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
		if err := unknownUser(ctx, g.plane, c); err != nil {
			return err
		}
		return g.plane.Delete(ctx, source)
	case model.Done, model.Stuck:
	}
	return nil
}
