package model

import (
	"strconv"
	"testing"
)

// BenchmarkTakeTrust is of one MeshGateway as large as a control plane takes: who
// may write it must not be able to stop a screen with it.
func BenchmarkTakeTrust(b *testing.B) {
	var refs []Reference
	for n := range 20_000 {
		refs = append(refs, Reference{Mesh: "m", Kind: KindMeshGateway, By: "edge", Secret: "s", Role: "certificate and key", Detail: "listener " + strconv.Itoa(n), Enabled: true})
	}
	i := TakeInventory([]Mesh{{Name: "m"}}, []Secret{secretNamed("s", Facts{})}, refs)
	for b.Loop() {
		if tree := TakeTrust(i, "m", refs); len(tree.Users[0].Groups) != 20_000 {
			b.Fatalf("the tree has %d groups", len(tree.Users[0].Groups))
		}
	}
}
