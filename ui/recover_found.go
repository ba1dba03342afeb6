package ui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// afoot is what a control plane is asked beside its list, at each connect and
// reload: which reassigns were begun and not finished, and which zones follow
// it.
type afoot struct {
	asked      *request
	unfinished []model.Unfinished
	zones      int // how many follow a global control plane
	counted    bool
	said       bool // that something was found is said once per connect
	// due is when it is asked again by itself: what is watched tells of a reassign
	// only that a secret goes.
	due     time.Time
	stopped []string // the ids of those that this console began and does no more
}

// sighting is the answer to that.
type sighting struct {
	unfinished []model.Unfinished
	err        error // why unfinished could not be read
	state      model.State
	stated     bool // state is that of the only one
	zones      int
	counted    bool
}

// unsettled is told to all screens when a reassign was finished or left half
// way: what is unfinished has to be read again.
type unsettled struct {
	to *session
	// stopped is the id of a reassign that this console began, or went on with,
	// and does no more: "" for none.
	stopped string
}

// endedHere is the id of the reassign whose steps a screen took and left off;
// "" for none, and where a request may still be on its way.
func endedHere(s Screen) string {
	if b, is := s.(batch); is && b.leg >= movingAll {
		s = b.one
	}
	r, is := s.(reassign)
	if !is || r.stage != stopped || errors.Is(r.move.err, backend.ErrUnknown) {
		return ""
	}
	return r.move.progress.Plan.ID
}

// awareness is what line 1 says of a control plane beside what it says itself.
type awareness struct {
	interrupted int
	zones       int
	counted     bool // zones are known
}

// aware is a screen that knows it.
type aware interface{ aware() awareness }

func (b browse) aware() awareness {
	return awareness{interrupted: len(b.afoot.unfinished), zones: b.afoot.zones, counted: b.afoot.counted}
}

// afresh reads the control plane from the beginning, and what is asked beside
// its list.
func (b browse) afresh(f Frame) (browse, tea.Cmd) {
	b, run := b.start(f)
	b, sight := b.seek(f)
	return b, tea.Batch(run, sight)
}

// seek asks in the background what is unfinished, and for the zones.
func (b browse) seek(f Frame) (browse, tea.Cmd) {
	b.afoot.asked.stop()
	to := b.to
	var run tea.Cmd
	b.afoot.asked, run = ask(to, f, listLimit, func(ctx context.Context) (sighting, error) { return sight(ctx, to), nil })
	return b, run
}

// The time from a change by somebody else until it is asked what is unfinished: as
// long as a reassign takes that goes well, and less while one is known.
const (
	seekAfter = 20 * time.Second
	seekSoon  = 3 * time.Second
)

// heedful notes that others changed something, by which a reassign may have
// begun or ended.
func (b browse) heedful(f Frame, events []backend.Event) browse {
	gone := func(e backend.Event) bool { return e.Gone }
	switch {
	case len(events) == 0:
	case len(b.afoot.unfinished) > 0:
		if soon := f.Now.Add(seekSoon); b.afoot.due.IsZero() || soon.Before(b.afoot.due) {
			b.afoot.due = soon
		}
	case b.afoot.due.IsZero() && slices.ContainsFunc(events, gone):
		b.afoot.due = f.Now.Add(seekAfter)
	}
	return b
}

// seekAgain asks when it is due. What is found then is counted, and not said.
func (b browse) seekAgain(f Frame) (browse, tea.Cmd) {
	if !passed(b.afoot.due, f) || b.afoot.asked != nil || b.down() != nil {
		return b, nil
	}
	b.afoot.due, b.afoot.said = time.Time{}, true
	return b.seek(f)
}

// sight reads it. Only when one reassign is unfinished it is looked at: more of
// them are left to the screen that lists them.
func sight(ctx context.Context, to *session) sighting {
	var s sighting
	if to.id.Mode == backend.ModeGlobal {
		zones, err := to.plane.Zones(ctx)
		s.zones, s.counted = len(zones), err == nil
	}
	if s.unfinished, s.err = to.plane.Unfinished(ctx); s.err != nil {
		s.unfinished = nil
	}
	if len(s.unfinished) != 1 {
		return s
	}
	if one := lookAt(ctx, to, s.unfinished[0]); one.err == nil {
		s.state, s.stated = one.State, true
	} else if one.over() {
		s.unfinished = nil
	}
	return s
}

// sought takes what was found. When it could not be read nothing is claimed:
// :recover says why.
func (b browse) sought(msg answer[sighting]) (Screen, Result) {
	if msg.to != b.afoot.asked {
		return b, Result{}
	}
	b.afoot.asked = nil
	s := msg.value
	if s.counted {
		b.afoot.zones, b.afoot.counted = s.zones, true
	}
	b.afoot.unfinished = s.unfinished
	if s.err != nil {
		return b, Result{}
	}
	told := Result{Tell: recounted{to: b.to, unfinished: s.unfinished}}
	if !b.afoot.said && len(s.unfinished) > 0 {
		b.afoot.said = true
		told.Say = foundAtStart(s)
	}
	return b, told
}

// resought reads again what is unfinished, once another screen says so.
func (b browse) resought(f Frame, msg unsettled) (Screen, Result) {
	if b.to == nil || msg.to != b.to {
		return b, Result{}
	}
	if msg.stopped != "" {
		b.afoot.stopped = append(slices.Clip(b.afoot.stopped), msg.stopped)
	}
	b, run := b.seek(f)
	return b, Result{Run: run}
}

// recounted takes what another screen read.
func (b browse) recounted(msg recounted) (Screen, Result) {
	if b.to != nil && msg.to == b.to {
		b.afoot.unfinished, b.afoot.said = msg.unfinished, true
	}
	return b, Result{}
}

// foundAtStart says what was found, and what shows more.
func foundAtStart(s sighting) Message {
	const more = " :recover shows what to do."
	one := s.unfinished[0]
	name := model.Visible(one.Plan.From.Name)
	switch {
	case len(s.unfinished) > 1:
		return noted(model.CountWord(len(s.unfinished)) + " reassigns were interrupted." + more)
	case one.Problem != "":
		return noted(unreadableWord(one) + " :recover shows it.")
	case s.stated && s.state == model.Gap:
		return noted("A reassign was interrupted: " + name + " is only in its safety copy." + more)
	case s.stated:
		return noted("A reassign of " + name + " was interrupted: " + s.state.String() + "." + more)
	}
	return noted("A reassign of " + name + " was interrupted." + more)
}

// interrupted is one unfinished reassign as it was looked at. It holds no
// value.
type interrupted struct {
	backend.Found
	size      int    // of its value
	looked    bool   // State, Choices and the rest hold
	err       error  // why it could not be looked at
	namespace string // of safety copies, where there are such
}

// over tells that it was finished in the meantime: nothing is left of it.
func (i interrupted) over() bool {
	return errors.Is(i.err, backend.ErrNotFound) || i.looked && i.State == model.Finished
}

// id names one among others.
func (i interrupted) id() model.Unfinished {
	return model.Unfinished{Plan: model.Plan{ID: i.Plan.ID, From: i.Plan.From, To: i.Plan.To}, Copy: i.Copy}
}

// lookAt looks at one, and lets its values go at once.
func lookAt(ctx context.Context, to *session, u model.Unfinished) interrupted {
	found, err := to.gate.Resume(ctx, u)
	i := interrupted{Found: found, size: found.Change.Before.Value.Len(), looked: err == nil, err: err, namespace: namespaceOf(to)}
	i.Change = found.Change.Bare()
	found.Wipe()
	return i
}

// lookedAt is how many are looked at side by side.
const lookedAt = 4

// lookAll looks at all of them, and leaves out those that are over by now.
func lookAll(ctx context.Context, to *session, all []model.Unfinished) []interrupted {
	out := make([]interrupted, len(all))
	slots := make(chan struct{}, lookedAt)
	var wait sync.WaitGroup
	for n, u := range all {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			out[n] = lookAt(ctx, to, u)
		})
	}
	wait.Wait()
	return slices.DeleteFunc(out, interrupted.over)
}

// under tells that a batch took steps: what is unfinished is read again when it
// is left.
func (b batch) under() bool { return b.leg >= movingAll }
