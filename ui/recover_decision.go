package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// decision asks what is to become of one unfinished reassign. It looks at it
// when it is opened, and once more when something is chosen: what is done is
// decided by what is there then. In between it holds no value.
type decision struct {
	to     *session
	stock  stock
	item   interrupted
	ours   bool      // this console began it, and does it no more
	readAt time.Time // when it was looked at
	asked  *request  // it is looked at
	at     int       // of the choices
	typed  bool      // a phrase is asked for
	ask    consent
	meant  model.Choice // what is done once it was looked at once more
	ready  *request     // that last look
	drops  *request     // the safety copy is being deleted
}

// openDecision opens it, with what the list knows until it was looked at.
func openDecision(to *session, f Frame, have stock, i interrupted, ours bool) (Screen, tea.Cmd) {
	return decision{to: to, stock: have, item: i, ours: ours, readAt: f.Now}.look(f)
}

func (d decision) look(f Frame) (decision, tea.Cmd) {
	d.asked.stop()
	to, u := d.to, d.item.Unfinished
	var run tea.Cmd
	d.asked, run = ask(to, f, readLimit, func(ctx context.Context) (interrupted, error) {
		i := lookAt(ctx, to, u)
		return i, i.err
	})
	return d, run
}

func (d decision) session() *session { return d.to }

func (d decision) close() {
	d.asked.stop()
	d.ready.stop()
}

func (d decision) typing() bool { return d.typed && d.drops == nil && d.ready == nil }

func (d decision) busy() (string, bool) {
	return "deleting the safety copy of " + d.item.title(), d.drops != nil
}

// choices are those that can be made from here: on a control plane that is
// read-only it can be left alone only.
func (d decision) choices() []model.Choice {
	if readOnly, _ := d.to.gate.ReadOnly(); readOnly || !d.item.looked {
		return []model.Choice{model.Leave}
	}
	return d.item.Choices
}

// Deeds choose, or type the phrase.
func (d decision) Deeds(f Frame) []Deed {
	switch {
	case d.drops != nil, d.ready != nil:
		return []Deed{{ID: keymap.Leave, Not: "What you chose is under way; that is not stopped half way.", Quiet: true}}
	case d.typed:
		word := d.item.choiceOf(d.meant, false).word
		if d.ask.want() != d.ask.phrase {
			word = "go on"
		}
		return phraseDeeds(f, word)
	}
	return append([]Deed{
		{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true},
		{ID: keymap.Accept, Not: d.waits()}, {ID: keymap.Reload, Word: "look again"},
	}, standing("back")...)
}

// waits says why nothing can be chosen yet.
func (d decision) waits() string {
	if d.asked != nil && !d.item.looked && d.item.err == nil {
		return "It is being looked at. Try again in a moment."
	}
	return ""
}

// Do does one of them.
func (d decision) Do(f Frame, p Press) (Screen, Result) {
	if d.typed {
		return d.confirm(f, p)
	}
	all := d.choices()
	switch p.ID {
	case keymap.Down, keymap.Up:
		d.at = moved(p.ID, min(d.at, len(all)-1), len(all), len(all))
		return d, Result{}
	case keymap.Reload:
		d, run := d.look(f)
		return d, Result{Run: run}
	case keymap.Accept:
		return d.choose(f, all[min(d.at, len(all)-1)])
	}
	return d, Result{Close: true}
}

// choose does what was chosen, or asks for the phrase first.
func (d decision) choose(f Frame, c model.Choice) (Screen, Result) {
	if c == model.Leave {
		return d, Result{Close: true}
	}
	d.meant = c
	if d.ask = d.consentTo(c); d.ask.typed() {
		d.typed = true
		return d, Result{}
	}
	return d.act(f)
}

// consentTo is what a choice asks for: the phrase of a reassign on a protected
// control plane, the name wherever a copy is dropped, which may be the last
// holder of a value, and an override where policies would lose the secret.
func (d decision) consentTo(c model.Choice) consent {
	from, into := d.item.Plan.From, d.item.Plan.To
	if c == model.TakeBack {
		into = from
	}
	change := model.Change{
		Verb:   model.Reassign,
		Before: model.Snapshot{Secret: model.Secret{Ref: from}}, After: model.Snapshot{Secret: model.Secret{Ref: into}},
	}
	switch c {
	case model.Forget:
		change.Verb = model.Delete
	case model.Finish:
		change.Users = d.item.Change.Users
	case model.Leave, model.TakeBack:
	}
	ask := consentTo(d.to, change)
	switch {
	case ask.kind == model.Override:
	case c == model.Forget, d.to.gate.Protected():
		ask.kind = model.TypeName
	default:
		ask.kind = model.Straight
	}
	return ask
}

func (d decision) confirm(f Frame, p Press) (Screen, Result) {
	ask, out, said := d.ask.do(p)
	switch out {
	case declined:
		d.typed = false
		return d, Result{}
	case agreed:
		d.typed = false
		return d.act(f)
	case undecided:
	}
	d.ask = ask
	return d, Result{Say: said}
}

// resumed is the last look before something is done, with the values.
type resumed struct{ backend.Found }

func (r resumed) wipe() { r.Wipe() }

// droppedCopy tells that a safety copy was deleted.
type droppedCopy struct{}

// act looks once more; what was chosen is done with what is there then.
func (d decision) act(f Frame) (Screen, Result) {
	gate, u, state := d.to.gate, d.item.Unfinished, d.item.State
	var run tea.Cmd
	if d.meant == model.Forget {
		d.drops, run = commit(d.to, f, writeLimit, func(ctx context.Context) (droppedCopy, error) {
			found, err := gate.Resume(ctx, u)
			defer found.Wipe()
			if err == nil && found.State != state {
				err = &model.Refusal{Text: "It is not as it was when you looked. Nothing was done; look again, then decide."}
			}
			if err != nil {
				return droppedCopy{}, err
			}
			return droppedCopy{}, gate.Forget(ctx, found)
		})
		return d, Result{Run: run}
	}
	d.ready, run = ask(d.to, f, readLimit, func(ctx context.Context) (resumed, error) {
		found, err := gate.Resume(ctx, u)
		return resumed{found}, err
	})
	return d, Result{Run: run}
}

// Update takes what was looked at, and what is typed.
func (d decision) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case restocked:
		if msg.to == d.to {
			d.stock = msg.stock
		}
	case answer[interrupted]:
		if msg.to == d.asked {
			return d.looked(f, msg.value)
		}
	case answer[resumed]:
		if msg.to == d.ready {
			return d.goOn(f, msg)
		}
	case answer[droppedCopy]:
		if msg.to == d.drops {
			return d.forgot(msg.err)
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		if d.typed {
			d.ask = d.ask.update(msg)
		}
	}
	return d, Result{}
}

// looked takes a look. The bar stands on the usual choice.
func (d decision) looked(f Frame, i interrupted) (Screen, Result) {
	d.asked = nil
	if i.over() {
		return d, d.ended(i)
	}
	if !d.item.looked || d.item.State != i.State {
		d.at = 0
	}
	d.item, d.readAt = i, f.Now
	return d, Result{}
}

// ended closes what is over by now. That what carried it is gone does not say
// how it ended.
func (d decision) ended(i interrupted) Result {
	say := done("The reassign of " + d.item.title() + " is finished: somebody else did it, or it was all done.")
	switch {
	case i.err == nil:
	case d.item.copies():
		say = noted("The safety copy of " + d.item.title() + " is gone: somebody finished it, took it back, or deleted it.")
	default:
		say = noted(d.item.title() + " is not in " + d.item.into() + " any more: somebody took it back, or deleted it.")
	}
	return Result{Close: true, Tell: unsettled{to: d.to}, Say: say}
}

// goOn begins what was chosen, when it is still to be chosen.
func (d decision) goOn(f Frame, msg answer[resumed]) (Screen, Result) {
	d.ready = nil
	i := interrupted{Found: msg.value.Found, looked: msg.err == nil, err: msg.err, namespace: d.item.namespace}
	if i.over() {
		msg.value.wipe()
		return d, d.ended(i)
	}
	if msg.err != nil {
		return d, Result{Say: retried(explain(msg.err, d.to), "enter")}
	}
	same := slices.Equal(i.Change.Users, d.item.Change.Users)
	if i.State != d.item.State || !same || !slices.Contains(i.Choices, d.meant) {
		i.size, i.Change = i.Change.Before.Value.Len(), i.Change.Bare()
		msg.value.wipe()
		d.item, d.at, d.readAt = i, 0, f.Now
		return d, Result{Say: noted("It is not as it was when you looked. Nothing was done; look at it now, then decide.")}
	}
	c := msg.value.Change
	c.Despite = i.NeedsOverride(d.meant)
	next, run := openOnward(d.to, f, d.stock, c, i.leading(d.meant))
	return d, Result{Close: true, Open: next, Run: run}
}

// leading is the progress of a choice: on to where it was to lead, or back. It
// looks first.
func (i interrupted) leading(c model.Choice) backend.Progress {
	if c != model.TakeBack {
		return i.Progress.Anew()
	}
	return i.Progress.Reverse().Anew()
}

// forgot says what became of the safety copy.
func (d decision) forgot(err error) (Screen, Result) {
	d.drops = nil
	switch {
	case errors.Is(err, backend.ErrNotFound):
		return d, d.ended(interrupted{err: err})
	case err != nil:
		return d, Result{Say: retried(explain(err, d.to), "enter")}
	}
	said := "The safety copy of " + d.item.name() + " is deleted; what is there now stays."
	if !d.item.copies() {
		said = "The reassign of " + d.item.name() + " is ended: " + d.item.from() + " and " + d.item.into() + " keep what they have."
	}
	return d, Result{Close: true, Tell: unsettled{to: d.to}, Say: done(said)}
}
