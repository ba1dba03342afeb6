package cluster

import (
	"bytes"
	"maps"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	names "k8s.io/apimachinery/pkg/util/validation"
	where "k8s.io/apimachinery/pkg/util/validation/field"
)

// maxSecret is how many bytes the data of a Secret may have.
const maxSecret = 1 << 20

const reasonImmutable = "field is immutable when `immutable` is set"

func (k Kind) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: k.Group, Resource: k.Resource}
}

// invalid refuses an object, or gives nil when nothing is wrong.
func invalid(o *Object, found where.ErrorList) error {
	if len(found) == 0 {
		return nil
	}
	return apierrors.NewInvalid(schema.GroupKind{Group: o.Kind.Group, Kind: o.Kind.Name}, o.Meta.Name, found)
}

// noVersion refuses an update of a custom kind that does not say of what. The
// resource is named here where others name the kind.
func noVersion(o *Object) error {
	found := where.Invalid(where.NewPath("metadata", "resourceVersion"), uint64(0), "must be specified for an update")
	return apierrors.NewInvalid(schema.GroupKind{Group: o.Kind.Group, Kind: o.Kind.Resource}, o.Meta.Name, where.ErrorList{found})
}

// checkNew holds the API server's own rules for an object.
func checkNew(o *Object) error {
	found := validation.ValidateObjectMeta(&o.Meta, o.Kind.Namespaced, validation.NameIsDNSSubdomain, where.NewPath("metadata"))
	return invalid(o, append(found, checkSecret(o)...))
}

func checkSecret(o *Object) where.ErrorList {
	if !o.isSecret() {
		return nil
	}
	var found where.ErrorList
	size, at := 0, where.NewPath("data")
	for _, name := range slices.Sorted(maps.Keys(o.Data)) {
		for _, reason := range names.IsConfigMapKey(name) {
			found = append(found, where.Invalid(at.Key(name), name, reason))
		}
		size += len(o.Data[name])
	}
	if size > maxSecret {
		found = append(found, where.TooLong(at, "", maxSecret))
	}
	return found
}

// checkChanged holds them for an object that is to replace another one.
func checkChanged(after, before *Object) error {
	found := validation.ValidateObjectMetaUpdate(&after.Meta, &before.Meta, where.NewPath("metadata"))
	if after.isSecret() {
		found = append(found, validation.ValidateImmutableField(after.Type, before.Type, where.NewPath("type"))...)
		if before.Immutable {
			if !after.Immutable {
				found = append(found, where.Forbidden(where.NewPath("immutable"), reasonImmutable))
			}
			if !maps.EqualFunc(after.Data, before.Data, bytes.Equal) {
				found = append(found, where.Forbidden(where.NewPath("data"), reasonImmutable))
			}
		}
	}
	return invalid(after, append(found, checkSecret(after)...))
}
