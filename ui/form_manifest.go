package ui

import (
	"slices"
	"strings"

	"meshsecrets/model"
)

// checkManifest looks whether what is to be saved is a manifest and not a value
// alone. It is taken apart when it is of a secret that is added, or of the one that
// is edited. What was one before may stay one.
func (f form) checkManifest(value []byte) (check, bool) {
	if f.edit && (f.entry.from == asStored || model.HoldsManifest(f.before.Value.Reveal())) {
		return check{}, false
	}
	found, of, is := model.CheckManifest(value)
	c := checkOf(found)
	c.asks = true
	if of != (model.Ref{}) && (!f.edit || of == f.ref()) {
		c.apart, c.word = true, "take it apart"
	}
	return c, is
}

// atManifest puts the bar on taking a pasted manifest apart.
func (f form) atManifest() form {
	if at := slices.IndexFunc(f.mendable(), func(c check) bool { return c.apart }); at >= 0 {
		f.at, f.mend = atChecks, at
	}
	return f
}

// takenApart fills the form with what the manifest says: mesh, name and value; of
// a secret that is edited the value alone.
func (f form) takenApart(fr Frame) (Screen, Result) {
	v, fault := f.stored()
	if fault != nil {
		return f, Result{}
	}
	defer v.Wipe()
	found, _, err := model.ReadManifest(v.Reveal())
	defer found.Wipe()
	if err != nil {
		return f, Result{Say: refused(sentenceOf(err.Error()))}
	}
	if f.edit {
		f.entry.wipe()
		f.entry, f.decode, f.refused = entryOf(found.Value, pastedHere), false, ""
		return f.checked(fr.Now).settled(), Result{Say: Message{Text: "The value is that of the manifest. Nothing else is taken from it."}}
	}
	ref := found.Secret.Ref
	mesh := slices.Index(f.meshes, ref.Mesh)
	if mesh < 0 {
		return f, Result{Say: refused("Mesh " + model.Visible(ref.Mesh) + " of the manifest does not exist here. Nothing was taken from it.")}
	}
	f.entry.wipe()
	f.entry, f.decode, f.refused = entryOf(found.Value, pastedHere), false, ""
	f.mesh, f.name, f.at = mesh, newField(ref.Name, 1024), atName
	said := []string{"Mesh, name and value are those of the manifest."}
	if found.Secret.OwnLabels() {
		said = append(said, "Its labels are left out; meshsecrets create -f keeps them.")
	}
	return f.checked(fr.Now), Result{Say: Message{Text: strings.Join(said, " ")}}
}
