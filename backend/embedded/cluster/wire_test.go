package cluster

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

// FuzzReadSecret holds that no bytes make the reader of messages fail badly, and
// that what it read it can write and read again.
func FuzzReadSecret(f *testing.F) {
	message, err := secretMessage(&Object{Kind: Secrets, Type: "t", Immutable: true, Data: map[string][]byte{"value": []byte("fake"), "b": nil}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message)
	f.Add([]byte{0x12, 0x03, 0x0a, 0x01})
	f.Add([]byte{0xff})
	f.Add(slices.Concat([]byte{0x09}, make([]byte, 8), []byte{0x0d}, make([]byte, 4)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		sent, err := readSecret(raw)
		if err != nil {
			return
		}
		o := sent.object()
		message, err := secretMessage(o)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readSecret(message)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(o.Data, again.Data, bytes.Equal) || again.Type != o.Type {
			t.Error("it was read as another one")
		}
	})
}

func TestMessagesThatAreCutOff(t *testing.T) {
	t.Parallel()
	message, err := secretMessage(&Object{Kind: Secrets, Type: "t", Immutable: true, Data: map[string][]byte{"value": []byte("fake")}})
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	for size := range len(message) + 1 {
		if _, err := readSecret(message[:size]); err == nil {
			whole++
		}
	}
	// It can end between its fields: after none, the metadata, the data, the
	// type, and at its end.
	if whole != 5 {
		t.Errorf("%d beginnings are messages, want 5", whole)
	}
}
