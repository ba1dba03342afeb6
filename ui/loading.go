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

// start reads the control plane from the beginning: the list, and beside it who
// refers to secrets. Rows are drawn as soon as the first page is there.
func (b browse) start(f Frame) (browse, tea.Cmd) {
	b = b.halt()
	b.failed, b.blinded, b.denied, b.stopped, b.again = nil, nil, nil, false, time.Time{}
	b.listing, b.lessons = true, b.lessons.end()
	b.lessons.tried, b.lessons.barred = nil, false
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
	if cursor == "" {
		b.steps = append(slices.Clip(b.steps), stock.anew)
	}
	return b, run
}

// took takes a page of the list.
func (b browse) took(f Frame, msg answer[backend.Page]) (Screen, Result) {
	if msg.to != b.loading {
		return b, Result{}
	}
	b.loading = nil
	if msg.err != nil {
		return b.untook(f, msg.err)
	}
	b.failed, b.readAt = nil, f.Now
	b, run := b.work(f, func(s stock) stock { return s.add(msg.value) })
	return b, Result{Run: run}
}

// untook says why the list could not be read. Who may not list secrets at all
// can still open one by name; what fails otherwise is tried again when there
// are rows on the screen.
func (b browse) untook(f Frame, err error) (Screen, Result) {
	b.listing = false
	if errors.Is(err, backend.ErrForbidden) && b.readAt.IsZero() {
		b.denied = err
		b, run := b.work(f, func(s stock) stock { s.unlisted, s.stale = true, true; return s })
		return b, Result{Run: run}
	}
	b.failed = err
	if !b.readAt.IsZero() {
		b.again = f.Now.Add(retryEvery)
	}
	return b, Result{}
}

// look asks who refers to secrets.
func (b browse) look(f Frame) (browse, tea.Cmd) {
	b.looking.stop()
	plane := b.to.plane
	var run tea.Cmd
	b.looking, run = ask(b.to, f, listLimit, func(ctx context.Context) (backend.Around, error) { return backend.LookAround(ctx, plane) })
	b.looked = f.Now
	return b, run
}

// sawAround takes who refers to secrets.
func (b browse) sawAround(f Frame, msg answer[backend.Around]) (Screen, Result) {
	if msg.to != b.looking {
		return b, Result{}
	}
	b.looking, b.blinded = nil, msg.err
	if msg.err != nil {
		return b, Result{}
	}
	b, run := b.work(f, func(s stock) stock { return s.about(msg.value) })
	return b, Result{Run: run}
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
	steps, have := b.steps, b.stock
	b.steps = nil
	var run tea.Cmd
	b.merging, run = ask(b.to, f, listLimit, func(context.Context) (stock, error) {
		for _, s := range steps {
			have = s(have)
		}
		return have.taken(), nil
	})
	return b, run
}

// restocked is told to the screens above: what they were opened with did not
// say yet who refers to secrets.
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
	if len(b.written) > 0 {
		// What came was asked for before these writes.
		next = next.with(b.written).retaken()
	}
	if next.looked && !b.stock.looked {
		result.Tell = restocked{b.to, next}
	}
	b.stock = next
	b = b.sift()
	b, result.Run = b.onward(f)
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
	b.written = nil
	if b.listing {
		b.listing = false
		b, watch = b.follow(f)
	}
	b, learn := b.schooled().learn(f)
	return b, tea.Batch(watch, learn)
}

// The pace of what is done again by itself.
const (
	retryEvery = 10 * time.Second // after a failure
	lookEvery  = 30 * time.Second // who refers to secrets, where only secrets are watched
	lookSoon   = 3 * time.Second  // the same after a change, or when it failed
)

// ticked does again what is due.
func (b browse) ticked(f Frame) (browse, tea.Cmd) {
	if b.to == nil {
		return b, nil
	}
	if !b.again.IsZero() && !f.Now.Before(b.again) {
		b.again = time.Time{}
		return b.start(f)
	}
	due := lookEvery
	if b.blinded != nil || b.stirred {
		due = lookSoon
	}
	if !b.to.traits.Watches || b.listing || b.looking != nil || b.stopped || f.Now.Sub(b.looked) < due {
		return b, nil
	}
	b.stirred = false
	return b.look(f)
}

// fault is why what is shown is not fresh, or not marked.
func (b browse) fault() error {
	if b.failed != nil {
		return b.failed
	}
	return b.blinded
}

// queryOf is what the rows of a scope are a list of.
func queryOf(s model.Scope) backend.Query { return backend.Query{Mesh: s.Mesh, Global: s.Global} }
