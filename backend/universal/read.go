package universal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// pathOf is where a secret is.
func pathOf(ref model.Ref) []string {
	if ref.Global() {
		return []string{"global-secrets", ref.Name}
	}
	return []string{"meshes", ref.Mesh, "secrets", ref.Name}
}

// Get reads one secret and its value. A secret whose mesh does not exist has
// no path of its own: it is read through the list of all.
func (p *plane) Get(ctx context.Context, ref model.Ref) (model.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	found, raw, err := p.fetch(ctx, call{op: opRead, ref: ref})
	clear(raw)
	if errors.Is(err, errMeshMissing) {
		return p.orphan(ctx, ref, err)
	}
	return found, err
}

// fetch reads a secret at its own path. It gives the document too, for writing
// back what is not understood here; the caller overwrites it.
func (p *plane) fetch(ctx context.Context, c call) (model.Snapshot, []byte, error) {
	c.method, c.path = http.MethodGet, pathOf(c.ref)
	answer, err := p.client.send(ctx, c)
	if err != nil {
		return model.Snapshot{}, nil, err
	}
	defer answer.body.Close()
	raw, err := network.ReadAll(answer.body)
	if err != nil {
		return model.Snapshot{}, nil, p.client.unread(ctx, c, answer, err)
	}
	found, err := p.parse(c.ref, raw)
	if err != nil {
		err = p.client.unread(ctx, c, answer, err)
		clear(raw)
		return model.Snapshot{}, nil, err
	}
	return found, raw, nil
}

// parse reads the document of one secret.
func (p *plane) parse(ref model.Ref, raw []byte) (model.Snapshot, error) {
	found, err := p.snapshot(json.NewDecoder(bytes.NewReader(raw)))
	if err == nil && found.Secret.Ref != ref {
		err = bad("it is another secret than the one that was asked for")
	}
	if err == nil && found.Secret.Facts.Problem == problemNotBase64 {
		err = bad("%s", problemNotBase64)
	}
	if err != nil {
		found.Wipe()
		return model.Snapshot{}, err
	}
	return found, nil
}

// snapshot reads a secret together with its value. It is the one place of this
// package where a value is kept.
func (p *plane) snapshot(dec *json.Decoder) (model.Snapshot, error) {
	var found model.Snapshot
	var err error
	found.Secret, err = p.readSecret(dec, func(value []byte) { found.Value = model.NewValue(value) })
	return found, err
}

// orphan looks for a secret in the list of all. The values of others that come
// along are not decoded into anything that lasts.
func (p *plane) orphan(ctx context.Context, ref model.Ref, missing error) (model.Snapshot, error) {
	for offset, total := 0, 1; offset < total; {
		found, list, err := p.orphanPage(ctx, ref, offset)
		switch {
		case err != nil:
			return model.Snapshot{}, err
		case found.Secret.Ref == ref:
			return found, nil
		case list.items == 0:
			return model.Snapshot{}, missing
		}
		offset, total = offset+list.items, list.total
	}
	return model.Snapshot{}, missing
}

func (p *plane) orphanPage(ctx context.Context, ref model.Ref, offset int) (model.Snapshot, listing, error) {
	c := call{op: opRead, ref: ref, method: http.MethodGet, path: []string{"secrets"}, query: url.Values{
		"name": {ref.Name}, "size": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}}
	answer, err := p.client.send(ctx, c)
	if err != nil {
		return model.Snapshot{}, listing{}, err
	}
	defer answer.body.Close()
	var found model.Snapshot
	list, err := readList(answer.body, func(dec *json.Decoder) error {
		one, err := p.snapshot(dec)
		if err != nil || one.Secret.Ref != ref || one.Secret.Facts.Problem == problemNotBase64 {
			one.Wipe()
			return err
		}
		found = one
		return nil
	})
	if err != nil {
		found.Wipe()
		return model.Snapshot{}, listing{}, p.client.unread(ctx, c, answer, err)
	}
	return found, list, nil
}

// unread translates the failure to read a body that began well.
func (c client) unread(ctx context.Context, call call, answer *answer, err error) error {
	var told *badAnswer
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &told):
		return c.stranger(call, "%s", told.text)
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF) && ctx.Err() == nil:
		return c.stranger(call, "it sent %s", network.Document(answer.header, answer.body.Start()))
	}
	fault := c.diagnose(ctx, err)
	return c.failure(call, fault.Kind, fault.Reason, network.Plain(err))
}
