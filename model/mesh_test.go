package model

import (
	"slices"
	"testing"
)

func TestTrust(t *testing.T) {
	t.Parallel()
	ca1, ca2 := MTLSBackend{Name: "ca-1", Type: "provided"}, MTLSBackend{Name: "ca-2", Type: "provided"}
	builtin := MTLSBackend{Name: "ca-1", Type: "builtin", Mode: "PERMISSIVE"}
	for _, c := range []struct {
		mesh        Mesh
		trust, line string
	}{
		{
			Mesh{Name: "checkout", Identities: []string{"main"}},
			"MeshIdentity main", "no mTLS backend; MeshIdentity main",
		},
		{
			Mesh{Name: "default", Backends: []MTLSBackend{builtin}, EnabledBackend: "ca-1"},
			"mTLS ca-1 (builtin)", "mTLS on with ca-1 (builtin, PERMISSIVE); no MeshIdentity",
		},
		{
			Mesh{Name: "legacy", Backends: []MTLSBackend{ca1}},
			"mTLS off, ca-1 (provided)", "mTLS off, backend ca-1 (provided) is not enabled; no MeshIdentity",
		},
		{
			Mesh{Name: "payments", Backends: []MTLSBackend{ca2}, EnabledBackend: "ca-2"},
			"mTLS ca-2 (provided)", "mTLS on with ca-2 (provided); no MeshIdentity",
		},
		{Mesh{Name: "sandbox"}, "none", "no mTLS backend; no MeshIdentity"},
		{Mesh{Name: "sandbox", IdentitiesUnread: true}, "MeshIdentity not read", "no mTLS backend; MeshIdentity not read"},
		{Mesh{Name: "sandbox", IdentitiesUnread: true, IdentitiesPartly: true}, "MeshIdentity not read whole", "no mTLS backend; MeshIdentity not read whole"},
		{Mesh{Name: "sandbox", Identities: []string{"a"}, IdentitiesUnread: true}, "MeshIdentity a", "no mTLS backend; MeshIdentity a, not all read"},
		{Mesh{Name: "retired", Missing: true}, "missing: no such mesh", "mesh retired does not exist"},
		{
			Mesh{Backends: []MTLSBackend{ca1, ca2}, EnabledBackend: "ca-2", Identities: []string{"a", "b", "c"}},
			"mTLS ca-2 (provided), MeshIdentity a +2",
			"mTLS on with ca-2 (provided), backend ca-1 (provided) is not enabled; MeshIdentity a, b and c",
		},
		{
			Mesh{Backends: []MTLSBackend{ca1, ca2}},
			"mTLS off, ca-1 (provided) +1",
			"mTLS off, backends ca-1 (provided) and ca-2 (provided) are not enabled; no MeshIdentity",
		},
		{
			Mesh{Backends: []MTLSBackend{ca1}, EnabledBackend: "gone", IdentitiesUnread: true},
			"mTLS gone (no such backend)",
			"mTLS on with gone, which is none of its backends, backend ca-1 (provided) is not enabled; MeshIdentity not read",
		},
		{
			Mesh{Backends: []MTLSBackend{ca1}, UsesConfig: true},
			"mTLS off, ca-1 (provided)",
			"mTLS off, backend ca-1 (provided) is not enabled; no MeshIdentity",
		},
	} {
		if got := c.mesh.Trust(); got != c.trust {
			t.Errorf("trust of %s: %q, want %q", c.mesh.Name, got, c.trust)
		}
		if got := c.mesh.TrustLine(); got != c.line {
			t.Errorf("line of %s:\n%q, want\n%q", c.mesh.Name, got, c.line)
		}
	}
}

func TestSeeMesh(t *testing.T) {
	t.Parallel()
	fields := `"mtls": {"enabledBackend": "b", "backends": [
		{"name": "a", "type": "provided", "config": {}},
		{"name": "b", "type": "builtin", "mode": "PERMISSIVE"}]}`
	for _, r := range []Resource{universal(KindMesh, fields), kubernetes(KindMesh, fields)} {
		seen := See(r)
		if seen.Err != nil {
			t.Fatal(seen.Err)
		}
		m := seen.Trust
		want := []MTLSBackend{{Name: "a", Type: "provided", Lacks: "CA", Config: true}, {Name: "b", Type: "builtin", Mode: "PERMISSIVE"}}
		if m.Name != "it" || m.EnabledBackend != "b" || !m.UsesConfig || !slices.Equal(m.Backends, want) {
			t.Errorf("read %+v", m)
		}
	}
	recorded := Resource{Kind: KindMesh, Raw: recordedBody(t, "134-mtls-mesh-get.json", false)}
	if seen := See(recorded); seen.Err != nil || seen.Trust.Name != "payments" || seen.Trust.Trust() != "mTLS ca-1 (provided)" {
		t.Errorf("read %+v, %v", seen.Trust, seen.Err)
	}
}

func TestMeshesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Resource{
		"mesh pay cannot be understood: it is not a JSON object":    {Kind: KindMesh, Name: "pay", Raw: []byte(`<html>`)},
		"mesh orders cannot be understood: it is not a JSON object": {Kind: KindMesh, Name: "orders", Raw: []byte(`[]`)},
	} {
		if seen := See(r); seen.Err == nil || seen.Err.Error() != want || seen.Trust.Name != r.Name {
			t.Errorf("error %v, want %s; it is %+v", seen.Err, want, seen.Trust)
		}
	}
}

func TestWithIdentities(t *testing.T) {
	t.Parallel()
	meshes := []Mesh{{Name: "shop"}, {Name: "other"}}
	got := WithIdentities(meshes, []Sight{
		See(Resource{Kind: KindMeshIdentity, Mesh: "shop", Name: "z", Raw: []byte(`{"spec": {"provider": {"type": "Spire"}}}`)}),
		See(Resource{Kind: KindMeshIdentity, Raw: recordedBody(t, "174-ref-mesh-identity-get.json", false)}),
		See(Resource{Kind: KindMeshGateway, Mesh: "other", Name: "gw", Raw: []byte(`{}`)}),
	})
	if !slices.Equal(got[0].Identities, []string{"mid", "z"}) || got[1].Identities != nil {
		t.Errorf("attached %+v", got)
	}
	if meshes[0].Identities != nil {
		t.Error("the meshes that were given have changed")
	}
}
