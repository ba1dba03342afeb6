package kubernetes

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/backend/kubernetes/apiservertest"
	"meshsecrets/model"
)

// refusalOf is how an API server refuses, with a text and perhaps a field.
func refusalOf(status int, reason, message, field string) *http.Response {
	causes := ""
	if field != "" {
		causes = `,"details":{"causes":[{"field":` + quoted(field) + `,"message":` + quoted(message) + `}]}`
	}
	return reply(status, typeJSON, `{"kind":"Status","status":"Failure","reason":"`+reason+`","message":`+quoted(message)+causes+`}`)
}

func quoted(text string) string {
	raw, _ := json.Marshal(text)
	return string(raw)
}

// Nobody's answer to the question about admission refuses the change itself:
// only the control plane's own refusal shows that it answers.
func TestWhatTheQuestionAboutAdmissionTells(t *testing.T) {
	t.Parallel()
	const label = `metadata.labels["kuma.io/mesh"]`
	for name, c := range map[string]struct {
		answer *http.Response // to the update; nil accepts it
		want   string         // the outcome, when there is a trial
	}{
		"the control plane refuses": {refusalOf(422, "Invalid", "cannot change mesh", label), "accepted"},
		"nobody refuses":            {nil, "warned"},
		"a policy refuses":          {refusalOf(422, "Invalid", "labels are not to be changed by hand", ""), ""},
		"another field":             {refusalOf(422, "Invalid", "no", "metadata.labels"), ""},
		"a bad request":             {refusalOf(400, "BadRequest", "labels are not to be changed by hand", ""), ""},
		"no right":                  {refusalOf(403, "Forbidden", `secrets "a" is forbidden: User "jo" cannot update resource "secrets"`, ""), ""},
		"it is gone":                {refusalOf(404, "NotFound", "gone", ""), ""},
		"updates are off":           {refusalOf(405, "MethodNotAllowed", "no", ""), ""},
		"it changed meanwhile":      {refusalOf(409, "Conflict", "changed", ""), ""},
		"no answer":                 {reply(503, "text/html", "fake"), "an error"},
	} {
		p := holding("fake", func(r *http.Request) *http.Response {
			if r.Method != http.MethodPut {
				return nil
			}
			return c.answer
		}).plane(t)
		rehearsal, err := p.Rehearse(t.Context(), model.Change{Verb: model.Delete, Before: someSnapshot("fake")})
		got := ""
		switch {
		case err != nil:
			got = "an error"
		case len(rehearsal.Trials) == 2:
			got = map[backend.Outcome]string{backend.Accepted: "accepted", backend.Warned: "warned", backend.Refused: "refused"}[rehearsal.Trials[1].Outcome]
		}
		if got != c.want || rehearsal.Refusal() != nil {
			t.Errorf("%s: %q, want %q; %+v, %v", name, got, c.want, rehearsal, err)
		}
	}
}

// A sentence begins with a capital letter, in every script, and is valid text.
func TestSentences(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"the value is empty": "The value is empty.", "•••••• is bad.": "•••••• is bad.", "ça ne va pas": "Ça ne va pas.", "не можна": "Не можна.",
	} {
		if got := sentence(&backend.Error{Kind: backend.ErrInvalid, Reason: reason}); got != want || !utf8.ValidString(got) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What a deletion would only mark is not deleted, and that is said: before it
// is tried, when it is known, and in the rehearsal.
func TestFinalizersHoldWhatIsDeleted(t *testing.T) {
	t.Parallel()
	const would = "finalizers would hold it (fake.example.com/hold): whoever set them has to let go first"
	worlds(t, func(t *testing.T, w world) {
		w.put(backendtest.Object{Ref: someRef, Value: []byte("fake value"), Finalizers: []string{"fake.example.com/hold"}})
		p := w.as(apiservertest.Admin)
		seen, err := p.Get(t.Context(), someRef)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.put(backendtest.Object{Ref: someRef, Value: []byte("fake value")}) }) // it can go
		blind := seen
		blind.Secret.Version, blind.Secret.Object = model.Version{}, model.Object{}
		unaware := seen
		unaware.Secret.Object = model.Object{}
		for name, before := range map[string]model.Snapshot{"known": seen, "looked at": blind} {
			wantReason(t, name, p.Delete(t.Context(), before), backend.ErrInvalid, would)
		}
		for name, before := range map[string]model.Snapshot{"known": seen, "not known": unaware} {
			rehearsal, err := p.Rehearse(t.Context(), model.Change{Verb: model.Delete, Before: before})
			if refusal := rehearsal.Refusal(); err != nil || refusal == nil || refusal.Why != "F"+would[1:]+"." {
				t.Errorf("%s: the rehearsal says %+v, %v", name, refusal, err)
			}
		}
		if found, err := p.Get(t.Context(), someRef); err != nil || found.Secret.Object.Deleting {
			t.Errorf("it is being deleted: %+v, %v", found.Secret.Object, err)
		}
		const held = "it is being deleted, and finalizers hold it (fake.example.com/hold)"
		wantReason(t, "not known", p.Delete(t.Context(), unaware), backend.ErrConflict, held)
		if seen, err = p.Get(t.Context(), someRef); err != nil || !seen.Secret.Object.Deleting {
			t.Errorf("it is not being deleted: %+v, %v", seen.Secret.Object, err)
		}
		wantReason(t, "deleted", p.Delete(t.Context(), seen), backend.ErrInvalid, held)
	})
}

func wantReason(t *testing.T, name string, err, kind error, reason string) {
	t.Helper()
	var told *backend.Error
	if !errors.As(err, &told) || !errors.Is(err, kind) || told.Reason != reason {
		t.Errorf("%s: got %v, want %v: %q", name, err, kind, reason)
	}
}

// What comes instead of an answer to a deletion does not tell that it was done.
func TestDeletionsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ kind, body string }{
		"a web page": {"text/html", "<html>fake</html>"}, "nothing": {typeJSON, ""}, "something else": {typeJSON, "{}"}, "broken": {typeProtobuf, magic + "\xff"},
	} {
		err := always(200, c.kind, c.body).plane(t).Delete(t.Context(), someSnapshot("fake"))
		if !errors.Is(err, backend.ErrUnknown) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, body := range map[string]string{
		"a status":   `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}`,
		"the object": `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"smtp-password"}}`,
	} {
		if err := always(200, typeJSON, body).plane(t).Delete(t.Context(), someSnapshot("fake")); err != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Only the words of access rules say that a right is missing; a policy says
// why itself.
func TestWhoRefuses(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`secrets "smtp-password" is forbidden: User "jo" cannot delete resource "secrets" in API group "" in the namespace "kuma-system"`:              "you may not delete secrets in namespace kuma-system",
		`secrets "smtp-password" is forbidden: ValidatingAdmissionPolicy 'freeze' denied request: secrets cannot be deleted during the freeze`:         "",
		`admission webhook "policy.example.com" denied the request: User "jo" cannot do that`:                                                          `User "jo" cannot do that`,
		`secrets "smtp-password" is forbidden: ValidatingAdmissionPolicy 'freeze' denied request: it is forbidden: User "jo" cannot do that on Friday`: "",
	} {
		want := want
		if want == "" {
			want = said
		}
		err := (&fake{answer: func(*http.Request) (*http.Response, error) { return refusalOf(403, "Forbidden", said, ""), nil }}).plane(t).
			Delete(t.Context(), someSnapshot("fake"))
		wantReason(t, said, err, backend.ErrForbidden, want)
		var told *backend.Error
		if errors.As(err, &told) && (told.Hint != "") != strings.HasPrefix(want, "you may not") {
			t.Errorf("%s: the hint is %q", said, told.Hint)
		}
	}
}
