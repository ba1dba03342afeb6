package backend

import (
	"errors"
	"slices"

	"meshsecrets/model"
)

// Result is how far something came that changes a control plane.
type Result string

// The results. What has begun and came to no end was ended by a crash: what is
// there tells.
const (
	ResultBegun       Result = "begun"
	ResultDone        Result = "done"
	ResultPutBack     Result = "put back"    // of a reassign: its new mesh did not take it
	ResultRefused     Result = "refused"     // by the control plane, or by a rule of ours
	ResultForbidden   Result = "forbidden"   // we may not
	ResultConflict    Result = "conflict"    // somebody else was there before
	ResultUnavailable Result = "unavailable" // it did not arrive
	ResultUnknown     Result = "unknown"     // whether it arrived cannot be told
	ResultFailed      Result = "failed"
)

// Record is what an observer is told: that something begins which changes a
// control plane, and what came of it. It holds names as they came, and nothing
// that was learnt from a value.
type Record struct {
	Entry     Entry
	Identity  Identity
	Operation string // what belongs together has the same
	Verb      string // "add", "edit", "delete", "reassign", "resend", "forget"
	Step      string // of a reassign or a resend; "" for the whole
	Ref       model.Ref
	To        model.Ref // of a reassign: where it leads
	Result    Result
}

// Observer is told of every change that goes through a gate: when it begins, and
// what came of it; of a reassign each step that writes, and its end. What is
// refused before anything was begun is not told.
type Observer func(Record)

// resultOf is what an error says of a write.
func resultOf(err error) Result {
	var refusal *model.Refusal
	// Its kind is what was found out in the end; what it wraps is how that began.
	end := err
	if e, is := errors.AsType[*Error](err); is {
		end = e.Kind
	}
	is := func(kinds ...error) bool {
		return slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(end, kind) })
	}
	switch {
	case err == nil:
		return ResultDone
	case is(ErrUnknown):
		return ResultUnknown
	case is(ErrForbidden, ErrUnauthorized, ErrReadOnly):
		return ResultForbidden
	case is(ErrConflict, ErrExists, ErrNotFound, ErrOverwrote):
		return ResultConflict
	case is(ErrUnavailable):
		return ResultUnavailable
	case is(ErrInvalid, ErrTooLarge), errors.As(err, &refusal):
		return ResultRefused
	}
	return ResultFailed
}

// tell tells all observers.
func (g Gate) tell(r Record, result Result) {
	r.Entry, r.Identity, r.Result = g.entry, g.plane.Identity(), result
	for _, observe := range g.observers {
		observe(r)
	}
}

// told does something that changes the control plane, and tells of it before and
// after.
func (g Gate) told(r Record, do func() error) error {
	g.tell(r, ResultBegun)
	err := do()
	g.tell(r, resultOf(err))
	return err
}

// within is a gate whose records belong to an operation.
func (g Gate) within(operation string) Gate {
	inner := g
	inner.operation = operation
	return inner
}

// record is the record of a change of one secret.
func (g Gate) record(c model.Change) Record {
	r := Record{Operation: g.operation, Verb: c.Verb.String(), Ref: c.Ref()}
	if r.Operation == "" {
		r.Operation = newID()
	}
	if c.Verb == model.Reassign {
		r.To = c.After.Secret.Ref
	}
	return r
}

// recordOf is the record of a step of a reassign, whichever way that leads now.
func recordOf(at Progress, step string) Record {
	return Record{Operation: at.Plan.ID, Verb: model.Reassign.String(), Step: step, Ref: at.Plan.From, To: at.Plan.To}
}

// writing names the steps that write; the others are not told of.
func writing(step model.Step) string {
	switch step {
	case model.KeepCopy:
		return "keep a safety copy"
	case model.DeleteSource:
		return "delete"
	case model.CreateTarget:
		return "create"
	case model.Untag:
		return "take the label off"
	case model.Retain:
		return "label what stays"
	case model.DropCopy:
		return "delete the safety copy"
	case model.Look, model.Done, model.Wait, model.Outlast, model.AskZones, model.Stuck:
	}
	return ""
}

// stepped tells what came of a step, as far as it is known once it was looked.
func (g Gate) stepped(before, after Progress, step string, err error) {
	result := resultOf(err)
	switch {
	case after.TakenBack && !before.TakenBack:
		result = ResultPutBack
	case after.World.Fixed && !before.World.Fixed:
		result = ResultForbidden // the label stays, and does nothing
	case after.Unseen:
		result = ResultUnknown
	}
	g.tell(recordOf(before, step), result)
}
