package backendtest

import (
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Object is a secret as only a cluster can have it.
type Object struct {
	Ref         model.Ref
	Type        string // "" for that of the ref
	Value       []byte
	Labels      map[string]string
	Annotations map[string]string
	Keys        map[string][]byte // other data keys
	Finalizers  []string
	Immutable   bool
	Unlabelled  bool // it has no mesh label: the ref's mesh is default
}

// Objects runs the part of the contract that is about objects of a cluster;
// its fixtures have PutObject.
func Objects(t *testing.T, open func(t *testing.T) Fixture) {
	tests := map[string]func(*testing.T, Fixture){
		"an edit leaves what is not ours":                       restSurvives,
		"an edit drops what kubectl keeps of old values":        appliedDropped,
		"a reassign carries what is not ours":                   restCarried,
		"a secret of another type is not there, but in the way": otherType,
		"a name of another mesh is told":                        otherMesh,
		"a secret without a label belongs to default":           unlabelled,
		"an immutable secret keeps its value":                   immutable,
		"a rehearsal changes nothing":                           rehearsed,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

const applied = `{"data":{"value":"` + canary + `"}}`

// laden is an object with everything that is not ours.
func laden() Object {
	return Object{
		Ref: refA, Value: []byte("fake-first"), Labels: map[string]string{"team": "blue"},
		Annotations: map[string]string{"note": "fake note", model.LastApplied: applied},
		Keys:        map[string][]byte{"password": []byte("fake\x00password")},
	}
}

func wantRest(t *testing.T, found model.Snapshot, value string) {
	t.Helper()
	note, password := model.NewValue([]byte("fake note")), model.NewValue([]byte("fake\x00password"))
	rest := model.Rest{Keys: map[string]model.Value{"password": password}, Annotations: map[string]model.Value{"note": note}}
	if !found.Rest.Equal(rest) || !found.Value.Equal(model.NewValue([]byte(value))) || found.Secret.Labels["team"] != "blue" {
		t.Errorf("what was not ours changed: labels %v, object %+v", found.Secret.Labels, found.Secret.Object)
	}
}

func restSurvives(t *testing.T, f Fixture) {
	f.PutObject(laden())
	before := get(t, f, refA)
	wantRest(t, before, "fake-first")
	_, err := f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-second"))
	noError(t, err)
	wantRest(t, get(t, f, refA), "fake-second")
}

func appliedDropped(t *testing.T, f Fixture) {
	f.PutObject(laden())
	before := get(t, f, refA)
	all, err := All(t.Context(), f.ControlPlane, backend.Query{Mesh: MeshA})
	noError(t, err)
	for _, s := range all {
		if s.Ref == refA && (!s.Object.Applied || len(s.Object.Annotations) != 1 || s.Object.Annotations[0] != "note") {
			t.Errorf("the list says of annotations: %+v", s.Object)
		}
	}
	if !before.Secret.Object.Applied || len(before.Secret.Object.Keys) != 1 || before.Secret.Object.Keys[0] != (model.DataKey{Name: "password", Size: 13}) {
		t.Errorf("the object is %+v", before.Secret.Object)
	}
	_, err = f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-second"))
	noError(t, err)
	if get(t, f, refA).Secret.Object.Applied {
		t.Error("an old value is kept in an annotation")
	}
}

func restCarried(t *testing.T, f Fixture) {
	f.PutObject(laden())
	before := get(t, f, refA)
	move(t, f, moving(before, refB))
	found := get(t, f, refB)
	wantRest(t, found, "fake-first")
	if found.Secret.Object.Applied || len(found.Secret.Object.Owners) > 0 {
		t.Errorf("too much was carried: %+v", found.Secret.Object)
	}
	wantGone(t, f, refA)
}

func otherType(t *testing.T, f Fixture) {
	f.PutObject(Object{Ref: refA, Type: "Opaque", Value: []byte(canary)})
	wantGone(t, f, refA)
	_, err := f.ControlPlane.Locate(t.Context(), refA.Name)
	wantKind(t, err, backend.ErrNotFound)
	_, err = f.ControlPlane.Update(t.Context(), snapshot(refA, canary), snapshot(refA, "fake"))
	wantKind(t, err, backend.ErrNotFound)
	wantKind(t, f.ControlPlane.Delete(t.Context(), snapshot(refA, canary)), backend.ErrNotFound)
	_, err = f.ControlPlane.Create(t.Context(), snapshot(refA, "fake"))
	wantKind(t, err, backend.ErrExists)
	if !strings.Contains(err.Error(), "contract-a is the name of a secret of another type (Opaque)") {
		t.Errorf("the error is %v", err)
	}
	all, err := All(t.Context(), f.ControlPlane, backend.Query{})
	noError(t, err)
	if has(all, refA) {
		t.Error("a secret of another type is listed")
	}
}

func otherMesh(t *testing.T, f Fixture) {
	create(t, f, refB, "fake-first")
	_, err := f.ControlPlane.Create(t.Context(), snapshot(refA, canary))
	wantKind(t, err, backend.ErrExists)
	if !strings.Contains(err.Error(), "contract-a is the name of a secret of mesh payments, and on Kubernetes a name exists once") {
		t.Errorf("the error is %v", err)
	}
	wantGone(t, f, refA)
}

func unlabelled(t *testing.T, f Fixture) {
	f.PutObject(Object{Ref: refA, Value: []byte("fake-first"), Unlabelled: true})
	for _, q := range []backend.Query{{}, {Mesh: MeshA}} {
		all, err := All(t.Context(), f.ControlPlane, q)
		noError(t, err)
		found := 0
		for _, s := range all {
			if s.Ref == refA && s.Unlabelled {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%+v lists it %d times", q, found)
		}
	}
	_, err := f.ControlPlane.Update(t.Context(), get(t, f, refA), snapshot(refA, "fake-second"))
	noError(t, err)
	if found := get(t, f, refA); !found.Secret.Unlabelled {
		t.Error("an edit gave it a label")
	}
	noError(t, f.ControlPlane.Delete(t.Context(), get(t, f, refA)))
	wantGone(t, f, refA)
}

func immutable(t *testing.T, f Fixture) {
	f.PutObject(Object{Ref: refA, Value: []byte("fake-first"), Immutable: true})
	before := get(t, f, refA)
	if !before.Secret.Object.Immutable {
		t.Error("it is not said to be immutable")
	}
	_, err := f.ControlPlane.Update(t.Context(), before, snapshot(refA, canary))
	wantKind(t, err, backend.ErrInvalid)
	if err != nil && !strings.Contains(err.Error(), "it is immutable, and Kubernetes never changes its value") {
		t.Errorf("the error is %v", err)
	}
	wantValue(t, f, refA, "fake-first")
	noError(t, f.ControlPlane.Delete(t.Context(), before))
}

// rehearsed tries out every kind of change and then reads what is there.
func rehearsed(t *testing.T, f Fixture) {
	before := create(t, f, refA, "fake-first")
	free := model.Ref{Mesh: MeshA, Name: "contract-free"}
	for _, c := range []struct {
		change model.Change
		trials int
	}{
		{model.Change{Verb: model.Create, After: snapshot(free, "fake")}, 1},
		{model.Change{Verb: model.Edit, Before: before, After: snapshot(refA, "fake-second")}, 1},
		{model.Change{Verb: model.Delete, Before: before}, 2},
		{model.Change{Verb: model.Reassign, Before: before, After: snapshot(refB, "fake-first")}, 4},
	} {
		rehearsal, err := f.ControlPlane.Rehearse(t.Context(), c.change)
		noError(t, err)
		if len(rehearsal.Trials) != c.trials {
			t.Errorf("%v: %d trials, want %d", c.change.Verb, len(rehearsal.Trials), c.trials)
		}
		for _, trial := range rehearsal.Trials {
			if trial.Outcome != backend.Accepted {
				t.Errorf("%v: %+v", c.change.Verb, trial)
			}
		}
	}
	for verb, change := range map[string]model.Change{
		"add":    {Verb: model.Create, After: snapshot(refA, canary)},
		"empty":  {Verb: model.Edit, Before: before, After: snapshot(refA, "")},
		"delete": {Verb: model.Delete, Before: snapshot(free, canary)},
	} {
		rehearsal, err := f.ControlPlane.Rehearse(t.Context(), change)
		noError(t, err)
		refusal := rehearsal.Refusal()
		if refusal == nil || refusal.Why == "" || strings.Contains(refusal.Why, canary) {
			t.Errorf("%s: the refusal is %+v", verb, refusal)
		}
	}
	wantGone(t, f, free)
	if after := get(t, f, refA); after.Secret.Version != before.Secret.Version {
		t.Error("a rehearsal changed the object")
	}
}
