package kubernetes

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestSecretObjects(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	meta := metav1.ObjectMeta{Name: "fake", Namespace: "kuma-system", UID: "u", ResourceVersion: "7", Labels: map[string]string{"kuma.io/mesh": "m"}}
	for name, s := range map[string]secretObject{
		"empty":     {},
		"one key":   {ObjectMeta: meta, Type: typeMesh, Data: map[string][]byte{keyValue: []byte("fake, not a secret")}},
		"no bytes":  {ObjectMeta: meta, Type: typeGlobal, Data: map[string][]byte{keyValue: {}}},
		"many keys": {ObjectMeta: meta, Type: typeCopy, Immutable: &yes, Data: map[string][]byte{"": []byte("a"), "b": bytes.Repeat([]byte{0, 0xff}, 70_000), "c": {}}},
		"mutable":   {ObjectMeta: meta, Immutable: &no},
	} {
		packed, err := s.Marshal()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var back secretObject
		if err := back.Unmarshal(packed); err != nil || !reflect.DeepEqual(back, s) {
			t.Errorf("%s: error %v, or another object came back", name, err)
		}
		plain, err := json.Marshal(&s)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var read secretObject
		if err := json.Unmarshal(plain, &read); err != nil || !reflect.DeepEqual(read, s) {
			t.Errorf("%s: in JSON: error %v, or another object came back", name, err)
		}
	}
}

// TestSecretObjectOfTheWire holds it to bytes as an API server sends them, fields
// that are not known among them.
func TestSecretObjectOfTheWire(t *testing.T) {
	t.Parallel()
	wire := []byte("\x0a\x06\x0a\x04fake" + // metadata: name
		"\x12\x0a\x0a\x05value\x12\x01x" + // data: value = x
		"\x1a\x06Opaque" + "\x22\x06\x0a\x01a\x12\x01b" + // type; stringData, which no server sends
		"\x28\x01") // immutable
	var s secretObject
	if err := s.Unmarshal(wire); err != nil {
		t.Fatal(err)
	}
	if s.Name != "fake" || s.Type != "Opaque" || string(s.Data["value"]) != "x" || len(s.Data) != 1 || s.Immutable == nil || !*s.Immutable {
		t.Errorf("it is %s of type %s with %d keys", s.Name, s.Type, len(s.Data))
	}
	for end := range wire {
		var cut secretObject
		_ = cut.Unmarshal(wire[:end]) // which ends
	}
}
