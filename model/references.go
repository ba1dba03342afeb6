package model

import "strings"

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

// rule finds secrets that a control plane makes for a resource: no field names
// them.
type rule struct {
	kind  ResourceKind
	about string
	find  func(document) []Reference
}

var rules = []rule{
	{KindMesh, "builtin CA", document.builtinCAs},
	{KindMeshIdentity, "generated identity", document.generatedIdentity},
	{KindGateway, "copy of a certificate", document.gatewayCopies},
}

// scanner is all that is known of where secrets are named. It is a value, so
// that a row can be taken out of it, to see who would miss it.
type scanner struct {
	places   []place
	backends []backendPlace
	carriers []string
	rules    []rule
}

// References finds what a resource of either dialect names: first in the
// places that are known, in the order of the tables and then of the resource,
// then by rules, then by a walk through all the rest, which are told as
// Guessed. What is not JSON names nothing.
func References(r Resource) []Reference {
	return everywhere.references(r)
}

// everywhere is all that is known of where secrets are named.
var everywhere = scanner{places, backendPlaces, carriers, rules}

func (s scanner) references(r Resource) []Reference {
	d, ok := readDocument(r)
	if !ok {
		return nil
	}
	found, _ := s.in(d)
	return found
}

// in finds what a document names; cut tells that it may name more, deeper or
// oftener than is followed in places that are not known.
func (s scanner) in(d document) (found []Reference, cut bool) {
	found = append(s.inPlaces(d), s.inBackends(d)...)
	for _, rule := range s.rules {
		if rule.kind == d.kind {
			found = append(found, rule.find(d)...)
		}
	}
	guessed, cut := d.guesses(found)
	return append(found, guessed...), cut
}

func (s scanner) inPlaces(d document) []Reference {
	var references []Reference
	for _, p := range s.places {
		if p.kind != d.kind {
			continue
		}
		of := d.reference()
		of.Role = p.role
		d.each(p.path, func(name, at string) {
			of.Secret, of.Path, of.Detail = name, at, d.detail(at)
			of.Unused, of.Ignored = d.notUsed(p, at)
			of.Enabled = !of.Ignored
			references = append(references, of)
		})
	}
	return references
}

// reference is one by the resource as a whole; what it names is to be added.
func (d document) reference() Reference {
	return Reference{Kind: d.kind, By: d.name, Within: textAt(objectAt(d.root, "metadata"), "namespace"), Mesh: d.mesh, Enabled: true}
}

// generatedIdentity are the two secrets that a MeshIdentity has made for it.
func (d document) generatedIdentity() []Reference {
	provider := objectAt(objectAt(d.root, "spec"), "provider")
	generate := objectAt(objectAt(provider, "bundled"), "autogenerate")
	if on, _ := generate["enabled"].(bool); !on {
		return nil
	}
	id := firstWord(d.label(LabelDisplayName), d.name)
	of := d.reference()
	of.Implied = true
	certificate, key := of, of
	certificate.Secret, certificate.Role = id+"-root-ca", "certificate"
	key.Secret, key.Role = id+"-private-key", "key"
	return []Reference{certificate, key}
}

// gatewayCopies are the copies that a control plane makes of the certificates
// that a Gateway of the Gateway API names, as gapi-<namespace>-<name>.
//
// They are implied, so that none is ever called missing: a copy is made only
// for Gateways of Kuma's own classes, and which those are stands in another
// kind, GatewayClass. Reading that as well would tell no more than whether a
// copy that is there has a user, and its name says that already.
//
// A Gateway that names no mesh has that of its namespace, which whoever reads
// it has to know (Resource.Mesh); else it is taken for one of the mesh default.
func (d document) gatewayCopies() []Reference {
	own := textAt(objectAt(d.root, "metadata"), "namespace")
	of := d.reference()
	of.Role, of.Implied = certificateAndKey, true
	if own != "" {
		of.By, of.Within = own+"/"+d.name, ""
	}
	var references []Reference
	eachAt(d.root, "spec.listeners[].tls.certificateRefs[]", "", func(v any, at string) {
		named, _ := v.(map[string]any)
		name, namespace := textAt(named, "name"), firstWord(textAt(named, "namespace"), own)
		kind := firstWord(textAt(named, "kind"), kindSecret)
		if kind != kindSecret || textAt(named, "group") != "" || name == "" || namespace == "" {
			return
		}
		of.Secret, of.Path = gatewayCopy.prefix+namespace+"-"+name, at
		references = append(references, of)
	})
	return references
}

// each calls found with every secret that is named at a path, and with where it
// stands. Both dialects are looked for whatever the resource says of itself: it
// costs nothing, and what is named there is not to be missed.
func (d document) each(path string, found func(name, at string)) {
	eachName(d.root, path, "", found)
	if !strings.HasPrefix(path, "spec.") {
		eachName(d.root, "spec."+path, "", found)
	}
}
