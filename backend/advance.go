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
			return g.failed(at, err)
		}
	}
	step := at.Next
	if step == model.Done || step == model.Stuck {
		return at, nil
	}
	at.Last = step
	at, err = g.step(ctx, step, c, at)
	if at.Next == model.Done && err == nil {
		g.tell(recordOf(at, ""), resultOf(at.Why))
	}
	return at, err
}

// failed notes that a look, or a step, came to nothing.
func (g Gate) failed(at Progress, err error) (Progress, error) {
	at.Tries++
	at.Again = at.again(err)
	return at, err
}

// step takes one step and looks what came of it. One that writes is told of.
func (g Gate) step(ctx context.Context, step model.Step, c model.Change, at Progress) (Progress, error) {
	writes := writing(step)
	if writes == "" {
		return g.takeAndLook(ctx, step, c, at)
	}
	g.tell(recordOf(at, writes), ResultBegun)
	next, err := g.within(at.Plan.ID).takeAndLook(ctx, step, c, at)
	g.stepped(at, next, writes, err)
	return next, err
}

func (g Gate) takeAndLook(ctx context.Context, step model.Step, c model.Change, at Progress) (Progress, error) {
	before := at.World
	at, done := g.take(ctx, step, c, at)
	at.World.Run = at.Plan.After(at.World.Run, step, done.sent)
	if errors.Is(done.err, ErrUnknown) {
		at.World.Run = at.World.Unheard(step)
	}
	at.wrote = at.wrote || done.sent
	// A copy that was written is known, even when the next look comes too late.
	at.World.Copied = at.World.Copied || step == model.KeepCopy && done.err == nil
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
	switch {
	case step == model.DeleteSource && done.err != nil && !passes(done.err) && at.World.Source != model.Absent && !at.Plan.Back:
		return g.undo(ctx, c, at), done.err
	case made(step, at.World) && !errors.Is(done.err, ErrOverwrote):
		done.err = nil // the step was made, whatever its answer said
	case step != model.KeepCopy && at.Next == model.KeepCopy:
		done.err = nil // its value must not stay in this run alone
	case done.err == nil && at.World == before:
		done.err = &Error{Kind: ErrConflict, Op: "reassigning", Ref: at.Plan.From, Reason: "it was answered as done, and nothing is different"}
	}
	if done.err == nil {
		at.Tries, at.Again = 0, false
		return at, nil
	}
	at.Tries++
	at.Again = at.again(done.err)
	return at, done.err
}

// made tells from what is there whether a step was made.
func made(step model.Step, w model.World) bool {
	switch step {
	case model.KeepCopy:
		return w.Copy == model.Present
	case model.DeleteSource:
		return w.Source == model.Absent
	case model.CreateTarget:
		return w.Target == model.Present || w.Target == model.Restored
	case model.Untag:
		return !w.Tagged && w.Target != model.Absent
	case model.Retain:
		return w.Tagged
	case model.DropCopy:
		return w.Copy == model.Absent
	case model.Look, model.Done, model.Wait, model.Outlast, model.AskZones, model.Stuck:
	}
	return false
}

// mostUndone is how many steps and looks an undoing takes at most, with those
// that are taken again.
const mostUndone = 15

// undo takes away what was made for a deletion that was then refused, as long
// as the secret is where it was: it takes the reassign back. What it cannot do
// is found by Unfinished.
func (g Gate) undo(ctx context.Context, c model.Change, at Progress) Progress {
	there := at.World.Source == model.Present || at.World.Source == model.Edited
	others := at.World.Target == model.Present && !at.World.Tagged // with the same bytes, but not of this reassign
	if !there || others || at.World.Claimed {
		return at
	}
	back, err := at.Reverse(), error(nil)
	for range mostUndone {
		begins := back.Next == model.CreateTarget && !back.World.Held
		over := back.Next == model.Done || back.Next == model.AskZones || back.Next == model.Stuck
		if back.seen && (over || begins) || err != nil && !back.redo(err) || rest(ctx, back.Pause()) != nil {
			break
		}
		back, err = g.takeBack(ctx, c, back)
	}
	// Zones are not asked: nothing that they have is to be different.
	undone := err == nil && back.seen && (back.Next == model.Done || back.Next == model.AskZones)
	forth := back.Reverse()
	forth.Undone, forth.Last = undone, at.Last
	if !undone {
		forth.World.Gone, forth.World.Copied, forth.World.Placed = at.World.Gone, at.World.Copied, at.World.Placed
	}
	return forth
}

// takeBack takes the next step of an undoing; or it looks, when that failed
// after the step before.
func (g Gate) takeBack(ctx context.Context, c model.Change, back Progress) (Progress, error) {
	if back.seen {
		return g.step(ctx, back.Next, c, back)
	}
	seen, err := g.look(ctx, c, back)
	if err == nil {
		return seen, nil
	}
	back.Tries++
	return back, err
}

// redo tells whether what failed in an undoing is done again. Nobody is asked
// meanwhile, so an answer that cannot be read is asked for again, and so is any
// look, which changes nothing; and whatever keeps the tag, which is all that is
// left then, from being taken off is tried again before it is left behind.
func (p Progress) redo(err error) bool {
	mends := !p.seen || passes(err) || errors.Is(err, ErrStranger) || errors.Is(err, ErrUnauthorized) || p.Next == model.Untag
	return mends && p.Tries < p.Most()
}
