package ui

import (
	"context"
	"errors"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What a form sent may have been saved although its answer was lost. Until something
// tells, saving again looks first: what was saved from here is told as saved, and not
// as somebody else's.

// wonders tells that what the form would save may have been saved already.
func (f form) wonders() bool { return f.lost != nil && f.lost.Ref() == f.ref() }

// known lets go of what was kept of it.
func (f form) known() form {
	if f.lost != nil {
		f.lost.Wipe()
	}
	f.lost = nil
	return f
}

// learns takes from the answer to a write what is known now.
func (f form) learns(msg answer[written]) form {
	same := f.lost != nil && f.lost.Ref() == f.change.Ref()
	switch {
	case lostAnswer(msg.err):
		sent := f.change.Clone()
		f = f.known()
		f.lost = &sent
		if f.fixed() {
			f.at = atName
		}
	case same && (msg.err == nil || msg.value.looked || notArrived(msg.err)):
		f = f.known()
	}
	return f
}

// resave saves what may have been saved already: it looks first, and once more when
// something is there after all, as what was sent may arrive late.
func (f form) resave(c model.Change) func(context.Context) (written, error) {
	gate, plane, sent := f.to.gate, f.to.plane, f.lost.Clone()
	return func(ctx context.Context) (written, error) {
		defer sent.Wipe()
		there, err := plane.Get(ctx, c.Ref())
		defer there.Wipe()
		defer c.Wipe()
		switch {
		case errors.Is(err, backend.ErrNotFound), errors.Is(err, backend.ErrForbidden):
		case err != nil:
			return written{}, err
		case there.Value.Equal(c.After.Value):
			return written{secret: there.Secret, looked: true}, nil
		case there.Value.Equal(sent.After.Value) && c.Verb == model.Create:
			return written{secret: there.Secret, earlier: true}, nil
		case there.Value.Equal(sent.After.Value):
			c.Before.Wipe()
			c.Before = there.Clone() // it stands on what was sent from here
		}
		looked := !errors.Is(err, backend.ErrForbidden)
		secret, err := gate.Apply(ctx, c)
		if errors.Is(err, backend.ErrExists) || errors.Is(err, backend.ErrConflict) {
			late, fault := plane.Get(ctx, c.Ref())
			defer late.Wipe()
			if fault == nil && late.Value.Equal(c.After.Value) {
				return written{secret: late.Secret, looked: true}, nil
			}
		}
		return written{secret: secret, looked: looked}, err
	}
}

// behind says that what was sent before is there, and not what was typed since.
func (f form) behind(fr Frame, now model.Secret) (Screen, Result) {
	ref := f.change.Ref()
	told := changed{to: f.to, events: []backend.Event{{Secret: now}}, made: madeNow(fr, *f.lost, now)}
	next := f.known()
	next.exists = ref
	return next.checked(fr.Now), Result{Tell: told, Say: noted(model.Visible(ref.Name) + " is in " + model.Visible(ref.MeshWord()) +
		" with what you saved before: that had arrived. Edit that one, or choose another name. Your text is kept.")}
}
