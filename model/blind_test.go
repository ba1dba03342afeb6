package model

import (
	"slices"
	"testing"
)

// Who uses a secret is not known while a kind that may name it was not read:
// then it passes neither a facet of users nor its opposite, and is counted.
func TestFacetsOfUsersWithKindsNotRead(t *testing.T) {
	t.Parallel()
	meshes, secrets, refs := demo()
	secrets = append(secrets, Secret{Ref: Ref{"payments", "gapi-shop-web"}})
	rows := TakeInventory(meshes, secrets, refs).In(Scope{All: true})
	const denied = "you may not list it"
	for _, c := range []struct {
		unread []Unread
		text   string
		shown  int
		unsure int
	}{
		{nil, "used:no mesh:payments", 3, 0},
		{[]Unread{{Kind: KindMeshOPA, Why: NotHere}}, "used:no mesh:payments", 3, 0},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "used:no mesh:payments", 0, 3},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "!used:no mesh:payments", 5, 3},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "used:yes mesh:payments", 5, 3},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "!used:yes mesh:payments", 0, 3},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "used:idle mesh:legacy", 0, 3},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "!used:no mesh:legacy", 3, 1},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "used:no mesh:global", 3, 0}, // nothing can refer to these
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "used:no expires:now", 0, 1},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "stripe", 1, 0},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "used:mtls mesh:payments", 2, 0},
		{[]Unread{{Kind: KindMeshGateway, Why: denied}}, "!used:mtls mesh:payments", 6, 0},
		{[]Unread{{Kind: KindMeshIdentity, Why: denied}}, "used:mtls mesh:payments", 2, 5},
		{[]Unread{{Kind: KindMeshIdentity, Why: denied}}, "!used:mtls mesh:payments", 0, 5},
		{[]Unread{{Kind: KindGateway, Why: denied}}, "used:no mesh:payments", 2, 1},
	} {
		f := ParseFilter(c.text).Without(c.unread)
		if hits := f.Hits(rows, frameTime, nil); len(hits) != c.shown || f.Unsure(rows, frameTime) != c.unsure {
			t.Errorf("%q without %v shows %d and leaves open %d, want %d and %d", c.text, c.unread, len(hits), f.Unsure(rows, frameTime), c.shown, c.unsure)
		}
	}
	before, now := ParseFilter("used:no"), ParseFilter("used:no stripe").Without([]Unread{{Kind: KindMeshOPA, Why: denied}})
	if now.Narrows(before) {
		t.Error("what could not be read makes a filter another one")
	}
	if got := now.NarrowHits(rows, frameTime, slices.Clone(before.Hits(rows, frameTime, nil))); len(got) != 0 {
		t.Errorf("narrowing shows %d", len(got))
	}
}
