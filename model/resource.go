package model

import (
	"strings"
	"time"
)

// ResourceKind names a kind of resource that can refer to secrets.
type ResourceKind string

// The kinds that are read for references. Adding one is a row in the tables of
// references.go.
const (
	KindMesh                ResourceKind = "Mesh"
	KindExternalService     ResourceKind = "ExternalService"
	KindMeshExternalService ResourceKind = "MeshExternalService"
	KindMeshGateway         ResourceKind = "MeshGateway"
	KindMeshIdentity        ResourceKind = "MeshIdentity"
	KindMeshOPA             ResourceKind = "MeshOPA"   // Kong Mesh only
	KindOPAPolicy           ResourceKind = "OPAPolicy" // Kong Mesh only, the older form of MeshOPA
	KindGateway             ResourceKind = "Gateway"   // of the Gateway API, on Kubernetes only
)

// ReferringKinds are the kinds that are read for references, in the order in
// which screens name them.
func ReferringKinds() []ResourceKind {
	return []ResourceKind{KindMesh, KindExternalService, KindMeshExternalService, KindMeshGateway, KindMeshIdentity, KindMeshOPA, KindOPAPolicy, KindGateway}
}

// Resource is a mesh or a policy as its control plane gave it. Raw is the JSON
// of either dialect; Mesh is empty for a Mesh itself.
type Resource struct {
	Kind     ResourceKind
	Mesh     string
	Name     string
	Created  time.Time
	Modified time.Time
	Raw      []byte
}

// Reference is a place in a Mesh or policy that names a secret of the same
// mesh.
type Reference struct {
	Kind    ResourceKind
	By      string // the resource's name; for a Mesh the mTLS backend's, for a Gateway "namespace/name"
	Within  string // the namespace of a resource that belongs to one, where By does not say it
	Mesh    string // of the resource and of the secret
	Secret  string // the name of the secret
	Role    string // "certificate", "key", "CA", "client certificate", "client key", or the last words of Path
	Path    string // where it stands, "mtls.backends[0].conf.cert.secret"; "" when the whole resource implies it
	Backend string // for a Mesh: the backend's type, "provided"
	Enabled bool   // of a Mesh's backend: it is the enabled one; of every kind: what names the secret is read
	Implied bool   // named by a rule, not in the resource: builtin CAs, generated identities, a Gateway's copies
	Ignored bool   // control planes do not read what names the secret, so that it need not be there: "config" of a Mesh, or what Unused says
	Unused  string // why the value is not used, within a sentence: "TLS is off"; "" when it is, as far as that is known
	Guessed bool   // found by the generic walk, in a place that is not known
	Apart   bool   // of a Mesh: named outside of its mTLS backends, so By is the mesh's name
	Detail  string // the part of the resource that names it, where it has several: "listener 8443"; made visible
}

// user is who refers: a resource, or one mTLS backend of a Mesh. Resources of two
// namespaces may have one name.
type user struct {
	kind             ResourceKind
	by, within, mesh string
	backend          bool
}

func (r Reference) user() user { return user{r.Kind, r.By, r.Within, r.Mesh, r.OfBackend()} }

// Target is the secret that is referred to.
func (r Reference) Target() Ref { return Ref{Mesh: r.Mesh, Name: r.Secret} }

// OfBackend tells whether an mTLS backend of a Mesh names the secret.
func (r Reference) OfBackend() bool { return r.Kind == KindMesh && !r.Apart }

// Guarded tells whether control planes that guard secrets refuse to delete what
// is named here: they know the places that they read of two types of backend. For
// those of Kong Mesh no manual says so.
func (r Reference) Guarded() bool {
	if !r.OfBackend() || r.Guessed {
		return false
	}
	return r.Backend == "builtin" && r.Implied || r.Backend == "provided" && strings.Contains(r.Path, "].conf.")
}

// ofTrust tells whether the secret is what a mesh's own trust is made of: that
// of an mTLS backend, or of a MeshIdentity.
func (r Reference) ofTrust() bool { return r.OfBackend() || r.Kind == KindMeshIdentity }

// User is how a list names who refers: "mTLS ca-2", "(mTLS ca-1)" when the
// backend is not enabled, "ExternalService psp", "(MeshGateway edge)" when it does
// not read what it names. It is made visible.
func (r Reference) User() string {
	text := string(r.Kind) + " " + Visible(r.By)
	if r.OfBackend() {
		text = "mTLS " + Visible(r.By)
	}
	if !r.Enabled {
		return "(" + text + ")"
	}
	return text
}

// Mesh is what is known of a mesh: its trust.
type Mesh struct {
	Name           string
	Backends       []MTLSBackend
	EnabledBackend string // "" when mTLS is off
	Identities     []string
	// UsesConfig tells that a backend carries "config", which manuals print and
	// control planes ignore, where "conf" belongs.
	UsesConfig bool
	// SkipsValidation tells that its CAs are not checked when it is updated.
	SkipsValidation bool
	Missing         bool // secrets name it, but it does not exist
	// IdentitiesUnread tells that MeshIdentity could not be listed, so that
	// there may be some.
	IdentitiesUnread bool
	IdentitiesPartly bool // some could be: there may be others
}

// MTLSBackend is one entry of a Mesh's mtls.backends. Mode is "STRICT",
// "PERMISSIVE" or, when the Mesh says nothing, "".
type MTLSBackend struct {
	Name, Type, Mode string
	Lacks            string // what a provided one has not where control planes read it: "CA" or one half, "certificate" or "key"; else ""
	Config           bool   // it carries "config": see Mesh.UsesConfig
}
