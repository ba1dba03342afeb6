// Package cluster is a Kubernetes API server in memory, as far as the console
// uses one: lists in pages, metadata alone, protobuf and JSON, watches, writes
// with their preconditions, dry runs, RBAC. It knows nothing of meshes; what is
// refused by admission, and which kinds there are, it is told.
//
// One file each: route finds what a path means; access says who asks and what
// is allowed; read answers get and list, page holds continue tokens, watch the
// streams; write, delete and patch change objects, decode takes what was sent,
// valid holds the API server's own rules, managed its book of who owns which
// field; object and store are what is kept, feed what happened to it last, seed
// how it gets there unasked; form, json, proto, wire, question and table are
// how it looks when it is sent; discover, schema and review answer about the
// server and its users; transport reaches it without a network.
//
// Its truth are recorded exchanges with a real API server, which package
// embedded plays back. What nobody here asks for is left out: server-side
// apply, JSON patches, deletion of collections, subresources, YAML.
package cluster

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Kind is a kind of object and where it is found.
type Kind struct {
	Group      string // "" for the core
	Version    string
	Resource   string // "meshes"
	Singular   string // "mesh"
	Name       string // "Mesh"
	Short      string // "ns"; "" for none
	Namespaced bool
	// Custom tells that it is defined by a CustomResourceDefinition: it is
	// free-form, always JSON, and never written without a resourceVersion.
	Custom bool
	// Fixed tells that it can be read here, but not written.
	Fixed bool
}

// GroupVersion is how objects name it: "v1", "kuma.io/v1alpha1".
func (k Kind) GroupVersion() string {
	if k.Group == "" {
		return k.Version
	}
	return k.Group + "/" + k.Version
}

// The kinds of every cluster that are known here.
var (
	Secrets    = Kind{Version: "v1", Resource: "secrets", Singular: "secret", Name: "Secret", Namespaced: true}
	Namespaces = Kind{Version: "v1", Resource: "namespaces", Singular: "namespace", Name: "Namespace", Short: "ns", Fixed: true}
	// Deployments and Webhooks are only there to be looked at.
	Deployments = Kind{Group: "apps", Version: "v1", Resource: "deployments", Singular: "deployment", Name: "Deployment", Short: "deploy", Namespaced: true, Fixed: true}
	Webhooks    = Kind{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingwebhookconfigurations",
		Singular: "validatingwebhookconfiguration", Name: "ValidatingWebhookConfiguration", Fixed: true}
)

// Write is a write that is about to happen, as admission sees it.
type Write struct {
	Operation Operation
	Old       *Object // nil for a create; never to be changed
	New       *Object // nil for a delete; Default may change it
	User      User
	DryRun    bool
	Held      int // how many of its kind the namespace of a create holds before it
}

// Operation is what a write does.
type Operation string

// The operations that admission is asked about.
const (
	Create Operation = "CREATE"
	Update Operation = "UPDATE"
	Delete Operation = "DELETE"
)

// Object is what the write is about, before it or after.
func (w Write) Object() *Object {
	if w.New != nil {
		return w.New
	}
	return w.Old
}

// Admission decides about writes. Errors are Status errors of the API
// machinery, and go to the client as they are.
type Admission interface {
	// Default changes what was sent, before it is looked at.
	Default(w Write) error
	// Validate refuses, after the API server's own rules were held.
	Validate(w Write) error
}

// Change is what happened to an object.
type Change struct {
	Before  *Object // nil when it was made
	After   *Object // nil when it was deleted
	Version uint64  // of the cluster once it had happened, to Options.Changed
}

// Object is what the change is about.
func (c Change) Object() *Object {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Options say what cluster it is.
type Options struct {
	Now   func() time.Time
	ID    func(of string) string // an identifier for each text
	Kinds []Kind                 // beside those of every cluster
	Users []User                 // none: everybody is an administrator
	// Admission is asked about writes of clients; nil takes all.
	Admission Admission
	// Changed is told of changes in their order, before anybody can read them.
	// It must not call the server.
	Changed func([]Change)
	// Settled is told of a write of a client when it is over. It may write.
	Settled func(Change)
	// Group is what the server says about the custom kinds' group, as JSON, by
	// the group and version; what is not in it is made from Kinds.
	Group map[string][]byte
}

// Server is the API server. It is safe for use by many goroutines.
type Server struct {
	options Options
	kinds   []Kind

	mu    sync.RWMutex // guards what follows
	store store
	feed  feed
}

// New makes a cluster that holds the namespaces of every cluster.
func New(o Options) *Server {
	s := &Server{options: o, kinds: append([]Kind{Secrets, Namespaces, Deployments, Webhooks}, o.Kinds...)}
	for _, name := range []string{"default", "kube-node-lease", "kube-public", "kube-system"} {
		s.AddNamespace(name, "kube-apiserver")
	}
	return s
}

// AddNamespace makes a namespace.
func (s *Server) AddNamespace(name, manager string) {
	o := &Object{Kind: Namespaces}
	o.Meta.Name = name
	o.Meta.Labels = map[string]string{"kubernetes.io/metadata.name": name}
	now := s.now()
	Own(o, []string{manager}, now, now)
	// The rest a server fills in, on behalf of nobody.
	o.Fields = map[string]any{
		"spec":   map[string]any{"finalizers": []any{"kubernetes"}},
		"status": map[string]any{"phase": "Active"},
	}
	s.Seed(o)
}

// Kinds are all kinds of the cluster.
func (s *Server) Kinds() []Kind { return s.kinds }

// now is the moment as objects hold it: in seconds.
func (s *Server) now() time.Time { return s.options.Now().UTC().Truncate(time.Second) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := s.answer(r)
	if answer.stream == nil {
		answer.write(w)
		return
	}
	answer.pour(w, r)
}

// pour sends a stream. What is read and written at a time is bounded by whoever
// serves; a stream lasts as long as it is to last, so those bounds are taken
// away. That it begins is told at once: nobody waits for the first event to
// know that there is an answer.
func (p reply) pour(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // whoever has none takes none
	_ = control.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", p.contentType)
	w.WriteHeader(p.status)
	err := control.Flush()
	if err == nil {
		err = p.stream(r.Context(), func(part []byte) error {
			if _, err := w.Write(part); err != nil {
				return err
			}
			return control.Flush()
		})
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the stream was broken: the client is to see that
	}
}

// reply is an answer, ready to be sent, or a stream of parts.
type reply struct {
	status      int
	contentType string
	body        []byte
	// stream sends parts until the watch is over. An error breaks the
	// connection.
	stream func(ctx context.Context, send func([]byte) error) error
}

func (p reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.contentType)
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body) // the other side may be gone; nobody is left to tell
}
