package model

import (
	"slices"
	"testing"
)

// Resources of two namespaces that have one name are told apart by these, as
// Gateways always are.
func TestTellApart(t *testing.T) {
	t.Parallel()
	of := func(mesh, within, by, secret string) Reference {
		return Reference{Kind: KindMeshIdentity, Mesh: mesh, Within: within, By: by, Secret: secret, Enabled: true}
	}
	got := TellApart([]Reference{of("m", "apps", "id", "a"), of("m", "shop", "id", "b"), of("m", "shop", "id", "c"), of("m", "apps", "one", "d"), of("n", "shop", "id", "e")})
	var users []string
	for _, r := range got {
		users = append(users, r.User())
	}
	want := []string{"MeshIdentity apps/id", "MeshIdentity shop/id", "MeshIdentity shop/id", "MeshIdentity one", "MeshIdentity id"}
	if !slices.Equal(users, want) {
		t.Errorf("%q, want %q", users, want)
	}
}

// A MeshIdentity of a namespace stands in the tree once.
func TestTrustOfIdentitiesOfNamespaces(t *testing.T) {
	t.Parallel()
	refs := TellApart([]Reference{
		{Kind: KindMeshIdentity, Mesh: "m", Within: "apps", By: "id", Secret: "a", Role: "certificate", Enabled: true},
		{Kind: KindMeshIdentity, Mesh: "m", Within: "shop", By: "id", Secret: "a", Role: "certificate", Enabled: true},
		{Kind: KindMeshIdentity, Mesh: "m", Within: "shop", By: "one", Secret: "a", Role: "certificate", Enabled: true},
	})
	meshes := []Mesh{{Name: "m", Identities: []string{"bare", "id", "id", "one"}}}
	var titles []string
	for _, u := range TakeTrust(TakeInventory(meshes, []Secret{{Ref: Ref{"m", "a"}}}, refs), "m", refs).Users {
		titles = append(titles, u.Title())
	}
	want := []string{"MeshIdentity apps/id", "MeshIdentity bare", "MeshIdentity one", "MeshIdentity shop/id"}
	if !slices.Equal(titles, want) {
		t.Errorf("%q, want %q", titles, want)
	}
}
