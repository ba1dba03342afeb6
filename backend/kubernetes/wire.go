package kubernetes

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// magic begins what is in protobuf.
const magic = "k8s\x00"

// The numbers of the fields that are read or cut here, as the API's own
// definitions have them.
const (
	fieldRaw = 2 // of the envelope: the object

	fieldListMeta = 1
	fieldItems    = 2

	fieldMetadata = 1 // of every object

	fieldAnnotations   = 12 // of metadata
	fieldManagedFields = 17

	fieldEntryKey  = 1 // of a map's entry
	fieldManagedV1 = 7 // of an entry of managedFields: the names of all fields
)

// errWire is what every broken document ends in.
var errWire = errors.New("the document is broken")

// message is a type of the API that reads itself.
type message interface{ Unmarshal([]byte) error }

// decode reads an object in either encoding. What it makes does not share the
// memory of raw.
func decode(raw []byte, into message) error {
	inner, packed, err := unwrap(raw)
	if err != nil {
		return err
	}
	if packed {
		return into.Unmarshal(inner)
	}
	return json.Unmarshal(raw, into)
}

// unwrap gives the object in the envelope of a document in protobuf, as a part
// of raw; packed is false when the document is in another encoding.
func unwrap(raw []byte) (inner []byte, packed bool, err error) {
	envelope, packed := bytes.CutPrefix(raw, []byte(magic))
	if !packed {
		return nil, false, nil
	}
	err = fields(envelope, func(number protowire.Number, value, _ []byte) error {
		if number == fieldRaw {
			inner = value
		}
		return nil
	})
	return inner, true, err
}

// fields gives the fields of a message one by one: the content of those that
// have a length (else nil), and the whole of each.
func fields(raw []byte, each func(number protowire.Number, value, whole []byte) error) error {
	for len(raw) > 0 {
		number, kind, tag := protowire.ConsumeTag(raw)
		if tag < 0 {
			return errWire
		}
		size := protowire.ConsumeFieldValue(number, kind, raw[tag:])
		if size < 0 {
			return errWire
		}
		var value []byte
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(raw[tag:])
		}
		if err := each(number, value, raw[:tag+size]); err != nil {
			return err
		}
		raw = raw[tag+size:]
	}
	return nil
}

// pack writes an object in protobuf. Whoever sends a value that way overwrites
// what is given: client-go's encoder would leave a copy behind.
func pack(kind metav1.TypeMeta, object interface{ Marshal() ([]byte, error) }) ([]byte, error) {
	inner, err := object.Marshal()
	defer clear(inner)
	if err != nil {
		return nil, err
	}
	envelope := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: kind.APIVersion, Kind: kind.Kind}, Raw: inner}
	packed := make([]byte, len(magic)+envelope.Size())
	copy(packed, magic)
	_, err = envelope.MarshalToSizedBuffer(packed[len(magic):])
	return packed, err
}

// list is a list whose items are not decoded yet.
type list struct {
	meta   metav1.ListMeta
	items  [][]byte // parts of the document
	packed bool     // they are in protobuf
}

func readList(raw []byte) (list, error) {
	inner, packed, err := unwrap(raw)
	if err != nil {
		return list{}, err
	}
	if !packed {
		return readJSONList(raw)
	}
	found := list{packed: true}
	err = fields(inner, func(number protowire.Number, value, _ []byte) error {
		if number == fieldItems {
			found.items = append(found.items, value)
		}
		if number == fieldListMeta {
			return found.meta.Unmarshal(value)
		}
		return nil
	})
	return found, err
}

func readJSONList(raw []byte) (list, error) {
	var document struct {
		Kind     string            `json:"kind"`
		Metadata metav1.ListMeta   `json:"metadata"`
		Items    []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(raw, &document); err != nil || !strings.HasSuffix(document.Kind, "List") {
		return list{}, errWire
	}
	found := list{meta: document.Metadata, items: make([][]byte, len(document.Items))}
	for i, item := range document.Items {
		found.items[i] = item
	}
	return found, nil
}

// metadataOf reads the metadata of one object. The values of annotations are
// cut out before, but for those that are notes of ours: kubectl keeps whole
// values in one of them. Of managedFields only who and when is kept.
func metadataOf(item []byte, packed bool) (metav1.ObjectMeta, error) {
	var object metav1.PartialObjectMetadata
	if !packed {
		err := json.Unmarshal(item, &object)
		for name := range object.Annotations {
			if !noted(name) {
				object.Annotations[name] = ""
			}
		}
		return object.ObjectMeta, err
	}
	err := fields(item, func(number protowire.Number, value, _ []byte) error {
		if number != fieldMetadata {
			return nil
		}
		lean, err := cut(make([]byte, 0, len(value)), value, 0)
		if err != nil {
			return err
		}
		return object.ObjectMeta.Unmarshal(lean)
	})
	return object.ObjectMeta, err
}

// cut copies a message without what is not kept of it: parent is the field of
// metadata that the message is, 0 for metadata itself.
func cut(to, from []byte, parent protowire.Number) ([]byte, error) {
	err := fields(from, func(number protowire.Number, value, whole []byte) error {
		switch {
		case parent == fieldAnnotations && number != fieldEntryKey,
			parent == fieldManagedFields && number == fieldManagedV1:
			return nil
		case parent == 0 && number == fieldAnnotations && isNote(value):
		case parent == 0 && (number == fieldAnnotations || number == fieldManagedFields):
			inner, err := cut(nil, value, number)
			to = protowire.AppendTag(to, number, protowire.BytesType)
			to = protowire.AppendBytes(to, inner)
			return err
		}
		to = append(to, whole...)
		return nil
	})
	return to, err
}

// isNote tells whether the entry of an annotation is one of our notes, its
// name told once.
func isNote(entry []byte) bool {
	name, names := "", 0
	err := fields(entry, func(number protowire.Number, value, _ []byte) error {
		if number == fieldEntryKey {
			name, names = string(value), names+1
		}
		return nil
	})
	return err == nil && names == 1 && noted(name)
}

// remains reads the answer to a deletion: the metadata of what it left, empty
// when that is told by a mere Status.
func remains(raw []byte) (metav1.ObjectMeta, error) {
	var envelope runtime.Unknown
	inner, packed := bytes.CutPrefix(raw, []byte(magic))
	var err error
	if packed {
		err = envelope.Unmarshal(inner)
		defer clear(envelope.Raw)
		inner = envelope.Raw
	} else {
		err = json.Unmarshal(raw, &envelope.TypeMeta)
	}
	switch {
	case err != nil, envelope.Kind == "":
		return metav1.ObjectMeta{}, errWire
	case envelope.Kind == "Status":
		return metav1.ObjectMeta{}, nil
	}
	return metadataOf(inner, packed)
}
