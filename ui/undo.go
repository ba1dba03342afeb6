package ui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// undoWanted asks the list of a control plane, which knows what was changed, to
// take the last change back.
type undoWanted struct {
	to *session
	id *token // that one, and no other; nil for the last
}

// notUndone tells it that a change cannot be taken back as it is now, or that
// whether it was taken back is not known.
type notUndone struct {
	to   *session
	id   *token
	lost bool // the answer
}

// remember does what is about the changes that were made here.
func (b browse) remember(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case undoWanted:
		return b.undo(f, msg)
	case notUndone:
		b.past = b.past.refused(msg)
	case locking:
		b.past = b.past.locked()
	}
	return b, Result{}
}

// readAnew reads everything from the beginning, as somebody is there who wants it.
func (b browse) readAnew(f Frame, msg readAnew) (Screen, Result) {
	if b.to == nil || msg.to != b.to {
		return b, Result{}
	}
	b.past.shut = false
	b, run := b.afresh(f)
	return b, Result{Run: run}
}

// undo opens what takes the last change back, or says why there is none.
func (b browse) undo(f Frame, msg undoWanted) (Screen, Result) {
	if b.to == nil || msg.to != b.to {
		return b, Result{}
	}
	b.past = b.past.aged(f.Now)
	last, is := b.past.last()
	if msg.id != nil {
		last, is = b.past.one(msg.id)
	}
	switch {
	case b.muted() != "":
		return b, Result{Say: refused(b.muted() + "; " + f.Keys.Get(keymap.Reload).Label() + " tries now.")}
	case !is:
		return b, Result{Say: Message{Text: firstOf(b.past.why, "Nothing was changed here in the last "+spanWord(madeFor)+" that could be undone.")}}
	case last.change.Verb == model.Reassign:
		next, run := openTakingBack(b.to, f, b.handed(), last.change)
		return b, Result{Open: next, Run: run}
	}
	next, run := openUndo(b.to, f, b.handed(), last, b.past.before(last.id))
	return b, Result{Open: next, Run: run}
}

// openTakingBack is a reassign the other way, at its checks: as every reassign it
// is confirmed by typing.
func openTakingBack(s *session, f Frame, have stock, was model.Change) (Screen, tea.Cmd) {
	have, row := rowOf(have, was.After.Secret)
	r := newReassign(s, have, row)
	r.undoes = &was
	return r.aimed(f, was.Before.Secret.Ref.Mesh)
}

// undoing asks before a change is taken back, and takes it back. The secret is
// read when the dialog opens: what somebody else did with it since stays.
type undoing struct {
	to      *session
	stock   stock
	row     model.Row
	last    bygone
	change  model.Change // that takes it back
	ask     consent
	reading *request
	trying  *request
	trial   backend.Rehearsal
	writing *request
	before  []string // what else can be undone, the newest first
	failed  bool     // it could not be read
	agreed  bool     // it is written once it is read
	refused string   // why the control plane did not take it, in full
}

// openUndo opens the dialog and reads what is there, or says why nothing can be
// changed there.
func openUndo(s *session, f Frame, have stock, last bygone, before []string) (Screen, tea.Cmd) {
	last.change = last.change.Clone()
	u := undoing{to: s, stock: have, last: last, before: before}
	u = u.planned(model.Snapshot{Secret: last.change.After.Secret})
	if err := u.change.Refuse(s.gate.Ground()); err != nil {
		u.close()
		return refusal{u.title(), err.Error()}, nil
	}
	return u.read(f)
}

// planned is what takes the change back from what is there, with all that is
// known of who refers to the secret.
func (u undoing) planned(there model.Snapshot) undoing {
	c := u.last.change.Undone(there)
	row, found := u.stock.inventory.Find(c.Ref())
	if !found {
		row = model.Row{Orphaned: !u.exists(c.Ref().Mesh), Users: u.stock.inventory.Users(c.Ref())}
	}
	row.Secret = there.Secret
	if c.Verb == model.Create {
		row.Secret = c.After.Secret
	}
	u.row = asFound(row, row.Secret)
	known := changeOf(c.Verb, u.stock, u.row)
	c.Users, c.Read, c.Unread = known.Users, known.Read, known.Unread
	c.System, c.Orphaned = c.System || known.System, known.Orphaned
	u.change, u.ask = c, u.consent(c)
	return u
}

// exists tells whether a mesh is not known to be missing.
func (u undoing) exists(mesh string) bool {
	if mesh == "" || !u.stock.looked || u.stock.meshes == nil {
		return true
	}
	for _, m := range u.stock.meshes {
		if m.Name == mesh {
			return true
		}
	}
	return false
}

// consent is that of the change, and never less than a choice.
func (u undoing) consent(c model.Change) consent {
	ask := consentTo(u.to, c)
	ask.undo = true
	if ask.kind == model.Straight {
		ask.kind = model.Choose
	}
	return ask
}

func (u undoing) read(f Frame) (undoing, tea.Cmd) {
	var run tea.Cmd
	u.failed = false
	u.reading, run = readSecret(u.to, f, u.last.change.Left())
	return u, run
}

func (u undoing) name() string { return model.Visible(u.last.change.Ref().Name) }

func (u undoing) typing() bool { return u.ask.typed() && u.writing == nil && !u.failed }

func (u undoing) busy() (string, bool) { return "undoing the change of " + u.name(), u.writing != nil }

func (u undoing) holds() bool { return true }

func (u undoing) close() {
	u.reading.stop()
	u.trying.stop()
	u.change.Wipe()
	u.last.change.Wipe()
}

// Deeds are those of the consent; none while it is written.
func (u undoing) Deeds(f Frame) []Deed {
	switch {
	case u.writing != nil:
		return []Deed{{ID: keymap.Leave, Not: "The change of " + u.name() + " is being undone; that is not stopped half way.", Quiet: true}}
	case u.failed:
		return []Deed{{ID: keymap.Reload, Word: "read it again"}, {ID: keymap.Back, Word: "leave it as it is", Pin: true}, {ID: keymap.Help, Pin: true}}
	}
	return u.ask.deeds(f)
}

// Do undoes it once the consent is given.
func (u undoing) Do(f Frame, p Press) (Screen, Result) {
	if p.ID == keymap.Reload {
		u, run := u.read(f)
		return u, Result{Run: run}
	}
	ask, out, said := u.ask.do(p)
	switch {
	case out == declined:
		return u, Result{Close: true}
	case out == agreed && u.reading != nil:
		return u, Result{Say: Message{Text: u.name() + " is still being read; nothing was undone yet. " + f.Keys.Get(keymap.Accept).Label() + " again when it is there."}}
	case out == agreed && u.last.tried:
		// The one before may have arrived.
		u, run := u.read(f)
		u.agreed = true
		return u, Result{Run: run}
	case out == agreed:
		u, run := u.write(f)
		return u, Result{Run: run}
	}
	u.ask = ask
	return u, Result{Say: said}
}

// write sends the change through the gate, as any other.
func (u undoing) write(f Frame) (undoing, tea.Cmd) {
	gate, c := u.to.gate, u.change.Clone()
	u.refused = ""
	var run tea.Cmd
	u.writing, run = commit(u.to, f, writeLimit, func(ctx context.Context) (written, error) {
		defer c.Wipe()
		secret, err := gate.Apply(ctx, c)
		return written{secret: secret}, err
	})
	return u, run
}

// Update takes what is typed and the answers.
func (u undoing) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[held]:
		if msg.to == u.reading {
			return u.took(f, msg)
		}
	case answer[backend.Rehearsal]:
		if msg.to == u.trying {
			// What could not be tried is not told: the write itself will tell.
			u.trying, u.trial = nil, msg.value
		}
	case answer[written]:
		if msg.to == u.writing {
			u.writing = nil
			return u.ended(f, msg)
		}
	case restocked:
		return u.restock(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		u.ask = u.ask.update(msg)
	}
	return u, Result{}
}

// took compares what is there with what the change left.
func (u undoing) took(f Frame, msg answer[held]) (Screen, Result) {
	again := u.agreed
	u.reading, u.agreed = nil, false
	found := !errors.Is(msg.err, backend.ErrNotFound)
	if found && msg.err != nil {
		u.failed = true
		return u, Result{Say: explain(msg.err, u.to)}
	}
	if there := msg.value.Snapshot; u.last.tried && u.arrived(there, found) {
		msg.value.wipe()
		return u, u.undone(there.Secret)
	}
	if why := u.refusal(msg.value.Snapshot, found); why != "" {
		msg.value.wipe()
		return u, u.cannot(why)
	}
	ask := u.ask
	if u = u.planned(msg.value.Snapshot); ask.kind == u.ask.kind && ask.phrase == u.ask.phrase {
		u.ask = ask
	}
	if err := u.change.Refuse(u.to.gate.Ground()); err != nil {
		return u, u.cannot(err.Error())
	}
	if again && u.ask.kind == ask.kind && u.ask.phrase == ask.phrase {
		u, run := u.write(f)
		return u, Result{Run: run}
	}
	u, run := u.try(f)
	return u, Result{Run: run}
}

// arrived tells whether what is there is what was to be.
func (u undoing) arrived(there model.Snapshot, found bool) bool {
	if u.last.change.Verb == model.Create {
		return !found
	}
	return found && there.Value.Equal(u.last.change.Before.Value)
}

// undone closes the dialog and tells that it is done.
func (u undoing) undone(now model.Secret) Result {
	return Result{Close: true, Tell: u.told(now), Say: done(u.doneWords())}
}

// refusal says why the change cannot be taken back from what is there, "" when it
// can.
func (u undoing) refusal(there model.Snapshot, found bool) string {
	was := u.last.change
	if found && u.last.unsure && there.Value.Equal(was.Before.Value) {
		return u.name() + " is still in " + model.Visible(was.Ref().MeshWord()) + ", with the value that it had: its deletion did not arrive."
	}
	return sentence(was.RefuseUndo(there, found))
}

// cannot closes the dialog and says why; the change before it is the next one.
func (u undoing) cannot(why string) Result {
	return Result{Close: true, Tell: notUndone{to: u.to, id: u.last.id}, Say: refused("Not undone: " + why)}
}

// try asks the server what it would say, where that is possible.
func (u undoing) try(f Frame) (undoing, tea.Cmd) {
	if !u.to.traits.Rehearses {
		return u, nil
	}
	gate, c := u.to.gate, u.change.Clone()
	var run tea.Cmd
	u.trying, run = ask(u.to, f, readLimit, func(ctx context.Context) (backend.Rehearsal, error) {
		defer c.Wipe()
		return gate.Rehearse(ctx, c)
	})
	return u, run
}

// restock takes what is known anew. What was typed for another answer does not
// count.
func (u undoing) restock(msg restocked) (Screen, Result) {
	if msg.to != u.to || u.writing != nil {
		return u, Result{}
	}
	was, ask := u.change, u.ask
	u.stock = msg.stock
	u = u.planned(was.Before)
	if sameGround(was, u.change) {
		u.ask = ask
		return u, Result{}
	}
	return u, Result{Say: noted("Who uses " + u.name() + " changed meanwhile. Nothing was undone; look at it again, then decide.")}
}

// ended says what became of it. The dialog stays where the same can be tried
// again.
func (u undoing) ended(f Frame, msg answer[written]) (Screen, Result) {
	err, where := msg.err, model.Visible(u.last.change.Ref().MeshWord())
	switch {
	case err == nil:
		return u, u.undone(msg.value.secret)
	case notArrived(err):
		return u, Result{Say: refused("The change of " + u.name() + " " + didNot(err) + "; nothing was undone. " + f.Keys.Get(keymap.Accept).Label() + " tries again.")}
	case errors.Is(err, backend.ErrExists):
		why, next := namesake(err)
		if why == "" {
			why, next = u.name()+" exists again in "+where, "Nothing was changed"
		}
		return u, u.cannot(why + ". " + strings.TrimSuffix(next, ".") + ".")
	case errors.Is(err, backend.ErrConflict):
		return u, u.cannot("somebody changed " + u.name() + " in the same moment. Look at it again, then decide.")
	case errors.Is(err, backend.ErrUnknown):
		u.last.tried = true
		return u, Result{Tell: notUndone{u.to, u.last.id, true}, Say: noted("The connection broke while " + u.name() + " was changed, and whether that arrived is not known. " + f.Keys.Get(keymap.Accept).Label() + " tries again.")}
	}
	said := retried(explain(err, u.to), f.Keys.Get(keymap.Accept).Label())
	if u.refused = ""; !fits("Not undone. "+said.Text, f.Width) {
		u.refused = "Not undone. " + said.Text
		return u, Result{Say: refused("Not undone: the dialog tells why in full. " + f.Keys.Get(keymap.Accept).Label() + " tries again.")}
	}
	return u, Result{Say: refused("Not undone. " + said.Text)}
}

// told is what the other screens are told.
func (u undoing) told(now model.Secret) changed {
	event := backend.Event{Secret: now}
	if u.change.Verb == model.Delete {
		event = backend.Event{Secret: model.Secret{Ref: u.change.Ref()}, Gone: true}
	} else if !now.Facts.Learnt() {
		event.Secret.Facts = u.change.After.Secret.Facts
	}
	return changed{to: u.to, events: []backend.Event{event}, undid: u.last.id}
}
