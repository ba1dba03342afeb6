package cluster

import (
	"bytes"
	"maps"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Object is an object of the cluster. Once stored it is never changed, only
// replaced, so it can be read without a lock.
type Object struct {
	Kind Kind
	Meta metav1.ObjectMeta

	// What a Secret is made of.
	Type      string
	Data      map[string][]byte
	Immutable bool

	// Fields is what every other kind is made of: all but apiVersion, kind and
	// metadata, as JSON gives it.
	Fields map[string]any
}

// key is where an object is kept, in the order of lists.
func key(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func (o *Object) key() string { return key(o.Meta.Namespace, o.Meta.Name) }

// Clone copies an object so that the copy may be changed. The values and what
// is deep in Fields are shared: they are replaced, never changed.
func (o *Object) Clone() *Object {
	c := *o
	c.Meta = *o.Meta.DeepCopy()
	c.Data = maps.Clone(o.Data)
	c.Fields = maps.Clone(o.Fields)
	return &c
}

// sameContent tells whether two objects differ in nothing but their metadata.
func (o *Object) sameContent(p *Object) bool {
	return o.Type == p.Type && o.Immutable == p.Immutable &&
		maps.EqualFunc(o.Data, p.Data, bytes.Equal) && reflect.DeepEqual(o.Fields, p.Fields)
}

// same tells whether two objects differ in nothing a client can write.
func (o *Object) same(p *Object) bool {
	return o.sameContent(p) &&
		maps.Equal(o.Meta.Labels, p.Meta.Labels) && maps.Equal(o.Meta.Annotations, p.Meta.Annotations) &&
		reflect.DeepEqual(o.Meta.OwnerReferences, p.Meta.OwnerReferences) &&
		equalLists(o.Meta.Finalizers, p.Meta.Finalizers)
}

func equalLists(a, b []string) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

// isSecret tells whether the object has data rather than fields.
func (o *Object) isSecret() bool { return o.Kind == Secrets }
