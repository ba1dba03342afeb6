package model

import (
	"maps"
	"slices"
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
	Awaited  []Reference    // of a reassign: what refers to it where it is to be, and misses it so far
	Read     []ResourceKind // the kinds that were read whole to find them
	Unread   []Unread       // the kinds that were not, or not whole
	System   bool           // it belongs to the control plane itself
	Orphaned bool           // its mesh does not exist
	Harms    bool           // of an addition or edit: somebody who refers to it is refused or fails with the new value
	Despite  bool           // of a reassign: somebody agreed to it in spite of the policies that refer to it
	// Begun tells that it goes on with what was begun before, or puts back what
	// was there: rules that only keep one from beginning do not stop it, as a
	// value must not be nowhere because of them.
	Begun bool
}

// Unseen are the kinds that were not read and could name the secret: whether it
// is used there, nobody knows. A Gateway names nothing but the copies made for it,
// and nothing names a global secret.
func (c Change) Unseen() []Unread {
	if c.Ref().Global() {
		return nil
	}
	copied := strings.HasPrefix(c.Ref().Name, gatewayCopy.prefix)
	return slices.DeleteFunc(slices.Clone(c.Unread), func(u Unread) bool {
		return !u.MayBeThere() || u.Kind == KindGateway && !copied
	})
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

// Confirmation is what a change asks for before it is made.
type Confirmation uint8

// The confirmations, from none to the strongest.
const (
	Straight Confirmation = iota // it is made at once
	Choose                       // a choice whose first line keeps things as they are
	TypeName                     // the phrase is typed
	Override                     // "override" is typed before the phrase
	Unlock                       // "unlock system" is typed before the phrase
)

// What is typed before the phrase: UnlockPhrase opens a system secret for a
// change, OverridePhrase lets a secret go that policies refer to.
const (
	UnlockPhrase   = "unlock system"
	OverridePhrase = "override"
)

// First is what is typed before the phrase, "" when nothing is.
func (k Confirmation) First() string {
	switch k {
	case Unlock:
		return UnlockPhrase
	case Override:
		return OverridePhrase
	case Straight, Choose, TypeName:
	}
	return ""
}

// Confirmation tells what the change asks for on a control plane that is, or
// is not, protected.
func (c Change) Confirmation(protected bool) Confirmation {
	switch {
	case c.System && c.Verb != Create:
		return Unlock
	case c.NeedsOverride():
		return Override
	case c.Verb == Delete && IsRevocations(c.Ref()), c.Verb == Reassign, protected, c.InUse() && c.Verb != Create:
		return TypeName
	case c.Verb == Delete, c.Harms, c.blind():
		return Choose
	}
	return Straight
}

// blind tells that a value is replaced while nobody knows who uses it.
func (c Change) blind() bool { return c.Verb == Edit && len(c.Unseen()) > 0 }

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
