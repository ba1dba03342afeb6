package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// outside is what a form has to do with the person's own editor.
type outside struct {
	direct  bool     // the editor was asked for, not the form: what comes back is saved at once
	looking *request // which program it is, is being found out
	running *request // it has the terminal
	program string   // its name
	onDisk  bool     // the person allowed a file on a disk
	known   []string // what of the value as it is would want a look
	pending bool     // what came back is saved once the other half of its pair is read
}

func (o outside) busy() bool { return o.looking != nil || o.running != nil }

func (o outside) stop() {
	o.looking.stop()
	o.running.stop()
}

func (f form) away() bool { return f.outside.running != nil }

// openOutside edits a secret in the person's own editor. It is an edit as any
// other: the form below takes back what was typed, checks it, asks and saves,
// and keeps it when it is refused.
func openOutside(s *session, f Frame, have stock, row model.Row) (Screen, tea.Cmd) {
	if s.editor == nil {
		return refusal{"Edit " + model.Visible(row.Secret.Ref.Name), noEditor}, nil
	}
	next, run := openEdit(s, f, have, row)
	if e, is := next.(form); is {
		e.outside.direct = true
		next = e
	}
	return next, run
}

const noEditor = "No other program can have this terminal. e edits here."

// opensEditor tells that enter opens the editor.
func (f form) opensEditor() bool { return f.at == atFrom && f.from == byEditor }

// lookOut finds out which program is to edit.
func (f form) lookOut(fr Frame) (Screen, Result) {
	editor := f.to.editor
	var run tea.Cmd
	f.shown, f.outside.known = false, f.looks()
	f.outside.looking, run = ask(f.to, fr, readLimit, func(context.Context) (Outlet, error) { return editor.Look() })
	return f, Result{Run: run}
}

// ofEditor takes what is about the editor.
func (f form) ofEditor(fr Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[Outlet]:
		if msg.to == f.outside.looking && msg.to != nil {
			return f.lookedOut(fr, msg)
		}
	case answer[returned]:
		if msg.to == f.outside.running && msg.to != nil {
			return f.cameBack(fr, msg)
		}
	case diskAnswer:
		switch {
		case msg.form != f.id:
		case msg.allowed:
			f.outside.onDisk = true
			return f.goOut(fr)
		default:
			f.outside.direct, f.from, f.at = false, byHand, atValue
			return f.checked(fr.Now), Result{}
		}
	}
	return f, Result{}
}

// lookedOut opens the editor, or asks first where the value would lie on a disk.
func (f form) lookedOut(fr Frame, msg answer[Outlet]) (Screen, Result) {
	f.outside.looking = nil
	if msg.err != nil {
		return f.stayed(fr, refused(msg.err.Error()))
	}
	f.outside.program = model.Visible(msg.value.Program)
	if !msg.value.Memory && !f.outside.onDisk {
		return f.checked(fr.Now), Result{Open: diskAsked{form: f.id, name: f.called(), program: f.outside.program}}
	}
	return f.goOut(fr)
}

// goOut hands what is written to the editor.
func (f form) goOut(fr Frame) (Screen, Result) {
	d := Draft{Name: f.ref().Name, Value: f.entry.value(), Limit: MostFromEditor, OnDisk: f.outside.onDisk}
	var run tea.Cmd
	f.shown = false
	f.outside.running, run = lend(f.to, fr, d)
	return f, Result{Run: run, Lends: true}
}

// stayed says why nothing came back. What was written stays; a form that only
// stood below the editor goes when there is nothing in it.
func (f form) stayed(fr Frame, said Message) (Screen, Result) {
	if f.outside.direct && !f.dirty() {
		return f, Result{Close: true, Say: said}
	}
	return f.checked(fr.Now), Result{Say: said}
}

// cameBack takes what the editor left.
func (f form) cameBack(fr Frame, msg answer[returned]) (Screen, Result) {
	long := fr.LockAfter > 0 && fr.Now.Sub(f.outside.running.began) >= fr.LockAfter
	f.outside.running = nil
	defer msg.value.wipe()
	v := msg.value.value
	if msg.err != nil {
		return f.cameApart(fr, v, msg.err)
	}
	if f.outside.direct && v.Equal(f.before.Value) {
		return f, Result{Close: true, Say: Message{Text: "Nothing is different, so nothing was saved."}}
	}
	was := f.entry.value()
	defer was.Wipe()
	same := v.Equal(was)
	if !same {
		f.entry.wipe()
		f.entry, f.refused = entryOf(v, fromEditor), ""
	}
	f = f.checked(fr.Now)
	save := fr.saveKey()
	looks := slices.DeleteFunc(f.looks(), func(topic string) bool { return slices.Contains(f.outside.known, topic) })
	switch {
	case same && !f.outside.direct:
		return f, Result{Say: Message{Text: "Nothing was changed in " + f.outside.program + "."}}
	case !f.outside.direct:
		return f, Result{Say: Message{Text: "Read " + model.BytesWord(v.Len()) + " from " + f.outside.program + ". " + save + " saves them."}}
	case long:
		return f, Result{Say: noted("It was open in " + f.outside.program + " for " + spanWord(fr.LockAfter) + " or longer, so nothing is saved unasked. Your text is kept; " + save + " saves it.")}
	case len(looks) > 0 && f.straight():
		return f.toLook(), Result{Say: noted("Not saved yet: look at " + strings.Join(looks, ", ") + " first. Your text is kept; " + save + " saves it as it is.")}
	}
	next, result := f.save(fr)
	if waits, is := next.(form); is && waits.halvesWait(fr) != "" {
		waits.outside.pending = true
		next = waits
	}
	return next, result
}

// cameApart says what went wrong in the editor, or after it. What had been written
// by then is kept, for the person to judge.
func (f form) cameApart(fr Frame, left model.Value, err error) (Screen, Result) {
	why := EditorFault(f.outside.program, err)
	was := f.entry.value()
	defer was.Wipe()
	if left.Len() == 0 || left.Equal(was) {
		return f.stayed(fr, refused(why+". Nothing was taken over; the text is as it was before."))
	}
	f.entry.wipe()
	f.entry, f.refused = entryOf(left, fromEditor), ""
	f = f.checked(fr.Now)
	return f, Result{Say: refused(why + ". What was written by then is kept here and not saved; " + fr.saveKey() + " saves it.")}
}

// looks are the checks that want to be seen before what came back is saved, when
// they were not true before: an editor may do more than it was asked to, such as
// to end the value with a newline.
func (f form) looks() []string {
	var topics []string
	for _, c := range f.checks {
		if c.warns || c.word != "" {
			topics = append(topics, c.topic)
		}
	}
	return topics
}

// straight tells that saving would ask nothing, and so say nothing of the checks.
func (f form) straight() bool {
	v, fault := f.stored()
	if fault != nil || len(f.stops) > 0 {
		v.Wipe()
		return false
	}
	c := f.changeTo(v)
	defer c.Wipe()
	return consentTo(f.to, c).kind == model.Straight && !f.asks()
}

// toLook puts the bar on the first check that can be mended.
func (f form) toLook() form {
	if len(f.mendable()) > 0 {
		f.at, f.mend = atChecks, 0
	}
	return f
}

// diskAsked asks before a value is written to a disk, for the editor to read.
type diskAsked struct {
	form          *token
	name, program string
	yes           bool
}

// diskAnswer tells a form whether the disk is all right, or its own text area is
// to be used instead.
type diskAnswer struct {
	form    *token
	allowed bool
}

// Deeds are those of a choice.
func (d diskAsked) Deeds(Frame) []Deed {
	return []Deed{
		{ID: keymap.Down, Word: "choose"}, {ID: keymap.Up, Quiet: true}, {ID: keymap.Accept},
		{ID: keymap.Redraw, Quiet: true}, {ID: keymap.Back, Word: "edit here", Pin: true}, {ID: keymap.Help, Pin: true},
	}
}

// Do chooses.
func (d diskAsked) Do(_ Frame, p Press) (Screen, Result) {
	switch p.ID {
	case keymap.Down:
		d.yes = true
	case keymap.Up:
		d.yes = false
	case keymap.Accept:
		return d, Result{Close: true, Tell: diskAnswer{d.form, d.yes}}
	case keymap.Back:
		return d, Result{Close: true, Tell: diskAnswer{d.form, false}}
	}
	return d, Result{}
}

// Update has nothing to take.
func (d diskAsked) Update(Frame, tea.Msg) (Screen, Result) { return d, Result{} }

// View is drawn as a box.
func (d diskAsked) View(Frame) View { return View{} }

func (d diskAsked) box(f Frame) Box {
	r := &report{canvas{w: min(58, f.Width)}}
	r.gap()
	r.hang(look, "No memory-backed folder is there for "+d.program+", so the value would be written to disk. It is removed from there when "+d.program+" ends; what a disk keeps of it nobody can tell.")
	r.gap()
	at := 0
	if d.yes {
		at = 1
	}
	lines := append(r.lines, choices([]choice{{word: "edit here instead"}, {word: "go on, on disk"}}, at, 0)...)
	return Box{Title: "Edit " + d.name + " on disk?", Wide: 60, Lines: append(lines, blank())}
}
