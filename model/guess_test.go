package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Places that are in no table are found in any kind, and told as guessed.
func TestGuesses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about  string
		kind   ResourceKind
		fields string
		want   []string
	}{
		{"beside a known place", KindMeshGateway, `"conf": {"listeners": [{"tls": {"certificates": [{"secret": "known"}], "client": {"ca": {"secret": "s"}}}}]}`, []string{
			"known as certificate and key at conf.listeners[0].tls.certificates[0].secret",
			"s as ca at conf.listeners[0].tls.client.ca.secret, guessed",
		}},
		{"the newer form in an older kind", KindOPAPolicy, `"conf": {"agentConfig": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "s"}}}`, []string{
			"s as agentConfig at conf.agentConfig.secretRef.name, guessed",
		}},
		{"the older form in a newer kind", KindMeshIdentity, `"spec": {"provider": {"bundled": {"ca": {"certificate": {"secret": "s"}}}}}`, []string{
			"s as certificate at spec.provider.bundled.ca.certificate.secret, guessed",
		}},
		{"both forms at once", KindMeshExternalService, `"spec": {"tls": {"verification": {"other": {"secret": "s1", "secretRef": {"name": "s2"}}}}}`, []string{
			"s1 as other at spec.tls.verification.other.secret, guessed",
			"s2 as other at spec.tls.verification.other.secretRef.name, guessed",
		}},
		{"in a list", KindMeshOPA, `"spec": {"rules": [{"sources": [{"secret": "s"}]}]}`, []string{
			"s as sources at spec.rules[0].sources[0].secret, guessed",
		}},
		{"a Mesh outside of mTLS", KindMesh, `"tracing": {"backends": [{"name": "jaeger", "conf": {"auth": {"secret": "s"}}}]}`, []string{
			"s as auth at tracing.backends[0].conf.auth.secret, guessed, apart",
		}},
		{"a backend outside of its configuration", KindMesh, `"mtls": {"enabledBackend": "ca-1", "backends": [{"name": "ca-1", "type": "provided", "dpCert": {"source": {"secret": "s"}}}]}`, []string{
			"s as source at mtls.backends[0].dpCert.source.secret, guessed",
		}},
		{"a backend that is not enabled", KindMesh, `"mtls": {"backends": [{"name": "ca-1", "type": "acme", "conf": {"login": {"secret": "s"}}}]}`, []string{
			"s as login at mtls.backends[0].conf.login.secret, not enabled, guessed",
		}},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			if got := sayAll(References(universal(c.kind, c.fields))); !slices.Equal(got, c.want) {
				t.Errorf("found %q\n want %q", got, c.want)
			}
			if got := sayAll(References(kubernetes(c.kind, c.fields))); !slices.Equal(got, placeCase{want: c.want}.onKubernetes()) {
				t.Errorf("on Kubernetes found %q", got)
			}
		})
	}
}

func TestWhoNamesOutsideOfMTLS(t *testing.T) {
	t.Parallel()
	mesh := universal(KindMesh, `"logging": {"x": {"secret": "s"}}, `+mtls("provided", "conf", `{"cert": {"secret": "c"}}`))
	got := References(mesh)
	if len(got) != 2 || got[0].User() != "mTLS ca-1" || !got[0].OfBackend() {
		t.Fatalf("found %+v", got)
	}
	apart := got[1]
	if apart.User() != "Mesh it" || apart.OfBackend() || !apart.Enabled || apart.Backend != "" || apart.Mesh != "it" {
		t.Errorf("outside of mTLS: %s, %+v", apart.User(), apart)
	}
}

// What only looks like a reference is none.
func TestFalseFriends(t *testing.T) {
	t.Parallel()
	source := func(inside string) string {
		return `"spec": {"tls": {"verification": {"caCert": {` + inside + `}}}, "other": {` + inside + `}}`
	}
	for about, c := range map[string]struct {
		kind   ResourceKind
		fields string
	}{
		"a reference to another kind": {KindMeshExternalService, source(`"type": "Secret", "secretRef": {"kind": "ConfigMap", "name": "s"}`)},
		"a file":                      {KindMeshExternalService, source(`"type": "File", "file": {"path": "/x"}, "secretRef": {"kind": "Secret", "name": "s"}`)},
		"a variable":                  {KindMeshExternalService, source(`"type": "EnvVar", "envVar": {"name": "X"}, "secretRef": {"name": "s"}`)},
		"a value":                     {KindMeshExternalService, source(`"type": "InsecureInline", "insecureInline": {"value": "x"}, "secretRef": {"name": "s"}`)},
		"no name":                     {KindMeshExternalService, source(`"type": "Secret", "secretRef": {"kind": "Secret"}, "secret": ""`)},
		"no text":                     {KindMeshExternalService, source(`"secret": 7, "secretRef": {"name": ["s"]}`)},
		"a tag":                       {KindExternalService, `"tags": {"secret": "s"}`},
		"a selector":                  {KindMeshGateway, `"selectors": [{"match": {"secret": "s"}}], "conf": {"listeners": [{"tags": {"secret": "s"}}]}`},
		"a label that selects":        {KindMeshIdentity, `"spec": {"selector": {"dataplane": {"matchLabels": {"secret": "s"}}}}`},
		"a requirement of a Mesh":     {KindMesh, `"constraints": {"dataplaneProxy": {"requirements": [{"tags": {"secret": "s"}}]}}`},
		"what nothing is called":      {KindMesh, `"logging": {"a": {"secret": "Fake Value, demo"}, "b": {"secret": "` + strings.Repeat("a", 254) + `"}}`},
	} {
		for dialect, r := range map[string]Resource{"Universal": universal(c.kind, c.fields), "Kubernetes": kubernetes(c.kind, c.fields)} {
			if got := References(r); len(got) > 0 {
				t.Errorf("%s, on %s: found %q", about, dialect, sayAll(got))
			}
		}
	}
	for about, raw := range map[string]string{
		"labels":        `{"type": "MeshOPA", "name": "it", "labels": {"secret": "s"}, "spec": {}}`,
		"metadata":      `{"kind": "MeshOPA", "metadata": {"name": "it", "labels": {"secret": "s"}, "x": {"secret": "s"}}, "spec": {}}`,
		"status":        `{"kind": "MeshOPA", "metadata": {"name": "it"}, "spec": {}, "status": {"x": {"secret": "s"}}}`,
		"not an object": `[{"secret": "s"}]`,
	} {
		if got := References(Resource{Kind: KindMeshOPA, Raw: []byte(raw)}); len(got) > 0 {
			t.Errorf("%s: found %q", about, sayAll(got))
		}
	}
}

// In the older form a data source has no type, so that one beside it, which the
// control plane does not read, hides nothing. Nor does a kind that is left out.
func TestNothingHidesAReference(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		`"networking": {"tls": {"caCert": {"type": "File", "secret": "s"}}}`: "s as CA at networking.tls.caCert.secret",
		`"x": {"secretRef": {"name": "s"}}`:                                  "s as x at x.secretRef.name, guessed",
		`"metadata": {}, "networking": {"tls": {"caCert": {"secret": "s"}}}`: "s as CA at networking.tls.caCert.secret",
		`"spec": {"networking": {"tls": {"caCert": {"secret": "s"}}}}`:       "s as CA at spec.networking.tls.caCert.secret",
		`"x": {"secretRef": {"kind": 7, "name": "s"}}`:                       "s as x at x.secretRef.name, guessed",
		`"secret": "s"`: "s as secret at secret, guessed",
		`"x": {"tags": {"secretRef": {"kind": "Secret", "name": "s"}}}`: "s as tags at x.tags.secretRef.name, guessed",
		fmt.Sprintf(`"x": {"secret": %q}`, strings.Repeat("a", 253)):    strings.Repeat("a", 253) + " as x at x.secret, guessed",
	} {
		if got := sayAll(References(universal(KindExternalService, fields))); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: found %q, want %q", fields, got, want)
		}
	}
}

// A Gateway's copy is made when it is needed: it is a system secret when it is
// there, and never missing.
func TestACopyForAGatewayIsNeverMissing(t *testing.T) {
	t.Parallel()
	refs := References(gatewayCases[0].resource())
	meshes := []Mesh{{Name: "default"}}
	copied := Ref{Mesh: "default", Name: "gapi-apps-edge-tls"}
	if row, there := TakeInventory(meshes, nil, refs).Find(copied); there {
		t.Errorf("a row stands for it: %+v", row)
	}
	inventory := TakeInventory(meshes, []Secret{{Ref: copied}}, refs)
	row, _ := inventory.Find(copied)
	info, system := inventory.System(row)
	if row.Mark != InUse || !system || info.What != "A copy of the certificate and key of a Gateway, which the control plane keeps in step." {
		t.Errorf("mark %v, system %v: %s", row.Mark, system, info.What)
	}
}

// A guess may name a Secret of Kubernetes, or none at all: it makes nothing
// missing, no mesh broken, and no pair of two fields that are only called so.
func TestAGuessIsNoError(t *testing.T) {
	t.Parallel()
	mesh := Resource{Kind: KindMesh, Name: "m", Raw: []byte(`{"type": "Mesh", "name": "m",
		"logging": {"tls": {"certificate": {"secret": "c"}, "key": {"secret": "k"}}, "password": {"secretRef": {"name": "elsewhere"}}},
		"mtls": {"enabledBackend": "b", "backends": [{"name": "b", "type": "builtin", "more": {"token": {"secret": "absent"}}}]}}`)}
	refs := References(mesh)
	builtin := []Secret{secretOf("m", "m.ca-builtin-cert-b", Facts{}), secretOf("m", "m.ca-builtin-key-b", Facts{})}
	i := TakeInventory([]Mesh{{Name: "m", EnabledBackend: "b", Backends: []MTLSBackend{{Name: "b", Type: "builtin"}}}}, append(builtin,
		secretOf("m", "c", certificateOf("c", CACertificate, 90*day)), secretOf("m", "k", keyOf("other"))), refs)
	expectProblems(t, "guesses", Diagnose(i, Standing{}, frameTime))
	if worst := i.Meshes[0].Worst; worst != Healthy {
		t.Errorf("the mesh has the mark %d", worst)
	}
	if row, there := i.Find(Ref{"m", "absent"}); there {
		t.Errorf("there is a row of %+v", row)
	}
	// Who needs the secret as well is the one who is named.
	d := diagnosed(nil, append(refs, named(KindExternalService, "x", "absent", "CA")))
	want := "ExternalService x of mesh m names this secret as CA, and no such secret exists"
	for _, p := range d.Problems {
		if p.Ref.Name == "absent" && !strings.HasPrefix(p.Meaning()[0], want) {
			t.Errorf("%q", p.Meaning())
		}
	}
	if len(i.Trial(Ref{"m", "k"}, keyOf("other")).Readers) != 1 {
		t.Error("a guess is no reader any more")
	}
	for _, v := range Preflight(i.Trial(Ref{"m", "k"}, keyOf("other")), frameTime) {
		if v.Harms() {
			t.Errorf("%+v", v)
		}
	}
	lines := strings.Join(outline(TakeTrust(i, "m", refs)), "\n")
	if !strings.Contains(lines, "elsewhere: no such secret is listed; perhaps none is meant") {
		t.Error(lines)
	}
}
