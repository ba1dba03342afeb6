package reassigntest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

var secretsKind = cluster.Secrets

// copies are the names of the safety copies that there are.
func (f *far) copies() []string {
	if f.kind != kubernetes {
		return nil
	}
	var names []string
	for _, o := range f.plane.Cluster().All(secretsKind) {
		if o.Type == typeCopy {
			names = append(names, o.Meta.Name)
		}
	}
	return names
}

// console is one process with its person: it inspects, takes steps, and tells
// what became of it. Every claim that it makes is compared with the store.
type console struct {
	t      testing.TB
	far    *far
	wire   *wire
	plane  backend.ControlPlane
	gate   backend.Gate
	change model.Change
	at     backend.Progress
	err    error
	alone  bool // nobody else acts, so what it saw last is what is there
	log    []string
}

func (f *far) console(t testing.TB, w *wire) *console {
	t.Helper()
	plane := f.connect(t, w)
	return &console{t: t, far: f, wire: w, plane: plane, gate: backend.NewGate(plane, backend.Entry{}), alone: true}
}

// inspect makes the checks, and is ready to begin.
func (c *console) inspect(to model.Ref) error {
	found, err := c.gate.Inspect(c.t.Context(), backend.Inspecting(c.far.source(), to, false, model.NewExaminer([32]byte{1}), time.Now()))
	if err != nil {
		return err
	}
	if found.Why != nil {
		return found.Why
	}
	c.change, c.at = found.Change, found.Progress
	return nil
}

// copyIsFree holds that a safety copy belongs to no object: it would go with it.
func (f *far) copyIsFree() {
	for _, name := range f.copies() {
		if o := f.plane.Cluster().Get(secretsKind, namespace, name); o != nil && len(o.Meta.OwnerReferences) > 0 {
			f.history.note(altered, "the safety copy goes when another object goes")
		}
	}
}

// mostSteps is more than any run takes by itself.
const mostSteps = 150

// run takes steps until there is nothing to do, a person is asked, or the
// process was killed.
func (c *console) run() {
	for range mostSteps {
		c.at, c.err = c.gate.Advance(c.t.Context(), c.change, c.at)
		if c.wire.killed() {
			return
		}
		c.log = append(c.log, fmt.Sprintf("next %d, again %v, undone %v, unseen %v, world %+v, error %v",
			c.at.Next, c.at.Again, c.at.Undone, c.at.Unseen, c.at.World, c.err))
		c.check()
		c.far.copyIsFree()
		if c.ended() || c.err != nil && !c.at.Again {
			return
		}
	}
	c.far.history.note(left, "it takes steps without end: next is %d, %v", c.at.Next, c.err)
}

// ended tells whether no step is left.
func (c *console) ended() bool {
	return c.err == nil && (c.at.Next == model.Done || c.at.Next == model.Stuck)
}

// check compares what is said with what is there. Beside others it is what was
// there at the last look that counts: nobody can know more.
func (c *console) check() {
	h, plan := c.far.history, c.at.Plan
	is := h.now(plan.From, plan.To)
	said := c.at.World
	said.Run = model.Run{}
	if h.disturbed() {
		said.Copy = is.Copy // one that was seen is not read again once the target is there
	}
	if c.alone && !c.at.Unseen && said != is {
		h.claim("it says %+v, and there is %+v (error %v)", said, is, c.err)
	}
	if !c.alone {
		is = h.lastSeen(c.wire, plan.From, plan.To)
	}
	switch {
	case c.err == nil && c.at.Next == model.Done:
		arrived := is.Target == model.Present || is.Target == model.Restored || is.Target == model.Edited
		if !arrived || c.alone && (is.Source != model.Absent || is.Tagged && !c.at.World.Fixed) {
			h.claim("it says done, and there is %+v", is)
		}
	case c.at.Undone:
		there := is.Source == model.Present || is.Source == model.Edited
		if !there || is.Target != model.Absent || c.alone && is.Copy != model.Absent {
			h.claim("it says that all is as it was, and there is %+v", is)
		}
	case c.err != nil && !c.at.Again && !c.at.Unseen && c.alone:
		if is.Target == model.Present && is.Source == model.Absent && is.Copy == model.Absent && !is.Tagged {
			h.claim("it says that it failed (%v), and it is done", c.err)
		}
	}
}

// goOn is what a person does when a run stopped: try again, turn round, or
// leave it.
func (c *console) goOn(random *rand.Rand) {
	for range 4 {
		if c.wire.killed() || c.ended() && c.at.Next == model.Done || c.at.Undone {
			return
		}
		switch random.IntN(4) {
		case 0:
			c.at = c.at.Reverse()
		case 1:
			return
		}
		c.run()
	}
}

// mostStarts is more starts than any two faults need.
const mostStarts = 6

// recover starts the program anew, as often as it takes: each start finds what
// is unfinished and ends it, as the table of choices says or as the seed does.
// What the script still holds breaks these starts.
func (f *far) recover(t testing.TB, s *script, random *rand.Rand) (starts int) {
	t.Helper()
	for starts = range mostStarts {
		hits := s.hits()
		c := f.console(t, newWire(f, s))
		c.wire.arm()
		list, err := c.plane.Unfinished(t.Context())
		if err == nil && len(list) == 0 {
			return starts
		}
		f.starts = append(f.starts, c)
		for _, u := range list {
			err = errors.Join(err, f.end(c, u, random))
		}
		if errors.Is(err, errLeft) {
			return starts
		}
		if err != nil && s.hits() == hits {
			f.history.note(left, "a start does not end what it finds: %v", err)
			return starts
		}
	}
	f.history.note(left, "something stays unfinished, however often it is ended: owners %v", f.history.owners())
	return starts
}

// errLeft is that a person has to decide.
var errLeft = errors.New("nothing but leaving is offered")

// end ends one unfinished reassign.
func (f *far) end(c *console, u model.Unfinished, random *rand.Rand) error {
	resumed, err := c.gate.Resume(c.t.Context(), u)
	if errors.Is(err, backend.ErrNotFound) {
		return nil // somebody else ended it
	}
	if err != nil {
		return err
	}
	choice := resumed.Choices[0]
	if len(resumed.Choices) > 2 && random.IntN(3) == 0 {
		choice = resumed.Choices[1]
	}
	c.change, c.at = resumed.Change, resumed.Progress
	c.log = append(c.log, fmt.Sprintf("found: %v, choice %d of %v", resumed.State, choice, resumed.Choices))
	switch choice {
	case model.TakeBack:
		c.at = c.at.Reverse()
	case model.Finish:
	default:
		if f.leaves {
			return errLeft
		}
		return fmt.Errorf("nothing but leaving is offered: %v, %+v", resumed.State, resumed.Progress.World)
	}
	c.run()
	if c.err != nil || c.at.Next != model.Done {
		return fmt.Errorf("from %v with choice %d it ended with next step %d, error %w", resumed.State, choice, c.at.Next, c.err)
	}
	return nil
}

// verdict is what must hold when all is over.
func (f *far) verdict(c *console) {
	h := f.history
	if h.excused() {
		return
	}
	owners := h.owners()
	switch {
	case len(owners) == 0:
		h.note(lost, "at the end no mesh has the secret")
	case len(owners) > 1 && !f.mayDouble():
		h.note(altered, "at the end %v have the secret", owners)
	}
	copies, tags := h.leftover()
	if copies > 0 || tags > 0 && !c.at.World.Fixed && !f.tagStays(c) {
		h.note(left, "at the end %d safety copies and %d tags are left", copies, tags)
	}
	if f.kind == kubernetes && len(owners) > 0 {
		o := f.plane.Cluster().Get(secretsKind, namespace, secretName)
		if _, there := o.Meta.Annotations[lastApplied]; there && owners[0] != meshA {
			h.note(altered, "the annotation that holds the value in the clear was carried along")
		}
		if len(o.Meta.OwnerReferences) > 0 {
			h.note(altered, "it has an owner, and goes when that goes")
		}
	}
}

// tagStays tells whether the process died after it dropped the safety copy and
// before it took its tag off: nothing else says then that it was not through,
// and the tag does nothing. On Universal the tag itself is found.
func (f *far) tagStays(c *console) bool {
	dead := func(c *console) bool { return c.wire.killed() }
	return f.kind == kubernetes && (dead(c) || slices.ContainsFunc(f.starts, dead))
}

// mayDouble tells whether two meshes may have the secret in the end: on
// Universal nothing stands between two consoles that move it to two meshes.
// Both then hold the same bytes.
func (f *far) mayDouble() bool { return f.kind == universal && len(f.history.to) > 1 }

// mostLines is how much is told of how a run began, and of how it ended.
const mostLines = 12

// report fails the test with what went wrong, and how it came to that.
func (f *far) report(t *testing.T, s *script, about string, consoles ...*console) []fault {
	t.Helper()
	h := f.history
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.faults) == 0 {
		return nil
	}
	text := about
	for _, bad := range h.faults {
		text += "\n  " + bad.text
	}
	for _, hit := range s.hit {
		text += "\n  " + hit
	}
	for i, c := range append(consoles, f.starts...) {
		text += fmt.Sprintf("\n  console %d:", i+1)
		for n, line := range c.log {
			if n < mostLines || n >= len(c.log)-mostLines {
				text += "\n    " + line
			}
		}
	}
	t.Error(text)
	return h.faults
}
