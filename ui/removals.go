package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// removals deletes marked secrets, one after the other, after one confirmation
// that names all: it checks each, shows what each deletion does, asks once, and
// deletes each through the gate on the condition that it is still what was
// checked. The first that stops, stops the rest. It holds no value: each is read
// in its turn, and handed on to be undone.
type removals struct {
	to    *session
	stock stock
	items []removing // in the order of the list; replaced, never edited
	mixed bool       // they come from several meshes
	stage removalsStage

	running *request // the check, or the deletion, of one
	at      int      // that one
	top     int      // the first line in sight
	ask     consent
	halt    bool // no further one is begun
	dropped bool // the console locked: none can be brought back, and no further one is begun
	laid    *wrapped
}

// removalsStage is where several deletions stand on their screen.
type removalsStage uint8

const (
	checkingEach removalsStage = iota
	askingOnce
	deletingEach
	deletedAll
)

// removing is one of the marked secrets and what became of it. Of the fates it
// meets those of a reassign, but that it may be deleted instead of moved.
type removing struct {
	row    model.Row
	change model.Change // as it was checked, without values
	trial  backend.Rehearsal
	toll   toll // of the change and its trial
	fate   fate
	back   bool   // it was deleted, and brought back since
	unsure bool   // whether it is deleted is not known
	why    string // why it stays, or stopped the rest
}

// openRemovals checks the marked secrets. One alone is an ordinary deletion.
func openRemovals(s *session, f Frame, have stock, rows []model.Row) (Screen, tea.Cmd) {
	if len(rows) == 1 {
		return openDelete(s, f, have, rows[0])
	}
	r := removals{to: s, stock: have, laid: &wrapped{}}
	for _, row := range rows {
		r.items = append(r.items, removing{row: row})
		r.mixed = r.mixed || row.Secret.Ref.Mesh != rows[0].Secret.Ref.Mesh
	}
	return r.check(f)
}

// count is how many of them met a fate.
func (r removals) count(of fate) int {
	n := 0
	for _, i := range r.items {
		if i.fate == of {
			n++
		}
	}
	return n
}

// kept is how many of them can be brought back, or could have to be.
func (r removals) kept() int {
	n := 0
	for _, i := range r.items {
		if i.fate == settled || i.unsure {
			n++
		}
	}
	return n
}

// next is the first of a fate, -1 when there is none.
func (r removals) next(of fate) int {
	return slices.IndexFunc(r.items, func(i removing) bool { return i.fate == of })
}

// note changes what became of one of them.
func (r removals) note(at int, change func(*removing)) removals {
	r.items = slices.Clone(r.items)
	change(&r.items[at])
	return r
}

// title is the name of one of them, and its mesh when they come from several.
func (r removals) title(i removing) string {
	ref := i.row.Secret.Ref
	if r.mixed {
		return model.Visible(ref.MeshWord()) + "/" + model.Visible(ref.Name)
	}
	return model.Visible(ref.Name)
}

// from is where they are.
func (r removals) from() string {
	if r.mixed {
		return "several meshes"
	}
	return model.Visible(r.items[0].row.Secret.Ref.MeshWord())
}

func (r removals) session() *session { return r.to }

func (r removals) asks() bool { return r.stage == askingOnce && r.count(movable) > 0 }

func (r removals) typing() bool { return r.asks() }

func (r removals) busy() (string, bool) {
	if r.stage != deletingEach || r.running == nil {
		return "", false
	}
	return "deleting " + r.title(r.items[r.at]), true
}

func (r removals) close() {
	if r.stage == checkingEach {
		r.running.stop()
	}
}

// Deeds are those of where it stands.
func (r removals) Deeds(f Frame) []Deed {
	switch {
	case r.stage == checkingEach:
		return backDeeds("stop")
	case r.asks() && r.unread(f) > 0:
		return append(readingOn("keep them"), r.scrolls(f)...)
	case r.asks():
		return append(r.ask.deeds(f), r.scrolls(f)...)
	case r.stage == askingOnce:
		return append(append(r.scrolls(f), Deed{ID: keymap.Reload, Word: "check again"}), backDeeds("")...)
	case r.stage == deletingEach && r.halt:
		return []Deed{{ID: keymap.Leave, Not: "It stops after this one.", Quiet: true}}
	case r.stage == deletingEach:
		return []Deed{{ID: keymap.Leave, Word: "stop after this one", Pin: true}}
	}
	return append(append(r.scrolls(f), Deed{ID: keymap.Undo, Word: "undo the last", Quiet: r.dropped || r.kept() == 0}), backDeeds("")...)
}

// scrolls are the deeds of a text that scrolls, once it is longer than the
// window.
func (r removals) scrolls(f Frame) []Deed {
	deeds, hint := moves(), keymap.Down
	if r.typing() {
		hint = keymap.PageDown // the key of the other is text here
	}
	for i := range deeds {
		if deeds[i].ID == hint {
			deeds[i] = Deed{ID: hint, Word: "scroll", Quiet: len(r.text(f)) <= r.room(f)}
		}
	}
	return deeds
}

// consent asks for how many are deleted, in so many words.
func (r removals) consent() consent {
	ask := consent{
		kind: model.TypeName, verb: model.Delete, many: true, line: newField("", phraseLimit),
		phrase: "delete " + model.CountWord(r.count(movable)),
	}
	if r.to.gate.Protected() {
		ask.protected = model.Visible(r.to.entry.Name)
		ask.phrase = ask.protected + " " + ask.phrase
	}
	return ask
}

// Do does one of the deeds.
func (r removals) Do(f Frame, p Press) (Screen, Result) {
	switch {
	case isMove(p.ID):
		return r.scroll(f, p.ID), Result{}
	case r.asks() && p.ID == keymap.Accept && r.unread(f) > 0:
		return r.scroll(f, keymap.PageDown), Result{}
	case r.asks():
		return r.confirm(f, p)
	case p.ID == keymap.Reload:
		return r.checkAnew(f)
	case r.stage == deletingEach:
		r.halt = true
		return r, Result{}
	}
	return r, Result{Close: true}
}

// scroll moves through the text. What was in sight once counts as read.
func (r removals) scroll(f Frame, id keymap.ID) removals {
	lines, room := len(r.text(f)), r.room(f)
	r.top = scrolled(id, min(r.top, max(lines-room, 0)), room, lines)
	r.ask.past = max(r.ask.past, r.top+room)
	return r
}

// unread is how many lines were not in sight yet: all that is named is read
// before it is agreed to.
func (r removals) unread(f Frame) int {
	lines, room := len(r.text(f)), r.room(f)
	if lines == room+1 {
		return 0 // see View
	}
	return max(lines-max(r.ask.past, min(r.top, max(lines-room, 0))+room), 0)
}

func (r removals) confirm(f Frame, p Press) (Screen, Result) {
	ask, out, said := r.ask.do(p)
	switch out {
	case declined:
		return r, Result{Close: true}
	case agreed:
		r.top = 0
		return r.turn(f)
	case undecided:
	}
	r.ask = ask
	return r, Result{Say: said}
}

// Update takes what is typed and the answers.
func (r removals) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[removalCheck]:
		if r.stage == checkingEach && msg.to == r.running {
			return r.tookCheck(f, msg)
		}
	case answer[removed]:
		if r.stage == deletingEach && msg.to == r.running {
			return r.tookRemoval(f, msg)
		}
	case restocked:
		return r.restock(msg)
	case changed:
		return r.noted(msg), Result{}
	case quitting:
		r.halt = true
	case stay:
		r.halt = false
	case locking:
		r.dropped = r.stage >= deletingEach
	case tea.KeyPressMsg, tea.PasteMsg:
		if r.asks() {
			r.ask = r.ask.update(msg)
		}
	}
	return r, Result{}
}

// noted takes what was brought back.
func (r removals) noted(msg changed) removals {
	for _, e := range msg.events {
		at := slices.IndexFunc(r.items, func(i removing) bool { return i.row.Secret.Ref == e.Secret.Ref })
		if msg.to == r.to && msg.undid != nil && at >= 0 {
			r = r.note(at, func(i *removing) { i.back = !e.Gone })
		}
	}
	return r
}

// restock takes what is known anew of who refers to them. What was typed for
// another answer does not count.
func (r removals) restock(msg restocked) (Screen, Result) {
	if msg.to != r.to || r.stage != askingOnce {
		return r, Result{}
	}
	r.stock = msg.stock
	items := slices.Clone(r.items)
	same := true
	for at, i := range items {
		if i.fate != movable {
			continue
		}
		_, i.row = refreshed(msg.stock, i.row)
		now := r.changeOf(i.row)
		now.Before = i.change.Before
		same = same && sameGround(i.change, now)
		i.change = now
		i.toll = r.tollOf(i)
		if why := r.stays(now); why != "" {
			i.fate, i.why = stays, why
		}
		items[at] = i
	}
	if r.items = items; same {
		return r, Result{}
	}
	r.ask, r.top = r.consent(), 0
	return r, Result{Say: noted("Who uses them changed meanwhile. Nothing was deleted; look at it again, then decide.")}
}
