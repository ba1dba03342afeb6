package model

import (
	"slices"
	"time"
)

// Mark is what references make of a secret.
type Mark uint8

// The marks, from the least to the most pressing.
const (
	Unreferenced  Mark = iota
	Referenced         // only by an mTLS backend that is not enabled
	InUse              // by the enabled mTLS backend, or by any policy
	MissingSecret      // referred to, but not there: a ghost row
)

// Row is a secret, or a missing one, with what its control plane makes of it.
type Row struct {
	Secret   Secret
	Mark     Mark
	System   bool        // made by the control plane for itself
	Orphaned bool        // its mesh does not exist
	Users    []Reference // the enabled mTLS backend first, then by name
	Partner  Ref         // the other half of a certificate and key named together, zero when there is none
	Mismatch bool        // the partner's key is another one
	Blamed   bool        // of the two halves of a mismatch, the one that was changed last; else the key
	Folded   string      // name and mesh as they are shown, folded for filters
}

// Ghost tells whether the row stands for a missing secret.
func (r Row) Ghost() bool { return r.Mark == MissingSecret }

// Totals counts rows. Ghosts are not secrets and are counted apart.
type Totals struct {
	Secrets int
	Missing int
	Worst   Worst // apart from what time makes of the rows; see WorstAt

	expires time.Time // the first of all expiries
	begins  time.Time // the last of all beginnings
}

// WorstAt is the worst mark at a moment: what expires soon, has expired or is
// not valid yet needs a look.
func (t Totals) WorstAt(now time.Time) Worst {
	if _, look := ExpiryWord(t.begins, t.expires, now); look {
		return max(t.Worst, NeedsLook)
	}
	return t.Worst
}

// MeshSummary is a mesh with what is in it.
type MeshSummary struct {
	Mesh   Mesh
	Unread bool // meshes were not read: only secrets or references name it
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
// meshes, secrets and references brought together. It does not change.
type Inventory struct {
	Meshes []MeshSummary // as the Meshes pane has them: by name, then those that do not exist
	All    MeshSummary   // of all meshes and the global secrets; it names no mesh
	Global MeshSummary   // of the global secrets; it names no mesh

	// The rows stand once, and are pointed at: of a hundred thousand, copies
	// would cost more memory than the secrets themselves.
	rows    []*Row            // of all meshes, in the order of a list
	byMesh  map[string][]*Row // likewise; "" holds the global secrets
	highest map[signer]int    // the highest serial of signing keys
}

// signer is a set of signing keys of which the highest signs.
type signer struct {
	mesh   string
	family *family
}

// In gives the rows of a scope in the order of a list: by name, then mesh;
// system secrets that nothing references come last. The rows belong to the
// inventory and are not to be changed. It costs the same for any number.
func (i Inventory) In(scope Scope) []*Row {
	switch {
	case scope.All:
		return i.rows
	case scope.Global:
		return i.byMesh[""]
	case scope.Mesh == "":
		return nil
	}
	return i.byMesh[scope.Mesh]
}

// Find gives the row of a secret, or of a missing one.
func (i Inventory) Find(ref Ref) (Row, bool) {
	for _, last := range []bool{false, true} {
		at, found := slices.BinarySearchFunc(i.rows, position{last, ref}, func(r *Row, p position) int {
			return r.position().compare(p)
		})
		if found {
			return *i.rows[at], true
		}
	}
	return Row{}, false
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
		f, rest = &generatedIdentity, ""
	}
	return f.explain(r.Secret.Ref, rest, i.highest[signer{r.Secret.Ref.Mesh, f}]), true
}
