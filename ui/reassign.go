package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// stage is where a reassign stands on its screen. The reassign itself keeps
// its state in the control plane.
type stage uint8

const (
	choosingMesh stage = iota
	checking
	blocked
	confirming
	stepping
	arrived
	stopped // held: a person decides what to do next
)

// reassign moves a secret into another mesh: it asks for the mesh, checks,
// asks for consent, and takes the steps of one move.
type reassign struct {
	to     *session
	stock  stock
	row    model.Row
	stage  stage
	meshes []model.MeshSummary // that it can be moved to
	mesh   int
	window window

	checks checks
	shown  bool // the checks are shown in place of the confirm
	ask    consent
	move   move
	at     int // of the choices when it was stopped
	glance glance
	undoes *model.Change // the reassign that it takes back, without values; nil when it takes back none
}

// openReassign asks for the mesh, or says at once why the secret stays.
func openReassign(s *session, have stock, row model.Row) Screen {
	return newReassign(s, have, row)
}

func newReassign(s *session, have stock, row model.Row) reassign {
	r := reassign{to: s, stock: have, row: row}
	for _, m := range have.inventory.Meshes {
		if !m.Mesh.Missing && !m.Unread && m.Mesh.Name != row.Secret.Ref.Mesh {
			r.meshes = append(r.meshes, m)
		}
	}
	if why := r.never(); why != nil {
		r.stage, r.checks.Why = blocked, why
	}
	return r
}

// openOnward goes on with a reassign that was begun before, whichever way its
// progress leads: the screen stands at the steps and takes the next one. It has
// the change from now on, values included.
func openOnward(s *session, f Frame, have stock, c model.Change, at backend.Progress) (Screen, tea.Cmd) {
	_, row := rowOf(have, c.Before.Secret)
	r := newReassign(s, have, row)
	into := c.After.Secret.Ref.Mesh
	r.mesh = slices.IndexFunc(r.meshes, func(m model.MeshSummary) bool { return m.Mesh.Name == into })
	if r.mesh < 0 {
		// The list does not know it; checking anew says what is with it.
		r.meshes, r.mesh = []model.MeshSummary{{Mesh: model.Mesh{Name: into}}}, 0
	}
	r.checks, r.move = checks{}, newMove(s, f, c, at, nil, true)
	return r.advance(f)
}

// never says why the secret stays, whatever the mesh.
func (r reassign) never() error {
	c := changeOf(model.Edit, r.stock, r.row)
	if err := c.Refuse(r.to.gate.Ground()); err != nil {
		return err
	}
	if err := model.RefuseMove(r.row.Secret, r.row.System); err != nil {
		return err
	}
	if len(r.meshes) == 0 && r.stock.blind() {
		return &model.Refusal{Text: r.name() + " stays: you may not list meshes on " + model.Visible(r.to.entry.Name) +
			", so which of them exist is not known, and a secret would be taken for one that does not."}
	}
	return nil
}

func (r reassign) name() string { return model.Visible(r.row.Secret.Ref.Name) }
func (r reassign) from() string { return model.Visible(r.row.Secret.Ref.Mesh) }

// target is where the secret is to be.
func (r reassign) target() model.Ref {
	if r.mesh >= len(r.meshes) {
		return model.Ref{}
	}
	return model.Ref{Mesh: r.meshes[r.mesh].Mesh.Name, Name: r.row.Secret.Ref.Name}
}

func (r reassign) into() string { return model.Visible(r.target().Mesh) }

func (r reassign) typing() bool { return r.stage == confirming && !r.shown }

func (r reassign) busy() (string, bool) { return "reassigning " + r.name(), r.stage == stepping }

// keeps tells that this screen holds the only copy of a value.
func (r reassign) keeps() (onlyCopy, bool) {
	if r.stage != stopped || !r.move.lastHolder() {
		return onlyCopy{}, false
	}
	return onlyCopy{
		what: "the value of " + r.name(),
		loss: r.name() + " is in neither mesh: its value is here and nowhere else. Leaving drops it for good.",
		stay: "stay",
	}, true
}

// holds tells that what was checked is here with its value.
func (r reassign) holds() bool {
	return r.stage == checking || r.stage == confirming || r.stage == stopped
}

// under tells that steps were begun.
func (r reassign) under() bool { return r.stage >= stepping }

func (r reassign) stopping(f Frame) stopping {
	if r.stage != stepping {
		return stopping{}
	}
	return r.move.stopping(f)
}

func (r reassign) farewell() []string {
	if !r.under() {
		return nil
	}
	return r.move.farewell()
}

func (r reassign) close() {
	r.glance.running.stop()
	if r.under() {
		r.move.spent()
		return
	}
	r.checks.stop()
}

// Deeds are those of the stage.
func (r reassign) Deeds(f Frame) []Deed {
	switch r.stage {
	case choosingMesh:
		if len(r.meshes) == 0 {
			return backDeeds("")
		}
		return append(append(moves(), Deed{ID: keymap.Accept, Word: "choose"}), backDeeds("")...)
	case checking:
		return backDeeds("stop")
	case blocked:
		if r.never() != nil {
			return backDeeds("")
		}
		return append([]Deed{{ID: keymap.Reload, Word: "check again"}}, backDeeds("")...)
	case confirming:
		return r.confirmDeeds(f)
	case stepping:
		return r.steppingDeeds()
	case arrived:
		deeds := []Deed{{ID: keymap.Open, Word: "open it"}}
		if r.canTakeBack() {
			deeds = append(deeds, Deed{ID: keymap.TakeBack})
		}
		return append(deeds, backDeeds("")...)
	case stopped:
		return r.stoppedDeeds()
	}
	return nil
}

// backDeeds are those that every stage without a text has.
func backDeeds(word string) []Deed {
	return []Deed{{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Back, Word: word, Pin: true}, {ID: keymap.Help, Pin: true}}
}

// confirmDeeds are those of the consent, and to look at the checks.
func (r reassign) confirmDeeds(f Frame) []Deed {
	if r.shown {
		return append([]Deed{{ID: keymap.NextField, Word: "go on"}}, backDeeds("")...)
	}
	deeds := r.ask.deeds(f)
	return append(deeds[:1:1], append([]Deed{{ID: keymap.NextField, Word: "the checks"}}, deeds[1:]...)...)
}

func (r reassign) steppingDeeds() []Deed {
	deeds := []Deed{{ID: keymap.Redraw, Quiet: true}}
	if r.move.progress.Again && !r.move.halt {
		return append(deeds, Deed{ID: keymap.Leave, Word: "stop trying"})
	}
	return append(deeds, notWhileStepping()...)
}

// notWhileStepping answers the keys that leave a screen or open another one:
// steps are watched to their end.
func notWhileStepping() []Deed {
	const why = "The steps are not stopped half way. ctrl+c quits after this step."
	deeds := []Deed{{ID: keymap.Leave, Not: why, Quiet: true}}
	for _, id := range []keymap.ID{keymap.Back, keymap.Help, keymap.Reveal} {
		deeds = append(deeds, Deed{ID: id, Not: why, Quiet: true})
	}
	return deeds
}

func (r reassign) stoppedDeeds() []Deed {
	deeds := []Deed{{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept}}
	if r.looksOn() {
		deeds = append(deeds, Deed{ID: keymap.Reload, Word: "look again"})
	}
	if r.move.lastHolder() {
		return append(deeds, Deed{ID: keymap.Back, Not: "Its value is only here: choose what to do with it, then press enter.", Quiet: true}, Deed{ID: keymap.Help, Pin: true})
	}
	return append(deeds, backDeeds("leave as it is")...)
}

// Do does one of them.
func (r reassign) Do(f Frame, p Press) (Screen, Result) {
	switch r.stage {
	case choosingMesh:
		return r.choose(f, p)
	case blocked:
		return r.blocked(f, p)
	case checking:
		return r.stopChecks()
	case confirming:
		return r.confirm(f, p)
	case arrived:
		return r.leave(f, p)
	case stopped:
		return r.resume(f, p)
	case stepping:
		r.move.halt = true
	}
	return r, Result{}
}

func (r reassign) choose(f Frame, p Press) (Screen, Result) {
	if isMove(p.ID) {
		r.mesh = moved(p.ID, r.mesh, r.listRoom(f), len(r.meshes))
		r.window = r.window.follow(r.mesh, r.listRoom(f), len(r.meshes))
		return r, Result{}
	}
	if p.ID == keymap.Accept {
		r, run := r.inspect(f)
		return r, Result{Run: run}
	}
	return r, Result{Close: true}
}

// inspect makes the checks.
func (r reassign) inspect(f Frame) (reassign, tea.Cmd) {
	r.checks.stop()
	r.stage, r.shown = checking, false
	var run tea.Cmd
	r.checks, run = beginChecks(r.to, f, r.row, r.target())
	return r, run
}

func (r reassign) blocked(f Frame, p Press) (Screen, Result) {
	switch {
	case p.ID == keymap.Reload:
		r, run := r.inspect(f)
		return r, Result{Run: run}
	case r.never() != nil:
		return r, Result{Close: true}
	}
	r.checks.stop()
	r.checks, r.stage = checks{}, choosingMesh
	return r, Result{}
}

// stopChecks goes back to the choice of the mesh; nothing was changed.
func (r reassign) stopChecks() (Screen, Result) {
	r.checks.stop()
	r.checks, r.stage = checks{}, choosingMesh
	return r, Result{}
}

func (r reassign) confirm(f Frame, p Press) (Screen, Result) {
	if p.ID == keymap.NextField || r.shown {
		r.shown = !r.shown
		return r, Result{}
	}
	ask, out, said := r.ask.do(p)
	switch out {
	case declined:
		return r, Result{Close: true}
	case agreed:
		r.checks.Change.Despite = r.checks.Change.NeedsOverride()
		r.move = newMove(r.to, f, r.checks.Change, r.checks.Progress, r.checks.Zones, false)
		r, run := r.advance(f)
		return r, Result{Run: run}
	case undecided:
	}
	r.ask = ask
	return r, Result{Say: said}
}

// Update takes what is typed and the answers.
func (r reassign) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[inspected]:
		if r.stage == checking && msg.to == r.checks.running {
			return r.inspected(f, msg)
		}
	case tick:
		if r.looksOn() && r.glance.due(f) {
			r, run := r.look(f)
			return r, Result{Run: run}
		}
	case answer[glanced]:
		if msg.to == r.glance.running && r.looksOn() {
			return r.glanced(f, msg)
		}
	case answer[advanced]:
		if r.stage == stepping && r.move.answers(msg) {
			return r.went(f, msg)
		}
	case quitting:
		r.move.halt = true
	case stay:
		r.move.halt = false
	case tea.KeyPressMsg, tea.PasteMsg:
		if r.typing() {
			r.ask = r.ask.update(msg)
		}
	}
	return r, Result{}
}

// inspected goes on with the checks, to the consent, or says why the secret
// stays.
func (r reassign) inspected(f Frame, msg answer[inspected]) (Screen, Result) {
	next, run, err := r.checks.went(r.to, f, msg)
	if err == nil && run == nil && next.Why == nil && r.undoes != nil {
		next.Why = r.undoes.RefuseUndo(next.Change.Before, true)
	}
	r.checks = next
	switch {
	case err != nil:
		r.stage = choosingMesh
		return r, Result{Say: retried(explain(err, r.to), "enter")}
	case next.Why != nil:
		r.stage = blocked
	case run == nil:
		r.stage, r.ask = confirming, consentTo(r.to, next.Change)
	}
	return r, Result{Run: run}
}
