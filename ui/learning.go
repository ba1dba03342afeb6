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
	barred bool                        // reading facts failed; it is not tried again by itself
}

// end stops the reading of facts. What is held and not shown yet is dropped.
func (l lessons) end() lessons {
	l.asked.stop()
	return lessons{tried: l.tried, barred: l.barred}
}

// lesson is a part of what is to be learnt.
type lesson struct {
	secrets []model.Secret
	next    string // the cursor of the next page; "" when this was the last
}

// fewest is of how many secrets one page of facts is made: below that many rows
// for each secret to be learnt, asking one by one takes fewer requests.
const fewest = 100

// learn reads the facts that are missing of what is on screen. What was begun
// for another mesh is given up.
func (b browse) learn(f Frame) (browse, tea.Cmd) {
	if b.to == nil || b.to.traits.ListsFacts || b.listing || !b.stock.whole || b.lessons.barred {
		return b, nil
	}
	scope := b.scope
	if b.lessons.all {
		scope = model.Scope{All: true}
	}
	if b.lessons.asked != nil {
		if b.lessons.scope == scope {
			return b, nil
		}
		b.lessons = b.lessons.end()
	}
	if scope.All && !b.lessons.all {
		return b, nil
	}
	due, of := b.unlearnt(scope)
	if len(due) == 0 {
		b.lessons = b.lessons.end()
		return b, nil
	}
	b.lessons = lessons{all: b.lessons.all, tried: b.lessons.tried, scope: scope, began: f.Now, due: due, of: of}
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
	for _, row := range b.stock.inventory.In(scope) {
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
		return lesson{page.Secrets, page.Next}, err
	})
	return b, run
}

// learnEach reads secrets one by one: a few that changed in a large mesh.
func (b browse) learnEach(f Frame, refs []model.Ref) (browse, tea.Cmd) {
	plane := b.to.plane
	var run tea.Cmd
	b.lessons.asked, run = ask(b.to, f, listLimit, func(ctx context.Context) (lesson, error) {
		var learnt lesson
		for _, ref := range refs {
			got, err := plane.Get(ctx, ref)
			got.Wipe()
			if errors.Is(err, backend.ErrNotFound) {
				continue
			}
			if err != nil {
				return learnt, err
			}
			learnt.secrets = append(learnt.secrets, got.Secret)
		}
		return learnt, nil
	})
	return b, run
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
	show := l.over || !l.taught || len(held)*50 > len(b.stock.secrets)
	if show {
		l.held, l.taught = nil, true
	}
	b.lessons = l
	var work, next tea.Cmd
	if show {
		b, work = b.work(f, func(s stock) stock { return s.learnt(held) })
	}
	switch {
	case msg.err != nil:
		return b.unlearned(msg.err, work)
	case !l.over:
		b, next = b.learnPage(f, msg.value.next)
	}
	return b, Result{Run: tea.Batch(work, next)}
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
	b.lessons = b.lessons.end()
	b.lessons.tried = tried
	return b
}

// unlearned says once that facts cannot be read; the list stays as useful as
// it is without them.
func (b browse) unlearned(err error, work tea.Cmd) (Screen, Result) {
	b.lessons = b.lessons.end()
	b.lessons.barred = true
	why, next := words(err, b.to)
	text := "Facts are not read: " + why + " " + next
	if errors.Is(err, backend.ErrForbidden) {
		text = "Facts are not read: you may not read values here. Names, ages and references stay."
	}
	return b, Result{Run: work, Say: noted(text)}
}

// learnAll begins to read the facts of all meshes.
func (b browse) learnAll(f Frame) (Screen, Result) {
	b.lessons = b.lessons.end()
	b.lessons.all, b.lessons.barred, b.lessons.tried = true, false, nil
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
