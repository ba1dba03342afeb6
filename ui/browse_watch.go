package ui

import (
	"context"
	"errors"

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

// news is what a watch brought. Where a control plane is polled, who refers to
// secrets comes with it.
type news struct {
	batch  backend.Batch
	around backend.Around
}

// follow watches from now on: everything where changes are pushed, and what is
// on screen where that costs a list each time.
func (b browse) follow(f Frame) (browse, tea.Cmd) {
	if b.to == nil || b.listing || !b.stock.whole || b.stock.cursor != "" {
		return b, nil
	}
	query, seen := backend.Query{}, backend.Seen{Mark: b.stock.mark, Secrets: b.stock.secrets}
	if !b.to.traits.Watches {
		query, seen.Secrets = queryOf(b.scope), b.onScreen()
	} else if b.watch != nil {
		return b, nil
	}
	b.watch.stop()
	if b.watcher != nil {
		b.watcher.Close()
		b.watcher = nil
	}
	plane := b.to.plane
	var run tea.Cmd
	b.watch, run = listen(b.to, f, func(ctx context.Context) (backend.Watcher, error) { return plane.Watch(ctx, query, seen) })
	return b, run
}

// onScreen are the secrets that a poll is about.
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
		b.watch = nil
		return b.lost(f, msg.err)
	}
	b.watcher = msg.value
	b, run := b.await(f)
	return b, Result{Run: run}
}

// lost takes the failure of a watch: one that cannot go on from where it was
// begins with a new list, while the rows stay.
func (b browse) lost(f Frame, err error) (Screen, Result) {
	if errors.Is(err, backend.ErrExpired) && f.Now.Sub(b.expired) >= retryEvery {
		b.expired = f.Now
		b, run := b.start(f)
		return b, Result{Run: run}
	}
	if errors.Is(err, backend.ErrExpired) {
		// What was only just listed has expired too: listing on and on would help
		// nobody.
		b = b.halt()
	}
	if b.failed == nil && b.to.traits.Watches {
		b.readAt = f.Now // until now it was live
	}
	b.failed = err
	if b.watcher == nil {
		b.again = f.Now.Add(retryEvery)
		return b, Result{}
	}
	b, run := b.await(f)
	return b, Result{Run: run}
}

// await asks for the next batch.
func (b browse) await(f Frame) (browse, tea.Cmd) {
	watcher, plane, polls := b.watcher, b.to.plane, !b.to.traits.Watches
	var run tea.Cmd
	b.watch, run = listen(b.to, f, func(ctx context.Context) (news, error) {
		batch, err := watcher.Next(ctx)
		if err != nil || !polls {
			return news{batch: batch}, err
		}
		around, err := backend.LookAround(ctx, plane)
		// The watch will not tell these changes again, so they are kept also when
		// the resources could not be read.
		return news{batch, around}, err
	})
	return b, run
}

func (b browse) heard(f Frame, msg answer[news]) (Screen, Result) {
	if msg.to != b.watch {
		return b, Result{}
	}
	batch := msg.value.batch
	if msg.err != nil {
		var kept tea.Cmd
		if len(batch.Events) > 0 {
			b, kept = b.work(f, func(s stock) stock { return s.with(batch.Events) })
		}
		next, result := b.lost(f, msg.err)
		result.Run = tea.Batch(kept, result.Run)
		return next, result
	}
	if b.failed != nil {
		b.lessons.barred = false
	}
	b.failed, b.readAt = nil, f.Now
	if batch.Every > 0 {
		b.every = batch.Every
	}
	brought := func(s stock) stock { return s.with(batch.Events) }
	if !b.to.traits.Watches {
		b.blinded = nil
		brought = func(s stock) stock { return s.with(batch.Events).about(msg.value.around) }
	}
	b.stirred = b.stirred || len(batch.Events) > 0
	b, work := b.work(f, brought)
	b, run := b.await(f)
	return b, Result{Run: tea.Batch(work, run)}
}

// apply shows what was just written, and watches from there.
func (b browse) apply(f Frame, msg changed) (Screen, Result) {
	if msg.to != b.to {
		return b, Result{}
	}
	b.stock = b.stock.with(msg.events).retaken()
	if b.listing || b.merging != nil {
		b.written = append(b.written[:len(b.written):len(b.written)], msg.events...)
	}
	b = b.sift()
	b, run := b.follow(f)
	return b, Result{Run: run}
}
