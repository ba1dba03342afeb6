package ui

import (
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// Deeds are those of the pane that has the keys.
func (b browse) Deeds(f Frame) []Deed {
	if b.to == nil {
		return b.connectingDeeds()
	}
	if b.typing_ {
		return []Deed{{ID: keymap.Keep}, {ID: keymap.ClearFilter}}
	}
	deeds := moves()
	if b.denied != nil {
		deeds = append(deeds, Deed{ID: keymap.Reload, Word: "ask again"})
	}
	if b.fault() != nil {
		deeds = append(deeds, Deed{ID: keymap.Reload, Word: "try now"})
	}
	if b.pane == meshesPane {
		return append(deeds, b.meshDeeds(f)...)
	}
	return append(deeds, b.secretDeeds(f)...)
}

// unnumbered says why meshes have no numbers yet: those that secrets name may
// not exist, and a digit must not choose another mesh a moment later.
func (b browse) unnumbered() string {
	switch {
	case b.stock.looked:
		return ""
	case b.stock.unseen != "":
		return "The meshes could not be read, so they have no numbers yet. tab goes to those that secrets name."
	}
	return "The meshes are still being read. Try again in a moment."
}

func (b browse) secretDeeds(f Frame) []Deed {
	row, ok := b.row()
	quiet := b.muted() != ""
	var deeds []Deed
	if ok {
		why := b.rowless(row)
		deeds = append(deeds, Deed{ID: keymap.Open})
		deeds = append(deeds, b.paneDeed(f, "meshes"), Deed{ID: keymap.Filter},
			Deed{ID: keymap.Reveal, Not: why},
			Deed{ID: keymap.Edit, Not: firstOf(why, b.silent(), b.stock.waiting(), b.to.cannotEdit(row)), Quiet: quiet},
			Deed{ID: keymap.EditOutside, Not: firstOf(why, b.silent(), b.stock.waiting(), b.to.cannotEdit(row)), Quiet: true},
			b.moveDeed(row),
			Deed{ID: keymap.Add, Not: b.silent(), Quiet: quiet},
			b.deleteDeed(row),
			Deed{ID: keymap.UsedBy},
			Deed{ID: keymap.Manifest, Not: why, Quiet: true},
			Deed{ID: keymap.Resend, Not: b.silent(), Quiet: true})
		deeds = append(deeds, copyDeeds(why)...)
		deeds = b.withMarks(f, deeds)
	} else {
		deeds = append(deeds, Deed{ID: keymap.Add, Not: b.silent(), Quiet: b.silent() != ""}, b.paneDeed(f, "meshes"), Deed{ID: keymap.Filter, Quiet: true},
			Deed{ID: keymap.UsedBy, Not: b.noTrust()}, Deed{ID: keymap.AllMeshes}, Deed{ID: keymap.ClearMarks, Quiet: b.marks.none()})
	}
	return append(deeds, b.commonDeeds()...)
}

func (b browse) meshDeeds(f Frame) []Deed {
	return append([]Deed{{ID: keymap.Open, Word: "its secrets"}, b.paneDeed(f, "secrets"), {ID: keymap.UsedBy, Not: b.noTrust()}, {ID: keymap.Add, Not: b.silent()}, {ID: keymap.Filter}, {ID: keymap.Resend, Not: b.silent(), Quiet: true}}, b.commonDeeds()...)
}

func (b browse) paneDeed(f Frame, word string) Deed {
	return Deed{ID: keymap.OtherPane, Word: word, Quiet: f.Width >= twoPanes && b.pane == secretsPane}
}

func (b browse) commonDeeds() []Deed {
	deeds := []Deed{{ID: keymap.Problems}, {ID: keymap.Sort, Quiet: true}, {ID: keymap.Reverse, Quiet: true}, {ID: keymap.AllMeshes, Quiet: true}, {ID: keymap.NthMesh, Quiet: true, Not: b.unnumbered()}, {ID: keymap.OpenNamed, Quiet: true}, {ID: keymap.OpenMesh, Quiet: true}, {ID: keymap.Recover, Quiet: true}, {ID: keymap.Undo, Quiet: true}}
	if !b.to.traits.ListsFacts {
		deeds = append(deeds, Deed{ID: keymap.LearnFacts, Quiet: true})
	}
	if b.fault() == nil && b.denied == nil {
		deeds = append(deeds, Deed{ID: keymap.Reload, Quiet: true})
	}
	if !b.root {
		deeds = append(deeds, Deed{ID: keymap.Planes, Quiet: true})
	}
	switch {
	case b.reading(), b.lessons.all:
		deeds = append(deeds, Deed{ID: keymap.Back, Word: "stop reading", Quiet: true})
	case b.text != "":
		deeds = append(deeds, Deed{ID: keymap.Back, Word: "clear the filter", Pin: b.marks.none()})
	case !b.marks.none():
		deeds = append(deeds, Deed{ID: keymap.Back, Word: "clear the marks"})
	case b.root:
		deeds = append(deeds, Deed{ID: keymap.Back, Word: "quit", Quiet: true})
	default:
		deeds = append(deeds, Deed{ID: keymap.Back, Quiet: true})
	}
	return append(deeds, standing("")...)
}

// silent says why nothing can be changed: the control plane does not answer,
// or the mesh is not there.
func (b browse) silent() string {
	muted := b.muted()
	switch {
	case muted != "":
		return muted + "; ctrl+r tries now."
	case !b.scope.All && !b.scope.Global && b.stock.meshes != nil && b.stock.whole && !b.known(b.scope.Mesh):
		return "Mesh " + model.Visible(b.scope.Mesh) + " does not exist here, so nothing can be added to it. 0 shows all meshes."
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// rowless says why a row has nothing to open.
func (b browse) rowless(row model.Row) string {
	if !row.Ghost() {
		return ""
	}
	return model.Visible(row.Secret.Ref.Name) + " is missing: " + row.Users[0].User() + " names it, but it is not there." + b.to.mendsMissing(row.Secret.Ref)
}

// noTrust says why there is no trust to show of what is chosen.
func (b browse) noTrust() string {
	switch {
	case b.scope.All:
		return "Choose one mesh to see how it hangs together."
	case b.scope.Global:
		return "Global secrets belong to no mesh; on one of them u says more."
	case b.stock.looked && !b.known(b.scope.Mesh):
		return "Mesh " + model.Visible(b.scope.Mesh) + " does not exist here. 0 shows all meshes."
	}
	return ""
}

// addsIt says how a missing secret is made, where that is possible.
func (b browse) addsIt() string {
	if readOnly, _ := b.to.gate.ReadOnly(); readOnly {
		return ""
	}
	return " a adds it."
}

// mendsMissing says how one missing secret is made, or why it is not.
func (s *session) mendsMissing(ref model.Ref) string {
	if why := model.NotAdded(ref); why != "" {
		return " " + why
	}
	if readOnly, _ := s.gate.ReadOnly(); readOnly {
		return ""
	}
	return " a adds it."
}

// cannotChange says why a row cannot be changed at all, whoever asks.
func (s *session) cannotChange(row model.Row) string {
	change := model.Change{Verb: model.Edit, Before: model.Snapshot{Secret: row.Secret}, Orphaned: row.Orphaned}
	return sentence(change.Refuse(model.Ground{Orphans: s.gate.Ground().Orphans}))
}

// cannotEdit says why a value cannot be edited.
func (s *session) cannotEdit(row model.Row) string {
	return firstOf(s.cannotChange(row), immutable(row.Secret))
}

// immutable says that Kubernetes refuses to change the value of a secret.
func immutable(s model.Secret) string {
	if !s.Object.Immutable {
		return ""
	}
	return model.Visible(s.Ref.Name) + " is immutable and cannot be edited. Delete it and add it again, or reassign it."
}

func (s *session) cannotMove(row model.Row) string {
	return firstOf(s.cannotChange(row), sentence(model.RefuseMove(row.Secret, row.System)))
}

// orphanWord says what can be done with a secret whose mesh does not exist. It
// advises no deletion: the mesh may be made again.
func (s *session) orphanWord() string {
	if s.gate.Ground().Orphans {
		return "who refers to it may come back with the mesh; it can be reassigned to a mesh that exists"
	}
	return "the value can be read; nothing can be changed until the mesh is made again"
}

func sentence(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// goesTo is what the command line finds by name.
func (b browse) goesTo() model.Inventory { return b.stock.inventory }
