package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// turn begins with the next one: it is checked anew, as what was found before
// may be minutes old. Without a next one all is over.
func (b batch) turn(f Frame) (Screen, Result) {
	at := b.next(movable)
	if at < 0 {
		return b.end()
	}
	b.leg, b.at = movingAll, at
	b = b.note(at, func(i *item) { i.fate = itsTurn })
	b.one = b.pattern()
	b.one.row = b.items[at].row
	var run tea.Cmd
	b.one, run = b.one.inspect(f)
	return b, Result{Run: run}
}

// end says what came of all of them.
func (b batch) end() (Screen, Result) {
	b.leg, b.top = overAll, 0
	moved := b.count(settled)
	text := plural(moved, "secret is", "secrets are") + " in " + b.into() + " now, byte for byte the same."
	for _, i := range b.items {
		if i.fate == settled && i.why != "" {
			return b, Result{Say: noted(text + " Not all zones took them, or said so; :resend shows how it stands.")}
		}
	}
	return b, Result{Say: done(text)}
}

// after goes on from what became of the one whose turn it is.
func (b batch) after(f Frame, screen Screen, result Result) (Screen, Result) {
	r, is := screen.(reassign)
	if !is || result.Close {
		return b, result
	}
	b.one, b.stock = r, r.stock
	switch {
	case b.leg == movingAll:
		return b.onward(f, result)
	case r.stage == arrived && !r.move.takenBack():
		b = b.noteArrival()
	}
	return b, result
}

// onward takes the steps of one that was checked, begins with the next once it
// is over, and stops when it stopped.
func (b batch) onward(f Frame, result Result) (Screen, Result) {
	r := b.one
	switch r.stage {
	case confirming:
		if why := alone(r.checks.Change); why != nil {
			return b.halt(overAll, why.Error(), refused(r.name()+" was not begun, and the rest was stopped."), result)
		}
		// The consent was given for all of them.
		r.move = newMove(r.to, f, r.checks.Change, r.checks.Progress, r.checks.Zones, false)
		var run tea.Cmd
		b.one, run = r.advance(f)
		result.Run = tea.Batch(result.Run, run)
	case arrived:
		return b.arrived(f, result)
	case blocked:
		return b.halt(overAll, r.checks.Why.Error(), refused(r.name()+" was not begun, and the rest was stopped."), result)
	case choosingMesh:
		if result.Say == (Message{}) {
			return b.given(result)
		}
		return b.halt(overAll, result.Say.Text, result.Say, result)
	case stopped:
		return b.halt(handedOver, "", result.Say, result)
	case checking, stepping:
	}
	return b, result
}

// arrived notes that one is over, and begins with the next. One that its new
// mesh or a zone refused stops the rest: they would fare no better.
func (b batch) arrived(f Frame, result Result) (Screen, Result) {
	m := b.one.move
	if m.takenBack() {
		return b.halt(handedOver, "", result.Say, result)
	}
	b = b.noteArrival()
	switch left := b.next(movable) >= 0; {
	case left && refusedByZone(m.progress.Zones):
		b.leg = handedOver
		return b, result
	case left && b.last:
		b.leg = overAll
		return b, result
	}
	screen, more := b.turn(f)
	more.Run, more.Tell = tea.Batch(result.Run, more.Run), result.Tell
	return screen, more
}

// noteArrival notes that the one whose turn it is stands in its new mesh.
func (b batch) noteArrival() batch {
	m := b.one.move
	return b.note(b.at, func(i *item) {
		i.fate, i.why, i.took = settled, m.zoneTrouble(), stepTime(m.ended.Sub(m.began))
	})
}

func refusedByZone(zones []backend.ZoneAnswer) bool {
	for _, z := range zones {
		if z.Answer == backend.Rejected {
			return true
		}
	}
	return false
}

// halt stops the rest; what was not begun stays as it is.
func (b batch) halt(now leg, why string, say Message, result Result) (Screen, Result) {
	b.leg, b.top = now, 0
	b = b.note(b.at, func(i *item) { i.fate, i.why = halted, why })
	result.Say = say
	return b, result
}

// given ends it between two of them, as somebody asked for.
func (b batch) given(result Result) (Screen, Result) {
	b.leg, b.top = overAll, 0
	b = b.note(b.at, func(i *item) { i.fate = movable })
	result.Say = Message{Text: "Stopped. " + plural(b.count(movable), "secret is", "secrets are") + " not begun, and unchanged."}
	return b, result
}

// rest are the names of those that were not begun.
func (b batch) rest() []string {
	var names []string
	for _, i := range b.items {
		if i.fate == movable {
			names = append(names, b.title(i))
		}
	}
	return names
}

// title is the name of one of them, and its mesh when they come from several.
func (b batch) title(i item) string {
	ref := i.row.Secret.Ref
	if b.mixed {
		return model.Visible(ref.MeshWord()) + "/" + model.Visible(ref.Name)
	}
	return model.Visible(ref.Name)
}

func (b batch) busy() (string, bool) {
	if b.leg < movingAll {
		return "", false
	}
	return b.one.busy()
}

func (b batch) keeps() (onlyCopy, bool) {
	if b.leg < movingAll {
		return onlyCopy{}, false
	}
	return b.one.keeps()
}

func (b batch) holds() bool { return b.leg >= movingAll && b.one.holds() }

func (b batch) close() {
	b.running.stop()
	if b.leg >= movingAll {
		b.one.close()
	}
}

func (b batch) stopping(f Frame) stopping {
	if b.leg < movingAll {
		return stopping{}
	}
	s := b.one.stopping(f)
	if n := b.count(movable); n > 0 && s.step > 0 && s.copy == "" {
		s.then += " " + plural(n, "secret is", "secrets are") + " not begun, and unchanged."
	}
	return s
}

func (b batch) farewell() []string {
	if b.leg < movingAll {
		return nil
	}
	lines := b.one.farewell()
	if rest := b.rest(); len(rest) > 0 {
		lines = append(lines, "meshsecrets: not begun and unchanged: "+strings.Join(rest, ", ")+".")
	}
	return lines
}
