package backend_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// shelf gives resources by kind, or refuses a kind, and counts who reads at
// the same time.
type shelf struct {
	backend.Reader
	resources map[model.ResourceKind][]model.Resource
	errs      map[model.ResourceKind]error
	partly    map[model.ResourceKind]string // why there may be more

	guard     sync.Mutex
	now, most int
}

func (s *shelf) Resources(_ context.Context, kind model.ResourceKind, _ string) (backend.ResourcePage, error) {
	s.guard.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.guard.Unlock()
	time.Sleep(time.Second)
	s.guard.Lock()
	s.now--
	s.guard.Unlock()
	return backend.ResourcePage{Resources: s.resources[kind], Partly: s.partly[kind]}, s.errs[kind]
}

func mesh(name string) model.Resource {
	return model.Resource{Kind: model.KindMesh, Name: name, Raw: []byte(`{"type":"Mesh","name":"` + name + `"}`)}
}

func refusedAs(kind error) error { return &backend.Error{Kind: kind, Op: "reading", Reason: "fake"} }

func TestLookAroundReadsSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{resources: map[model.ResourceKind][]model.Resource{model.KindMesh: {mesh("a"), mesh("b")}}}
		begun := time.Now()
		around, err := backend.LookAround(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(around.Read, model.ReferringKinds()) {
			t.Errorf("read %v, want the kinds in their order", around.Read)
		}
		if len(around.Meshes) != 2 || around.Meshes[0].Name != "a" || around.Blind() {
			t.Errorf("the meshes are %v, blind %v", around.Meshes, around.Blind())
		}
		if s.most != 4 {
			t.Errorf("%d kinds were read at one time, want 4", s.most)
		}
		rounds := time.Duration((len(model.ReferringKinds()) + 3) / 4)
		if took := time.Since(begun); took != rounds*time.Second {
			t.Errorf("it took %v for %d kinds, want %d rounds of 1 s", took, len(model.ReferringKinds()), rounds)
		}
	})
}

func TestLookAroundWithoutTheRightToListMeshes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		around, err := backend.LookAround(t.Context(), &shelf{errs: map[model.ResourceKind]error{
			model.KindMesh: refusedAs(backend.ErrForbidden), model.KindMeshGateway: refusedAs(backend.ErrNotFound)}})
		if err != nil {
			t.Fatal(err)
		}
		want := []model.Unread{{Kind: model.KindMesh, Why: "you may not list it"}, {Kind: model.KindMeshGateway, Why: "not on this control plane"}}
		if !slices.Equal(around.Unread, want) {
			t.Errorf("unread is %v, want %v", around.Unread, want)
		}
		if !around.Blind() || around.Meshes != nil {
			t.Errorf("blind %v, meshes %v: it must be known that meshes are not", around.Blind(), around.Meshes)
		}
	})
}

func TestNoMeshesAreNotUnreadMeshes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		around, err := backend.LookAround(t.Context(), &shelf{})
		if err != nil || around.Meshes == nil || around.Blind() {
			t.Errorf("meshes %v, blind %v, %v", around.Meshes, around.Blind(), err)
		}
	})
}

func TestLookAroundFailsWithTheFirstKind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for kind, want := range map[model.ResourceKind]error{
			model.KindMesh:         backend.ErrNotFound,
			model.KindMeshIdentity: backend.ErrUnavailable,
			model.KindMeshGateway:  backend.ErrUnauthorized,
		} {
			errs := map[model.ResourceKind]error{kind: refusedAs(want)}
			if _, err := backend.LookAround(t.Context(), &shelf{errs: errs}); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", kind, err, want)
			}
		}
	})
}

// A kind of which there can be none is not worth a word; one that is listed
// elsewhere is.
func TestLookAroundOfKindsThatAreNotHere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		around, err := backend.LookAround(t.Context(), &shelf{errs: map[model.ResourceKind]error{
			model.KindMeshOPA: refusedAs(backend.ErrElsewhere), model.KindGateway: refusedAs(backend.ErrNoneThere)}})
		if err != nil {
			t.Fatal(err)
		}
		want := []model.Unread{{Kind: model.KindMeshOPA, Why: "only the cluster lists it"}}
		if !slices.Equal(around.Unread, want) || slices.Contains(around.Read, model.KindGateway) {
			t.Errorf("unread is %v, read is %v", around.Unread, around.Read)
		}
	})
}

// A kind that an answer came for and that cannot be read blinds nobody for the
// others; meshes, on which all depends, are another matter.
func TestLookAroundOfAKindThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for want, failure := range map[string]*backend.Error{
			"the list failed: no webhook answers":                     {Kind: backend.ErrUnavailable, Status: 500, Reason: "no webhook answers."},
			"the list failed: answer too large":                       {Kind: backend.ErrTooLarge},
			"the list failed: the list changed each time it was read": {Kind: backend.ErrConflict, Reason: "the list changed each time it was read"},
			"the list failed: it sent HTML":                           {Kind: backend.ErrStranger, Reason: "it sent HTML"},
		} {
			around, err := backend.LookAround(t.Context(), &shelf{
				resources: map[model.ResourceKind][]model.Resource{model.KindMesh: {mesh("a")}},
				errs:      map[model.ResourceKind]error{model.KindMeshIdentity: failure}})
			if err != nil {
				t.Errorf("%v: %v", failure, err)
				continue
			}
			if want := []model.Unread{{Kind: model.KindMeshIdentity, Why: want}}; !slices.Equal(around.Unread, want) {
				t.Errorf("unread is %v, want %v", around.Unread, want)
			}
			if slices.Contains(around.Read, model.KindMeshIdentity) || len(around.Meshes) != 1 || !around.Meshes[0].IdentitiesUnread {
				t.Errorf("read is %v, the meshes are %+v", around.Read, around.Meshes)
			}
			if _, err := backend.LookAround(t.Context(), &shelf{errs: map[model.ResourceKind]error{model.KindMesh: failure}}); !errors.Is(err, failure.Kind) {
				t.Errorf("meshes that fail: %v", err)
			}
		}
	})
}

// A resource that holds more than is searched is not taken for one that names
// no more: the kind counts as not read beside what was found.
func TestLookAroundWhereTheSearchEnds(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"n": `, 40) + `{"secret": "far-down"}` + strings.Repeat("}", 40)
	for name, fields := range map[string]string{
		"too deep": `"conf": ` + deep,
		"too many": `"conf": [` + strings.TrimSuffix(strings.Repeat(`{"secret": "s"},`, 1001), ",") + `]`,
	} {
		synctest.Test(t, func(t *testing.T) {
			odd := model.Resource{Kind: model.KindMeshOPA, Mesh: "a", Name: "odd", Raw: []byte(`{"name": "odd", "mesh": "a", ` + fields + `}`)}
			around, err := backend.LookAround(t.Context(), &shelf{resources: map[model.ResourceKind][]model.Resource{model.KindMesh: {mesh("a")}, model.KindMeshOPA: {odd}}})
			want := []model.Unread{{Kind: model.KindMeshOPA, Why: "odd holds more than is searched for names", Partly: true}}
			if err != nil || !slices.Equal(around.Unread, want) || slices.Contains(around.Read, model.KindMeshOPA) || around.Blind() {
				t.Errorf("%s: unread is %v, read is %v, %v", name, around.Unread, around.Read, err)
			}
		})
	}
}

// What was read in one namespace was not read in the others: it is no kind that
// was read.
func TestLookAroundInOneNamespaceOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		around, err := backend.LookAround(t.Context(), &shelf{partly: map[model.ResourceKind]string{model.KindMeshOPA: "you may not list namespaces other than kuma-system"}})
		if err != nil {
			t.Fatal(err)
		}
		want := []model.Unread{{Kind: model.KindMeshOPA, Why: "you may not list namespaces other than kuma-system", Partly: true}}
		if !slices.Equal(around.Unread, want) || slices.Contains(around.Read, model.KindMeshOPA) {
			t.Errorf("unread is %v, read is %v", around.Unread, around.Read)
		}
		around, err = backend.LookAround(t.Context(), &shelf{
			resources: map[model.ResourceKind][]model.Resource{model.KindMesh: {mesh("a")}},
			partly:    map[model.ResourceKind]string{model.KindMeshIdentity: "you may not list namespaces other than kuma-system"}})
		if err != nil || len(around.Meshes) != 1 || !around.Meshes[0].IdentitiesUnread {
			t.Errorf("another namespace may hold identities: %+v, %v", around.Meshes, err)
		}
	})
}
