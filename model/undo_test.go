package model

import (
	"testing"
	"time"
)

func snapshotOf(mesh, name, value string) Snapshot {
	return Snapshot{Secret: Secret{Ref: Ref{Mesh: mesh, Name: name}}, Value: NewValue([]byte(value))}
}

func TestUndone(t *testing.T) {
	t.Parallel()
	before, after := snapshotOf("shop", "a", "fake-old"), snapshotOf("shop", "a", "fake-new")
	before.Secret.Facts.Size = 8
	before.Secret.Labels = map[string]string{"team": "old"}
	there := after
	there.Secret.Version = Version{UID: "u", Revision: "2"}
	there.Secret.Labels = map[string]string{"team": "now"}

	added := Change{Verb: Create, After: after}.Undone(there)
	if added.Verb != Delete || added.Before.Secret.Version != there.Secret.Version {
		t.Errorf("an addition is undone by %s of %+v", added.Verb, added.Before.Secret)
	}
	edited := Change{Verb: Edit, Before: before, After: after, System: true}.Undone(there)
	if edited.Verb != Edit || !edited.System || !edited.After.Value.Equal(before.Value) || !edited.Before.Value.Equal(after.Value) {
		t.Errorf("an edit is undone by %s", edited.Verb)
	}
	if edited.After.Secret.Labels["team"] != "now" || edited.After.Secret.Facts.Size != 8 {
		t.Error("the undo of an edit is not the secret as it is now with the value from before")
	}
	deleted := Change{Verb: Delete, Before: before}.Undone(Snapshot{})
	if deleted.Verb != Create || deleted.Begun || deleted.After.Secret.Labels["team"] != "old" || !deleted.After.Value.Equal(before.Value) {
		t.Errorf("a deletion is undone by %s", deleted.Verb)
	}
	if system := (Change{Verb: Delete, Before: before, System: true}).Undone(Snapshot{}); !system.Begun {
		t.Error("a system secret could not be put back under its reserved name")
	}
	moved := Change{Verb: Reassign, Before: before, After: snapshotOf("bank", "a", "")}
	back := moved.Undone(snapshotOf("bank", "a", "fake-old"))
	if back.Verb != Reassign || back.Ref() != (Ref{"bank", "a"}) || back.After.Secret.Ref != (Ref{"shop", "a"}) {
		t.Errorf("a reassign is undone by %s from %s to %s", back.Verb, back.Ref(), back.After.Secret.Ref)
	}
}

func TestRefuseUndo(t *testing.T) {
	t.Parallel()
	old, left := snapshotOf("shop", "a", "fake-old"), snapshotOf("shop", "a", "fake-new")
	left.Secret.Version = Version{UID: "u", Revision: "2"}
	left.Secret.Facts.Fingerprint = "f1"
	with := func(change func(*Snapshot)) Snapshot {
		s := left
		change(&s)
		return s
	}
	value := with(func(s *Snapshot) { s.Value, s.Secret.Facts.Fingerprint = NewValue([]byte("fake-theirs")), "f2" })
	later := with(func(s *Snapshot) { s.Secret.Version.Revision = "3" })
	unversioned := left
	unversioned.Secret.Version = Version{}
	unversioned.Secret.Modified = time.Unix(100, 0)
	touched := unversioned
	touched.Secret.Modified = time.Unix(200, 0)
	relabelled := unversioned
	relabelled.Secret.Labels = map[string]string{"team": "theirs"}
	for name, c := range map[string]struct {
		change Change
		there  Snapshot
		found  bool
		want   string
	}{
		"deleted, and nothing there":       {Change{Verb: Delete, Before: old}, Snapshot{}, false, ""},
		"deleted, and made again":          {Change{Verb: Delete, Before: old}, old, true, "a exists again in shop, with the same value. Nothing was changed."},
		"deleted, and made anew":           {Change{Verb: Delete, Before: old}, value, true, "a exists again in shop, with another value. Nothing was changed."},
		"edited, and as it was left":       {Change{Verb: Edit, Before: old, After: left}, left, true, ""},
		"edited, and gone":                 {Change{Verb: Edit, Before: old, After: left}, Snapshot{}, false, "a is no longer in shop: somebody deleted or reassigned it since. Nothing was changed."},
		"edited, and edited by another":    {Change{Verb: Edit, Before: old, After: left}, value, true, "a has another value by now: somebody changed it since. Nothing was changed."},
		"edited, and touched by another":   {Change{Verb: Edit, Before: old, After: left}, later, true, "a was changed since, though its value is the same. Nothing was changed; look at it again."},
		"the same where none has versions": {Change{Verb: Edit, Before: old, After: unversioned}, unversioned, true, ""},
		"a later time":                     {Change{Verb: Edit, Before: old, After: unversioned}, touched, true, "a was changed since, though its value is the same. Nothing was changed; look at it again."},
		"other labels":                     {Change{Verb: Create, After: unversioned}, relabelled, true, "a was changed since, though its value is the same. Nothing was changed; look at it again."},
		"added, and as it was left":        {Change{Verb: Create, After: left}, left, true, ""},
		"reassigned, and as it was left":   {Change{Verb: Reassign, Before: old, After: left.Bare()}, left, true, ""},
		"reassigned, and edited":           {Change{Verb: Reassign, Before: old, After: left.Bare()}, value, true, "a has another value by now: somebody changed it since. Nothing was changed."},
	} {
		got := ""
		if err := c.change.RefuseUndo(c.there, c.found); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
