package backend

import (
	"context"
	"errors"
	"time"

	"meshsecrets/model"
)

// Lateness is how long a deletion may be on its way after its run gave it up: a
// request is given up after 10 seconds, and its connection closed, but what
// stands between may pass it on a little later.
const Lateness = 15 * time.Second

// outcome is what came of a step.
type outcome struct {
	sent  bool // its request may have come to the control plane
	known bool // its answer says all: nobody needs to look
	err   error
}

// outcomeOf is the outcome of one write.
func outcomeOf(err error) outcome {
	return outcome{sent: err == nil || errors.Is(err, ErrUnknown) || errors.Is(err, ErrOverwrote), err: err}
}

// take takes one step.
func (g Gate) take(ctx context.Context, step model.Step, c model.Change, at Progress) (Progress, outcome) {
	if step == model.Wait {
		err := rest(ctx, g.plane.Identity().Gap())
		return at, outcome{sent: err == nil, err: err}
	}
	if step == model.Outlast {
		err := rest(ctx, Lateness)
		return at, outcome{sent: err == nil, err: err}
	}
	if step == model.AskZones {
		next, over, err := g.ask(ctx, c, at)
		// What comes after the zones rests on a look of now: they took their time.
		return next, outcome{sent: over, known: err == nil && !over, err: err}
	}
	// Every write is checked: a reassign may be finished in another run, which
	// is read-only.
	if err := g.Check(ctx, c); err != nil {
		return at, outcome{err: err}
	}
	at.asking = g.heedful(ctx, step, at)
	if at.Plan.TargetFirst && step == model.CreateTarget {
		at.asking.known = 1
	}
	switch step {
	case model.KeepCopy:
		return at, outcomeOf(g.keeper().Keep(ctx, g.begun(at.Plan), c))
	case model.DeleteSource:
		return g.depart(ctx, c, at)
	case model.CreateTarget:
		return g.arrive(ctx, c, at)
	case model.Untag:
		return g.retag(ctx, c, at, model.Untagged(at.target.Labels))
	case model.Retain:
		return g.retag(ctx, c, at, at.Plan.Tag(at.target.Labels))
	case model.DropCopy:
		return g.drop(ctx, at)
	case model.Look, model.Done, model.Stuck, model.Wait, model.Outlast, model.AskZones:
	}
	return at, outcome{}
}

// begun is a plan as it was begun, whichever way it leads now.
func (g Gate) begun(p model.Plan) model.Plan {
	if p.Back {
		return p.Reverse()
	}
	return p
}

// heedful reads what zones say before they are sent something: before all, and
// before the last. Before the secret is created that would be time in which no
// mesh has it.
func (g Gate) heedful(ctx context.Context, step model.Step, at Progress) asking {
	a := at.asking
	if !at.Plan.Zones {
		return a
	}
	if !at.wrote {
		var err error
		a.first, err = g.plane.Zones(ctx)
		a.blind = err != nil
	}
	switch step {
	case model.Untag:
		if at.wrote {
			return g.before(ctx, a)
		}
		a.base = nil
	case model.DeleteSource, model.CreateTarget:
		a.base = nil
	case model.KeepCopy, model.Retain, model.DropCopy, model.Look, model.Done, model.Stuck, model.Wait, model.Outlast, model.AskZones:
		return a
	}
	return a.stirred()
}

// depart deletes the source as it was seen, once everything that could be asked
// was asked anew, and what holds the value was read once more.
func (g Gate) depart(ctx context.Context, c model.Change, at Progress) (Progress, outcome) {
	if err := g.mayLeave(ctx, c, at); err != nil {
		return at, outcome{err: err}
	}
	if err := g.stillHeld(ctx, c, at); err != nil {
		return at, outcome{err: err}
	}
	planned := at.planned(c, at.Plan.From)
	err := g.plane.Delete(ctx, model.Snapshot{Secret: at.source, Value: planned.Value, Rest: planned.Rest})
	return at, outcomeOf(err)
}

// stillHeld reads what is to hold the value when the source is gone.
func (g Gate) stillHeld(ctx context.Context, c model.Change, at Progress) error {
	var place model.Place
	var err error
	if keeper := g.keeper(); keeper != nil {
		place, _, err = g.copyOf(ctx, keeper, c, at.Plan)
	} else {
		place, _, err = g.place(ctx, c, at, at.Plan.To)
	}
	if err == nil && place != model.Present {
		err = &Error{Kind: ErrConflict, Op: "deleting", Ref: at.Plan.From, Reason: "what was to hold its value is gone or was changed"}
	}
	return err
}

// mayLeave looks once more, just before the source is deleted: whether it may
// still be moved as it is now, whether somebody refers to it by now, whether
// its new mesh is there, and whether the control plane would take it.
func (g Gate) mayLeave(ctx context.Context, c model.Change, at Progress) error {
	from, to := at.Plan.From, at.Plan.To
	if err := model.RefuseMove(at.source, c.System); err != nil {
		return err
	}
	if at.Plan.Back && at.Plan.Tagged(at.source) {
		return nil // it was made a moment ago by the reassign that is taken back
	}
	if at.planned(c, to).Value.Len() == 0 && !g.plane.Traits().EmptyValues {
		return &model.Refusal{Text: model.Visible(to.Name) + " stays: it has no value, and could not be made again without one. Give it a value first."}
	}
	around, err := LookAround(ctx, g.plane)
	if err != nil {
		return err
	}
	if err := around.mayLeave(from, c, at.Plan.Back); err != nil {
		return err
	}
	if g.keeper() == nil {
		return nil // the target is there
	}
	if err := around.mustHave(to); err != nil {
		return err
	}
	if at.Plan.Back {
		return nil
	}
	rehearsal, err := g.plane.Rehearse(ctx, c)
	if err != nil {
		return err
	}
	if refusal := rehearsal.Refusal(); refusal != nil {
		return &model.Refusal{Text: refusal.Why}
	}
	return nil
}

// mustHave refuses to move something into a mesh that is not there, or cannot
// be looked for: a control plane would take a secret of a mesh that does not
// exist.
func (a Around) mustHave(to model.Ref) error {
	switch {
	case a.Has(to.Mesh):
		return nil
	case a.Blind():
		return UnknownMesh(to)
	}
	return &model.Refusal{Text: "Mesh " + model.Visible(to.Mesh) + " was deleted meanwhile. Choose another mesh, or take it back."}
}

// UnknownMesh is why nothing is moved into a mesh that cannot be looked for.
func UnknownMesh(to model.Ref) error {
	return &model.Refusal{Text: model.Visible(to.Name) + " stays: whether mesh " + model.Visible(to.Mesh) +
		" exists cannot be read, and a secret would be taken for one that does not. Log in as somebody who may list meshes."}
}

// meshThere reads whether a mesh exists.
func (g Gate) meshThere(ctx context.Context, to model.Ref) error {
	meshes := seeAll(ctx, g.plane, model.KindMesh)
	if errors.Is(meshes.Err, ErrForbidden) {
		return UnknownMesh(to)
	}
	if meshes.Err != nil {
		return meshes.Err
	}
	return Around{}.with(model.KindMesh, meshes.Sights).mustHave(to)
}

// arrive creates the target, tagged. When that is refused for good and the
// secret is in no mesh, it is created where it was: a secret must not be
// nowhere because somebody has a rule against its new place.
func (g Gate) arrive(ctx context.Context, c model.Change, at Progress) (Progress, outcome) {
	if g.keeper() != nil {
		if err := g.meshThere(ctx, at.Plan.To); err != nil {
			return at, outcome{err: err}
		}
	}
	err := g.create(ctx, c, at.Plan, at.Plan.To)
	if at.Plan.TargetFirst || at.Plan.Back || !forGood(err) {
		return at, outcomeOf(err)
	}
	back := at.Plan.Reverse()
	ctx = context.WithoutCancel(ctx)
	backErr := g.meshThere(ctx, back.To)
	if backErr == nil {
		backErr = g.create(ctx, c, back, back.To)
	}
	if backErr != nil {
		return at, outcome{sent: errors.Is(backErr, ErrUnknown), err: errors.Join(err, ErrNotPutBack, backErr)}
	}
	at.Plan, at.TakenBack, at.Why = back, true, err
	return at, outcome{sent: true}
}

// create makes what is planned to be at one end, tagged.
func (g Gate) create(ctx context.Context, c model.Change, plan model.Plan, end model.Ref) error {
	made := Progress{}.planned(c, end)
	made.Secret.Labels = plan.Tag(model.Carry(made.Secret.Labels))
	_, err := g.plane.Create(ctx, made)
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

// retag changes nothing but the labels of what stands at the target, on the
// condition that it is what was seen. Zones are sent that change, and with it
// the secret. Who may not change labels leaves them as they are.
func (g Gate) retag(ctx context.Context, c model.Change, at Progress, labels map[string]string) (Progress, outcome) {
	planned := at.planned(c, at.Plan.To)
	before := model.Snapshot{Secret: at.target, Value: planned.Value, Rest: planned.Rest}
	after := before
	after.Secret.Labels = labels
	_, err := g.plane.Update(ctx, before, after)
	if errors.Is(err, ErrForbidden) {
		at.World.Fixed = true
		return at, outcome{}
	}
	return at, outcomeOf(err)
}

// drop deletes the safety copy. That it is gone already is as well.
func (g Gate) drop(ctx context.Context, at Progress) (Progress, outcome) {
	err := g.keeper().Drop(ctx, at.Copy(), at.copied)
	at.copied = model.Version{}
	if err == nil || errors.Is(err, ErrNotFound) {
		at.dropped = true
		return at, outcome{sent: true}
	}
	return at, outcomeOf(err)
}
