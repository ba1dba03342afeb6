package kubernetes

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

const someUID = "9c1e7a40-5b1d-4e0a-9c55-2f6d0c3b7e11"

// somePlan moves someRef to mesh payments.
func somePlan() model.Plan {
	return model.Plan{ID: "00fa4e00fa4e00fa", From: someRef, To: model.Ref{Mesh: "payments", Name: someRef.Name}, UID: someUID}
}

// full is a secret with values in all places.
func full() model.Snapshot {
	return model.Snapshot{
		Secret: model.Secret{
			Ref: someRef, Version: model.Version{UID: someUID, Revision: "7"},
			Labels: map[string]string{model.LabelMesh: "default", "team": "blue"},
			Object: model.Object{Immutable: true, Applied: true, Owners: []string{"Mesh default"}},
		},
		Value: model.NewValue([]byte(canary)),
		Rest: model.Rest{
			Keys:        map[string]model.Value{"password": model.NewValue([]byte("fake\x00\xff"))},
			Annotations: map[string]model.Value{"note": model.NewValue([]byte("fake \"note\"\n")), "bytes": model.NewValue([]byte("\x00\xff"))},
		},
	}
}

// copier makes safety copies and is asked nothing.
func copier(t testing.TB) *plane {
	t.Helper()
	c, err := newClient(Options{Transport: always(500, typeJSON, "")})
	if err != nil {
		t.Fatal(err)
	}
	p := newPlane(c, somewhere, backend.Identity{User: "jo@example.com"}, model.NewExaminer([32]byte{1}))
	p.host = "lab-7"
	return p
}

// copyOf is the safety copy of full, as a server has it.
func copyOf(t testing.TB, p *plane) held {
	t.Helper()
	h, err := p.newCopy(somePlan(), full())
	if err != nil {
		t.Fatal(err)
	}
	h.UID, h.ResourceVersion, h.CreationTimestamp = "u-copy", "9", metav1.NewTime(someTime)
	return h
}

func TestShapeOfASafetyCopy(t *testing.T) {
	t.Parallel()
	h := copyOf(t, copier(t))
	annotations := map[string]string{
		"meshsecrets.io/from-mesh": "default", "meshsecrets.io/to-mesh": "payments", "meshsecrets.io/source-name": "smtp-password",
		"meshsecrets.io/source-uid": someUID, "meshsecrets.io/source-rv": "7", "meshsecrets.io/by": "jo@example.com",
		"meshsecrets.io/host": "lab-7", "meshsecrets.io/tool-version": version(),
	}
	labels := map[string]string{"meshsecrets.io/reassign": "00fa4e00fa4e00fa", "app.kubernetes.io/managed-by": "meshsecrets"}
	if h.Type != "meshsecrets.io/reassign-v1" || h.Name != "meshsecrets-reassign-"+someUID || h.Namespace != somewhere ||
		!maps.Equal(h.Annotations, annotations) || !maps.Equal(h.Labels, labels) || !*h.Immutable || len(h.OwnerReferences) > 0 {
		t.Errorf("it is %+v", h.ObjectMeta)
	}
	if keys := slices.Sorted(maps.Keys(h.Data)); !slices.Equal(keys, []string{"meta.json", "v.password", "v.value"}) ||
		string(h.Data["v.value"]) != canary || string(h.Data["v.password"]) != "fake\x00\xff" {
		t.Errorf("it holds %v", keys)
	}
	const meta = `{"schema":1,"id":"00fa4e00fa4e00fa","from":"default","to":"payments","name":"smtp-password","uid":"9c1e7a40-5b1d-4e0a-9c55-2f6d0c3b7e11","revision":"7",` +
		`"type":"system.kuma.io/secret","labels":{"kuma.io/mesh":"default","team":"blue"},"immutable":true,"unlabelled":false,` +
		`"annotations":{"bytes":"AP8=","note":"ZmFrZSAibm90ZSIK"}}`
	if string(h.Data["meta.json"]) != meta {
		t.Errorf("meta.json is %s", h.Data["meta.json"])
	}
}

func TestSafetyCopiesAreReadBack(t *testing.T) {
	t.Parallel()
	p := copier(t)
	kept := p.safetyCopy(copyOf(t, p), someTime.Add(4*time.Minute))
	want := model.Unfinished{
		Plan: somePlan(), Copy: "meshsecrets-reassign-" + someUID, By: "jo@example.com", Host: "lab-7", Started: someTime, Age: 4 * time.Minute,
	}
	if kept.Unfinished != want || kept.Version != (model.Version{UID: "u-copy", Revision: "9"}) {
		t.Errorf("it is %+v", kept.Unfinished)
	}
	s, was := kept.Secret.Secret, full()
	if !kept.Secret.Same(was) || s.Ref != someRef || s.Version != was.Secret.Version || !s.Object.Immutable || s.Object.Applied || len(s.Object.Owners) > 0 {
		t.Errorf("it holds %+v", s)
	}
	if s.Facts.Size != len(canary) || !slices.Equal(s.Object.Annotations, []string{"bytes", "note"}) || len(s.Object.Keys) != 1 {
		t.Errorf("it tells %+v", s)
	}
	// A clock that is behind makes nothing younger than it can be.
	if kept := p.safetyCopy(copyOf(t, p), someTime.Add(-time.Hour)); kept.Age != 0 {
		t.Errorf("its age is %v", kept.Age)
	}
}

// Whatever is not as it was written makes it none of ours, and no value is
// given.
func TestSafetyCopiesThatAreNone(t *testing.T) {
	t.Parallel()
	p := copier(t)
	meta := func(from, to string) func(*held) {
		return func(h *held) {
			text := string(h.Data[keyMeta])
			if !strings.Contains(text, from) {
				t.Errorf("there is no %s in %s", from, text)
			}
			h.Data[keyMeta] = []byte(strings.ReplaceAll(text, from, to))
		}
	}
	note := func(name, text string) func(*held) { return func(h *held) { h.Annotations[name] = text } }
	for name, change := range map[string]func(*held){
		"another type":           func(h *held) { h.Type = "Opaque" },
		"a mesh secret":          func(h *held) { h.Type = typeMesh },
		"not immutable":          func(h *held) { h.Immutable = nil },
		"immutable is off":       func(h *held) { *h.Immutable = false },
		"another name":           func(h *held) { h.Name += "x" },
		"no label":               func(h *held) { h.Labels = nil },
		"another id":             func(h *held) { h.Labels[model.LabelReassign] = "another" },
		"an id that is no label": func(h *held) { h.Labels[model.LabelReassign] = "a b" },
		"no annotations":         func(h *held) { h.Annotations = nil },
		"another UID":            note(noteUID, "another"),
		"another target":         note(noteTo, "orders"),
		"no target":              note(noteTo, ""),
		"a target that is none":  note(noteTo, "a b"),
		"the same mesh":          func(h *held) { h.Annotations[noteTo] = "default"; meta(`"to":"payments"`, `"to":"default"`)(h) },
		"another source":         note(noteFrom, "orders"),
		"another secret":         note(noteName, "another"),
		"a name that is none":    func(h *held) { h.Annotations[noteName] = "a/b"; meta("smtp-password", "a/b")(h) },
		"another revision":       note(noteRevision, "8"),
		"somebody is too long":   note(noteBy, strings.Repeat("x", maxNote+1)),
		"no value":               func(h *held) { delete(h.Data, "v.value") },
		"an empty value":         func(h *held) { h.Data["v.value"] = nil },
		"a key that is none":     func(h *held) { h.Data["value"] = []byte("fake") },
		"a key without a name":   func(h *held) { h.Data["v."] = []byte("fake") },
		"no meta.json":           func(h *held) { delete(h.Data, keyMeta) },
		"meta.json is none":      func(h *held) { h.Data[keyMeta] = []byte("fake") },
		"a later schema":         meta(`"schema":1`, `"schema":2`),
		"of another type":        meta(`"system.kuma.io/secret"`, `"system.kuma.io/global-secret"`),
		"labels of another mesh": meta(`"kuma.io/mesh":"default"`, `"kuma.io/mesh":"orders"`),
		"a label that is not":    meta(`"unlabelled":false`, `"unlabelled":true`),
		"annotations in numbers": meta(`"AP8="`, `1`),
		"annotations in words":   meta(`"AP8="`, `"no base64!"`),
		"annotations cut off":    meta(`"AP8="`, `""`+`,"x":"`+`A"`),
	} {
		h := copyOf(t, p)
		change(&h)
		kept := p.safetyCopy(h, someTime)
		want := model.Unfinished{Copy: h.Name, Started: someTime, Problem: h.Name + " does not hold what a safety copy holds."}
		if kept.Unfinished != want {
			t.Errorf("%s: it is taken for %+v", name, kept.Unfinished)
		}
		if kept.Secret.Value.Len() > 0 || len(kept.Secret.Rest.Keys)+len(kept.Secret.Rest.Annotations) > 0 {
			t.Errorf("%s: a value is given", name)
		}
	}
}

// A safety copy that is being deleted goes as soon as somebody lets go of it:
// nothing relies on it, and it is said which secret it is of.
func TestSafetyCopiesThatAreBeingDeleted(t *testing.T) {
	t.Parallel()
	p := copier(t)
	h := copyOf(t, p)
	h.Finalizers, h.DeletionTimestamp = []string{"fake.example.com/hold"}, &metav1.Time{Time: someTime}
	kept := p.safetyCopy(h, someTime)
	want := "meshsecrets-reassign-" + someUID + " is being deleted, and finalizers hold it: if smtp-password is in no mesh, its value is only there."
	if kept.Problem != want || kept.Plan != somePlan() || kept.By != "jo@example.com" {
		t.Errorf("it is taken for %+v", kept.Unfinished)
	}
	if kept.Secret.Value.Len() > 0 || len(kept.Secret.Rest.Keys)+len(kept.Secret.Rest.Annotations) > 0 {
		t.Error("a value is given")
	}
}

// A name or a login of any length leaves a safety copy that can be read.
func TestLongNotesAreClipped(t *testing.T) {
	t.Parallel()
	p := copier(t)
	p.identity.User, p.host = strings.Repeat("ü", maxNote), "\xff"+strings.Repeat("x", 2*maxNote)
	h := copyOf(t, p)
	if kept := p.safetyCopy(h, someTime); kept.Problem != "" || kept.By != strings.Repeat("ü", maxNote/2) || kept.Host != strings.Repeat("x", maxNote-1) {
		t.Errorf("it is %+v", kept.Unfinished)
	}
}

// Whatever is found under the name of a safety copy, reading it ends; what is
// taken for one can be written again as it was.
func FuzzSafetyCopy(f *testing.F) {
	p := copier(f)
	sound := copyOf(f, p)
	packed, err := pack(metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, &sound.secretObject)
	if err != nil {
		f.Fatal(err)
	}
	plain, err := json.Marshal(&sound.secretObject)
	if err != nil {
		f.Fatal(err)
	}
	meta := string(sound.Data[keyMeta])
	f.Add(packed, meta)
	f.Add(plain, meta)
	f.Add(plain, strings.Replace(meta, "AP8=", `\u0041P8=`, 1))
	f.Add([]byte(`{"kind":"Secret","metadata":{"name":"x"}}`), `{"annotations":{"a":"`)
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		h, err := hold(raw)
		if err != nil {
			return
		}
		if h.Data != nil {
			h.Data[keyMeta] = []byte(text)
		}
		kept := p.safetyCopy(h, someTime)
		if kept.Problem != "" {
			if kept.Secret.Value.Len() > 0 || kept.Plan != (model.Plan{}) {
				t.Errorf("what is no safety copy gives a value or a plan: %+v", kept.Unfinished)
			}
			return
		}
		again, err := p.newCopy(kept.Plan, kept.Secret)
		if err != nil {
			t.Fatal(err)
		}
		again.CreationTimestamp = h.CreationTimestamp
		if second := p.safetyCopy(again, someTime); second.Problem != "" || !second.Secret.Same(kept.Secret) || second.Plan != kept.Plan {
			t.Errorf("it is another one when it is written again: %+v, %+v", kept.Unfinished, second.Unfinished)
		}
	})
}

// A server that echoes all that a safety copy is, in whatever encoding, gets
// nothing of it into an error.
func TestErrorsOfSafetyCopiesHoldNoCanary(t *testing.T) {
	t.Parallel()
	const note = "CANARY-annotation, not real"
	s := full()
	s.Rest.Annotations["note"] = model.NewValue([]byte(note))
	change := model.Change{Verb: model.Reassign, Before: s}
	h, err := copier(t).newCopy(somePlan(), s)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(echo string) error {
		err := always(422, typeJSON, `{"kind":"Status","status":"Failure","reason":"Invalid","message":`+quoted("you sent "+echo)+`}`).plane(t).
			Keep(t.Context(), somePlan(), change)
		if !errors.Is(err, backend.ErrInvalid) || !strings.HasPrefix(err.Error(), "keeping a safety copy of default/smtp-password: you sent ") {
			t.Errorf("got %v", err)
		}
		return err
	}
	for _, secret := range []string{canary, note} {
		for encoding, form := range backendtest.Encodings(secret) {
			backendtest.WantSilent(t, encoding, keep(form), canary, note)
		}
	}
	// In the data of the object, meta.json is encoded once more.
	once := base64.StdEncoding.EncodeToString([]byte(note))
	begins := strings.Index(string(h.Data[keyMeta]), once)
	twice := base64.StdEncoding.EncodeToString(h.Data[keyMeta])[begins*4/3+4 : (begins+len(once))*4/3-4]
	err = keep(twice)
	for at := 0; at+8 <= len(twice); at++ {
		if strings.Contains(err.Error(), twice[at:at+8]) {
			t.Fatalf("the error holds an annotation, encoded twice: %v", err)
		}
	}
}

// A safety copy is written once, whatever comes of it.
func TestSafetyCopiesAreWrittenOnce(t *testing.T) {
	t.Parallel()
	change := model.Change{Verb: model.Reassign, Before: full()}
	for name, c := range map[string]struct {
		answer func() (*http.Response, error)
		want   error
	}{
		"no answer":  {func() (*http.Response, error) { return nil, errLost }, backend.ErrUnknown},
		"a failure":  {func() (*http.Response, error) { return reply(500, typeJSON, "", "Retry-After", "1"), nil }, backend.ErrUnknown},
		"wait":       {func() (*http.Response, error) { return reply(429, typeJSON, "", "Retry-After", "1"), nil }, backend.ErrBusy},
		"no answer?": {func() (*http.Response, error) { return reply(200, typeJSON, "{}"), nil }, backend.ErrUnknown},
		"it exists":  {func() (*http.Response, error) { return refusalOf(409, "AlreadyExists", "it exists", ""), nil }, backend.ErrExists},
		"no room":    {func() (*http.Response, error) { return refusalOf(403, "Forbidden", "exceeded quota: fake", ""), nil }, backend.ErrForbidden},
	} {
		f := &fake{answer: func(*http.Request) (*http.Response, error) { return c.answer() }}
		if err := f.plane(t).Keep(t.Context(), somePlan(), change); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v", name, err)
		}
		if asked := f.requests(); len(asked) != 1 || asked[0] != "POST /api/v1/namespaces/kuma-system/secrets?fieldManager=meshsecrets" {
			t.Errorf("%s: it asked %v", name, asked)
		}
	}
}

// noteItem is the metadata of a safety copy, as lists have it.
func noteItem(uid, made string) string {
	return fmt.Sprintf(`{"metadata":{"name":"meshsecrets-reassign-%s","uid":"u","resourceVersion":"1","creationTimestamp":%q,"labels":{"meshsecrets.io/reassign":"id-%s"},`+
		`"annotations":{"meshsecrets.io/from-mesh":"default","meshsecrets.io/to-mesh":"payments","meshsecrets.io/source-name":"smtp-password",`+
		`"meshsecrets.io/source-uid":%q,"meshsecrets.io/source-rv":"7","meshsecrets.io/by":"ana","meshsecrets.io/host":"lab-7","note":%q}}}`, uid, made, uid, uid, canary)
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	list := func(next string, items ...string) string {
		return `{"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"5","continue":"` + next + `"},"items":[` + strings.Join(items, ",") + `]}`
	}
	expired := false
	f := &fake{answer: func(r *http.Request) (*http.Response, error) {
		if accept := r.Header.Get("Accept"); accept != acceptList {
			t.Errorf("it accepts %q", accept)
		}
		const date = "Fri, 20 Nov 2026 10:00:00 GMT"
		switch {
		case r.URL.Query().Get("continue") == "":
			return reply(200, typeJSON, list("more", noteItem("u-2", "2026-11-20T09:56:00Z"), noteItem("forged", "2026-11-20T09:58:00Z")), "Date", date), nil
		case !expired:
			expired = true
			return refusalOf(410, "Expired", "too old", ""), nil
		}
		return reply(200, typeJSON, list("", strings.Replace(noteItem("u-1", "2026-11-20T09:50:00Z"), `"payments"`, `"a b"`, 1)), "Date", date), nil
	}}
	found, err := f.plane(t).Unfinished(t.Context())
	if err != nil || len(found) != 3 {
		t.Fatalf("got %+v, %v", found, err)
	}
	const base = "GET /api/v1/namespaces/kuma-system/secrets?"
	const query = "fieldSelector=type%3Dmeshsecrets.io%2Freassign-v1&limit=500"
	again := []string{base + query, base + "continue=more&" + query}
	if asked := f.requests(); !slices.Equal(asked, append(again, again...)) {
		t.Errorf("it asked %q", asked)
	}
	oldest, whole := found[0], found[1]
	if oldest.Problem != "meshsecrets-reassign-u-1 does not hold what a safety copy holds." || oldest.By != "" || oldest.Age != 10*time.Minute {
		t.Errorf("the oldest is %+v", oldest)
	}
	want := model.Unfinished{
		Plan: model.Plan{ID: "id-u-2", From: someRef, To: model.Ref{Mesh: "payments", Name: someRef.Name}, UID: "u-2"},
		Copy: "meshsecrets-reassign-u-2", By: "ana", Host: "lab-7", Started: time.Date(2026, 11, 20, 9, 56, 0, 0, time.UTC), Age: 4 * time.Minute,
	}
	if whole != want {
		t.Errorf("the next is %+v", whole)
	}
	backendtest.WantSilent(t, "the list", fmt.Errorf("%+v", found), canary)
}

func TestUnfinishedThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer *fake
		want   error
	}{
		"forbidden":     {&fake{answer: func(*http.Request) (*http.Response, error) { return refusalOf(403, "Forbidden", "no", ""), nil }}, backend.ErrForbidden},
		"no list":       {always(200, typeJSON, "{}"), backend.ErrStranger},
		"no names":      {always(200, typeJSON, `{"kind":"List","items":[{"metadata":{}}]}`), backend.ErrStranger},
		"never settled": {&fake{answer: func(*http.Request) (*http.Response, error) { return refusalOf(410, "Expired", "no", ""), nil }}, backend.ErrConflict},
		"never ends":    {always(200, typeJSON, `{"kind":"List","metadata":{"continue":"more"},"items":[]}`), backend.ErrStranger},
	} {
		found, err := c.answer.plane(t).Unfinished(t.Context())
		if !errors.Is(err, c.want) || len(found) > 0 {
			t.Errorf("%s: got %+v, %v", name, found, err)
		}
	}
}
