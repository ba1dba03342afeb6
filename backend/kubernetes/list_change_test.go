package kubernetes

import (
	"fmt"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/model"
)

// A list is of the moment of its first page, whatever happens between its
// pages; the watch that goes on from it tells what did.
func TestPagesUnderChange(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world) {
		p := w.as(apiservertest.Admin)
		put := func(i int) model.Ref {
			ref := model.Ref{Mesh: "default", Name: fmt.Sprintf("paged-%04d", i)}
			w.put(backendtest.Object{Ref: ref, Value: []byte("fake value")})
			return ref
		}
		var before []model.Ref
		for i := range pageSize + 50 {
			before = append(before, put(i+1))
		}
		first, err := p.List(t.Context(), backend.Query{})
		if err != nil || len(first.Secrets) != pageSize || first.Next == "" {
			t.Fatalf("the first page has %d secrets, %v", len(first.Secrets), err)
		}

		for _, ref := range []model.Ref{before[1], before[len(before)-2]} { // listed, and not yet listed
			held, err := p.Get(t.Context(), ref)
			if err == nil {
				err = p.Delete(t.Context(), held)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		added := []model.Ref{put(0), put(9999)} // before the first, and after the last

		seen, err := backendtest.Listed(t.Context(), p, backend.Query{Cursor: first.Next})
		if err != nil {
			t.Fatal(err)
		}
		seen.Secrets = append(first.Secrets, seen.Secrets...)
		wantListed(t, seen.Secrets, 1, before)
		wantListed(t, seen.Secrets, 0, added)
		s := &screen{t: t, plane: p, rows: rowsOf(seen.Secrets)}
		if s.watcher, err = p.Watch(t.Context(), backend.Query{}, seen); err != nil {
			t.Fatal(err)
		}
		defer s.watcher.Close()
		s.catchesUp(p)
		if len(s.failures) > 0 || s.lists > 0 {
			t.Errorf("it told %v, and listed %d times", s.failures, s.lists)
		}
	})
}

// wantListed wants that each of some secrets is listed so many times.
func wantListed(t *testing.T, all []model.Secret, times int, refs []model.Ref) {
	t.Helper()
	listed := map[model.Ref]int{}
	for _, s := range all {
		listed[s.Ref]++
	}
	for _, ref := range refs {
		if listed[ref] != times {
			t.Errorf("%v is listed %d times, want %d", ref, listed[ref], times)
		}
	}
}
