package ui

import (
	"context"
	"errors"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// checked is what was found before the reassign of one of several. The value
// that was read for it is let go of before this is answered.
type checked struct {
	why    error
	warned []string
	zones  bool
	unread []model.Unread
}

// checkAll makes the checks of each anew, one after the other.
func (b batch) checkAll(f Frame) (Screen, Result) {
	items := make([]item, len(b.items))
	for i, one := range b.items {
		items[i] = item{row: one.row}
	}
	anew := b
	anew.items, anew.leg, anew.top, anew.unread, anew.zones = items, checkingAll, 0, nil, false
	return anew.check(f)
}

// check makes the checks of the next one; what stays whatever its mesh is not
// even read.
func (b batch) check(f Frame) (Screen, Result) {
	for at := b.next(unchecked); at >= 0; at = b.next(unchecked) {
		row := b.items[at].row
		if why := b.to.cannotMove(row); why != "" {
			b = b.note(at, func(i *item) { i.fate, i.why = stays, why })
			continue
		}
		b.at = at
		gate, now := b.to.gate, backend.Inspecting(row.Secret.Ref, b.goal(at), row.System, b.to.examine, f.Now).Along(b.along())
		running, run := ask(b.to, f, readLimit, func(ctx context.Context) (checked, error) {
			found, err := gate.Inspect(ctx, now)
			defer found.Wipe()
			return summed(found), err
		})
		b.running = running
		return b, Result{Run: run}
	}
	b.running, b.leg = nil, foundAll
	return b, Result{}
}

// goal is where one of them is to be.
func (b batch) goal(at int) model.Ref {
	return model.Ref{Mesh: b.pattern().target().Mesh, Name: b.items[at].row.Secret.Ref.Name}
}

// along are those that are to be reassigned, by where they are to be.
func (b batch) along() map[model.Ref]model.Ref {
	from := make(map[model.Ref]model.Ref, len(b.items))
	for at, one := range b.items {
		if one.fate != stays {
			from[b.goal(at)] = one.row.Secret.Ref
		}
	}
	return from
}

// summed is what a batch keeps of an inspection: sentences, and no value.
func summed(i backend.Inspection) checked {
	c := checked{why: i.Why, zones: i.Progress.Plan.Zones, unread: i.Unread}
	if c.why == nil {
		c.why = alone(i.Change)
	}
	for _, found := range i.Findings {
		if found.Outcome == backend.Warned {
			c.warned = append(c.warned, found.Text)
		}
	}
	return c
}

// alone tells why one of several stays that may be reassigned by itself: an
// override is given to one secret, with those who name it in sight.
func alone(c model.Change) error {
	if !c.NeedsOverride() {
		return nil
	}
	return &model.Refusal{Text: model.Visible(c.Ref().Name) + " stays: " + c.Users[0].User() + " names it, which takes an override. Reassign it alone."}
}

// tookCheck takes what was found of one, and goes on with the next.
func (b batch) tookCheck(f Frame, msg answer[checked]) (Screen, Result) {
	row, why := b.items[b.at].row, ""
	switch {
	case errors.Is(msg.err, backend.ErrNotFound):
		why = model.Visible(row.Secret.Ref.Name) + " is no longer in " + model.Visible(row.Secret.Ref.MeshWord()) + ": somebody deleted or reassigned it."
	case msg.err != nil:
		b.running, b.leg = nil, choosingTarget
		return b, Result{Say: retried(explain(msg.err, b.to), "enter")}
	case msg.value.why != nil:
		why = msg.value.why.Error()
	default:
		why = b.namesake(b.at)
	}
	b.zones = b.zones || msg.value.zones
	if msg.value.unread != nil {
		b.unread = msg.value.unread
	}
	b = b.note(b.at, func(i *item) {
		i.fate, i.why, i.warned = movable, why, msg.value.warned
		if why != "" {
			i.fate = stays
		}
	})
	return b.check(f)
}

// namesake says why the second of two that have one name stays: the first of
// them takes the place.
func (b batch) namesake(at int) string {
	name, mesh := b.items[at].row.Secret.Ref.Name, b.items[at].row.Secret.Ref.Mesh
	for _, other := range b.items {
		if ref := other.row.Secret.Ref; other.fate == movable && ref.Name == name {
			return model.Visible(name) + " of " + model.Visible(mesh) + " stays: that of " + model.Visible(ref.Mesh) + " is moved there under the same name."
		}
	}
	return ""
}

// stopChecks goes back to the choice of the mesh; nothing was changed.
func (b batch) stopChecks() (Screen, Result) {
	b.running.stop()
	b.running, b.leg = nil, choosingTarget
	return b, Result{}
}
