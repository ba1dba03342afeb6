package model

import "time"

// SafetyCopy holds the value of a secret that is on its way to another mesh,
// with all that is needed to make it again. It is written once and never
// changed, so it says what was planned and not how far that came.
type SafetyCopy struct {
	Unfinished
	Version Version  // of the object that holds it
	Secret  Snapshot // as it was; its Version is that of the object that is moved
}

// Wipe overwrites the value.
func (c SafetyCopy) Wipe() { c.Secret.Wipe() }

// CopyName is the name of the safety copy of an object. It depends on the
// object alone, so that two reassigns of one secret stand in each other's way.
func CopyName(uid string) string { return "meshsecrets-reassign-" + uid }

// Unfinished is a reassign that was begun and is not finished, as it is found
// in the control plane. It holds no value.
type Unfinished struct {
	Plan    Plan      // as it was begun
	Copy    string    // the name of its safety copy; "" where there are none
	By      string    // who began it; "" when not known
	Host    string    // on which machine; "" when not known
	Started time.Time // zero when not known
	Age     time.Duration
	// Problem says why what was found is none of ours, one visible sentence;
	// "" when it is whole. Nothing is done with it then.
	Problem string
}

// Begun is the reassign that a secret's labels tell of, where what is made is
// marked in the mesh that it is made in; false when they tell of none.
func Begun(s Secret) (Unfinished, bool) {
	id, marked := s.Labels[LabelReassign]
	if !marked || s.Ref.Global() {
		return Unfinished{}, false
	}
	from := Ref{Mesh: s.Labels[LabelFrom], Name: s.Ref.Name}
	u := Unfinished{Plan: Plan{ID: id, From: from, To: s.Ref, TargetFirst: true}, Started: s.Created}
	if id == "" || from.Mesh == s.Ref.Mesh || CheckName(from.Mesh) != nil {
		u.Problem = Visible(s.Ref.Name) + " of mesh " + Visible(s.Ref.Mesh) + " carries the label " + LabelReassign +
			", but not what a reassign writes beside it. Nothing is done with it; take that label away if you know the secret."
	}
	return u, true
}

// Told says that another reassign of the same secret has to wait for this one,
// and where the value is.
func (u Unfinished) Told() string {
	if u.Problem != "" {
		return u.Problem + " :recover shows it."
	}
	where := "it is in mesh " + Visible(u.Plan.To.Mesh) + ", marked as on its way from " + Visible(u.Plan.From.Mesh)
	if u.Copy != "" {
		where = "its value is in Secret " + Visible(u.Copy)
	}
	return "A reassign of " + Visible(u.Plan.From.Name) + " was interrupted, or is under way: " + where +
		". :recover shows it; finish it or take it back first."
}

// Concerns tells whether a reassign from one end to the other has to wait for
// this one. Where a name is one object in all meshes, each of that name has to.
func (u Unfinished) Concerns(from, to Ref) bool {
	same := func(end Ref) bool { return end == from || end == to }
	return u.Plan.From.Name == from.Name && (u.Copy != "" || same(u.Plan.From) || same(u.Plan.To))
}

// Recent is how young a reassign is that may still be at work.
const Recent = time.Minute

// State is how far an unfinished reassign came.
type State uint8

// The states.
const (
	Finished   State = iota // nothing is left of it
	Staged                  // copied, nothing deleted
	Stale                   // changed after it was copied
	Held                    // being deleted, held by a finalizer
	Gap                     // only in the safety copy
	Placed                  // there, not cleaned up
	Back                    // back in its mesh
	Replaced                // another secret has its name
	Unreadable              // not a safety copy of this program
	Lost                    // nowhere, as far as can be seen
)

// String is the state as screens say it.
func (s State) String() string {
	return [...]string{
		"finished", "copied, nothing deleted", "changed after it was copied", "being deleted, held by a finalizer",
		"only in the safety copy", "there, not cleaned up", "back in its mesh", "another secret has its name",
		"not a safety copy of this program", "in no mesh",
	}[s]
}

// StateOf tells how far a reassign came, from a look at what is there for its
// plan as it was begun.
func (p Plan) StateOf(w World) State {
	switch {
	case w.Copy == Foreign:
		return Unreadable
	case w.Source == Deleting || w.Target == Deleting:
		return Held
	case w.Target == Foreign, w.Source == Foreign && !p.TargetFirst:
		return Replaced
	case w.Source == Edited, w.Source == Foreign:
		return Stale
	case w.Source == Restored, w.Source == Present && w.Claimed && !p.TargetFirst:
		return Back
	case w.Source == Present && (w.Copy == Present || w.Tagged):
		return Staged
	case w.Source == Present:
		return Finished
	case w.Target == Present && (w.Copy == Present || w.Tagged):
		return Placed
	case w.Target == Present:
		return Finished
	case w.Copy == Present:
		return Gap
	}
	return Lost
}

// Choice is what a person may decide about an unfinished reassign.
type Choice uint8

// The choices.
const (
	Leave    Choice = iota // as it is
	Finish                 // go on to where it was to lead
	TakeBack               // go back to where it was
	Forget                 // drop the safety copy, or the tag, and keep what is there
)

// Choices are those that what is there allows, the usual one first. That a
// mesh exists is told with fromThere and toThere; a secret is never made in one
// that does not.
func (p Plan) Choices(s State, fromThere, toThere bool) []Choice {
	switch {
	case s == Staged && toThere:
		return []Choice{TakeBack, Finish, Leave}
	case s == Staged, s == Stale && !p.TargetFirst, s == Back:
		return []Choice{TakeBack, Leave}
	case s == Gap && toThere && fromThere:
		return []Choice{Finish, TakeBack, Leave}
	case s == Gap && toThere:
		return []Choice{Finish, Leave}
	case s == Gap && fromThere:
		return []Choice{TakeBack, Leave}
	case s == Placed && fromThere:
		return []Choice{Finish, TakeBack, Leave}
	case s == Placed:
		return []Choice{Finish, Leave}
	case s == Replaced && !p.TargetFirst, s == Stale:
		return []Choice{Leave, Forget}
	}
	return []Choice{Leave}
}
