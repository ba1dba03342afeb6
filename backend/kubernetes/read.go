package kubernetes

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

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
	c.verb, c.at = verbGet, p.at(c.ref.Name)
	found, err := p.object(ctx, c)
	if err == nil && (!found.ours() || found.ref() != c.ref) {
		found.wipe()
		return held{}, p.client.failure(c, backend.ErrNotFound, "", nil)
	}
	return found, err
}

// object sends a call that is answered by the object of its secret. The caller
// wipes it.
func (p *plane) object(ctx context.Context, c call) (held, error) {
	var found held
	err := p.client.read(ctx, c, func(raw []byte) (err error) {
		if found, err = hold(raw); err == nil && found.Name != cmp.Or(c.object, c.ref.Name) {
			err = errWire
		}
		return err
	})
	if err != nil {
		found.wipe()
		return held{}, err
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
		return nil, p.client.failure(c, backend.ErrNotFound, p.otherKind(c, found.kind), nil)
	}
	return []model.Ref{found.ref()}, nil
}

// otherKind says that a name is taken by a secret of another type.
func (p *plane) otherKind(c call, kind string) string {
	return fmt.Sprintf("%s is the name of a secret of another type (%s)", model.Visible(c.ref.Name), p.client.quote(c, kind))
}

// stub is an object without its data and annotations.
type stub struct {
	bareObject
	kind string // its type
}

// bareObject is what is read of the metadata of a stub.
type bareObject struct {
	Name   string
	Labels map[string]string
}

func (s stub) ref() model.Ref {
	return refOf(metav1.ObjectMeta{Name: s.Name, Labels: s.Labels}, s.kind)
}

func (s stub) ours() bool { return s.kind == typeMesh || s.kind == typeGlobal }

// stub reads what an object of a name is. A table tells the type without the
// data, which metadata alone does not; a server that makes no tables sends the
// object, whose data is not decoded.
func (p *plane) stub(ctx context.Context, c call) (stub, error) {
	c.verb, c.at, c.accept = verbGet, p.at(c.ref.Name), acceptTable
	var table struct {
		Kind     string     `json:"kind"`
		Type     string     `json:"type"`
		Metadata bareObject `json:"metadata"`
		Columns  []struct {
			Name string `json:"name"`
		} `json:"columnDefinitions"`
		Rows []struct {
			Cells  []any                         `json:"cells"`
			Object struct{ Metadata bareObject } `json:"object"`
		} `json:"rows"`
	}
	err := p.client.read(ctx, c, func(raw []byte) error { return json.Unmarshal(raw, &table) })
	if err != nil {
		return stub{}, err
	}
	var found stub
	switch {
	case table.Kind == "Secret":
		found.bareObject, found.kind = table.Metadata, table.Type
	case len(table.Rows) == 1:
		found.bareObject = table.Rows[0].Object.Metadata
		for i, cell := range table.Rows[0].Cells {
			if text, ok := cell.(string); ok && i < len(table.Columns) && table.Columns[i].Name == "Type" {
				found.kind = text
			}
		}
	}
	if found.Name != c.ref.Name || found.kind == "" {
		return stub{}, p.client.unreadable(c)
	}
	return found, nil
}
