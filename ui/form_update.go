package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// mended applies what a check offers to the value as it would be stored.
func (f form) mended(mend model.Mend) form {
	v, fault := f.stored()
	if fault != nil {
		return f
	}
	defer v.Wipe()
	from := f.entry.from
	f.refused = ""
	f.entry.wipe()
	fixed := applyMend(mend, v)
	defer fixed.Wipe()
	if from == asStored {
		from = typedHere
	}
	f.entry, f.decode = entryOf(fixed, from), false
	return f
}

// load reads the file that is named.
func (f form) load(fr Frame) (Screen, Result) {
	path := f.path.text()
	if path == "" {
		return f, Result{Say: refused("Name the file first, then press enter.")}
	}
	f.loading.stop()
	limit := fileLimit(f.to)
	var run tea.Cmd
	f.loading, run = ask(f.to, fr, readLimit, func(ctx context.Context) (fileValue, error) { return readValue(ctx, path, limit) })
	return f, Result{Run: run}
}

// Update takes what is typed, and answers.
func (f form) Update(fr Frame, msg tea.Msg) (Screen, Result) {
	next, result := f.take(fr, msg)
	return withHalves(next, result, fr)
}

func (f form) take(fr Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[held]:
		if msg.to == f.reading && f.reading != nil {
			return f.took(fr, msg)
		}
	case answer[fileValue]:
		if msg.to == f.loading && f.loading != nil {
			return f.tookFile(fr, msg)
		}
	case answer[Outlet], answer[returned], diskAnswer:
		return f.ofEditor(fr, msg)
	case answer[lesson]:
		if msg.to == f.halves.asked && f.halves.asked != nil {
			return f.tookHalves(fr, msg)
		}
	case answer[written]:
		if msg.to == f.saving && f.saving != nil {
			return f.saved(fr, msg)
		}
	case restocked:
		return f.restock(fr, msg), Result{}
	case approved, decided, abandoned:
		return f.ofDialog(fr, msg)
	case changed, notUndone, locking:
		return f.ofFirst(msg)
	case tick:
		if f.failed != nil && !f.again.IsZero() && !fr.Now.Before(f.again) {
			f, run := f.read(fr)
			return f, Result{Run: run}
		}
		if f.shown && !fr.Now.Before(f.until) {
			f.shown = false
			return f, Result{Say: maskedAgain(fr, keymap.RevealTyped)}
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		f.until = fr.maskAt()
		if f.typing() {
			return f.typed(fr, msg)
		}
	}
	return f, Result{}
}

// ofDialog takes what was chosen in a dialog over the form.
func (f form) ofDialog(fr Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case approved:
		if msg.form == f.id {
			return f.agreed(fr)
		}
	case decided:
		if msg.form == f.id {
			return f.decide(fr, msg)
		}
	case abandoned:
		switch {
		case msg.form != f.id:
		case msg.undo:
			return f.undoFirst(fr)
		default:
			return f, Result{Close: true}
		}
	}
	return f, Result{}
}

// typed takes a key or a paste into the field that has the keys.
func (f form) typed(fr Frame, msg tea.Msg) (Screen, Result) {
	var said Message
	f.refused, f.outside.pending = "", false
	pasted, paste := msg.(tea.PasteMsg)
	several := paste && f.at == atName && strings.ContainsAny(pasted.Content, "\r\n")
	switch {
	case several && f.fixed():
		return f, Result{Say: f.unmoved()}
	case several:
		f.from, f.at = byHand, atValue // several lines are no name, and may hold a value
		said = Message{Text: "Several lines are no name: they were taken as the value."}
	}
	switch f.at {
	case atName:
		f.name = f.name.update(msg)
	case atPath:
		f.path = f.path.update(msg)
		f.unreadable = ""
		if f.taken != "" && f.path.text() != f.taken {
			f.entry.wipe()
			f.entry, f.taken = newEntry(), ""
		}
	case atValue:
		switch msg := msg.(type) {
		case tea.PasteMsg:
			var refusal Message
			if f.entry, refusal = f.entry.paste(msg.Content, f.untouched()); refusal.Text != "" {
				said = refusal
			}
		case tea.KeyPressMsg:
			f.entry, said = f.entry.key(msg, f.untouched())
		}
	case atMesh, atFrom, atMake, atStore, atChecks:
	}
	if f = f.checked(fr.Now); paste {
		f = f.atManifest()
	}
	return f, Result{Say: said}
}

// took fills the form with the secret as it is.
func (f form) took(fr Frame, msg answer[held]) (Screen, Result) {
	f.reading = nil
	if msg.err != nil {
		f.failed, f.outside.direct = msg.err, false // an editor that opened later would come as a surprise
		if passes(msg.err) {
			f.again = fr.Now.Add(retryEvery)
		}
		return f, Result{}
	}
	if why := immutable(msg.value.Secret); why != "" {
		msg.value.wipe()
		return refusal{"Edit " + f.called(), why}, Result{}
	}
	f = f.based(msg.value.Snapshot, fr.Now).restored().checked(fr.Now)
	if f.outside.direct {
		f.from, f.at = byEditor, atFrom
		return f.lookOut(fr)
	}
	return f, Result{}
}

// based makes a snapshot what the form stands on.
func (f form) based(on model.Snapshot, now time.Time) form {
	f.before.Wipe()
	f.before, f.opened, f.conflict = on, now, false
	f.before.Secret.Facts = learnt(f.to, on.Value)
	f.row = asFound(f.row, f.before.Secret)
	return f
}

// restored drops what was typed: the value is the stored one.
func (f form) restored() form {
	f.entry.wipe()
	f.entry, f.decode, f.shown = entryOf(f.before.Value, asStored), false, false
	f.from, f.taken, f.path = byHand, "", newField("", 4096)
	f.at = atValue
	return f
}

func (f form) tookFile(fr Frame, msg answer[fileValue]) (Screen, Result) {
	f.loading = nil
	if msg.err != nil {
		f.unreadable = msg.err.Error()
		return f.checked(fr.Now), Result{Say: refused(f.unreadable)}
	}
	defer msg.value.wipe()
	if msg.value.path != f.path.text() || f.from != byFile {
		return f, Result{}
	}
	f.entry.wipe()
	f.entry, f.taken, f.unreadable = entryOf(msg.value.value, fromFile), msg.value.path, ""
	if f.entry.empty() {
		return f.checked(fr.Now), Result{Say: noted(model.Visible(f.taken) + " is empty. Name another file.")}
	}
	return f.checked(fr.Now), Result{Say: Message{Text: "Read " + model.BytesWord(msg.value.value.Len()) + " from " + model.Visible(f.taken) + ". " + fr.saveKey() + " saves them."}}
}
