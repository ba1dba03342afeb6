package backendtest

import (
	"fmt"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

func lives(t *testing.T, f Fixture) {
	saved, err := f.ControlPlane.Create(t.Context(), snapshot(refA, canary))
	noError(t, err)
	if saved.Ref != refA || saved.Created.IsZero() || saved.Facts.Size != len(canary) {
		t.Errorf("create told %v of size %d, made %v", saved.Ref, saved.Facts.Size, saved.Created)
	}
	before := get(t, f, refA)
	_, err = f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-second"))
	noError(t, err)
	wantValue(t, f, refA, "fake-second")
	noError(t, f.ControlPlane.Delete(t.Context(), get(t, f, refA)))
	wantGone(t, f, refA)
}

func exists(t *testing.T, f Fixture) {
	create(t, f, refA, "fake-first")
	_, err := f.ControlPlane.Create(t.Context(), snapshot(refA, canary))
	wantKind(t, err, backend.ErrExists)
	wantValue(t, f, refA, "fake-first")
}

func empty(t *testing.T, f Fixture) {
	_, err := f.ControlPlane.Create(t.Context(), snapshot(refA, ""))
	wantKind(t, err, backend.ErrInvalid)
	before := create(t, f, refA, "fake-first")
	_, err = f.ControlPlane.Update(t.Context(), before, snapshot(refA, ""))
	wantKind(t, err, backend.ErrInvalid)
	wantValue(t, f, refA, "fake-first")
}

func updateConflict(t *testing.T, f Fixture) {
	before := create(t, f, refA, canary)
	f.Put(refA, []byte("fake-foreign"), nil)
	_, err := f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-ours"))
	wantKind(t, err, backend.ErrConflict)
	wantValue(t, f, refA, "fake-foreign")
	f.Remove(refA)
	_, err = f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-ours"))
	wantKind(t, err, backend.ErrNotFound)
	wantGone(t, f, refA)
}

func deleteConflict(t *testing.T, f Fixture) {
	before := create(t, f, refA, canary)
	f.Put(refA, []byte("fake-foreign"), nil)
	wantKind(t, f.ControlPlane.Delete(t.Context(), before), backend.ErrConflict)
	wantValue(t, f, refA, "fake-foreign")
	f.Remove(refA)
	wantKind(t, f.ControlPlane.Delete(t.Context(), before), backend.ErrNotFound)
}

func labelConflict(t *testing.T, f Fixture) {
	before := create(t, f, refA, canary)
	f.Put(refA, []byte(canary), map[string]string{"team": "fake"})
	_, err := f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-ours"))
	wantKind(t, err, backend.ErrConflict)
	wantKind(t, f.ControlPlane.Delete(t.Context(), before), backend.ErrConflict)
	wantValue(t, f, refA, canary)
}

func labels(t *testing.T, f Fixture) {
	s := snapshot(refA, "fake-first")
	s.Secret.Labels = map[string]string{"team": "blue", model.LabelDisplayName: refA.Name}
	_, err := f.ControlPlane.Create(t.Context(), s)
	noError(t, err)
	before := get(t, f, refA)
	_, err = f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-second"))
	noError(t, err)
	after := get(t, f, refA)
	if after.Secret.Labels["team"] != "blue" || after.Secret.Labels[model.LabelDisplayName] != refA.Name {
		t.Errorf("the labels are %v after an update of the value", after.Secret.Labels)
	}
	wanted := snapshot(refA, "fake-second")
	wanted.Secret.Labels = map[string]string{"team": "green"}
	_, err = f.ControlPlane.Update(t.Context(), after, wanted)
	noError(t, err)
	if found := get(t, f, refA).Secret.Labels; found["team"] != "green" || found[model.LabelDisplayName] != refA.Name {
		t.Errorf("the labels are %v after an update of the labels", found)
	}
}

func survives(t *testing.T, f Fixture) {
	values := []string{
		"fake with a newline at its end\n", "\x00\x01fake\xff\xfe\x1b[31m", "\r\nfake\r\n", "\n", "true", "{\"fake\": \"\\u2028\"}",
		strings.Repeat("fake-value-of-1-MiB\n", 1<<20/20),
	}
	for i, value := range values {
		ref := model.Ref{Mesh: MeshA, Name: fmt.Sprintf("bytes-%d", i)}
		create(t, f, ref, value)
		wantValue(t, f, ref, value)
		_, err := f.ControlPlane.Update(t.Context(), get(t, f, ref), snapshot(ref, value+"x"))
		noError(t, err)
		wantValue(t, f, ref, value+"x")
	}
}

func namePerMesh(t *testing.T, f Fixture) {
	create(t, f, refA, "fake-first")
	_, err := f.ControlPlane.Create(t.Context(), snapshot(refB, "fake-second"))
	if f.ControlPlane.Traits().NamePerMesh != (err == nil) {
		t.Errorf("a second mesh takes the name: %v; the traits say %v", err, f.ControlPlane.Traits().NamePerMesh)
	}
}

// manySteps is more than any reassign has, steps taken again included.
const manySteps = 40

// move takes the steps of a reassign to its end.
func move(t *testing.T, f Fixture, change model.Change) backend.Progress {
	t.Helper()
	return proceed(t, f, change, gate(f).Begin(t.Context(), change))
}

// proceed takes the steps that are left; each must succeed.
func proceed(t *testing.T, f Fixture, change model.Change, at backend.Progress) backend.Progress {
	t.Helper()
	for range manySteps {
		var err error
		at, err = gate(f).Advance(t.Context(), change, at)
		noError(t, err)
		if at.Next == model.Done {
			return at
		}
		if at.Next == model.Stuck {
			break
		}
	}
	t.Fatalf("the reassign does not end; it is at %+v", at.World)
	return at
}

// madeAgain deletes a secret and makes it again with the same bytes. Where a
// write can be made conditional on the server, it is another one then.
func madeAgain(t *testing.T, f Fixture) {
	f.Put(refA, []byte(canary), nil)
	before := get(t, f, refA)
	f.Remove(refA)
	f.Put(refA, []byte(canary), nil)
	if !f.ControlPlane.Traits().Preconditions {
		noError(t, f.ControlPlane.Delete(t.Context(), before))
		return
	}
	_, err := f.ControlPlane.Update(t.Context(), before, snapshot(refA, "fake-ours"))
	wantKind(t, err, backend.ErrConflict)
	wantKind(t, f.ControlPlane.Delete(t.Context(), before), backend.ErrConflict)
	wantValue(t, f, refA, canary)
}

// lengths writes values of many lengths and of all bytes, saves each unchanged,
// and saves it once more with other bytes.
func lengths(t *testing.T, f Fixture) {
	for _, length := range []int{1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 63, 64, 127, 128, 129, 255, 256, 257, 1000, 1023, 1024, 2047, 3071, 4095, 4096} {
		value := make([]byte, length)
		for i := range value {
			value[i] = byte(i + length)
		}
		ref := model.Ref{Mesh: MeshA, Name: fmt.Sprintf("length-%d", length)}
		before := create(t, f, ref, string(value))
		_, err := f.ControlPlane.Update(t.Context(), before, before)
		noError(t, err)
		wantValue(t, f, ref, string(value))
		value[0]++
		_, err = f.ControlPlane.Update(t.Context(), get(t, f, ref), snapshot(ref, string(value)))
		noError(t, err)
		wantValue(t, f, ref, string(value))
	}
}

func gate(f Fixture) backend.Gate {
	return backend.NewGate(f.ControlPlane, backend.Entry{Name: "contract"})
}

func lost(t *testing.T, f Fixture) {
	f.LoseAnswer()
	_, err := f.ControlPlane.Create(t.Context(), snapshot(refA, canary))
	wantKind(t, err, backend.ErrUnknown)
	before := get(t, f, refA)

	f.LoseAnswer()
	change := model.Change{Verb: model.Edit, Before: before, After: snapshot(refA, "fake-second")}
	_, err = gate(f).Apply(t.Context(), change)
	noError(t, err)
	wantValue(t, f, refA, "fake-second")

	f.LoseRequest()
	change = model.Change{Verb: model.Edit, Before: get(t, f, refA), After: snapshot(refA, "fake-third")}
	_, err = gate(f).Apply(t.Context(), change)
	wantKind(t, err, backend.ErrUnavailable)
	wantValue(t, f, refA, "fake-second")

	f.LoseAnswer()
	_, err = gate(f).Apply(t.Context(), model.Change{Verb: model.Delete, Before: get(t, f, refA)})
	noError(t, err)
	wantGone(t, f, refA)
}

func reassign(t *testing.T, f Fixture) {
	before := create(t, f, refA, canary)
	move(t, f, moving(before, refB))
	wantValue(t, f, refB, canary)
	wantGone(t, f, refA)
	if labels := get(t, f, refB).Secret.Labels; labels[model.LabelReassign] != "" || labels[model.LabelFrom] != "" {
		t.Errorf("the reassign left its labels: %v", labels)
	}
	left, err := f.ControlPlane.Unfinished(t.Context())
	noError(t, err)
	if len(left) != 0 {
		t.Errorf("it is unfinished: %+v", left)
	}
}

// moving is the reassign of a secret to another mesh.
func moving(before model.Snapshot, to model.Ref) model.Change {
	return model.Change{Verb: model.Reassign, Before: before, After: backend.Moved(before, to)}
}
