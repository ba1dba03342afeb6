package model

import (
	"cmp"
	"reflect"
)

// Sight is all that is kept of a resource that can refer to secrets: its name,
// what it refers to and, of a Mesh, its trust. The document itself is let go
// of, so that thousands of policies cost little.
type Sight struct {
	Kind       ResourceKind
	Mesh       string // of a Mesh its own name
	Name       string
	References []Reference
	Cut        bool  // it may name more than References
	Trust      Mesh  // of a Mesh
	Err        error // of a Mesh: why it could not be read whole
}

// See looks at a resource of either dialect. Polls look at all of them again
// and again, so each is decoded once.
func See(r Resource) Sight {
	s := Sight{Kind: r.Kind, Mesh: r.Mesh, Name: r.Name}
	d, ok := readDocument(r)
	if ok {
		s.Mesh, s.Name = d.mesh, d.name
		s.References, s.Cut = everywhere.in(d)
	}
	if r.Kind == KindMesh {
		s.Mesh = cmp.Or(s.Mesh, s.Name)
		s.Trust, s.Err = meshIn(r, d, ok)
		s.Trust.Name = cmp.Or(s.Trust.Name, s.Name) // it is there, whatever it holds
	}
	return s
}

// Same tells whether two sights of a resource say the same. Most changes of a
// resource are none of what is kept of it: a status that is written every few
// seconds, for one.
func (s Sight) Same(o Sight) bool {
	failed := s.Err != nil
	return failed == (o.Err != nil) && reflect.DeepEqual(s.bare(), o.bare())
}

// bare is the sight without its error, of which only whether there is one
// counts.
func (s Sight) bare() Sight {
	s.Err = nil
	return s
}
