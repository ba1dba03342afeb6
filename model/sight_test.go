package model

import "testing"

// What is looked at is decoded once: to look costs no more than to find what it
// names.
func TestSeeDecodesOnce(t *testing.T) { //nolint:paralleltest // allocations are counted
	raw := []byte(`{"type":"Mesh","name":"m","mtls":{"enabledBackend":"ca","backends":[{"name":"ca","type":"provided",` +
		`"conf":{"cert":{"secret":"s-cert"},"key":{"secret":"s-key"}}}]}}`)
	r := Resource{Kind: KindMesh, Name: "m", Raw: raw}
	finds := testing.AllocsPerRun(100, func() { References(r) })
	sees := testing.AllocsPerRun(100, func() { See(r) })
	decodes := testing.AllocsPerRun(100, func() { readDocument(r) })
	if sees >= finds+decodes {
		t.Errorf("to look allocates %v times, to find %v and to decode %v", sees, finds, decodes)
	}
}
