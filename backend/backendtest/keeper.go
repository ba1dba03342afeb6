package backendtest

import (
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Keeper runs the part of the contract that is about safety copies; its
// fixtures have PutObject and Refuse.
func Keeper(t *testing.T, open func(t *testing.T) Fixture) {
	tests := map[string]func(*testing.T, Fixture){
		"a safety copy holds all that is needed":            keeps,
		"there is one safety copy of an object":             keepsOnce,
		"only the safety copy that was read is dropped":     drops,
		"a safety copy is no secret":                        hidden,
		"a name is looked at whatever has it":               named,
		"what is no safety copy has a problem":              forged,
		"a reassign is taken back until it is there":        takenBack,
		"a reassign is finished by whoever finds it":        finished,
		"a refusal in the new mesh puts the secret back":    putBack,
		"a refusal that is rehearsed changes nothing":       notBegun,
		"an edit after the copying keeps the edit":          staleCopy,
		"a secret without a label keeps none when put back": unlabelledBack,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// odd is an object with values in all places in which an object has some.
func odd() Object {
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	return Object{
		Ref: refA, Value: append(bytes, canary...), Labels: map[string]string{"team": "blue", "empty": ""}, Immutable: true,
		Annotations: map[string]string{
			"note": "fake \"note\"\n\u2028<&>\x7f", "empty": "", "long": strings.Repeat("fake ", 2000), model.LastApplied: applied,
		},
		Keys: map[string][]byte{"password": []byte("fake\x00\xff\xfe"), "empty": {}, "v.value": []byte("fake"), "meta.json": []byte("{}")},
	}
}

// keeper is the control plane as a keeper of safety copies.
func keeper(t *testing.T, f Fixture) backend.Keeper {
	t.Helper()
	k, is := f.ControlPlane.(backend.Keeper)
	if !is || !f.ControlPlane.Traits().SafetyCopies {
		t.Fatal("it keeps no safety copies")
	}
	return k
}

// kept makes an object and its safety copy.
func kept(t *testing.T, f Fixture, o Object) (model.Change, model.Plan, model.SafetyCopy) {
	t.Helper()
	f.PutObject(o)
	change := moving(get(t, f, o.Ref), model.Ref{Mesh: MeshB, Name: o.Ref.Name})
	plan := model.Plan{ID: "00fa4e00fa4e00ff", From: o.Ref, To: change.After.Secret.Ref, UID: change.Before.Secret.Version.UID}
	noError(t, keeper(t, f).Keep(t.Context(), plan, change))
	copied, err := keeper(t, f).Kept(t.Context(), model.CopyName(plan.UID))
	noError(t, err)
	return change, plan, copied
}

func keeps(t *testing.T, f Fixture) {
	change, plan, copied := kept(t, f, odd())
	before := change.Before
	if copied.Problem != "" || copied.Plan != plan || copied.Copy != model.CopyName(plan.UID) || copied.Started.IsZero() || copied.Age < 0 {
		t.Errorf("the safety copy says %+v", copied.Unfinished)
	}
	if !copied.Secret.Same(before) || copied.Secret.Secret.Ref != refA || copied.Secret.Secret.Version != before.Secret.Version {
		t.Error("the safety copy holds something else")
	}
	if is := copied.Secret.Secret; !is.Object.Immutable || is.Unlabelled || is.Facts.Fingerprint != before.Secret.Facts.Fingerprint {
		t.Errorf("the safety copy is of %+v", is)
	}
	if copied.Version == before.Secret.Version || copied.Version == (model.Version{}) {
		t.Errorf("the version of the safety copy is %v", copied.Version)
	}
	found, err := f.ControlPlane.Unfinished(t.Context())
	noError(t, err)
	if len(found) != 1 || found[0].Plan != plan || found[0].Copy != copied.Copy || found[0].Problem != "" || !found[0].Started.Equal(copied.Started) {
		t.Errorf("unfinished is %+v", found)
	}
}

func keepsOnce(t *testing.T, f Fixture) {
	change, plan, first := kept(t, f, laden())
	plan.ID = "00fa4e00fa4e0002"
	wantKind(t, keeper(t, f).Keep(t.Context(), plan, change), backend.ErrExists)
	second, err := keeper(t, f).Kept(t.Context(), first.Copy)
	noError(t, err)
	if second.Version != first.Version || second.Plan != first.Plan {
		t.Errorf("the safety copy is another one: %+v", second.Unfinished)
	}
	change.Before.Secret.Version.UID = "another"
	wantKind(t, keeper(t, f).Keep(t.Context(), plan, change), backend.ErrInvalid)
}

func drops(t *testing.T, f Fixture) {
	_, _, copied := kept(t, f, laden())
	k, other := keeper(t, f), copied.Version
	other.UID = "00000000-0000-4000-8000-000000000000"
	wantKind(t, k.Drop(t.Context(), copied.Copy, other), backend.ErrConflict)
	other = copied.Version
	other.Revision = "1"
	wantKind(t, k.Drop(t.Context(), copied.Copy, other), backend.ErrConflict)
	wantKind(t, k.Drop(t.Context(), copied.Copy, model.Version{}), backend.ErrInvalid)
	noError(t, k.Drop(t.Context(), copied.Copy, copied.Version))
	wantKind(t, k.Drop(t.Context(), copied.Copy, copied.Version), backend.ErrNotFound)
	_, err := k.Kept(t.Context(), copied.Copy)
	wantKind(t, err, backend.ErrNotFound)
}

func hidden(t *testing.T, f Fixture) {
	_, _, copied := kept(t, f, laden())
	all, err := All(t.Context(), f.ControlPlane, backend.Query{})
	noError(t, err)
	for _, s := range all {
		if s.Ref.Name == copied.Copy {
			t.Errorf("the safety copy is listed as %v", s.Ref)
		}
	}
	_, err = f.ControlPlane.Locate(t.Context(), copied.Copy)
	wantKind(t, err, backend.ErrNotFound)
	wantGone(t, f, model.Ref{Mesh: MeshA, Name: copied.Copy})
	wantGone(t, f, model.Ref{Name: copied.Copy})
}

func named(t *testing.T, f Fixture) {
	k := keeper(t, f)
	_, err := k.Named(t.Context(), refA.Name)
	wantKind(t, err, backend.ErrNotFound)
	f.PutObject(odd())
	found, err := k.Named(t.Context(), refA.Name)
	noError(t, err)
	if !found.Same(get(t, f, refA)) || found.Secret.Ref != refA {
		t.Errorf("by its name it is %v, and something else", found.Secret.Ref)
	}
	for name, other := range map[string]Object{
		"global": {Ref: model.Ref{Name: "contract-global"}, Value: []byte(canary)},
		"opaque": {Ref: model.Ref{Mesh: MeshA, Name: "contract-opaque"}, Type: "Opaque", Value: []byte(canary), Unlabelled: true},
	} {
		f.PutObject(other)
		found, err := k.Named(t.Context(), other.Ref.Name)
		noError(t, err)
		if found.Value.Len() > 0 || found.Secret.Ref != (model.Ref{Name: other.Ref.Name}) || found.Secret.Version != (model.Version{}) {
			t.Errorf("%s: it is %+v", name, found.Secret)
		}
		if found.Secret.Object.Type != other.Type {
			t.Errorf("%s: it is of type %q, not %q", name, found.Secret.Object.Type, other.Type)
		}
	}
}

// forged puts objects that are not what they seem under names of safety copies.
func forged(t *testing.T, f Fixture) {
	const kind = "meshsecrets.io/reassign-v1"
	notes := map[string]string{
		"meshsecrets.io/from-mesh": MeshA, "meshsecrets.io/to-mesh": MeshB, "meshsecrets.io/source-name": refA.Name,
		"meshsecrets.io/source-uid": "u-2", "meshsecrets.io/source-rv": "7", "meshsecrets.io/by": "jo",
	}
	keys := map[string][]byte{"v.value": []byte(canary)}
	for name, o := range map[string]Object{
		"meshsecrets-reassign-u-1": {Type: kind, Value: []byte(canary), Immutable: true},
		"meshsecrets-reassign-u-2": {Type: kind, Keys: keys, Annotations: notes, Labels: map[string]string{model.LabelReassign: "fake"}, Immutable: true},
		"meshsecrets-reassign-u-3": {Type: kind, Keys: keys, Annotations: notes, Labels: map[string]string{model.LabelReassign: "fake"}},
		"meshsecrets-reassign-u-4": {Type: "Opaque", Value: []byte(canary)},
		"meshsecrets-reassign-u-5": {Value: []byte(canary)},
	} {
		o.Ref = model.Ref{Mesh: MeshA, Name: name}
		f.PutObject(o)
		copied, err := keeper(t, f).Kept(t.Context(), name)
		noError(t, err)
		if copied.Problem != name+" does not hold what a safety copy holds." || copied.Plan != (model.Plan{}) || copied.Secret.Value.Len() > 0 {
			t.Errorf("%s: it is taken for %+v", name, copied.Unfinished)
		}
	}
	found, err := f.ControlPlane.Unfinished(t.Context())
	noError(t, err)
	if len(found) != 3 {
		t.Errorf("%d are unfinished: %+v", len(found), found)
	}
}

// wantWhole checks that a secret is in one mesh as it was, and nothing is left
// of its reassign.
func wantWhole(t *testing.T, f Fixture, o Object, at, not model.Ref) {
	t.Helper()
	found := get(t, f, at)
	defer found.Wipe()
	if labels := found.Secret.Labels; labels[model.LabelReassign] != "" || labels[model.LabelFrom] != "" || labels["team"] != o.Labels["team"] {
		t.Errorf("its labels are %v", labels)
	}
	if !found.Value.Equal(model.NewValue(o.Value)) || len(found.Rest.Keys) != len(o.Keys) || found.Secret.Object.Immutable != o.Immutable {
		t.Errorf("%v holds something else", at)
	}
	for name, text := range o.Annotations {
		if name != model.LastApplied && !found.Rest.Annotations[name].Equal(model.NewValue([]byte(text))) {
			t.Errorf("its annotation %s is another", name)
		}
	}
	wantGone(t, f, not)
	left, err := f.ControlPlane.Unfinished(t.Context())
	noError(t, err)
	if len(left) != 0 {
		t.Errorf("it is unfinished: %+v", left)
	}
}

// someSteps takes some steps of a reassign, and tells whether it was done.
func someSteps(t *testing.T, f Fixture, change model.Change, steps int) (backend.Progress, bool) {
	t.Helper()
	at := gate(f).Begin(t.Context(), change)
	for range steps {
		var err error
		at, err = gate(f).Advance(t.Context(), change, at)
		noError(t, err)
	}
	return at, at.Next == model.Done && steps > 0
}

// takenBack takes a reassign back after any number of steps. What lost its tag in
// the new mesh is finished, and stays.
func takenBack(t *testing.T, f Fixture) {
	stayed := false
	for steps := range manySteps {
		f.PutObject(odd())
		change := moving(get(t, f, refA), refB)
		at, done := someSteps(t, f, change, steps)
		if done && steps < 4 {
			t.Errorf("it was done after %d steps", steps)
		}
		if at.World.Target == model.Present && !at.World.Tagged {
			stayed = true
			wantStaying(t, f, change, at)
			f.Remove(refB)
		} else {
			proceed(t, f, change, at.Reverse())
			wantWhole(t, f, odd(), refA, refB)
			f.Remove(refA)
		}
		if done && stayed {
			return
		}
	}
	t.Error("it was never done")
}

// wantStaying checks that what is finished in the new mesh is not taken back, be
// it looked at again or not.
func wantStaying(t *testing.T, f Fixture, change model.Change, at backend.Progress) {
	t.Helper()
	for _, back := range []backend.Progress{at.Reverse(), at.Reverse().Anew()} {
		back, err := gate(f).Advance(t.Context(), change, back)
		noError(t, err)
		if back.Next != model.Stuck {
			t.Errorf("it is taken back: next is %v, at %+v", back.Next, back.World)
		}
	}
	proceed(t, f, change, at.Anew())
	wantWhole(t, f, odd(), refB, refA)
}

func finished(t *testing.T, f Fixture) {
	for steps := 1; steps < manySteps; steps++ {
		f.PutObject(odd())
		change := moving(get(t, f, refA), refB)
		_, done := someSteps(t, f, change, steps)
		if done {
			wantWhole(t, f, odd(), refB, refA)
			return
		}
		found, err := f.ControlPlane.Unfinished(t.Context())
		noError(t, err)
		if len(found) != 1 {
			t.Fatalf("after %d steps %d are unfinished", steps, len(found))
		}
		resumed, err := gate(f).Resume(t.Context(), found[0])
		noError(t, err)
		proceed(t, f, resumed.Change, resumed.Progress)
		resumed.Wipe()
		wantWhole(t, f, odd(), refB, refA)
		f.Remove(refB)
	}
	t.Error("it was never done")
}

func putBack(t *testing.T, f Fixture) {
	f.PutObject(odd())
	change := moving(get(t, f, refA), refB)
	f.Refuse(MeshB, false)
	at := move(t, f, change)
	wantKind(t, at.Why, backend.ErrInvalid)
	if !at.TakenBack || at.Why == nil {
		t.Errorf("it was not taken back: %+v", at.World)
	}
	wantWhole(t, f, odd(), refA, refB)
}

func notBegun(t *testing.T, f Fixture) {
	f.PutObject(odd())
	change := moving(get(t, f, refA), refB)
	f.Refuse(MeshB, true)
	at := gate(f).Begin(t.Context(), change)
	var err error
	for err == nil && at.Next != model.Done {
		at, err = gate(f).Advance(t.Context(), change, at)
	}
	if err == nil || !at.Undone || at.World.Source != model.Present {
		t.Errorf("it was begun: %v, %+v", err, at.World)
	}
	wantWhole(t, f, odd(), refA, refB)
	if found := get(t, f, refA); found.Secret.Version.UID != change.Before.Secret.Version.UID {
		t.Error("the secret is another one")
	}
}

// staleCopy edits a secret after its safety copy was written.
func staleCopy(t *testing.T, f Fixture) {
	f.PutObject(laden())
	change := moving(get(t, f, refA), refB)
	at, _ := someSteps(t, f, change, 1)
	_, err := f.ControlPlane.Update(t.Context(), get(t, f, refA), snapshot(refA, "fake-second"))
	noError(t, err)
	at, err = gate(f).Advance(t.Context(), change, at)
	if err == nil || !strings.Contains(err.Error(), "omebody changed it meanwhile") || !at.Undone {
		t.Errorf("got %v; what was begun is left: %+v", err, at.World)
	}
	wantValue(t, f, refA, "fake-second")
	wantGone(t, f, refB)
}

func unlabelledBack(t *testing.T, f Fixture) {
	o := laden()
	o.Unlabelled = true
	f.PutObject(o)
	change := moving(get(t, f, refA), refB)
	f.Refuse(MeshB, false)
	move(t, f, change)
	wantWhole(t, f, o, refA, refB)
	if found := get(t, f, refA).Secret; !found.Unlabelled {
		t.Errorf("it has labels now: %v", found.Labels)
	}
}
