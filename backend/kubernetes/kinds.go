package kubernetes

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Where resources of the mesh are, and Gateways.
const (
	kumaGroup      = "kuma.io"
	kumaVersion    = "v1alpha1"
	gatewayGroup   = "gateway.networking.k8s.io"
	gatewayVersion = "v1"
	gatewayBefore  = "v1beta1" // which clusters serve alone that are older
)

// maxPages bounds a list of a kind: 50,000 objects.
const maxPages = 100

// resourceKind is how a kind is found: some belong to the cluster and name
// their mesh, some to a namespace and carry it as a label.
type resourceKind struct {
	plural     string
	namespaced bool
	gateway    bool // of the Gateway API; it belongs to an application's namespace
}

var resourceKinds = map[model.ResourceKind]resourceKind{
	model.KindMesh:                {plural: "meshes"},
	model.KindExternalService:     {plural: "externalservices"},
	model.KindMeshGateway:         {plural: "meshgateways"},
	model.KindMeshExternalService: {plural: "meshexternalservices", namespaced: true},
	model.KindMeshIdentity:        {plural: "meshidentities", namespaced: true},
	model.KindMeshOPA:             {plural: "meshopas", namespaced: true},
	model.KindOPAPolicy:           {plural: "opapolicies"},
	model.KindGateway:             {plural: "gateways", namespaced: true, gateway: true},
}

// placeOf is where a kind is looked for, first and, when that fails in a way
// that another place may not, second. Those of a namespace are looked for in all
// of them; who may not do that sees those of the control plane's own, but no
// Gateways: theirs are those of applications, in one of two versions.
func (p *plane) placeOf(of resourceKind, second bool) place {
	switch {
	case of.gateway && second:
		return place{group: gatewayGroup, version: gatewayBefore, resource: of.plural}
	case of.gateway:
		return place{group: gatewayGroup, version: gatewayVersion, resource: of.plural}
	case second:
		return place{group: kumaGroup, version: kumaVersion, resource: of.plural, namespace: p.namespace}
	}
	return place{group: kumaGroup, version: kumaVersion, resource: of.plural}
}

// hasSecond tells whether there is another place to look in after an error.
func (k resourceKind) hasSecond(err error) bool {
	return k.gateway && errors.Is(err, backend.ErrNotFound) || k.namespaced && !k.gateway && errors.Is(err, backend.ErrForbidden)
}

// kindCursor is where the reading of a kind stands. All of it travels from page
// to page: nothing is kept between them.
type kindCursor struct {
	Sweep    int    `json:"s"` // from 1
	Page     int    `json:"n"` // how many were read
	Second   bool   `json:"o,omitempty"`
	Continue string `json:"c,omitempty"`
}

// decodeKindCursor reads what encode wrote; "" is the beginning. Anything else
// is refused: a cursor decides what is asked for.
func decodeKindCursor(text string) (kindCursor, bool) {
	if text == "" {
		return kindCursor{Sweep: 1}, true
	}
	var c kindCursor
	sound := len(text) <= maxCursor && decodeText(text, &c) && encode(c) == text &&
		c.Sweep >= 1 && c.Sweep <= maxSweeps && c.Page >= 1 && c.Page < maxPages && c.Continue != ""
	return c, sound
}

// object is one of a kind, as it was read.
type object struct {
	key      string // its namespace and name: what it is in the cluster
	revision string
	resource model.Resource
	// unsettled tells that it names no mesh, so that it is in that of its
	// namespace, if that has one.
	unsettled bool
}

// kindPage is one page of a kind.
type kindPage struct {
	objects  []object
	at       place  // where it was read
	revision string // the moment that the list is of
	next     kindCursor
	partly   string // as of a backend.ResourcePage
	more     bool   // there is a next page
	again    bool   // the list is read anew, and begins with this page
}

// kindPage reads a page of a kind. When the server has lost the moment that the
// pages before are of it begins anew, twice at most; what has too many pages is
// no answer: ErrTooLarge.
func (p *plane) kindPage(ctx context.Context, kind model.ResourceKind, from kindCursor) (kindPage, error) {
	known, again := resourceKinds[kind], false
	for {
		page, err := p.partOf(ctx, kind, from)
		switch {
		case errors.Is(err, backend.ErrExpired) && from.Sweep < maxSweeps:
			from, again = kindCursor{Sweep: from.Sweep + 1, Second: from.Second}, true
		case errors.Is(err, backend.ErrExpired):
			return kindPage{}, p.client.failure(call{op: opList}, backend.ErrConflict, "the list changed each time it was read", nil)
		case known.hasSecond(err) && !from.Second && from.Page == 0:
			from.Second = true
		case errors.Is(err, backend.ErrNotFound):
			return kindPage{}, p.client.failure(call{op: opList}, backend.ErrNotFound, model.NotHere, nil)
		default:
			page.again = again
			return page, err
		}
	}
}

// partOf asks for one page, and takes its objects apart one by one.
func (p *plane) partOf(ctx context.Context, kind model.ResourceKind, from kindCursor) (kindPage, error) {
	known := resourceKinds[kind]
	page := kindPage{at: p.placeOf(known, from.Second)}
	asked := call{op: opList, verb: verbList, at: page.at, accept: typeJSON, limit: maxList,
		params: &metav1.ListOptions{Limit: pageSize, Continue: from.Continue}}
	meta, err := p.client.items(ctx, asked, func(item []byte, _ bool) error {
		one, err := objectIn(kind, item)
		if err == nil && one.resource.Name == "" {
			err = errWire
		}
		page.objects = append(page.objects, one)
		return err
	})
	if err != nil {
		return kindPage{}, err
	}
	if within := page.at.namespace; within != "" {
		page.partly = "you may not list namespaces other than " + model.Visible(within)
	}
	page.revision, page.more = meta.ResourceVersion, meta.Continue != ""
	page.next = kindCursor{Sweep: from.Sweep, Page: from.Page + 1, Second: from.Second, Continue: meta.Continue}
	switch {
	case page.more && meta.Continue == from.Continue:
		return kindPage{}, p.client.unreadable(asked)
	case page.more && page.next.Page == maxPages:
		return kindPage{}, p.client.failure(asked, backend.ErrTooLarge, "there are more of them than can be read", nil)
	}
	return page, nil
}

// objectIn reads one object of a kind. What it gives shares the memory of raw.
func objectIn(kind model.ResourceKind, raw []byte) (object, error) {
	var head struct {
		Metadata struct {
			Name, Namespace   string
			ResourceVersion   string
			CreationTimestamp metav1.Time
			Labels            map[string]string
			Annotations       map[string]string
		}
		Mesh string
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return object{}, errWire
	}
	meta, made := head.Metadata, head.Metadata.CreationTimestamp.UTC()
	one := object{key: meta.Namespace + "/" + meta.Name, revision: meta.ResourceVersion,
		resource: model.Resource{Kind: kind, Name: meta.Name, Created: made, Modified: made, Raw: raw}}
	switch {
	case kind == model.KindMesh:
	case resourceKinds[kind].namespaced:
		one.resource.Mesh = cmp.Or(meshGivenBy(meta.Labels, meta.Annotations), defaultMesh)
		one.unsettled = resourceKinds[kind].gateway && meshGivenBy(meta.Labels, meta.Annotations) == ""
	default:
		one.resource.Mesh = cmp.Or(head.Mesh, defaultMesh)
	}
	return one, nil
}
