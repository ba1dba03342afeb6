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
// asks for consent, and takes the steps one by one.
type reassign struct {
	to     *session
	stock  stock
	row    model.Row
	stage  stage
	meshes []model.MeshSummary // that it can be moved to
	mesh   int
	window window

	running *request // the checks, or a step
	checks  inspection
	ask     consent
	steps   steps
	at      int  // of the choices when it was stopped
	last    bool // the console leaves after the step under way
}

// openReassign asks for the mesh, or says at once why the secret stays.
func openReassign(s *session, have stock, row model.Row) Screen {
	r := reassign{to: s, stock: have, row: row}
	for _, m := range have.inventory.Meshes {
		if !m.Mesh.Missing && !m.Unread && m.Mesh.Name != row.Secret.Ref.Mesh {
			r.meshes = append(r.meshes, m)
		}
	}
	if why := r.never(); why != nil {
		r.stage, r.checks = blocked, inspection{why: why}
	}
	return r
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

func (r reassign) typing() bool { return r.stage == confirming }

func (r reassign) busy() (string, bool) { return "reassigning " + r.name(), r.stage == stepping }

// keeps tells that this screen holds the only copy of a value.
func (r reassign) keeps() (string, bool) { return r.name(), r.lastHolder() }

func (r reassign) close() {
	if r.stage == checking {
		r.running.stop()
	}
	r.checks.wipe()
}

// Deeds are those of the stage.
func (r reassign) Deeds(f Frame) []Deed {
	back := func(word string) []Deed {
		return []Deed{{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Back, Word: word, Pin: true}, {ID: keymap.Help, Pin: true}}
	}
	again := Deed{ID: keymap.Reload, Word: "check again"}
	switch r.stage {
	case choosingMesh:
		if len(r.meshes) == 0 {
			return back("")
		}
		return append(append(moves(), Deed{ID: keymap.Accept, Word: "choose"}), back("")...)
	case checking:
		return back("stop")
	case blocked:
		if r.never() != nil {
			return back("")
		}
		return append([]Deed{again}, back("")...)
	case confirming:
		return r.ask.deeds(f)
	case stepping:
		return []Deed{{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Leave, Not: "The steps are not stopped half way. ctrl+c quits after this step.", Quiet: true}}
	case arrived:
		return append([]Deed{{ID: keymap.Open, Word: "open it"}}, back("")...)
	case stopped:
		deeds := []Deed{{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept}}
		if slices.Contains(r.remedies(), tryAgain) {
			deeds = append(deeds, Deed{ID: keymap.Reload, Word: "look again"})
		}
		if r.lastHolder() {
			return append(deeds, Deed{ID: keymap.Back, Not: "Its value is only here: choose what to do with it, then press enter.", Quiet: true}, Deed{ID: keymap.Help, Pin: true})
		}
		return append(deeds, back("leave as it is")...)
	}
	return nil
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

func (r reassign) blocked(f Frame, p Press) (Screen, Result) {
	switch {
	case p.ID == keymap.Reload:
		r, run := r.inspect(f)
		return r, Result{Run: run}
	case r.never() != nil:
		return r, Result{Close: true}
	}
	r.stage = choosingMesh
	return r, Result{}
}

// stopChecks goes back to the choice of the mesh; nothing was changed.
func (r reassign) stopChecks() (Screen, Result) {
	r.running.stop()
	r.running, r.stage = nil, choosingMesh
	return r, Result{}
}

func (r reassign) confirm(f Frame, p Press) (Screen, Result) {
	ask, out, said := r.ask.do(p)
	switch out {
	case declined:
		return r, Result{Close: true}
	case agreed:
		return r.begin(f)
	case undecided:
	}
	r.ask = ask
	return r, Result{Say: said}
}

// leave goes back, or opens the secret where it is now.
func (r reassign) leave(f Frame, p Press) (Screen, Result) {
	if p.ID != keymap.Open {
		return r, Result{Close: true}
	}
	ref := r.steps.plan().To
	row, ok := r.stock.inventory.Find(ref)
	if !ok {
		row = model.Row{Secret: model.Secret{Ref: ref, Facts: r.row.Secret.Facts}}
	}
	next, run := openSecret(r.to, f, r.stock, row, false)
	return r, Result{Close: true, Open: next, Run: run}
}

// Update takes what is typed and the answers.
func (r reassign) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[inspection]:
		if msg.to == r.running && r.stage == checking {
			return r.inspected(msg)
		}
	case answer[stepped]:
		if msg.to == r.running && r.stage == stepping {
			return r.went(f, msg)
		}
	case quitting:
		r.last = true
	case stay:
		r.last = false
	case tea.KeyPressMsg, tea.PasteMsg:
		if r.stage == confirming {
			r.ask = r.ask.update(msg)
		}
	}
	return r, Result{}
}

// moveEvents are what the other screens are told after a move.
func moveEvents(from model.Ref, to model.Secret) []backend.Event {
	return []backend.Event{{Secret: model.Secret{Ref: from}, Gone: true}, {Secret: to}}
}
