package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// save begins to save: it says what must be mended, asks for consent where
// that is needed, and writes.
func (f form) save(fr Frame) (Screen, Result) {
	if f.awaitsFile() {
		return f.load(fr)
	}
	if f.awaitsMaking() {
		return f.made(fr)
	}
	f = f.checked(fr.Now)
	if len(f.stops) > 0 {
		return f, Result{Say: Message{Text: model.CountWord(len(f.stops)) + " to mend before saving: " + strings.Join(f.stops, ", ") + "."}}
	}
	v, fault := f.stored()
	if fault != nil {
		return f, Result{Say: refused(fault.Sentence())}
	}
	if f.edit && v.Equal(f.before.Value) {
		v.Wipe()
		return f, Result{Say: Message{Text: "Nothing is different, so nothing was saved."}}
	}
	f, learn := f.learnHalves(fr)
	if wait := f.halvesWait(fr); wait != "" {
		v.Wipe()
		return f, Result{Run: learn, Say: Message{Text: wait}}
	}
	f.change.Wipe()
	f.change = f.changeTo(v)
	if err := f.change.Refuse(f.to.gate.Ground()); err != nil {
		return f, Result{Say: refused(err.Error())}
	}
	if consentTo(f.to, f.change).kind == model.Straight && f.halvesUnknown() == "" && !f.asks() {
		return f.write(fr)
	}
	next, run := openApproval(f, fr)
	return f, Result{Open: next, Run: run}
}

// awaitsFile tells that the value is to come from a file that was not read yet:
// what was typed before is not what the screen says.
func (f form) awaitsFile() bool {
	return f.from == byFile && (f.path.text() == "" || f.path.text() != f.taken)
}

// changeTo is the change that saves a value; it takes the value over.
func (f form) changeTo(v model.Value) model.Change {
	verb := model.Create
	if f.edit {
		verb = model.Edit
	}
	c := changeOf(verb, f.stock, f.row)
	after := model.Snapshot{Secret: model.Secret{Ref: f.ref()}, Value: v}
	if f.edit {
		c.Before = f.before.Clone()
		after.Secret = f.before.Secret
	} else {
		c.Before, c.Users = model.Snapshot{}, f.target().Users
		c.System, c.Orphaned = false, false
	}
	after.Secret.Facts = learnt(f.to, v)
	c.After, c.Harms = after, f.harms()
	return c
}

// effects are what saving will change, in sentences, from the checks.
func (f form) effects() []string {
	var out []string
	for _, c := range f.checks {
		if c.warns {
			out = append(out, sentenceOf(model.WithoutKeys(c.text)))
		}
	}
	if unknown := f.halvesUnknown(); unknown != "" {
		out = append(out, unknown)
	}
	if len(out) > 0 || f.edit && f.row.System {
		return out
	}
	for _, u := range f.change.Users {
		if u.Enabled {
			return []string{sentenceOf(usersWords(f.change.Users) + " gets the new value as soon as it is saved")}
		}
	}
	return nil
}

// breaks says what no longer holds once a system secret has another value.
func (f form) breaks() []string {
	info, is := f.stock.inventory.System(f.row)
	if !f.edit || !is || info.Changed == "" {
		return nil
	}
	return []string{info.Changed}
}

// sentenceOf makes a sentence of a check: a capital letter and an end.
func sentenceOf(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// written is the answer to a write.
type written struct {
	secret  model.Secret
	looked  bool // it was read just before: what an answer that was lost left is known
	earlier bool // what was sent before, with another value, is there
}

// write sends the change. It has values of its own, so that the form may be
// closed while it is under way.
func (f form) write(fr Frame) (Screen, Result) {
	gate, c := f.to.gate, f.change.Clone()
	f.conflict, f.refused = false, ""
	do := func(ctx context.Context) (written, error) {
		defer c.Wipe()
		secret, err := gate.Apply(ctx, c)
		return written{secret: secret}, err
	}
	if f.wonders() {
		do = f.resave(c)
	}
	var run tea.Cmd
	f.saving, run = commit(f.to, fr, writeLimit, do)
	return f, Result{Run: run}
}

// saved takes the answer to a write. When it was refused, everything that was
// typed stays.
func (f form) saved(fr Frame, msg answer[written]) (Screen, Result) {
	f.saving = nil
	if msg.value.earlier {
		return f.behind(fr, msg.value.secret)
	}
	f = f.learns(msg)
	if msg.err != nil {
		f = f.checked(fr.Now)
		if _, keeps := f.keeps(); fr.Locked && !keeps {
			return f, Result{Say: f.droppedUnsaved(msg.err)}
		}
		return f.unsaved(fr, msg.err)
	}
	secret := msg.value.secret
	if !secret.Facts.Learnt() {
		secret.Facts = f.change.After.Secret.Facts
	}
	ref := f.change.Ref()
	where := model.Visible(ref.MeshWord())
	told := changed{to: f.to, events: []backend.Event{{Secret: secret}}, made: madeNow(fr, f.change, secret)}
	if f.hasSpare() {
		return f, Result{
			Close: true, Open: f.otherHalf(fr, told.made.id), Tell: told,
			Say: done(model.Visible(ref.Name) + " saved in " + where + ". " + fr.saveKey() + " adds its " + f.halfWord(f.spare) + ", which is only here."),
		}
	}
	return f, Result{Close: true, Tell: told, Say: undoable(fr, f.savedWords(secret, where))}
}

// savedWords says what was saved, and what went with it.
func (f form) savedWords(now model.Secret, where string) Message {
	name := model.Visible(f.change.Ref().Name)
	if f.edit && f.before.Secret.Object.Applied && !now.Object.Applied {
		return done(name + " saved. The annotation that held the old value in the clear is gone; replace that value where it was used.")
	}
	return done(name + " saved in " + where + ", read back, equal.")
}

// droppedUnsaved says what came of a save while nobody was there: the lock lets go
// of what was typed.
func (f form) droppedUnsaved(err error) Message {
	name := model.Visible(f.change.Ref().Name)
	const gone = " What you typed was dropped, as the console is locked."
	if lostAnswer(err) {
		return noted("Whether " + name + " was saved is not known: the connection broke." + gone)
	}
	return refused(name + " was not saved: " + f.reason(err) + "." + gone)
}

func (f form) unsaved(fr Frame, err error) (Screen, Result) {
	ref := f.change.Ref()
	name, where := model.Visible(ref.Name), model.Visible(ref.MeshWord())
	switch {
	case notArrived(err):
		return f, Result{Say: refused("The change of " + name + " " + didNot(err) + "; nothing changed. " + fr.saveKey() + " tries again.")}
	case errors.Is(err, backend.ErrExists):
		var next string
		f.exists = ref
		if f.why, next = namesake(err); f.why != "" {
			return f.checked(fr.Now), Result{Say: refused(f.why + ". " + next + " Your text is kept.")}
		}
		return f.checked(fr.Now), Result{Say: refused(name + " exists in " + where + " already. Edit that one, or choose another name. Your text is kept.")}
	case errors.Is(err, backend.ErrConflict):
		f.conflict = f.edit
		if f.edit {
			return f, Result{Say: noted("Not saved: somebody changed " + name + " meanwhile. Your text is kept; enter compares the two.")}
		}
		return f, Result{Say: noted("Somebody added " + name + " in " + where + " at the same moment, with another value. Your text is kept; choose another name.")}
	case errors.Is(err, backend.ErrNotFound) && f.edit:
		return f, Result{Say: refused(name + " is no longer in " + where + ": somebody deleted or reassigned it. Not saved; your text is kept here. To have it again, add it anew.")}
	case errors.Is(err, backend.ErrUnauthorized):
		return f, Result{Say: refused("Not saved: your login ended. Log in again, then " + fr.saveKey() + "; your text is kept.")}
	case errors.Is(err, backend.ErrUnknown):
		return f, Result{Say: noted("The connection broke while " + name + " was saved, and whether it arrived is not known. Your text is kept; " + fr.saveKey() + " tries again.")}
	case errors.Is(err, backend.ErrInvalid):
		plane := model.Visible(f.to.entry.Name)
		return f.declined(fr, plane+" did not save it: "+f.reason(err),
			plane+" did not save "+name+": "+f.reason(err)+". Nothing changed; your text is kept. Mend it, then "+fr.saveKey()+".")
	}
	what, next := words(err, f.to)
	said := retried(refused(strings.TrimSpace(what+" "+next)), fr.saveKey()).Text
	return f.declined(fr, said, "Not saved, your text is kept. "+said)
}

// declined keeps what the control plane said of a save among the checks, until
// something is changed: an admission may need more words than the status line
// has room for.
func (f form) declined(fr Frame, why, said string) (Screen, Result) {
	next := f
	next.refused = strings.TrimSuffix(why, ".")
	if !fits(said, fr.Width) {
		said = "Not saved; the checks say why. Your text is kept: mend it, then " + fr.saveKey() + "."
	}
	return next.checked(fr.Now), Result{Say: refused(said)}
}

// namesake is what a backend says of another secret that has the name already,
// and what can be done; "" when it is that of the same mesh.
func namesake(err error) (why, next string) {
	var e *backend.Error
	if !errors.As(err, &e) {
		return "", ""
	}
	return strings.TrimSuffix(e.Reason, "."), or(e.Hint, "Choose another name.")
}

// reason is the control plane's own words, without what was sent to it.
func (f form) reason(err error) string {
	var e *backend.Error
	text := err.Error()
	if errors.As(err, &e) && e.Reason != "" {
		text = e.Reason
	}
	return strings.TrimSuffix(model.Redact(text, f.change.After.Value, f.change.Before.Value), ".")
}

// decided tells a form what to do after a conflict; theirs is the form's from
// then on.
type decided struct {
	form   *token
	what   resolution
	theirs model.Snapshot
}

// decide goes on after a conflict.
func (f form) decide(fr Frame, msg decided) (Screen, Result) {
	if msg.what == leaveTheirs {
		msg.theirs.Wipe()
		return f, Result{Close: true}
	}
	f = f.based(msg.theirs, fr.Now)
	switch msg.what {
	case editTheirs:
		f = f.restored()
	case saveMine:
		return f.save(fr)
	case editMine, leaveTheirs:
	}
	return f.checked(fr.Now), Result{}
}

// since is how long ago, in the form of a list.
func since(at, now time.Time) string { return model.AgeWord(max(now.Sub(at), 0)) }
