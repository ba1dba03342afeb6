package ui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
)

// start reads the control plane from the beginning: the list, and beside it who
// refers to secrets. Rows are drawn as soon as the first page is there.
func (b browse) start(f Frame) (browse, tea.Cmd) {
	b = b.halt()
	b.failed, b.unheard, b.blinded, b.denied, b.stopped, b.again, b.retryAt = nil, nil, nil, nil, false, time.Time{}, time.Time{}
	b.listing, b.quiet, b.rewatch, b.blinds = true, false, false, 0
	b.lessons = b.lessons.end(b.lessons.all).anew()
	b, page := b.page(f, "")
	b, around := b.look(f)
	return b, tea.Batch(page, around)
}

// halt stops what is under way and drops what was not worked in yet: a list
// that is read anew holds it too.
func (b browse) halt() browse {
	b.loading.stop()
	b.merging.stop()
	b.watch.stop()
	if b.watcher != nil {
		b.watcher.Close()
	}
	b.loading, b.merging, b.watch, b.watcher = nil, nil, nil, nil
	b.steps, b.written = nil, nil
	return b
}

// page asks for a page of the list.
func (b browse) page(f Frame, cursor string) (browse, tea.Cmd) {
	plane := b.to.plane
	var run tea.Cmd
	b.loading, run = ask(b.to, f, listLimit, func(ctx context.Context) (backend.Page, error) {
		return plane.List(ctx, backend.Query{Cursor: cursor})
	})
	b.first = cursor == ""
	return b, run
}

// took takes a page of the list. Only the first page of a list that is read anew
// takes the place of what is there: it may not come.
func (b browse) took(f Frame, msg answer[backend.Page]) (Screen, Result) {
	if msg.to != b.loading {
		return b, Result{}
	}
	b.loading = nil
	if msg.err != nil {
		return b.untook(f, msg.err)
	}
	b.failed, b.readAt, b.wholeAt = nil, f.Now, f.Now
	first := b.first
	b.first = false
	b, run := b.work(f, func(s stock) stock {
		if first {
			s = s.anew()
		}
		return s.add(msg.value)
	})
	return b, Result{Run: run}
}

// untook says why the list could not be read. Who may not list secrets at all
// can still open one by name; what fails otherwise is tried again when there
// are rows on the screen.
func (b browse) untook(f Frame, err error) (Screen, Result) {
	b.listing, b.quiet, b.first = false, false, false
	if b.readAt.IsZero() {
		b.lessons.all = false
	}
	if errors.Is(err, backend.ErrForbidden) && b.readAt.IsZero() {
		b.denied = err
		b, run := b.work(f, func(s stock) stock { s.unlisted, s.stale = true, true; return s })
		return b, Result{Run: run}
	}
	b.failed = err
	if !b.readAt.IsZero() || passes(err) {
		b.again = f.Now.Add(retryEvery)
	}
	return b, Result{}
}

// look asks who refers to secrets.
func (b browse) look(f Frame) (browse, tea.Cmd) {
	b.looking.stop()
	b = b.lookAway()
	b.looked = f.Now
	plane := b.to.plane
	if onlooker, is := plane.(backend.Onlooker); is {
		return b.lookOn(f, onlooker)
	}
	var run tea.Cmd
	b.looking, run = ask(b.to, f, listLimit, func(ctx context.Context) (backend.Around, error) { return backend.LookAround(ctx, plane) })
	return b, run
}

// sawAround takes who refers to secrets.
func (b browse) sawAround(f Frame, msg answer[backend.Around]) (Screen, Result) {
	if msg.to != b.looking {
		return b, Result{}
	}
	b.looking = nil
	b, learnt := b.sighted(f, msg.value, msg.err)
	b, run := b.work(f, learnt)
	return b, Result{Run: run}
}

// sighted takes how a look at who refers to secrets went, and gives what it
// changes. What was read before stays when it failed.
func (b browse) sighted(f Frame, around backend.Around, err error) (browse, step) {
	err = cmp.Or(err, around.Lost(b.stock.read))
	b.blinded = err
	b = b.beside(f, err)
	if err != nil {
		b.blinds++
		why, _ := words(err, b.to)
		return b, func(s stock) stock { s.unseen = why; return s }
	}
	b.blinds, b.seenAt = 0, f.Now
	at := f.Now
	return b, func(s stock) stock {
		s.lookedAt = at
		return s.about(around)
	}
}

// work has a step worked in. A hundred thousand rows take longer than a key may
// wait, so that is done beside the screen; what comes meanwhile waits and is
// worked in together.
func (b browse) work(f Frame, s step) (browse, tea.Cmd) {
	b.steps = append(slices.Clip(b.steps), s)
	if b.merging != nil {
		return b, nil
	}
	return b.merge(f)
}

func (b browse) merge(f Frame) (browse, tea.Cmd) {
	steps, have, written := b.steps, b.stock, b.written
	b.steps = nil
	var run tea.Cmd
	b.merging, run = ask(b.to, f, listLimit, func(context.Context) (stock, error) {
		for _, s := range steps {
			have = s(have)
		}
		// What came was asked for before these writes.
		return have.with(written).taken(), nil
	})
	return b, run
}

// restocked is told to the screens above whenever something was worked in, and
// when it is known anew who refers to secrets or whether anything answers.
type restocked struct {
	to    *session
	stock stock
}

// merged shows what was worked in, and asks for what comes next.
func (b browse) merged(f Frame, msg answer[stock]) (Screen, Result) {
	if msg.to != b.merging {
		return b, Result{}
	}
	b.merging = nil
	next, result := msg.value, Result{}
	if next.note != "" {
		result.Say, next.note = noted(next.note), ""
	}
	b.stock = next
	b = b.sift(f)
	b, result.Run = b.onward(f)
	result.Tell = restocked{b.to, b.handed()}
	return b, result
}

// onward goes on once everything that came is worked in: with the next page,
// and after the last one with watching and learning.
func (b browse) onward(f Frame) (browse, tea.Cmd) {
	switch {
	case len(b.steps) > 0:
		return b.merge(f)
	case b.loading != nil:
		return b, nil
	case b.listing && b.stock.cursor != "":
		return b.page(f, b.stock.cursor)
	}
	var watch tea.Cmd
	if b.written = nil; b.listing || b.rewatch {
		b.listing, b.quiet, b.rewatch = false, false, false
		b, watch = b.follow(f)
	}
	b, learn := b.schooled().learn(f)
	return b, tea.Batch(watch, learn)
}
