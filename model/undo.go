package model

import "maps"

// Undone is the change that takes this one back. There is the secret as it is
// now, where this change left one; the result shares the values of both.
//
// A secret of the control plane's own is put back under its reserved name, so
// that counts as begun; any other goes through the rules of an addition anew.
func (c Change) Undone(there Snapshot) Change {
	back := Change{Before: there, System: c.System}
	switch c.Verb {
	case Create:
		back.Verb = Delete
	case Edit:
		back.Verb = Edit
		back.After = Snapshot{Secret: there.Secret, Value: c.Before.Value}
		back.After.Secret.Facts = c.Before.Secret.Facts
	case Delete:
		back = Change{Verb: Create, After: c.Before, System: c.System, Begun: c.System}
	case Reassign:
		back.Verb = Reassign
		back.After = Snapshot{Secret: there.Secret}
		back.After.Secret.Ref = c.Before.Secret.Ref
	}
	return back
}

// RefuseUndo tells why this change cannot be taken back from what is there now,
// or nil: it would take away what somebody else did since. A deletion is taken
// back only where nothing is, anything else only from what it left.
func (c Change) RefuseUndo(there Snapshot, found bool) error {
	ref := c.Left()
	name, mesh := Visible(ref.Name), Visible(ref.MeshWord())
	switch {
	case c.Verb == Delete && !found:
		return nil
	case c.Verb == Delete && there.Value.Equal(c.Before.Value):
		return refuse("%s exists again in %s, with the same value. Nothing was changed.", name, mesh)
	case c.Verb == Delete:
		return refuse("%s exists again in %s, with another value. Nothing was changed.", name, mesh)
	case !found:
		return refuse("%s is no longer in %s: somebody deleted or reassigned it since. Nothing was changed.", name, mesh)
	case c.Verb == Reassign && other(c.After.Secret.Facts.Fingerprint, there.Secret.Facts.Fingerprint),
		c.Verb != Reassign && !there.Value.Equal(c.After.Value):
		return refuse("%s has another value by now: somebody changed it since. Nothing was changed.", name)
	case c.After.Secret.MovedOn(there.Secret):
		return refuse("%s was changed since, though its value is the same. Nothing was changed; look at it again.", name)
	}
	return nil
}

// Left is the secret that the change left, or took away.
func (c Change) Left() Ref {
	if c.Verb == Reassign {
		return c.After.Secret.Ref
	}
	return c.Ref()
}

// MovedOn tells whether a secret is known to be of another state by now: by its
// version where the control plane tells one, else by what is learnt of its value,
// its time and the user's labels.
func (s Secret) MovedOn(now Secret) bool {
	if other(s.Facts.Fingerprint, now.Facts.Fingerprint) {
		return true
	}
	v, o := s.Version, now.Version
	if v != (Version{}) && o != (Version{}) {
		return other(v.UID, o.UID) || other(v.Revision, o.Revision)
	}
	timed := !s.Modified.IsZero() && !now.Modified.IsZero()
	return timed && !s.Modified.Equal(now.Modified) || !maps.Equal(Carry(s.Labels), Carry(now.Labels))
}

// other tells whether two words are known and differ.
func other(a, b string) bool { return a != "" && b != "" && a != b }
