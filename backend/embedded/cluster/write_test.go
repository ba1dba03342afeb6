package cluster_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"meshsecrets/backend/embedded/cluster"
)

// refuser is an admission that refuses what is called so, and adds a label to
// things.
type refuser struct{ asked []string }

func (r *refuser) Default(w cluster.Write) error {
	if w.New.Kind == things {
		w.New.Meta.Labels = map[string]string{"defaulted": "yes"}
	}
	return nil
}

func (r *refuser) Validate(w cluster.Write) error {
	r.asked = append(r.asked, string(w.Operation)+" "+w.Object().Meta.Name)
	if strings.HasPrefix(w.Object().Meta.Name, "refused") {
		return apierrors.NewForbidden(schema.GroupResource{Group: things.Group, Resource: things.Resource}, w.Object().Meta.Name, errors.New("refused"))
	}
	return nil
}

// TestOrderOfCreate holds what an answer to a rehearsal means: that a name is
// taken is found out last.
func TestOrderOfCreate(t *testing.T) {
	t.Parallel()
	r := &refuser{}
	s := newServer(t, cluster.Options{Admission: r})
	c := caller{t: t, server: s}
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("taken"))
	s.Seed(&cluster.Object{Kind: cluster.Secrets, Meta: metav1.ObjectMeta{Name: "refused", Namespace: "default"}})
	read := func(m *metav1.ObjectMeta) { m.ResourceVersion = "1" }
	for _, try := range []struct {
		what   string
		path   string
		body   any
		status int
		asks   bool
	}{
		{"taken", secretsPath, secret("taken"), 409, true},
		{"taken, rehearsed", secretsPath + "?dryRun=All", secret("taken"), 409, true},
		{"refused though taken", secretsPath + "?dryRun=All", secret("refused"), 403, true},
		{"bad name before admission", secretsPath + "?dryRun=All", secret("refused_"), 422, false},
		{"read before", secretsPath, secret("taken", read), 500, true},
		{"read before, rehearsed", secretsPath + "?dryRun=All", secret("taken", read), 409, true},
		{"no such namespace", "/api/v1/namespaces/none/secrets", secret("a"), 404, false},
		{"free, rehearsed", secretsPath + "?dryRun=All", secret("free"), 201, true},
		{"in no namespace", "/api/v1/secrets", secret("a"), 405, false},
	} {
		r.asked = nil
		status, body := c.send(http.MethodPost, try.path, try.body)
		if status != try.status || (len(r.asked) > 0) != try.asks {
			t.Errorf("%s: %d, admission asked %v; want %d, %t: %s", try.what, status, r.asked, try.status, try.asks, body)
		}
	}
	want[metav1.Status](c, http.StatusNotFound, http.MethodGet, secretsPath+"/free", nil)
}

func TestVersionsOfUpdates(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "a")
	held := want[object](c, http.StatusOK, http.MethodGet, secretsPath+"/a", nil).Metadata
	made := want[object](c, http.StatusCreated, http.MethodPost, thingsPath, thing("t", "", map[string]any{"n": 1}))
	if made.Metadata.Generation != 1 {
		t.Errorf("generation %d of what is new", made.Metadata.Generation)
	}
	other := types.UID("id-of-another")
	for _, try := range []struct {
		what   string
		path   string
		body   any
		status int
	}{
		{"an old version", secretsPath + "/a", secret("a", func(m *metav1.ObjectMeta) { m.ResourceVersion = "1" }), 409},
		{"another object", secretsPath + "/a", secret("a", func(m *metav1.ObjectMeta) { m.UID = other }), 409},
		{"another name", secretsPath + "/a", secret("b"), 400},
		{"another namespace", secretsPath + "/a", secret("a", func(m *metav1.ObjectMeta) { m.Namespace = "kube-system" }), 400},
		{"what is not there", secretsPath + "/b", secret("b"), 404},
		{"a custom kind without a version", thingsPath + "/t", thing("t", "", map[string]any{"n": 2}), 422},
		{"a custom kind with one", thingsPath + "/t", thing("t", made.Metadata.ResourceVersion, map[string]any{"n": 2}), 200},
		{"the version that was read", secretsPath + "/a", secret("a", func(m *metav1.ObjectMeta) { m.ResourceVersion, m.UID = held.ResourceVersion, held.UID }), 200},
		{"whatever is there", secretsPath + "/a", secret("a", labelled("new=yes")), 200},
	} {
		if status, body := c.send(http.MethodPut, try.path, try.body); status != try.status {
			t.Errorf("%s: %d %s, want %d", try.what, status, body, try.status)
		}
	}
	if got := want[object](c, http.StatusOK, http.MethodGet, thingsPath+"/t", nil).Metadata.Generation; got != 2 {
		t.Errorf("generation %d of what was changed once", got)
	}
}

// TestNothingChanged holds that an update that changes nothing is none.
func TestNothingChanged(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "a")
	before := want[object](c, http.StatusOK, http.MethodGet, secretsPath+"/a", nil).Metadata.ResourceVersion
	after := want[object](c, http.StatusOK, http.MethodPut, secretsPath+"/a", secret("a")).Metadata.ResourceVersion
	if before != after {
		t.Errorf("version %s became %s", before, after)
	}
}

func TestPreconditionsOfDelete(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "a")
	held := want[object](c, http.StatusOK, http.MethodGet, secretsPath+"/a", nil).Metadata
	options := func(uid, version string) metav1.DeleteOptions {
		o := metav1.DeleteOptions{Preconditions: &metav1.Preconditions{}}
		if uid != "" {
			id := types.UID(uid)
			o.Preconditions.UID = &id
		}
		if version != "" {
			o.Preconditions.ResourceVersion = &version
		}
		return o
	}
	rehearsed := options(string(held.UID), held.ResourceVersion)
	rehearsed.DryRun = []string{metav1.DryRunAll}
	for _, try := range []struct {
		what    string
		options metav1.DeleteOptions
		status  int
	}{
		{"another object", options("id-of-another", ""), 409},
		{"another version", options(string(held.UID), "1"), 409},
		{"rehearsed", rehearsed, 200},
		{"as read", options(string(held.UID), held.ResourceVersion), 200},
		{"once more", options(string(held.UID), held.ResourceVersion), 404},
	} {
		for _, encoded := range []bool{true, false} {
			if try.what == "as read" && encoded {
				continue // it can only go once
			}
			kind, body := "application/json", []byte(nil)
			if encoded {
				kind = "application/vnd.kubernetes.protobuf"
				body = enveloped(t, "v1", "DeleteOptions", marshal(t, &try.options))
			} else {
				var err error
				if body, err = json.Marshal(try.options); err != nil {
					t.Fatal(err)
				}
			}
			if status, answer := c.with("Content-Type", kind).send(http.MethodDelete, secretsPath+"/a", body); status != try.status {
				t.Errorf("%s, %s: %d %s, want %d", try.what, kind, status, answer, try.status)
			}
		}
	}
}

// TestNewObjectsAreOthers holds that an object of the same name is another one.
func TestNewObjectsAreOthers(t *testing.T) {
	t.Parallel()
	_, c := filled(t, "a")
	var seen []types.UID
	for range 3 {
		seen = append(seen, want[object](c, http.StatusOK, http.MethodGet, secretsPath+"/a", nil).Metadata.UID)
		want[metav1.Status](c, http.StatusOK, http.MethodDelete, secretsPath+"/a", nil)
		want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("a"))
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 3 {
		t.Errorf("UIDs %v", seen)
	}
}

func TestFinalizersHoldObjects(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	held := func(m *metav1.ObjectMeta) { m.Finalizers = []string{"example.test/hold"} }
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("a", held))
	if gone := want[object](c, http.StatusOK, http.MethodDelete, secretsPath+"/a", nil); gone.Metadata.DeletionTimestamp == nil {
		t.Error("it is not being deleted")
	}
	want[object](c, http.StatusOK, http.MethodGet, secretsPath+"/a", nil)
	patch := c.with("Content-Type", "application/merge-patch+json")
	want[object](patch, http.StatusOK, http.MethodPatch, secretsPath+"/a", `{"metadata":{"finalizers":null}}`)
	want[metav1.Status](c, http.StatusNotFound, http.MethodGet, secretsPath+"/a", nil)
}

// TestOwnedObjectsGo holds that what has no other owner goes with its owner.
func TestOwnedObjectsGo(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	one := want[object](c, http.StatusCreated, http.MethodPost, thingsPath, thing("one", "", nil)).Metadata.UID
	two := want[object](c, http.StatusCreated, http.MethodPost, thingsPath, thing("two", "", nil)).Metadata.UID
	owned := func(by ...types.UID) func(*metav1.ObjectMeta) {
		return func(m *metav1.ObjectMeta) {
			for _, uid := range by {
				m.OwnerReferences = append(m.OwnerReferences, metav1.OwnerReference{APIVersion: "example.test/v1", Kind: "Thing", Name: "x", UID: uid})
			}
		}
	}
	for name, by := range map[string][]types.UID{"a-one": {one}, "b-both": {one, two}, "c-two": {two}, "d-none": nil} {
		want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret(name, owned(by...)))
	}
	want[metav1.Status](c, http.StatusOK, http.MethodDelete, thingsPath+"/one", nil)
	if got := want[objects](c, http.StatusOK, http.MethodGet, secretsPath, nil).names(); got != "b-both c-two d-none" {
		t.Errorf("left: %s", got)
	}
}

func TestPatches(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	want[object](c, http.StatusCreated, http.MethodPost, secretsPath, secret("a", labelled("x=1,y=2")))
	patch := c.with("Content-Type", "application/merge-patch+json")
	got := want[object](patch, http.StatusOK, http.MethodPatch, secretsPath+"/a",
		`{"metadata":{"labels":{"x":null,"z":"3"},"annotations":{"note":"n"}},"data":{"more":"ZmFrZQ=="}}`)
	if l := got.Metadata.Labels; len(l) != 2 || l["y"] != "2" || l["z"] != "3" || got.Metadata.Annotations["note"] != "n" {
		t.Errorf("labels %v, annotations %v", l, got.Metadata.Annotations)
	}
	if string(got.Data["value"]) != "fake-a" || string(got.Data["more"]) != "fake" {
		t.Errorf("%d keys of data", len(got.Data))
	}
	for body, status := range map[string]int{
		`{"metadata":{"resourceVersion":"1"}}`: 409, `{"data":{"value":"!"}}`: 422, `{"type":"other"}`: 422, `[]`: 400, `{"data":{"bad key":"ZmFrZQ=="}}`: 422,
	} {
		want[metav1.Status](patch, status, http.MethodPatch, secretsPath+"/a", body)
	}
	want[metav1.Status](patch, http.StatusNotFound, http.MethodPatch, secretsPath+"/b", `{}`)
	want[metav1.Status](c.with("Content-Type", "application/json-patch+json"), http.StatusUnsupportedMediaType, http.MethodPatch, secretsPath+"/a", `[]`)
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	for _, try := range []struct {
		kind, body string
		status     int
	}{
		{"application/json", `{`, 400},
		{"application/json", `{"kind":"Pod","apiVersion":"v1"}`, 400},
		{"application/json", `{"metadata":{"name":1}}`, 400},
		{"application/json", `{"metadata":{"name":"a"},"data":{"value":"` + strings.Repeat("A", 3<<20) + `"}}`, 413},
		{"application/yaml", `a: b`, 415},
		{"application/vnd.kubernetes.protobuf", `{}`, 400},
		{"application/vnd.kubernetes.protobuf", "k8s\x00\xff", 400},
	} {
		status, answer := c.with("Content-Type", try.kind).send(http.MethodPost, secretsPath, try.body)
		if status != try.status || len(answer) > 1000 {
			t.Errorf("%s of %d bytes: %d with %d bytes, want %d", try.kind, len(try.body), status, len(answer), try.status)
		}
	}
}

// TestProtobuf holds that what is sent in protobuf is what JSON gives, and the
// other way round, for all bytes.
func TestProtobuf(t *testing.T) {
	t.Parallel()
	_, c := filled(t)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	meta := metav1.ObjectMeta{Name: "a", Labels: map[string]string{"x": "1"}, Annotations: map[string]string{"note": "n"}}
	message := slices.Concat(
		lengthed(1, marshal(t, &meta)),
		lengthed(2, slices.Concat(lengthed(1, []byte("value")), lengthed(2, all))),
		lengthed(2, slices.Concat(lengthed(1, []byte("empty")), lengthed(2, nil))),
		lengthed(3, []byte("example.test/kind")),
		lengthed(4, slices.Concat(lengthed(1, []byte("text")), lengthed(2, []byte("fake")))),
		[]byte{5 << 3, 1},
	)
	const proto = "application/vnd.kubernetes.protobuf"
	status, raw := c.with("Content-Type", proto).with("Accept", proto).send(http.MethodPost, secretsPath, enveloped(t, "v1", "Secret", message))
	if status != http.StatusCreated {
		t.Fatalf("%d %q", status, raw)
	}
	got := want[object](c, http.StatusOK, http.MethodGet, secretsPath+"/a", nil)
	if !bytes.Equal(got.Data["value"], all) || string(got.Data["text"]) != "fake" || got.Data["empty"] == nil || got.Type != "example.test/kind" {
		t.Errorf("type %s, %d keys", got.Type, len(got.Data))
	}
	if got.Metadata.Labels["x"] != "1" || got.Metadata.Annotations["note"] != "n" {
		t.Errorf("labels %v, annotations %v", got.Metadata.Labels, got.Metadata.Annotations)
	}
	_, back := c.with("Accept", proto).send(http.MethodGet, secretsPath+"/a", nil)
	if !bytes.Equal(raw, back) || !bytes.Contains(back, all) {
		t.Error("what is read in protobuf is not what was answered to the create")
	}
}
