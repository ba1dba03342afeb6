package ui

import (
	"slices"

	"meshsecrets/model"
)

// What is known of who refers to a secret may change while a change of it is
// prepared: it is read anew, or a colleague replaces the other half of the pair.
// The form and the dialogs follow, so that nobody agrees to what is no longer so.

// restock takes what is known anew. While the secret is read or saved only that
// is kept: the checks are taken when the answer comes.
func (f form) restock(fr Frame, msg restocked) form {
	if msg.to != f.to {
		return f
	}
	f.stock = msg.stock
	switch {
	case f.edit:
		f.stock, f.row = refreshed(msg.stock, f.row)
	case f.row.Secret.Ref != (model.Ref{}):
		f.row, _ = f.stock.inventory.Find(f.row.Secret.Ref)
	}
	f = f.withFound().meshesAnew()
	if f.waits() {
		return f
	}
	return f.checked(fr.Now)
}

// meshesAnew are the meshes that a new secret can be in, as they are known now. The
// chosen one stays, whatever became of it: the checks say so.
func (f form) meshesAnew() form {
	if f.edit {
		return f
	}
	chosen := f.meshes[f.mesh]
	f.meshes = nil
	for _, m := range f.stock.inventory.Meshes {
		if !m.Mesh.Missing {
			f.meshes = append(f.meshes, m.Mesh.Name)
		}
	}
	if chosen != "" && !slices.Contains(f.meshes, chosen) {
		f.meshes = append(f.meshes, chosen)
	}
	f.meshes = append(f.meshes, "")
	f.mesh = slices.Index(f.meshes, chosen)
	return f
}

// refreshed is the row of a secret by what is known now, the secret as it was.
func refreshed(have stock, was model.Row) (stock, model.Row) {
	have, row := rowOf(have, was.Secret)
	row.Secret = was.Secret
	return have, asFound(row, was.Secret)
}

// agreed saves what was agreed to, unless what was told of it is no longer so:
// then it is told and asked anew.
func (f form) agreed(fr Frame) (Screen, Result) {
	f = f.checked(fr.Now)
	was := f.change
	now := f.changeTo(was.After.Clone().Value)
	if sameGround(was, now) || consentTo(f.to, now).kind == model.Straight {
		now.Wipe()
		return f.write(fr)
	}
	was.Wipe()
	f.change = now
	next, run := openApproval(f, fr)
	return f, Result{Open: next, Run: run, Say: noted("What is known of " + f.called() + " changed meanwhile. Nothing was saved yet; look at it again, then decide.")}
}

// sameGround tells whether what is asked before two changes is the same.
func sameGround(a, b model.Change) bool {
	return a.Harms == b.Harms && a.System == b.System && a.Orphaned == b.Orphaned &&
		slices.Equal(a.Users, b.Users) && slices.Equal(a.Unread, b.Unread)
}

// restock takes what is known anew. What was typed for another answer does not
// count, and the server is asked again.
func (d removal) restock(f Frame, msg restocked) (Screen, Result) {
	if msg.to != d.to || d.writing != nil {
		return d, Result{}
	}
	was := d.change
	d.stock, d.row = refreshed(msg.stock, d.row)
	d.change = changeOf(model.Delete, d.stock, d.row)
	d.change.Before = was.Before
	if sameGround(was, d.change) {
		return d, Result{}
	}
	d.ask = consentTo(d.to, d.change)
	d = d.weighed()
	result := Result{Say: noted("Who uses " + d.name() + " changed meanwhile. Nothing was deleted; look at it again, then decide.")}
	if d.reading != nil || d.failed {
		return d, result
	}
	d.trying.stop()
	d, result.Run = d.try(f)
	return d, result
}
