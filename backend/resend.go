package backend

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"meshsecrets/model"
)

// Loss is what a zone's answers tell about secrets that it may have lost.
type Loss uint8

// What they tell. Which secret an answer was about is told by none of them.
const (
	NoLoss      Loss = iota // since it connected it refused nothing
	Suspected               // it refused something since it connected
	Cut                     // it is not connected; what it holds is not known
	LossUnknown             // what it says of itself cannot be read
)

// Loss judges a zone by its answers since it connected.
func (z Zone) Loss() Loss {
	switch {
	case !z.Known:
		return LossUnknown
	case !z.Online:
		return Cut
	case z.Rejected > 0:
		return Suspected
	}
	return NoLoss
}

// ResendStep is what is to be done next when zones are sent secrets again.
type ResendStep uint8

// The steps, in their order. Labelling and unlabelling are taken once for each
// secret.
const (
	SetLabel ResendStep = iota
	WaitLabelled
	RemoveLabel
	AskAfterResend
	Resent
)

// Unsent is a secret that zones were not sent again, and why.
type Unsent struct {
	Ref model.Ref
	Err error
}

// Resending is how far it is to have zones sent secrets once more: a label is
// set on each of them and, once zones had time to see that, removed. A zone that
// lost a secret makes it again at such a change. It holds no value.
//
// A label that a crash leaves behind does no harm, and the next resend of that
// secret takes it away.
type Resending struct {
	Next ResendStep
	At   int         // of the secrets, which the step is about
	Refs []model.Ref // the secrets that are sent again
	// Unsent are those that were not, in their order; their error is of setting
	// the label. Left are those whose label could not be removed: zones were
	// sent them all the same.
	Unsent, Left []Unsent
	Zones        []ZoneAnswer // how the zones took it, by name
	ZonesErr     error        // why they could not be asked
	asking       asking
	operation    string
	set          []model.Ref // those whose label is to be removed
	fresh        bool        // a label was set in this run, and not only found
}

// Stop is the same with nothing more begun: what was labelled is finished.
func (r Resending) Stop() Resending {
	if r.Next == SetLabel {
		r.Refs = slices.Clone(r.Refs[:r.At])
		r = r.onward()
	}
	return r
}

// Sent is how many secrets the zones were sent again so far.
func (r Resending) Sent() int {
	switch r.Next {
	case SetLabel, WaitLabelled:
		return 0
	case RemoveLabel:
		return r.At - len(r.Left)
	case AskAfterResend, Resent:
	}
	return len(r.set) - len(r.Left)
}

// Labelled is how many secrets carry the label, or did.
func (r Resending) Labelled() int { return len(r.set) }

// BeginResend begins to have zones sent secrets again. It reads the zones, and
// changes nothing.
func (g Gate) BeginResend(ctx context.Context, refs []model.Ref) Resending {
	r := Resending{Refs: slices.Clone(refs), operation: newID()}
	r.asking.first, r.ZonesErr = g.plane.Zones(ctx)
	r.asking.blind, r.asking.again = r.ZonesErr != nil, true
	return r.onward()
}

// AdvanceResend takes one step. The error is that of a step which failed so that
// the others would fail too: what was begun is finished, nothing more is begun.
func (g Gate) AdvanceResend(ctx context.Context, r Resending) (Resending, error) {
	told := g.within(r.operation)
	switch r.Next {
	case SetLabel:
		return told.label(ctx, r)
	case WaitLabelled:
		// Whoever asks to stop: the labels would stay.
		_ = rest(context.WithoutCancel(ctx), g.plane.Identity().Gap())
		r.asking = g.before(context.WithoutCancel(ctx), r.asking)
		r.Next, r.At = RemoveLabel, 0
	case RemoveLabel:
		return told.unlabel(ctx, r), nil
	case AskAfterResend:
		return g.askAfter(ctx, r)
	case Resent:
	}
	return r, nil
}

// onward goes to the next step that has something to do.
func (r Resending) onward() Resending {
	switch {
	case r.Next == SetLabel && r.At < len(r.Refs):
	case r.Next == SetLabel && len(r.set) == 0:
		r.Next, r.At = Resent, 0
	case r.Next == SetLabel && r.fresh:
		r.Next, r.At = WaitLabelled, 0
	case r.Next == SetLabel:
		r.Next, r.At = RemoveLabel, 0 // the labels were there: taking them away is a change
	case r.Next == RemoveLabel && r.At >= len(r.set):
		r.Next, r.At = AskAfterResend, 0
	}
	return r
}

// label sets the label of one secret.
func (g Gate) label(ctx context.Context, r Resending) (Resending, error) {
	ref := r.Refs[r.At]
	fresh, err := g.setLabel(ctx, ref)
	r.At++
	if err == nil || errors.Is(err, ErrUnknown) {
		// One whose answer was lost may have it.
		r.set, r.fresh = append(slices.Clip(r.set), ref), r.fresh || fresh || err != nil
		return r.onward(), nil
	}
	r.Unsent = append(slices.Clip(r.Unsent), Unsent{ref, err})
	if alike(err) {
		return r.Stop(), err
	}
	return r.onward(), nil
}

// alike tells errors that the next secret would meet as well.
func alike(err error) bool {
	for _, kind := range []error{ErrUnavailable, ErrUnauthorized, ErrForbidden, ErrReadOnly, ErrUntrusted, ErrStranger} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// setLabel sets the label, and tells whether it was not there yet.
func (g Gate) setLabel(ctx context.Context, ref model.Ref) (bool, error) {
	found, err := g.plane.Get(ctx, ref)
	defer found.Wipe()
	if err != nil {
		return false, err
	}
	if err := g.Check(ctx, model.Change{Verb: model.Edit, Before: found, After: found}); err != nil {
		return false, err
	}
	if _, there := found.Secret.Labels[model.LabelResend]; there {
		return false, nil
	}
	_, err = g.relabel(ctx, found, true)
	return err == nil, err
}

// relabel sets the label of a secret that was just read, or removes it.
func (g Gate) relabel(ctx context.Context, before model.Snapshot, set bool) (model.Secret, error) {
	after := before
	after.Secret.Labels = maps.Clone(before.Secret.Labels)
	if after.Secret.Labels == nil {
		after.Secret.Labels = map[string]string{}
	}
	if set {
		after.Secret.Labels[model.LabelResend] = "now"
	} else {
		delete(after.Secret.Labels, model.LabelResend)
	}
	record := g.record(model.Change{Verb: model.Edit, Before: before})
	record.Verb, record.Step = "resend", "take the label off"
	if set {
		record.Step = "label"
	}
	var saved model.Secret
	err := g.told(record, func() (err error) {
		saved, err = g.plane.Update(ctx, before, after)
		return err
	})
	return saved, err
}

// unlabel removes the label of one secret, whoever asks to stop: it would stay.
func (g Gate) unlabel(ctx context.Context, r Resending) Resending {
	ref := r.set[r.At]
	err := g.removeLabel(context.WithoutCancel(ctx), ref)
	r.At++
	if err != nil {
		r.Left = append(slices.Clip(r.Left), Unsent{ref, err})
	}
	return r.onward()
}

// removeLabel removes the label as long as it is there. Somebody may have
// changed the secret in between, so it is tried once more; a secret that is gone
// carries none.
func (g Gate) removeLabel(ctx context.Context, ref model.Ref) error {
	var err error
	for range 3 {
		if err = g.removeOnce(ctx, ref); err == nil || !errors.Is(err, ErrConflict) && !passes(err) {
			return err
		}
		if waited := rest(ctx, firstPause); waited != nil {
			return err
		}
	}
	return err
}

func (g Gate) removeOnce(ctx context.Context, ref model.Ref) error {
	found, err := g.plane.Get(ctx, ref)
	defer found.Wipe()
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, there := found.Secret.Labels[model.LabelResend]; !there {
		return nil
	}
	_, err = g.relabel(ctx, found, false)
	return err
}

// askAfter asks the zones once how they took it.
func (g Gate) askAfter(ctx context.Context, r Resending) (Resending, error) {
	next, zones, unread, err := g.listen(ctx, r.asking)
	if err != nil {
		return r, err
	}
	r.asking, r.ZonesErr = next, unread
	if unread == nil {
		r.Zones = r.asking.answers(zones)
	}
	if r.asking.over(zones, unread == nil) {
		r.Next = Resent
	}
	return r, nil
}

// ResendLimit bounds one step of a resend.
const ResendLimit = time.Minute

// Resend has the zones sent a secret once more. It does not ask them how they
// took it.
func (g Gate) Resend(ctx context.Context, ref model.Ref) error {
	r := g.BeginResend(ctx, []model.Ref{ref})
	var err error
	for r.Next < AskAfterResend && err == nil {
		r, err = g.AdvanceResend(ctx, r)
	}
	return cmp.Or(err, firstError(r.Unsent), firstError(r.Left))
}

func firstError(all []Unsent) error {
	if len(all) == 0 {
		return nil
	}
	return all[0].Err
}

// resend changes the labels of a secret that was just seen, and changes them
// back. It gives the secret as it then is, and what the zones said before the
// last of it.
func (g Gate) resend(ctx context.Context, seen model.Secret, s model.Snapshot) (model.Secret, []Zone, error) {
	set, err := g.relabel(ctx, model.Snapshot{Secret: seen, Value: s.Value, Rest: s.Rest}, true)
	if err != nil {
		return seen, nil, err
	}
	// What was begun is finished: the label would stay.
	ctx = context.WithoutCancel(ctx)
	_ = rest(ctx, g.plane.Identity().Gap())
	before := g.before(ctx, asking{}).base
	unset, err := g.relabel(ctx, model.Snapshot{Secret: set, Value: s.Value, Rest: s.Rest}, false)
	return unset, before, err
}
