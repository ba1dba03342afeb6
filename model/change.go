package model

import (
	"fmt"
	"maps"
	"strings"
)

// Verb is what a change does.
type Verb uint8

// The verbs.
const (
	Create Verb = iota
	Edit
	Delete
	Reassign
)

// String is the verb as a screen says it.
func (v Verb) String() string {
	switch v {
	case Create:
		return "add"
	case Edit:
		return "edit"
	case Delete:
		return "delete"
	case Reassign:
		return "reassign"
	}
	return "change"
}

// Change is one change of one secret, as a value: what is there before, what
// is to be there after, what refers to it and what was read to know that.
// Every write of the console is a Change that goes through backend.Gate.
type Change struct {
	Verb   Verb
	Before Snapshot // zero for Create
	After  Snapshot // zero for Delete; for Reassign as it is to be in the other mesh

	Users    []Reference    // what refers to the secret
	Read     []ResourceKind // the kinds that were read to find them
	Unread   []Unread       // the kinds that were not
	System   bool           // it belongs to the control plane itself
	Orphaned bool           // its mesh does not exist
}

// Unread is a kind of resource that was not read for references, and why.
type Unread struct {
	Kind ResourceKind
	Why  string // "not on this control plane", "you may not list it"
}

// Ref is the secret that the change is about: where it is now, or where it is
// to be.
func (c Change) Ref() Ref {
	if c.Verb == Create {
		return c.After.Secret.Ref
	}
	return c.Before.Secret.Ref
}

// InUse tells whether an enabled mTLS backend or a policy refers to it.
func (c Change) InUse() bool {
	for _, u := range c.Users {
		if u.Enabled {
			return true
		}
	}
	return false
}

// Clone is the same change with values of its own, so that whoever asked for
// it may wipe theirs while it is made.
func (c Change) Clone() Change {
	c.Before, c.After = c.Before.Clone(), c.After.Clone()
	return c
}

// Bare is the change without anything that may be secret.
func (c Change) Bare() Change {
	c.Before, c.After = c.Before.Bare(), c.After.Bare()
	return c
}

// Wipe overwrites everything that may be secret in it.
func (c Change) Wipe() {
	c.Before.Wipe()
	c.After.Wipe()
}

// Ground is what a change stands on: the control plane as far as it decides
// what may be changed.
type Ground struct {
	ReadOnly    bool   // no writing at all
	WhyReadOnly string // "--read-only", "the control plane says so"
	Name        string // the control plane's name
	Zone        bool   // it is a zone that follows a global control plane
	ZoneUnknown bool   // it does not say whether it is one
	Orphans     bool   // what belongs to a mesh that does not exist can be changed too, as on Kubernetes
}

// Refusal is a reason why a change may not be made, with the next step, as one
// sentence or two.
type Refusal struct{ Text string }

// Error is the sentence.
func (r *Refusal) Error() string { return r.Text }

func refuse(format string, args ...any) error {
	return &Refusal{Text: fmt.Sprintf(format, args...)}
}

// Refuse tells why a change may not be made, or nil. It is the one place where
// that is decided; what needs a confirmation is decided by Confirmation.
func (c Change) Refuse(g Ground) error {
	ref := c.Ref()
	name, mesh := Visible(ref.Name), Visible(ref.MeshWord())
	switch {
	case g.ReadOnly:
		return refuse("%s is read-only (%s): nothing can be changed here.", Visible(g.Name), g.WhyReadOnly)
	case c.Orphaned && !g.Orphans:
		return refuse("%s cannot be changed: mesh %s does not exist. Make the mesh again first; reading works.", name, mesh)
	case c.Verb != Create && c.Before.Secret.Object.Deleting:
		return refuse("%s is being deleted already; finalizers hold it (%s).", name, visibleList(c.Before.Secret.Object.Finalizers))
	case c.Verb == Delete && len(c.Before.Secret.Object.Finalizers) > 0:
		return refuse("%s stays: finalizers would hold it when it is deleted (%s). Whoever set them has to let go first.", name, visibleList(c.Before.Secret.Object.Finalizers))
	case c.Verb != Create && g.Zone && c.Before.Secret.Synced():
		return refuse("%s comes from the global control plane, and a change on this zone would be undone. Change it there.", name)
	case c.Verb != Create && g.ZoneUnknown && c.Before.Secret.Synced():
		return refuse("%s comes from a global control plane, and %s does not say whether it follows one: a change here could be undone. Change it there.", name, Visible(g.Name))
	case c.Verb == Reassign:
		return c.refuseReassign()
	}
	return nil
}

// refuseReassign holds the rules of a move: see RefuseMove for those that need
// no target.
func (c Change) refuseReassign() error {
	from, to := c.Before.Secret.Ref, c.After.Secret.Ref
	if err := RefuseMove(c.Before.Secret, c.System); err != nil {
		return err
	}
	name := Visible(from.Name)
	switch {
	case to.Global():
		return refuse("%s cannot become a global secret: that is of another kind. Add it there instead.", name)
	case from.Mesh == to.Mesh:
		return refuse("%s is in mesh %s already. Choose another mesh.", name, Visible(to.Mesh))
	}
	for _, u := range c.Users {
		if u.Kind == KindMesh {
			return refuse("%s stays: mTLS backend %s of %s uses it. Take the reference out of mesh %s first.",
				name, Visible(u.By), Visible(u.Mesh), Visible(u.Mesh))
		}
	}
	for _, u := range c.Users {
		return refuse("%s stays: %s of mesh %s uses it. Take the reference out first.", name, u.User(), Visible(u.Mesh))
	}
	return nil
}

// RefuseMove tells why a secret can never be reassigned, whatever the mesh, or
// nil.
func RefuseMove(s Secret, system bool) error {
	name := Visible(s.Ref.Name)
	switch {
	case s.Object.Deleting:
		return refuse("%s is being deleted already; finalizers hold it (%s).", name, visibleList(s.Object.Finalizers))
	case len(s.Object.Finalizers) > 0:
		return refuse("%s stays: finalizers would hold it when it is deleted (%s). Whoever set them has to let go first.", name, visibleList(s.Object.Finalizers))
	case system:
		return refuse("%s is a system secret and cannot be reassigned.", name)
	case s.Ref.Global():
		return refuse("%s is a global secret and cannot be reassigned. Add it to a mesh instead.", name)
	case len(s.Object.Owners) > 0:
		return refuse("%s stays: it belongs to %s, and is made and deleted together with that.", name, visibleList(s.Object.Owners))
	case s.Object.EmptyLabel:
		return refuse("%s stays: its mesh label is empty, so the control plane finds it in no mesh. Give it a label first.", name)
	}
	return nil
}

// Confirmation is what a change asks for before it is made.
type Confirmation uint8

// The confirmations, from none to the strongest.
const (
	Straight Confirmation = iota // it is made at once
	Choose                       // a choice whose first line keeps things as they are
	TypeName                     // the phrase is typed
	Unlock                       // "unlock system" is typed before the phrase
)

// UnlockPhrase opens a system secret for a change.
const UnlockPhrase = "unlock system"

// Confirmation tells what the change asks for on a control plane that is, or
// is not, protected.
func (c Change) Confirmation(protected bool) Confirmation {
	switch {
	case c.System && c.Verb != Create:
		return Unlock
	case c.Verb == Delete && IsRevocations(c.Ref()), c.Verb == Reassign, protected, c.InUse() && c.Verb != Create:
		return TypeName
	case c.Verb == Delete:
		return Choose
	}
	return Straight
}

// Phrase is what is typed to confirm: the control plane's name when it is
// protected, the secret's name, and for a reassign the target mesh.
func (c Change) Phrase(controlPlane string, protected bool) string {
	phrase := c.Ref().Name
	if protected {
		phrase = controlPlane + " " + phrase
	}
	if c.Verb == Reassign {
		phrase += " " + c.After.Secret.Ref.Mesh
	}
	return phrase
}

// Carry gives the labels that go with a secret into another mesh: those of its
// user and its display name. The others are computed by the control plane,
// which refuses the old mesh's.
func Carry(labels map[string]string) map[string]string {
	carried := maps.Clone(labels)
	maps.DeleteFunc(carried, func(name, _ string) bool { return strings.HasPrefix(name, labelsOfKubernetes) })
	for _, computed := range []string{LabelMesh, LabelOrigin, LabelZone, LabelEnv} {
		delete(carried, computed)
	}
	return carried
}

// labelsOfKubernetes begins the labels that a control plane on Kubernetes
// computes.
const labelsOfKubernetes = "k8s.kuma.io/"

// visibleList is a list in words, made visible.
func visibleList(words []string) string {
	shown := make([]string, len(words))
	for i, w := range words {
		shown[i] = Visible(w)
	}
	return strings.Join(shown, ", ")
}
