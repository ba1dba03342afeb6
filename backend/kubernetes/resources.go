package kubernetes

import (
	"cmp"
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

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

// maxPages bounds a list that is read at once: 50,000 objects.
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

// Resources gives all resources of a kind in one page: a reference that is
// missed makes a secret look unused, so half a list is no answer. Those of a
// namespace are looked for in all of them; who may not do that sees those of
// the control plane's own, but no Gateways: theirs are those of applications.
func (p *plane) Resources(ctx context.Context, kind model.ResourceKind, cursor string) (backend.ResourcePage, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	known, ok := resourceKinds[kind]
	if !ok || cursor != "" {
		return backend.ResourcePage{}, p.client.failure(call{op: opList}, backend.ErrInvalid, "there is no such list", nil)
	}
	asked := listOf(known.plural)
	if known.gateway {
		asked.at.group, asked.at.version = gatewayGroup, gatewayVersion
	}
	all, err := p.client.everything(ctx, asked, "")
	if known.gateway && errors.Is(err, backend.ErrNotFound) {
		asked.at.version = gatewayBefore
		all, err = p.client.everything(ctx, asked, "")
	}
	if known.namespaced && !known.gateway && errors.Is(err, backend.ErrForbidden) {
		asked.at.namespace = p.namespace
		all, err = p.client.everything(ctx, asked, "")
	}
	if errors.Is(err, backend.ErrNotFound) {
		err = p.client.failure(call{op: opList}, backend.ErrNotFound, "not on this control plane", nil)
	}
	if err != nil {
		return backend.ResourcePage{}, err
	}
	page := backend.ResourcePage{Resources: make([]model.Resource, len(all))}
	for i, object := range all {
		if page.Resources[i], err = resourceOf(kind, known, object); err != nil {
			return backend.ResourcePage{}, p.client.unreadable(call{op: opList})
		}
	}
	return page, nil
}

// listOf asks for all objects of a kind of the control plane's.
func listOf(plural string) call {
	return call{op: opList, verb: verbList, at: place{group: kumaGroup, version: kumaVersion, resource: plural}, limit: maxList}
}

// everything reads a list to its end, and again when the server lost the
// moment that it is of. What has too many pages is no answer: ErrTooLarge.
func (c *client) everything(ctx context.Context, call call, labels string) ([]unstructured.Unstructured, error) {
	for range maxSweeps {
		all, err := c.pages(ctx, call, labels)
		if !errors.Is(err, backend.ErrExpired) {
			return all, err
		}
	}
	return nil, c.failure(call, backend.ErrConflict, "the list changed each time it was read", nil)
}

func (c *client) pages(ctx context.Context, call call, labels string) ([]unstructured.Unstructured, error) {
	var all []unstructured.Unstructured
	options := metav1.ListOptions{Limit: pageSize, LabelSelector: labels}
	for range maxPages {
		page, err := c.objectsOf(ctx, call, options)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		next := page.GetContinue()
		switch next {
		case "":
			return all, nil
		case options.Continue:
			return nil, c.unreadable(call)
		}
		options.Continue = next
	}
	return nil, c.failure(call, backend.ErrTooLarge, "there are more of them than can be read", nil)
}

// objectsOf reads one page of the objects of a kind.
func (c *client) objectsOf(ctx context.Context, call call, options metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	var page *unstructured.UnstructuredList
	err := c.ask(ctx, call, func(ctx context.Context, at dynamic.ResourceInterface) (err error) {
		page, err = at.List(ctx, options)
		return err
	})
	return page, err
}

func resourceOf(kind model.ResourceKind, known resourceKind, object unstructured.Unstructured) (model.Resource, error) {
	raw, err := object.MarshalJSON()
	if err == nil && object.GetName() == "" {
		err = errWire
	}
	made := object.GetCreationTimestamp().UTC()
	r := model.Resource{Kind: kind, Name: object.GetName(), Created: made, Modified: made, Raw: raw}
	switch {
	case kind == model.KindMesh:
	case known.namespaced:
		r.Mesh = cmp.Or(object.GetLabels()[model.LabelMesh], object.GetAnnotations()[model.LabelMesh], defaultMesh)
	default:
		mesh, _, _ := unstructured.NestedString(object.Object, "mesh")
		r.Mesh = cmp.Or(mesh, defaultMesh)
	}
	return r, err
}
