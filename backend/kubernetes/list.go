package kubernetes

import (
	"context"
	"errors"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// List gives the next page of a sweep: metadata alone, so no value comes here.
// The pages of one type are of one moment, as its first page saw it.
//
// A server that no longer knows that moment makes the sweep begin anew
// (Page.Again), twice at most; after that it reads on and says so
// (Page.Unsettled).
func (p *plane) List(ctx context.Context, q backend.Query) (backend.Page, error) {
	return p.sweep(ctx, q, pageSize, p.listed)
}

// Learn is List with the facts of values, and slower.
func (p *plane) Learn(ctx context.Context, q backend.Query) (backend.Page, error) {
	return p.sweep(ctx, q, learnSize, p.learned)
}

// part is one answer of a server to a list.
type part struct {
	secrets   []model.Secret
	revision  string
	next      string
	remaining *int64
	took      time.Duration
}

// reader asks for one part.
type reader func(ctx context.Context, of phase, at cursor) (part, error)

func (p *plane) sweep(ctx context.Context, q backend.Query, limit int, read reader) (backend.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	phases := phasesOf(q)
	if len(phases) == 0 && q.Cursor == "" {
		return backend.Page{Total: 0}, nil
	}
	at := cursor{Sweep: 1, Limit: limit}
	if q.Cursor != "" {
		var ok bool
		if at, ok = decodeCursor(q.Cursor, len(phases)); !ok {
			return backend.Page{}, p.client.failure(call{op: opList}, backend.ErrInvalid, "the list cannot be read on from there", nil)
		}
	}
	return p.page(ctx, phases, at, read)
}

func (p *plane) page(ctx context.Context, phases []phase, at cursor, read reader) (backend.Page, error) {
	again := false
	for range 2 * maxSweeps { // a server can have ever new tokens
		got, err := p.fitting(ctx, phases[at.Phase], &at, read)
		var on goOn
		switch {
		case errors.As(err, &on) && at.Sweep < maxSweeps:
			at, again = cursor{Sweep: at.Sweep + 1, Limit: at.Limit}, true
			continue
		case errors.As(err, &on) && on != "" && at.Continue != string(on):
			at.Continue, at.Unsettled = string(on), true
			continue
		case errors.As(err, &on):
			return backend.Page{}, p.restless()
		case err != nil:
			return backend.Page{}, err
		}
		return turn(phases, at, got, again), nil
	}
	return backend.Page{}, p.restless()
}

// restless says that a list never was of one moment.
func (p *plane) restless() error {
	return p.client.failure(call{op: opList}, backend.ErrConflict, "the list changed each time it was read", nil)
}

// fitting reads a part, and a smaller one when it is too large to be taken, or
// to come in time: over a slow network a whole page never would.
func (p *plane) fitting(ctx context.Context, of phase, at *cursor, read reader) (part, error) {
	for {
		began := p.now()
		got, err := bounded(ctx, of, *at, read)
		got.took = p.now().Sub(began)
		slow := errors.Is(err, errSlow) && ctx.Err() == nil
		if !slow && !errors.Is(err, backend.ErrTooLarge) || at.Limit == 1 {
			return got, err
		}
		at.Limit = max(1, at.Limit/8)
	}
}

// bounded gives one part less than half of the time there is, so that two
// smaller ones still have a chance.
func bounded(ctx context.Context, of phase, at cursor, read reader) (part, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime*2/5)
	defer cancel()
	return read(ctx, of, at)
}

// turn makes the page from what was read, and the cursor of the next one.
func turn(phases []phase, at cursor, got part, again bool) backend.Page {
	kind := phases[at.Phase].kind
	at.Mark = at.Mark.with(kind, got.revision)
	at.Seen += len(got.secrets)
	page := backend.Page{Secrets: got.secrets, Total: -1, Again: again, Unsettled: at.Unsettled, Mark: at.Mark.encode()}
	if got.remaining != nil && len(phases) == 1 {
		page.Total = at.Seen + int(*got.remaining)
	}
	switch {
	case got.next != "":
		at.Continue = got.next
		if at.Limit == pageSize && got.took*(laterSize/pageSize) <= listTime/4 {
			at.Limit = laterSize // unless it was made smaller, began so, or would come late
		}
		page.Next = at.encode()
	case at.Phase+1 < len(phases):
		at.Phase, at.Continue = at.Phase+1, ""
		page.Next = at.encode()
	default:
		page.Total = at.Seen
	}
	return page
}

func (p *plane) listCall(of phase, at cursor) call {
	return call{op: opList, verb: verbList, at: p.at(""), limit: maxList, params: &metav1.ListOptions{
		FieldSelector: "type=" + of.kind, LabelSelector: of.labels, Limit: int64(at.Limit), Continue: at.Continue,
	}}
}

// listed reads a part as metadata.
func (p *plane) listed(ctx context.Context, of phase, at cursor) (part, error) {
	c := p.listCall(of, at)
	c.accept = acceptList
	return p.read(ctx, c, at.Limit, func(item []byte, packed bool) (model.Secret, error) {
		meta, err := metadataOf(item, packed)
		return secretOf(meta, of.kind), err
	})
}

// learned reads a part with values, and keeps of them what was learnt.
func (p *plane) learned(ctx context.Context, of phase, at cursor) (part, error) {
	return p.read(ctx, p.listCall(of, at), at.Limit, func(item []byte, packed bool) (model.Secret, error) {
		held, err := holdItem(item, packed)
		defer held.wipe()
		if err == nil && held.Type != of.kind {
			err = errWire
		}
		return p.described(held), err
	})
}

func (p *plane) read(ctx context.Context, c call, limit int, one func(item []byte, packed bool) (model.Secret, error)) (part, error) {
	got := part{secrets: make([]model.Secret, 0, limit)}
	meta, err := p.client.items(ctx, c, func(item []byte, packed bool) error {
		secret, err := one(item, packed)
		clear(item)
		if err == nil && secret.Ref.Name == "" {
			err = errWire
		}
		got.secrets = append(got.secrets, secret)
		return err
	})
	if err == nil && len(got.secrets) > limit && meta.Continue != "" {
		err = p.client.unreadable(c)
	}
	if err != nil {
		return part{}, err
	}
	got.revision, got.next, got.remaining = meta.ResourceVersion, meta.Continue, meta.RemainingItemCount
	return got, nil
}
