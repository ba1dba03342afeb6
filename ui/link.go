package ui

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"sync"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// linker connects control planes: it holds what every session shares.
type linker struct {
	life      context.Context //nolint:containedctx // the program's life
	desk      *desk
	writes    *sync.WaitGroup
	examine   model.Examiner
	observers []backend.Observer
	directory backend.Directory
	editor    Editor
	exporter  Exporter
	random    io.Reader
}

// link gives the App's linker.
func (a App) link() linker {
	return linker{life: a.life, desk: a.desk, writes: a.writes, examine: a.config.Examiner,
		observers: a.config.Observers, directory: a.config.Directory, editor: a.config.Editor, exporter: a.config.Exporter, random: cmp.Or(a.config.Random, rand.Reader)}
}

// base is a session that is connected to nothing: what requests need that are
// not about a control plane.
func (l linker) base() *session {
	return &session{life: l.life, desk: l.desk, writes: l.writes}
}

// linked is the end of an attempt to connect. It names its entry, so that
// every screen that shows that entry can take it.
type linked struct {
	key     string
	session *session
	err     error
}

// wipe ends a connection that nobody waits for any more.
func (l linked) wipe() {
	if l.session != nil {
		l.session.end()
	}
}

// connect begins to connect.
func (l linker) connect(f Frame, e backend.Entry) (*request, tea.Cmd) {
	return ask(l.base(), f, connectLimit, func(ctx context.Context) (linked, error) {
		plane, err := e.Connect(ctx)
		if err != nil {
			return linked{key: e.Key(), err: err}, nil //nolint:nilerr // the answer names its entry also when it failed
		}
		life, end := context.WithCancel(l.life)
		return linked{key: e.Key(), session: &session{
			life: life, end: end, desk: l.desk, writes: l.writes, entry: e, plane: plane,
			gate: backend.NewGate(plane, e, l.observers...), id: plane.Identity(), traits: plane.Traits(), examine: l.examine, editor: l.editor, exporter: l.exporter, random: l.random,
		}}, nil
	})
}
