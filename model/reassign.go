package model

import "maps"

// Plan is a reassign: where the secret is and where it is to be. It keeps its
// state in the control plane; what to do next is decided from what is there.
type Plan struct {
	From, To Ref
	// TargetFirst tells that two meshes may hold one name, as on Universal: the
	// target is made first, and the value is never in one place only. On
	// Kubernetes a name is one object, so the source goes first and somebody
	// holds the value until the target is there.
	TargetFirst bool
}

// Reverse is the plan that takes this one back: the same move, the other way.
func (p Plan) Reverse() Plan {
	p.From, p.To = p.To, p.From
	return p
}

// Place is what stands at one end of a reassign.
type Place uint8

// What may stand there.
const (
	Absent  Place = iota
	Present       // as planned: the same bytes and the user's labels
	Foreign       // something else, somebody else's
)

// World is what is there, both ends read anew. Copy is Present when the source
// was deleted by this reassign and whoever runs it holds the value.
type World struct{ Source, Copy, Target Place }

// Alone tells that no mesh has the secret.
func (w World) Alone() bool { return w.Source == Absent && w.Target == Absent }

// Step is what is to be done next.
type Step uint8

// The steps.
const (
	Done Step = iota
	CreateTarget
	DeleteSource
	Stuck // nothing safe is left to do: a person decides
)

// Next decides from what is there. With TargetFirst no step removes the last
// good holder; without it whoever takes the step holds the value. What was
// deleted by somebody else is not created again.
func (p Plan) Next(w World) Step {
	switch {
	case w.Source == Foreign || w.Target == Foreign:
		return Stuck
	case w.Target == Present && w.Source == Present:
		return DeleteSource
	case w.Target == Present:
		return Done
	case w.Source == Present && p.TargetFirst:
		return CreateTarget
	case w.Source == Present:
		return DeleteSource
	case w.Copy == Present:
		return CreateTarget
	default:
		return Stuck
	}
}

// Judge says what stands at a place, given what was planned to be there.
// Labels that a control plane computes are not compared: they differ from mesh
// to mesh. Annotations may have been added on the way, as clusters do.
func Judge(planned, found Snapshot) Place {
	if planned.Value.Equal(found.Value) &&
		maps.Equal(Carry(planned.Secret.Labels), Carry(found.Secret.Labels)) &&
		planned.Secret.Object.Immutable == found.Secret.Object.Immutable &&
		maps.EqualFunc(planned.Rest.Keys, found.Rest.Keys, Value.Equal) &&
		holds(found.Rest.Annotations, planned.Rest.Annotations) {
		return Present
	}
	return Foreign
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

// Progress is where a reassign stands after a step.
type Progress struct {
	World World
	Next  Step
	// Unseen tells that nobody could look after the step: World is then what
	// has to be assumed.
	Unseen bool
}
