package backend

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"meshsecrets/model"
)

// Progress is where a reassign stands, as whoever takes its steps hands it from
// one to the next. It holds no value, and nothing that is needed: a new one can
// be made from what is in the control plane at any time.
type Progress struct {
	Plan  model.Plan
	World model.World // as it was last seen
	Next  model.Step
	// Unseen tells that nobody could look after the last step: World is then
	// what was seen before it.
	Unseen bool
	// Again tells that the last step failed for a reason that passes: the next
	// Advance waits a little and takes it again.
	Again bool
	Tries int // how often the next step was taken in vain
	// Last is the step that the last Advance took, or tried to; Done when it
	// took none.
	Last model.Step
	// TakenBack tells that the new mesh refused the secret for good, and the
	// reassign turned round by itself; Why is the refusal.
	TakenBack bool
	Why       error
	// Undone tells that a step was refused before anything was deleted, and
	// what the steps before it made was taken away: all is as it was.
	Undone bool
	Zones  []ZoneAnswer // how the zones took it, by name
	// Asked tells that this run asked the zones, to the end: Zones is empty then
	// when they could not be read. It is not so where another run sent the secret
	// to them: what they had said before that is not known.
	Asked bool

	seen   bool          // World holds
	source model.Secret  // what was seen at the plan's ends
	target model.Secret  //
	copied model.Version // the safety copy that was seen
	read   model.Version // a safety copy that was just read, for the next look
	// dropped tells that the safety copy was just deleted: the next look need
	// not read it.
	dropped bool
	asking  asking
	wrote   bool // something was sent in this run
}

// Begin is the first Progress of a reassign. It reads the zones, and changes
// nothing.
func (g Gate) Begin(ctx context.Context, c model.Change) Progress {
	at := Progress{Plan: g.planOf(ctx, c, newID())}
	at.World.Quiet = true
	return at
}

// planOf is the plan of a reassign here: its order is the control plane's.
func (g Gate) planOf(ctx context.Context, c model.Change, id string) model.Plan {
	traits := g.plane.Traits()
	plan := model.Plan{
		ID: id, From: c.Before.Secret.Ref, To: c.After.Secret.Ref,
		TargetFirst: traits.NamePerMesh, Zones: g.followed(ctx),
	}
	if traits.SafetyCopies {
		plan.UID = c.Before.Secret.Version.UID
	}
	return plan
}

// newID is an id for a reassign that no other has.
func newID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // it never fails: the program ends instead
	return hex.EncodeToString(id[:])
}

// Reverse turns a reassign round: the next step leads back to where the secret
// was.
func (p Progress) Reverse() Progress {
	turned := p
	turned.Plan = p.Plan.Reverse()
	turned.source, turned.target = p.target, p.source
	w := p.World
	w.Source, w.Target, w.Tagged, w.Claimed = w.Target, w.Source, w.Claimed, w.Tagged
	w.Run = w.Reverse()
	turned.World = w
	turned.Again, turned.Tries, turned.Next = false, 0, model.Look
	turned.Asked, turned.Zones = false, nil
	if turned.seen {
		turned.Next = turned.Plan.Next(w)
	}
	return turned
}

// Anew is the same reassign, not looked at yet: the next Advance looks first.
func (p Progress) Anew() Progress {
	p.seen, p.Next, p.Again, p.Tries, p.Unseen = false, model.Look, false, 0, false
	p.copied, p.dropped = model.Version{}, false
	p.World.Gone, p.World.Copied, p.World.Placed = false, false, false
	return p
}

// Other is the secret that somebody else has made under the name, in whatever
// mesh; zero when there is none.
func (p Progress) Other() model.Ref {
	if p.World.Target == model.Foreign {
		return p.target.Ref
	}
	if p.World.Source == model.Foreign {
		return p.source.Ref
	}
	return model.Ref{}
}

// Copy is the name of the safety copy, "" where there are none.
func (p Progress) Copy() string {
	if p.Plan.UID == "" {
		return ""
	}
	return model.CopyName(p.Plan.UID)
}

// planned is what a change plans to be at one end of its plan.
func (p Progress) planned(c model.Change, at model.Ref) model.Snapshot {
	if at == c.Before.Secret.Ref {
		return c.Before
	}
	return c.After
}

// keeper is the control plane as a keeper of safety copies, or nil.
func (g Gate) keeper() Keeper {
	if k, is := g.plane.(Keeper); is && g.plane.Traits().SafetyCopies {
		return k
	}
	return nil
}

// look reads what stands at both ends and in the safety copy, and compares it
// with what was planned.
func (g Gate) look(ctx context.Context, c model.Change, at Progress) (Progress, error) {
	w := model.World{Run: at.World.Run}
	at.seen = false
	// Places are read one after the other, and another run may carry the secret
	// from one to the next in between: that it is nowhere is looked at twice.
	err := g.places(ctx, c, &at, &w)
	if err == nil && w.Alone() && w.Copy == model.Absent {
		w = model.World{Run: at.World.Run}
		err = g.places(ctx, c, &at, &w)
	}
	if err != nil {
		return at, err
	}
	at.World, at.seen, at.dropped = w.Seeing(), true, false
	at.Next, at.Unseen = at.Plan.Next(at.World), false
	return at, nil
}

// places reads what stands at both ends, and the safety copy.
func (g Gate) places(ctx context.Context, c model.Change, at *Progress, w *model.World) error {
	if keeper := g.keeper(); keeper != nil {
		return g.lookByName(ctx, keeper, c, at, w)
	}
	return g.lookByMesh(ctx, c, at, w)
}

// lookByMesh reads both ends where two meshes may hold one name.
func (g Gate) lookByMesh(ctx context.Context, c model.Change, at *Progress, w *model.World) (err error) {
	if w.Source, at.source, err = g.place(ctx, c, *at, at.Plan.From); err != nil {
		return err
	}
	w.Target, at.target, err = g.place(ctx, c, *at, at.Plan.To)
	w.Tagged, w.Claimed = at.Plan.Tagged(at.target), at.Plan.Tagged(at.source)
	return err
}

func (g Gate) place(ctx context.Context, c model.Change, at Progress, end model.Ref) (model.Place, model.Secret, error) {
	found, err := g.plane.Get(ctx, end)
	if errors.Is(err, ErrNotFound) {
		return model.Absent, model.Secret{}, nil
	}
	defer found.Wipe()
	if err != nil {
		return model.Absent, model.Secret{}, err
	}
	return at.Plan.Judge(end, at.planned(c, end), found), found.Secret, nil
}

// lookByName reads the one object that has the name, and the safety copy. Once
// the secret is where it is to be, a copy that was seen is not read again: it
// never changes, and is deleted only as the one that was seen.
func (g Gate) lookByName(ctx context.Context, keeper Keeper, c model.Change, at *Progress, w *model.World) error {
	plan := at.Plan
	found, err := keeper.Named(ctx, plan.From.Name)
	defer found.Wipe()
	at.source, at.target = model.Secret{}, model.Secret{}
	switch end := found.Secret.Ref; {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return err
	case end == plan.From:
		w.Source, at.source = plan.Judge(end, at.planned(c, end), found), found.Secret
		w.Claimed = plan.Tagged(found.Secret)
	case end == plan.To:
		w.Target, at.target = plan.Judge(end, at.planned(c, end), found), found.Secret
		w.Tagged = plan.Tagged(found.Secret)
	default:
		w.Target, at.target = model.Foreign, found.Secret
	}
	switch {
	case at.dropped && !w.Alone():
		return nil
	case at.read != (model.Version{}):
		w.Copy, at.copied, at.read = model.Present, at.read, model.Version{}
		return nil
	case w.Target == model.Present && at.copied != (model.Version{}):
		w.Copy = model.Present
		return nil
	}
	w.Copy, at.copied, err = g.copyOf(ctx, keeper, c, plan)
	return err
}

// copyOf tells whether the safety copy of a plan is there, whole and its own.
func (g Gate) copyOf(ctx context.Context, keeper Keeper, c model.Change, plan model.Plan) (model.Place, model.Version, error) {
	kept, err := keeper.Kept(ctx, model.CopyName(plan.UID))
	defer kept.Wipe()
	switch {
	case errors.Is(err, ErrNotFound):
		return model.Absent, model.Version{}, nil
	case err != nil:
		return model.Absent, model.Version{}, err
	case kept.Problem != "", kept.Plan.ID != plan.ID, !kept.Secret.Value.Equal(c.Before.Value), !kept.Secret.Rest.Equal(c.Before.Rest):
		return model.Foreign, model.Version{}, nil
	}
	return model.Present, kept.Version, nil
}

// The pauses before a step is taken again, and how often that is done by
// itself: for five minutes once the secret is in no mesh, else for some seconds.
const (
	firstPause  = 500 * time.Millisecond
	longPause   = 10 * time.Second
	triesInGap  = 33
	triesBefore = 4
)

// Pause is how long the next Advance waits before it takes its step again.
func (p Progress) Pause() time.Duration {
	if p.Tries == 0 {
		return 0
	}
	return min(firstPause<<min(p.Tries-1, 8), longPause)
}

// again tells whether a step that failed should be taken again by itself.
func (p Progress) again(err error) bool {
	return passes(err) && p.Tries < p.Most()
}

// Lasts is how long all those pauses take together, beside the tries.
func (p Progress) Lasts() time.Duration {
	all := time.Duration(0)
	for n := 1; n < p.Most(); n++ {
		all += Progress{Tries: n}.Pause()
	}
	return all
}

// Most is how often the next step is taken by itself, all in all.
func (p Progress) Most() int {
	if p.World.Held || p.World.Between() {
		return triesInGap
	}
	return triesBefore
}

// passes tells failures that time may mend.
func passes(err error) bool {
	return errors.Is(err, ErrUnavailable) || errors.Is(err, ErrUnknown) || errors.Is(err, ErrBusy)
}
