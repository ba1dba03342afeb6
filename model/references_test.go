package model

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// universal and kubernetes put the fields of one resource into the documents
// of both dialects. fields are as Universal has them.
func universal(kind ResourceKind, fields string) Resource {
	return Resource{Kind: kind, Mesh: meshOf(kind), Name: "it", Raw: fmt.Appendf(nil,
		`{"type": %q, "mesh": "m", "name": "it", %s}`, kind, fields)}
}

func kubernetes(kind ResourceKind, fields string) Resource {
	if !strings.HasPrefix(fields, `"spec"`) {
		fields = `"spec": {` + fields + `}`
	}
	return Resource{Kind: kind, Raw: fmt.Appendf(nil,
		`{"apiVersion": "kuma.io/v1alpha1", "kind": %q, "mesh": "m", "metadata": {"name": "it", "labels": {"kuma.io/mesh": "m"}}, %s}`,
		kind, fields)}
}

func meshOf(kind ResourceKind) string {
	if kind == KindMesh {
		return ""
	}
	return "m"
}

// mtls is one enabled backend of a type.
func mtls(kind, carrier, conf string) string {
	return fmt.Sprintf(`"mtls": {"enabledBackend": "ca-1", "backends": [{"name": "ca-1", "type": %q, %q: %s}]}`, kind, carrier, conf)
}

// say is a reference in short: secret, role, where, and what is special.
func say(r Reference) string {
	s := r.Secret + " as " + r.Role + " at " + r.Path
	for _, flag := range []struct {
		on   bool
		word string
	}{{!r.Enabled, "not enabled"}, {r.Implied, "implied"}, {r.Guessed, "guessed"}} {
		if flag.on {
			s += ", " + flag.word
		}
	}
	return s
}

func sayAll(references []Reference) []string {
	said := []string{}
	for _, r := range references {
		said = append(said, say(r))
	}
	return said
}

// The places that name secrets, one row each. Paths are those of Universal;
// on Kubernetes those that do not begin with spec stand under it.
func TestReferencesOfEachPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about  string
		kind   ResourceKind
		fields string
		want   []string
	}{
		{"provided", KindMesh, mtls("provided", "conf", `{"cert": {"secret": "s-cert"}, "key": {"secret": "s-key"}}`), []string{
			"s-cert as certificate at mtls.backends[0].conf.cert.secret",
			"s-key as key at mtls.backends[0].conf.key.secret",
		}},
		{"provided, as manuals print it", KindMesh, mtls("provided", "config", `{"cert": {"secret": "s-cert"}, "key": {"secret": "s-key"}}`), []string{
			"s-cert as certificate at mtls.backends[0].config.cert.secret",
			"s-key as key at mtls.backends[0].config.key.secret",
		}},
		{"provided from files", KindMesh, mtls("provided", "conf", `{"cert": {"file": "/x"}, "key": {"inline": "eA=="}}`), nil},
		{"builtin", KindMesh, mtls("builtin", "conf", `{"caCert": {"rsaBits": 2048}}`), []string{
			"it.ca-builtin-cert-ca-1 as certificate at , implied",
			"it.ca-builtin-key-ca-1 as key at , implied",
		}},
		{"vault: CA", KindMesh, mtls("vault", "conf", `{"fromCp": {"address": "https://v", "tls": {"caCert": {"secret": "s"}}}}`), []string{
			"s as CA at mtls.backends[0].conf.fromCp.tls.caCert.secret",
		}},
		{"vault: token", KindMesh, mtls("vault", "conf", `{"fromCp": {"auth": {"token": {"secret": "s"}}}}`), []string{
			"s as token at mtls.backends[0].conf.fromCp.auth.token.secret",
		}},
		{"vault: client certificate", KindMesh, mtls("vault", "conf", `{"fromCp": {"auth": {"tls": {"clientCert": {"secret": "s"}}}}}`), []string{
			"s as client certificate at mtls.backends[0].conf.fromCp.auth.tls.clientCert.secret",
		}},
		{"vault: client key", KindMesh, mtls("vault", "conf", `{"fromCp": {"auth": {"tls": {"clientKey": {"secret": "s"}}}}}`), []string{
			"s as client key at mtls.backends[0].conf.fromCp.auth.tls.clientKey.secret",
		}},
		{"acmpca: CA", KindMesh, mtls("acmpca", "conf", `{"arn": "a", "caCert": {"secret": "s"}}`), []string{
			"s as CA at mtls.backends[0].conf.caCert.secret",
		}},
		{"acmpca: access key", KindMesh, mtls("acmpca", "conf", `{"auth": {"awsCredentials": {"accessKey": {"secret": "s"}}}}`), []string{
			"s as access key at mtls.backends[0].conf.auth.awsCredentials.accessKey.secret",
		}},
		{"acmpca: access key secret", KindMesh, mtls("acmpca", "conf", `{"auth": {"awsCredentials": {"accessKeySecret": {"secret": "s"}}}}`), []string{
			"s as access key secret at mtls.backends[0].conf.auth.awsCredentials.accessKeySecret.secret",
		}},
		{"certmanager", KindMesh, mtls("certmanager", "conf", `{"issuer": "i", "caCert": {"secret": "s"}}`), []string{
			"s as CA at mtls.backends[0].conf.caCert.secret",
		}},
		{"unknown type", KindMesh, mtls("acme", "conf", `{"b": [{"login": {"secret": "s2"}}], "a": {"secretRef": {"kind": "Secret", "name": "s1"}}}`), []string{
			"s1 as a at mtls.backends[0].conf.a.secretRef.name, guessed",
			"s2 as login at mtls.backends[0].conf.b[0].login.secret, guessed",
		}},
		{"known type, unknown place", KindMesh, mtls("vault", "conf", `{"fromDp": {"token": {"secret": "s"}}}`), []string{
			"s as token at mtls.backends[0].conf.fromDp.token.secret, guessed",
		}},
		{"ExternalService: CA", KindExternalService, `"networking": {"tls": {"caCert": {"secret": "s"}}}`, []string{
			"s as CA at networking.tls.caCert.secret",
		}},
		{"ExternalService: client certificate", KindExternalService, `"networking": {"tls": {"clientCert": {"secret": "s"}}}`, []string{
			"s as client certificate at networking.tls.clientCert.secret",
		}},
		{"ExternalService: client key", KindExternalService, `"networking": {"tls": {"clientKey": {"secret": "s"}}}`, []string{
			"s as client key at networking.tls.clientKey.secret",
		}},
		{"MeshGateway", KindMeshGateway, `"conf": {"listeners": [{"port": 80}, {"tls": {"certificates": [{"secret": "s1"}, {"secret": "s2"}]}}]}`, []string{
			"s1 as certificate and key at conf.listeners[1].tls.certificates[0].secret",
			"s2 as certificate and key at conf.listeners[1].tls.certificates[1].secret",
		}},
		{"MeshExternalService: CA", KindMeshExternalService, `"spec": {"tls": {"verification": {"caCert": {"secret": "s"}}}}`, []string{
			"s as CA at spec.tls.verification.caCert.secret",
		}},
		{"MeshExternalService: client certificate", KindMeshExternalService, `"spec": {"tls": {"verification": {"clientCert": {"secret": "s"}}}}`, []string{
			"s as client certificate at spec.tls.verification.clientCert.secret",
		}},
		{"MeshExternalService: client key", KindMeshExternalService, `"spec": {"tls": {"verification": {"clientKey": {"secret": "s"}}}}`, []string{
			"s as client key at spec.tls.verification.clientKey.secret",
		}},
		{"MeshExternalService, newer: CA", KindMeshExternalService, `"spec": {"tls": {"verification": {"caCert": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "s"}}}}}`, []string{
			"s as CA at spec.tls.verification.caCert.secretRef.name",
		}},
		{"MeshExternalService, newer: client certificate", KindMeshExternalService, `"spec": {"tls": {"verification": {"clientCert": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "s"}}}}}`, []string{
			"s as client certificate at spec.tls.verification.clientCert.secretRef.name",
		}},
		{"MeshExternalService, newer: client key", KindMeshExternalService, `"spec": {"tls": {"verification": {"clientKey": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "s"}}}}}`, []string{
			"s as client key at spec.tls.verification.clientKey.secretRef.name",
		}},
		{"MeshIdentity: certificate", KindMeshIdentity, `"spec": {"provider": {"bundled": {"ca": {"certificate": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "s"}}}}}}`, []string{
			"s as certificate at spec.provider.bundled.ca.certificate.secretRef.name",
		}},
		{"MeshIdentity: key", KindMeshIdentity, `"spec": {"provider": {"bundled": {"ca": {"privateKey": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "s"}}}}}}`, []string{
			"s as key at spec.provider.bundled.ca.privateKey.secretRef.name",
		}},
		{"MeshIdentity, generated", KindMeshIdentity, `"spec": {"provider": {"bundled": {"autogenerate": {"enabled": true}}}}`, []string{
			"it-root-ca as certificate at , implied",
			"it-private-key as key at , implied",
		}},
		{"MeshOPA: configuration", KindMeshOPA, `"spec": {"default": {"agentConfig": {"secret": "s"}}}`, []string{
			"s as agent configuration at spec.default.agentConfig.secret",
		}},
		{"MeshOPA: policies", KindMeshOPA, `"spec": {"default": {"appendPolicies": [{"rego": {"inlineString": "x"}}, {"rego": {"secret": "s"}}]}}`, []string{
			"s as policy at spec.default.appendPolicies[1].rego.secret",
		}},
		{"MeshOPA, newer", KindMeshOPA, `"spec": {"default": {"agentConfig": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "s"}}, "appendPolicies": [{"rego": {"type": "Secret", "secretRef": {"kind": "Secret", "name": "t"}}}]}}`, []string{
			"s as agent configuration at spec.default.agentConfig.secretRef.name",
			"t as policy at spec.default.appendPolicies[0].rego.secretRef.name",
		}},
		{"OPAPolicy", KindOPAPolicy, `"conf": {"agentConfig": {"secret": "s"}, "policies": [{"secret": "t"}, {"inline": "eA=="}]}`, []string{
			"s as agent configuration at conf.agentConfig.secret",
			"t as policy at conf.policies[0].secret",
		}},
		{"MeshIdentity, not generated", KindMeshIdentity, `"spec": {"provider": {"bundled": {"autogenerate": {"enabled": false}}}}`, nil},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			checkReferences(t, References(universal(c.kind, c.fields)), c.kind, c.want)
			var under []string
			for _, want := range c.want {
				before, path, _ := strings.Cut(want, " at ")
				if !strings.HasPrefix(path, "spec.") && !strings.HasPrefix(path, ",") {
					path = "spec." + path
				}
				under = append(under, before+" at "+path)
			}
			checkReferences(t, References(kubernetes(c.kind, c.fields)), c.kind, under)
		})
	}
}

func checkReferences(t *testing.T, got []Reference, kind ResourceKind, want []string) {
	t.Helper()
	if !slices.Equal(sayAll(got), want) {
		t.Errorf("found %q\n want %q", sayAll(got), want)
	}
	by, mesh := "it", "m"
	if kind == KindMesh {
		by, mesh = "ca-1", "it"
	}
	for _, r := range got {
		if r.Kind != kind || r.By != by || r.Mesh != mesh {
			t.Errorf("%s is named by %s %s of %s", r.Secret, r.Kind, r.By, r.Mesh)
		}
	}
}

func TestReferencesOfSeveralBackends(t *testing.T) {
	t.Parallel()
	mesh := universal(KindMesh, `"mtls": {"enabledBackend": "new", "backends": [
		{"name": "old", "type": "provided", "conf": {"cert": {"secret": "old-cert"}, "key": {"secret": "old-key"}}},
		{"name": "new", "type": "builtin"},
		"nonsense", {"type": "provided", "conf": []}]}`)
	got := References(mesh)
	want := []string{
		"old-cert as certificate at mtls.backends[0].conf.cert.secret, not enabled",
		"old-key as key at mtls.backends[0].conf.key.secret, not enabled",
		"it.ca-builtin-cert-new as certificate at , implied",
		"it.ca-builtin-key-new as key at , implied",
	}
	if !slices.Equal(sayAll(got), want) {
		t.Fatalf("found %q\n want %q", sayAll(got), want)
	}
	if got[0].By != "old" || got[0].Backend != "provided" || got[2].By != "new" || got[2].Backend != "builtin" {
		t.Errorf("backends are %s %s and %s %s", got[0].By, got[0].Backend, got[2].By, got[2].Backend)
	}
}

func TestReferencesFindTheMesh(t *testing.T) {
	t.Parallel()
	const spec = `"spec": {"provider": {"bundled": {"autogenerate": {"enabled": true}}}}`
	for about, c := range map[string]struct{ raw, mesh, secret string }{
		"label":      {`{"metadata": {"name": "x", "labels": {"kuma.io/mesh": "pay"}}, ` + spec + `}`, "pay", "x-root-ca"},
		"no label":   {`{"metadata": {"name": "x"}, ` + spec + `}`, "default", "x-root-ca"},
		"top level":  {`{"mesh": "pay", "name": "x", ` + spec + `}`, "pay", "x-root-ca"},
		"shown name": {`{"mesh": "pay", "name": "x", "labels": {"kuma.io/display-name": "y"}, ` + spec + `}`, "pay", "y-root-ca"},
		"annotation": {`{"metadata": {"name": "x", "annotations": {"kuma.io/display-name": "y"}}, ` + spec + `}`, "default", "y-root-ca"},
	} {
		got := References(Resource{Kind: KindMeshIdentity, Raw: []byte(c.raw)})
		if len(got) != 2 || got[0].Mesh != c.mesh || got[0].Secret != c.secret {
			t.Errorf("%s: %+v", about, got)
		}
	}
}

// recordedBody reads what a control plane sent, or was sent.
func recordedBody(t testing.TB, file string, request bool) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "controlplane", "universal-2.14", file))
	if err != nil {
		t.Fatal(err)
	}
	var exchange struct {
		Request, Response struct{ Body string }
	}
	if err := json.Unmarshal(text, &exchange); err != nil {
		t.Fatal(err)
	}
	if request {
		return []byte(exchange.Request.Body)
	}
	return []byte(exchange.Response.Body)
}

var recordedResources = []struct {
	file    string
	request bool
	kind    ResourceKind
	mesh    string
	want    []string
}{
	{"007-mesh-get.json", false, KindMesh, "default", []string{}},
	{"134-mtls-mesh-get.json", false, KindMesh, "payments", []string{
		"ca-cert as certificate at mtls.backends[0].conf.cert.secret",
		"ca-key as key at mtls.backends[0].conf.key.secret",
	}},
	{"153-mtls-unknown-backend-type.json", true, KindMesh, "payments", []string{}},
	{"165-ref-external-service-get.json", false, KindExternalService, "shop", []string{
		"es-ca as CA at networking.tls.caCert.secret",
		"missing as client certificate at networking.tls.clientCert.secret",
		"missing as client key at networking.tls.clientKey.secret",
	}},
	{"167-ref-mesh-external-service-get.json", false, KindMeshExternalService, "shop", []string{
		"mes-ca as CA at spec.tls.verification.caCert.secret",
		"missing as client certificate at spec.tls.verification.clientCert.secret",
		"missing as client key at spec.tls.verification.clientKey.secret",
	}},
	{"169-ref-mesh-gateway-get.json", false, KindMeshGateway, "shop", []string{
		"gw-cert as certificate and key at conf.listeners[0].tls.certificates[0].secret",
	}},
	{"173-ref-mesh-identity-autogenerate.json", true, KindMeshIdentity, "shop", []string{
		"auto-root-ca as certificate at , implied",
		"auto-private-key as key at , implied",
	}},
	{"174-ref-mesh-identity-get.json", false, KindMeshIdentity, "shop", []string{
		"mid-cert as certificate at spec.provider.bundled.ca.certificate.secretRef.name",
		"mid-key as key at spec.provider.bundled.ca.privateKey.secretRef.name",
	}},
}

func TestReferencesOfRecordedResources(t *testing.T) {
	t.Parallel()
	for _, c := range recordedResources {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			got := References(Resource{Kind: c.kind, Raw: recordedBody(t, c.file, c.request)})
			if !slices.Equal(sayAll(got), c.want) {
				t.Errorf("found %q\n want %q", sayAll(got), c.want)
			}
			for _, r := range got {
				if r.Mesh != c.mesh {
					t.Errorf("%s is looked for in mesh %s, want %s", r.Secret, r.Mesh, c.mesh)
				}
			}
		})
	}
}

// FuzzReferences holds that no JSON, and nothing else, makes the reader panic
// or name something empty, and that it always finds the same.
func FuzzReferences(f *testing.F) {
	for _, c := range recordedResources {
		f.Add(recordedBody(f, c.file, c.request))
	}
	f.Add([]byte(`{"metadata": {}, "spec": {"mtls": {"backends": [{"type": "x", "conf": [[{"secret": "s"}]]}]}}}`))
	f.Add([]byte(`{"mtls": {"backends": [null, 7, {"name": 7, "conf": {"secretRef": {"name": {}}}}]}}`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range ReferringKinds() {
			r := Resource{Kind: kind, Name: "it", Raw: raw}
			found := References(r)
			for _, ref := range found {
				if ref.Secret == "" || ref.Kind != kind || ref.Role == "" && !ref.Guessed || (ref.Path == "") != ref.Implied {
					t.Errorf("%+v", ref)
				}
			}
			if !reflect.DeepEqual(found, References(r)) {
				t.Error("two readings differ")
			}
		}
		_, _ = ReadMesh(Resource{Kind: KindMesh, Raw: raw})
	})
}

// A resource that is deep, wide or has long keys costs about its own size.
func TestReferencesOfHostileShapes(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 1<<20)
	var wide strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&wide, `"n%d": {"secret": "s"},`, i)
	}
	for about, conf := range map[string]string{
		"deep": strings.Repeat(`{"a":`, 5000) + `{"secret": "s"}` + strings.Repeat("}", 5000),
		"long": `{"` + key + `": {` + wide.String() + `"end": 0}}`,
	} {
		found := References(universal(KindMesh, mtls("acme", "conf", conf)))
		size := 0
		for _, r := range found {
			size += len(r.Path)
		}
		if size > len(conf)*10 {
			t.Errorf("%s: %d bytes of paths for %d bytes", about, size, len(conf))
		}
	}
}
