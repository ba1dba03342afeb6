package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
)

// body is what was sent in a write: its meta and all its fields as they came.
type body struct {
	meta   meta
	fields map[string]json.RawMessage
}

// readBody reads and checks what was sent. The reply tells what was wrong.
func (c *ControlPlane) readBody(q request) (body, *reply) {
	raw, err := io.ReadAll(q.http.Body)
	if err != nil {
		r := refused(http.StatusBadRequest, titleBad, "could not read the body")
		return body{}, &r
	}
	var sent body
	if err := json.Unmarshal(raw, &sent.meta); err != nil {
		return body{}, badObject(q, err)
	}
	if err := json.Unmarshal(raw, &sent.fields); err != nil {
		return body{}, badObject(q, err)
	}
	if found := c.checkMeta(q, sent.meta); len(found) > 0 {
		r := invalid(titleProcess, found...)
		return body{}, &r
	}
	return sent, nil
}

// value gives the bytes of a secret's data field. Without one the value is
// empty: this control plane accepts that.
func (b body) value() ([]byte, error) {
	var value []byte
	data, sent := b.fields["data"]
	if !sent {
		return nil, nil
	}
	err := json.Unmarshal(data, &value)
	return value, err
}

// rest gives the fields that are not meta, which is what a policy is made of.
func (b body) rest() map[string]json.RawMessage {
	rest := maps.Clone(b.fields)
	for _, key := range []string{"type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "status"} {
		delete(rest, key)
	}
	return rest
}

// badObject says why a body could not be read. The reason is the decoder's:
// it names positions and types and quotes no value.
func badObject(q request, err error) *reply {
	text := err.Error()
	var mistyped *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &mistyped):
	case mistyped.Field != "":
		text = fmt.Sprintf("json: cannot unmarshal %s into Go struct field ResourceMeta.%s of type %s", mistyped.Value, mistyped.Field, mistyped.Type)
	case mistyped.Struct == "" && mistyped.Type.Kind().String() == "struct":
		text = fmt.Sprintf("json: cannot unmarshal %s into Go value of type v1alpha1.ResourceMeta", mistyped.Value)
	}
	r := refused(http.StatusBadRequest, titleBad, fmt.Sprintf("invalid %s object: %q", q.kind.name, text))
	return &r
}
