package universal

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// pathOfKind is where all resources of a kind are listed.
func pathOfKind(kind model.ResourceKind) (string, bool) {
	switch kind {
	case model.KindMesh:
		return "meshes", true
	case model.KindExternalService:
		return "external-services", true
	case model.KindMeshExternalService:
		return "meshexternalservices", true
	case model.KindMeshGateway:
		return "meshgateways", true
	case model.KindMeshIdentity:
		return "meshidentities", true
	case model.KindMeshOPA:
		return "meshopas", true
	case model.KindOPAPolicy, model.KindGateway: // the path of one is asked for; the other has none
	}
	return "", false
}

// gateways is why Gateways are not read: they are no resources of the control
// plane's own. Outside of Kubernetes there are none.
func (p *plane) gateways(c call) error {
	if p.identity.Environment == backend.Kubernetes {
		return p.client.failure(c, backend.ErrElsewhere, "only the cluster of the control plane lists it", nil)
	}
	return p.client.failure(c, backend.ErrNoneThere, "there are none outside of Kubernetes", nil)
}

// Resources gives all resources of a kind in one page: a reference that is
// missed makes a secret look unused, so half a list is no answer. A list that
// changes three times while it is read is ErrConflict.
func (p *plane) Resources(ctx context.Context, kind model.ResourceKind, cursor string) (backend.ResourcePage, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	c := call{op: opList, method: http.MethodGet}
	if kind == model.KindGateway {
		return backend.ResourcePage{}, p.gateways(c)
	}
	path, ok := pathOfKind(kind)
	if kind == model.KindOPAPolicy {
		var err error
		if path, err = p.policyPath(ctx, kind); err != nil {
			return backend.ResourcePage{}, err
		}
		ok = true
	}
	if !ok || cursor != "" {
		return backend.ResourcePage{}, p.client.failure(c, backend.ErrInvalid, "there is no such list", nil)
	}
	c.path = []string{path}
	all, err := p.everything(ctx, c, string(kind))
	if notThere(err) {
		return backend.ResourcePage{}, p.client.failure(c, backend.ErrNotFound, "not on this control plane", nil)
	}
	return backend.ResourcePage{Resources: all}, err
}

// policyPath asks the control plane where it lists a kind of policy: the paths
// of older kinds follow no rule.
func (p *plane) policyPath(ctx context.Context, kind model.ResourceKind) (string, error) {
	var known struct {
		Policies []struct {
			Name string `json:"name"`
			Path string `json:"path"`
		} `json:"policies"`
	}
	c := call{op: opList, path: []string{"policies"}}
	if err := p.document(ctx, c, &known); err != nil && !notThere(err) {
		return "", err
	}
	for _, policy := range known.Policies {
		if policy.Name == string(kind) && policy.Path != "" {
			return policy.Path, nil
		}
	}
	return "", p.client.failure(c, backend.ErrNotFound, "not on this control plane", nil)
}

// everything reads a list to its end, and again when it changed meanwhile.
func (p *plane) everything(ctx context.Context, c call, kind string) ([]model.Resource, error) {
	for range maxSweeps {
		all, whole, err := p.once(ctx, c, kind)
		if err != nil || whole {
			return all, err
		}
	}
	return nil, p.client.failure(c, backend.ErrConflict, "the list changed each time it was read", nil)
}

// once reads a list to its end; whole is false when it changed meanwhile. The
// offset counts what was read: links to a next page are not looked at.
func (p *plane) once(ctx context.Context, c call, kind string) (all []model.Resource, whole bool, err error) {
	total := -1
	for total < 0 || len(all) < total {
		list, page, err := p.resourcePage(ctx, c, kind, len(all))
		if err != nil {
			return nil, false, err
		}
		if total >= 0 && list.total != total || len(page) == 0 && list.total > len(all) {
			return nil, false, nil
		}
		total, all = list.total, append(all, page...)
	}
	return all, len(all) == total && distinct(all), nil
}

// distinct tells whether no resource stands there twice, as it would when the
// list shifted between two pages.
func distinct(all []model.Resource) bool {
	seen := make(map[model.Ref]bool, len(all))
	for _, r := range all {
		ref := model.Ref{Mesh: r.Mesh, Name: r.Name}
		if seen[ref] {
			return false
		}
		seen[ref] = true
	}
	return true
}

func (p *plane) resourcePage(ctx context.Context, c call, kind string, offset int) (listing, []model.Resource, error) {
	c.query = url.Values{"size": {strconv.Itoa(pageSize)}}
	if offset > 0 {
		c.query.Set("offset", strconv.Itoa(offset))
	}
	answer, err := p.client.send(ctx, c)
	if err != nil {
		return listing{}, nil, err
	}
	defer answer.body.Close()
	var page []model.Resource
	list, err := readList(answer.body, func(dec *json.Decoder) error {
		one, err := readResource(dec, kind)
		page = append(page, one)
		return err
	})
	if err == nil && list.total > maxTotal {
		err = bad("it says that there are %d of them", list.total)
	}
	if err != nil {
		return listing{}, nil, p.client.unread(ctx, c, answer, err)
	}
	return list, page, nil
}

func readResource(dec *json.Decoder, kind string) (model.Resource, error) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return model.Resource{}, err
	}
	inner := json.NewDecoder(bytes.NewReader(raw))
	if err := expect(inner, json.Delim('{'), "an object"); err != nil {
		return model.Resource{}, err
	}
	r := model.Resource{Kind: model.ResourceKind(kind), Raw: raw}
	found := ""
	seen := make(map[string]bool, 8)
	for inner.More() {
		key, err := readKey(inner, seen)
		if err != nil {
			return model.Resource{}, err
		}
		switch key {
		case "type":
			err = inner.Decode(&found)
		case "mesh":
			err = inner.Decode(&r.Mesh)
		case "name":
			err = inner.Decode(&r.Name)
		case "creationTime":
			r.Created, err = readTime(inner)
		case "modificationTime":
			r.Modified, err = readTime(inner)
		default:
			err = skip(inner)
		}
		if err != nil {
			return model.Resource{}, about(key, err)
		}
	}
	switch {
	case r.Name == "":
		return model.Resource{}, bad("it has no name")
	case found != kind:
		return model.Resource{}, bad("it is no %s", kind)
	}
	return r, nil
}
