package ui

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// steps is how far a reassign has come, for drawing. What is done next is
// decided by the gate from what is there.
type steps struct {
	change  model.Change // without values: what is being done
	reverse bool         // it is being taken back
	world   model.World
	known   bool // world was read after the last step
	// restoring tells that it was last tried to create it where it was.
	restoring bool
	alone     bool // the last look that worked found the secret in neither mesh: its value is here alone
	began     time.Time
	took      []time.Duration // of the steps that were made
	total     time.Duration
	err       error // why it was stopped; nil when nothing safe is left to do
}

func (s steps) plan() model.Plan {
	return model.Plan{From: s.change.Before.Secret.Ref, To: s.change.After.Secret.Ref}
}

// between tells that this reassign deleted the secret in its old mesh and has
// not made it in the new one: its value is only here.
func (s steps) between() bool { return s.world.Copy == model.Present }

// stepped is the answer to one step. secret is what stands in the new mesh,
// once it is done.
type stepped struct {
	progress model.Progress
	secret   model.Secret
	restored bool // it was created again where it was
}

// begin takes the first step.
func (r reassign) begin(f Frame) (Screen, Result) {
	r.stage = stepping
	r.steps = steps{change: r.checks.change.Bare(), began: f.Now, world: model.World{Source: model.Present}}
	r, run := r.advance(f)
	return r, Result{Run: run}
}

// turned is the same move the other way.
func turned(c model.Change) model.Change {
	c.Before, c.After = c.After, c.Before
	return c
}

// planned is the change with values of its own, in the direction it is made.
func (r reassign) planned() model.Change {
	c := r.checks.change.Clone()
	c.Taken = r.steps.world.Copy == model.Present
	if r.steps.reverse {
		return turned(c)
	}
	return c
}

// advance takes one step; it ends when its answer is there.
func (r reassign) advance(f Frame) (reassign, tea.Cmd) {
	gate, plane, c := r.to.gate, r.to.plane, r.planned()
	r.stage = stepping
	var run tea.Cmd
	r.running, run = commit(r.to, f, writeLimit, func(ctx context.Context) (stepped, error) {
		defer c.Wipe()
		progress, err := gate.Advance(ctx, c)
		if err != nil || progress.Next != model.Done {
			return stepped{progress: progress}, err
		}
		return stepped{progress: progress, secret: arrival(ctx, plane, c.After.Secret)}, nil
	})
	return r, run
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

// went takes the answer to a step and takes the next, until it is done or
// nothing safe is left to do.
func (r reassign) went(f Frame, msg answer[stepped]) (Screen, Result) {
	took := f.Now.Sub(r.running.began)
	r.running = nil
	progress := msg.value.progress
	looked := msg.err == nil || progress != model.Progress{}
	same := r.steps.known && progress.World == r.steps.world
	// What an earlier look found is not told as what is there now; but that
	// nobody else holds the value stays true until somebody is seen to.
	r.steps.known = looked && !progress.Unseen
	if looked {
		r.steps.world = progress.World
		r.steps.alone = progress.World.Alone()
	}
	switch {
	case msg.value.restored && msg.err == nil:
		events := []backend.Event{{Secret: msg.value.secret}}
		return r.hold(f, nil), Result{Tell: changed{to: r.to, events: events}, Say: done(r.name() + " is in " + model.Visible(r.steps.plan().From.Mesh) + " again, with the same bytes.")}
	case msg.err != nil || progress.Next == model.Stuck || same && progress.Next != model.Done:
		at := "Held at step " + r.heldAt() + ". Nothing runs now."
		if r.steps.restoring {
			at = "It could not be put back. Nothing runs now."
		}
		if r.putBack() {
			at = model.Visible(r.steps.plan().To.Mesh) + " did not take it; it is in " + model.Visible(r.steps.plan().From.Mesh) + " again."
		}
		return r.hold(f, msg.err), Result{Say: refused(at)}
	case progress.Next == model.Done:
		r.steps.took = append(r.steps.took, took)
		return r.arrive(f, msg.value.secret)
	}
	r.steps.took = append(r.steps.took, took)
	if r.last && !r.steps.between() {
		return r.hold(f, nil), Result{}
	}
	r, run := r.advance(f)
	return r, Result{Run: run}
}

// heldAt is the number of the first step that was not made.
func (r reassign) heldAt() string {
	for i, s := range r.stepLines() {
		if s.part == len(r.steps.took) {
			return strconv.Itoa(i + 1)
		}
	}
	return "1"
}

func (r reassign) hold(f Frame, err error) reassign {
	r.stage, r.at = stopped, 0
	r.steps.err, r.steps.total = err, f.Now.Sub(r.steps.began)
	return r
}

// arrive tells the other screens; the secret can be opened in its new mesh.
func (r reassign) arrive(f Frame, secret model.Secret) (Screen, Result) {
	r.stage = arrived
	r.steps.total = f.Now.Sub(r.steps.began)
	plan := r.steps.plan()
	events := moveEvents(plan.From, secret)
	r.stock = r.stock.with(events).retaken()
	r.checks.wipe()
	r.checks.change = r.checks.change.Bare()
	where := model.Visible(plan.To.Mesh)
	text := r.name() + " is in " + where + " now, byte for byte the same."
	if r.steps.reverse {
		text = r.name() + " is in " + where + " again, byte for byte the same."
	}
	return r, Result{Tell: changed{to: r.to, events: events}, Say: done(text)}
}

// remedy is what can be done when a reassign was stopped.
type remedy uint8

const (
	tryAgain remedy = iota
	takeBack
	putBack // neither mesh holds it; the value is still here
	leaveIt
)

// remedies are those that what is there allows: nothing of somebody else's is
// written over.
func (r reassign) remedies() []remedy {
	w := r.steps.world
	all := []remedy{leaveIt}
	// A delete whose answer was lost may still arrive: taking back then would
	// leave the secret nowhere, while trying again ends where it leads.
	mayArrive := errors.Is(r.steps.err, backend.ErrUnknown)
	switch {
	case r.lastHolder() && r.steps.between():
		return []remedy{tryAgain, putBack, leaveIt}
	case r.lastHolder():
		return []remedy{putBack, leaveIt}
	case r.steps.known && !mayArrive && w.Source == model.Present && w.Target == model.Present:
		return append(all, tryAgain, takeBack)
	}
	return append(all, tryAgain)
}

// lastHolder tells that neither mesh holds the secret: its value is here alone,
// so leaving drops it.
func (r reassign) lastHolder() bool {
	return r.stage == stopped && r.steps.alone
}

func (r reassign) remedyChoice(m remedy) choice {
	plan := r.steps.plan()
	from, to := model.Visible(plan.From.Mesh), model.Visible(plan.To.Mesh)
	switch m {
	case tryAgain:
		if r.steps.between() {
			return choice{"finish", "create it in " + to + ", read it back and compare"}
		}
		return choice{"try again", "look at both meshes and go on from there"}
	case takeBack:
		return choice{"take back", "delete it from " + to + " again; " + from + " keeps it"}
	case putBack:
		return choice{"put back", "create it in " + from + " again, with the same value"}
	case leaveIt:
	}
	if r.lastHolder() {
		return choice{"drop it", "its value is dropped here too, for good"}
	}
	return choice{"leave as it is", "nothing more is done"}
}

// resume does what was chosen after a reassign was stopped.
func (r reassign) resume(f Frame, p Press) (Screen, Result) {
	all := r.remedies()
	if p.ID == keymap.Reload {
		r.at, p.ID = slices.Index(all, tryAgain), keymap.Accept
	}
	if isMove(p.ID) {
		r.at = moved(p.ID, r.at, len(all), len(all))
		return r, Result{}
	}
	if p.ID != keymap.Accept || all[r.at] == leaveIt {
		return r, Result{Close: true}
	}
	var run tea.Cmd
	r.steps.err, r.steps.known, r.steps.began = nil, false, f.Now
	r.steps.restoring = all[r.at] == putBack
	if !r.steps.between() {
		r.steps.took = nil
	}
	switch all[r.at] {
	case takeBack:
		r.steps.reverse = !r.steps.reverse
		r.steps.change = turned(r.steps.change)
		r.steps.world.Source, r.steps.world.Target = r.steps.world.Target, r.steps.world.Source
		r, run = r.advance(f)
	case putBack:
		r, run = r.restore(f)
	case tryAgain, leaveIt:
		r, run = r.advance(f)
	}
	return r, Result{Run: run}
}

// restore creates the secret again where it was, when it is in neither mesh:
// the value is still here.
func (r reassign) restore(f Frame) (reassign, tea.Cmd) {
	gate, c := r.to.gate, r.planned()
	r.stage = stepping
	again := model.Change{Verb: model.Create, After: c.Before, Read: c.Read, Unread: c.Unread}
	again.After.Secret.Labels = model.Carry(c.Before.Secret.Labels)
	nowhere := model.Progress{World: r.steps.world, Next: model.Stuck}
	var run tea.Cmd
	r.running, run = commit(r.to, f, writeLimit, func(ctx context.Context) (stepped, error) {
		defer c.Wipe()
		secret, err := gate.Apply(ctx, again)
		if err != nil {
			nowhere.Unseen = errors.Is(err, backend.ErrUnknown)
			return stepped{progress: nowhere}, err
		}
		progress := model.Progress{World: model.World{Source: model.Present}, Next: model.CreateTarget}
		return stepped{progress: progress, secret: secret, restored: true}, nil
	})
	return r, run
}

// heldWords say what stands where, and what to do.
func (r reassign) heldWords() (mark Span, text string) {
	plan, w := r.steps.plan(), r.steps.world
	from, to := model.Visible(plan.From.Mesh), model.Visible(plan.To.Mesh)
	switch {
	case r.steps.between() && !r.steps.known:
		return failedMark, "The answer was lost, and what stands in " + from + " and " + to + " could not be read since. If it was deleted from " + from + ", its value is in this program, and nowhere else."
	case r.steps.alone && r.steps.between():
		return failedMark, "It is in no mesh now: it was deleted from " + from + " and is not in " + to + " yet. Its value is in this program, and nowhere else."
	case r.steps.alone:
		return failedMark, "It is in neither mesh: somebody deleted it meanwhile. Its value is still here, and nowhere else."
	case !r.steps.known:
		return failedMark, "What stands in " + from + " and " + to + " could not be read. " + r.nothingLost()
	case w.Source == model.Foreign && w.Target == model.Absent:
		return failedMark, "Somebody changed " + r.name() + " in " + from + " meanwhile. Nothing was done; look at it again, then decide."
	case w.Source == model.Foreign:
		return failedMark, "Somebody changed " + r.name() + " in " + from + " meanwhile. It was not deleted there; look at both, then decide."
	case w.Target == model.Foreign:
		return failedMark, to + " has another " + r.name() + " now, with another value. Nothing was done to either; look at that one first."
	case w.Source == model.Present && w.Target == model.Present:
		return look, "It is in both meshes, with equal bytes. Deleting it from " + from + " did not work."
	case r.putBack():
		return look, to + " did not take it, so it was put back in " + from + ", with the same bytes. Its age and UID are new."
	}
	return look, "It is in " + from + " as before; nothing is in " + to + "."
}

// nothingLost says why leaving loses nothing, when it is not known what stands
// where.
func (r reassign) nothingLost() string {
	if r.to.traits.NamePerMesh {
		return "Nothing is lost by leaving it: the secret is deleted only after the other one was read back and is equal."
	}
	return "Its deletion was not confirmed, so it should be in its old mesh; look again before leaving."
}

// putBack tells that the secret went and came back, because its new mesh did
// not take it.
func (r reassign) putBack() bool {
	return !r.to.traits.NamePerMesh && len(r.steps.took) > 0 && r.steps.world.Source == model.Present
}

// whyHeld is the reason of the step that failed, or "".
func (r reassign) whyHeld() string {
	switch err := r.steps.err; {
	case err == nil:
		return ""
	case errors.Is(err, backend.ErrConflict):
		return "It was changed in the very moment of the step."
	case errors.Is(err, backend.ErrUnknown):
		return "The connection broke during the step."
	case errors.Is(err, backend.ErrNotPutBack):
		return r.refusedBy(r.steps.plan().To, err) + " Putting it back in " + model.Visible(r.steps.plan().From.Mesh) + " was refused as well."
	case r.steps.between() && r.steps.restoring:
		return r.refusedBy(r.steps.plan().From, err)
	case r.steps.between() || r.putBack():
		return r.refusedBy(r.steps.plan().To, err)
	default:
		return explain(err, r.to).Text
	}
}

// refusedBy says why a mesh did not take the secret. What explain says of a
// refusal is about a change that nothing came of; here something did.
func (r reassign) refusedBy(mesh model.Ref, err error) string {
	var e *backend.Error
	if !errors.As(err, &e) || e.Reason == "" {
		return explain(err, r.to).Text
	}
	return model.Visible(mesh.Mesh) + " did not take it: " + strings.TrimRight(e.Reason, ".") + "."
}
