package universal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// List gives the next secrets of a sweep: first one page, so that something is
// there at once, then up to four pages side by side for each call. All meshes
// are read in one sweep, orphans included, and the global secrets after them.
//
// A page that does not join on to the one before means that secrets came or
// went: the sweep begins anew (Page.Again), twice at most; after that it goes
// on and says so (Page.Unsettled).
func (p *plane) List(ctx context.Context, q backend.Query) (backend.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	if q.Cursor == "" {
		page, err := p.begin(ctx, q, 1)
		if q.Mesh != "" && errors.Is(err, backend.ErrNotFound) {
			return p.orphans(ctx, q.Mesh)
		}
		return page, err
	}
	at, ok := decodeCursor(q.Cursor)
	if !ok {
		return backend.Page{}, p.client.failure(call{op: opList}, backend.ErrInvalid, "the list cannot be read on from there", nil)
	}
	return p.proceed(ctx, q, at)
}

// orphans gives the secrets of a mesh that does not exist in one page. Their own
// path answers 404, so they are picked out of the list of all.
func (p *plane) orphans(ctx context.Context, mesh string) (backend.Page, error) {
	found := backend.Page{}
	for all := (backend.Query{}); ; {
		var page backend.Page
		var err error
		if all.Cursor == "" {
			page, err = p.begin(ctx, all, 1)
		} else if at, sound := decodeCursor(all.Cursor); sound {
			page, err = p.proceed(ctx, all, at)
		}
		if err != nil {
			return backend.Page{}, err
		}
		if page.Again {
			found.Secrets = nil
		}
		found.Unsettled = page.Unsettled
		for _, secret := range page.Secrets {
			if secret.Ref.Mesh == mesh {
				found.Secrets = append(found.Secrets, secret)
			}
		}
		found.Total = len(found.Secrets)
		if page.Next == "" {
			return found, nil
		}
		all.Cursor = page.Next
	}
}

// begin reads the first page of a sweep.
func (p *plane) begin(ctx context.Context, q backend.Query, sweep int) (backend.Page, error) {
	at := cursor{Sweep: sweep}
	if q.Global {
		at.Part = ofGlobals
	}
	if whole(q) {
		globals, err := p.rows(ctx, q, ofGlobals, 0, 1)
		if err != nil {
			return backend.Page{}, err
		}
		at.Other = globals.total
	}
	first, err := p.rows(ctx, q, at.Part, 0, pageSize)
	if err != nil {
		return backend.Page{}, err
	}
	at.Total, at.Page = first.total, 1
	if len(first.secrets) != rowsOn(0, first.total) {
		at.Unsettled = true
	}
	page := p.page(q, at, first.secrets)
	page.Again = sweep > 1
	return page, nil
}

// whole tells whether a query is about all meshes and the global secrets.
func whole(q backend.Query) bool { return q.Mesh == "" && !q.Global }

// page makes the answer from the rows that lead to at.
func (p *plane) page(q backend.Query, at cursor, rows []model.Secret) backend.Page {
	page := backend.Page{Secrets: rows, Total: at.Total + at.Other, Unsettled: at.Unsettled}
	if len(rows) > 0 {
		at.Last = digest(rows[len(rows)-1])
	}
	switch {
	case at.Page < pagesFor(at.Total):
		page.Next = at.encode()
	case at.Part == ofSecrets && whole(q):
		page.Next = cursor{Sweep: at.Sweep, Part: ofGlobals, Other: at.Total, Total: at.Other, Unsettled: at.Unsettled}.encode()
	}
	return page
}

// proceed reads the next pages side by side and joins them.
func (p *plane) proceed(ctx context.Context, q backend.Query, at cursor) (backend.Page, error) {
	if at.Page > 0 && p.version.before(9) {
		// Those versions give nothing after the first page.
		at.Page, at.Unsettled = pagesFor(at.Total), true
		return p.page(q, at, nil), nil
	}
	count := min(sideBySide, pagesFor(at.Total)-at.Page)
	if at.Page == 0 {
		count = 1 // the first page of the global secrets tells their number
	}
	read, err := p.sideBySide(ctx, q, at, count)
	if err != nil {
		return backend.Page{}, err
	}
	var rows []model.Secret
	for i, r := range read {
		joined := joins(at, r)
		if !joined && at.Sweep < maxSweeps {
			return p.begin(ctx, q, at.Sweep+1)
		}
		at.Unsettled = at.Unsettled || !joined
		if at.Page == 0 && i == 0 {
			at.Total = r.total
		}
		rows = append(rows, r.fresh(at, joined)...)
		if len(r.secrets) > 0 {
			at.Last = digest(r.secrets[len(r.secrets)-1])
		}
		at.Page++
	}
	return p.page(q, at, rows), nil
}

// joins tells whether a page goes on where the one before ended.
func joins(at cursor, r rows) bool {
	if at.Page == 0 {
		return len(r.secrets) == rowsOn(0, r.total)
	}
	return r.total == at.Total && len(r.secrets) == rowsOn(at.Page, at.Total) && digest(r.secrets[0]) == at.Last
}

// rows is one page as it was read.
type rows struct {
	secrets []model.Secret
	total   int
}

// fresh are the rows that were not on the page before. When the pages do not
// join, the first row may be one that was not seen.
func (r rows) fresh(at cursor, joined bool) []model.Secret {
	if at.Page == 0 || len(r.secrets) == 0 || !joined && digest(r.secrets[0]) != at.Last {
		return r.secrets
	}
	return r.secrets[1:]
}

func (p *plane) sideBySide(ctx context.Context, q backend.Query, at cursor, count int) ([]rows, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read := make([]rows, count)
	var wait sync.WaitGroup
	var once sync.Once
	var failed error
	for i := range count {
		wait.Go(func() {
			var err error
			read[i], err = p.rows(ctx, q, at.Part, (at.Page+i)*stride, pageSize)
			if err != nil {
				once.Do(func() { failed = err; cancel() })
			}
		})
	}
	wait.Wait()
	return read, failed
}

// rows reads one page into secrets, which have no field for a value.
func (p *plane) rows(ctx context.Context, q backend.Query, of part, offset, size int) (rows, error) {
	c := call{op: opList, method: http.MethodGet, path: listPath(q, of), query: url.Values{"size": {strconv.Itoa(size)}}}
	if offset > 0 {
		c.query.Set("offset", strconv.Itoa(offset))
	}
	answer, err := p.client.send(ctx, c)
	if err != nil {
		return rows{}, err
	}
	defer answer.body.Close()
	var read rows
	list, err := readList(answer.body, func(dec *json.Decoder) error {
		if len(read.secrets) == size {
			return bad("it has more items than were asked for")
		}
		secret, err := p.readSecret(dec, nil)
		if err != nil {
			return err
		}
		if secret.Ref.Global() != (of == ofGlobals) || q.Mesh != "" && secret.Ref.Mesh != q.Mesh {
			return bad("it belongs to another mesh than was asked for")
		}
		read.secrets = append(read.secrets, secret)
		return nil
	})
	if err == nil && list.total > maxTotal {
		err = bad("it says that there are %d secrets", list.total)
	}
	if err != nil {
		return rows{}, p.client.unread(ctx, c, answer, err)
	}
	read.total = list.total
	return read, nil
}

func listPath(q backend.Query, of part) []string {
	switch {
	case of == ofGlobals:
		return []string{"global-secrets"}
	case q.Mesh != "":
		return []string{"meshes", q.Mesh, "secrets"}
	}
	return []string{"secrets"}
}
