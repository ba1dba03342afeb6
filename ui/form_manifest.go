package ui

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"meshsecrets/model"
)

const manifestTopic = "manifest"

// checkManifest looks whether what is to be added is a manifest and not a value
// alone. People paste those; stored as they are they would be of no use.
func (f form) checkManifest(value []byte) (check, bool) {
	if f.edit || f.decode || !bytes.Contains(value, []byte("Secret")) || !bytes.Contains(value, []byte("data")) {
		return check{}, false
	}
	found, _, err := model.ReadManifest(value)
	defer found.Wipe()
	c := check{mark: look, topic: manifestTopic, warns: true}
	switch {
	case errors.Is(err, model.ErrMaskedManifest):
		c.text = "this is a masked manifest: dots stand where its value was"
	case errors.Is(err, model.ErrSeveralDocuments):
		c.text = "these are several manifests. meshsecrets create -f takes them from a file"
	case err != nil && !bytes.Contains(value, []byte("type: ")):
		return check{}, false
	case err != nil:
		c.text = "it looks like a manifest that cannot be taken apart: " + err.Error()
	default:
		ref := found.Secret.Ref
		c.text = "this is the manifest of " + model.Visible(ref.Name) + " of " + model.Visible(ref.MeshWord()) + ", and would be stored as it is"
		c.apart, c.word = true, "take it apart"
	}
	return c, true
}

// holdsManifest tells that what is to be stored looks like a manifest, which is
// asked about first.
func (f form) holdsManifest() bool {
	return slices.ContainsFunc(f.checks, func(c check) bool { return c.topic == manifestTopic })
}

// atManifest puts the bar on taking a pasted manifest apart.
func (f form) atManifest() form {
	if at := slices.IndexFunc(f.mendable(), func(c check) bool { return c.apart }); at >= 0 {
		f.at, f.mend = atChecks, at
	}
	return f
}

// takenApart fills the form with what the manifest says: mesh, name and value.
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
