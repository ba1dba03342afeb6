package model

import (
	"maps"
	"strings"
	"time"
)

// Labels that a control plane gives a meaning to.
const (
	LabelMesh        = "kuma.io/mesh"
	LabelOrigin      = "kuma.io/origin"
	LabelZone        = "kuma.io/zone"
	LabelEnv         = "kuma.io/env"
	LabelDisplayName = "kuma.io/display-name"
)

// Ref names a secret: its mesh and its name. A Ref without a mesh names a
// global secret.
type Ref struct{ Mesh, Name string }

// Global tells whether the secret belongs to no mesh.
func (r Ref) Global() bool { return r.Mesh == "" }

// MeshWord is the mesh as screens say it: its name, or "global".
func (r Ref) MeshWord() string {
	if r.Global() {
		return "global"
	}
	return r.Mesh
}

// String is "mesh/name", or "global/name". It is not made visible.
func (r Ref) String() string { return r.MeshWord() + "/" + r.Name }

// Compare orders by name, then mesh, then global secrets first.
func (r Ref) Compare(o Ref) int {
	if c := strings.Compare(r.Name, o.Name); c != 0 {
		return c
	}
	return strings.Compare(r.Mesh, o.Mesh)
}

// Version is the state of an object as its control plane tells it. It is
// opaque to all but the backend that made it; the zero Version is unknown.
type Version struct{ UID, Revision string }

// Secret is what is known of a secret apart from its value. It has no field
// that could hold a value, so no list can.
type Secret struct {
	Ref      Ref
	Labels   map[string]string
	Created  time.Time
	Modified time.Time // equal to Created when it was never changed
	Version  Version
	Facts    Facts
	// Unlabelled tells that it belongs to mesh default only for want of a
	// label, as on Kubernetes, where lists by mesh leave such a secret out.
	Unlabelled bool
	Object     Object
}

// Synced tells whether the secret came from a global control plane, seen from
// a zone: an edit or deletion here would be accepted, and then differ from
// global until that one changes.
func (s Secret) Synced() bool { return s.Labels[LabelOrigin] == "global" }

// Changed tells whether the secret was modified after it was made.
func (s Secret) Changed() bool { return s.Modified.After(s.Created) }

// Snapshot is a secret and its value as they were read, or as they are to be
// written, at one moment. Whoever asked for it wipes it.
type Snapshot struct {
	Secret Secret
	Value  Value
	Rest   Rest
}

// Same tells whether two snapshots hold the same bytes and the same labels.
// Times are left out: on a control plane backed by Kubernetes the modification
// time is always the creation time.
func (s Snapshot) Same(o Snapshot) bool {
	return s.Value.Equal(o.Value) && maps.Equal(s.Secret.Labels, o.Secret.Labels) && s.Rest.Equal(o.Rest)
}

// Clone is the same snapshot with values of its own.
func (s Snapshot) Clone() Snapshot {
	s.Value = s.Value.Clone()
	s.Rest = Rest{Keys: cloned(s.Rest.Keys), Annotations: cloned(s.Rest.Annotations)}
	return s
}

// Bare is the snapshot without anything that may be secret.
func (s Snapshot) Bare() Snapshot { return Snapshot{Secret: s.Secret} }

// Wipe overwrites everything that may be secret in it.
func (s Snapshot) Wipe() {
	s.Value.Wipe()
	for _, v := range s.Rest.Keys {
		v.Wipe()
	}
	for _, v := range s.Rest.Annotations {
		v.Wipe()
	}
}
