package ui

import (
	"strings"
	"testing"

	"meshsecrets/model"
)

// TestNoReferenceFoundSaysWhereItWasLooked holds that nothing found among
// nothing read is never told as a finding.
func TestNoReferenceFoundSaysWhereItWasLooked(t *testing.T) {
	t.Parallel()
	const absent, denied = "not on this control plane", "you may not list it"
	for name, c := range map[string]struct {
		have        stock
		long, short string
	}{
		"not read yet": {stock{}, "not known yet; the resources are still being read", "who uses it is not known yet"},
		"failed":       {stock{unseen: "Nothing answers."}, "not known; it could not be read", "who uses it is not known yet"},
		"nothing may be read": {
			stock{looked: true, unread: []model.Unread{{Kind: "Mesh", Why: denied}, {Kind: "MeshOPA", Why: absent}, {Kind: "MeshGateway", Why: denied}}},
			"not known; nothing that can name a secret was read; Mesh, MeshGateway not read, you may not list them; MeshOPA not read, not on this control plane",
			"who uses it is not known: you may not list what can name it",
		},
		"some": {
			stock{looked: true, read: []model.ResourceKind{"Mesh"}, unread: []model.Unread{{Kind: "MeshGateway", Why: denied}}},
			"no reference found; 1 kind read: Mesh; MeshGateway not read, you may not list it", "no reference found; MeshGateway not read",
		},
		"a part": {
			stock{looked: true, read: []model.ResourceKind{"Mesh"}, unread: []model.Unread{{Kind: "MeshGateway", Why: denied}, {Kind: "MeshIdentity", Why: "here alone", Partly: true}}},
			"no reference found; 1 kind read: Mesh; MeshGateway not read, you may not list it; MeshIdentity not read whole, here alone",
			"no reference found; MeshGateway not read, MeshIdentity not read whole",
		},
		"a part of one alone": {
			stock{looked: true, unread: []model.Unread{{Kind: "Mesh", Why: denied}, {Kind: "MeshIdentity", Why: denied, Partly: true}}},
			"not known; nothing that can name a secret was read whole; Mesh not read, you may not list it; MeshIdentity not read whole, you may not list it",
			"who uses it is not known: you may not list all that can name it",
		},
		"all there is": {
			stock{looked: true, read: []model.ResourceKind{"Mesh", "MeshGateway"}, unread: []model.Unread{{Kind: "MeshOPA", Why: absent}, {Kind: "OPAPolicy", Why: absent}}},
			"no reference found; 2 kinds read: Mesh, MeshGateway; MeshOPA, OPAPolicy not read, not on this control plane", "no reference found",
		},
	} {
		if got := c.have.unusedLong(); got != c.long {
			t.Errorf("%s: the secret's screen says\n%q, want\n%q", name, got, c.long)
		}
		if got := c.have.unusedShort(); got != c.short {
			t.Errorf("%s: under the list stands %q, want %q", name, got, c.short)
		}
	}
}

func TestWordsBeforeADeletionThatNobodyCanJudge(t *testing.T) {
	t.Parallel()
	const denied = "you may not list it"
	for want, c := range map[string]model.Change{
		"Whether anything uses it is not known. Mesh, MeshGateway were not read: you may not list them. ":                                                   {Unread: []model.Unread{{Kind: "Mesh", Why: denied}, {Kind: "MeshGateway", Why: denied}}},
		"No reference was found in the 1 kind of resources that could be read. X was not read whole: here alone. That does not prove that nothing uses it.": {Read: []model.ResourceKind{"Mesh"}, Unread: []model.Unread{{Kind: "X", Why: "here alone", Partly: true}}},
		"No reference was found in the 1 kind of resources that can name a secret. That does not prove that nothing uses it.":                               {Read: []model.ResourceKind{"Mesh"}},
		"No reference was found in the 1 kind of resources that could be read. X was not read: gone. That does not prove that nothing uses it.":             {Read: []model.ResourceKind{"Mesh"}, Unread: []model.Unread{{Kind: "X", Why: "gone"}}},
	} {
		if got := unusedFor(c); got != want {
			t.Errorf("%q, want\n%q", got, want)
		}
	}
}

// A kind of which a part was read is not drawn or counted as one that was read.
func TestFramesKindsReadInPart(t *testing.T) {
	t.Parallel()
	within := func(c *cluster) {
		const elsewhere = "you may not list namespaces other than kong-mesh-system"
		c.partly = map[model.ResourceKind]string{model.KindMeshIdentity: elsewhere, model.KindMeshExternalService: elsewhere}
	}
	for _, f := range []struct {
		name string
		w, h int
		keys []string
	}{
		{"usedby-kinds-partly-100x30", 100, 30, []string{"4", "G", "k", "u"}},
		{"trust-kinds-partly-100x30", 100, 30, []string{"5", "u"}},
		{"delete-kinds-partly-80x24", 80, 24, []string{"4", "G", "k", "D"}},
		{"problems-kinds-partly-120x40", 120, 40, []string{"p"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			onCluster(t, f.w, f.h, within, func(d *world, _ *cluster) {
				d.press(f.keys...)
				d.frame(f.name)
			})
		})
	}
}

func TestFramesNothingMayBeListed(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"secret-kinds-denied-80x24": {"enter"}, "delete-kinds-denied-80x24": {"D"}} {
		t.Run(name, func(t *testing.T) {
			onCluster(t, 80, 24, deny("resources", "you may not list them"), func(d *world, _ *cluster) {
				d.find("0", "smtp-password")
				d.press(keys...)
				d.frame(name)
			})
		})
	}
}

// TestTheLegendNamesTheCommandForFacts holds it for a window that has no room
// for more.
func TestTheLegendNamesTheCommandForFacts(t *testing.T) {
	onCluster(t, 80, 24, nil, func(d *world, _ *cluster) {
		d.press("0")
		d.frame("browse-cluster-all-80x24")
		d.press("4")
		if text := d.text(); strings.Contains(text, ":learn facts") {
			t.Errorf("it is named where facts are learnt by themselves\n%s", text)
		}
	})
}

// Kinds that were not read stand in line 2, and a filter for what nobody uses
// shows nothing that they may use.
func TestFramesKindsNotRead(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name string
		w, h int
		text string
	}{
		{"browse-kinds-denied-120x40", 120, 40, ""},
		{"browse-kinds-denied-80x24", 80, 24, ""},
		{"browse-kinds-denied-unused-120x40", 120, 40, "used:no"},
		{"browse-kinds-denied-unused-80x24", 80, 24, "used:no"},
		{"browse-kinds-denied-used-80x24", 80, 24, "used:yes"},
	} {
		t.Run(f.name, func(t *testing.T) {
			onCluster(t, f.w, f.h, denyAll("you may not list it", "resources MeshGateway", "resources MeshExternalService"), func(d *world, _ *cluster) {
				d.press("4")
				if f.text != "" {
					d.filterBy(f.text)
				}
				d.frame(f.name)
			})
		})
	}
}

// Used by claims nothing about kinds that were not read: a mesh may have a
// MeshIdentity, and a secret users.
func TestFramesUsedByKindsNotRead(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name string
		w, h int
		keys []string
	}{
		{"trust-kinds-denied-100x30", 100, 30, []string{"5", "u"}},
		{"trust-kinds-denied-80x24", 80, 24, []string{"5", "tab", "u"}},
		{"usedby-kinds-denied-100x30", 100, 30, []string{"4", "G", "k", "u"}},
		{"usedby-kinds-denied-all-120x40", 120, 40, []string{"4", "u", "u"}},
		{"meshes-identities-denied-80x24", 80, 24, []string{"tab"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			unlisted := denyAll("you may not list it", "resources MeshGateway", "resources MeshExternalService", "resources MeshIdentity", "resources ExternalService")
			onCluster(t, f.w, f.h, unlisted, func(d *world, _ *cluster) {
				d.press(f.keys...)
				d.frame(f.name)
			})
		})
	}
}
