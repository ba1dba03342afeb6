package embedded

// kind is a kind of object that has paths of its own.
type kind struct {
	name   string // "Secret"
	path   string // "secrets"
	alias  string // a second path, or ""
	kri    string // its short name in resource identifiers; "" when it has none
	inMesh bool   // it lives in a mesh
	secret bool   // only admins may touch it, and it has a value
	// computed tells that the control plane adds its labels of environment,
	// origin and zone; some older kinds only get the mesh's.
	computed bool
	global   bool // on a federated zone it is only written by the global control plane
}

// The kinds that this control plane knows, as recorded.
var (
	meshKind         = kind{name: "Mesh", path: "meshes", kri: "m", global: true}
	secretKind       = kind{name: "Secret", path: "secrets", inMesh: true, secret: true, computed: true}
	globalSecretKind = kind{name: "GlobalSecret", path: "global-secrets", alias: "globalsecrets", secret: true, computed: true}

	kinds = []kind{
		secretKind, globalSecretKind,
		{name: "ExternalService", path: "external-services", inMesh: true, global: true},
		{name: "MeshExternalService", path: "meshexternalservices", kri: "extsvc", inMesh: true, computed: true},
		{name: "MeshGateway", path: "meshgateways", kri: "mgw", inMesh: true, computed: true, global: true},
		{name: "MeshIdentity", path: "meshidentities", kri: "mid", inMesh: true, computed: true},
	}
)

func kindAt(path string) (kind, bool) {
	for _, k := range kinds {
		if path == k.path || k.alias != "" && path == k.alias {
			return k, true
		}
	}
	return kind{}, false
}
