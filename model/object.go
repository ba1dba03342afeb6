package model

import (
	"maps"
	"slices"
	"strings"
)

// LastApplied is the annotation in which kubectl apply keeps what it was
// given: the whole value of a secret, in the clear for whoever may read
// annotations or backups. It is dropped by every write of ours, and never
// carried.
const LastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Object is what a secret has only as an object of a Kubernetes cluster; it is
// zero elsewhere. It can hold no value: annotations may, so only their names
// are in it.
type Object struct {
	Annotations []string // names, sorted; LastApplied is not among them
	Applied     bool     // LastApplied is there
	EmptyLabel  bool     // its mesh label is there but empty: the control plane then finds it in no mesh
	MadeBy      string   // the field manager that made it, "kubectl"; "" when not known
	Managers    []string // all field managers, in the order in which they came
	Owners      []string // "Mesh payments": it is deleted together with them
	Finalizers  []string
	Deleting    bool // it was deleted, and finalizers hold it
	// Type is that of an object which has the name of a secret and is none of a
	// mesh: "Opaque". It is "" for secrets of meshes.
	Type string

	// What follows is known once the secret was read whole: by Get and Learn,
	// not by List.
	Keys      []DataKey // other data keys, which the control plane never uses
	Immutable bool      // Kubernetes refuses to change its value
}

// DataKey is a key of a secret's data beside its value.
type DataKey struct {
	Name string
	Size int // bytes
}

// Rest is what belongs to a secret on Kubernetes beside its value: it is not
// ours, so a reassign carries it and an edit leaves it. All of it may be
// secret.
type Rest struct {
	Keys        map[string]Value // other data keys
	Annotations map[string]Value // without LastApplied
}

// Equal compares in constant time for each value.
func (r Rest) Equal(o Rest) bool {
	return maps.EqualFunc(r.Keys, o.Keys, Value.Equal) && maps.EqualFunc(r.Annotations, o.Annotations, Value.Equal)
}

// KeysOf describes the keys of a rest, by name.
func (r Rest) KeysOf() []DataKey {
	var keys []DataKey
	for _, name := range slices.Sorted(maps.Keys(r.Keys)) {
		keys = append(keys, DataKey{Name: name, Size: r.Keys[name].Len()})
	}
	return keys
}

func cloned(values map[string]Value) map[string]Value {
	if values == nil {
		return nil
	}
	own := make(map[string]Value, len(values))
	for name, v := range values {
		own[name] = v.Clone()
	}
	return own
}

// ManagedBy names a program that keeps a secret as it has it, so that what is
// changed here may be put back; "" when none is known by its marks.
func ManagedBy(s Secret) string {
	for _, mark := range managers {
		for name, value := range s.Labels {
			if strings.HasPrefix(name, mark.label) && mark.label != "" && (mark.value == "" || mark.value == value) {
				return mark.name
			}
		}
		for _, name := range s.Object.Annotations {
			if mark.annotation != "" && strings.HasPrefix(name, mark.annotation) {
				return mark.name
			}
		}
	}
	return ""
}

// managers are the marks that programs leave on what they manage, each from
// its own documentation.
var managers = []struct{ name, label, value, annotation string }{
	{name: "Helm", label: "app.kubernetes.io/managed-by", value: "Helm", annotation: "meta.helm.sh/"},
	{name: "Argo CD", label: "argocd.argoproj.io/", annotation: "argocd.argoproj.io/tracking-id"},
	{name: "Flux", label: "kustomize.toolkit.fluxcd.io/"},
	{name: "Flux", label: "helm.toolkit.fluxcd.io/"},
	{name: "External Secrets", label: "reconcile.external-secrets.io/", annotation: "reconcile.external-secrets.io/"},
	{name: "cert-manager", annotation: "cert-manager.io/"},
}
