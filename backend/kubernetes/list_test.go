package kubernetes

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

// page is a list of metadata, as JSON has it.
func page(revision, next string, names ...string) string {
	var items []string
	for _, name := range names {
		items = append(items, fmt.Sprintf(`{"metadata":{"name":%q,"uid":"u","resourceVersion":"1","labels":{"kuma.io/mesh":"payments"}}}`, name))
	}
	return fmt.Sprintf(`{"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":%q,"continue":%q},"items":[%s]}`, revision, next, strings.Join(items, ","))
}

func TestWhatListsAsk(t *testing.T) {
	t.Parallel()
	const base = "GET /api/v1/namespaces/kuma-system/secrets?fieldSelector=type%3Dsystem.kuma.io%2F"
	for name, c := range map[string]struct {
		query backend.Query
		want  []string
	}{
		"all":       {backend.Query{}, []string{base + "secret&limit=500", base + "global-secret&limit=500"}},
		"global":    {backend.Query{Global: true}, []string{base + "global-secret&limit=500"}},
		"a mesh":    {backend.Query{Mesh: "payments"}, []string{base + "secret&labelSelector=kuma.io%2Fmesh%3Dpayments&limit=500"}},
		"default":   {backend.Query{Mesh: "default"}, []string{base + "secret&labelSelector=kuma.io%2Fmesh+in+%28default%2C%29&limit=500", base + "secret&labelSelector=%21kuma.io%2Fmesh&limit=500"}},
		"no mesh's": {backend.Query{Mesh: strings.Repeat("x", 64)}, nil},
		"injected":  {backend.Query{Mesh: "a,b!=c"}, nil},
	} {
		f := always(200, typeJSON, page("5", ""))
		if _, err := backendtest.All(t.Context(), f.plane(t), c.query); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := f.requests(); !reflect.DeepEqual(append([]string(nil), got...), c.want) {
			t.Errorf("%s: it asked %q", name, got)
		}
	}
}

func TestListsAskForMetadataOnly(t *testing.T) {
	t.Parallel()
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		if accept := r.Header.Get("Accept"); accept != "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" {
			t.Errorf("it accepts %q", accept)
		}
		if agent := r.Header.Get("User-Agent"); !strings.HasPrefix(agent, "meshsecrets/") || !strings.Contains(agent, "(") {
			t.Errorf("it says it is %q", agent)
		}
		return reply(200, typeJSON, page("5", "")), nil
	}}
	if _, err := f.plane(t).List(t.Context(), backend.Query{}); err != nil {
		t.Fatal(err)
	}
}

// What a recorded list says of its secrets.
func TestRecordedMetadata(t *testing.T) {
	t.Parallel()
	_, _, body := recorded(t, "013")
	got, err := always(200, typeJSON, body).plane(t).List(t.Context(), backend.Query{Mesh: "payments"})
	if err != nil || len(got.Secrets) < 2 {
		t.Fatal(err)
	}
	made := time.Date(2026, 11, 21, 2, 13, 58, 0, time.UTC)
	want := model.Secret{
		Ref:     model.Ref{Mesh: "default", Name: "dataplane-token-signing-key-default-1"},
		Labels:  map[string]string{"kuma.io/mesh": "default"},
		Created: made, Modified: made,
		Version: model.Version{UID: "c5d91a70-3d59-4565-a459-a08ae94c9dcb", Revision: "383"},
		Object:  model.Object{MadeBy: "kuma-cp", Managers: []string{"kuma-cp"}, Owners: []string{"Mesh default"}},
	}
	if !reflect.DeepEqual(got.Secrets[0], want) {
		t.Errorf("got %+v", got.Secrets[0])
	}
}

// What only some objects have, in both encodings.
func TestMetadata(t *testing.T) {
	t.Parallel()
	day := func(n int) metav1.Time { return metav1.NewTime(time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC)) }
	third := day(3)
	meta := metav1.ObjectMeta{
		Name: "kafka-truststore", UID: "u-1", ResourceVersion: "9", CreationTimestamp: day(1), Labels: map[string]string{"kuma.io/mesh": ""},
		Annotations: map[string]string{"team": canary, model.LastApplied: canary}, Finalizers: []string{"fake/hold"}, DeletionTimestamp: &third,
		ManagedFields: []metav1.ManagedFieldsEntry{
			{Manager: "kubectl", Time: &third, FieldsV1: metav1.NewFieldsV1(`{"f:data":{}}`)}, {Manager: "argo", Time: &metav1.Time{}}, {Manager: "kubectl"},
		},
	}
	object := metav1.PartialObjectMetadata{ObjectMeta: meta}
	packed, err := object.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := metadataOf(packed, true)
	if err != nil {
		t.Fatal(err)
	}
	want := model.Secret{
		Ref: model.Ref{Mesh: "default", Name: "kafka-truststore"}, Labels: meta.Labels,
		Created: day(1).UTC(), Modified: day(3).UTC(), Version: model.Version{UID: "u-1", Revision: "9"},
		Object: model.Object{
			Annotations: []string{"team"}, Applied: true, EmptyLabel: true, MadeBy: "kubectl", Managers: []string{"kubectl", "argo"},
			Finalizers: []string{"fake/hold"}, Deleting: true,
		},
	}
	if s := secretOf(got, typeMesh); !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v", s)
	}
	if text := fmt.Sprintf("%#v", got); strings.Contains(text, "CANARY") || got.ManagedFields[0].FieldsV1 != nil {
		t.Error("metadata holds what was to be cut out")
	}
	meta.Labels = nil
	if s := secretOf(meta, typeMesh); !s.Unlabelled || s.Object.EmptyLabel || s.Ref.Mesh != "default" {
		t.Errorf("without a label it is %+v", s)
	}
	if s := secretOf(meta, typeGlobal); s.Unlabelled || !s.Ref.Global() {
		t.Errorf("as a global secret it is %+v", s)
	}
}

// expired is how a server says that the moment of a list is no longer known.
func expired(goOn string) *http.Response {
	return reply(410, typeJSON, `{"kind":"Status","status":"Failure","reason":"Expired","code":410,"message":"fake","metadata":{"continue":"`+goOn+`"}}`)
}

// A list whose moment is lost begins anew, twice; then it reads on as it can.
func TestListsThatExpire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		goOn string
		want error
	}{{"reads-on", nil}, {"", backend.ErrConflict}} {
		f := &fake{answer: func(r *http.Request) (*http.Response, error) {
			switch r.URL.Query().Get("continue") {
			case "":
				return reply(200, typeJSON, page("5", "second", "a")), nil
			case "reads-on":
				return reply(200, typeJSON, page("9", "", "b")), nil
			}
			return expired(c.goOn), nil
		}}
		p, q, again, unsettled := f.plane(t), backend.Query{Mesh: "payments"}, 0, false
		var names []string
		var err error
		for {
			var got backend.Page
			if got, err = p.List(t.Context(), q); err != nil {
				break
			}
			if got.Again {
				again, names = again+1, nil
			}
			for _, s := range got.Secrets {
				names = append(names, s.Ref.Name)
			}
			if unsettled, q.Cursor = got.Unsettled, got.Next; q.Cursor == "" {
				break
			}
		}
		if again != 2 || !errors.Is(err, c.want) {
			t.Errorf("it began anew %d times, then %v", again, err)
		}
		if c.want == nil && (!unsettled || strings.Join(names, " ") != "a b") {
			t.Errorf("unsettled %v, %v", unsettled, names)
		}
	}
}

// A mark goes on from the first page of each type's list.
func TestMarks(t *testing.T) {
	t.Parallel()
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		switch {
		case strings.Contains(r.URL.RawQuery, "global"):
			return reply(200, typeJSON, page("30", "")), nil
		case r.URL.Query().Get("continue") == "":
			return reply(200, typeJSON, page("10", "more", "a")), nil
		}
		return reply(200, typeJSON, page("20", "", "b")), nil
	}}
	seen, err := backendtest.Listed(t.Context(), f.plane(t), backend.Query{})
	var got mark
	if err != nil || !decodeText(seen.Mark, &got) || got != (mark{Mesh: "10", Global: "30"}) {
		t.Errorf("the mark is %+v, %v", got, err)
	}
}

func TestTotals(t *testing.T) {
	t.Parallel()
	one := `{"kind":"PartialObjectMetadataList","metadata":{"continue":"x","remainingItemCount":41},"items":[{"metadata":{"name":"a"}}]}`
	for name, c := range map[string]struct {
		body string
		want int
	}{"told": {one, 42}, "not told": {page("5", "x", "a"), -1}, "at the end": {page("5", "", "a", "b"), 2}} {
		got, err := always(200, typeJSON, c.body).plane(t).List(t.Context(), backend.Query{Mesh: "payments"})
		if err != nil || got.Total != c.want {
			t.Errorf("%s: %d, %v", name, got.Total, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(cursor{Sweep: 1, Limit: 500, Continue: "x"}.encode())
	f.Add(cursor{Sweep: 9, Phase: -1}.encode())
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := decodeCursor(text, 2)
		if ok && (c.encode() != text || c.Phase > 1 || c.Sweep < 1 || c.Limit < 1 || c.Limit > laterSize) {
			t.Errorf("%q is taken as %+v", text, c)
		}
	})
}

// Whatever is sent, reading it ends, and an object that is read has a name.
func FuzzWire(f *testing.F) {
	object := metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "a", Annotations: map[string]string{"b": "c"}, ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "d"}}}}
	all := metav1.PartialObjectMetadataList{Items: []metav1.PartialObjectMetadata{object}}
	packed, err := pack(metav1.TypeMeta{Kind: "PartialObjectMetadataList", APIVersion: "meta.k8s.io/v1"}, &all)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add([]byte(page("1", "2", "a")))
	f.Add([]byte(magic + "\x12\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		found, err := readList(raw)
		if err != nil {
			return
		}
		for _, item := range found.items {
			meta, err := metadataOf(item, found.packed)
			if err != nil {
				continue
			}
			for name, text := range meta.Annotations {
				if text != "" && !noted(name) {
					t.Errorf("the value of annotation %q is kept", name)
				}
			}
		}
	})
}
