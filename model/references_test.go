package model

import (
	"fmt"
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
	}{{!r.Enabled, "not enabled"}, {r.Implied, "implied"}, {r.Guessed, "guessed"}, {r.Apart, "apart"}, {r.Ignored, "ignored"}} {
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

// placeCase is a resource with one place that names secrets, or a few. fields
// and paths are those of Universal.
type placeCase struct {
	about  string
	kind   ResourceKind
	fields string
	want   []string
}

// onKubernetes is what is wanted there: paths that do not begin with spec stand
// under it.
func (c placeCase) onKubernetes() []string {
	var under []string
	for _, want := range c.want {
		before, path, _ := strings.Cut(want, " at ")
		if !strings.HasPrefix(path, "spec.") && !strings.HasPrefix(path, ",") {
			path = "spec." + path
		}
		under = append(under, before+" at "+path)
	}
	return under
}

// placeCases are the places that name secrets, as the design has them: a row or
// more for each.
var placeCases = []placeCase{
	{"provided", KindMesh, mtls("provided", "conf", `{"cert": {"secret": "s-cert"}, "key": {"secret": "s-key"}}`), []string{
		"s-cert as certificate at mtls.backends[0].conf.cert.secret",
		"s-key as key at mtls.backends[0].conf.key.secret",
	}},
	{"provided, as manuals print it", KindMesh, mtls("provided", "config", `{"cert": {"secret": "s-cert"}, "key": {"secret": "s-key"}}`), []string{
		"s-cert as certificate at mtls.backends[0].config.cert.secret, not enabled, ignored",
		"s-key as key at mtls.backends[0].config.key.secret, not enabled, ignored",
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
	{"certmanager (on Kubernetes only; harmless elsewhere)", KindMesh, mtls("certmanager", "conf", `{"issuer": "i", "caCert": {"secret": "s"}}`), []string{
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
}

// gatewayCase is a Gateway, which only Kubernetes has.
type gatewayCase struct {
	about, metadata, listeners string
	mesh                       string
	want                       []string
}

var gatewayCases = []gatewayCase{
	{"its own namespace", `"namespace": "apps"`, `{"tls": {"certificateRefs": [{"name": "edge-tls"}]}}`, "default", []string{
		"gapi-apps-edge-tls as certificate and key at spec.listeners[0].tls.certificateRefs[0], implied",
	}},
	{"mesh by label", `"namespace": "apps", "labels": {"kuma.io/mesh": "pay"}`, `{"tls": {"certificateRefs": [{"name": "t"}]}}`, "pay", []string{
		"gapi-apps-t as certificate and key at spec.listeners[0].tls.certificateRefs[0], implied",
	}},
	{"mesh by annotation", `"namespace": "apps", "annotations": {"kuma.io/mesh": "pay"}`, `{"tls": {"certificateRefs": [{"name": "t"}]}}`, "pay", []string{
		"gapi-apps-t as certificate and key at spec.listeners[0].tls.certificateRefs[0], implied",
	}},
	{"several, in full", `"namespace": "apps"`, `{"port": 80}, {"tls": {"certificateRefs": [
		{"group": "", "kind": "Secret", "namespace": "certs", "name": "a"}, {"kind": "Secret", "name": "b"}]}}`, "default", []string{
		"gapi-certs-a as certificate and key at spec.listeners[1].tls.certificateRefs[0], implied",
		"gapi-apps-b as certificate and key at spec.listeners[1].tls.certificateRefs[1], implied",
	}},
	{"other kinds", `"namespace": "apps"`, `{"tls": {"certificateRefs": [{"kind": "ConfigMap", "name": "a"},
		{"group": "example.org", "kind": "Secret", "name": "b"}, {"namespace": "certs"}, 7]}}`, "", nil},
	{"fields of others", `"namespace": "apps"`, `{"tls": {"options": {"secret": "x"}}, "auth": {"secretRef": {"kind": "Secret", "name": "y"}}}`, "", nil},
}

func (c gatewayCase) resource() Resource {
	return Resource{Kind: KindGateway, Name: "edge", Raw: fmt.Appendf(nil,
		`{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "edge", %s},
		"spec": {"gatewayClassName": "kuma", "listeners": [%s]}}`, c.metadata, c.listeners)}
}

func TestReferencesOfEachPlace(t *testing.T) {
	t.Parallel()
	for _, c := range placeCases {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			checkReferences(t, References(universal(c.kind, c.fields)), c.kind, c.want)
			checkReferences(t, References(kubernetes(c.kind, c.fields)), c.kind, c.onKubernetes())
		})
	}
}

func TestReferencesOfGateways(t *testing.T) {
	t.Parallel()
	for _, c := range gatewayCases {
		got := References(c.resource())
		if !slices.Equal(sayAll(got), c.want) {
			t.Errorf("%s: found %q\n want %q", c.about, sayAll(got), c.want)
		}
		for _, r := range got {
			if r.Mesh != c.mesh || r.User() != "Gateway apps/edge" {
				t.Errorf("%s: %s of %s by %s", c.about, r.Secret, r.Mesh, r.User())
			}
		}
	}
}

// rowsOut are scanners that lack one row each, by what they lack.
func rowsOut() map[string]scanner {
	out := map[string]scanner{}
	whole := func() scanner {
		return scanner{slices.Clone(places), slices.Clone(backendPlaces), slices.Clone(carriers), slices.Clone(rules)}
	}
	for i, p := range places {
		s := whole()
		s.places = slices.Delete(s.places, i, i+1)
		out[string(p.kind)+" "+p.path] = s
	}
	for i, p := range backendPlaces {
		s := whole()
		s.backends = slices.Delete(s.backends, i, i+1)
		out[p.backend+" "+p.path] = s
	}
	for i, c := range carriers {
		s := whole()
		s.carriers = slices.Delete(s.carriers, i, i+1)
		out[c] = s
	}
	for i, r := range rules {
		s := whole()
		s.rules = slices.Delete(s.rules, i, i+1)
		out[r.about] = s
	}
	return out
}

// The cases above are about every row: without any one of them a case fails.
func TestNoRowCanBeTakenOut(t *testing.T) {
	t.Parallel()
	fails := func(s scanner) bool {
		universalFails := slices.ContainsFunc(placeCases, func(c placeCase) bool {
			return !slices.Equal(sayAll(s.references(universal(c.kind, c.fields))), c.want)
		})
		kubernetesFails := slices.ContainsFunc(placeCases, func(c placeCase) bool {
			return !slices.Equal(sayAll(s.references(kubernetes(c.kind, c.fields))), c.onKubernetes())
		})
		gatewaysFail := slices.ContainsFunc(gatewayCases, func(c gatewayCase) bool {
			return !slices.Equal(sayAll(s.references(c.resource())), c.want)
		})
		return universalFails && kubernetesFails || gatewaysFail
	}
	if fails(scanner{places, backendPlaces, carriers, rules}) {
		t.Fatal("a case fails with all rows there")
	}
	for about, without := range rowsOut() {
		if !fails(without) {
			t.Errorf("no case fails without %s, in both dialects", about)
		}
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
