package embedded

import (
	"encoding/json"
	"maps"

	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// noMesh is the mesh of secrets whose label is empty: the control plane finds
// them in no mesh, but in the list of all.
const noMesh = "\x00"

// defaultsAnnotation tells that the control plane made what a mesh needs.
const defaultsAnnotation = "k8s.kuma.io/mesh-defaults-generated"

// see takes changes of the cluster over into what the control plane knows.
func (c *ControlPlane) see(changes []cluster.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var records []*record
	for _, change := range changes {
		switch o := change.Object(); {
		case o.Kind == cluster.Secrets:
			c.revision = change.Version
			c.tellChange(change)
			before, after := c.recordOf(change.Before), c.recordOf(change.After)
			if before != nil && (after == nil || after.key != before.key) {
				c.secrets.remove(before.key)
			}
			if after != nil {
				records = append(records, after)
			}
		case !ours(o.Kind):
		case change.After == nil:
			delete(c.resources, resourceOf(o).key)
		default:
			r := resourceOf(o)
			c.resources[r.key] = r
		}
	}
	if len(records) == 1 {
		c.secrets.put(records[0])
	} else if len(records) > 1 {
		c.secrets.putAll(records)
	}
}

// recordOf is a secret as the control plane sees it, or nil when it is not one
// of its own.
func (c *ControlPlane) recordOf(o *cluster.Object) *record {
	if o == nil || o.Meta.Namespace != c.options.SystemNamespace || o.Type != typeSecret && o.Type != typeGlobalSecret {
		return nil
	}
	r := &record{
		key: secretKey{name: o.Meta.Name}, labels: maps.Clone(o.Meta.Labels), value: o.Data[valueKey],
		created: o.Meta.CreationTimestamp.UTC(), owned: len(o.Meta.OwnerReferences) > 0, held: o,
	}
	r.modified = r.created // there is no other time
	if r.labels == nil {
		r.labels = map[string]string{}
	}
	r.labels[model.LabelDisplayName] = displayName(o)
	if o.Type == typeSecret {
		r.key.mesh, r.unlabelled = meshOf(o)
	}
	return r
}

// meshOf is the mesh of an object by its label.
func meshOf(o *cluster.Object) (mesh string, unlabelled bool) {
	mesh, labelled := o.Meta.Labels[model.LabelMesh]
	switch {
	case !labelled:
		return "default", true
	case mesh == "":
		return noMesh, false
	}
	return mesh, false
}

func displayName(o *cluster.Object) string {
	if name := o.Meta.Annotations[model.LabelDisplayName]; name != "" {
		return name
	}
	return o.Meta.Name
}

// resourceOf is a mesh or policy as the control plane sees it. The older kinds
// have all their fields in their spec.
func resourceOf(o *cluster.Object) resource {
	r := resource{
		key:    resourceKey{kind: o.Kind.Name, name: o.Meta.Name},
		labels: o.Meta.Labels, fields: map[string]json.RawMessage{},
		created: o.Meta.CreationTimestamp.UTC(), modified: o.Meta.CreationTimestamp.UTC(), uid: o.Meta.UID,
	}
	fields := o.Fields
	switch {
	case o.Kind.Namespaced:
		r.key.mesh, _ = meshOf(o)
	case o.Kind.Name != meshKind.name:
		r.key.mesh, _ = o.Fields["mesh"].(string)
		fallthrough
	default:
		fields, _ = o.Fields["spec"].(map[string]any)
	}
	for name, value := range fields {
		if raw, err := json.Marshal(value); err == nil {
			r.fields[name] = raw
		}
	}
	return r
}

// reconcile makes what a mesh needs, once it is written.
func (c *ControlPlane) reconcile(change cluster.Change) {
	o := change.After
	if o == nil || o.Kind.Name != meshKind.name || c.down.Load() {
		return
	}
	m, err := readMTLS(resourceOf(o))
	if err != nil {
		return
	}
	if c.makeSecrets(o.Meta.Name, m) != nil || o.Meta.Annotations[defaultsAnnotation] != "" {
		return
	}
	after := o.Clone()
	after.Meta.ResourceVersion = ""
	annotate(after, defaultsAnnotation, "true")
	_, _ = c.cluster.Replace(c.own(), after) // somebody may have deleted it meanwhile
}

// makeSecret stores a secret that the control plane makes. It tells whether
// that could be done.
func (c *ControlPlane) makeSecret(r *record) bool {
	o := &cluster.Object{Kind: cluster.Secrets, Type: typeSecret, Data: map[string][]byte{valueKey: r.value}}
	o.Meta.Name, o.Meta.Namespace, o.Meta.Labels = r.key.name, c.options.SystemNamespace, maps.Clone(r.labels)
	label(o, model.LabelMesh, r.key.mesh)
	if r.owned && !c.federated() { // what came from a global control plane has no owner
		o.Meta.OwnerReferences = append(o.Meta.OwnerReferences, c.owner(meshKind.name+" "+r.key.mesh))
	}
	_, err := c.cluster.Create(c.own(), o)
	return err == nil
}

func annotate(o *cluster.Object, name, value string) {
	annotations := maps.Clone(o.Meta.Annotations)
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[name] = value
	o.Meta.Annotations = annotations
}
