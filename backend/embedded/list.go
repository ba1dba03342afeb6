package embedded

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of a page.
const (
	pageSize    = 100
	maxPageSize = 1000
)

// page is what part of a list was asked for.
type page struct {
	size, offset int
	name         string // a part of the name, "" for all
	labels       map[string]string
}

// listing is the form of a list.
type listing struct {
	Total int     `json:"total"`
	Items []any   `json:"items"`
	Next  *string `json:"next"`
}

// object is the form of a secret.
type object struct {
	Type     string            `json:"type"`
	Mesh     string            `json:"mesh,omitempty"`
	Name     string            `json:"name"`
	Created  time.Time         `json:"creationTime"`
	Modified time.Time         `json:"modificationTime"`
	Labels   map[string]string `json:"labels,omitempty"`
	Data     []byte            `json:"data,omitempty"`
}

// list answers a list of any kind, of one mesh or of all.
func (c *ControlPlane) list(q request) reply {
	if q.mesh != "" && !c.hasMesh(q.mesh) {
		return missing(titleMesh)
	}
	if denied := allow(q); denied != nil {
		return *denied
	}
	asked, bad := readPage(q)
	if bad != nil {
		return *bad
	}
	if q.kind.secret {
		return encoded(http.StatusOK, cut(q, asked, c.secretsOf(q), asked.takesSecret, secretItem))
	}
	return encoded(http.StatusOK, cut(q, asked, c.resourcesOf(q), asked.takesResource, c.resourceItem))
}

// cut filters rows and gives the part that was asked for.
func cut[T any](q request, asked page, rows []T, takes func(T) bool, item func(T) any) listing {
	if asked.name != "" || len(asked.labels) > 0 {
		rows = slices.DeleteFunc(slices.Clone(rows), func(row T) bool { return !takes(row) })
	}
	from := min(asked.offset, len(rows))
	to := min(from+asked.size, len(rows))
	out := listing{Total: len(rows), Items: make([]any, 0, to-from)}
	for _, row := range rows[from:to] {
		out.Items = append(out.Items, item(row))
	}
	if to < len(rows) {
		next := nextPage(q, asked, to)
		out.Next = &next
	}
	return out
}

// nextPage is the address of the page that follows. It is made of what the
// client said, so behind a proxy it may point nowhere.
func nextPage(q request, asked page, offset int) string {
	query := q.query()
	query.Set("offset", strconv.Itoa(offset))
	query.Set("size", strconv.Itoa(asked.size))
	next := url.URL{Scheme: "http", Host: q.http.Host, Path: q.http.URL.Path, RawQuery: query.Encode()}
	if q.http.TLS != nil {
		next.Scheme = "https"
	}
	return next.String()
}

func readPage(q request) (page, *reply) {
	asked := page{size: pageSize, labels: map[string]string{}}
	query := q.query()
	if reason := asked.readSize(query.Get("size")); reason != "" {
		r := refused(http.StatusBadRequest, titleList, "Invalid page size", violation{Field: "size", Reason: reason})
		return page{}, &r
	}
	if text := query.Get("offset"); text != "" {
		offset, err := strconv.Atoi(text)
		reason := "must be non-negative"
		if err != nil {
			reason = err.Error()
		}
		if err != nil || offset < 0 {
			r := refused(http.StatusBadRequest, titleList, "invalid: invalid offset: "+reason)
			return page{}, &r
		}
		asked.offset = offset
	}
	asked.name = query.Get("name")
	for key, values := range query {
		inner, isFilter := strings.CutPrefix(key, "filter[")
		if !isFilter {
			continue
		}
		label, onLabel := strings.CutPrefix(strings.TrimSuffix(inner, "]"), "labels.")
		if !onLabel {
			r := invalid(titleList, violation{Field: q.path + "." + key, Reason: "filters are only supported on labels"})
			return page{}, &r
		}
		asked.labels[label] = values[0]
	}
	return asked, nil
}

// readSize reads the size of a page and says what is wrong with it, or "".
func (p *page) readSize(text string) string {
	if text == "" {
		return ""
	}
	size, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return "invalid format"
	case size < 1:
		return "must be greater than 0"
	case size > maxPageSize:
		return fmt.Sprintf("invalid page size of %d. Maximum page size is %d", size, maxPageSize)
	}
	p.size = size
	return ""
}

func (p page) takes(name string, labels map[string]string) bool {
	for key, value := range p.labels {
		if has, there := labels[key]; !there || has != value {
			return false
		}
	}
	return strings.Contains(name, p.name)
}

func (p page) takesSecret(r *record) bool { return p.takes(r.key.name, r.labels) }

func (p page) takesResource(r resource) bool { return p.takes(r.key.name, r.labels) }
