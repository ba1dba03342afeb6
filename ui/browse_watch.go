package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// changed is told to all screens when something was written here, so that
// lists show it before the control plane is read again.
type changed struct {
	to     *session
	events []backend.Event
}

// news is what a watch brought, already made into a new stock.
type news struct {
	batch backend.Batch
	stock stock
}

// follow watches the secrets on screen from now on.
func (b browse) follow(f Frame) (browse, tea.Cmd) {
	if b.loading != nil || b.to == nil || b.stock.cursor != "" {
		return b, nil
	}
	b.watch.stop()
	if b.watcher != nil {
		b.watcher.Close()
		b.watcher = nil
	}
	query := backend.Query{Mesh: b.scope.Mesh, Global: b.scope.Global}
	seen := backend.Seen{Secrets: b.onScreen()}
	plane := b.to.plane
	var run tea.Cmd
	b.watch, run = listen(b.to, f, func(ctx context.Context) (backend.Watcher, error) { return plane.Watch(ctx, query, seen) })
	return b, run
}

// onScreen are the secrets that the watch is about.
func (b browse) onScreen() []model.Secret {
	if b.scope.All {
		return b.stock.secrets
	}
	var out []model.Secret
	for _, s := range b.stock.secrets {
		if s.Ref.Mesh == b.scope.Mesh {
			out = append(out, s)
		}
	}
	return out
}

func (b browse) watching(f Frame, msg answer[backend.Watcher]) (Screen, Result) {
	if msg.to != b.watch {
		return b, Result{}
	}
	if msg.err != nil {
		b.watch, b.failed = nil, msg.err
		return b, Result{}
	}
	b.watcher = msg.value
	b, run := b.await(f)
	return b, Result{Run: run}
}

// await asks for the next batch, and with it reads the references again.
func (b browse) await(f Frame) (browse, tea.Cmd) {
	watcher, plane, have := b.watcher, b.to.plane, b.stock
	var run tea.Cmd
	b.watch, run = listen(b.to, f, func(ctx context.Context) (news, error) {
		batch, err := watcher.Next(ctx)
		if err != nil {
			return news{}, err
		}
		next, err := readResources(ctx, plane, have)
		if err != nil {
			// The watch will not tell these changes again.
			return news{batch: batch, stock: have.with(batch.Events).retaken()}, err
		}
		return news{batch: batch, stock: next.with(batch.Events).retaken()}, nil
	})
	return b, run
}

func (b browse) heard(f Frame, msg answer[news]) (Screen, Result) {
	if msg.to != b.watch {
		return b, Result{}
	}
	if msg.err != nil {
		b.failed = msg.err
		if len(msg.value.batch.Events) > 0 {
			b.stock = msg.value.stock
			b = b.sift()
		}
		b, run := b.await(f)
		return b, Result{Run: run}
	}
	b.stock, b.failed, b.readAt = msg.value.stock, nil, f.Now
	if every := msg.value.batch.Every; every > 0 {
		b.every = every
	}
	b = b.sift()
	b, run := b.await(f)
	return b, Result{Run: run}
}

// apply shows what was just written, and watches from there.
func (b browse) apply(f Frame, msg changed) (Screen, Result) {
	if msg.to != b.to {
		return b, Result{}
	}
	b.stock = b.stock.with(msg.events).retaken()
	if b.loading != nil {
		b.written = append(b.written[:len(b.written):len(b.written)], msg.events...)
	}
	b = b.sift()
	b, run := b.follow(f)
	return b, Result{Run: run}
}
