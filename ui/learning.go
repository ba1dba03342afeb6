package ui

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// lessons is the reading of facts in the background, for control planes whose
// lists do not bring them: for the mesh on screen by itself, for all meshes
// when that is asked for. Values are read and dropped by the backend.
type lessons struct {
	asked  *request
	scope  model.Scope // what is being learnt
	all    bool        // all meshes were asked for
	began  time.Time
	due    map[model.Ref]model.Version // what was to be learnt when it began
	over   bool                        // the last part came; what is still not learnt then was read in vain
	done   int                         // how many secrets were looked at
	of     int                         // of how many
	held   []model.Secret
	taught bool                        // something of this reading was worked in already
	tried  map[model.Ref]model.Version // what could not be learnt, so that it is not asked for again and again; replaced, never edited
	barred bool                        // values may not be read; it is not tried again by itself
	again  time.Time                   // when it is tried again after a failure; zero: nothing failed
	fails  int                         // how often in a row it failed
}

// end stops the reading of facts, and keeps the wish for those of all meshes or
// not. What is held and not shown yet is dropped.
func (l lessons) end(all bool) lessons {
	l.asked.stop()
	return lessons{all: all, tried: l.tried, barred: l.barred, again: l.again, fails: l.fails}
}

// anew lets everything be tried again.
func (l lessons) anew() lessons {
	l.tried, l.barred, l.again, l.fails = nil, false, time.Time{}, 0
	return l
}

// lesson is a part of what is to be learnt.
type lesson struct {
	secrets []model.Secret
	absent  []model.Ref // looked for one by one, and not there
	next    string      // the cursor of the next page; "" when this was the last
}

// fewest is of how many secrets one page of facts is made: below that many rows
// for each secret to be learnt, asking one by one takes fewer requests.
const fewest = 100

// learn reads the facts that are missing of what is on screen. What was begun
// for another mesh is given up.
func (b browse) learn(f Frame) (browse, tea.Cmd) {
	if b.to == nil || b.to.traits.ListsFacts || b.reading() || !b.stock.whole || b.lessons.barred || f.Now.Before(b.lessons.again) {
		return b, nil
	}
	if b.wantsFacts() {
		b.lessons.all = true
	}
	scope := b.scope
	if b.lessons.all {
		scope = model.Scope{All: true}
	}
	if b.lessons.asked != nil {
		if b.lessons.scope == scope {
			return b, nil
		}
		b.lessons = b.lessons.end(b.lessons.all)
	}
	if scope.All && !b.lessons.all {
		return b, nil
	}
	due, of := b.unlearnt(scope)
	b.lessons = b.lessons.end(b.lessons.all && len(due) > 0)
	if len(due) == 0 {
		return b, nil
	}
	b.lessons.scope, b.lessons.began, b.lessons.due, b.lessons.of = scope, f.Now, due, of
	if len(due)*fewest < of {
		b.lessons.of = len(due)
		return b.learnEach(f, slices.SortedFunc(maps.Keys(due), model.Ref.Compare))
	}
	return b.learnPage(f, "")
}

// unlearnt are the secrets of a scope whose facts are not known and were not
// tried in vain, and how many secrets it has.
func (b browse) unlearnt(scope model.Scope) (due map[model.Ref]model.Version, of int) {
	due = map[model.Ref]model.Version{}
	rows := b.stock.inventory.In(scope)
	if t := rows.Totals(); t.Unlearnt == 0 {
		return due, t.Secrets
	}
	for _, row := range rows.All() {
		if row.Ghost() {
			continue
		}
		of++
		version, tried := b.lessons.tried[row.Secret.Ref]
		if !row.Secret.Facts.Learnt() && (!tried || version != row.Secret.Version) {
			due[row.Secret.Ref] = row.Secret.Version
		}
	}
	return due, of
}

func (b browse) learnPage(f Frame, cursor string) (browse, tea.Cmd) {
	plane, query := b.to.plane, queryOf(b.lessons.scope)
	query.Cursor = cursor
	var run tea.Cmd
	b.lessons.asked, run = ask(b.to, f, listLimit, func(ctx context.Context) (lesson, error) {
		page, err := plane.Learn(ctx, query)
		return lesson{secrets: page.Secrets, next: page.Next}, err
	})
	return b, run
}

// learnEach reads secrets one by one: a few that changed in a large mesh. One
// that cannot be read stays unlearnt and stops none of the others, unless that
// would go for each of them.
func (b browse) learnEach(f Frame, refs []model.Ref) (browse, tea.Cmd) {
	plane := b.to.plane
	var run tea.Cmd
	b.lessons.asked, run = ask(b.to, f, listLimit, func(ctx context.Context) (lesson, error) { return learnOf(ctx, plane, refs) })
	return b, run
}

// learnOf reads secrets one by one.
func learnOf(ctx context.Context, plane backend.Reader, refs []model.Ref) (lesson, error) {
	var learnt lesson
	var refused error
	for _, ref := range refs {
		got, err := plane.Get(ctx, ref)
		got.Wipe()
		switch {
		case err == nil:
			learnt.secrets = append(learnt.secrets, got.Secret)
		case forAll(err) || ctx.Err() != nil:
			return learnt, err
		case forbids(err):
			refused = err
		case errors.Is(err, backend.ErrNotFound):
			learnt.absent = append(learnt.absent, ref)
		}
	}
	if len(learnt.secrets) > 0 {
		refused = nil
	}
	return learnt, refused
}

func forbids(err error) bool { return errors.Is(err, backend.ErrForbidden) }

// forAll tells that a failure is not about the one secret.
func forAll(err error) bool {
	for _, kind := range []error{backend.ErrUnavailable, backend.ErrUnauthorized, backend.ErrBusy, backend.ErrUntrusted, backend.ErrRedirect} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// learnt takes a part. It is shown when a fiftieth of all is there, so that a
// long list is not taken anew for each page.
func (b browse) learnt(f Frame, msg answer[lesson]) (Screen, Result) {
	if msg.to != b.lessons.asked {
		return b, Result{}
	}
	l := b.lessons
	l.asked = nil
	l.done = min(l.done+len(msg.value.secrets), l.of)
	l.held = append(slices.Clip(l.held), msg.value.secrets...)
	l.over = msg.err != nil || msg.value.next == ""
	held := l.held
	show := l.over || !l.taught || len(held)*50 > b.stock.inventory.All.Secrets
	if show {
		l.held, l.taught = nil, true
	}
	b.lessons = l
	var work, next tea.Cmd
	if show {
		b, work = b.work(f, func(s stock) stock { return s.learnt(held) })
	}
	if msg.err != nil {
		return b.unlearned(f, msg.err, work)
	}
	b.lessons.fails = 0
	if !l.over {
		b, next = b.learnPage(f, msg.value.next)
	}
	return b, Result{Run: tea.Batch(work, next)}
}

// learntAbove works in what a screen above learnt.
func (b browse) learntAbove(f Frame, msg learntAbove) (Screen, Result) {
	if msg.to != b.to || len(msg.secrets) == 0 {
		return b, Result{}
	}
	b, run := b.work(f, func(s stock) stock { return s.learnt(msg.secrets) })
	return b, Result{Run: run}
}

// schooled ends a reading once it is worked in: what is still not learnt was
// read in vain. What changed meanwhile has another version and is read again.
func (b browse) schooled() browse {
	if !b.lessons.over {
		return b
	}
	still, _ := b.unlearnt(b.lessons.scope)
	tried := maps.Clone(b.lessons.tried)
	for ref, version := range b.lessons.due {
		if now, is := still[ref]; is && now == version {
			if tried == nil {
				tried = map[model.Ref]model.Version{}
			}
			tried[ref] = version
		}
	}
	b.lessons = b.lessons.end(b.lessons.all)
	b.lessons.tried = tried
	return b
}

// unlearned says once that facts cannot be read; the list stays as useful as
// it is without them. It is tried again later and later, unless values may not
// be read at all.
func (b browse) unlearned(f Frame, err error, work tea.Cmd) (Screen, Result) {
	result := Result{Run: work}
	if errors.Is(err, backend.ErrForbidden) {
		b.lessons = b.lessons.end(false)
		b.lessons.barred = true
		result.Say = noted("Facts are not read: you may not read values here. Names, ages and references stay.")
		return b, result
	}
	b.lessons = b.lessons.end(b.lessons.all)
	b.lessons.again = f.Now.Add(min(retryEvery<<min(b.lessons.fails, 8), lessonMost))
	if b.lessons.fails++; b.lessons.fails == 1 {
		why, _ := words(err, b.to)
		result.Say = noted("Facts are not read: " + why + " They are tried again by themselves.")
	}
	return b, result
}

// learnAll begins to read the facts of all meshes. While the list is still read
// the wish is kept; without a whole list nobody knows which secrets there are.
func (b browse) learnAll(f Frame) (Screen, Result) {
	b.lessons, b.enough = b.lessons.end(true).anew(), false
	switch {
	case b.reading():
		return b, Result{Say: Message{Text: "The facts of all secrets are read once the list is."}}
	case b.denied != nil:
		b.lessons.all = false
		return b, Result{Say: noted("Secrets are not listed here, so their facts are not read either. :open NAME reads one.")}
	case !b.stock.whole:
		b.lessons.all = false
		return b, Result{Say: noted("The list is not whole, so not all facts can be read. ctrl+r reads it.")}
	}
	b, run := b.learn(f)
	if b.lessons.asked == nil {
		b.lessons.all = false
		return b, Result{Run: run, Say: Message{Text: "The facts of all secrets are known."}}
	}
	return b, Result{Run: run}
}

// status is how far the reading of facts is, once it takes a while.
func (l lessons) status(f Frame) (Line, string, bool) {
	if l.asked == nil || !l.all && f.Now.Sub(l.began) < hesitation {
		return nil, "", false
	}
	stop := ""
	if l.all {
		stop = "esc stop"
	}
	return say(Plain, fmt.Sprintf("Reading facts: %s of %s.", model.CountWord(l.done), model.CountWord(l.of))), stop, true
}
