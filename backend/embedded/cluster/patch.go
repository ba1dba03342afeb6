package cluster

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// patch merges what was sent into the object. Strategic patches are taken as
// merges: of what we have, nothing is a list that they would treat otherwise.
func (s *Server) patch(q request) (reply, error) {
	kind, _, err := mime.ParseMediaType(q.http.Header.Get("Content-Type"))
	if err != nil || kind != "application/merge-patch+json" && (kind != "application/strategic-merge-patch+json" || q.kind.Custom) {
		return reply{}, unsupported("application/merge-patch+json, application/strategic-merge-patch+json")
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
		return patched(before, sent)
	})
	if err != nil {
		return reply{}, err
	}
	return q.answered(http.StatusOK, made)
}

func patched(before *Object, sent map[string]any) (*Object, error) {
	raw, err := encodeJSON(document(before, true))
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, err
	}
	if raw, err = encodeJSON(merge(whole, sent)); err != nil {
		return nil, err
	}
	return decodeJSON(before.Kind, raw)
}

// merge follows RFC 7396: null takes a field away, an object is merged into an
// object, everything else replaces.
func merge(into, sent map[string]any) map[string]any {
	merged := maps.Clone(into)
	if merged == nil {
		merged = map[string]any{}
	}
	for name, value := range sent {
		inner, is := value.(map[string]any)
		switch {
		case value == nil:
			delete(merged, name)
		case is:
			old, _ := merged[name].(map[string]any)
			merged[name] = merge(old, inner)
		default:
			merged[name] = value
		}
	}
	return merged
}
