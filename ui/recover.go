package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// recovery lists the reassigns that were begun and not finished, whoever began
// them, the most dangerous first. It does nothing by itself: one is decided on
// its own screen.
type recovery struct {
	to      *session
	stock   stock
	all     []interrupted
	chosen  model.Unfinished // the one at the bar, by id
	asked   *request
	readAt  time.Time // when all was read
	failed  error     // why it could not be read
	window  window
	stopped []string // the ids of those that this console began and does no more
}

// openRecover opens the list: what is known already is there at once, without
// how far it came.
func openRecover(to *session, f Frame, have stock, known afoot) (Screen, tea.Cmd) {
	r := recovery{to: to, stock: have, readAt: f.Now, stopped: known.stopped}
	for _, u := range known.unfinished {
		i := interrupted{}
		i.Unfinished = u
		r.all = append(r.all, i)
	}
	return r.sorted().read(f)
}

// read reads what is unfinished, and looks at each.
func (r recovery) read(f Frame) (recovery, tea.Cmd) {
	r.asked.stop()
	r.failed = nil
	to := r.to
	var run tea.Cmd
	r.asked, run = ask(to, f, listLimit, func(ctx context.Context) ([]interrupted, error) {
		all, err := to.plane.Unfinished(ctx)
		if err != nil {
			return nil, err
		}
		return lookAll(ctx, to, all), nil
	})
	return r, run
}

func (r recovery) session() *session { return r.to }
func (r recovery) close()            { r.asked.stop() }

// Deeds choose one and open its decision.
func (r recovery) Deeds(Frame) []Deed {
	deeds := moves()
	if len(r.all) > 0 {
		deeds = append(deeds, Deed{ID: keymap.Open, Word: "decide", Not: r.unread()})
	}
	word := "look again"
	if r.failed != nil {
		word = "ask again"
	}
	return append(append(deeds, Deed{ID: keymap.Reload, Word: word}), standing("back")...)
}

// unread says why nothing can be decided yet.
func (r recovery) unread() string {
	i := r.all[r.index()]
	if r.asked != nil && !i.looked && i.err == nil {
		return "It is being looked at. Try again in a moment."
	}
	return ""
}

// Do does one of them.
func (r recovery) Do(f Frame, p Press) (Screen, Result) {
	if isMove(p.ID) {
		if len(r.all) == 0 {
			return r, Result{}
		}
		room := r.room(f)
		i := moved(p.ID, r.index(), room, len(r.all))
		r.window, r.chosen = r.window.follow(i, room, len(r.all)), r.all[i].id()
		return r, Result{}
	}
	switch p.ID {
	case keymap.Open:
		one := r.all[r.index()]
		next, run := openDecision(r.to, f, r.stock, one, slices.Contains(r.stopped, one.Plan.ID))
		return r, Result{Open: next, Run: run}
	case keymap.Reload:
		r, run := r.read(f)
		return r, Result{Run: run}
	}
	return r, Result{Close: true}
}

// Update takes what was read. The other screens are told when it is not what
// they know.
func (r recovery) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case restocked:
		if msg.to == r.to {
			r.stock = msg.stock
		}
	case unsettled:
		if msg.to == r.to {
			if msg.stopped != "" {
				r.stopped = append(slices.Clip(r.stopped), msg.stopped)
			}
			r, run := r.read(f)
			return r, Result{Run: run}
		}
	case answer[[]interrupted]:
		if msg.to != r.asked {
			return r, Result{}
		}
		r.asked, r.failed = nil, msg.err
		if msg.err != nil {
			return r, Result{}
		}
		r.all, r.readAt = msg.value, f.Now
		return r.sorted(), Result{Tell: recounted{to: r.to, unfinished: r.unfinished()}}
	}
	return r, Result{}
}

// recounted is told to all screens when what is unfinished was read: line 1
// counts it.
type recounted struct {
	to         *session
	unfinished []model.Unfinished
}

func (r recovery) unfinished() []model.Unfinished {
	all := make([]model.Unfinished, len(r.all))
	for n, i := range r.all {
		all[n] = i.Unfinished
	}
	return all
}

// index is where the chosen one stands now.
func (r recovery) index() int {
	return max(slices.IndexFunc(r.all, func(i interrupted) bool { return i.id() == r.chosen }), 0)
}

// sorted puts the dangerous ones first, and then the youngest.
func (r recovery) sorted() recovery {
	r.all = slices.Clone(r.all)
	slices.SortStableFunc(r.all, func(x, y interrupted) int {
		return cmp.Or(
			cmp.Compare(x.danger(), y.danger()),
			cmp.Compare(x.ageAt(r.readAt, r.readAt), y.ageAt(r.readAt, r.readAt)),
			cmp.Compare(x.Plan.From.Name, y.Plan.From.Name), cmp.Compare(x.Copy, y.Copy), cmp.Compare(x.Plan.ID, y.Plan.ID),
		)
	})
	return r
}

// danger ranks states: where a value hangs on one thread, or its name is taken,
// it is looked at first.
func (i interrupted) danger() int {
	if i.looked && (i.State == model.Gap || i.State == model.Replaced || i.State == model.Lost) {
		return 0
	}
	return 1
}

// longAgo stands for an age that is not known.
const longAgo = time.Duration(1<<63 - 1)

// ageAt is how long ago it was begun: by the control plane's own clock where it
// tells, as the clocks of two machines may differ.
func (i interrupted) ageAt(read, now time.Time) time.Duration {
	switch {
	case i.Age > 0:
		return i.Age + max(now.Sub(read), 0)
	case !i.Started.IsZero():
		return max(now.Sub(i.Started), 0)
	}
	return longAgo
}
