package universal

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Learn is List: the control plane sends every value with a list anyway, and
// facts are taken as it is read.
func (p *plane) Learn(ctx context.Context, q backend.Query) (backend.Page, error) {
	return p.List(ctx, q)
}

// Rehearse tries nothing: the API has no dry run.
func (p *plane) Rehearse(context.Context, model.Change) (backend.Rehearsal, error) {
	return backend.Rehearsal{}, nil
}

// Locate finds the secrets of a name, in meshes and global. The control plane
// filters by a part of the name.
func (p *plane) Locate(ctx context.Context, name string) ([]model.Ref, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var found []model.Ref
	for _, path := range []string{"secrets", "global-secrets"} {
		refs, err := p.named(ctx, path, name)
		if err != nil {
			return nil, err
		}
		found = append(found, refs...)
	}
	if len(found) == 0 {
		return nil, p.client.failure(call{op: opRead, ref: model.Ref{Name: name}}, backend.ErrNotFound, "no secret has this name", nil)
	}
	return found, nil
}

func (p *plane) named(ctx context.Context, path, name string) ([]model.Ref, error) {
	var found []model.Ref
	for offset, total := 0, 1; offset < total; {
		c := call{op: opRead, ref: model.Ref{Name: name}, method: http.MethodGet, path: []string{path}, query: url.Values{
			"name": {name}, "size": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}}
		answer, err := p.client.send(ctx, c)
		if err != nil {
			return nil, err
		}
		list, err := readList(answer.body, func(dec *json.Decoder) error {
			one, err := p.readSecret(dec, func([]byte) {})
			if err == nil && one.Ref.Name == name {
				found = append(found, one.Ref)
			}
			return err
		})
		answer.body.Close()
		if err != nil {
			return nil, p.client.unread(ctx, c, answer, err)
		}
		if list.items == 0 {
			break
		}
		offset, total = offset+list.items, list.total
	}
	return found, nil
}
