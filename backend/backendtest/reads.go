package backendtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

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
	its, err := All(t.Context(), f.ControlPlane, backend.Query{Mesh: "gone-mesh"})
	noError(t, err)
	if len(its) != 2 || !has(its, ref) {
		t.Errorf("the list of a mesh that does not exist has %d secrets, want its 2", len(its))
	}
	wantValue(t, f, ref, canary)
}

func paging(t *testing.T, f Fixture) {
	count := cmp.Or(f.Crowd, 2500)
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

// Names that no server should have, and names that any may.
var (
	wildNames = []string{"a/b", "..", "a%2fb", "a b", "\x1b[31mred", "\u202eevil", "a\nb", "UPPER", strings.Repeat("x", 300)}
	oddNames  = []string{"0", "null", "true", "1e3", "a.b.c", "secrets", "value", strings.Repeat("x", 253)}
)

// evil is what does something to a terminal that prints it.
const evil = "\x1b]0;evil\a \u202e"

func hostile(t *testing.T, f Fixture) {
	names := oddNames
	if f.StrictNames {
		refusesWild(t, f)
	} else {
		names = append(names[:len(names):len(names)], wildNames...)
	}
	for _, name := range names {
		ref := model.Ref{Mesh: MeshA, Name: name}
		if f.PutObject != nil {
			f.PutObject(Object{Ref: ref, Value: []byte(canary), Annotations: map[string]string{"note": evil}})
		} else {
			f.Put(ref, []byte(canary), map[string]string{"note": evil})
		}
	}
	all, err := All(t.Context(), f.ControlPlane, backend.Query{Mesh: MeshA})
	noError(t, err)
	for _, name := range names {
		ref := model.Ref{Mesh: MeshA, Name: name}
		if !has(all, ref) {
			t.Errorf("a secret that is named %q is not listed", name)
		}
		found, err := f.ControlPlane.Get(t.Context(), ref)
		switch {
		case err != nil && strings.Contains(err.Error(), canary):
			t.Errorf("the error about %q holds the value", name)
		case err != nil && slices.Contains(oddNames, name):
			t.Errorf("a secret that is named %q cannot be read: %v", name, err)
		case err == nil && !found.Value.Equal(model.NewValue([]byte(canary))):
			t.Errorf("%q holds other bytes", name)
		case f.PutObject != nil && !found.Rest.Annotations["note"].Equal(model.NewValue([]byte(evil))):
			t.Errorf("the annotation of %q is another: %v", name, err)
		}
	}
}

// refusesWild checks that nothing else is asked for in the place of a name that
// cannot be.
func refusesWild(t *testing.T, f Fixture) {
	t.Helper()
	for _, name := range wildNames {
		if _, err := f.ControlPlane.Get(t.Context(), model.Ref{Mesh: MeshA, Name: name}); err == nil {
			t.Errorf("there is a secret that is named %q", name)
		}
	}
}

func cursors(t *testing.T, f Fixture) {
	_, err := f.ControlPlane.List(t.Context(), backend.Query{Cursor: "not one of ours"})
	wantKind(t, err, backend.ErrInvalid)
	_, err = f.ControlPlane.Learn(t.Context(), backend.Query{Mesh: MeshA, Cursor: "e30"})
	wantKind(t, err, backend.ErrInvalid)
}

func located(t *testing.T, f Fixture) {
	global := model.Ref{Name: "contract-global"}
	create(t, f, refB, "fake-located")
	create(t, f, global, "fake-located")
	for _, ref := range []model.Ref{refB, global} {
		found, err := f.ControlPlane.Locate(t.Context(), ref.Name)
		noError(t, err)
		if len(found) != 1 || found[0] != ref {
			t.Errorf("%s is said to be %v", ref.Name, found)
		}
	}
	_, err := f.ControlPlane.Locate(t.Context(), "contract-none")
	wantKind(t, err, backend.ErrNotFound)
}

func facts(t *testing.T, f Fixture) {
	other := model.Ref{Mesh: MeshB, Name: "contract-b"}
	create(t, f, refA, "fake-12-byte")
	create(t, f, other, "fake-12-byte")
	for _, q := range []backend.Query{{}, {Mesh: MeshA}, {Mesh: MeshB}} {
		all, err := Learnt(t.Context(), f.ControlPlane, q)
		noError(t, err)
		prints, found := map[string]bool{}, 0
		for _, s := range all {
			if s.Ref == refA || s.Ref == other {
				found++
				prints[s.Facts.Fingerprint] = true
				if s.Facts.Size != 12 || !s.Facts.Learnt() {
					t.Errorf("%v: kind %v, %d bytes", s.Ref, s.Facts.Kind, s.Facts.Size)
				}
			}
		}
		if len(prints) != 1 || q.Mesh == "" && found != 2 || q.Mesh != "" && found != 1 {
			t.Errorf("%+v: %d equal values have %d fingerprints", q, found, len(prints))
		}
	}
	all, err := All(t.Context(), f.ControlPlane, backend.Query{})
	noError(t, err)
	for _, s := range all {
		if s.Ref == refA && s.Facts.Learnt() != f.ControlPlane.Traits().ListsFacts {
			t.Errorf("a list learns facts: %v, which the traits do not say", s.Facts.Learnt())
		}
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

// Watch checks that a watch tells what a foreign hand does. It needs a clock
// that runs on by itself, so it is called apart: in a synctest bubble, where the
// other end stands in one too.
func Watch(t *testing.T, f Fixture) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	changed, gone := model.Ref{Mesh: MeshA, Name: "watch-changed"}, model.Ref{Mesh: MeshA, Name: "watch-gone"}
	f.Put(changed, []byte("fake-one"), nil)
	f.Put(gone, []byte("fake-two"), nil)
	seen, err := Listed(ctx, f.ControlPlane, backend.Query{Mesh: MeshA})
	noError(t, err)
	watch, err := f.ControlPlane.Watch(ctx, backend.Query{Mesh: MeshA}, seen)
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
