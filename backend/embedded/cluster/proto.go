package cluster

import (
	"encoding/binary"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// magic is what every message in protobuf begins with. The messages of events
// do not, the objects in them do.
const magic = "k8s\x00"

// The fields of a Secret's message.
const (
	fieldMetadata   = 1
	fieldData       = 2
	fieldType       = 3
	fieldStringData = 4
	fieldImmutable  = 5
)

// envelope puts a message into the form in which it is sent.
func envelope(version, kind string, message []byte) ([]byte, error) {
	unknown := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: version, Kind: kind}, Raw: message}
	raw, err := unknown.Marshal()
	return append([]byte(magic), raw...), err
}

func secretProto(o *Object) ([]byte, error) {
	message, err := secretMessage(o)
	if err != nil {
		return nil, err
	}
	return envelope(Secrets.GroupVersion(), Secrets.Name, message)
}

func secretMessage(o *Object) ([]byte, error) {
	meta, err := o.Meta.Marshal()
	if err != nil {
		return nil, err
	}
	message := appendBytes(nil, fieldMetadata, meta)
	for _, name := range slices.Sorted(maps.Keys(o.Data)) {
		entry := appendBytes(appendBytes(nil, 1, name), 2, o.Data[name])
		message = appendBytes(message, fieldData, entry)
	}
	message = appendBytes(message, fieldType, o.Type)
	if o.Immutable {
		message = appendBool(message, fieldImmutable, true)
	}
	return message, nil
}

func secretListProto(l list) ([]byte, error) {
	meta, err := l.meta.Marshal()
	if err != nil {
		return nil, err
	}
	message := appendBytes(nil, 1, meta)
	for _, o := range l.objects {
		item, err := secretMessage(o)
		if err != nil {
			return nil, err
		}
		message = appendBytes(message, 2, item)
	}
	return envelope(Secrets.GroupVersion(), Secrets.Name+"List", message)
}

func metadataProto(o *Object) ([]byte, error) {
	item := partial(o)
	message, err := item.Marshal()
	if err != nil {
		return nil, err
	}
	return envelope(metaVersion, asMetadata, message)
}

func metadataListProto(l list) ([]byte, error) {
	all := metav1.PartialObjectMetadataList{ListMeta: l.meta}
	for _, o := range l.objects {
		all.Items = append(all.Items, metav1.PartialObjectMetadata{ObjectMeta: o.Meta})
	}
	message, err := all.Marshal()
	if err != nil {
		return nil, err
	}
	return envelope(metaVersion, asMetadataList, message)
}

func statusProto(status *metav1.Status) ([]byte, error) {
	message, err := status.Marshal()
	if err != nil {
		return nil, err
	}
	return envelope("v1", "Status", message)
}

// eventProto is one frame of a watch: its length in four bytes, then the event.
func eventProto(kind string, object []byte) ([]byte, error) {
	event := metav1.WatchEvent{Type: kind, Object: runtime.RawExtension{Raw: object}}
	message, err := event.Marshal()
	if err != nil {
		return nil, err
	}
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(message))) //nolint:gosec // objects are limited to a few MiB
	return append(frame, message...), nil
}
