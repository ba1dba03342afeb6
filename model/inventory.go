package model

import "strings"

// Mark is what references make of a secret.
type Mark uint8

// The marks, from the least to the most pressing.
const (
	Unreferenced  Mark = iota
	Referenced         // only where it is not used: by an mTLS backend that is not enabled, or what Reference.Ignored says
	InUse              // by the enabled mTLS backend, or by any policy
	MissingSecret      // referred to, but not there: a ghost row
)

// Row is a secret, or a missing one, with what its control plane makes of it.
type Row struct {
	Secret   Secret
	Mark     Mark
	System   bool        // made by the control plane for itself
	Orphaned bool        // its mesh does not exist
	Users    []Reference // the enabled mTLS backend first, then MeshIdentities, then by name
	Partner  Ref         // the other half of a certificate and key named together, zero when there is none
	Mismatch bool        // the partner's key is another one
	Blamed   bool        // of the two halves of a mismatch, the one that was changed last; else the key
	Strange  bool        // a sign is in its name that belongs in no name
	Alike    string      // a name of the same mesh that looks like this one, "" when there is none
	Folded   string      // name and mesh as they are shown, folded for filters

	troubles troubles
}

// Ghost tells whether the row stands for a missing secret.
func (r Row) Ghost() bool { return r.Mark == MissingSecret }

// MeshSummary is a mesh with what is in it.
type MeshSummary struct {
	Mesh   Mesh
	Unread bool   // meshes were not read: only secrets or references name it
	Alike  string // the name of a mesh that looks like this one, "" when there is none
	Totals
}

// Worst is the worst mark of a mesh's rows, of what is known so far.
type Worst uint8

// The worst marks.
const (
	Healthy Worst = iota
	NeedsLook
	HasMissing // a missing secret, or a mesh that does not exist
)

// Scope chooses rows: all of them, the global secrets, or those of one mesh.
type Scope struct {
	All, Global bool
	Mesh        string
}

// Inventory is all that is known of a control plane's secrets at one moment:
// meshes, secrets and references brought together. It does not change: what
// comes in makes another one, which shares what stayed the same.
type Inventory struct {
	Meshes []MeshSummary // as the Meshes pane has them: by name, then those that do not exist
	All    MeshSummary   // of all meshes and the global secrets; it names no mesh
	Global MeshSummary   // of the global secrets; it names no mesh

	meshes  []Mesh // as they were given; nil when they were not read
	some    bool   // there may be other secrets, which were not read
	partial bool   // so that none is called missing either: see TakePartial
	uses    uses
	likes   likes
	sames   sames

	// The rows stand once, and are pointed at: of a hundred thousand, copies
	// would cost more memory than the secrets themselves.
	rows   Rows            // of all meshes
	byMesh map[string]Rows // "" holds the global secrets; replaced, never edited
}

// In gives the rows of a scope in the order of a list: by name, then mesh;
// system secrets that nothing references come last. The rows belong to the
// inventory and are not to be changed. It costs the same for any number.
func (i Inventory) In(scope Scope) Rows {
	switch {
	case scope.All:
		return i.rows
	case scope.Global:
		return i.byMesh[""]
	case scope.Mesh == "":
		return Rows{}
	}
	return i.byMesh[scope.Mesh]
}

// Find gives the row of a secret, or of a missing one.
func (i Inventory) Find(ref Ref) (Row, bool) {
	if row := i.row(ref); row != nil {
		return *row, true
	}
	return Row{}, false
}

func (i Inventory) row(ref Ref) *Row {
	rows := i.byMesh[ref.Mesh]
	if at, found := rows.Find(ref); found {
		return rows.At(at)
	}
	return nil
}

// secret is one that is there, or nil.
func (i Inventory) secret(ref Ref) *Secret {
	if row := i.row(ref); row != nil && !row.Ghost() {
		return &row.Secret
	}
	return nil
}

// System explains a row's secret when it is a system secret. Other than
// ClassifySystem it knows which signing key is the highest and what identities
// had generated.
func (i Inventory) System(r Row) (SystemInfo, bool) {
	if !r.System {
		return SystemInfo{}, false
	}
	f, rest, ok := systemFamily(r.Secret)
	if !ok {
		f, rest = familyOfUsers(r.Users), ""
	}
	return f.explain(r.Secret.Ref, rest, signers{highest: i.highest(f, r.Secret.Ref.Mesh), some: i.some}), true
}

// OfSome is the same inventory, of which it is known that there may be secrets
// that it does not hold: then no signing key is the highest for sure.
func (i Inventory) OfSome() Inventory {
	i.some = true
	return i
}

// highest is the highest serial of the signing keys of a mesh, or of the
// global ones: new tokens are signed with it. Such keys are neighbours in a
// list.
func (i Inventory) highest(f *family, mesh string) int {
	highest := 0
	if f.kind != signingKey {
		return highest
	}
	prefix := strings.Replace(f.prefix, "<mesh>", mesh, 1)
	rows := i.byMesh[mesh]
	for _, last := range []bool{false, true} {
		at, _ := rows.search(position{last, Ref{Name: prefix}})
		for ; at < rows.Len(); at++ {
			row := rows.At(at)
			if row.last() != last || !strings.HasPrefix(row.Secret.Ref.Name, prefix) {
				break
			}
			if of, rest, ok := familyOf(row.Secret.Ref); ok && of == f && !row.Ghost() {
				highest = max(highest, serialOf(rest))
			}
		}
	}
	return highest
}
