package kubernetes

import (
	"maps"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/model"
)

// What a mesh secret is on Kubernetes. Secrets of all other types are none of
// our business.
const (
	secrets    = "secrets"
	typeMesh   = "system.kuma.io/secret"
	typeGlobal = "system.kuma.io/global-secret"
	keyValue   = "value"
)

// defaultMesh is where a mesh secret belongs that has no mesh label.
const defaultMesh = "default"

// refOf tells which secret an object is.
func refOf(meta metav1.ObjectMeta, kind string) model.Ref {
	if kind == typeGlobal {
		return model.Ref{Name: meta.Name}
	}
	mesh := meta.Labels[model.LabelMesh]
	if mesh == "" {
		mesh = defaultMesh
	}
	return model.Ref{Mesh: mesh, Name: meta.Name}
}

// secretOf tells of an object what its metadata says.
func secretOf(meta metav1.ObjectMeta, kind string) model.Secret {
	ref := refOf(meta, kind)
	mesh, labelled := meta.Labels[model.LabelMesh]
	s := model.Secret{
		Ref: ref, Labels: meta.Labels,
		Created: meta.CreationTimestamp.UTC(), Modified: modified(meta),
		Version:    model.Version{UID: string(meta.UID), Revision: meta.ResourceVersion},
		Unlabelled: !ref.Global() && !labelled,
	}
	s.Object = model.Object{
		Annotations: annotationNames(meta.Annotations),
		EmptyLabel:  !ref.Global() && labelled && mesh == "",
		Finalizers:  meta.Finalizers,
		Deleting:    meta.DeletionTimestamp != nil,
	}
	_, s.Object.Applied = meta.Annotations[model.LastApplied]
	for i, entry := range meta.ManagedFields {
		if i == 0 {
			s.Object.MadeBy = entry.Manager
		}
		if !slices.Contains(s.Object.Managers, entry.Manager) {
			s.Object.Managers = append(s.Object.Managers, entry.Manager)
		}
	}
	for _, owner := range meta.OwnerReferences {
		s.Object.Owners = append(s.Object.Owners, owner.Kind+" "+owner.Name)
	}
	return s
}

// modified is when a manager of fields last changed something: an object does
// not say so itself.
func modified(meta metav1.ObjectMeta) time.Time {
	last := meta.CreationTimestamp.Time
	for _, entry := range meta.ManagedFields {
		if entry.Time != nil && entry.Time.After(last) {
			last = entry.Time.Time
		}
	}
	return last.UTC()
}

// annotationNames are the names of annotations without the one that holds the
// whole secret.
func annotationNames(annotations map[string]string) []string {
	names := slices.Sorted(maps.Keys(annotations))
	return slices.DeleteFunc(names, func(name string) bool { return name == model.LastApplied })
}
