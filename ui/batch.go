package ui

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// leg is where a batch stands on its screen.
type leg uint8

const (
	choosingTarget leg = iota
	checkingAll
	foundAll
	confirmingAll
	movingAll
	handedOver // one stopped the rest, and a person decides about it on its own screen
	overAll
)

// batch reassigns marked secrets to one mesh, one after the other, each safe by
// itself: it asks for the mesh, checks each, asks for consent once, and then
// hands one after the other to the screen of a reassign, which checks it anew
// and takes its steps. The first that stops, stops the rest. Only the one whose
// turn it is has its value here.
type batch struct {
	to     *session
	stock  stock
	items  []item // in the order of the list; replaced, never edited
	mixed  bool   // they come from several meshes
	leg    leg
	meshes []model.MeshSummary // that they can be moved to
	mesh   int
	window window

	running *request // the checks of one
	at      int      // the one that is checked, or moved
	zones   bool     // zones follow the control plane, or may
	unread  []model.Unread
	top     int // the first line in sight of what was found
	ask     consent
	one     reassign // the one that is moved, once a turn has come
	last    bool     // the console leaves after the step under way
}

// item is one of the marked secrets and what became of it.
type item struct {
	row    model.Row
	fate   fate
	why    string   // why it stays, or what is to be known once it was moved
	warned []string // what is to be known before it is moved
	took   string
}

// fate is what became of a marked secret.
type fate uint8

const (
	unchecked fate = iota
	movable
	stays   // it is left out
	itsTurn // it is being moved
	settled // it is in its new mesh
	halted  // it stopped the rest
)

// openBatch asks to which mesh the marked secrets are to be moved. One alone is
// an ordinary reassign.
func openBatch(s *session, have stock, rows []model.Row) Screen {
	if len(rows) == 1 {
		return openReassign(s, have, rows[0])
	}
	b := batch{to: s, stock: have}
	for _, row := range rows {
		b.items = append(b.items, item{row: row})
	}
	b.mixed = !b.allIn(rows[0].Secret.Ref.Mesh)
	for _, m := range have.inventory.Meshes {
		if !m.Mesh.Missing && !m.Unread && !b.allIn(m.Mesh.Name) {
			b.meshes = append(b.meshes, m)
		}
	}
	return b
}

// allIn tells that all of them are in a mesh already.
func (b batch) allIn(mesh string) bool {
	return !slices.ContainsFunc(b.items, func(i item) bool { return i.row.Secret.Ref.Mesh != mesh })
}

// from is where they are now.
func (b batch) from() string {
	if b.mixed {
		return "several meshes"
	}
	return model.Visible(b.items[0].row.Secret.Ref.MeshWord())
}

// into is the mesh that they are moved to.
func (b batch) into() string { return model.Visible(b.pattern().target().Mesh) }

// pattern is the reassign of one of them, for what holds for each.
func (b batch) pattern() reassign {
	r := reassign{to: b.to, stock: b.stock, row: b.items[0].row, meshes: b.meshes, mesh: b.mesh, window: b.window}
	if b.mixed {
		r.row.Secret.Ref.Mesh = "its mesh"
	}
	r.checks.Progress.Plan.Zones = b.zones
	return r
}

// count is how many of them met a fate.
func (b batch) count(of fate) int {
	n := 0
	for _, i := range b.items {
		if i.fate == of {
			n++
		}
	}
	return n
}

// next is the first of a fate, -1 when there is none.
func (b batch) next(of fate) int {
	return slices.IndexFunc(b.items, func(i item) bool { return i.fate == of })
}

// note changes what became of one of them.
func (b batch) note(at int, change func(*item)) batch {
	b.items = slices.Clone(b.items)
	change(&b.items[at])
	return b
}

func (b batch) session() *session { return b.to }

func (b batch) typing() bool { return b.leg == confirmingAll || b.leg == handedOver && b.one.typing() }

// Deeds are those of where it stands.
func (b batch) Deeds(f Frame) []Deed {
	switch b.leg {
	case choosingTarget:
		if len(b.meshes) == 0 {
			return backDeeds("")
		}
		return append(append(moves(), Deed{ID: keymap.Accept, Word: "choose"}), backDeeds("")...)
	case checkingAll:
		return backDeeds("stop")
	case foundAll:
		var deeds []Deed
		if n := b.count(movable); n > 0 {
			deeds = []Deed{{ID: keymap.Accept, Word: "go on with " + model.CountWord(n)}}
		}
		return append(append(append(deeds, b.scrolls(f, b.foundLines(f.Width))...), Deed{ID: keymap.Reload, Word: "check again"}), backDeeds("")...)
	case confirmingAll:
		return b.ask.deeds(f)
	case movingAll, handedOver:
		return b.one.Deeds(f)
	case overAll:
		return append(b.scrolls(f, b.overLines(f.Width)), backDeeds("")...)
	}
	return nil
}

// scrolls are the deeds of a text that scrolls, once it is longer than the
// window.
func (b batch) scrolls(f Frame, lines []Line) []Deed {
	deeds := moves()
	deeds[0] = Deed{ID: keymap.Down, Word: "scroll", Quiet: len(lines) <= b.room(f)}
	return deeds
}

// Do does one of them.
func (b batch) Do(f Frame, p Press) (Screen, Result) {
	switch b.leg {
	case choosingTarget:
		return b.choose(f, p)
	case checkingAll:
		return b.stopChecks()
	case foundAll:
		return b.found(f, p)
	case confirmingAll:
		return b.confirm(f, p)
	case movingAll, handedOver:
		screen, result := b.one.Do(f, p)
		return b.after(f, screen, result)
	case overAll:
		if !isMove(p.ID) {
			return b, Result{Close: true}
		}
		b.top = scrolled(p.ID, b.top, b.room(f), len(b.overLines(f.Width)))
	}
	return b, Result{}
}

func (b batch) choose(f Frame, p Press) (Screen, Result) {
	if isMove(p.ID) {
		room := b.pattern().listRoom(f)
		b.mesh = moved(p.ID, b.mesh, room, len(b.meshes))
		b.window = b.window.follow(b.mesh, room, len(b.meshes))
		return b, Result{}
	}
	if p.ID == keymap.Accept {
		return b.checkAll(f)
	}
	return b, Result{Close: true}
}

func (b batch) found(f Frame, p Press) (Screen, Result) {
	switch {
	case isMove(p.ID):
		b.top = scrolled(p.ID, b.top, b.room(f), len(b.foundLines(f.Width)))
	case p.ID == keymap.Accept:
		b.leg, b.ask = confirmingAll, b.consent()
	case p.ID == keymap.Reload:
		return b.checkAll(f)
	default:
		b.leg = choosingTarget
	}
	return b, Result{}
}

// consent asks for how many are moved, and to which mesh.
func (b batch) consent() consent {
	ask := consent{
		kind: model.TypeName, verb: model.Reassign, line: newField("", phraseLimit),
		phrase: strconv.Itoa(b.count(movable)) + " " + b.into(),
	}
	if b.to.gate.Protected() {
		ask.protected = model.Visible(b.to.entry.Name)
		ask.phrase = ask.protected + " " + ask.phrase
	}
	return ask
}

func (b batch) confirm(f Frame, p Press) (Screen, Result) {
	ask, out, said := b.ask.do(p)
	switch out {
	case declined:
		b.leg = foundAll
		return b, Result{}
	case agreed:
		b.top = 0
		return b.turn(f)
	case undecided:
	}
	b.ask = ask
	return b, Result{Say: said}
}

// Update takes what is typed and the answers.
func (b batch) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[checked]:
		if b.leg == checkingAll && msg.to == b.running {
			return b.tookCheck(f, msg)
		}
		return b, Result{}
	case quitting:
		b.last = true
	case stay:
		b.last = false
	case tea.KeyPressMsg, tea.PasteMsg:
		if b.leg == confirmingAll {
			b.ask = b.ask.update(msg)
			return b, Result{}
		}
	}
	if b.leg < movingAll {
		return b, Result{}
	}
	screen, result := b.one.Update(f, msg)
	return b.after(f, screen, result)
}
