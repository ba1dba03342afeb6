package demo

// object is a mesh or policy and where it is put.
type object struct {
	path string
	body any
}

type fields = map[string]any

// objects are the meshes and the policies that name secrets in them.
func objects() []object {
	return []object{
		mesh("checkout", fields{"meshServices": fields{"mode": "Exclusive"}}),
		mesh("default", fields{"mtls": fields{
			"enabledBackend": "ca-1",
			"backends":       []fields{{"name": "ca-1", "type": "builtin"}},
		}}),
		mesh("legacy", fields{"mtls": fields{
			"backends": []fields{provided("ca-1", "legacy-ca-cert", "legacy-ca-key")},
		}}),
		mesh("payments", fields{"mtls": fields{
			"enabledBackend": "ca-2",
			"backends":       []fields{provided("ca-2", "payments-ca-cert", "payments-ca-key")},
		}}),
		mesh("sandbox", nil),
		identity("checkout", "main", "checkout-ca-cert", "checkout-ca-key"),
		meshExternalService("default", "db", "db-ca"),
		externalService("legacy", "billing", fields{"caCert": secret("billing-ca")}),
		externalService("payments", "psp", fields{
			"caCert":     secret("psp-ca"),
			"clientCert": secret("psp-client-cert"),
			"clientKey":  secret("psp-client-key"),
		}),
		gateway("payments", "edge", "edge-tls"),
	}
}

func secret(name string) fields { return fields{"secret": name} }

func secretRef(name string) fields {
	return fields{"type": "Secret", "secretRef": fields{"kind": "Secret", "name": name}}
}

func provided(name, cert, key string) fields {
	return fields{"name": name, "type": "provided", "conf": fields{"cert": secret(cert), "key": secret(key)}}
}

// mesh is a Mesh with more fields than its name.
func mesh(name string, more fields) object {
	body := fields{"type": "Mesh", "name": name}
	for key, value := range more {
		body[key] = value
	}
	return object{path: "/meshes/" + name, body: body}
}

// policy is an object of a mesh with more fields than its name.
func policy(kind, path, mesh, name string, more fields) object {
	body := fields{"type": kind, "mesh": mesh, "name": name}
	for key, value := range more {
		body[key] = value
	}
	return object{path: "/meshes/" + mesh + "/" + path + "/" + name, body: body}
}

func externalService(mesh, name string, tls fields) object {
	tls["enabled"] = true
	return policy("ExternalService", "external-services", mesh, name, fields{
		"tags":       fields{"kuma.io/service": name, "kuma.io/protocol": "http"},
		"networking": fields{"address": name + ".demo.invalid:443", "tls": tls},
	})
}

func meshExternalService(mesh, name, ca string) object {
	return policy("MeshExternalService", "meshexternalservices", mesh, name, fields{"spec": fields{
		"match":     fields{"type": "HostnameGenerator", "port": 5432, "protocol": "tcp"},
		"endpoints": []fields{{"address": name + ".demo.invalid", "port": 5432}},
		"tls":       fields{"enabled": true, "verification": fields{"mode": "Secured", "caCert": secret(ca)}},
	}})
}

func gateway(mesh, name, cert string) object {
	return policy("MeshGateway", "meshgateways", mesh, name, fields{
		"selectors": []fields{{"match": fields{"kuma.io/service": name}}},
		"conf": fields{"listeners": []fields{{
			"port": 8443, "protocol": "HTTPS",
			"tls": fields{"mode": "TERMINATE", "certificates": []fields{secret(cert)}},
		}}},
	})
}

func identity(mesh, name, cert, key string) object {
	return policy("MeshIdentity", "meshidentities", mesh, name, fields{"spec": fields{
		"selector": fields{"dataplane": fields{"matchLabels": fields{}}},
		"spiffeID": fields{"trustDomain": mesh + ".demo.invalid", "path": "/ns/demo/sa/demo"},
		"provider": fields{"type": "Bundled", "bundled": fields{
			"insecureAllowSelfSigned": true,
			"ca":                      fields{"certificate": secretRef(cert), "privateKey": secretRef(key)},
		}},
	}})
}
