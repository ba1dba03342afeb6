package kubernetes

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"k8s.io/client-go/rest"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// fieldManager is the name under which an API server notes what we wrote.
const fieldManager = "meshsecrets"

// The words for what was being done, as errors say them.
const (
	opConnect = "connecting"
	opList    = "listing"
	opRead    = "reading"
	opSave    = "saving"
	opDelete  = "deleting"
	opTry     = "trying out"
	opWatch   = "watching"
)

// The verbs of an API server, as access rules name them.
const (
	verbGet    = "get"
	verbList   = "list"
	verbWatch  = "watch"
	verbCreate = "create"
	verbUpdate = "update"
	verbDelete = "delete"
)

// What is asked for and sent. Metadata alone leaves values where they are.
const (
	typeJSON     = "application/json"
	typeProtobuf = "application/vnd.kubernetes.protobuf"
	asMetadata   = ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
	asList       = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

	acceptSecret   = typeProtobuf + "," + typeJSON
	acceptMetadata = typeProtobuf + asMetadata + "," + typeJSON + asMetadata
	acceptList     = typeProtobuf + asList + "," + typeJSON + asList
	acceptTable    = typeJSON + ";as=Table;g=meta.k8s.io;v=v1," + typeJSON
)

// place is where objects are. Namespace is empty for what belongs to the
// cluster, and for a list of all namespaces; name is empty for a list.
type place struct{ group, version, resource, namespace, name string }

// call is one request.
type call struct {
	op    string
	ref   model.Ref // what it is about, for errors
	verb  string
	at    place
	path  []string // instead of at: what is no resource, "version"
	query url.Values

	accept, contentType string // JSON when empty
	body                []byte // a copy is sent, and wiped; this one the caller wipes
	flight              []model.Value
	limit               int64         // of the answer's body, in bytes; maxObject when zero
	idle                time.Duration // between two reads of it; idleTime when zero
	// asks tells that it changes nothing although it is no GET: a review, or a
	// dry run.
	asks bool
}

// changes tells whether the call is sent as one that writes, dry runs included.
func (c call) changes() bool {
	return (c.verb == verbCreate || c.verb == verbUpdate) && c.at.resource == secrets
}

// writes tells whether something is different afterwards.
func (c call) writes() bool { return c.method() != http.MethodGet && !c.asks }

func (c call) method() string {
	switch c.verb {
	case verbCreate:
		return http.MethodPost
	case verbUpdate:
		return http.MethodPut
	case verbDelete:
		return http.MethodDelete
	}
	return http.MethodGet
}

// segments are the path below the server's root.
func (c call) segments() []string {
	if c.path != nil {
		return c.path
	}
	path := []string{"apis", c.at.group, c.at.version}
	if c.at.group == "" {
		path = []string{"api", c.at.version}
	}
	if c.at.namespace != "" {
		path = append(path, "namespaces", c.at.namespace)
	}
	path = append(path, c.at.resource)
	if c.at.name != "" {
		path = append(path, c.at.name)
	}
	return path
}

// addressable refuses names that would change the path: one that is empty
// would make a deletion one of everything.
func (c *client) addressable(call call) error {
	ofOne := call.path == nil && (call.verb == verbGet || call.verb == verbUpdate || call.verb == verbDelete)
	if ofOne && call.at.name == "" {
		return c.failure(call, backend.ErrInvalid, "it has no name", nil)
	}
	for _, segment := range call.segments() {
		if segment == "" || len(rest.IsValidPathSegmentName(segment)) > 0 {
			return c.failure(call, backend.ErrInvalid, "its name cannot stand in an address", nil)
		}
	}
	return nil
}

// whole sends a call and reads its answer whole. The caller overwrites it.
func (c *client) whole(ctx context.Context, call call) ([]byte, http.Header, error) {
	got, err := c.send(ctx, call)
	if err != nil {
		return nil, nil, err
	}
	defer got.body.Close()
	raw, err := network.ReadAll(got.body)
	if err != nil {
		fault := c.diagnose(ctx, err)
		if call.writes() {
			return nil, nil, c.failure(call, backend.ErrUnknown, "the answer was lost ("+fault.Reason+")", network.Plain(err))
		}
		return nil, nil, c.failure(call, fault.Kind, fault.Reason, network.Plain(err))
	}
	return raw, got.header, nil
}

// document sends a call whose answer is JSON and reads it into something.
func (c *client) document(ctx context.Context, call call, into any) error {
	raw, header, err := c.whole(ctx, call)
	if err != nil {
		return err
	}
	defer clear(raw)
	if err := json.Unmarshal(raw, into); err != nil {
		return c.stranger(call, header, raw)
	}
	return nil
}
