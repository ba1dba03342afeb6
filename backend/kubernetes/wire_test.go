package kubernetes

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/model"
)

// errLost is how a request or an answer is lost on the way.
var errLost = errors.New("lost, by the test")

// line lies between the client and a server. It breaks when a test asks for
// it, and looks at everything that is sent.
type line struct {
	t                     testing.TB
	through               http.RoundTripper
	namespace             string
	loseAnswer, loseWrite atomic.Bool
	refused               atomic.Pointer[rule]
}

// rule is what is refused when it is made: secrets of a mesh, or those with the
// tag of a reassign.
type rule struct {
	mesh      string
	tagged    bool
	rehearsed bool // in dry runs, too
}

// refuse begins to refuse.
func (l *line) refuse(mesh string, rehearsed bool) {
	l.refused.Store(&rule{mesh: mesh, rehearsed: rehearsed})
}

// refusal is the answer to what is refused, or nil.
func (l *line) refusal(r *http.Request, body []byte) *http.Response {
	rule := l.refused.Load()
	if rule == nil || r.Method != http.MethodPost || r.URL.Query().Get("dryRun") != "" && !rule.rehearsed {
		return nil
	}
	object, err := hold(body)
	_, tagged := object.Labels[model.LabelReassign]
	meant := object.Labels[model.LabelMesh] == rule.mesh || rule.tagged && tagged
	if err != nil || object.Type != typeMesh || !meant {
		return nil
	}
	return refusalOf(http.StatusUnprocessableEntity, "Invalid", "refused, by the test", "metadata.name")
}

// RoundTrip passes a request on, or loses it, or its answer.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return l.through.RoundTrip(r)
	}
	if l.loseWrite.CompareAndSwap(true, false) {
		return nil, errLost
	}
	r, body := l.inspected(r)
	if refusal := l.refusal(r, body); refusal != nil {
		return refusal, nil
	}
	response, err := l.through.RoundTrip(r)
	if err == nil && l.loseAnswer.CompareAndSwap(true, false) {
		_ = response.Body.Close()
		return nil, errLost
	}
	return response, err
}

// inspected looks whether a write has its precondition and is about a secret
// of ours, in the control plane's namespace.
func (l *line) inspected(r *http.Request) (*http.Request, []byte) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		l.t.Errorf("%s: %v", r.Method, err)
	}
	if path := "/api/v1/namespaces/" + l.namespace + "/secrets"; r.URL.Path != path && !strings.HasPrefix(r.URL.Path, path+"/") {
		l.t.Errorf("%s goes to %s", r.Method, r.URL.Path)
	}
	if fault := unconditional(r, body); fault != "" {
		l.t.Errorf("%s %s: %s", r.Method, r.URL.Path, fault)
	}
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return again, body
}

// unconditional says what a write lacks, or "".
func unconditional(r *http.Request, body []byte) string {
	if r.Method == http.MethodDelete {
		var options metav1.DeleteOptions
		if err := decode(body, &options); err != nil {
			return "it has no options that can be read"
		}
		if on := options.Preconditions; on == nil || on.UID == nil || *on.UID == "" || on.ResourceVersion == nil || *on.ResourceVersion == "" {
			return "it has no preconditions"
		}
		return ""
	}
	object, err := hold(body)
	switch {
	case err != nil:
		return "it sends no secret"
	case object.Type == typeCopy && r.Method == http.MethodPost:
		return unsoundCopy(object)
	case !object.ours():
		return "it is about a secret of another type"
	case r.URL.Query().Get("fieldManager") != fieldManager:
		return "it does not say who writes"
	case r.Method == http.MethodPut && (object.ResourceVersion == "" || object.UID == ""):
		return "it has no resourceVersion"
	case r.Method == http.MethodPost && (object.ResourceVersion != "" || object.UID != "" || len(object.OwnerReferences) > 0):
		return "it carries what belongs to another object"
	case r.Method != http.MethodPut && r.Method != http.MethodPost:
		return "it is a write of another kind"
	}
	return ""
}

// unsoundCopy says what a safety copy has that it must not have, or lacks.
func unsoundCopy(object held) string {
	_, labelled := object.Labels[model.LabelMesh]
	switch {
	case object.Name != model.CopyName(object.Annotations[noteUID]):
		return "a safety copy has another name"
	case object.Immutable == nil || !*object.Immutable:
		return "a safety copy could be changed"
	case labelled, len(object.OwnerReferences) > 0, object.ResourceVersion != "", object.UID != "":
		return "a safety copy carries what belongs to another object"
	case object.Annotations[model.LastApplied] != "" || len(object.Annotations) != 8:
		return "a safety copy has annotations that are no notes"
	}
	return ""
}

// The looking must see what it looks for.
func TestInspectionSeesWritesWithoutPreconditions(t *testing.T) {
	t.Parallel()
	options, err := pack(metav1.TypeMeta{}, &metav1.DeleteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	opaque := []byte(`{"kind":"Secret","type":"Opaque","metadata":{"name":"x","resourceVersion":"1","uid":"u"}}`)
	blind := []byte(`{"kind":"Secret","type":"system.kuma.io/secret","metadata":{"name":"x"}}`)
	edited := []byte(`{"kind":"Secret","type":"meshsecrets.io/reassign-v1","metadata":{"name":"meshsecrets-reassign-u","resourceVersion":"1","uid":"u"}}`)
	for _, c := range []struct {
		method string
		body   []byte
	}{{http.MethodPut, edited}, {http.MethodPost, edited}, {http.MethodDelete, options}, {http.MethodDelete, nil}, {http.MethodPut, opaque}, {http.MethodPut, blind}, {http.MethodPost, opaque}, {http.MethodPatch, blind}} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, "http://test/api/v1/namespaces/x/secrets/x?fieldManager=meshsecrets", nil)
		if err != nil {
			t.Fatal(err)
		}
		if unconditional(r, c.body) == "" {
			t.Errorf("%s with %q passes", c.method, c.body)
		}
	}
}
