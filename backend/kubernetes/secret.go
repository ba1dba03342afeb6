package kubernetes

import (
	"encoding/json"
	"maps"
	"slices"

	"meshsecrets/model"
)

// held is a Secret with its values in memory. Whoever holds one wipes it.
type held struct{ secretObject }

// wipe overwrites the values. What annotations hold are strings, which cannot
// be overwritten.
func (h held) wipe() {
	for _, value := range h.Data {
		clear(value)
	}
}

// hold reads one object.
func hold(raw []byte) (held, error) {
	var h held
	err := decode(raw, &h.secretObject)
	return h, err
}

// holdItem reads one object of a list.
func holdItem(item []byte, packed bool) (held, error) {
	var h held
	if packed {
		return h, h.Unmarshal(item)
	}
	return h, json.Unmarshal(item, &h.secretObject)
}

// ours tells whether it is a mesh secret or a global one.
func (h held) ours() bool { return h.Type == typeMesh || h.Type == typeGlobal }

func (h held) ref() model.Ref { return refOf(h.ObjectMeta, h.Type) }

func (h held) version() model.Version {
	return model.Version{UID: string(h.UID), Revision: h.ResourceVersion}
}

// problemNoValue is the fact about an object without the one data key that a
// control plane reads.
const problemNoValue = "there is no data key named value"

// described tells of a secret what its metadata says and its value teaches.
func (p *plane) described(h held) model.Secret {
	s := secretOf(h.ObjectMeta, h.Type)
	value, there := h.Data[keyValue]
	s.Facts = p.examiner.Examine(value)
	if !there {
		s.Facts.Problem = problemNoValue
	}
	s.Object.Immutable = h.Immutable != nil && *h.Immutable
	for _, name := range slices.Sorted(maps.Keys(h.Data)) {
		if name != keyValue {
			s.Object.Keys = append(s.Object.Keys, model.DataKey{Name: name, Size: len(h.Data[name])})
		}
	}
	return s
}

// snapshot copies a secret with its values. It is the one place of this
// package where a value is kept.
func (p *plane) snapshot(h held) model.Snapshot {
	found := model.Snapshot{Secret: p.described(h), Value: model.NewValue(h.Data[keyValue])}
	for name, value := range h.Data {
		if name == keyValue {
			continue
		}
		if found.Rest.Keys == nil {
			found.Rest.Keys = make(map[string]model.Value, len(h.Data))
		}
		found.Rest.Keys[name] = model.NewValue(value)
	}
	for name, text := range h.Annotations {
		if name == model.LastApplied {
			continue
		}
		if found.Rest.Annotations == nil {
			found.Rest.Annotations = make(map[string]model.Value, len(h.Annotations))
		}
		found.Rest.Annotations[name] = model.NewValue([]byte(text))
	}
	return found
}
