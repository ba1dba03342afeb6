package command

import (
	"slices"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/embedded"
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
		{Kind: model.KindMeshIdentity, Why: "you may not list namespaces other than kuma-system", Partly: true},
	}})
	want := []string{"Gateway was not read: only the cluster lists it.", "MeshGateway was not read: you may not list it.",
		"MeshIdentity was not read whole: you may not list namespaces other than kuma-system."}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Who may list one namespace alone has not read a kind: it is not counted among
// those that were.
func TestKindsReadInPartAreNotCountedAsRead(t *testing.T) {
	t.Parallel()
	for line, wants := range map[string][]string{
		"delete hook --mesh payments --dry-run": {"No reference was found in the 5 kinds of resources that could be read.", "not read whole: MeshIdentity ("},
		"get hook --mesh payments":              {"no reference found in the 5 kinds of resources that could be read", "not read whole: MeshIdentity ("},
		"problems":                              {"5 kinds of resources", "MeshIdentity was not read whole: "},
		"reassign hook --from payments --to checkout --dry-run": {"no reference in the 5 kinds of resources that could be read",
			"not checked whole: MeshIdentity (you may not list namespaces other than kuma-system)"},
	} {
		x := standing(t, embedded.EnvironmentKubernetes)
		forbids("v1alpha1/meshidentities")(x)
		text, _ := x.does(line)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s: nothing says %q\n%s", line, want, text)
			}
		}
	}
}
