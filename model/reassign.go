package model

import "maps"

// Plan is a reassign: where the secret is and where it is to be. It keeps its
// state in the control plane; what to do next is decided from what is there.
type Plan struct{ From, To Ref }

// Reverse is the plan that takes this one back: the same move, the other way.
func (p Plan) Reverse() Plan { return Plan{From: p.To, To: p.From} }

// Place is what stands at one end of a reassign.
type Place uint8

// What may stand there.
const (
	Absent  Place = iota
	Present       // as planned: the same bytes and the user's labels
	Foreign       // something else, somebody else's
)

// World is what is there, both ends read anew.
type World struct{ Source, Target Place }

// Step is what is to be done next.
type Step uint8

// The steps. Two meshes may hold one name on Universal, so the target is made
// first and the value is never in one place only.
const (
	Done Step = iota
	CreateTarget
	DeleteSource
	Stuck // nothing safe is left to do: a person decides
)

// Next decides from what is there. No step removes the last good holder.
func (p Plan) Next(w World) Step {
	switch {
	case w.Source == Foreign || w.Target == Foreign:
		return Stuck
	case w.Target == Present && w.Source == Present:
		return DeleteSource
	case w.Target == Present:
		return Done
	case w.Source == Present:
		return CreateTarget
	default:
		return Stuck
	}
}

// Judge says what stands at a place, given what was planned to be there.
// Labels that a control plane computes are not compared: they differ from mesh
// to mesh.
func Judge(planned, found Snapshot) Place {
	if planned.Value.Equal(found.Value) && maps.Equal(Carry(planned.Secret.Labels), Carry(found.Secret.Labels)) {
		return Present
	}
	return Foreign
}

// Progress is where a reassign stands after a step.
type Progress struct {
	World World
	Next  Step
}
