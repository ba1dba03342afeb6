package model

import (
	"maps"
	"strings"
)

// Labels with which a reassign marks what it makes, until it is finished.
const (
	// LabelReassign holds the id of the reassign that made a secret. Its
	// removal is a change that zones are sent, which a change of an annotation
	// is not.
	LabelReassign = "meshsecrets.io/reassign"
	// LabelFrom holds the mesh that the secret comes from.
	LabelFrom = "meshsecrets.io/from"
	// LabelResend is set and removed to have zones sent a secret again.
	LabelResend = "meshsecrets.io/resend"
)

// Plan is a reassign: where the secret is and where it is to be. It keeps its
// state in the control plane; what to do next is decided from what is there.
type Plan struct {
	ID       string // of this reassign: it is on what it makes
	From, To Ref
	// UID is that of the object that is moved, where there are such; it is in
	// From, and in To of a plan that takes back.
	UID  string
	Back bool // it takes back: From is where the reassign was to lead
	// TargetFirst tells that two meshes may hold one name, as on Universal: the
	// target is made first, and the value is never in one place only. On
	// Kubernetes a name is one object, so the source goes first and a safety
	// copy holds the value until the target is there.
	TargetFirst bool
	// Zones tells that zones follow the control plane, or may: they are given
	// time, sent the secret once more and asked how they took it.
	Zones bool
}

// Reverse is the plan that takes this one back: the same move, the other way.
func (p Plan) Reverse() Plan {
	p.From, p.To, p.Back = p.To, p.From, !p.Back
	return p
}

// Origin is where the secret was before all.
func (p Plan) Origin() Ref {
	if p.Back {
		return p.To
	}
	return p.From
}

// Place is what stands at one end of a reassign.
type Place uint8

// What may stand there. Edited, Restored and Deleting can be told only where
// objects have UIDs.
const (
	Absent   Place = iota
	Present        // as planned: the same bytes and the user's labels
	Edited         // the very object that is moved, changed since it was looked at
	Restored       // another object with the same bytes, where the secret was: it is back
	Deleting       // it was deleted, and finalizers hold it
	Foreign        // something else, somebody else's
)

// World is what is there, all places read anew, and what this run knows beside
// that.
type World struct {
	Source Place
	Copy   Place // the safety copy: Absent, Present or Foreign
	Target Place
	Tagged bool // what stands at the target carries the plan's id
	// Claimed tells that what stands at the source carries it. Where the secret
	// was before all, somebody takes the reassign back: it is not deleted there
	// any more. Where it was to be, it was made by the reassign, and is not
	// finished yet.
	Claimed bool
	Run
}

// Run is what one run knows of a reassign that no look can tell. All of it may
// be lost: another run then waits once more, and does not ask the zones.
type Run struct {
	// Held tells that this run deleted the source, or may have, and has seen no
	// holder of the value in a mesh since. It holds the value itself.
	Held bool
	// Gone tells that this run saw the source gone, Copied and Placed that it saw
	// the safety copy and the target. What is different later was done by others.
	Gone, Copied, Placed bool
	// Waited tells that the zones had time to follow since the last write.
	Waited bool
	// Unanswered tells that zones were sent something and have not been asked
	// yet how they took it.
	Unanswered bool
	// Fixed tells that this login may not change labels: the tag stays.
	Fixed bool
	// Quiet tells that no deletion can be on its way any more to what this run
	// leads the secret to: it began the reassign, or has waited for as long as
	// one could take.
	Quiet bool
	// Loose tells that a deletion which this run sent was not answered, and may
	// still be on its way: to turn round then is not Quiet.
	Loose bool
}

// Unheard is what a run knows when nobody answered a step's request.
func (r Run) Unheard(s Step) Run {
	r.Loose = r.Loose || s == DeleteSource
	return r
}

// Reverse is what a run knows when it turns round. What it saw gone or made was
// seen the other way.
func (r Run) Reverse() Run {
	r.Quiet, r.Loose = r.Quiet && !r.Loose, false
	r.Gone, r.Copied, r.Placed, r.Waited = false, false, false, false
	return r
}

// kept tells that what is moved is in a mesh, or what somebody made of it.
func (w World) kept() bool {
	has := func(p Place) bool { return p != Absent && p != Foreign }
	return has(w.Source) || has(w.Target)
}

// Alone tells that no mesh has the secret.
func (w World) Alone() bool { return w.Source == Absent && w.Target == Absent }

// Between tells that the secret is in no mesh and its value is in the safety
// copy.
func (w World) Between() bool { return w.Alone() && w.Copy == Present }

// Step is what is to be done next.
type Step uint8

// The steps, in their order on Kubernetes. On Universal there is no copy, and
// CreateTarget comes first.
const (
	Look         Step = iota // nothing was looked at yet
	Done                     // nothing is left to do
	KeepCopy                 // write the safety copy
	DeleteSource             // if it is still the one that was looked at
	Wait                     // until the zones have followed
	Outlast                  // wait until no deletion that was sent before can arrive any more
	CreateTarget             // tagged
	Untag                    // a change that the zones are sent
	AskZones                 // how they took it
	Retain                   // tag the secret that stays where it was, so that no other run deletes it
	DropCopy
	Stuck // nothing safe is left to do: a person decides
)

// Next decides from what is there. No step removes the last good holder of the
// value, none touches what is somebody else's, and what was deleted by somebody
// else is not created again.
func (p Plan) Next(w World) Step {
	arrived := w.Target == Present || w.Target == Restored || w.Target == Edited
	switch {
	case w.Held && w.Copy == Absent && !p.TargetFirst && !w.kept():
		return KeepCopy // somebody deleted the copy, and perhaps took the name
	case w.Copy == Foreign,
		w.Source != Absent && w.Source != Present,
		w.Target != Absent && !arrived,
		p.overtaken(w):
		return Stuck
	case arrived && w.Source == Present && p.TargetFirst && !w.Quiet:
		// A deletion that was sent by a run which led the other way would take away
		// what is kept. On Universal it holds whenever it arrives; on Kubernetes it is
		// made on a condition, which Retain breaks.
		return Outlast
	case arrived && w.Source == Present:
		return DeleteSource
	case arrived:
		return p.settle(w)
	case w.Source == Present && p.TargetFirst:
		return CreateTarget
	case w.Source == Present && w.Copy == Absent:
		return KeepCopy
	case w.Source == Present:
		return DeleteSource
	case w.Copy == Present && p.Zones && !w.Waited:
		return Wait
	case w.Copy == Present:
		return CreateTarget
	case w.Held && p.TargetFirst:
		return CreateTarget // somebody deleted the target in the same moment
	}
	return Stuck
}

// overtaken tells that another run ends the reassign the other way. Two that
// undo each other would do so for ever, and the value could fall between them.
// On Kubernetes the tag decides which of them may delete; on Universal, where
// nothing can be done on a condition, who takes back goes on.
func (p Plan) overtaken(w World) bool {
	switch {
	case p.TargetFirst:
		return !p.Back && w.Source == Present && (w.Gone || w.Placed && w.Target == Absent)
	case w.Source == Present:
		return w.Claimed != p.Back || !p.Back && w.Copied && w.Copy == Absent
	}
	return w.Alone() && w.Placed
}

// settle is what is left to do once the secret is where it is to be, and there
// alone. The copy goes last.
func (p Plan) settle(w World) Step {
	untag := w.Tagged && !w.Fixed
	stayed := p.Back && p.UID != "" && w.Target != Restored // it never went
	switch {
	case stayed && w.Copy == Present && w.Target == Present && !w.Tagged && !w.Fixed:
		return Retain
	case stayed && w.Copy == Present:
		return DropCopy
	case stayed && untag:
		return Untag
	case stayed:
		return Done
	case untag && p.Zones && !w.Waited:
		return Wait
	case untag:
		return Untag
	case p.Zones && w.Unanswered:
		return AskZones
	case w.Copy == Present:
		return DropCopy
	}
	return Done
}

// After is what a run knows once it took a step. Sent tells that the step's
// request may have come to the control plane, whatever its answer; of Wait and
// Outlast that it was waited to the end, of AskZones that nothing more is to be learnt.
func (p Plan) After(r Run, s Step, sent bool) Run {
	switch {
	case !sent:
	case s == Wait:
		r.Waited = true
	case s == AskZones:
		r.Unanswered = false
	case s == Outlast:
		r.Quiet = true
	case s == DeleteSource:
		r.Held, r.Waited, r.Unanswered = true, false, p.Zones
	case s == CreateTarget, s == Untag:
		r.Waited, r.Unanswered = false, p.Zones
	case s == DropCopy:
		r.Held = true // should somebody have deleted the secret meanwhile
	}
	return r
}

// Seeing is what a run knows once it has looked: as soon as a mesh holds the
// value, it is in the hands of others again.
func (w World) Seeing() World {
	if w.kept() {
		w.Held = false
	}
	w.Gone, w.Placed = w.Gone || w.Source == Absent, w.Placed || w.Target == Present
	w.Copied = w.Copied || w.Copy == Present
	return w
}

// Judge says what stands at one end of a plan, given what was planned to be
// there. Labels that a control plane computes are not compared: they differ
// from mesh to mesh; nor are our own. Annotations may have been added on the
// way, as clusters do.
func (p Plan) Judge(at Ref, planned, found Snapshot) Place {
	same := matches(planned, found)
	moved := p.UID != "" && at == p.Origin() && found.Secret.Version.UID == p.UID
	switch {
	case found.Secret.Object.Deleting:
		return Deleting
	case moved && !same:
		return Edited
	case !same:
		return Foreign
	case p.UID != "" && at == p.Origin() && !moved:
		return Restored
	}
	return Present
}

func matches(planned, found Snapshot) bool {
	return planned.Value.Equal(found.Value) &&
		maps.Equal(Untagged(Carry(planned.Secret.Labels)), Untagged(Carry(found.Secret.Labels))) &&
		planned.Secret.Object.Immutable == found.Secret.Object.Immutable &&
		maps.EqualFunc(planned.Rest.Keys, found.Rest.Keys, Value.Equal) &&
		holds(found.Rest.Annotations, planned.Rest.Annotations)
}

// holds tells whether all of some values are there.
func holds(all, some map[string]Value) bool {
	for name, v := range some {
		if found, there := all[name]; !there || !found.Equal(v) {
			return false
		}
	}
	return true
}

// Tag gives the labels of what a plan makes: the user's, and its own.
func (p Plan) Tag(labels map[string]string) map[string]string {
	tagged := Untagged(labels)
	if tagged == nil {
		tagged = map[string]string{}
	}
	tagged[LabelReassign], tagged[LabelFrom] = p.ID, p.From.Mesh
	return tagged
}

// Tagged tells whether a secret carries the plan's id.
func (p Plan) Tagged(s Secret) bool { return p.ID != "" && s.Labels[LabelReassign] == p.ID }

// Untagged gives labels without those of a reassign or a resend.
func Untagged(labels map[string]string) map[string]string {
	plain := maps.Clone(labels)
	maps.DeleteFunc(plain, func(name, _ string) bool { return strings.HasPrefix(name, ourLabels) })
	return plain
}

// ourLabels begins the labels that are ours.
const ourLabels = "meshsecrets.io/"
