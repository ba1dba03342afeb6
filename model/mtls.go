package model

import (
	"maps"
	"slices"
)

// backendPlace is a field of an mTLS backend's configuration, for one type of
// backend.
type backendPlace struct{ backend, path, role string }

// backendPlaces are the fields of Mesh.mtls.backends[].conf. All but provided
// are of Kong Mesh, from its manuals.
var backendPlaces = []backendPlace{
	{"provided", "cert.secret", "certificate"},
	{"provided", "key.secret", "key"},

	{"vault", "fromCp.tls.caCert.secret", "CA"},
	{"vault", "fromCp.auth.token.secret", "token"},
	{"vault", "fromCp.auth.tls.clientCert.secret", "client certificate"},
	{"vault", "fromCp.auth.tls.clientKey.secret", "client key"},

	{"acmpca", "caCert.secret", "CA"},
	{"acmpca", "auth.awsCredentials.accessKey.secret", "access key"},
	{"acmpca", "auth.awsCredentials.accessKeySecret.secret", "access key secret"},

	{"certmanager", "caCert.secret", "CA"},
}

// carriers are the keys under which a backend's configuration is looked for:
// the API's, and the one that manuals print and control planes ignore.
var carriers = []string{"conf", "config"}

// walkDepth bounds the walk through backends that are not known.
const walkDepth = 32

func (d document) meshReferences() []Reference {
	var references []Reference
	for _, b := range d.backends() {
		of := Reference{
			Kind: KindMesh, By: b.name, Mesh: d.mesh, Backend: b.kind, Enabled: b.enabled,
		}
		if b.kind == "builtin" {
			references = append(references, builtin(of)...)
		}
		for _, carrier := range carriers {
			references = append(references, b.references(of, carrier)...)
		}
	}
	return references
}

// builtin are the secrets that a builtin backend makes for itself.
func builtin(of Reference) []Reference {
	certificate, key := of, of
	certificate.Secret, certificate.Role = of.Mesh+builtinCertificate+of.By, "certificate"
	key.Secret, key.Role = of.Mesh+builtinKey+of.By, "key"
	certificate.Implied, key.Implied = true, true
	return []Reference{certificate, key}
}

// backend is one entry of mtls.backends.
type backend struct {
	name, kind, mode string
	enabled          bool
	at               string // where it stands
	object           map[string]any
}

func (d document) backends() []backend {
	at, body := "", d.root
	if d.kubernetes {
		at, body = "spec", objectAt(d.root, "spec")
	}
	mtls := objectAt(body, "mtls")
	enabled := textAt(mtls, "enabledBackend")
	list, _ := mtls["backends"].([]any)
	var backends []backend
	for i, entry := range list {
		object, _ := entry.(map[string]any)
		name := textAt(object, "name")
		backends = append(backends, backend{
			name: name, kind: textAt(object, "type"), mode: textAt(object, "mode"),
			enabled: name != "" && name == enabled,
			at:      join(at, "mtls.backends") + index(i), object: object,
		})
	}
	return backends
}

// references finds what the backend's configuration names: in the places that
// are known for its type, then in all others. The types of Kong Mesh are known
// from manuals only, so those are walked as well.
func (b backend) references(of Reference, carrier string) []Reference {
	conf, at := b.object[carrier], join(b.at, carrier)
	var references []Reference
	known := map[string]bool{}
	for _, p := range backendPlaces {
		if p.backend != b.kind {
			continue
		}
		eachAt(conf, p.path, at, func(name, at string) {
			r := of
			r.Secret, r.Role, r.Path = name, p.role, at
			references = append(references, r)
			known[at] = true
		})
	}
	walk(conf, at, walkDepth, func(name, at, role string) {
		if known[at] {
			return
		}
		r := of
		r.Secret, r.Role, r.Path, r.Guessed = name, role, at, true
		references = append(references, r)
	})
	return references
}

// walk looks for data sources anywhere: "secret: NAME" and "secretRef: {name:
// NAME}". The role is the key that holds the data source.
func walk(v any, at string, depth int, found func(name, at, role string)) {
	if depth == 0 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		if name := textAt(v, "secret"); name != "" {
			found(name, join(at, "secret"), lastKey(at))
		}
		if name := textAt(objectAt(v, "secretRef"), "name"); name != "" {
			found(name, join(at, "secretRef.name"), lastKey(at))
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(v[key], join(at, clip(key)), depth-1, found)
		}
	case []any:
		for i, element := range v {
			walk(element, at+index(i), depth-1, found)
		}
	}
}
