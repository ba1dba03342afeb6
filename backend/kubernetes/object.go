package kubernetes

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// secretObject is a Secret as the API has it, in both encodings. Whoever takes the
// type of k8s.io/api takes all types there are with it, two megabytes of program.
type secretObject struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Immutable         *bool             `json:"immutable,omitempty"`
	Data              map[string][]byte `json:"data,omitempty"`
	Type              string            `json:"type,omitempty"`
}

// The numbers of its fields, from k8s.io/api/core/v1/generated.proto.
const (
	fieldData      = 2
	fieldType      = 3
	fieldImmutable = 5
	fieldEntryData = 2 // the value of a map's entry
)

// Unmarshal reads it from protobuf. What it makes does not share the memory of
// raw; fields that are not known are left out.
func (s *secretObject) Unmarshal(raw []byte) error {
	return fields(raw, func(number protowire.Number, value, whole []byte) error {
		switch int32(number) {
		case fieldMetadata:
			return s.ObjectMeta.Unmarshal(value)
		case fieldData:
			return s.entry(value)
		case fieldType:
			s.Type = string(value)
		case fieldImmutable:
			_, _, tag := protowire.ConsumeTag(whole)
			fixed, size := protowire.ConsumeVarint(whole[tag:])
			if size < 0 {
				return errWire
			}
			immutable := fixed != 0
			s.Immutable = &immutable
		}
		return nil
	})
}

func (s *secretObject) entry(raw []byte) error {
	var name string
	held := []byte{}
	err := fields(raw, func(number protowire.Number, value, _ []byte) error {
		switch int32(number) {
		case fieldEntryKey:
			name = string(value)
		case fieldEntryData:
			held = append([]byte{}, value...)
		}
		return nil
	})
	if err != nil {
		clear(held)
		return err
	}
	if s.Data == nil {
		s.Data = map[string][]byte{}
	}
	s.Data[name] = held
	return nil
}

// Marshal writes it in protobuf, into room that is large enough from the
// beginning: growing would leave copies of values behind.
func (s *secretObject) Marshal() ([]byte, error) {
	metadata, err := s.ObjectMeta.Marshal()
	if err != nil {
		return nil, err
	}
	const around = 32 // tags and lengths, at most, of a field or an entry
	room := len(metadata) + len(s.Type) + 4*around
	for name, value := range s.Data {
		room += len(name) + len(value) + around
	}
	out := protowire.AppendBytes(protowire.AppendTag(make([]byte, 0, room), fieldMetadata, protowire.BytesType), metadata)
	for _, name := range slices.Sorted(maps.Keys(s.Data)) {
		value := s.Data[name]
		size := protowire.SizeTag(fieldEntryKey) + protowire.SizeBytes(len(name)) + protowire.SizeTag(fieldEntryData) + protowire.SizeBytes(len(value))
		out = protowire.AppendVarint(protowire.AppendTag(out, fieldData, protowire.BytesType), uint64(size)) //nolint:gosec // a size is not negative
		out = protowire.AppendString(protowire.AppendTag(out, fieldEntryKey, protowire.BytesType), name)
		out = protowire.AppendBytes(protowire.AppendTag(out, fieldEntryData, protowire.BytesType), value)
	}
	out = protowire.AppendString(protowire.AppendTag(out, fieldType, protowire.BytesType), s.Type)
	if s.Immutable != nil {
		out = protowire.AppendVarint(protowire.AppendTag(out, fieldImmutable, protowire.VarintType), protowire.EncodeBool(*s.Immutable))
	}
	return out, nil
}
