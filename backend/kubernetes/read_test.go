package kubernetes

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// An object may lack the one key that a control plane reads, and its data
// altogether.
func TestObjectsWithoutAValue(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{"no data": "", "another key": `,"data":{"password":"ZmFrZQ=="}`} {
		object := `{"kind":"Secret","metadata":{"name":"smtp-password","uid":"u","resourceVersion":"1"},"type":"system.kuma.io/secret"` + data + `}`
		found, err := always(200, typeJSON, object).plane(t).Get(t.Context(), someRef)
		if err != nil || found.Value.Len() != 0 || found.Secret.Facts.Kind != model.Empty || found.Secret.Facts.Problem != problemNoValue {
			t.Errorf("%s: %+v, %v", name, found.Secret.Facts, err)
		}
		if keys := found.Secret.Object.Keys; (data != "") != (len(keys) == 1 && keys[0] == (model.DataKey{Name: "password", Size: 4})) {
			t.Errorf("%s: its keys are %v", name, keys)
		}
	}
}

// What has a name is told by a table, without the data; a server that makes
// none sends the object.
func TestWhoseNameItIs(t *testing.T) {
	t.Parallel()
	const meta = `"metadata":{"name":"smtp-password","labels":{"kuma.io/mesh":"payments"}}`
	table := func(kind string) string {
		return `{"kind":"Table","columnDefinitions":[{"name":"Name"},{"name":"Type"}],"rows":[{"cells":["smtp-password","` + kind + `"],"object":{` + meta + `}}]}`
	}
	for name, c := range map[string]struct {
		body string
		want model.Ref
		kind error
	}{
		"a table":         {table(typeMesh), model.Ref{Mesh: "payments", Name: "smtp-password"}, nil},
		"a global secret": {table(typeGlobal), model.Ref{Name: "smtp-password"}, nil},
		"another type":    {table("Opaque"), model.Ref{}, backend.ErrNotFound},
		"an object":       {`{"kind":"Secret","type":"system.kuma.io/secret",` + meta + `,"data":{"value":"ZmFrZQ=="}}`, model.Ref{Mesh: "payments", Name: "smtp-password"}, nil},
		"an empty table":  {`{"kind":"Table"}`, model.Ref{}, backend.ErrStranger},
	} {
		found, err := always(200, typeJSON, c.body).plane(t).Locate(t.Context(), someRef.Name)
		if !errors.Is(err, c.kind) || err == nil && (len(found) != 1 || found[0] != c.want) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// A write whose answer breaks off may have been made.
func TestAnswersThatBreakOff(t *testing.T) {
	t.Parallel()
	half := func() *http.Response {
		response := reply(201, typeJSON, "")
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"kind":"Secret"`), broken{}))
		return response
	}
	f := &fake{answer: func(*http.Request) (*http.Response, error) { return half(), nil }}
	p := f.plane(t)
	if _, err := p.Create(t.Context(), someSnapshot(canary)); !errors.Is(err, backend.ErrUnknown) {
		t.Errorf("a write: %v", err)
	}
	if err := p.Delete(t.Context(), someSnapshot(canary)); !errors.Is(err, backend.ErrUnknown) {
		t.Errorf("a deletion: %v", err)
	}
	if _, err := p.Get(t.Context(), someRef); !errors.Is(err, backend.ErrUnavailable) {
		t.Errorf("a read: %v", err)
	}
}

// broken is where a connection ends.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestNamesThatCannotStandInAnAddress(t *testing.T) {
	t.Parallel()
	f := always(200, typeJSON, "{}")
	p := f.plane(t)
	for _, name := range []string{"", "..", "a/b", "a%2fb"} {
		ref := model.Ref{Mesh: "default", Name: name}
		if _, err := p.Get(t.Context(), ref); !errors.Is(err, backend.ErrInvalid) {
			t.Errorf("reading %q: %v", name, err)
		}
		seen := someSnapshot(canary)
		seen.Secret.Ref = ref
		if err := p.Delete(t.Context(), seen); !errors.Is(err, backend.ErrInvalid) {
			t.Errorf("deleting %q: %v", name, err)
		}
	}
	if asked := f.requests(); len(asked) > 0 {
		t.Errorf("it asked %v", asked)
	}
}
