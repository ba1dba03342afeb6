package command

import (
	"slices"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// A kind that only the cluster lists may be there as one that may not be listed:
// of neither it is said that all was read.
func TestWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	got := notSeen(backend.Around{Unread: []model.Unread{
		{Kind: model.KindMeshOPA, Why: "not on this control plane"},
		{Kind: model.KindGateway, Why: "only the cluster lists it"},
		{Kind: model.KindMeshGateway, Why: "you may not list it"},
	}})
	want := []string{"Gateway was not read: only the cluster lists it.", "MeshGateway was not read: you may not list it."}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
