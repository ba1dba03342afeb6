package kubernetes

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Where resources of the mesh are.
const (
	kumaGroup   = "kuma.io"
	kumaVersion = "v1alpha1"
)

// resourceKind is how a kind is found: some belong to the cluster and name
// their mesh, some to a namespace and carry it as a label.
type resourceKind struct {
	plural     string
	namespaced bool
}

var resourceKinds = map[model.ResourceKind]resourceKind{
	model.KindMesh:                {plural: "meshes"},
	model.KindExternalService:     {plural: "externalservices"},
	model.KindMeshGateway:         {plural: "meshgateways"},
	model.KindMeshExternalService: {plural: "meshexternalservices", namespaced: true},
	model.KindMeshIdentity:        {plural: "meshidentities", namespaced: true},
	model.KindMeshOPA:             {plural: "meshopas", namespaced: true},
	model.KindOPAPolicy:           {plural: "opapolicies"},
}

// Resources gives all resources of a kind in one page: a reference that is
// missed makes a secret look unused, so half a list is no answer. Those of a
// namespace are looked for in all of them; who may not do that sees those of
// the control plane's own.
func (p *plane) Resources(ctx context.Context, kind model.ResourceKind, cursor string) (backend.ResourcePage, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	known, ok := resourceKinds[kind]
	if !ok || cursor != "" {
		return backend.ResourcePage{}, p.client.failure(call{op: opList}, backend.ErrInvalid, "there is no such list", nil)
	}
	at := place{group: kumaGroup, version: kumaVersion, resource: known.plural}
	raws, err := p.everything(ctx, at, typeJSON)
	if known.namespaced && errors.Is(err, backend.ErrForbidden) {
		at.namespace = p.namespace
		raws, err = p.everything(ctx, at, typeJSON)
	}
	if errors.Is(err, backend.ErrNotFound) {
		err = p.client.failure(call{op: opList}, backend.ErrNotFound, "not on this control plane", nil)
	}
	if err != nil {
		return backend.ResourcePage{}, err
	}
	page := backend.ResourcePage{Resources: make([]model.Resource, len(raws))}
	for i, raw := range raws {
		if page.Resources[i], err = readResource(kind, known, raw); err != nil {
			return backend.ResourcePage{}, p.client.stranger(call{op: opList}, nil, raw)
		}
	}
	return page, nil
}

// Zones names the zones that follow this control plane: none unless it is
// global.
func (p *plane) Zones(ctx context.Context) ([]string, error) {
	if p.identity.Mode == backend.ModeZone {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	raws, err := p.everything(ctx, place{group: kumaGroup, version: kumaVersion, resource: "zones"}, typeJSON+asList)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(raws))
	for _, raw := range raws {
		var zone metav1.PartialObjectMetadata
		if json.Unmarshal(raw, &zone) != nil || zone.Name == "" {
			return nil, p.client.stranger(call{op: opList}, nil, raw)
		}
		names = append(names, zone.Name)
	}
	return names, nil
}

// everything reads a list to its end, and again when the server lost the
// moment that it is of.
func (p *plane) everything(ctx context.Context, at place, accept string) ([]json.RawMessage, error) {
	c := call{op: opList, verb: verbList, at: at, accept: accept, limit: maxList}
	for range maxSweeps {
		all, err := p.once(ctx, c)
		if !errors.Is(err, backend.ErrExpired) {
			return all, err
		}
	}
	return nil, p.client.failure(c, backend.ErrConflict, "the list changed each time it was read", nil)
}

func (p *plane) once(ctx context.Context, c call) ([]json.RawMessage, error) {
	var all []json.RawMessage
	for next := ""; ; {
		c.query = url.Values{"limit": {strconv.Itoa(pageSize)}}
		if next != "" {
			c.query.Set("continue", next)
		}
		var page struct {
			Kind     string            `json:"kind"`
			Metadata metav1.ListMeta   `json:"metadata"`
			Items    []json.RawMessage `json:"items"`
		}
		if err := p.client.document(ctx, c, &page); err != nil {
			return nil, err
		}
		if page.Kind == "" || next != "" && page.Metadata.Continue == next {
			return nil, p.client.stranger(c, nil, []byte("{}"))
		}
		all = append(all, page.Items...)
		if next = page.Metadata.Continue; next == "" {
			return all, nil
		}
	}
}

func readResource(kind model.ResourceKind, known resourceKind, raw json.RawMessage) (model.Resource, error) {
	var object struct {
		Mesh     string `json:"mesh"`
		Metadata struct {
			Name    string            `json:"name"`
			Labels  map[string]string `json:"labels"`
			Created time.Time         `json:"creationTimestamp"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return model.Resource{}, err
	}
	if object.Metadata.Name == "" {
		return model.Resource{}, errWire
	}
	r := model.Resource{Kind: kind, Name: object.Metadata.Name, Created: object.Metadata.Created, Modified: object.Metadata.Created, Raw: raw}
	switch {
	case kind == model.KindMesh:
	case known.namespaced:
		r.Mesh = cmp.Or(object.Metadata.Labels[model.LabelMesh], defaultMesh)
	default:
		r.Mesh = cmp.Or(object.Mesh, defaultMesh)
	}
	return r, nil
}
