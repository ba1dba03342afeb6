package cluster_test

import (
	"encoding/binary"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
)

// marshal is the message of an object of the API machinery.
func marshal(t *testing.T, m interface{ Marshal() ([]byte, error) }) []byte {
	t.Helper()
	raw, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// lengthed is a field of bytes in a message.
func lengthed(number byte, value []byte) []byte {
	return append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(value))), value...)
}

func enveloped(t *testing.T, version, kind string, message []byte) []byte {
	t.Helper()
	unknown := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: version, Kind: kind}, Raw: message}
	return append([]byte("k8s\x00"), marshal(t, &unknown)...)
}
