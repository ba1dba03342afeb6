package ui

import (
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What a secret has only as an object of Kubernetes. Of annotations and other
// keys the names are told and never what they hold: that may be as secret as
// the value.

// standing says what stands between the object and its mesh, or its life.
func (s secret) standing(r *report) {
	o := s.row.Secret.Object
	mesh := model.Visible(s.row.Secret.Ref.Mesh)
	switch {
	case o.Deleting && len(o.Finalizers) > 0:
		r.fact(look, "deleted", "it was deleted, and is held by "+visibleList(o.Finalizers)+" until that is done")
	case o.Deleting:
		r.fact(look, "deleted", "it was deleted, and is about to go")
	}
	label, labelled := s.row.Secret.Labels[model.LabelMesh]
	switch {
	case s.row.Secret.Ref.Global() && labelled:
		r.fact(look, "mesh", "none: this is a global secret, and its label kuma.io/mesh="+model.Visible(label)+" has no meaning there")
	case o.EmptyLabel:
		r.fact(look, "mesh", mesh+": its kuma.io/mesh label is empty, so the control plane finds it in no mesh; kubectl label --overwrite mends that")
	case s.row.Secret.Unlabelled:
		r.fact(look, "mesh", mesh+": the secret has no kuma.io/mesh label, and lists by mesh leave it out")
	}
}

// object is labels and what else belongs to the object.
func (s secret) object(r *report) {
	o, labels := s.row.Secret.Object, s.row.Secret.Labels
	for i, key := range o.Keys {
		r.fact(unmarked, labelOnce(i, "other keys"), model.Visible(key.Name)+", "+model.BytesWord(key.Size)+": kept, never used by the control plane")
	}
	if o.Immutable {
		r.fact(unmarked, "immutable", "its value cannot be changed; delete it and add it again")
	}
	for i, owner := range o.Owners {
		r.fact(unmarked, labelOnce(i, "belongs to"), model.Visible(owner)+": deleted together with it")
	}
	if len(o.Finalizers) > 0 && !o.Deleting {
		r.fact(unmarked, "held by", visibleList(o.Finalizers)+": a deletion waits for that")
	}
	words := labelWords(labels)
	if len(words) == 0 && s.to.id.Environment == backend.Kubernetes {
		words = []string{"none"}
	}
	r.list("labels", words)
	for i, name := range o.Annotations {
		r.fact(unmarked, labelOnce(i, "annotations"), model.Visible(name)+" = "+model.Mask)
	}
	if o.Applied {
		r.fact(look, labelOnce(len(o.Annotations), "annotations"), model.LastApplied+" = "+model.Mask)
	}
}

// labelOnce labels the first of several facts.
func labelOnce(i int, label string) string {
	if i > 0 {
		return ""
	}
	return label
}

func visibleList(texts []string) string {
	shown := make([]string, len(texts))
	for i, text := range texts {
		shown[i] = model.Visible(text)
	}
	return strings.Join(shown, ", ")
}

// exposed says that the value stands in an annotation, where more people may
// read it than may read secrets.
func (s secret) exposed(r *report) {
	if !s.row.Secret.Object.Applied {
		return
	}
	r.gap()
	r.section("In the clear", "")
	r.gap()
	r.hang(look, "That annotation holds the whole value: whoever may read annotations or backups has it.")
	r.para("Saving an edit, or reassigning, drops the annotation. A value that was exposed is best replaced.")
}

// needed is the right that is missing to read this secret.
func (s secret) needed() string {
	plane := model.Visible(s.to.entry.Name)
	if s.to.id.Environment == backend.Kubernetes {
		return "get on secrets (" + model.Visible(s.row.Secret.Ref.Name) + "), in " + model.Visible(s.to.id.SystemNamespace) + ", from whoever runs " + plane
	}
	return "read access to secrets, from whoever runs " + plane
}
