package model

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// largeWorld is n secrets in 200 meshes, each with an mTLS backend, and 5,000
// policies. What refers to secrets is the same for any n from 1,000 on.
func largeWorld(n int) ([]Mesh, []Secret, []Reference) {
	const meshCount, policies = 200, 5000
	meshes, secrets := make([]Mesh, meshCount), make([]Secret, n)
	for i := range meshes {
		meshes[i] = Mesh{Name: fmt.Sprintf("mesh-%03d", i), EnabledBackend: "ca", Backends: []MTLSBackend{{Name: "ca", Type: "provided"}}}
	}
	for i := range secrets {
		facts := []Facts{certificateOf("one", CACertificate, 300*day), keyOf("one"), {Kind: Text}}[i/meshCount%3]
		secrets[i] = secretOf(meshes[i%meshCount].Name, fmt.Sprintf("secret-%06d", i), facts)
	}
	var refs []Reference
	pairOf := func(kind ResourceKind, by string, at int, certificate, key string) {
		mesh := at % meshCount
		for half, role := range []string{certificate, key} {
			secret := secrets[(mesh+meshCount*half)%n].Ref
			if kind != KindMesh {
				secret.Name = secrets[(mesh+meshCount*(half+2*(at/meshCount%2)))%n].Ref.Name
			}
			refs = append(refs, Reference{Kind: kind, By: by, Mesh: secret.Mesh, Secret: secret.Name, Role: role, Enabled: true})
		}
	}
	for i := range meshCount {
		pairOf(KindMesh, "ca", i, "certificate", "key")
	}
	for i := range policies {
		pairOf(KindExternalService, fmt.Sprintf("policy-%04d", i), i, "client certificate", "client key")
	}
	return meshes, secrets, refs
}

// swapped is references of which one policy names the secret of another.
func swapped(refs []Reference) []Reference {
	other := slices.Clone(refs)
	last := len(other) - 1
	other[last].Secret = other[last-4].Secret
	other[last].Mesh = other[last-4].Mesh
	return other
}

// BenchmarkOneChange is one change after another in a large world: of a secret
// that an mTLS backend uses, then of a policy. Neither grows with the secrets.
//
//	go test ./model -run NONE -bench OneChange -benchmem
func BenchmarkOneChange(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		meshes, secrets, refs := largeWorld(n)
		i := TakeInventory(meshes, secrets, refs)
		secret, facts := secrets[7], []Facts{keyOf("one"), certificateOf("two", CACertificate, 20*day)}
		both := [][]Reference{swapped(refs), refs}
		b.Run(fmt.Sprintf("secret/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for step := 0; b.Loop(); step++ {
				secret.Facts = facts[step%2]
				i = i.Changed([]Secret{secret}, nil)
			}
		})
		b.Run(fmt.Sprintf("policy/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for step := 0; b.Loop(); step++ {
				i = i.About(meshes, both[step%2])
			}
		})
	}
}

// BenchmarkHeld tells the memory that an inventory holds in the end, its
// secrets included.
func BenchmarkHeld(b *testing.B) {
	meshes, secrets, refs := largeWorld(100_000)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		i := TakeInventory(meshes, secrets, refs)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(i)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "held-MB")
}

// TestOneChangeTouchesOneShelf holds why a change costs the same for any
// number: all rows but the one, and all shelves but those two that it stands
// on, are the same as before, and not copies.
func TestOneChangeTouchesOneShelf(t *testing.T) {
	t.Parallel()
	meshes, secrets, refs := largeWorld(20_000)
	before := TakeInventory(meshes, secrets, refs)
	changed := secrets[15_000]
	changed.Facts = Facts{Kind: Text, TrailingNewline: true}
	now := before.Changed([]Secret{changed}, nil)
	if fresh := freshShelves(before.rows, now.rows); fresh != 1 {
		t.Errorf("%d shelves of all rows were made anew, want 1", fresh)
	}
	fresh := 0
	for mesh, rows := range now.byMesh {
		fresh += freshShelves(before.byMesh[mesh], rows)
	}
	if fresh != 1 {
		t.Errorf("%d shelves of meshes were made anew, want 1", fresh)
	}
	for i, row := range now.rows.All() {
		if same := row == before.rows.At(i); same == (row.Secret.Ref == changed.Ref) {
			t.Errorf("row %s is the same as before: %v", row.Secret.Ref, same)
		}
	}
}

func freshShelves(before, now Rows) int {
	fresh := 0
	for _, s := range now.shelves {
		if !slices.Contains(before.shelves, s) {
			fresh++
		}
	}
	return fresh
}
