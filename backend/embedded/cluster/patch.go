package cluster

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	where "k8s.io/apimachinery/pkg/util/validation/field"
)

// patch merges what was sent into the object. Strategic patches are taken as
// merges: of what we have, nothing is a list that they would treat otherwise.
func (s *Server) patch(q request) (reply, error) {
	kind, _, err := mime.ParseMediaType(q.http.Header.Get("Content-Type"))
	if err != nil || kind != "application/merge-patch+json" && (kind != "application/strategic-merge-patch+json" || q.kind.Custom) {
		refused := unsupported("")
		refused.ErrStatus.Message, refused.ErrStatus.Details = "415: Unsupported Media Type", &metav1.StatusDetails{}
		if kind == "application/apply-patch+yaml" {
			refused.ErrStatus.Message = "this demo has no server-side apply; kubectl apply without --server-side is taken"
		}
		return reply{}, refused
	}
	raw, err := q.read()
	if err != nil {
		return reply{}, err
	}
	var sent map[string]any
	if err := json.Unmarshal(raw, &sent); err != nil {
		return reply{}, apierrors.NewBadRequest(fmt.Sprintf("error decoding patch: %v", err))
	}
	made, err := s.exchange(q.author(), q.kind, q.key(), q.name, func(before *Object) (*Object, error) {
		return patched(before, raw)
	})
	if err != nil {
		return reply{}, err
	}
	return q.answered(http.StatusOK, made)
}

func patched(before *Object, sent []byte) (*Object, error) {
	raw, err := encodeJSON(document(before, true))
	if err != nil {
		return nil, err
	}
	if raw, err = merge(raw, sent); err != nil {
		return nil, err
	}
	after, err := decodeFields(before.Kind, raw)
	if err != nil {
		// The whole object is repeated, values and all, as a real server does.
		found := where.Invalid(where.NewPath("patch"), string(raw), err.Error())
		return nil, apierrors.NewInvalid(schema.GroupKind{}, "", where.ErrorList{found})
	}
	return after, checkIdentity(before, after)
}

// checkIdentity refuses to make another object of one.
func checkIdentity(before, after *Object) error {
	if after.Meta.Name != before.Meta.Name {
		return apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", after.Meta.Name, before.Meta.Name))
	}
	if after.Meta.UID != before.Meta.UID {
		found := where.Invalid(where.NewPath("metadata", "uid"), after.Meta.UID, validation.FieldImmutableErrorMsg)
		return invalid(before, where.ErrorList{found, found}) // said twice, as it is there
	}
	return nil
}

// merge follows RFC 7396: null takes a field away, an object is merged into an
// object, everything else replaces. What is not named stays as it is, to the
// byte.
func merge(into, sent json.RawMessage) (json.RawMessage, error) {
	patch, is := members(sent)
	if !is {
		return sent, nil
	}
	old, is := members(into)
	if !is {
		old = map[string]json.RawMessage{}
	}
	for name, value := range patch {
		if string(value) == "null" {
			delete(old, name)
			continue
		}
		merged, err := merge(old[name], value)
		if err != nil {
			return nil, err
		}
		old[name] = merged
	}
	return json.Marshal(old)
}

// members are those of a JSON object; false when it is something else.
func members(raw json.RawMessage) (map[string]json.RawMessage, bool) {
	var held map[string]json.RawMessage
	err := json.Unmarshal(raw, &held)
	return held, err == nil && held != nil
}
