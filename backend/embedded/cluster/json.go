package cluster

import (
	"bytes"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// encodeJSON is the JSON of v, with a line feed at the end.
func encodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return out.Bytes(), err
}

// secretJSON is the JSON form of a Secret, in the order of a real server.
type secretJSON struct {
	Kind       string            `json:"kind,omitempty"`
	APIVersion string            `json:"apiVersion,omitempty"`
	Metadata   metav1.ObjectMeta `json:"metadata"`
	Immutable  *bool             `json:"immutable,omitempty"`
	Data       map[string][]byte `json:"data,omitempty"`
	StringData map[string]string `json:"stringData,omitempty"`
	Type       string            `json:"type,omitempty"`
}

// MarshalJSON is the object as a server gives it alone.
func (o *Object) MarshalJSON() ([]byte, error) { return encodeJSON(document(o, true)) }

// document is what the JSON of an object is made from. Within a list only
// custom kinds say what they are.
func document(o *Object, alone bool) any {
	named := alone || o.Kind.Custom
	if o.isSecret() {
		doc := secretJSON{Metadata: o.Meta, Data: o.Data, Type: o.Type}
		if named {
			doc.Kind, doc.APIVersion = o.Kind.Name, o.Kind.GroupVersion()
		}
		if o.Immutable {
			doc.Immutable = &o.Immutable
		}
		return doc
	}
	doc := map[string]any{"metadata": o.Meta}
	for name, value := range o.Fields {
		doc[name] = value
	}
	if named {
		doc["kind"], doc["apiVersion"] = o.Kind.Name, o.Kind.GroupVersion()
	}
	return doc
}

// partial is an object without all but its metadata.
func partial(o *Object) metav1.PartialObjectMetadata {
	return metav1.PartialObjectMetadata{
		TypeMeta:   metav1.TypeMeta{Kind: asMetadata, APIVersion: metaVersion},
		ObjectMeta: o.Meta,
	}
}

// listBody is the JSON form of a list.
type listBody struct {
	Kind       string            `json:"kind"`
	APIVersion string            `json:"apiVersion"`
	Metadata   any               `json:"metadata"`
	Items      []json.RawMessage `json:"items"`
}

// customMeta is the metadata of a list of a custom kind, where continue is
// always there.
type customMeta struct {
	ResourceVersion string `json:"resourceVersion"`
	Continue        string `json:"continue"`
	Remaining       *int64 `json:"remainingItemCount,omitempty"`
}

func listJSON(l list, metadata bool) ([]byte, error) {
	body := listBody{Kind: l.kind.Name + "List", APIVersion: l.kind.GroupVersion(), Metadata: l.meta}
	switch {
	case metadata:
		body.Kind, body.APIVersion = asMetadataList, metaVersion
	case l.kind.Custom:
		body.Metadata = customMeta{l.meta.ResourceVersion, l.meta.Continue, l.meta.RemainingItemCount}
	}
	body.Items = make([]json.RawMessage, 0, len(l.objects))
	for _, o := range l.objects {
		item := document(o, false)
		if metadata {
			item = partial(o)
		}
		raw, err := encodeJSON(item)
		if err != nil {
			return nil, err
		}
		body.Items = append(body.Items, raw)
	}
	return encodeJSON(body)
}

// eventJSON is one line of a watch.
func eventJSON(kind string, object []byte) ([]byte, error) {
	return encodeJSON(struct {
		Type   string          `json:"type"`
		Object json.RawMessage `json:"object"`
	}{kind, object})
}
