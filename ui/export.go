package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// Exporter writes texts to new files of the person's own. How that is done
// safely is not the screens' business.
type Exporter interface {
	// File is the file that a typed path means; of no path it is the folder where
	// paths begin.
	File(path string) string
	// Write makes the file, which must not be there yet, for nobody else to read.
	// An error is a sentence, and then nothing is left behind but what it says.
	Write(life context.Context, path string, text model.Value) error
}

// exporting asks for a path and writes the manifest of a secret there. It holds
// no value, but of a secret that no mesh has: else one that is asked for is read
// when everything else is settled, and wiped once it is written.
type exporting struct {
	to    *session
	row   model.Row
	own   model.Snapshot // what is written, when it is not to be read anywhere
	at    exportSpot
	path  field
	form  model.Form
	whole bool // with the value

	reading *request // the secret
	writing *request // the file
}

// exportSpot is the field that has the keys.
type exportSpot int

const (
	exportPath exportSpot = iota
	exportForm
	exportValue
)

// pathLimit is the longest path that systems take.
const pathLimit = 4096

// formed is a screen that shows a manifest in a form.
type formed interface{ inForm() model.Form }

// exports opens the dialog for what the screen on top is about, in the form that
// it shows.
func (a App) exports() App {
	top := a.stack[len(a.stack)-1]
	n, is := top.(ofOne)
	if !is {
		return a
	}
	row, is := n.one()
	switch to := a.session(); {
	case !is || to == nil:
	case to.exporter == nil:
		a.message = refused("No file can be written here. Nothing was exported.")
	default:
		e := exporting{to: to, row: row, path: newField("", pathLimit), form: to.form()}
		if w, is := top.(formed); is {
			e.form = w.inForm()
		}
		a.stack = push(a.stack, e)
	}
	return a
}

// exportOf opens the dialog for a secret that is in no mesh, with its value. The
// snapshot stays the caller's.
func exportOf(to *session, s model.Snapshot) Screen {
	return exporting{to: to, row: model.Row{Secret: s.Secret}, own: s.Clone(), path: newField("", pathLimit), form: to.form(), whole: true}
}

func (e exporting) session() *session { return e.to }

func (e exporting) close() {
	e.reading.stop()
	e.own.Wipe()
}

// holds tells that a value is in the dialog. It is not the only one: the screen
// below has it too.
func (e exporting) holds() bool { return e.own.Value.Len() > 0 }

func (e exporting) waits() bool { return e.reading != nil || e.writing != nil }

func (e exporting) typing() bool { return e.at == exportPath && !e.waits() }

func (e exporting) name() string { return model.Visible(e.row.Secret.Ref.Name) }

func (e exporting) busy() (string, bool) {
	return "writing the manifest of " + e.name(), e.writing != nil
}

// masked lets go of a value that is still being read.
func (e exporting) masked() Screen {
	if e.whole {
		e.reading.stop()
		e.reading = nil
	}
	return e
}

// hangs tells that the file system does not answer: nothing can be stopped
// there, but nobody has to wait for it.
func (e exporting) hangs(now time.Time) bool {
	return e.writing != nil && now.Sub(e.writing.began) >= writeLimit
}

// Deeds fill in the fields, and write.
func (e exporting) Deeds(f Frame) []Deed {
	leave := Deed{ID: keymap.Leave, Pin: true}
	switch {
	case e.hangs(f.Now):
		return []Deed{leave}
	case e.writing != nil:
		leave.Not = "The file is being written. Try again in a moment."
		return []Deed{leave}
	case e.reading != nil:
		leave.Word = "stop"
		return []Deed{leave}
	}
	deeds := []Deed{
		{ID: keymap.Accept, Word: "write it"}, {ID: keymap.NextField}, {ID: keymap.PrevField, Quiet: true},
		{ID: keymap.Down, Quiet: true}, {ID: keymap.Up, Quiet: true},
	}
	if e.at != exportPath {
		deeds = append(deeds, Deed{ID: keymap.Left, Quiet: true}, Deed{ID: keymap.Right, Word: "choose"})
	}
	return append(deeds, Deed{ID: keymap.Redraw, Quiet: true}, leave)
}

// Do does one of them.
func (e exporting) Do(f Frame, p Press) (Screen, Result) {
	switch p.ID {
	case keymap.NextField, keymap.Down:
		return e.step(1), Result{}
	case keymap.PrevField, keymap.Up:
		return e.step(-1), Result{}
	case keymap.Left, keymap.Right:
		return e.turn(), Result{}
	case keymap.Leave:
		if e.writing != nil {
			return e, Result{Close: true, Say: noted("Whether " + e.means() + " comes is not known: its file system has not answered. Look there.")}
		}
		return e, Result{Close: true}
	case keymap.Accept:
		return e.read(f)
	}
	return e, Result{}
}

// spots is how many fields there are: where nothing is revealed the value is no
// choice, nor where it is what is to be kept.
func (e exporting) spots() exportSpot {
	if e.to.veiled() || e.holds() {
		return exportValue
	}
	return exportValue + 1
}

func (e exporting) step(by exportSpot) exporting {
	e.at = (e.at + by + e.spots()) % e.spots()
	return e
}

// turn takes the other one of two.
func (e exporting) turn() exporting {
	switch e.at {
	case exportForm:
		e.form = model.UniversalForm + model.KubernetesForm - e.form
	case exportValue:
		e.whole = !e.whole
	case exportPath:
	}
	return e
}

// target is the path as it is meant: a paste may bring blanks along.
func (e exporting) target() string { return strings.TrimSpace(e.path.text()) }

// means is the file that is typed.
func (e exporting) means() string { return model.Visible(e.to.exporter.File(e.target())) }

// read asks for the secret, so that the file holds what is there now, and
// whether it may be read is for the control plane to say.
func (e exporting) read(f Frame) (Screen, Result) {
	if e.target() == "" {
		e.at = exportPath
		return e, Result{Say: Message{Text: "Type the path of the file first."}}
	}
	if e.holds() {
		return e.write(f, e.own.Clone())
	}
	var run tea.Cmd
	e.reading, run = readSecret(e.to, f, e.row.Secret.Ref)
	return e, Result{Run: run}
}

// fileWritten tells that the file is written.
type fileWritten struct{}

// Update takes the secret, then what became of the file, and what is typed.
func (e exporting) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case answer[held]:
		if msg.to != e.reading || msg.to == nil {
			return e, Result{}
		}
		e.reading = nil
		if msg.err != nil {
			return e, Result{Say: explain(msg.err, e.to)}
		}
		return e.write(f, msg.value.Snapshot)
	case answer[fileWritten]:
		if msg.to == e.writing && msg.to != nil {
			return e.wrote(msg.err)
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		if e.typing() {
			e.path = e.path.update(msg)
		}
	}
	return e, Result{}
}

// write writes a secret, and wipes it. Once begun it is not stopped by leaving,
// which waits for it.
func (e exporting) write(f Frame, s model.Snapshot) (Screen, Result) {
	defer s.Wipe()
	e.row.Secret = s.Secret
	e.whole = e.whole && !e.to.veiled()
	text := manifest{to: e.to, row: e.row, form: e.form, value: s.Value, shown: e.whole}.inFile()
	to, path := e.to.exporter, e.target()
	var run tea.Cmd
	e.writing, run = commit(e.to, f, writeLimit, func(ctx context.Context) (fileWritten, error) {
		defer text.Wipe()
		return fileWritten{}, to.Write(ctx, path, text)
	})
	return e, Result{Run: run}
}

// wrote says where the file is and what is in it, or keeps what was typed.
func (e exporting) wrote(err error) (Screen, Result) {
	e.writing = nil
	if err != nil {
		e.at = exportPath
		return e, Result{Say: refused(err.Error())}
	}
	holds := "its value left out."
	if e.whole {
		holds = "its value in plain."
	}
	return e, Result{Close: true, Say: done(e.means() + " holds the manifest of " + e.name() + ", " + holds)}
}
