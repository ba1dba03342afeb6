package cluster

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// request is an HTTP request as far as it was understood.
type request struct {
	http      *http.Request
	query     url.Values
	user      User
	form      form
	known     bool // the path is that of a kind
	builtIn   bool // its group is one that every cluster has
	kind      Kind
	group     string // of the path, known or not
	resource  string
	namespace string
	name      string
	sub       string // what follows the name
	verb      string
}

func (q request) dryRun() bool { return q.query.Get("dryRun") == metav1.DryRunAll }

func (q request) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: q.group, Resource: q.resource}
}

func (q request) key() string {
	if !q.kind.Namespaced {
		return q.name
	}
	return key(q.namespace, q.name)
}

// errNoPath is the answer to paths that nobody serves.
var errNoPath = errors.New("404 page not found")

// answer is the whole life of a request: who asks, may they, what is there.
func (s *Server) answer(r *http.Request) reply {
	q := s.understand(r)
	f, notAcceptable := negotiate(r.Header.Get("Accept"), q.kind)
	q.form = f
	user, err := s.who(q)
	if err == nil {
		q.user = user
		err = s.allow(q)
	}
	if err == nil && q.known && notAcceptable != nil {
		err = notAcceptable
	}
	if err != nil {
		return failed(q.form, err)
	}
	answer, err := s.serve(q)
	if err != nil {
		return failed(q.form, err)
	}
	return answer
}

func (s *Server) serve(q request) (reply, error) {
	switch {
	case q.resource == "":
		return s.about(q)
	case slices.Contains(reviews, q.resource) && q.verb == "create":
		return s.review(q)
	case q.builtIn && (!q.known || q.sub != ""):
		return reply{}, notFound()
	case !q.known || q.sub != "":
		return reply{}, errNoPath
	}
	switch q.verb {
	case "get":
		return s.get(q)
	case "list":
		return s.list(q)
	case "watch":
		return s.watch(q)
	}
	if q.kind.Fixed || q.kind.Namespaced && q.namespace == "" {
		return reply{}, notAllowed()
	}
	if err := q.checkOptions(); err != nil {
		return reply{}, err
	}
	switch q.verb {
	case "create":
		return s.create(q)
	case "update":
		return s.update(q)
	case "patch":
		return s.patch(q)
	case "delete":
		return s.delete(q)
	}
	return reply{}, notAllowed()
}

// notFound is the answer to paths in a group that every cluster has; others are
// answered in plain text.
func notFound() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound,
		Message: "the server could not find the requested resource", Details: &metav1.StatusDetails{},
	}}
}

// notAllowed is the answer to what a path does not take.
func notAllowed() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusMethodNotAllowed, Reason: metav1.StatusReasonMethodNotAllowed,
		Message: "the server does not allow this method on the requested resource", Details: &metav1.StatusDetails{},
	}}
}

// understand finds out what a path means, whether or not it is served.
func (s *Server) understand(r *http.Request) request {
	q := request{http: r, query: r.URL.Query()}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	version := ""
	switch {
	case parts[0] == "api" && len(parts) > 2:
		version, parts = parts[1], parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		q.group, version, parts = parts[1], parts[2], parts[3:]
	default:
		q.verb = strings.ToLower(r.Method)
		return q
	}
	if parts[0] == Namespaces.Resource && len(parts) > 2 {
		q.namespace, parts = parts[1], parts[2:]
	}
	q.resource = parts[0]
	if len(parts) > 1 {
		q.name = parts[1]
	}
	if q.resource == Namespaces.Resource && q.group == "" {
		q.namespace = q.name // whoever may something in a namespace may do it to it
	}
	q.sub = strings.Join(parts[min(2, len(parts)):], "/")
	q.verb = verb(r.Method, q.name, q.query)
	for _, k := range s.kinds {
		if k.Group == q.group && k.Version == version && k.Resource == q.resource && (k.Namespaced || q.namespace == "" || k == Namespaces) {
			q.kind, q.known = k, true
		}
		q.builtIn = q.builtIn || k.Group == q.group && k.Version == version && !k.Custom
	}
	return q
}

// verb is what a method is called in rules.
func verb(method, name string, query url.Values) string {
	switch method {
	case http.MethodGet, http.MethodHead:
		watch := query.Get("watch")
		switch {
		case watch == "true" || watch == "1":
			return "watch"
		case name == "":
			return "list"
		}
		return "get"
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodPatch:
		return "patch"
	case http.MethodDelete:
		if name == "" {
			return "deletecollection"
		}
		return "delete"
	}
	return strings.ToLower(method)
}

// failed is the answer when something went wrong.
func failed(f form, err error) reply {
	if errors.Is(err, errNoPath) {
		return reply{status: http.StatusNotFound, contentType: "text/plain; charset=utf-8", body: []byte(err.Error() + "\n")}
	}
	status := statusOf(err)
	body, err := f.status(&status)
	if err != nil {
		return reply{status: http.StatusInternalServerError, contentType: "text/plain; charset=utf-8"}
	}
	return reply{status: int(status.Code), contentType: f.contentType(), body: body}
}

// statusOf is an error as clients are told it. What is no Status is an internal
// error, with its text and nothing else.
func statusOf(err error) metav1.Status {
	var known apierrors.APIStatus
	if errors.As(err, &known) {
		return known.Status()
	}
	return metav1.Status{Status: metav1.StatusFailure, Code: http.StatusInternalServerError, Message: err.Error()}
}

// answered is the answer with an object.
func (q request) answered(status int, o *Object) (reply, error) {
	body, err := q.form.object(o)
	return reply{status: status, contentType: q.form.contentType(), body: body}, err
}
