package kubernetes

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

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
	opKeep    = "keeping a safety copy of"
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

// methods are those of the verbs that change something.
var methods = map[string]string{verbCreate: http.MethodPost, verbUpdate: http.MethodPut, verbDelete: http.MethodDelete}

// What is asked for and sent. Metadata alone leaves values where they are.
const (
	typeJSON     = runtime.ContentTypeJSON
	typeProtobuf = runtime.ContentTypeProtobuf
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
	op  string
	ref model.Ref // what it is about, for errors
	// namespace names an object whose mesh is not known, or that is in none, as
	// clusters do: ref has only its name then.
	namespace string
	// object is the name of the object that answers, when it is not the ref's.
	object string
	verb   string
	at     place
	path   string // instead of at: what is no resource, "/version"

	accept string         // instead of secrets in either encoding
	params runtime.Object // the options that stand in the address
	body   []byte         // in protobuf; a copy is sent, and wiped; this one the caller wipes
	flight []model.Value
	limit  int64         // of the answer's body, in bytes; maxObject when zero
	idle   time.Duration // between two reads of it; idleTime when zero
	// told is given what the answer says beside its body, before that is taken.
	told func(http.Header)
	// asks tells that it changes nothing although it is no GET: a review, or a
	// dry run.
	asks bool
}

// writes tells whether something is different afterwards.
func (c call) writes() bool { return methods[c.verb] != "" && !c.asks }

// dryRun is what a write says of itself when it is only tried.
func (c call) dryRun() []string {
	if c.asks {
		return []string{metav1.DryRunAll}
	}
	return nil
}

// request makes the request of a call about secrets, about a kind that is listed
// or watched, or about a path. A name that is empty or would change the path is
// refused by client-go: a deletion without one would be of everything.
func (c *client) request(call call) *rest.Request {
	method := methods[call.verb]
	if method == "" {
		method = http.MethodGet
	}
	request := c.secrets.Verb(method).MaxRetries(0)
	if call.path != "" {
		request.AbsPath(call.path)
	} else {
		request.Resource(call.at.resource).NamespaceIfScoped(call.at.namespace, call.at.namespace != "")
	}
	if call.path == "" && call.at.group != "" {
		request.AbsPath("/apis", call.at.group, call.at.version)
	}
	if call.path == "" && call.verb != verbCreate && call.verb != verbList && call.verb != verbWatch {
		request.Name(call.at.name)
	}
	if call.accept != "" {
		request.SetHeader("Accept", call.accept)
	}
	if call.params != nil {
		request.VersionedParams(call.params, c.params)
	}
	return request
}

// open sends a call and gives its answer, whose body is not read yet. Whoever
// asked ends it. A stream, because client-go reads other answers into memory
// that nobody could overwrite.
func (c *client) open(ctx context.Context, call call) (*exchange, error) {
	return c.tried(ctx, call, func(ctx context.Context) error {
		request := c.request(call)
		// What is read from a reader is never sent again by client-go.
		body := network.NewWipingBody(slices.Clone(call.body))
		if call.body != nil {
			request.SetHeader("Content-Type", typeProtobuf).Body(body)
		}
		_, err := request.Stream(ctx)
		if err != nil {
			_ = body.Close() // it may not have come as far as the transport
		}
		return err
	})
}

// ask makes a call through the client for all kinds.
func (c *client) ask(ctx context.Context, call call, do func(context.Context, dynamic.ResourceInterface) error) error {
	at := c.objects.Resource(schema.GroupVersionResource{Group: call.at.group, Version: call.at.version, Resource: call.at.resource})
	e, err := c.tried(ctx, call, func(ctx context.Context) error { return do(ctx, at.Namespace(call.at.namespace)) })
	e.end()
	return err
}

// tried makes a call. A read whose connection breaks before there is an answer
// is sent once more; a write never is.
func (c *client) tried(ctx context.Context, call call, do func(context.Context) error) (*exchange, error) {
	e, err := c.once(ctx, call, do)
	if err != nil && network.Broke(e.failure) && !call.writes() && ctx.Err() == nil {
		e, err = c.once(ctx, call, do)
	}
	return e, err
}

func (c *client) once(ctx context.Context, call call, do func(context.Context) error) (*exchange, error) {
	ctx, e := c.begin(ctx, call)
	err := do(ctx)
	if err != nil {
		err = c.explain(ctx, e, err)
		e.end()
	}
	return e, err
}

// read sends a call and gives its whole answer to take, which must not keep it:
// it is overwritten. What take cannot read comes from a stranger.
func (c *client) read(ctx context.Context, call call, take func(raw []byte) error) error {
	e, err := c.open(ctx, call)
	if err != nil {
		return err
	}
	defer e.end()
	raw, err := network.ReadAll(e)
	if err != nil {
		return c.lost(ctx, call, err)
	}
	defer clear(raw)
	if call.told != nil {
		call.told(e.header)
	}
	if take(raw) != nil {
		return c.stranger(call, e.header, raw)
	}
	return nil
}

// document reads what is no resource, in JSON.
func (c *client) document(ctx context.Context, op, path string, into any) error {
	asked := call{op: op, verb: verbGet, path: path, accept: typeJSON}
	return c.read(ctx, asked, func(raw []byte) error { return json.Unmarshal(raw, into) })
}

// items reads a list of secrets and gives them to each one by one.
func (c *client) items(ctx context.Context, call call, each func(item []byte, packed bool) error) (metav1.ListMeta, error) {
	var found list
	err := c.read(ctx, call, func(raw []byte) (err error) {
		found, err = readList(raw)
		for i := 0; i < len(found.items) && err == nil; i++ {
			err = each(found.items[i], found.packed)
		}
		return err
	})
	return found.meta, err
}
