package command

import (
	"context"
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

// shifting is a control plane whose list changes each time it is read.
type shifting struct {
	backend.ControlPlane
	unsettled bool
}

func (s shifting) List(context.Context, backend.Query) (backend.Page, error) {
	return backend.Page{Unsettled: s.unsettled, Secrets: []model.Secret{{Ref: model.Ref{Name: "user-token-signing-key-1"}}, {Ref: model.Ref{Name: "user-token-signing-key-2"}}}}, nil
}

func (s shifting) Resources(context.Context, model.ResourceKind, string) (backend.ResourcePage, error) {
	return backend.ResourcePage{}, nil
}

// Of a list that may lack secrets no signing key is the highest for sure.
func TestAListThatMayLackSomeKnowsNoHighestKey(t *testing.T) {
	t.Parallel()
	said := map[bool]string{}
	for _, unsettled := range []bool{false, true} {
		e := errand{target: target{plane: shifting{unsettled: unsettled}}}
		found, err := e.surveyed(t.Context(), func(string) {}, model.Scope{All: true}, false)
		if err != nil {
			t.Fatal(err)
		}
		row, _ := found.inventory.Find(model.Ref{Name: "user-token-signing-key-1"})
		info, _ := found.inventory.System(row)
		said[unsettled] = info.Breaks + info.Instead
	}
	if said[true] == said[false] {
		t.Errorf("it says %q of both", said[true])
	}
}
