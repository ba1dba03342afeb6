package kubernetes

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Get reads one secret and its value, as it is now: no cache is asked.
func (p *plane) Get(ctx context.Context, ref model.Ref) (model.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	found, err := p.fetch(ctx, call{op: opRead, ref: ref})
	defer found.wipe()
	if err != nil {
		return model.Snapshot{}, err
	}
	return p.snapshot(found), nil
}

// fetch reads the object of a secret. One of another type, or of another mesh
// than the ref's, is not there. The caller wipes it.
func (p *plane) fetch(ctx context.Context, c call) (held, error) {
	c.verb, c.at, c.accept = verbGet, p.at(c.ref.Name), acceptSecret
	raw, header, err := p.client.whole(ctx, c)
	if err != nil {
		return held{}, err
	}
	defer clear(raw)
	found, err := hold(raw)
	switch {
	case err != nil, found.Name != c.ref.Name:
		found.wipe()
		return held{}, p.client.stranger(c, header, raw)
	case !found.ours(), found.ref() != c.ref:
		found.wipe()
		return held{}, p.client.failure(c, backend.ErrNotFound, "", nil)
	}
	return found, nil
}

// Locate finds the secret of a name: there is one at most. Its value is not
// asked for.
func (p *plane) Locate(ctx context.Context, name string) ([]model.Ref, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opRead, ref: model.Ref{Name: name}}
	found, err := p.stub(ctx, c)
	switch {
	case err != nil:
		return nil, err
	case !found.ours():
		return nil, p.client.failure(c, backend.ErrNotFound, "no secret of a mesh has this name", nil)
	}
	return []model.Ref{refOf(found.meta, found.kind)}, nil
}

// stub is an object without its data.
type stub struct {
	meta metav1.ObjectMeta
	kind string // its type
}

func (s stub) ours() bool { return s.kind == typeMesh || s.kind == typeGlobal }

// stub reads what an object of a name is. A table tells the type without the
// data, which metadata alone does not; a server that makes no tables sends the
// object, whose data is not decoded.
func (p *plane) stub(ctx context.Context, c call) (stub, error) {
	c.verb, c.at, c.accept = verbGet, p.at(c.ref.Name), acceptTable
	raw, header, err := p.client.whole(ctx, c)
	if err != nil {
		return stub{}, err
	}
	defer clear(raw)
	var table struct {
		Kind    string `json:"kind"`
		Type    string `json:"type"`
		Columns []struct {
			Name string `json:"name"`
		} `json:"columnDefinitions"`
		Rows []struct {
			Cells  []any                        `json:"cells"`
			Object metav1.PartialObjectMetadata `json:"object"`
		} `json:"rows"`
		Metadata json.RawMessage `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &table); err != nil {
		return stub{}, p.client.stranger(c, header, raw)
	}
	var found stub
	switch {
	case table.Kind == "Secret":
		found.kind = table.Type
		err = json.Unmarshal(table.Metadata, &found.meta)
	case len(table.Rows) == 1:
		found.meta = table.Rows[0].Object.ObjectMeta
		for i, cell := range table.Rows[0].Cells {
			if text, ok := cell.(string); ok && i < len(table.Columns) && table.Columns[i].Name == "Type" {
				found.kind = text
			}
		}
	}
	if err != nil || found.meta.Name != c.ref.Name || found.kind == "" {
		return stub{}, p.client.stranger(c, header, raw)
	}
	return found, nil
}

// sameObject tells whether an object is the one that was seen, unchanged. What
// was seen without a version is compared whole.
func (p *plane) sameObject(there held, seen model.Snapshot) bool {
	if version := seen.Secret.Version; version.UID != "" {
		return string(there.UID) == version.UID && there.ResourceVersion == version.Revision
	}
	now := p.snapshot(there)
	defer now.Wipe()
	return now.Same(seen)
}
