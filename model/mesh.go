package model

import (
	"fmt"
	"slices"
	"strings"
)

// meshIn is the trust of a Mesh whose document was read, or could not be. The
// names of its identities come from WithIdentities, since they are resources of
// their own.
func meshIn(r Resource, d document, ok bool) (Mesh, error) {
	if !ok {
		return Mesh{}, fmt.Errorf("mesh %s cannot be understood: it is not a JSON object", Visible(r.Name))
	}
	mesh := Mesh{Name: d.name, EnabledBackend: d.enabledBackend(), SkipsValidation: d.skipsValidation()}
	for _, b := range d.backends() {
		_, config := b.object[ignoredCarrier]
		mesh.Backends = append(mesh.Backends, MTLSBackend{Name: b.name, Type: b.kind, Mode: b.mode, Lacks: b.lacks(), Config: config})
		mesh.UsesConfig = mesh.UsesConfig || config
	}
	return mesh, nil
}

func (d document) enabledBackend() string {
	below := objectAt(objectAt(d.root, "spec"), "mtls")
	return firstWord(textAt(objectAt(d.root, "mtls"), "enabledBackend"), textAt(below, "enabledBackend"))
}

func (d document) skipsValidation() bool {
	for _, body := range []map[string]any{d.root, objectAt(d.root, "spec")} {
		if skips, _ := objectAt(body, "mtls")["skipValidation"].(bool); skips {
			return true
		}
	}
	return false
}

// WithIdentities gives copies of the meshes with the names of the MeshIdentity
// resources among what was seen, sorted.
func WithIdentities(meshes []Mesh, seen []Sight) []Mesh {
	names := map[string][]string{}
	for _, s := range seen {
		if s.Kind == KindMeshIdentity {
			names[s.Mesh] = append(names[s.Mesh], s.Name)
		}
	}
	attached := slices.Clone(meshes)
	for i := range attached {
		of := names[attached[i].Name]
		slices.Sort(of)
		attached[i].Identities = of
	}
	return attached
}

// Trust says in a few words how the mesh's data planes trust each other, for
// the TRUST column. It is made visible.
func (m Mesh) Trust() string {
	if m.Missing {
		return "missing: no such mesh"
	}
	var parts []string
	switch b, there := m.enabled(); {
	case m.EnabledBackend != "" && there:
		parts = append(parts, "mTLS "+b.words(false))
	case m.EnabledBackend != "":
		parts = append(parts, "mTLS "+Visible(m.EnabledBackend)+" (no such backend)")
	case len(m.Backends) > 0:
		parts = append(parts, "mTLS off, "+m.Backends[0].words(false)+more(len(m.Backends)-1))
	}
	if len(m.Identities) > 0 {
		parts = append(parts, "MeshIdentity "+Visible(m.Identities[0])+more(len(m.Identities)-1))
	}
	if m.IdentitiesUnread && len(parts) == 0 {
		parts = append(parts, "MeshIdentity "+m.identitiesMissed())
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// TrustLine says in one sentence, without a full stop, how the mesh's data
// planes trust each other: whether mTLS is on, all its backends and all
// identities. It is made visible.
func (m Mesh) TrustLine() string {
	if m.Missing {
		return "mesh " + Visible(m.Name) + " does not exist"
	}
	return m.backendsLine() + "; " + m.identitiesLine()
}

func (m Mesh) backendsLine() string {
	var on string
	switch b, there := m.enabled(); {
	case m.EnabledBackend == "" && len(m.Backends) == 0:
		return "no mTLS backend"
	case m.EnabledBackend == "":
		on = "mTLS off"
	case there:
		on = "mTLS on with " + b.words(true)
	default:
		on = "mTLS on with " + Visible(m.EnabledBackend) + ", which is none of its backends"
	}
	var off []string
	for _, b := range m.Backends {
		if m.EnabledBackend == "" || b.Name != m.EnabledBackend {
			off = append(off, b.words(true))
		}
	}
	switch len(off) {
	case 0:
		return on
	case 1:
		return on + ", backend " + off[0] + " is not enabled"
	}
	return on + ", backends " + list(off) + " are not enabled"
}

func (m Mesh) identitiesMissed() string { return Unread{Partly: m.IdentitiesPartly}.Missed() }

func (m Mesh) identitiesLine() string {
	names := make([]string, len(m.Identities))
	for i, name := range m.Identities {
		names[i] = Visible(name)
	}
	switch {
	case m.IdentitiesUnread && len(names) == 0:
		return "MeshIdentity " + m.identitiesMissed()
	case m.IdentitiesUnread:
		return "MeshIdentity " + list(names) + ", not all read"
	case len(names) == 0:
		return "no MeshIdentity"
	}
	return "MeshIdentity " + list(names)
}

// enabled finds the enabled backend among the backends.
func (m Mesh) enabled() (MTLSBackend, bool) {
	for _, b := range m.Backends {
		if b.Name == m.EnabledBackend {
			return b, true
		}
	}
	return MTLSBackend{}, false
}

// words are "ca-1 (provided)", and with its mode "ca-1 (provided, STRICT)".
func (b MTLSBackend) words(withMode bool) string {
	inside := Visible(firstWord(b.Type, "no type"))
	if b.Lacks != "" {
		inside += ", no " + b.Lacks
	}
	if withMode && b.Mode != "" {
		inside += ", " + Visible(b.Mode)
	}
	return Visible(b.Name) + " (" + inside + ")"
}

// list joins names as a sentence does: "a", "a and b", "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" +%d", n)
}
