package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// removal asks before a secret is deleted, and deletes it. The secret is read
// when the dialog opens: it is deleted on the condition that it is still what
// was read then.
type removal struct {
	to      *session
	stock   stock
	row     model.Row
	change  model.Change
	ask     consent
	toll    toll // of the change and its trial: weighed tells it anew
	laid    *wrapped
	reading *request
	trying  *request // the deletion is tried out on the server
	trial   backend.Rehearsal
	writing *request
	failed  bool   // it could not be read
	refused string // why the control plane did not delete it, in full
	moved   bool   // it is not what the list showed
	lost    *token // of a deletion whose answer was lost; nil when there is none
}

// openDelete opens the dialog and reads the secret, or says why the secret
// cannot be deleted.
func openDelete(s *session, f Frame, have stock, row model.Row) (Screen, tea.Cmd) {
	c := changeOf(model.Delete, have, row)
	if err := c.Refuse(s.gate.Ground()); err != nil {
		return refusal{"Delete " + model.Visible(row.Secret.Ref.Name), err.Error()}, nil
	}
	d := removal{to: s, stock: have, row: row, change: c, ask: consentTo(s, c), laid: &wrapped{}}
	return d.weighed().read(f)
}

// changeOf is a change of a row with all that is known of who refers to it.
func changeOf(verb model.Verb, have stock, row model.Row) model.Change {
	return model.Change{
		Verb: verb, Before: model.Snapshot{Secret: row.Secret}, Users: row.Users,
		Read: have.read, Unread: have.unread, System: row.System, Orphaned: row.Orphaned,
	}
}

// asFound is a row once its secret was read: that the control plane made it may
// be told by the value alone.
func asFound(row model.Row, now model.Secret) model.Row {
	if _, system := model.ClassifySystem(now); system {
		row.Secret.Facts, row.System = now.Facts, true
	}
	return row
}

func (d removal) read(f Frame) (removal, tea.Cmd) {
	var run tea.Cmd
	d.failed = false
	d.reading, run = readSecret(d.to, f, d.row.Secret.Ref)
	return d, run
}

func (d removal) name() string { return model.Visible(d.row.Secret.Ref.Name) }

func (d removal) typing() bool { return d.ask.typed() && d.writing == nil && !d.failed }

func (d removal) busy() (string, bool) { return "deleting " + d.name(), d.writing != nil }

func (d removal) holds() bool { return true }

func (d removal) close() {
	d.reading.stop()
	d.trying.stop()
	d.change.Before.Wipe()
}

// Deeds are those of the consent; none while it is deleted.
func (d removal) Deeds(f Frame) []Deed {
	switch {
	case d.writing != nil:
		return []Deed{{ID: keymap.Leave, Not: d.name() + " is being deleted; that is not stopped half way.", Quiet: true}}
	case d.failed:
		return []Deed{{ID: keymap.Reload, Word: "read it again"}, {ID: keymap.Back, Word: "keep it", Pin: true}, {ID: keymap.Help, Pin: true}}
	}
	if d.box(f).unread > 0 {
		return readingOn("keep it")
	}
	return d.ask.deeds(f)
}

// Do deletes once the consent is given.
func (d removal) Do(f Frame, p Press) (Screen, Result) {
	if p.ID == keymap.Reload {
		d, run := d.read(f)
		return d, Result{Run: run}
	}
	if n := d.box(f).unread; n > 0 && p.ID == keymap.Accept {
		d.ask.past += n
		return d, Result{}
	}
	ask, out, said := d.ask.do(p)
	switch {
	case out == declined:
		return d, Result{Close: true}
	case out == agreed && d.reading != nil:
		return d, Result{Say: Message{Text: d.name() + " is still being read; nothing was deleted yet. " + f.Keys.Get(keymap.Accept).Label() + " again when it is there."}}
	case out == agreed:
		d, run := d.delete(f)
		return d, Result{Run: run}
	}
	d.ask = ask
	return d, Result{Say: said}
}

// gone is the answer to a deletion.
type gone struct{}

func (d removal) delete(f Frame) (removal, tea.Cmd) {
	gate, c := d.to.gate, d.change.Clone()
	var run tea.Cmd
	d.writing, run = commit(d.to, f, writeLimit, func(ctx context.Context) (gone, error) {
		defer c.Wipe()
		_, err := gate.Apply(ctx, c)
		return gone{}, err
	})
	return d, run
}

// Update takes what is typed and the answers.
func (d removal) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[held]:
		if msg.to == d.reading {
			return d.took(f, msg)
		}
	case answer[backend.Rehearsal]:
		if msg.to == d.trying {
			// What could not be tried is not told: the deletion itself will tell.
			d.trying, d.trial = nil, msg.value
			d = d.weighed()
		}
	case answer[gone]:
		if msg.to == d.writing {
			d.writing, d.refused = nil, d.refusal(f, msg.err)
			if lostAnswer(msg.err) {
				return d.wonder(f)
			}
			return d, d.ended(f, msg.err)
		}
	case restocked:
		return d.restock(f, msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		if d.box(f).unread == 0 {
			d.ask = d.ask.update(msg)
		}
	}
	return d, Result{}
}

// try asks the server what it would say to the deletion, where that is
// possible.
func (d removal) try(f Frame) (removal, tea.Cmd) {
	if !d.to.traits.Rehearses {
		return d, nil
	}
	gate, c := d.to.gate, d.change.Clone()
	var run tea.Cmd
	d.trying, run = ask(d.to, f, readLimit, func(ctx context.Context) (backend.Rehearsal, error) {
		defer c.Wipe()
		return gate.Rehearse(ctx, c)
	})
	return d, run
}

func (d removal) took(f Frame, msg answer[held]) (Screen, Result) {
	d.reading = nil
	if msg.err != nil {
		if errors.Is(msg.err, backend.ErrNotFound) {
			return d, d.ended(f, msg.err)
		}
		d.failed = true
		return d, Result{Say: explain(msg.err, d.to)}
	}
	before, now := d.change.Before.Secret.Facts.Fingerprint, msg.value.Secret.Facts.Fingerprint
	d.moved = before != "" && now != "" && before != now
	d.change.Before = msg.value.Snapshot
	if d.row = asFound(d.row, msg.value.Secret); d.row.System != d.change.System {
		d.change.System = d.row.System
		d.ask = consentTo(d.to, d.change)
	}
	d, run := d.weighed().try(f)
	return d, Result{Run: run}
}

// ended says what became of the deletion. The dialog stays where the same can
// be tried again.
func (d removal) ended(f Frame, err error) Result {
	ref := d.row.Secret.Ref
	where := model.Visible(ref.MeshWord())
	switch {
	case err == nil:
		return Result{Close: true, Tell: d.made(f), Say: undoable(f, done(d.name()+" deleted from "+where+"."))}
	case notArrived(err):
		return Result{Say: refused("The deletion of " + d.name() + " " + didNot(err) + "; nothing changed. " + f.Keys.Get(keymap.Accept).Label() + " tries again.")}
	case errors.Is(err, backend.ErrNotFound) && d.lost != nil:
		return Result{Close: true, Tell: d.made(f), Say: undoable(f, done(d.name()+" is gone from "+where+": its deletion had arrived."))}
	case errors.Is(err, backend.ErrNotFound):
		return Result{Close: true, Tell: d.told(), Say: refused(d.name() + " is no longer in " + where + ": somebody deleted or reassigned it. Nothing is left to delete.")}
	case errors.Is(err, backend.ErrConflict):
		return Result{Close: true, Say: refused("Not deleted: somebody changed " + d.name() + " after you looked at it. Look at it again, then decide.")}
	case errors.Is(err, backend.ErrInUse):
		return Result{Close: true, Say: refused("Not deleted: " + d.user() + " uses " + d.name() + ". Take the reference out of the mesh first.")}
	case d.refused != "" && !fits(d.refused, f.Width):
		return Result{Say: refused("Not deleted: the dialog tells why in full. " + f.Keys.Get(keymap.Accept).Label() + " tries again.")}
	case d.refused != "":
		return Result{Say: refused(d.refused)}
	}
	return Result{Say: retried(explain(err, d.to), f.Keys.Get(keymap.Accept).Label())}
}

// refusal is what the control plane says against a deletion, "" for other
// errors. It stands in the dialog, as the status line may be too short for it.
func (d removal) refusal(f Frame, err error) string {
	var e *backend.Error
	switch {
	case !errors.As(err, &e):
		return ""
	case e.Is(backend.ErrForbidden):
		return "Not deleted. " + retried(explain(err, d.to), f.Keys.Get(keymap.Accept).Label()).Text
	case e.Is(backend.ErrInvalid):
		return "Not deleted: " + strings.TrimSuffix(or(e.Reason, model.Visible(d.to.entry.Name)+" did not accept it"), ".") + "."
	}
	return ""
}

// told is what the other screens are told: the secret is gone.
func (d removal) told() changed {
	return changed{to: d.to, events: []backend.Event{{Secret: model.Secret{Ref: d.row.Secret.Ref}, Gone: true}}}
}

// made is told with what is needed to undo it.
func (d removal) made(f Frame) changed {
	told := d.told()
	told.made = madeNow(f, d.change, model.Secret{})
	told.made.id = cmp.Or(d.lost, told.made.id)
	return told
}

// wonder keeps what was read of a deletion whose answer was lost: it may be the
// only copy by now.
func (d removal) wonder(f Frame) (Screen, Result) {
	told := changed{to: d.to, made: unsure(f, d.change)}
	told.made.id = cmp.Or(d.lost, told.made.id)
	d.lost = told.made.id
	return d, Result{Tell: told, Say: undoable(f, noted("The connection broke while "+d.name()+" was deleted, and whether it is gone is not known. "+f.Keys.Get(keymap.Accept).Label()+" tries again."))}
}

func (d removal) user() string {
	for _, u := range d.change.Users {
		if u.OfBackend() {
			return "mTLS backend " + model.Visible(u.By) + " of " + model.Visible(u.Mesh)
		}
	}
	return "mesh " + model.Visible(d.row.Secret.Ref.Mesh)
}

// notArrived tells whether a write whose answer was lost is known not to have
// been made.
func notArrived(err error) bool {
	var e *backend.Error
	return errors.As(err, &e) && errors.Is(e.Kind, backend.ErrUnavailable) && e.Op == "saving" && errors.Is(e.Err, backend.ErrUnknown)
}

// lostAnswer tells whether it is not known what became of a write.
func lostAnswer(err error) bool {
	return errors.Is(err, backend.ErrUnknown) && !errors.Is(err, backend.ErrConflict) && !notArrived(err)
}

// didNot says why a write is known not to have been made: the control plane
// said so with a status, or it never heard of it.
func didNot(err error) string {
	var e *backend.Error
	if errors.As(err, &e) && e.Status >= 400 {
		return fmt.Sprintf("was answered with status %d", e.Status)
	}
	return "did not arrive"
}

// View is drawn as a box.
func (d removal) View(Frame) View { return View{} }

func (d removal) box(f Frame) Box {
	t := newConfirmText(d.to, f)
	t.laid = d.laid
	t.head(d.change, f)
	if d.moved {
		t.lines = append(t.lines[:len(t.lines)-1], Line{{Plain, " "}, look, {Plain, " it was changed since the list was read"}}, blank())
	}
	t.effects("What will stop working", d.toll.stops)
	t.effects("Who names it", d.toll.names)
	d.verdict(t)
	d.caveats(t)
	if !d.failed && t.height > lowest {
		t.text(undoWords(f, d.change))
	}
	title := "Delete " + d.name()
	if d.writing != nil {
		t.lines = append(t.lines, Line{{Plain, " … deleting it, " + shortSeconds(f.Now.Sub(d.writing.began)) + " of at most 30 s"}}, blank(), blank())
		return Box{Title: title, Wide: confirmWidth, Lines: t.lines}
	}
	if d.failed {
		t.lines = append(t.lines, Line{{Plain, " "}, {Failure, "✗"}, {Plain, " It could not be read, so it cannot be deleted from here now."}}, blank())
		return Box{Title: title, Wide: confirmWidth, Lines: t.lines}
	}
	return t.box(title, d.row.Secret.Ref, d.ask)
}
