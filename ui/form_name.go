package ui

import (
	"fmt"
	"slices"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// checkName looks at the name, and whether it is free.
func (f form) checkName() []check {
	ref := f.ref()
	if fault := model.CheckName(ref.Name); fault != nil {
		return []check{{mark: failedMark, topic: "name", text: fault.Line(), stop: true}}
	}
	where := model.Visible(ref.MeshWord())
	if !ref.Global() {
		where = "mesh " + where
	}
	row, found := f.stock.inventory.Find(ref)
	if f.wonders() {
		text := "whether it is saved is not known; " + keyHere + " looks, and saves it where it is not"
		return append([]check{{mark: look, topic: "name", key: keymap.Save, text: text}}, f.checkMesh()...)
	}
	if ref == f.exists && f.why != "" {
		return []check{{mark: failedMark, topic: "name", text: f.why + "; choose another one", stop: true}}
	}
	if found && !row.Ghost() || ref == f.exists {
		return []check{{mark: failedMark, topic: "name", text: f.called() + " exists in " + model.Visible(ref.MeshWord()) + " already; edit that one, or choose another name", stop: true}}
	}
	if other, taken := f.elsewhere(ref); taken {
		next := "; choose another, or reassign that one"
		if other.Global() {
			next = "; choose another name"
		}
		return []check{{mark: failedMark, topic: "name", text: f.called() + " is the name of a " + secretOf(other) + ", and on " + f.to.environment() + " a name exists once" + next, stop: true}}
	}
	text, mark := "free in "+where, passedMark
	if !f.to.traits.NamePerMesh {
		// Other programs keep secrets of other types beside these.
		text = "taken by no secret of a mesh and no global one; saving tells whether a secret of another type has it"
	}
	switch {
	case f.stock.unlisted:
		text, mark = "whether it is free is not known: you may not list secrets; saving tells", unmarked
	case !f.stock.whole:
		text = "not found in " + where + " so far; the list is still being read"
	}
	if users := f.target().Users; len(users) > 0 {
		text += "; " + users[0].User() + " names it"
	}
	if why, is := model.ReservedName(ref); is {
		return append([]check{{mark: failedMark, topic: "name", text: why, stop: true}}, f.checkMesh()...)
	}
	checks := []check{{mark: mark, topic: "name", text: text}}
	if twin, is := f.stock.inventory.CheckTwin(ref); is {
		checks = append(checks, checkOf(twin))
	}
	return append(checks, f.checkMesh()...)
}

// checkMesh says that nobody knows whether the mesh exists: a control plane on
// Kubernetes would take a secret of one that does not.
func (f form) checkMesh() []check {
	ref := f.ref()
	if ref.Global() {
		return nil
	}
	if why := overlong(f.to, ref.Mesh); why != "" {
		return []check{{mark: failedMark, topic: "mesh", text: why + "; choose another mesh", stop: true}}
	}
	if f.stock.meshes != nil {
		return f.checkThere(ref.Mesh)
	}
	text := "whether mesh " + model.Visible(ref.Mesh) + " exists is not known"
	if f.stock.blind() {
		text += ": you may not list meshes"
	}
	return []check{{mark: look, topic: "mesh", text: text}}
}

// checkThere says that a mesh does not exist: only Universal control planes
// refuse a secret of such a mesh.
func (f form) checkThere(mesh string) []check {
	if slices.ContainsFunc(f.stock.meshes, func(m model.Mesh) bool { return m.Name == mesh }) {
		return nil
	}
	return []check{{mark: failedMark, topic: "mesh", text: "mesh " + model.Visible(mesh) + " does not exist; choose another mesh, or have that one made first", stop: true}}
}

// maxLabel is the number of bytes that a label of an object may have in
// Kubernetes. The mesh of a secret is one there.
const maxLabel = 63

// longestShown is how much of a name is shown where two lines are all there is.
const longestShown = 40

// overlong says that no secret can belong to a mesh because of its name, "" for
// all others. A mesh may get such a name while its control plane does not answer
// admission requests.
func overlong(s *session, mesh string) string {
	if s.id.Environment != backend.Kubernetes || len(mesh) <= maxLabel {
		return ""
	}
	return fmt.Sprintf("mesh %s has a name of %d characters, and a label takes %d", model.Visible(shortenMiddle(mesh, longestShown)), len(mesh), maxLabel)
}

// secretOf is where a secret is, within a sentence.
func secretOf(ref model.Ref) string {
	if ref.Global() {
		return "global secret"
	}
	return "secret of mesh " + model.Visible(ref.Mesh)
}

// elsewhere finds a secret of the same name where a name exists only once.
func (f form) elsewhere(ref model.Ref) (model.Ref, bool) {
	if f.to.traits.NamePerMesh {
		return model.Ref{}, false
	}
	for _, row := range f.stock.inventory.In(model.Scope{All: true}).All() {
		if row.Secret.Ref.Name == ref.Name && !row.Ghost() {
			return row.Secret.Ref, true
		}
	}
	return model.Ref{}, false
}
