package backend

import (
	"context"
	"errors"

	"meshsecrets/model"
)

// Advance takes one step of a reassign: what is next is decided from what was
// last seen, and every step holds only on the condition that it is still so;
// then it looks. What a step did is what is then there, so that a crash, a
// time-out and a lost answer are one case.
//
// The change is the one that the reassign began with, whichever way its plan
// leads; at is what Begin, Resume or the Advance before it gave. The error is
// that of the step, or of looking, beside the progress that was made in spite
// of it.
func (g Gate) Advance(ctx context.Context, c model.Change, at Progress) (Progress, error) {
	if err := rest(ctx, at.Pause()); err != nil {
		return at, err
	}
	at.Undone, at.Again, at.Last = false, false, model.Done
	var err error
	if !at.seen {
		if at, err = g.look(ctx, c, at); err != nil {
			at.Unseen = true
			return g.failed(c, at, err)
		}
	}
	step := at.Next
	if step == model.Done || step == model.Stuck {
		return at, nil
	}
	at.Last = step
	at, err = g.step(ctx, step, c, at)
	if at.Next == model.Done || err != nil && !at.Again {
		g.tell(c, err)
	}
	return at, err
}

// failed notes that a look, or a step, came to nothing.
func (g Gate) failed(c model.Change, at Progress, err error) (Progress, error) {
	at.Tries++
	at.Again = at.again(err)
	if !at.Again {
		g.tell(c, err)
	}
	return at, err
}

// step takes one step and looks what came of it.
func (g Gate) step(ctx context.Context, step model.Step, c model.Change, at Progress) (Progress, error) {
	before := at.World
	at, done := g.take(ctx, step, c, at)
	at.World.Run = at.Plan.After(at.World.Run, step, done.sent)
	at.wrote = at.wrote || done.sent
	if done.known {
		at.Next = at.Plan.Next(at.World)
		at.Tries, at.Again = 0, false
		return at, nil
	}
	seen, lookErr := g.look(ctx, c, at)
	if lookErr != nil {
		at.seen, at.Unseen = false, true
		at.Tries++
		err := errors.Join(done.err, lookErr)
		at.Again = at.again(lookErr) && (done.err == nil || passes(done.err))
		return at, err
	}
	at = seen
	if step == model.DeleteSource && done.err != nil && !passes(done.err) && at.World.Source != model.Absent {
		return g.undo(ctx, c, at), done.err
	}
	if moved(before, at.World) && !backwards(before, at.World) && !errors.Is(done.err, ErrOverwrote) {
		done.err = nil // the step was made, whatever its answer said
	}
	if done.err == nil {
		at.Tries, at.Again = 0, false
		return at, nil
	}
	at.Tries++
	at.Again = at.again(done.err)
	return at, done.err
}

// moved tells whether something is different.
func moved(before, after model.World) bool {
	before.Run, after.Run = model.Run{}, model.Run{}
	return before != after
}

// backwards tells that a value that was on its way is in its old mesh again.
func backwards(before, after model.World) bool {
	return before.Alone() && after.Source != model.Absent
}

// undo takes away what was made for a deletion that was then refused, as long
// as the secret is where it was.
func (g Gate) undo(ctx context.Context, c model.Change, at Progress) Progress {
	keeper, w := g.keeper(), at.World
	there := w.Source == model.Present || w.Source == model.Edited
	switch {
	case keeper != nil && there && w.Copy == model.Present && !at.Plan.Back:
		_ = keeper.Drop(ctx, at.Copy(), at.copied) // what is left is found by Unfinished
	case keeper == nil && w.Source == model.Present && w.Target == model.Present && w.Tagged:
		_ = g.plane.Delete(ctx, model.Snapshot{Secret: at.target, Value: at.planned(c, at.Plan.To).Value})
	default:
		return at
	}
	at.copied = model.Version{}
	next, err := g.look(ctx, c, at)
	if err != nil {
		at = at.Anew()
		at.Unseen = true
		return at
	}
	next.Undone = next.World.Copy == model.Absent && next.World.Target == model.Absent
	return next
}
