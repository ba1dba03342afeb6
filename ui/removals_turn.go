package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// removalCheck is what was found of one of several before it is deleted. The
// value that was read for it is let go of before this is answered.
type removalCheck struct {
	secret model.Secret
	trial  backend.Rehearsal
}

// removed is one that was deleted, with the value that it had.
type removed struct{ was model.Snapshot }

func (r removed) wipe() { r.was.Wipe() }

// changeOf is the deletion of one of them by what is known of it.
func (r removals) changeOf(row model.Row) model.Change {
	c := changeOf(model.Delete, r.stock, row)
	return c.Bare()
}

// stays says why one of several is left out, "" when it may be deleted: what
// breaks more than those who name it is agreed to for itself alone.
func (r removals) stays(c model.Change) string {
	name := model.Visible(c.Ref().Name)
	if err := c.Refuse(r.to.gate.Ground()); err != nil {
		return err.Error()
	}
	switch {
	case c.System:
		return name + " stays: it is a system secret, which is unlocked by itself. Delete it alone."
	case model.IsRevocations(c.Ref()):
		return name + " stays: every token that it revokes would be valid again. Delete it alone."
	}
	return sentence(model.RefuseLoss(c.Ref(), c.Users))
}

// check reads the next one, and tries its deletion out on the server where that is
// possible; what stays by what is known of it is not even read.
func (r removals) check(f Frame) (Screen, tea.Cmd) {
	for at := r.next(unchecked); at >= 0; at = r.next(unchecked) {
		c := r.changeOf(r.items[at].row)
		if why := r.stays(c); why != "" {
			r = r.note(at, func(i *removing) { i.fate, i.why = stays, why })
			continue
		}
		plane, gate, rehearses := r.to.plane, r.to.gate, r.to.traits.Rehearses
		running, run := ask(r.to, f, readLimit, func(ctx context.Context) (removalCheck, error) {
			now, err := plane.Get(ctx, c.Ref())
			defer now.Wipe()
			found := removalCheck{secret: now.Secret}
			if err == nil && rehearses {
				// What could not be tried is not told: the deletion itself will tell.
				c.Before = now
				found.trial, _ = gate.Rehearse(ctx, c)
			}
			return found, err
		})
		r.at, r.running = at, running
		return r, run
	}
	r.running, r.stage, r.ask = nil, askingOnce, r.consent()
	return r, nil
}

// checkAnew makes the checks of each once more.
func (r removals) checkAnew(f Frame) (Screen, Result) {
	items := make([]removing, len(r.items))
	for i, one := range r.items {
		items[i] = removing{row: one.row}
	}
	anew := r
	anew.items, anew.stage, anew.top = items, checkingEach, 0
	screen, run := anew.check(f)
	return screen, Result{Run: run}
}

// tookCheck takes what was found of one, and goes on with the next.
func (r removals) tookCheck(f Frame, msg answer[removalCheck]) (Screen, Result) {
	r.running = nil
	row := r.items[r.at].row
	name, where := model.Visible(row.Secret.Ref.Name), model.Visible(row.Secret.Ref.MeshWord())
	why := ""
	if msg.err == nil {
		row.Secret = msg.value.secret
		row = asFound(row, row.Secret)
	}
	c := r.changeOf(row)
	switch refusal := msg.value.trial.Refusal(); {
	case errors.Is(msg.err, backend.ErrNotFound):
		why = name + " is no longer in " + where + ": somebody deleted or reassigned it."
	case errors.Is(msg.err, backend.ErrForbidden):
		why = name + " stays: you may not read it, so nobody could bring it back."
	case msg.err != nil:
		return r, Result{Close: true, Say: retried(explain(msg.err, r.to), f.Keys.Get(keymap.Delete).Label())}
	case r.stays(c) != "":
		why = r.stays(c)
	case refusal != nil:
		why = name + " stays. Tried out on the server, its deletion is refused. " + refusal.Why
	}
	r = r.note(r.at, func(i *removing) {
		i.row, i.change, i.trial, i.fate, i.why = row, c, msg.value.trial, movable, why
		i.toll = r.tollOf(*i)
		if why != "" {
			i.fate = stays
		}
	})
	screen, run := r.check(f)
	return screen, Result{Run: run}
}

// turn deletes the next one: it is read once more, so that its value can be
// brought back, and is deleted on the condition that it is what was checked.
func (r removals) turn(f Frame) (Screen, Result) {
	at := r.next(movable)
	if at < 0 || r.halt || r.dropped {
		return r.end(f)
	}
	r.stage, r.at = deletingEach, at
	r = r.note(at, func(i *removing) { i.fate = itsTurn })
	plane, gate, c := r.to.plane, r.to.gate, r.items[at].change
	running, run := commit(r.to, f, writeLimit, func(ctx context.Context) (removed, error) {
		now, err := plane.Get(ctx, c.Ref())
		if err != nil {
			return removed{}, err
		}
		if c.Before.Secret.MovedOn(now.Secret) {
			now.Wipe()
			return removed{}, &backend.Error{Kind: backend.ErrConflict, Op: "deleting", Ref: c.Ref()}
		}
		c.Before = now
		_, err = gate.Apply(ctx, c)
		if err != nil && !lostAnswer(err) {
			now.Wipe()
			return removed{}, err
		}
		return removed{now}, err // what may be gone is kept too
	})
	r.running = running
	return r, Result{Run: run}
}

// tookRemoval notes what became of one, tells the other screens, and goes on.
func (r removals) tookRemoval(f Frame, msg answer[removed]) (Screen, Result) {
	r.running = nil
	one := r.items[r.at]
	if lostAnswer(msg.err) {
		return r.wonder(f, msg)
	}
	if msg.err != nil {
		why := r.failure(one, msg.err)
		r = r.note(r.at, func(i *removing) { i.fate, i.why = halted, why })
		r.stage, r.top = deletedAll, 0
		return r, Result{Say: refused(r.title(one) + " was not deleted, and the rest was stopped.")}
	}
	r = r.note(r.at, func(i *removing) { i.fate = settled })
	c := one.change
	c.Before = msg.value.was
	told := changed{
		to:     r.to,
		events: []backend.Event{{Secret: model.Secret{Ref: c.Ref()}, Gone: true}},
		made:   madeNow(f, c, model.Secret{}),
	}
	c.Wipe()
	next, result := r.turn(f)
	result.Tell = told
	return next, result
}

// wonder stops at one whose answer was lost. What was read of it is kept to be
// undone: it may be the only copy by now.
func (r removals) wonder(f Frame, msg answer[removed]) (Screen, Result) {
	one := r.items[r.at]
	why := r.failure(one, msg.err)
	if !f.Locked { // then nothing is kept
		why += " If it is, it can be brought back."
	}
	r = r.note(r.at, func(i *removing) { i.fate, i.why, i.unsure = halted, why, true })
	r.stage, r.top = deletedAll, 0
	c := one.change
	c.Before = msg.value.was
	told := changed{to: r.to, made: unsure(f, c)}
	c.Wipe()
	return r, Result{Tell: told, Say: undoable(f, noted("Whether "+r.title(one)+" is deleted is not known; the rest was stopped."))}
}

// failure says why one was not deleted.
func (r removals) failure(i removing, err error) string {
	name, where := model.Visible(i.row.Secret.Ref.Name), model.Visible(i.row.Secret.Ref.MeshWord())
	switch {
	case notArrived(err):
		return "The deletion of " + name + " " + didNot(err) + "; nothing changed."
	case errors.Is(err, backend.ErrNotFound):
		return name + " is no longer in " + where + ": somebody deleted or reassigned it."
	case errors.Is(err, backend.ErrConflict):
		return "Somebody changed " + name + " after you looked at it."
	case lostAnswer(err):
		return "The connection broke while " + name + " was deleted, and whether it is gone is not known."
	}
	return explain(err, r.to).Text
}

// end says what came of all of them.
func (r removals) end(f Frame) (Screen, Result) {
	r.stage, r.top = deletedAll, 0
	gone, left := r.count(settled), r.count(movable)
	if left > 0 {
		stopped := "Stopped. "
		if r.dropped {
			stopped = "Stopped, as the console locked. "
		}
		return r, Result{Say: Message{Text: stopped + plural(gone, "secret is", "secrets are") + " deleted, " + model.CountWord(left) + " not begun and unchanged."}}
	}
	return r, Result{Say: undoable(f, done(plural(gone, "secret", "secrets")+" deleted from "+r.from()+"."))}
}
