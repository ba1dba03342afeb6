package ui

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// advance takes the next step of the move.
func (r reassign) advance(f Frame) (reassign, tea.Cmd) {
	var run tea.Cmd
	r.stage = stepping
	r.move, run = r.move.advance(f)
	return r, run
}

// went takes the answer to a step and takes the next, until it is done or a
// person has to decide.
func (r reassign) went(f Frame, msg answer[advanced]) (Screen, Result) {
	var came verdict
	r.move, came = r.move.went(f, msg)
	switch came {
	case goesOn:
		r, run := r.advance(f)
		return r, Result{Run: run}
	case finished:
		return r.arrive(f)
	case stuck:
	}
	r.stage, r.at, r.glance = stopped, 0, glance{at: f.Now}
	if msg.value.restored && msg.err == nil {
		return r.told(done(r.name() + " is in " + r.origin() + " again, with the same bytes."))
	}
	return r, Result{Say: r.heldSays(f)}
}

// origin is the mesh that the secret was in.
func (r reassign) origin() string {
	from, _ := r.move.ends()
	return model.Visible(from.Mesh)
}

// heldSays is the message when it was stopped. Who leaves the console gets
// none, so that it goes on leaving.
func (r reassign) heldSays(f Frame) Message {
	m := r.move
	switch {
	case m.halt && m.err == nil:
		return Message{}
	case m.progress.Undone:
		return refused("Nothing was changed: deleting it from " + r.origin() + " was refused.")
	case m.world().Copy == model.Foreign:
		return refused("Somebody else began a reassign of it. Nothing more is done here.")
	case m.overtaken(), m.endedByOthers(), m.putBackByOthers(), m.snatched():
		return m.overtakenSays()
	case m.restore, m.progress.Plan.Back && m.world().Alone():
		return refused("It could not be put back. Nothing runs now.")
	}
	return refused("Held at step " + strconv.Itoa(m.number(f)) + ". Nothing runs now.")
}

// arrive tells the other screens; the secret can be opened where it is now.
func (r reassign) arrive(f Frame) (Screen, Result) {
	next := r
	made := r.move.bygone(f)
	next.stage, next.move = arrived, r.move.spent()
	screen, result := next.told(next.move.doneSays())
	if told, is := result.Tell.(changed); is {
		told.made = made
		result.Tell = told
	}
	return screen, result
}

// told tells all screens what is where now.
func (r reassign) told(say Message) (Screen, Result) {
	events := r.move.events()
	r.stock = r.stock.with(events).retaken()
	return r, Result{Tell: changed{to: r.to, events: events}, Say: say}
}

// canTakeBack tells whether a move that is over can be made the other way.
func (r reassign) canTakeBack() bool { return !r.move.progress.Plan.Back }

// leave goes back, opens the secret where it is now, or takes it back.
func (r reassign) leave(f Frame, p Press) (Screen, Result) {
	row := r.where()
	switch p.ID {
	case keymap.Open:
		next, run := openSecret(r.to, f, r.stock, row, false)
		return r, Result{Close: true, Open: next, Run: run}
	case keymap.TakeBack:
		next, run := r.openBack(f, row)
		return r, Result{Close: true, Open: next, Run: run}
	}
	return r, Result{Close: true}
}

// where is the secret as it is now.
func (r reassign) where() model.Row {
	ref := r.move.progress.Plan.To
	row, ok := r.stock.inventory.Find(ref)
	if !ok {
		row = model.Row{Secret: model.Secret{Ref: ref, Facts: r.row.Secret.Facts}}
	}
	return row
}

// openBack is a reassign the other way, at its checks.
func (r reassign) openBack(f Frame, row model.Row) (Screen, tea.Cmd) {
	from, _ := r.move.ends()
	return newReassign(r.to, r.stock, row).aimed(f, from.Mesh)
}

// aimed goes on with the checks for one mesh, where that can be chosen.
func (r reassign) aimed(f Frame, mesh string) (Screen, tea.Cmd) {
	at := slices.IndexFunc(r.meshes, func(m model.MeshSummary) bool { return m.Mesh.Name == mesh })
	if r.stage == blocked || at < 0 {
		return r, nil
	}
	r.mesh = at
	return r.inspect(f)
}

// resume does what was chosen after a reassign was stopped.
func (r reassign) resume(f Frame, p Press) (Screen, Result) {
	all := r.move.remedies()
	if p.ID == keymap.Reload {
		r, run := r.look(f)
		return r, Result{Run: run}
	}
	if isMove(p.ID) {
		r.at = moved(p.ID, r.at, len(all), len(all))
		return r, Result{}
	}
	if p.ID != keymap.Accept || all[r.at] == leaveIt {
		return r, Result{Close: true}
	}
	if all[r.at] == exportIt {
		return r, Result{Open: exportOf(r.to, r.move.change.Before)}
	}
	r.glance.running.stop()
	r.glance.running = nil
	chosen := all[r.at]
	r.move = r.move.onceMore(f)
	var run tea.Cmd
	switch chosen {
	case checkAgain:
		r.move = r.move.spent()
		r, run = r.inspect(f)
	case putBack:
		r.stage = stepping
		r.move, run = r.move.create(f)
	case takeBack:
		r.move = r.move.turned()
		r, run = r.advance(f)
	case tryAgain, exportIt, leaveIt:
		r, run = r.advance(f)
	}
	return r, Result{Run: run}
}
