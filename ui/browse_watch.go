package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// changed is told to all screens when something was written here, so that
// lists show it before the control plane is read again.
type changed struct {
	to     *session
	events []backend.Event
	made   *bygone // the change, when it can be undone; whoever keeps it wipes it
	undid  *token  // the change that was undone by it
}

// news is what a watch brought. Where a control plane is polled, who refers to
// secrets comes with it.
type news struct {
	batch  backend.Batch
	around backend.Around
	blind  error // why that could not be read
}

// follow watches from now on: everything where changes are pushed, and what is
// on screen where that costs a list each time.
func (b browse) follow(f Frame) (browse, tea.Cmd) {
	if b.to == nil || b.listing || !b.stock.whole || b.stock.cursor != "" {
		return b, nil
	}
	if b.unwatched {
		if b.again.IsZero() {
			b.again = f.Now.Add(relistEvery)
		}
		return b, nil
	}
	query, about := backend.Query{}, model.Scope{All: true}
	if !b.to.traits.Watches {
		query, about = queryOf(b.scope), b.scope
	} else if b.watch != nil {
		return b, nil
	}
	b.watch.stop()
	if b.watcher != nil {
		b.watcher.Close()
		b.watcher = nil
	}
	plane, have := b.to.plane, b.stock
	var run tea.Cmd
	b.watch, run = listen(b.to, f, func(ctx context.Context) (backend.Watcher, error) {
		return plane.Watch(ctx, query, have.seen(about))
	})
	return b, run
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
	if errors.Is(err, backend.ErrForbidden) && b.to.traits.Watches {
		return b.unwatch(f, err)
	}
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
	if b.down() == nil && b.to.traits.Watches {
		b.readAt = f.Now // until now it was live
	}
	b.failed, b.retryAt = err, time.Time{}
	if in := retryIn(err); in > 0 {
		b.retryAt = f.Now.Add(in)
	}
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
		// The watch will not tell these changes again, so they are kept also when
		// the resources could not be read.
		around, blind := backend.LookAround(ctx, plane)
		return news{batch, around, blind}, nil
	})
	return b, run
}

func (b browse) heard(f Frame, msg answer[news]) (Screen, Result) {
	if msg.to != b.watch {
		return b, Result{}
	}
	batch := msg.value.batch
	if msg.err != nil {
		// What came with it will not be told again.
		b, kept := b.keep(f, batch.Events)
		next, result := b.lost(f, msg.err)
		result.Run = tea.Batch(kept, result.Run)
		return next, result
	}
	if b.failed != nil {
		b.lessons.again = time.Time{}
	}
	b = b.revived(f)
	b.failed, b.retryAt, b.again = nil, time.Time{}, time.Time{}
	if batch.Every > 0 {
		b.every = batch.Every
	}
	brought := func(s stock) stock { return s.with(batch.Events) }
	if !b.to.traits.Watches {
		if b.scope.All {
			b.wholeAt = f.Now
		}
		var seen step
		b, seen = b.sighted(f, msg.value.around, msg.value.blind)
		brought = func(s stock) stock { return seen(s.with(batch.Events)) }
	}
	b.stirred = b.stirred || len(batch.Events) > 0
	b = b.heedful(f, batch.Events)
	b, work := b.work(f, brought)
	b, run := b.await(f)
	return b, Result{Run: tea.Batch(work, run)}
}

// keep works in what a watch brought before it failed.
func (b browse) keep(f Frame, events []backend.Event) (browse, tea.Cmd) {
	if len(events) == 0 {
		return b, nil
	}
	return b.work(f, func(s stock) stock { return s.with(events) })
}

// apply shows what was just written. What is polled was asked for before it, so
// the poll begins anew from there.
func (b browse) apply(f Frame, msg changed) (Screen, Result) {
	if msg.to != b.to {
		return b, Result{}
	}
	b.past = b.past.told(msg)
	if b.listing {
		b.written = append(slices.Clip(b.written), msg.events...)
	}
	if len(b.afoot.unfinished) > 0 {
		b = b.heedful(f, msg.events)
	}
	if b.rewatch = true; !b.to.traits.Watches {
		b.watch.stop()
		b.watch = nil
	}
	b, run := b.work(f, func(s stock) stock { return s.with(msg.events) })
	return b, Result{Run: run}
}
