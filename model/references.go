package model

import (
	"encoding/json"
	"strconv"
	"strings"
)

// place is a field that names a secret of the same mesh. Adding a kind of
// resource, or a field of one, is adding a row to places.
type place struct {
	kind ResourceKind
	path string // as Universal writes it; "[]" stands for every element of a list
	role string
}

// places are the fields of policies. On Kubernetes those that do not begin
// with spec stand under spec. A data source is "secret: NAME" in the older
// form and "secretRef: {name: NAME}" in the newer one.
var places = []place{
	{KindExternalService, "networking.tls.caCert.secret", "CA"},
	{KindExternalService, "networking.tls.clientCert.secret", "client certificate"},
	{KindExternalService, "networking.tls.clientKey.secret", "client key"},

	{KindMeshExternalService, "spec.tls.verification.caCert.secret", "CA"},
	{KindMeshExternalService, "spec.tls.verification.clientCert.secret", "client certificate"},
	{KindMeshExternalService, "spec.tls.verification.clientKey.secret", "client key"},
	{KindMeshExternalService, "spec.tls.verification.caCert.secretRef.name", "CA"},
	{KindMeshExternalService, "spec.tls.verification.clientCert.secretRef.name", "client certificate"},
	{KindMeshExternalService, "spec.tls.verification.clientKey.secretRef.name", "client key"},

	{KindMeshGateway, "conf.listeners[].tls.certificates[].secret", certificateAndKey},

	{KindMeshIdentity, "spec.provider.bundled.ca.certificate.secretRef.name", "certificate"},
	{KindMeshIdentity, "spec.provider.bundled.ca.privateKey.secretRef.name", "key"},

	{KindMeshOPA, "spec.default.agentConfig.secret", "agent configuration"},
	{KindMeshOPA, "spec.default.appendPolicies[].rego.secret", "policy"},
	{KindMeshOPA, "spec.default.agentConfig.secretRef.name", "agent configuration"},
	{KindMeshOPA, "spec.default.appendPolicies[].rego.secretRef.name", "policy"},

	{KindOPAPolicy, "conf.agentConfig.secret", "agent configuration"},
	{KindOPAPolicy, "conf.policies[].secret", "policy"},
}

// References finds what a resource of either dialect names. The order is that
// of the tables, then of the resource. What is not JSON names nothing.
func References(r Resource) []Reference {
	d, ok := readDocument(r)
	if !ok {
		return nil
	}
	found := d.policyReferences()
	switch r.Kind {
	case KindMesh:
		found = append(found, d.meshReferences()...)
	case KindExternalService, KindMeshExternalService, KindMeshGateway, KindMeshOPA, KindOPAPolicy:
	case KindMeshIdentity:
		found = append(found, d.generatedIdentity()...)
	}
	return found
}

// document is a resource that was decoded.
type document struct {
	kind       ResourceKind
	name, mesh string
	kubernetes bool
	root       map[string]any
}

func readDocument(r Resource) (document, bool) {
	var root map[string]any
	if err := json.Unmarshal(r.Raw, &root); err != nil || root == nil {
		return document{}, false
	}
	metadata, kubernetes := root["metadata"].(map[string]any)
	d := document{kind: r.Kind, name: r.Name, kubernetes: kubernetes, root: root}
	d.name = firstWord(r.Name, textAt(root, "name"), textAt(metadata, "name"))
	d.mesh = firstWord(r.Mesh, textAt(root, "mesh"), d.label(LabelMesh), "default")
	if r.Kind == KindMesh {
		d.mesh = d.name
	}
	return d, true
}

// label reads a label, or on Kubernetes the annotation of that name: a
// display name may be either.
func (d document) label(key string) string {
	if !d.kubernetes {
		return textAt(objectAt(d.root, "labels"), key)
	}
	metadata := objectAt(d.root, "metadata")
	return firstWord(textAt(objectAt(metadata, "labels"), key), textAt(objectAt(metadata, "annotations"), key))
}

// each calls found with every text at path, and with where it stands.
func (d document) each(path string, found func(text, at string)) {
	if d.kubernetes && !strings.HasPrefix(path, "spec.") {
		path = "spec." + path
	}
	eachAt(d.root, path, "", found)
}

func eachAt(v any, path, at string, found func(text, at string)) {
	if path == "" {
		if text, ok := v.(string); ok && text != "" {
			found(text, at)
		}
		return
	}
	step, rest, _ := strings.Cut(path, ".")
	key, isList := strings.CutSuffix(step, "[]")
	object, _ := v.(map[string]any)
	inner, ok := object[key]
	if !ok {
		return
	}
	at = join(at, key)
	if !isList {
		eachAt(inner, rest, at, found)
		return
	}
	elements, _ := inner.([]any)
	for i, element := range elements {
		eachAt(element, rest, at+index(i), found)
	}
}

func (d document) policyReferences() []Reference {
	var references []Reference
	for _, p := range places {
		if p.kind != d.kind {
			continue
		}
		d.each(p.path, func(name, at string) {
			references = append(references, Reference{
				Kind: d.kind, By: d.name, Mesh: d.mesh, Secret: name, Role: p.role, Path: at, Enabled: true,
			})
		})
	}
	return references
}

// generatedIdentity are the two secrets that a MeshIdentity has made for it.
func (d document) generatedIdentity() []Reference {
	provider := objectAt(objectAt(d.root, "spec"), "provider")
	generate := objectAt(objectAt(provider, "bundled"), "autogenerate")
	if on, _ := generate["enabled"].(bool); !on {
		return nil
	}
	id := firstWord(d.label(LabelDisplayName), d.name)
	of := Reference{Kind: d.kind, By: d.name, Mesh: d.mesh, Enabled: true, Implied: true}
	certificate, key := of, of
	certificate.Secret, certificate.Role = id+"-root-ca", "certificate"
	key.Secret, key.Role = id+"-private-key", "key"
	return []Reference{certificate, key}
}

// clip keeps paths short: a key of a hostile resource could be as long as the
// resource, and would be repeated in each path below it.
func clip(key string) string {
	const most = 64
	if len(key) <= most {
		return key
	}
	return key[:most] + "…"
}

func lastKey(at string) string {
	last := at[strings.LastIndexByte(at, '.')+1:]
	key, _, _ := strings.Cut(last, "[")
	return key
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func textAt(object map[string]any, key string) string {
	text, _ := object[key].(string)
	return text
}

func objectAt(object map[string]any, key string) map[string]any {
	inner, _ := object[key].(map[string]any)
	return inner
}

func firstWord(words ...string) string {
	for _, word := range words {
		if word != "" {
			return word
		}
	}
	return ""
}
