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
}

// RoundTrip passes a request on, or loses it, or its answer.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return l.through.RoundTrip(r)
	}
	if l.loseWrite.CompareAndSwap(true, false) {
		return nil, errLost
	}
	response, err := l.through.RoundTrip(l.inspected(r))
	if err == nil && l.loseAnswer.CompareAndSwap(true, false) {
		_ = response.Body.Close()
		return nil, errLost
	}
	return response, err
}

// inspected looks whether a write has its precondition and is about a secret
// of ours, in the control plane's namespace.
func (l *line) inspected(r *http.Request) *http.Request {
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
	return again
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

// The looking must see what it looks for.
func TestInspectionSeesWritesWithoutPreconditions(t *testing.T) {
	t.Parallel()
	options, err := pack(metav1.TypeMeta{}, &metav1.DeleteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	opaque := []byte(`{"kind":"Secret","type":"Opaque","metadata":{"name":"x","resourceVersion":"1","uid":"u"}}`)
	blind := []byte(`{"kind":"Secret","type":"system.kuma.io/secret","metadata":{"name":"x"}}`)
	for _, c := range []struct {
		method string
		body   []byte
	}{{http.MethodDelete, options}, {http.MethodDelete, nil}, {http.MethodPut, opaque}, {http.MethodPut, blind}, {http.MethodPost, opaque}, {http.MethodPatch, blind}} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, "http://test/api/v1/namespaces/x/secrets/x?fieldManager=meshsecrets", nil)
		if err != nil {
			t.Fatal(err)
		}
		if unconditional(r, c.body) == "" {
			t.Errorf("%s with %q passes", c.method, c.body)
		}
	}
}
