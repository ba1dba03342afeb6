package command

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
	"meshsecrets/ui"
)

// editOutside edits a secret in the person's own editor. What was typed is kept
// until it is saved, or dropped by a word.
func (f *flags) editOutside(life, reading context.Context, p Process, c *cobra.Command, s saving, ending ending) error {
	for _, said := range p.sweep() {
		_, _ = p.Err.Write([]byte(said + "\n"))
	}
	e, err := f.errand(reading, p, c, ending)
	if err != nil {
		return err
	}
	defer e.warned()
	if err := e.mayBegin(s.yes, s.dry); err != nil {
		return err
	}
	if err := e.reveals(true); err != nil {
		return err
	}
	w := session{errand: e, own: ownEditor{p, ending}, saving: s}
	if err := w.place(); err != nil {
		return err
	}
	defer w.wipe()
	if err := w.read(reading); err != nil {
		return err
	}
	w.draft = w.was.Value.Clone()
	for {
		again, err := w.once(life, reading)
		if !again {
			return err
		}
		if err := w.again(reading, err); err != nil {
			return err
		}
	}
}

// session is one value while it is edited outside.
type session struct {
	*errand
	own    ownEditor
	saving saving
	outlet ui.Outlet
	was    model.Snapshot // the secret when the editor was opened
	draft  model.Value    // what was typed so far
}

func (w *session) wipe() {
	w.was.Wipe()
	w.draft.Wipe()
}

// place finds the editor, and asks before the value is written to a disk: --yes
// is about the secret and not about this.
func (w *session) place() error {
	var err error
	if w.outlet, err = w.own.Look(); err != nil || w.outlet.Memory {
		return err
	}
	name := model.Visible(w.outlet.Program)
	line, err := w.asked("No memory-backed folder is there for " + name + ", so the value would be written to disk while it is edited.\nType  disk  to go on: ")
	if (err == nil || errors.Is(err, io.EOF)) && line != "disk" {
		err = failure{text: "That is not what was to be typed. Nothing was changed.", code: ExitRefused}
	}
	return err
}

// read takes the secret as it is for what the editor is opened on.
func (w *session) read(reading context.Context) error {
	ref := w.saving.ref(w.saving.name)
	now, err := w.plane.Get(reading, ref)
	switch {
	case errors.Is(err, backend.ErrNotFound):
		return known{ref: ref}.notThere()
	case err != nil:
		return w.unread(err)
	}
	w.was.Wipe()
	w.was = now
	return mutable(now.Secret)
}

// once opens the editor, and saves what it leaves. Again tells that something was
// typed and is not saved.
func (w *session) once(life, reading context.Context) (again bool, err error) {
	const nothing = "Nothing was changed."
	d := ui.Draft{Name: w.saving.name, Value: w.draft.Clone(), Limit: ui.MostFromEditor, OnDisk: !w.outlet.Memory}
	left, err := w.own.edit(reading, d)
	switch {
	case was(w.ending.asked):
		left.Wipe()
		return false, w.ending.stopped(errors.New("stopped"))
	case err != nil:
		if left.Len() > 0 { // written before it failed
			w.keep(left)
		}
		return !w.draft.Equal(w.was.Value), failure{text: sentences(ui.EditorFault(model.Visible(w.outlet.Program), err)+".", nothing), code: ExitRefused}
	}
	w.keep(left)
	if left.Equal(w.was.Value) {
		w.sheet.title("Nothing is different, so nothing was saved.")
		return false, nil
	}
	err = w.editTo(life, reading, w.saving, left, &w.was)
	var f failure
	return errors.As(err, &f) && f.code != ExitUnfinished && f.code != ExitMistake && !was(w.ending.asked), err
}

// keep makes a text the one that is saved, or opened again.
func (w *session) keep(text model.Value) {
	w.draft.Wipe()
	w.draft = text
}

// again says why what was typed is not saved, and asks what to do with it; the
// error is that of leaving. What somebody else saved meanwhile is what the next one
// stands on.
func (w *session) again(reading context.Context, why error) error {
	var f failure
	if errors.As(why, &f) {
		_, _ = io.WriteString(w.process.Err, f.text+"\n")
	}
	question := "enter opens what you typed again, q and enter drops it: "
	overtaken := errors.Is(why, errOvertaken)
	if overtaken {
		question = "enter opens what you typed again, to be saved over theirs; q and enter drops it: "
	}
	line, err := w.asked(question)
	switch {
	case errors.Is(err, io.EOF), line == "q":
		return failure{text: "What you typed is dropped. Nothing was changed.", code: ExitRefused}
	case err != nil:
		return err
	case overtaken:
		return w.read(reading)
	}
	return nil
}
