package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/model"
)

// Editor is the program that a person likes to edit with. It has the terminal
// while it runs, and the console stands still.
type Editor interface {
	// Look says which program it is, and where it would have the value. An error
	// is a sentence, as it says what to set.
	Look() (Outlet, error)
	// Edit gives the command that runs it and tells done what came of it: the
	// value, or an error that says in words what went wrong. A value beside an
	// error is what had been written by then: it is kept, and not saved unasked.
	// The draft's value is its own, to be wiped. It ends with life, and leaves no
	// file on any way out, or says where one is left.
	Edit(life context.Context, d Draft, done func(model.Value, error) tea.Msg) tea.Cmd
}

// Outlet is where a value goes when it is edited outside.
type Outlet struct {
	Program string // as the person calls it
	Memory  bool   // the file lies in memory and not on a disk
}

// Draft is a value on its way into an editor.
type Draft struct {
	Name   string // of the secret, for the name of the file
	Value  model.Value
	Limit  int  // the most that is taken back, in bytes
	OnDisk bool // the person said that the file may lie on a disk
}

// The errors of what an editor left.
var (
	// ErrEditorGone is the answer when no file was left.
	ErrEditorGone = errors.New("no file was left")
	// ErrEditorNoFile is the answer when a link or a folder was left.
	ErrEditorNoFile = errors.New("no regular file was left")
	// ErrEditorTooLarge is the answer when more was left than a draft allows.
	ErrEditorTooLarge = errors.New("more was left than is taken back")
)

// MostFromEditor is how many bytes are taken back from an editor: far more than
// a secret may have, as too much is kept too, to be made less of in the editor.
const MostFromEditor = 16 << 20

// EditorFault says what went wrong in an editor, or with what it left. Program is
// its name, made visible.
func EditorFault(program string, err error) string {
	switch {
	case errors.Is(err, ErrEditorGone):
		return program + " left no file"
	case errors.Is(err, ErrEditorNoFile):
		return program + " left a link or a folder in the place of the file"
	case errors.Is(err, ErrEditorTooLarge):
		return program + " left more than " + model.BytesWord(MostFromEditor)
	}
	return model.Visible(err.Error())
}

// returned is a value on its way back.
type returned struct{ value model.Value }

func (r returned) wipe() { r.value.Wipe() }

// lend hands a draft to the editor: ask for what takes the terminal.
func lend(s *session, f Frame, d Draft) (*request, tea.Cmd) {
	life, cancel := context.WithCancel(s.life)
	r := &request{cancel: cancel, began: f.Now, counted: true}
	s.desk.open.Add(1)
	return r, s.editor.Edit(life, d, func(v model.Value, err error) tea.Msg {
		defer cancel()
		if r.stopped.Load() {
			v.Wipe()
			return dropped{r}
		}
		return answer[returned]{to: r, value: returned{v}, err: err}
	})
}

// traveller may be away in another program, to which the terminal is lent.
type traveller interface{ away() bool }

// away tells that another program has the terminal. Nobody can press a key here
// meanwhile, so the console does not lock, and what it shows is masked.
func (a App) away() bool {
	for _, s := range a.stack {
		if t, is := s.(traveller); is && t.away() {
			return true
		}
	}
	return false
}
