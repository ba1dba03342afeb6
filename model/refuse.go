package model

import (
	"fmt"
	"slices"
)

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
	case c.Verb == Create && !c.Begun:
		return c.refuseNew()
	case c.Verb == Reassign:
		return c.refuseReassign()
	}
	return nil
}

// refuseNew keeps the names of the control plane's own secrets free: whatever
// stands there it takes for its own.
func (c Change) refuseNew() error {
	ref := c.Ref()
	if reason, is := ReservedName(ref); is {
		return &Refusal{Text: reason}
	}
	for _, u := range c.Users {
		if u.Implied {
			return refuse("%s is reserved: the control plane makes it by itself for %s.", Visible(ref.Name), u.User())
		}
	}
	return nil
}

// refuseReassign holds the rules of a move: see RefuseMove for those that need
// no target.
func (c Change) refuseReassign() error {
	from, to := c.Before.Secret.Ref, c.After.Secret.Ref
	if err := RefuseMove(c.Before.Secret, c.System || !c.Begun && c.ofSystem()); err != nil {
		return err
	}
	name := Visible(from.Name)
	switch {
	case to.Global():
		return refuse("%s cannot become a global secret: that is of another kind. Add it there instead.", name)
	case from.Mesh == to.Mesh:
		return refuse("%s is in mesh %s already. Choose another mesh.", name, Visible(to.Mesh))
	case c.Begun:
		return nil
	}
	if err := c.refuseArrival(); err != nil {
		return err
	}
	if err := RefuseLoss(from, c.Users); err != nil {
		return err
	}
	if c.NeedsOverride() && !c.Despite {
		return refuse("%s stays: %s of mesh %s names it. Take the reference out first, or agree to go on in spite of it.",
			name, c.Users[0].User(), Visible(from.Mesh))
	}
	return nil
}

// ofSystem tells whether the control plane made the secret for itself, by all
// that is known of it: whoever asks may have known less of it.
func (c Change) ofSystem() bool {
	_, system := ClassifySystem(c.Before.Secret)
	return system || implied(c.Users)
}

// refuseArrival keeps a secret from becoming one of the control plane's own by
// its name in the new mesh.
func (c Change) refuseArrival() error {
	to := c.After.Secret.Ref
	name, mesh := Visible(to.Name), Visible(to.Mesh)
	if _, _, is := familyOf(to); is {
		return refuse("%s stays: in mesh %s that is the name of a secret of the control plane's own.", name, mesh)
	}
	for _, u := range c.Awaited {
		if u.Implied {
			return refuse("%s stays: in mesh %s the control plane makes a secret of that name by itself, for %s.", name, mesh, u.User())
		}
	}
	return nil
}

// RefuseLoss tells why a secret may not leave those who refer to it, whoever
// agrees to it, or nil: without it an mTLS backend issues no certificates.
func RefuseLoss(ref Ref, users []Reference) error {
	known := func(u Reference) bool { return u.OfBackend() && !u.Guessed && !u.Ignored }
	at, does := slices.IndexFunc(users, known), "uses"
	if at < 0 {
		at, does = slices.IndexFunc(users, Reference.OfBackend), "names"
	}
	if at < 0 {
		return nil
	}
	by, mesh := Visible(users[at].By), Visible(users[at].Mesh)
	return refuse("%s stays: mTLS backend %s of %s %s it. Take the reference out of mesh %s first.", Visible(ref.Name), by, mesh, does, mesh)
}

// NeedsOverride tells whether a reassign takes a secret away from policies that
// refer to it. That is not refused, as they may be meant to follow, but agreed
// to in so many words.
func (c Change) NeedsOverride() bool {
	return c.Verb == Reassign && len(c.Users) > 0 && !slices.ContainsFunc(c.Users, Reference.OfBackend)
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
