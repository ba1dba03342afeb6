package embedded

import (
	"bytes"
	"maps"

	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// Event is a change of one secret, for those who look at the history of a
// control plane and not only at its end. Other objects are not told of.
type Event struct {
	// Revision counts the changes. On Kubernetes it is the resourceVersion of
	// the object, or the one at which it went, so some are left out.
	Revision uint64
	Deleted  bool   // what follows is as it last was
	Mesh     string // "" for a global secret, and on Kubernetes for what is no secret of the control plane
	Name     string
	Labels   map[string]string
	Value    []byte // of its own: it may be kept

	// What follows only Kubernetes has.
	Namespace string
	Type      string
	UID       string
	Data      map[string][]byte // all keys, the value's too
	Immutable bool
	Deleting  bool // it was deleted, and finalizers hold it
}

// put stores a secret on Universal. The lock is held.
func (c *ControlPlane) put(r *record) {
	c.secrets.put(r)
	c.revision++
	c.tell(r, false)
}

// remove takes one away. The lock is held.
func (c *ControlPlane) remove(k secretKey) {
	gone := c.secrets.get(k)
	if gone == nil {
		return
	}
	c.secrets.remove(k)
	c.revision++
	c.tell(gone, true)
}

// tell tells of a change on Universal.
func (c *ControlPlane) tell(r *record, deleted bool) {
	if c.options.Observe == nil {
		return
	}
	c.options.Observe(Event{
		Revision: c.revision, Deleted: deleted, Mesh: r.key.mesh, Name: r.key.name,
		Labels: maps.Clone(r.labels), Value: bytes.Clone(r.value),
	})
}

// tellChange tells of one in the cluster.
func (c *ControlPlane) tellChange(change cluster.Change) {
	if c.options.Observe == nil {
		return
	}
	o := change.Object()
	e := Event{
		Revision: change.Version, Deleted: change.After == nil, Name: o.Meta.Name, Labels: maps.Clone(o.Meta.Labels),
		Namespace: o.Meta.Namespace, Type: o.Type, UID: string(o.Meta.UID), Immutable: o.Immutable,
		Deleting: o.Meta.DeletionTimestamp != nil, Data: map[string][]byte{},
	}
	for name, value := range o.Data {
		e.Data[name] = bytes.Clone(value)
	}
	e.Value = e.Data[valueKey]
	if r := c.recordOf(o); r != nil {
		e.Mesh = r.ref().Mesh
	}
	c.options.Observe(e)
}

// ref is the secret as others name it.
func (r *record) ref() model.Ref {
	if r.key.mesh == noMesh {
		return model.Ref{Name: r.key.name}
	}
	return model.Ref{Mesh: r.key.mesh, Name: r.key.name}
}
