package model

import (
	"slices"
	"strings"
)

// NotHere is why a kind was not read that the control plane does not know: there
// are none of it.
const NotHere = "not on this control plane"

// Unread is a kind of resource that was not read for references, or not whole,
// and why.
type Unread struct {
	Kind   ResourceKind
	Why    string // NotHere, "you may not list it"
	Partly bool   // some were read; what they refer to is known
}

// MayBeThere tells that there may be some of the kind, so that nobody knows
// whether one of them refers to a secret.
func (u Unread) MayBeThere() bool { return u.Why != NotHere }

// Alike tells that one sentence can say both.
func (u Unread) Alike(other Unread) bool { return u.Why == other.Why && u.Partly == other.Partly }

// Missed is what was not done with the kind: "not read", "not read whole".
func (u Unread) Missed() string { return "not read" + wholeWord(u.Partly) }

// WholeWord ends a sentence that says that no kind was read: " whole" where a
// part of some was.
func WholeWord(unread []Unread) string {
	return wholeWord(slices.ContainsFunc(unread, func(u Unread) bool { return u.Partly }))
}

func wholeWord(partly bool) string {
	if partly {
		return " whole"
	}
	return ""
}

// NotChecked names the kinds that were not searched for references, and why:
// "not checked: MeshGateway (you may not list it)". It is "" when there are none.
func NotChecked(unread []Unread) string {
	var parts []string
	for _, partly := range []bool{false, true} {
		var kinds []string
		for _, u := range unread {
			if u.Partly == partly {
				kinds = append(kinds, string(u.Kind)+" ("+Visible(u.Why)+")")
			}
		}
		if len(kinds) > 0 {
			parts = append(parts, "not checked"+wholeWord(partly)+": "+strings.Join(kinds, ", "))
		}
	}
	return strings.Join(parts, "; ")
}
