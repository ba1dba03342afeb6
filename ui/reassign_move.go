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

// move is one reassign whose steps are taken: what the gate hands from step to
// step, and what is told of it. What is done next is decided by the gate, from
// what is there. Whoever has a move takes its steps with advance and gives it
// the answers with went, until it is over; it asks for no consent.
type move struct {
	to       *session
	change   model.Change // with values, until it is over
	progress backend.Progress
	zones    []backend.Zone // that follow, as far as known before they are asked
	running  *request       // a step

	looked  bool // it was seen what is there
	known   bool // and since the last step
	taken   []taken
	after   model.Step // the last step that was taken
	turns   int        // how many went well since a person last decided
	err     error      // of the last step; nil when it went well
	other   model.Unfinished
	secret  model.Secret // what stands where it led, once it is over
	halt    bool         // no further step is begun
	restore bool         // the last thing tried was to create it where it was

	began   time.Time
	ended   time.Time // zero while it goes on
	deleted time.Time // when the source was deleted, in this run
	back    time.Time // when a mesh had it again; zero while none has
	retry   time.Time // when a step that failed is taken again
	seenAt  time.Time // when it was last looked at
}

// newMove is a move of which no step was taken in this run. It has the change
// from now on, values included. Resumed tells that progress has looked already.
func newMove(s *session, f Frame, c model.Change, at backend.Progress, zones []backend.Zone, resumed bool) move {
	return move{to: s, change: c, progress: at, zones: zones, looked: resumed, known: resumed, began: f.Now}
}

// advanced is the answer to a step.
type advanced struct {
	progress backend.Progress
	secret   model.Secret     // what stands where it led, once it is done
	other    model.Unfinished // whose safety copy stands in the way
	restored bool             // it was created again where it was, from here
}

// verdict is what came of a step.
type verdict uint8

const (
	goesOn   verdict = iota // the next step is to be taken
	finished                // the secret is where the plan led, and all is cleaned up
	stuck                   // a person decides
)

// longestPause bounds what a step waits before it is taken again.
const longestPause = 10 * time.Second

// advance takes one step; it ends when its answer is there.
func (m move) advance(f Frame) (move, tea.Cmd) {
	gate, plane, at, c := m.to.gate, m.to.plane, m.progress, m.change.Clone()
	m.ended = time.Time{}
	var run tea.Cmd
	m.running, run = commit(m.to, f, writeLimit+m.to.id.Gap()+longestPause, func(ctx context.Context) (advanced, error) {
		defer c.Wipe()
		next, err := gate.Advance(ctx, c, at)
		out := advanced{progress: next}
		switch {
		case next.World.Copy == model.Foreign:
			out.other = inTheWay(ctx, plane, next.Copy())
		case err == nil && next.Next == model.Done:
			out.secret = arrival(ctx, plane, plannedAt(c, next.Plan.To).Secret)
		}
		return out, err
	})
	return m, run
}

// plannedAt is what a change plans to be at one of its ends.
func plannedAt(c model.Change, end model.Ref) model.Snapshot {
	if end == c.Before.Secret.Ref {
		return c.Before
	}
	return c.After
}

// arrival reads what stands in the new mesh; when that fails the secret is
// shown as it was planned, until the list is read again.
func arrival(ctx context.Context, plane backend.Reader, planned model.Secret) model.Secret {
	got, err := plane.Get(ctx, planned.Ref)
	defer got.Wipe()
	if err != nil {
		return planned
	}
	if !got.Secret.Facts.Learnt() {
		got.Secret.Facts = planned.Facts
	}
	return got.Secret
}

// inTheWay finds whose safety copy it is that stands in the way. When that
// cannot be read, nobody is named.
func inTheWay(ctx context.Context, plane backend.Reader, name string) model.Unfinished {
	all, err := plane.Unfinished(ctx)
	at := slices.IndexFunc(all, func(u model.Unfinished) bool { return u.Copy == name })
	if err != nil || at < 0 {
		return model.Unfinished{}
	}
	return all[at]
}

// answers tells whether this answer is one to the step under way.
func (m move) answers(msg answer[advanced]) bool { return m.running != nil && msg.to == m.running }

// tooOften is more turns than any way has: what is done does not stay done.
const tooOften = 20

// went takes the answer to a step.
func (m move) went(f Frame, msg answer[advanced]) (move, verdict) {
	began, before, next := m.running.began, m.progress, msg.value.progress
	m.running, m.err, m.other = nil, msg.err, msg.value.other
	if msg.value.restored {
		return m.wasRestored(f, msg), stuck
	}
	m.known = msg.err == nil || next.Last != model.Done && !next.Unseen
	m.looked = m.looked || m.known || next.Last != model.Done
	m.progress = next
	if m.known {
		m.seenAt = f.Now
	}
	m = m.clocked(f)
	if msg.err == nil && next.Last != model.AskZones {
		m.turns++
	}
	if msg.err == nil && m.seen(next.Last) {
		m = m.noted(before, f.Now.Sub(began))
	}
	switch {
	case msg.err == nil && next.Next == model.Done:
		m.ended, m.secret = f.Now, msg.value.secret
		return m, finished
	case msg.err != nil && next.Again && !m.halt:
		m.retry = f.Now.Add(next.Pause())
		return m, goesOn
	case msg.err != nil, next.Next == model.Stuck, m.turns >= tooOften, m.halt:
		m.ended = f.Now
		return m, stuck
	}
	return m, goesOn
}

// before is the step that was taken last. Of one that another run took it is
// seen only what came of it.
func (m move) before(w model.World) model.Step {
	if m.after == model.Look && w.Alone() {
		return model.DeleteSource
	}
	return m.after
}

// seen tells whether what a step was to do is there: that its answer was good,
// or that something else changed meanwhile, does not say so.
func (m move) seen(s model.Step) bool {
	w := m.progress.World
	switch s {
	case model.KeepCopy:
		return w.Copy == model.Present
	case model.DeleteSource:
		return w.Source == model.Absent
	case model.CreateTarget:
		return w.Target != model.Absent
	case model.DropCopy:
		return w.Copy == model.Absent
	case model.Untag:
		return !w.Tagged || w.Fixed
	case model.Retain:
		return w.Tagged || w.Fixed
	case model.Look, model.Done, model.Stuck:
		return false
	case model.Wait, model.Outlast, model.AskZones:
	}
	return true
}

// clocked notes since when the secret is in no mesh, and for how long it was.
func (m move) clocked(f Frame) move {
	w := m.progress.World
	switch {
	case m.progress.Last == model.DeleteSource && m.deleted.IsZero() && (m.progress.Unseen || w.Alone()):
		m.deleted = f.Now
	case !m.known:
	case w.Source != model.Absent && m.back.IsZero():
		m.deleted = time.Time{} // it was not deleted after all
	case !w.Alone() && !m.deleted.IsZero() && m.back.IsZero():
		m.back = f.Now
	}
	return m
}

// noted adds the step that was taken to those that were. Asking the zones is
// one step, however often they are asked.
func (m move) noted(before backend.Progress, took time.Duration) move {
	step, at := m.progress.Last, len(m.taken)-1
	one := taken{step: step, text: stepWord(before.Plan, step, m.before(before.World), made), took: took}
	switch {
	case m.progress.TakenBack && !before.TakenBack:
		one.text = meshWord(before.Plan.To) + " refused it; created in " + meshWord(before.Plan.From) + " again"
		one.look = true
	case step == model.Retain && m.progress.World.Fixed:
		one.text, one.look = "not marked: you may not change it", true
	case step == model.Untag && m.progress.World.Fixed:
		one.text, one.look = "its label stays: you may not change it", true
	case step == model.DropCopy && m.progress.Asked && answersWord(m.progress.Zones) != allTook:
		one.text += " all the same" // zones are sent it from the mesh
	case step == model.AskZones:
		one.text = answersWord(m.progress.Zones)
		one.look = one.text != allTook
		if at >= 0 && m.after == step {
			one.took += m.taken[at].took
			m.taken = m.taken[:at]
		}
	}
	m.taken, m.after = append(slices.Clone(m.taken), one), step
	return m
}

// world is what is there, as far as it is known. Before anybody looked it is
// what the checks found.
func (m move) world() model.World {
	if !m.looked {
		return model.World{Source: model.Present, Run: m.progress.World.Run}
	}
	return m.progress.World
}

// places is what is there by the mesh it was in and the one it was to go to,
// whichever way the plan leads now.
func (m move) places() (origin, copied, target model.Place) {
	w := m.world()
	if m.progress.Plan.Back {
		return w.Target, w.Copy, w.Source
	}
	return w.Source, w.Copy, w.Target
}

// ends are the mesh it was in and the one it was to go to.
func (m move) ends() (origin, target model.Ref) {
	if p := m.progress.Plan; p.Back {
		return p.To, p.From
	}
	return m.progress.Plan.From, m.progress.Plan.To
}

// turned is the same move, the other way, because a person wants it so.
func (m move) turned() move {
	m.progress = m.progress.Reverse()
	m.progress.TakenBack, m.progress.Why = false, nil
	return m
}

// onceMore begins to take steps again after a person decided. What another run
// was seen to do is not forgotten: to look again is no consent to undo that.
func (m move) onceMore(f Frame) move {
	seen, overtaken := m.progress.World.Run, m.overtaken()
	m.progress = m.progress.Anew()
	if overtaken {
		m.progress.World.Run = seen
	}
	m.err, m.other, m.halt, m.turns, m.restore, m.retry = nil, model.Unfinished{}, false, 0, false, time.Time{}
	if len(m.taken) == 0 {
		m.began = f.Now
	}
	return m
}

// lastHolder tells that the secret is in neither mesh and in no safety copy:
// its value is here alone, so leaving drops it. That stays true until somebody
// is seen to hold it.
func (m move) lastHolder() bool {
	w := m.world()
	nowhere := w.Alone() || w.Held && !stands(w.Source) && !stands(w.Target)
	return m.looked && nowhere && w.Copy != model.Present && m.change.Before.Value.Len() > 0
}

// stands tells that a mesh has what is moved, or what somebody made of it.
func stands(p model.Place) bool { return p != model.Absent && p != model.Foreign }

// between tells that the secret is in no mesh, and its value is safe.
func (m move) between() bool { return m.looked && m.world().Between() }

// takenBack tells that the new mesh refused it for good.
func (m move) takenBack() bool { return m.progress.TakenBack }

// create makes the secret again where it was, from the value that is here.
// It is for when nothing else holds it: a plan does not make again what
// somebody else deleted.
func (m move) create(f Frame) (move, tea.Cmd) {
	gate, c := m.to.gate, m.change.Clone()
	again := model.Change{Verb: model.Create, After: c.Before, Read: c.Read, Unread: c.Unread, Begun: true}
	again.After.Secret.Labels = model.Untagged(model.Carry(c.Before.Secret.Labels))
	nowhere := m.progress
	nowhere.Last = model.Done
	m.restore, m.ended = true, time.Time{}
	var run tea.Cmd
	m.running, run = commit(m.to, f, writeLimit, func(ctx context.Context) (advanced, error) {
		defer c.Wipe()
		secret, err := gate.Apply(ctx, again)
		if err != nil {
			nowhere.Unseen = errors.Is(err, backend.ErrUnknown)
			return advanced{progress: nowhere}, err
		}
		return advanced{progress: nowhere, secret: secret, restored: true}, nil
	})
	return m, run
}

// wasRestored notes that the secret is where it was, made from here.
func (m move) wasRestored(f Frame, msg answer[advanced]) move {
	if m.progress.Plan.Back {
		m = m.turned()
	}
	m.progress.World = model.World{Source: model.Present}
	m.known, m.ended, m.secret = true, f.Now, msg.value.secret
	return m
}

// events are what the other screens are told of what it did.
func (m move) events() []backend.Event {
	from, to := m.progress.Plan.From, m.secret
	if to.Ref == from {
		return []backend.Event{{Secret: to}}
	}
	return []backend.Event{{Secret: model.Secret{Ref: from}, Gone: true}, {Secret: to}}
}

// spent lets go of the values: the move is over.
func (m move) spent() move {
	m.change.Wipe()
	m.change = m.change.Bare()
	return m
}
