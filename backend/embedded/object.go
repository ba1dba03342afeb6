package embedded

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// The types of the control plane's secrets in a cluster.
const (
	typeSecret       = "system.kuma.io/secret"        //nolint:gosec // a type
	typeGlobalSecret = "system.kuma.io/global-secret" //nolint:gosec // a type
)

// valueKey is where a secret has its value.
const valueKey = "value"

// kindNamed gives the kind of the cluster of a name.
func (c *ControlPlane) kindNamed(name string) cluster.Kind {
	for _, k := range c.cluster.Kinds() {
		if k.Name == name {
			return k
		}
	}
	return cluster.Kind{}
}

// placeOf says where objects of one of our kinds are kept.
func (c *ControlPlane) placeOf(of kind) (k cluster.Kind, namespace string) {
	k = cluster.Secrets
	if !of.secret {
		k = c.kindNamed(of.name)
	}
	if k.Namespaced {
		namespace = c.options.SystemNamespace
	}
	return k, namespace
}

// objectOf makes an object of what was sent in the Universal form.
func (c *ControlPlane) objectOf(q request, sent body) (*cluster.Object, error) {
	k, namespace := c.placeOf(q.kind)
	o := &cluster.Object{Kind: k}
	o.Meta.Name, o.Meta.Namespace, o.Meta.Labels = q.name, namespace, maps.Clone(sent.meta.Labels)
	if q.kind.inMesh && k.Namespaced {
		label(o, model.LabelMesh, q.mesh)
	}
	if q.kind.secret {
		value, err := sent.value()
		o.Type, o.Data = typeSecret, map[string][]byte{valueKey: value}
		if !q.kind.inMesh {
			o.Type = typeGlobalSecret
		}
		return o, err
	}
	raw, err := json.Marshal(sent.rest())
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	if k.Namespaced {
		o.Fields = fields
		return o, nil
	}
	o.Fields = map[string]any{"spec": fields}
	if q.kind.inMesh {
		o.Fields["mesh"] = q.mesh
	}
	return o, nil
}

func label(o *cluster.Object, name, value string) {
	if o.Meta.Labels == nil {
		o.Meta.Labels = map[string]string{}
	}
	o.Meta.Labels[name] = value
}

// seedCluster stores secrets in the cluster as they are.
func (c *ControlPlane) seedCluster(secrets []Secret) {
	objects := make([]*cluster.Object, 0, len(secrets))
	for _, s := range secrets {
		objects = append(objects, c.seeded(s))
	}
	c.cluster.Seed(objects...)
}

func (c *ControlPlane) seeded(s Secret) *cluster.Object {
	o := &cluster.Object{Kind: cluster.Secrets, Type: s.Type, Immutable: s.Immutable, Data: maps.Clone(s.Keys)}
	o.Meta = metav1.ObjectMeta{
		Name: s.Name, Namespace: s.Namespace, UID: types.UID(s.UID), Labels: maps.Clone(s.Labels),
		Annotations: maps.Clone(s.Annotations), Finalizers: slices.Clone(s.Finalizers),
		CreationTimestamp: metav1.NewTime(s.Created.UTC()),
	}
	if o.Meta.Namespace == "" {
		o.Meta.Namespace = c.options.SystemNamespace
	}
	if s.Value != nil {
		if o.Data == nil {
			o.Data = map[string][]byte{}
		}
		o.Data[valueKey] = slices.Clone(s.Value)
	}
	if o.Type == "" {
		o.Type = typeSecret
		if s.Mesh == "" && !s.Unlabelled {
			o.Type = typeGlobalSecret
		}
	}
	if o.Type == typeSecret && s.Mesh != "" && !s.Unlabelled {
		label(o, model.LabelMesh, s.Mesh)
	}
	owners, managers := s.Owners, s.Managers
	if s.Owned && s.Mesh != "" {
		owners = append([]string{meshKind.name + " " + s.Mesh}, owners...)
	}
	for _, owner := range owners {
		o.Meta.OwnerReferences = append(o.Meta.OwnerReferences, c.owner(owner))
	}
	switch {
	case len(managers) > 0:
	case s.Owned:
		managers = []string{ownManager}
	default:
		managers = []string{seedManager}
	}
	modified := s.Modified
	if modified.IsZero() {
		modified = s.Created
	}
	cluster.Own(o, managers, s.Created.UTC(), modified.UTC())
	return o
}

// owner refers to "Mesh payments", even before there is one.
func (c *ControlPlane) owner(of string) metav1.OwnerReference {
	kindName, name, _ := strings.Cut(of, " ")
	k := c.kindNamed(kindName)
	namespace := ""
	if k.Namespaced {
		namespace = c.options.SystemNamespace
	}
	uid := c.cluster.FirstUID(k, namespace, name)
	if held := c.cluster.Get(k, namespace, name); held != nil {
		uid = held.Meta.UID
	}
	return metav1.OwnerReference{APIVersion: k.GroupVersion(), Kind: k.Name, Name: name, UID: uid}
}

// SeedObject stores an object of any kind in the cluster as it is, unchecked.
// It is anything that encodes to the JSON of a manifest. Its namespace is made
// when there is none.
func (c *ControlPlane) SeedObject(manifest any) error {
	raw, err := json.Marshal(manifest)
	if err != nil {
		return fmt.Errorf("seeding an object: %w", err)
	}
	o, err := c.cluster.Read(raw)
	if err != nil {
		return fmt.Errorf("seeding an object: %w", err)
	}
	if at := o.Meta.Namespace; at != "" && c.cluster.Get(cluster.Namespaces, "", at) == nil {
		c.cluster.AddNamespace(at, "kubectl-create")
	}
	if o.Meta.ManagedFields == nil {
		created := o.Meta.CreationTimestamp.Time
		if created.IsZero() {
			created = c.now()
		}
		cluster.Own(o, []string{seedManager}, created, created)
	}
	c.cluster.Seed(o)
	return nil
}
