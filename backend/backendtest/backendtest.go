// Package backendtest is the contract of a control plane: what every package
// below backend must do alike, whatever it speaks. A backend's own tests call
// Test with a control plane of its kind.
package backendtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Meshes are the meshes that a fixture must have, without user-made secrets.
const (
	MeshA = "default"
	MeshB = "payments"
)

// Fixture is a control plane and a foreign hand that changes it behind our
// back.
type Fixture struct {
	ControlPlane backend.ControlPlane
	// Put makes or replaces a secret without any of our checks; its mesh need
	// not exist, and its name may be one that the control plane would refuse.
	Put func(ref model.Ref, value []byte, labels map[string]string)
	// Remove deletes a secret.
	Remove func(ref model.Ref)
	// LoseAnswer makes the next write arrive and its answer not.
	LoseAnswer func()
	// LoseRequest makes the next write not arrive, so that nobody can tell.
	LoseRequest func()
}

// Test runs the contract; open gives a fresh fixture each time it is called.
func Test(t *testing.T, open func(t *testing.T) Fixture) {
	tests := map[string]func(*testing.T, Fixture){
		"a secret lives: create, get, update, delete":       lives,
		"create refuses a name that exists":                 exists,
		"an empty value is refused":                         empty,
		"update refuses what changed meanwhile":             updateConflict,
		"delete refuses what changed meanwhile":             deleteConflict,
		"changed labels are a change":                       labelConflict,
		"labels survive an update":                          labels,
		"bytes survive":                                     survives,
		"a global secret is one without a mesh":             globals,
		"what is not there is not found":                    missing,
		"a secret without its mesh is listed and read":      orphan,
		"2500 secrets are listed once each":                 paging,
		"hostile names come through untouched":              hostile,
		"a cursor that nobody gave is refused":              cursors,
		"a list learns facts":                               facts,
		"meshes are resources":                              resources,
		"lost answers are told and settled by reading back": lost,
		"a reassign moves a value":                          reassign,
		"two meshes hold one name, if the kind says so":     namePerMesh,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// canary is a value that must never be read in an error.
const canary = "CANARY-demo-not-real-5c1f"

func snapshot(ref model.Ref, value string) model.Snapshot {
	return model.Snapshot{Secret: model.Secret{Ref: ref}, Value: model.NewValue([]byte(value))}
}

var (
	refA = model.Ref{Mesh: MeshA, Name: "contract-a"}
	refB = model.Ref{Mesh: MeshB, Name: "contract-a"}
)

// All lists everything that q is about.
func All(ctx context.Context, r backend.Reader, q backend.Query) ([]model.Secret, error) {
	var all []model.Secret
	for {
		page, err := r.List(ctx, q)
		if err != nil {
			return nil, err
		}
		if page.Again {
			all = nil
		}
		all = append(all, page.Secrets...)
		if page.Next == "" {
			return all, nil
		}
		q.Cursor = page.Next
	}
}

func wantKind(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("the error is %v, want %v", err, kind)
	}
	if err != nil && strings.Contains(fmt.Sprintf("%+v %#v %v", err, err, errors.Unwrap(err)), canary) {
		t.Error("the error holds the value")
	}
	var told *backend.Error
	if err != nil && !errors.As(err, &told) {
		t.Errorf("the error %v is not a *backend.Error", err)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected: %v", err)
	}
}

func create(t *testing.T, f Fixture, ref model.Ref, value string) model.Snapshot {
	t.Helper()
	_, err := f.ControlPlane.Create(t.Context(), snapshot(ref, value))
	noError(t, err)
	return get(t, f, ref)
}

func get(t *testing.T, f Fixture, ref model.Ref) model.Snapshot {
	t.Helper()
	found, err := f.ControlPlane.Get(t.Context(), ref)
	noError(t, err)
	return found
}

func wantValue(t *testing.T, f Fixture, ref model.Ref, value string) {
	t.Helper()
	if found := get(t, f, ref); !found.Value.Equal(model.NewValue([]byte(value))) {
		t.Errorf("%v holds other bytes than were written", ref)
	}
}

func wantGone(t *testing.T, f Fixture, ref model.Ref) {
	t.Helper()
	_, err := f.ControlPlane.Get(t.Context(), ref)
	wantKind(t, err, backend.ErrNotFound)
}

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

func globals(t *testing.T, f Fixture) {
	ref := model.Ref{Name: "contract-global"}
	create(t, f, ref, "fake-global")
	create(t, f, refA, "fake-in-mesh")
	for _, q := range []struct {
		query        backend.Query
		global, mesh bool
	}{{backend.Query{Global: true}, true, false}, {backend.Query{}, true, true}, {backend.Query{Mesh: MeshA}, false, true}, {backend.Query{Mesh: MeshB}, false, false}} {
		all, err := All(t.Context(), f.ControlPlane, q.query)
		noError(t, err)
		if has(all, ref) != q.global || has(all, refA) != q.mesh {
			t.Errorf("%+v lists the global secret: %v, that of a mesh: %v", q.query, has(all, ref), has(all, refA))
		}
	}
	noError(t, f.ControlPlane.Delete(t.Context(), get(t, f, ref)))
	wantGone(t, f, ref)
}

func has(all []model.Secret, ref model.Ref) bool {
	for _, s := range all {
		if s.Ref == ref {
			return true
		}
	}
	return false
}

func missing(t *testing.T, f Fixture) {
	wantGone(t, f, refA)
	wantGone(t, f, model.Ref{Name: "contract-none"})
	wantGone(t, f, model.Ref{Mesh: "no-such-mesh", Name: "contract-none"})
	wantKind(t, f.ControlPlane.Delete(t.Context(), snapshot(refA, canary)), backend.ErrNotFound)
	_, err := f.ControlPlane.Update(t.Context(), snapshot(refA, canary), snapshot(refA, "fake"))
	wantKind(t, err, backend.ErrNotFound)
}

func orphan(t *testing.T, f Fixture) {
	ref := model.Ref{Mesh: "gone-mesh", Name: "contract-orphan"}
	f.Put(ref, []byte(canary), nil)
	f.Put(model.Ref{Mesh: "gone-mesh", Name: "contract-orphan-2"}, []byte("fake-other"), nil)
	all, err := All(t.Context(), f.ControlPlane, backend.Query{})
	noError(t, err)
	if !has(all, ref) {
		t.Error("the list of all lacks the secret of a mesh that does not exist")
	}
	wantValue(t, f, ref, canary)
}

func paging(t *testing.T, f Fixture) {
	const count = 2500
	for i := range count {
		f.Put(model.Ref{Mesh: MeshB, Name: fmt.Sprintf("page-%04d", i)}, fmt.Appendf(nil, "fake-%d", i), nil)
	}
	for _, q := range []backend.Query{{}, {Mesh: MeshB}} {
		all, err := All(t.Context(), f.ControlPlane, q)
		noError(t, err)
		seen := map[model.Ref]int{}
		for _, s := range all {
			seen[s.Ref]++
		}
		for i := range count {
			ref := model.Ref{Mesh: MeshB, Name: fmt.Sprintf("page-%04d", i)}
			if seen[ref] != 1 {
				t.Fatalf("%v is listed %d times by %+v", ref, seen[ref], q)
			}
		}
	}
}

func hostile(t *testing.T, f Fixture) {
	names := []string{"a/b", "..", "a%2fb", "a b", "\x1b[31mred", "‮evil", "a\nb", "UPPER", strings.Repeat("x", 300)}
	for _, name := range names {
		f.Put(model.Ref{Mesh: MeshA, Name: name}, []byte(canary), map[string]string{"note": "\x1b]0;evil\a"})
	}
	all, err := All(t.Context(), f.ControlPlane, backend.Query{Mesh: MeshA})
	noError(t, err)
	for _, name := range names {
		if !has(all, model.Ref{Mesh: MeshA, Name: name}) {
			t.Errorf("the list lacks the secret that is named %q", name)
		}
		if _, err := f.ControlPlane.Get(t.Context(), model.Ref{Mesh: MeshA, Name: name}); err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("the error about %q holds the value", name)
		}
	}
}

func cursors(t *testing.T, f Fixture) {
	_, err := f.ControlPlane.List(t.Context(), backend.Query{Cursor: "not one of ours"})
	wantKind(t, err, backend.ErrInvalid)
}

func facts(t *testing.T, f Fixture) {
	create(t, f, refA, "fake-12-byte")
	create(t, f, refB, "fake-12-byte")
	all, err := All(t.Context(), f.ControlPlane, backend.Query{})
	noError(t, err)
	prints := map[string]bool{}
	for _, s := range all {
		if s.Ref == refA || s.Ref == refB {
			prints[s.Facts.Fingerprint] = true
			if s.Facts.Size != 12 || !s.Facts.Learnt() {
				t.Errorf("%v: kind %v, %d bytes", s.Ref, s.Facts.Kind, s.Facts.Size)
			}
		}
	}
	if len(prints) != 1 {
		t.Errorf("equal values have %d fingerprints", len(prints))
	}
}

func resources(t *testing.T, f Fixture) {
	page, err := f.ControlPlane.Resources(t.Context(), model.KindMesh, "")
	noError(t, err)
	names := map[string]bool{}
	for _, r := range page.Resources {
		names[r.Name] = r.Kind == model.KindMesh && r.Mesh == "" && len(r.Raw) > 0
	}
	if !names[MeshA] || !names[MeshB] {
		t.Errorf("the meshes are %v", names)
	}
}

func namePerMesh(t *testing.T, f Fixture) {
	create(t, f, refA, "fake-first")
	_, err := f.ControlPlane.Create(t.Context(), snapshot(refB, "fake-second"))
	if f.ControlPlane.Traits().NamePerMesh != (err == nil) {
		t.Errorf("a second mesh takes the name: %v; the traits say %v", err, f.ControlPlane.Traits().NamePerMesh)
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
	after := snapshot(refB, canary)
	after.Secret.Labels = model.Carry(before.Secret.Labels)
	change := model.Change{Verb: model.Reassign, Before: before, After: after}
	for range 3 {
		progress, err := gate(f).Advance(t.Context(), change)
		noError(t, err)
		if progress.Next == model.Done {
			break
		}
	}
	wantValue(t, f, refB, canary)
	wantGone(t, f, refA)
}

// Watch checks that a watch tells what a foreign hand does. It needs a clock
// that runs on by itself, so it is called apart, in a synctest bubble.
func Watch(t *testing.T, f Fixture) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	changed, gone := model.Ref{Mesh: MeshA, Name: "watch-changed"}, model.Ref{Mesh: MeshA, Name: "watch-gone"}
	f.Put(changed, []byte("fake-one"), nil)
	f.Put(gone, []byte("fake-two"), nil)
	seen, err := All(ctx, f.ControlPlane, backend.Query{Mesh: MeshA})
	noError(t, err)
	watch, err := f.ControlPlane.Watch(ctx, backend.Query{Mesh: MeshA}, backend.Seen{Secrets: seen})
	noError(t, err)
	defer watch.Close()
	f.Put(changed, []byte("fake-three"), nil)
	f.Put(refA, []byte("fake-new"), nil)
	f.Remove(gone)
	told := map[model.Ref]bool{}
	for len(told) < 3 {
		batch, err := watch.Next(ctx)
		noError(t, err)
		for _, e := range batch.Events {
			told[e.Secret.Ref] = e.Gone
		}
	}
	if told[changed] || told[refA] || !told[gone] {
		t.Errorf("the watch said of what is gone: %v", told)
	}
}
