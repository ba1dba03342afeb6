package model

import (
	"slices"
	"testing"
)

// The states, by hand: what stands in the copy and under the name.
func TestStateOf(t *testing.T) {
	t.Parallel()
	const kubernetes, universal = false, true
	for about, c := range map[string]struct {
		order bool
		w     World
		want  State
	}{
		"nothing is left":                        {kubernetes, World{Target: Present}, Finished},
		"nothing was begun":                      {kubernetes, World{Source: Present}, Finished},
		"copied":                                 {kubernetes, World{Source: Present, Copy: Present}, Staged},
		"copied, then changed":                   {kubernetes, World{Source: Edited, Copy: Present}, Stale},
		"copied, then held by a finalizer":       {kubernetes, World{Source: Deleting, Copy: Present}, Held},
		"the new one is held by a finalizer":     {kubernetes, World{Target: Deleting, Copy: Present}, Held},
		"the gap":                                {kubernetes, World{Copy: Present}, Gap},
		"created":                                {kubernetes, World{Copy: Present, Target: Present, Tagged: true}, Placed},
		"created, the tag taken off":             {kubernetes, World{Copy: Present, Target: Present}, Placed},
		"created, the copy gone":                 {kubernetes, World{Target: Present, Tagged: true}, Placed},
		"put back":                               {kubernetes, World{Source: Restored, Copy: Present}, Back},
		"being taken back, nothing was deleted":  {kubernetes, World{Source: Present, Claimed: true, Copy: Present}, Back},
		"the old mesh has another":               {kubernetes, World{Source: Foreign, Copy: Present}, Replaced},
		"the new mesh has another":               {kubernetes, World{Target: Foreign, Copy: Present}, Replaced},
		"a copy of somebody else":                {kubernetes, World{Copy: Foreign}, Unreadable},
		"a copy of somebody else, all there":     {kubernetes, World{Source: Present, Copy: Foreign}, Unreadable},
		"a copy of somebody else, another there": {kubernetes, World{Target: Foreign, Copy: Foreign}, Unreadable},
		"nowhere":                                {kubernetes, World{}, Lost},

		"Universal: made, nothing deleted":  {universal, World{Source: Present, Target: Present, Tagged: true}, Staged},
		"Universal: taken back half-way":    {universal, World{Source: Present, Claimed: true, Target: Present, Tagged: true}, Staged},
		"Universal: deleted":                {universal, World{Target: Present, Tagged: true}, Placed},
		"Universal: nothing is left":        {universal, World{Target: Present}, Finished},
		"Universal: two secrets, no tag":    {universal, World{Source: Present, Target: Present}, Finished},
		"Universal: the source was changed": {universal, World{Source: Foreign, Target: Present, Tagged: true}, Stale},
		"Universal: the target was changed": {universal, World{Source: Present, Target: Foreign, Tagged: true}, Replaced},
		"Universal: nowhere":                {universal, World{}, Lost},
	} {
		if got := inOrder(c.order, false).StateOf(c.w); got != c.want {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}

// What is offered in each state, the usual one first.
func TestChoices(t *testing.T) {
	t.Parallel()
	const kubernetes, universal = false, true
	type offer = []Choice
	for _, c := range []struct {
		order bool
		state State
		// with both meshes, without the old, without the new, without either
		both, noFrom, noTo, none offer
	}{
		{kubernetes, Finished, offer{Leave}, offer{Leave}, offer{Leave}, offer{Leave}},
		{kubernetes, Staged, offer{TakeBack, Finish, Leave}, offer{TakeBack, Finish, Leave}, offer{TakeBack, Leave}, offer{TakeBack, Leave}},
		{kubernetes, Stale, offer{TakeBack, Leave}, offer{TakeBack, Leave}, offer{TakeBack, Leave}, offer{TakeBack, Leave}},
		{kubernetes, Held, offer{Leave}, offer{Leave}, offer{Leave}, offer{Leave}},
		{kubernetes, Gap, offer{Finish, TakeBack, Leave}, offer{Finish, Leave}, offer{TakeBack, Leave}, offer{Leave}},
		{kubernetes, Placed, offer{Finish, TakeBack, Leave}, offer{Finish, Leave}, offer{Finish, TakeBack, Leave}, offer{Finish, Leave}},
		{kubernetes, Back, offer{TakeBack, Leave}, offer{TakeBack, Leave}, offer{TakeBack, Leave}, offer{TakeBack, Leave}},
		{kubernetes, Replaced, offer{Leave, Forget}, offer{Leave, Forget}, offer{Leave, Forget}, offer{Leave, Forget}},
		{kubernetes, Unreadable, offer{Leave}, offer{Leave}, offer{Leave}, offer{Leave}},
		{kubernetes, Lost, offer{Leave}, offer{Leave}, offer{Leave}, offer{Leave}},

		{universal, Staged, offer{TakeBack, Finish, Leave}, offer{TakeBack, Finish, Leave}, offer{TakeBack, Leave}, offer{TakeBack, Leave}},
		{universal, Placed, offer{Finish, TakeBack, Leave}, offer{Finish, Leave}, offer{Finish, TakeBack, Leave}, offer{Finish, Leave}},
		{universal, Stale, offer{Leave, Forget}, offer{Leave, Forget}, offer{Leave, Forget}, offer{Leave, Forget}}, // both are kept
		{universal, Replaced, offer{Leave}, offer{Leave}, offer{Leave}, offer{Leave}},
		{universal, Lost, offer{Leave}, offer{Leave}, offer{Leave}, offer{Leave}},
	} {
		for i, want := range []offer{c.both, c.noFrom, c.noTo, c.none} {
			fromThere, toThere := i&1 == 0, i < 2
			if got := inOrder(c.order, false).Choices(c.state, fromThere, toThere); !slices.Equal(got, want) {
				t.Errorf("%v, target first %v, old mesh %v, new mesh %v: %v, want %v", c.state, c.order, fromThere, toThere, got, want)
			}
		}
	}
}

// Whatever is offered first is safe: in no world that can be told does it lead
// to a step that removes the last holder, and what is finished or taken back
// has a step, or is done.
func TestChoicesLeadSomewhere(t *testing.T) {
	t.Parallel()
	everyWorld(func(p Plan, w World) {
		w.Run = Run{}
		if p.Back || !canBeFound(p, w) {
			return
		}
		for _, choice := range p.Choices(p.StateOf(w), true, true) {
			way, seen := p, w
			switch choice {
			case TakeBack:
				way = p.Reverse()
				if !p.TargetFirst && p.StateOf(w) == Placed && !w.Tagged {
					continue // it is not offered for what is finished but for its copy
				}
				seen.Source, seen.Target, seen.Tagged, seen.Claimed = w.Target, w.Source, w.Claimed, w.Tagged
			case Finish:
			case Leave, Forget:
				continue
			}
			if way.Next(seen) == Stuck {
				t.Errorf("%+v: choice %v of state %v has no step", w, choice, p.StateOf(w))
			}
		}
	})
}

// canBeFound tells worlds that a look can find, of a plan as it was begun.
func canBeFound(p Plan, w World) bool {
	switch {
	case w.Target == Edited, w.Target == Restored, w.Target == Absent && w.Tagged, w.Source == Absent && w.Claimed:
		return false // the object that was moved is never there, and what is not there has no tag
	case p.TargetFirst:
		return w.Copy == Absent && w.Source != Edited && w.Source != Restored && w.Source != Deleting && w.Target != Deleting
	}
	return w.Source == Absent || w.Target == Absent // a name is one object
}

func TestStateSaysItself(t *testing.T) {
	t.Parallel()
	for state, want := range map[State]string{
		Finished: "finished", Staged: "copied, nothing deleted", Stale: "changed after it was copied",
		Held: "being deleted, held by a finalizer", Gap: "only in the safety copy", Placed: "there, not cleaned up",
		Back: "back in its mesh", Replaced: "another secret has its name",
		Unreadable: "not a safety copy of this program", Lost: "in no mesh",
	} {
		if got := state.String(); got != want {
			t.Errorf("%d: %q, want %q", state, got, want)
		}
	}
}

func TestCopyName(t *testing.T) {
	t.Parallel()
	if got, want := CopyName("0d4f-uid"), "meshsecrets-reassign-0d4f-uid"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
