package model

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
var carriers = []string{"conf", ignoredCarrier}

const ignoredCarrier = "config"

// inBackends finds what the configuration of a Mesh's mTLS backends names, in
// the places that are known for their types.
func (s scanner) inBackends(d document) []Reference {
	if d.kind != KindMesh {
		return nil
	}
	var references []Reference
	for _, b := range d.backends() {
		of := b.reference(d)
		for _, p := range s.backends {
			if p.backend != b.kind {
				continue
			}
			of.Role = p.role
			for _, carrier := range s.carriers {
				of.Ignored = carrier == ignoredCarrier
				of.Enabled = b.enabled && !of.Ignored
				eachName(b.object[carrier], p.path, join(b.at, carrier), func(name, at string) {
					of.Secret, of.Path = name, at
					references = append(references, of)
				})
			}
		}
	}
	return references
}

// builtinCAs are the secrets that builtin backends make for themselves.
func (d document) builtinCAs() []Reference {
	var references []Reference
	for _, b := range d.backends() {
		if b.kind == "builtin" {
			references = append(references, builtin(b.reference(d))...)
		}
	}
	return references
}

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

// backends are those of either dialect, whatever the resource says of itself.
func (d document) backends() []backend {
	var backends []backend
	for _, at := range []string{"", "spec"} {
		body := d.root
		if at != "" {
			body = objectAt(d.root, at)
		}
		mtls := objectAt(body, "mtls")
		enabled := textAt(mtls, "enabledBackend")
		list, _ := mtls["backends"].([]any)
		for i, entry := range list {
			object, _ := entry.(map[string]any)
			name := textAt(object, "name")
			backends = append(backends, backend{
				name: name, kind: textAt(object, "type"), mode: textAt(object, "mode"),
				enabled: name != "" && name == enabled,
				at:      join(at, "mtls.backends") + index(i), object: object,
			})
		}
	}
	return backends
}

// reference is one by the backend; what it names is to be added.
func (b backend) reference(d document) Reference {
	return Reference{Kind: KindMesh, By: b.name, Mesh: d.mesh, Backend: b.kind, Enabled: b.enabled}
}
