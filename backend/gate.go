package backend

import (
	"cmp"
	"context"
	"errors"
	"time"

	"meshsecrets/model"
)

// Gate is the one way by which anything is changed: what may not be changed is
// refused here, and what was changed is told from here. Screens hold a Gate
// and never a Writer.
type Gate struct {
	plane     ControlPlane
	entry     Entry
	observers []Observer
	operation string // what its records belong to; "" for one each
}

// NewGate makes the gate of a connected control plane.
func NewGate(plane ControlPlane, entry Entry, observers ...Observer) Gate {
	return Gate{plane: plane, entry: entry, observers: observers}
}

// Protected tells whether the control plane's name is typed before a change.
func (g Gate) Protected() bool { return g.entry.Protected }

// Ground is what every change stands on here, without the zones.
func (g Gate) Ground() model.Ground {
	id := g.plane.Identity()
	ground := model.Ground{
		Name: id.Name,
		Zone: id.Federated,

		ZoneUnknown: id.Mode == "",
		// Where a name is one object, it is reached whether its mesh exists or not.
		Orphans: !g.plane.Traits().NamePerMesh,
	}
	switch {
	case g.entry.ReadOnly:
		ground.ReadOnly, ground.WhyReadOnly = true, cmp.Or(g.entry.WhyReadOnly, "set for this run")
	case !id.MayWrite:
		ground.ReadOnly, ground.WhyReadOnly = true, id.WhyNot
	}
	return ground
}

// ReadOnly tells whether nothing can be changed here, and why.
func (g Gate) ReadOnly() (bool, string) {
	ground := g.Ground()
	return ground.ReadOnly, ground.WhyReadOnly
}

// Check tells why a change may not be made, or nil. For a reassign on a global
// control plane that keeps no labels it reads the zones: they could not be sent
// the secret again.
func (g Gate) Check(ctx context.Context, c model.Change) error {
	ground := g.Ground()
	if err := c.Refuse(ground); err != nil {
		return err
	}
	if c.Verb == model.Reassign && !g.plane.Traits().StoresLabels && g.followed(ctx) {
		return &model.Refusal{Text: model.Visible(c.Ref().Name) + " stays: zones follow " + model.Visible(ground.Name) +
			", and they can lose a secret that is moved. They could be sent it again only by a change of its labels, which this version does not keep."}
	}
	return nil
}

// Apply makes a change and reads it back. When the answer of the control plane
// was lost, what is there decides: nil or ErrUnavailable when that tells,
// ErrUnknown when it does not. A reassign goes step by step instead: Advance.
func (g Gate) Apply(ctx context.Context, c model.Change) (model.Secret, error) {
	if err := g.Check(ctx, c); err != nil {
		return model.Secret{}, err
	}
	if err := g.lookOut(ctx, c); err != nil {
		return model.Secret{}, err
	}
	var saved model.Secret
	err := g.told(g.record(c), func() (err error) {
		saved, err = g.write(ctx, c)
		if errors.Is(err, ErrUnknown) {
			saved, err = g.settle(ctx, c, err)
		}
		return err
	})
	return saved, err
}

// lookOut reads who refers to a secret just before it is changed, and holds that
// as much can be read as when the change was confirmed. An addition goes on where
// that cannot be read: it takes nothing from anybody. One that somebody waits for
// takes effect at once, so they have to be known.
func (g Gate) lookOut(ctx context.Context, c model.Change) error {
	if c.Verb == model.Create && c.Begun {
		return nil
	}
	around, err := LookAround(ctx, g.plane)
	if c.Verb == model.Create {
		return around.mayCome(c) // of what was read before it failed
	}
	if err != nil {
		return err
	}
	return cmp.Or(around.unknownUser(c.Ref(), c.Users), around.reads(c.Ref(), c))
}

func (g Gate) write(ctx context.Context, c model.Change) (model.Secret, error) {
	switch c.Verb {
	case model.Create:
		return g.plane.Create(ctx, c.After)
	case model.Edit:
		return g.plane.Update(ctx, c.Before, c.After)
	case model.Delete:
		return model.Secret{}, g.plane.Delete(ctx, c.Before)
	case model.Reassign:
	}
	return model.Secret{}, errors.New("a reassign is made step by step")
}

// settle finds out what became of a write whose answer was lost.
func (g Gate) settle(ctx context.Context, c model.Change, lost error) (model.Secret, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	found, err := g.plane.Get(ctx, c.Ref())
	defer found.Wipe()
	gone := errors.Is(err, ErrNotFound)
	was, is := c.Before.Secret.Version, found.Secret.Version
	versions := g.plane.Traits().Preconditions && !gone && was != model.Version{}
	switch {
	case err != nil && !gone:
		return model.Secret{}, lost
	case versions && is == was:
		return model.Secret{}, notThere(c, lost)
	case versions && c.Verb == model.Delete && is.UID != was.UID:
		return model.Secret{}, nil // somebody has made it again since
	case c.Verb == model.Delete && gone:
		return model.Secret{}, nil
	case c.Verb != model.Delete && !gone && found.Value.Equal(c.After.Value):
		return found.Secret, nil
	case c.Verb == model.Create && gone,
		c.Verb != model.Create && !gone && found.Same(c.Before):
		return model.Secret{}, notThere(c, lost)
	}
	return model.Secret{}, &Error{Kind: ErrConflict, Op: "saving", Ref: c.Ref(), Err: lost}
}

// notThere is the error of a write of which nothing is to be seen. Where nobody
// waited for its answer any longer that proves nothing: it may still be under way.
func notThere(c model.Change, lost error) error {
	if overdue(lost) {
		return lost
	}
	return &Error{Kind: ErrUnavailable, Op: "saving", Ref: c.Ref(), Status: statusOf(lost),
		Reason: "the change did not arrive; nothing changed", Err: lost}
}

// overdue tells that an answer was not waited for any longer, here or by something
// on the way.
func overdue(lost error) bool {
	switch statusOf(lost) {
	case statusRequestTimeout, statusClientGone, statusGatewayTimeout:
		return true
	}
	return errors.Is(lost, context.DeadlineExceeded)
}

// The statuses of HTTP that say so; the second is nginx's, for when the one who
// asked went away.
const (
	statusRequestTimeout = 408
	statusClientGone     = 499
	statusGatewayTimeout = 504
)

// statusOf is the HTTP status of an error, 0 when there was none.
func statusOf(err error) int {
	var e *Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Status
}

// settleTime bounds the reading after a lost answer.
const settleTime = 10 * time.Second

// Rehearse tries a change out without making it.
func (g Gate) Rehearse(ctx context.Context, c model.Change) (Rehearsal, error) {
	if err := g.Check(ctx, c); err != nil {
		return Rehearsal{}, err
	}
	return g.plane.Rehearse(ctx, c)
}
