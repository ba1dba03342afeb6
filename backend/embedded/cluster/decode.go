package cluster

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// maxBody is how many bytes of a request are read.
const maxBody = 3 << 20

// typeOpaque is the type of a Secret that says none.
const typeOpaque = "Opaque"

// author is who writes by a request. The manager is the beginning of the user
// agent when no other is named.
func (q request) author() Author {
	manager := q.query.Get("fieldManager")
	if manager == "" {
		manager, _, _ = strings.Cut(q.http.UserAgent(), "/")
	}
	return Author{User: q.user, Manager: manager, DryRun: q.dryRun()}
}

func (q request) contentType() (string, error) {
	header := q.http.Header.Get("Content-Type")
	if header == "" {
		return typeJSON, nil
	}
	kind, _, err := mime.ParseMediaType(header)
	if err == nil && (kind == typeJSON || kind == typeProto && !q.kind.Custom) {
		return kind, nil
	}
	return "", unsupported("application/json, application/yaml, application/vnd.kubernetes.protobuf")
}

func unsupported(accepted string) *apierrors.StatusError {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusUnsupportedMediaType, Reason: metav1.StatusReasonUnsupportedMediaType,
		Message: "the body of the request was in an unknown format - accepted media types include: " + accepted,
	}}
}

func (q request) read() ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(q.http.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, apierrors.NewBadRequest("the body could not be read")
	case len(raw) > maxBody:
		return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", maxBody))
	}
	return raw, nil
}

// decode reads the object that was sent.
func decode(q request) (*Object, error) {
	kind, err := q.contentType()
	if err != nil {
		return nil, err
	}
	raw, err := q.read()
	if err != nil {
		return nil, err
	}
	var o *Object
	if kind == typeProto {
		o, err = decodeProto(raw)
	} else {
		o, err = decodeJSON(q.kind, raw)
	}
	if err != nil {
		return nil, err
	}
	if q.kind.Namespaced && o.Meta.Namespace == "" {
		o.Meta.Namespace = q.namespace
	}
	if o.Meta.Namespace != q.namespace {
		return nil, apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	return o, nil
}

func decodeJSON(k Kind, raw []byte) (*Object, error) {
	var said metav1.TypeMeta
	if err := json.Unmarshal(raw, &said); err != nil {
		return nil, unrecognized(k, noKind+err.Error(), raw)
	}
	if said.Kind != "" && said.Kind != k.Name || said.APIVersion != "" && said.APIVersion != k.GroupVersion() {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: no kind %q is registered for version %q", said.Kind, said.APIVersion, k.Name, said.Kind, said.APIVersion))
	}
	o, err := decodeFields(k, raw)
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", k.Name, k.Version, k.Name, err))
	}
	return o, nil
}

// noKind is how the server says that it could not read JSON at all.
const noKind = "couldn't get version/kind; json parse error: "

// unrecognized refuses a body that is no object. It repeats how the body
// begins, as a real server does: who sends a value has to expect it back.
func unrecognized(k Kind, why string, raw []byte) error {
	const shown = 30
	text := "<empty>"
	switch {
	case len(raw) > 0 && raw[0] == '{':
		text = string(raw[:min(shown, len(raw))])
	case len(raw) > 0:
		text = hex.EncodeToString(raw[:min(shown, len(raw))])
	}
	if len(raw) > shown {
		text += " ..."
	}
	return apierrors.NewBadRequest(fmt.Sprintf("the object provided is unrecognized (must be of type %s): %s (%s)", k.Name, why, text))
}

// named gives the error of a decoder the name that the server has for what was
// decoded.
func named(err error) error {
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) && mistyped.Struct == "secretJSON" {
		mistyped.Struct = Secrets.Name
	}
	return err
}

func decodeFields(k Kind, raw []byte) (*Object, error) {
	if k == Secrets {
		var sent secretJSON
		if err := json.Unmarshal(raw, &sent); err != nil {
			return nil, named(err)
		}
		return sent.object(), nil
	}
	var sent struct {
		Metadata metav1.ObjectMeta `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &sent); err != nil {
		return nil, err
	}
	o := &Object{Kind: k, Meta: sent.Metadata}
	if err := json.Unmarshal(raw, &o.Fields); err != nil {
		return nil, err
	}
	for _, name := range []string{"kind", "apiVersion", "metadata"} {
		delete(o.Fields, name)
	}
	return o, nil
}

// object makes a Secret of what was sent. Text is only another way to send
// bytes.
func (d secretJSON) object() *Object {
	o := &Object{Kind: Secrets, Meta: d.Metadata, Type: d.Type, Data: d.Data}
	o.Immutable = d.Immutable != nil && *d.Immutable
	for name, text := range d.StringData {
		if o.Data == nil {
			o.Data = map[string][]byte{}
		}
		o.Data[name] = []byte(text)
	}
	if o.Type == "" {
		o.Type = typeOpaque
	}
	return o
}

// open takes a message out of the form in which it was sent.
func open(raw []byte) ([]byte, error) {
	if !bytes.HasPrefix(raw, []byte(magic)) {
		return nil, errors.New("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
	}
	var unknown runtime.Unknown
	if err := unknown.Unmarshal(raw[len(magic):]); err != nil {
		return nil, err
	}
	return unknown.Raw, nil
}

func decodeProto(raw []byte) (*Object, error) {
	message, err := open(raw)
	if err != nil {
		return nil, unrecognized(Secrets, err.Error(), raw)
	}
	sent, err := readSecret(message)
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("Secret in version \"v1\" cannot be handled as a Secret: %v", err))
	}
	return sent.object(), nil
}

// readSecret reads the message of a Secret.
func readSecret(message []byte) (secretJSON, error) {
	sent := secretJSON{Data: map[string][]byte{}, StringData: map[string]string{}}
	err := eachField(message, func(f wireField) error {
		switch f.number {
		case fieldMetadata:
			return sent.Metadata.Unmarshal(f.bytes)
		case fieldType:
			sent.Type = string(f.bytes)
		case fieldImmutable:
			is := f.value != 0
			sent.Immutable = &is
		case fieldData:
			name, value, err := readEntry(f.bytes)
			sent.Data[name] = value
			return err
		case fieldStringData:
			name, value, err := readEntry(f.bytes)
			sent.StringData[name] = string(value)
			return err
		}
		return nil
	})
	return sent, err
}

// readEntry reads one entry of a map.
func readEntry(message []byte) (name string, value []byte, err error) {
	value = []byte{}
	err = eachField(message, func(f wireField) error {
		switch f.number {
		case 1:
			name = string(f.bytes)
		case 2:
			value = bytes.Clone(f.bytes)
		}
		return nil
	})
	return name, value, err
}
