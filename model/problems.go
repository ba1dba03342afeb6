package model

import (
	"cmp"
	"slices"
	"time"
)

// Problem is one thing that is wrong, as a line of the problems list and as a
// report: see Cell, Meaning and Remedies.
type Problem struct {
	Trouble Trouble
	// Broken tells that something fails now or at the next update of the mesh;
	// else it only needs a look.
	Broken bool
	Ref    Ref // without a name it is the mesh that is about
	Other  Ref // the other secret or mesh that it is about: of a pair, of two names, of two values
	More   int // how many there are like Other, beside it
	// Interrupted is the reassign; nil but for TroubleInterrupted.
	Interrupted *Interrupted

	// There may be as many problems as secrets, so they share what they can.
	row      *Row   // nil for meshes and reassigns
	detail   string // what only this trouble knows, made visible
	of       *diagnoser
	nearness time.Duration // how far away an expiry is
	among    []*Row        // all that hold the same, this one included
	most     int           // how many of them the meaning names; 0 for fewMost
	by       *Reference    // of a mesh's backend: the one that it is about
}

// Interrupted is an unfinished reassign, and how far it came when that was
// looked at.
type Interrupted struct {
	Unfinished
	State  State
	Looked bool // State holds
}

// Standing is what problems depend on beside secrets and what refers to them.
type Standing struct {
	Federated  bool // a zone that follows a global control plane
	Kubernetes bool
	Unfinished []Interrupted
	Unread     []Unread // kinds that were not read for references
}

// Diagnosis is everything that is wrong, and what it was found in.
type Diagnosis struct {
	Problems []Problem // the worst first
	Meshes   int       // that exist
	Secrets  int
	Unlearnt int      // secrets of which nobody has looked at the value: what is wrong with it is not known
	Unread   []Unread // kinds that were not read: what they refer to is not known
}

// Passes tells whether a problem passes a filter; folded is what its words look
// in. Facets are about its secret: of what is no secret only the mesh is known.
func (p Problem) Passes(f Filter, folded string, now time.Time) bool {
	row := p.row
	if row == nil {
		row = &Row{Secret: Secret{Ref: p.Ref}, Folded: foldedName(p.Ref)}
	}
	return len(f.faults) == 0 && f.Match(folded) && f.holds(row, now)
}

// Broken tells whether a problem is among them by which something fails.
func (d Diagnosis) Broken() bool {
	return slices.ContainsFunc(d.Problems, func(p Problem) bool { return p.Broken })
}

// Diagnose finds everything that is wrong. It looks at every secret once, so it
// costs by their number.
func Diagnose(i Inventory, s Standing, now time.Time) Diagnosis {
	d := &diagnoser{standing: s, i: i, now: now, unchecked: map[string]bool{}}
	total := i.In(Scope{All: true}).Totals()
	out := Diagnosis{Secrets: total.Secrets, Unlearnt: total.Unlearnt, Unread: s.Unread}
	for _, m := range i.Meshes {
		d.unchecked[m.Mesh.Name] = m.Mesh.SkipsValidation
		if !m.Mesh.Missing {
			out.Meshes++
		}
	}
	for _, m := range i.Meshes {
		d.mesh(m.Mesh)
	}
	for _, row := range i.In(Scope{All: true}).All() {
		d.row(row)
	}
	for n := range s.Unfinished {
		d.interrupted(&s.Unfinished[n])
	}
	d.alike()
	d.equal()
	slices.SortStableFunc(d.found, compareProblems)
	out.Problems, d.found, d.i = d.found, nil, Inventory{}
	return out
}

// diagnoser gathers problems, and keeps what they all depend on.
type diagnoser struct {
	standing  Standing
	now       time.Time
	i         Inventory       // let go of in the end
	unchecked map[string]bool // the meshes that switch off the check of their CAs
	found     []Problem
}

func (d *diagnoser) add(p Problem) {
	p.of = d
	d.found = append(d.found, p)
}

// secret adds a problem of a secret.
func (d *diagnoser) secret(row *Row, trouble Trouble, broken bool, detail string) {
	d.add(Problem{Trouble: trouble, Broken: broken, Ref: row.Secret.Ref, Other: row.Partner, row: row, detail: detail})
}

// compareProblems puts the worst first: what is missing, mismatched or
// interrupted, and all else that fails; then by nearness of expiry; then by
// name; and last what only is worth knowing.
func compareProblems(a, b Problem) int {
	return cmp.Or(
		cmp.Compare(a.rank(), b.rank()),
		cmp.Compare(a.nearness, b.nearness),
		a.Ref.Compare(b.Ref),
		cmp.Compare(a.Trouble, b.Trouble),
	)
}

// rank is the part of the list in which a problem stands.
func (p Problem) rank() int {
	switch {
	case p.Trouble <= TroubleInterrupted:
		return int(p.Trouble)
	case p.Broken:
		return int(TroubleInterrupted) + 1
	case p.Trouble == TroubleExpiring:
		return int(TroubleInterrupted) + 2
	case p.Trouble == TroubleExpired, p.Trouble == TroubleNotYet:
		return int(TroubleInterrupted) + 3
	case p.Trouble < TroubleImmutable:
		return int(TroubleInterrupted) + 4
	}
	return int(p.Trouble) + 5
}
