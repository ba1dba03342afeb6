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

// Resources gives the next page of a kind. Pages overlap by one row, as those of
// secrets do: a page that does not join on to the one before means that
// resources came or went, and the list is read anew, twice at most. Then it is
// ErrConflict: a reference that is missed makes a secret look unused, so half a
// list is no answer.
func (p *plane) Resources(ctx context.Context, kind model.ResourceKind, from string) (backend.ResourcePage, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	c := call{op: opList, method: http.MethodGet}
	if kind == model.KindGateway {
		return backend.ResourcePage{}, p.gateways(c)
	}
	path, known := pathOfKind(kind)
	if kind == model.KindOPAPolicy {
		var err error
		if path, err = p.policyPath(ctx, kind); err != nil {
			return backend.ResourcePage{}, err
		}
		known = true
	}
	at, sound := cursor{Sweep: 1}, true
	if from != "" {
		at, sound = decodeCursor(from)
		sound = sound && at.Part == ofSecrets && at.Page > 0
	}
	if !known || !sound {
		return backend.ResourcePage{}, p.client.failure(c, backend.ErrInvalid, "there is no such list", nil)
	}
	c.path = []string{path}
	page, err := p.resourcesAt(ctx, c, string(kind), at)
	if notThere(err) {
		return backend.ResourcePage{}, p.client.failure(c, backend.ErrNotFound, model.NotHere, nil)
	}
	return page, err
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
	return "", p.client.failure(c, backend.ErrNotFound, model.NotHere, nil)
}

// everything reads a list to its end.
func (p *plane) everything(ctx context.Context, c call, kind string) ([]model.Resource, error) {
	var all []model.Resource
	for at := (cursor{Sweep: 1}); ; {
		page, err := p.resourcesAt(ctx, c, kind, at)
		if err != nil {
			return nil, err
		}
		if page.Again {
			all = nil
		}
		all = append(all, page.Resources...)
		if page.Next == "" {
			return all, nil
		}
		at, _ = decodeCursor(page.Next) // which was just written
	}
}

// resourcesAt reads one page, or when that does not join on to the one before
// the first one anew.
func (p *plane) resourcesAt(ctx context.Context, c call, kind string, at cursor) (backend.ResourcePage, error) {
	again := false
	for {
		list, rows, err := p.resourcePage(ctx, c, kind, at.Page*stride)
		if err != nil {
			return backend.ResourcePage{}, err
		}
		if at.Page == 0 {
			at.Total = list.total
		}
		if continues(at, list.total, rows) {
			return pageOf(at, rows, again), nil
		}
		if at.Sweep == maxSweeps {
			return backend.ResourcePage{}, p.client.failure(c, backend.ErrConflict, "the list changed each time it was read", nil)
		}
		at, again = cursor{Sweep: at.Sweep + 1}, true
	}
}

// continues tells whether a page goes on where the one before ended.
func continues(at cursor, total int, rows []model.Resource) bool {
	return total == at.Total && len(rows) == rowsOn(at.Page, total) && (at.Page == 0 || standsFor(rows[0]) == at.Last)
}

// pageOf is the page of the rows that were read, without the one that was on
// the page before.
func pageOf(at cursor, rows []model.Resource, again bool) backend.ResourcePage {
	page := backend.ResourcePage{Resources: rows, Again: again}
	if at.Page > 0 {
		page.Resources = rows[1:]
	}
	if at.Page++; at.Page < pagesFor(at.Total) {
		at.Last = standsFor(rows[len(rows)-1])
		page.Next = at.encode()
	}
	return page
}

// standsFor is the digest of a resource, whatever is in it: a status that is
// written does not shift a list.
func standsFor(r model.Resource) string {
	return digest(model.Secret{Ref: model.Ref{Mesh: r.Mesh, Name: r.Name}, Created: r.Created})
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
