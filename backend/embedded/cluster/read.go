package cluster

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

func (s *Server) get(q request) (reply, error) {
	found := s.Get(q.kind, q.namespace, q.name)
	if found == nil {
		return reply{}, apierrors.NewNotFound(q.groupResource(), q.name)
	}
	return q.answered(http.StatusOK, found)
}

// Get gives an object as it is stored, or nil. It must not be changed.
func (s *Server) Get(k Kind, namespace, name string) *Object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.store.get(k, key(namespace, name))
}

// All gives the objects of a kind, in order. They must not be changed.
func (s *Server) All(k Kind) []*Object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.store.all(k)
}

// selection is which objects of a kind are asked for.
type selection struct {
	namespace string
	name      string // of a path that names one object
	labels    labels.Selector
	fields    fields.Selector
}

func (q request) selection() (selection, error) {
	byLabel, err := labels.Parse(q.query.Get("labelSelector"))
	if err != nil {
		return selection{}, apierrors.NewBadRequest(err.Error())
	}
	byField, err := fields.ParseSelector(q.query.Get("fieldSelector"))
	if err != nil {
		return selection{}, apierrors.NewBadRequest(err.Error())
	}
	for _, term := range byField.Requirements() {
		known := term.Field == "metadata.name" || term.Field == "metadata.namespace" || term.Field == "type" && q.kind == Secrets
		if !known {
			return selection{}, apierrors.NewBadRequest(fmt.Sprintf("field label not supported: %s", term.Field))
		}
	}
	return selection{namespace: q.namespace, name: q.name, labels: byLabel, fields: byField}, nil
}

// all tells whether nothing is selected, so that what follows can be counted.
func (c selection) all() bool { return c.labels.Empty() && c.fields.Empty() }

func (c selection) takes(o *Object) bool {
	if o == nil || c.namespace != "" && o.Meta.Namespace != c.namespace || c.name != "" && o.Meta.Name != c.name {
		return false
	}
	if !c.labels.Matches(labels.Set(o.Meta.Labels)) {
		return false
	}
	return c.fields.Empty() || c.fields.Matches(fields.Set{
		"metadata.name": o.Meta.Name, "metadata.namespace": o.Meta.Namespace, "type": o.Type,
	})
}

func (s *Server) list(q request) (reply, error) {
	chosen, err := q.selection()
	if err != nil {
		return reply{}, err
	}
	from, err := s.begin(q)
	if err != nil {
		return reply{}, err
	}
	limit, err := strconv.Atoi(q.query.Get("limit"))
	if err != nil || limit < 0 {
		limit = 0
	}
	answer := cut(q, from, chosen, limit)
	if answer.meta.Continue != "" {
		s.mu.Lock()
		s.store.begin(q.kind, from.version, from.objects)
		s.mu.Unlock()
	}
	body, err := q.form.list(answer, s)
	return reply{status: http.StatusOK, contentType: q.form.contentType(), body: body}, err
}

// start is where a page of a list starts.
type start struct {
	version uint64
	objects []*Object
	after   string // keys up to this one were given before
}

// begin finds the objects of a list and where in them its page begins.
func (s *Server) begin(q request) (start, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if q.query.Get("continue") != "" {
		return s.resume(q)
	}
	if asked, err := strconv.ParseUint(q.query.Get("resourceVersion"), 10, 64); err == nil && asked > s.store.version {
		return start{}, apierrors.NewTimeoutError(fmt.Sprintf("Too large resource version: %d, current: %d", asked, s.store.version), 1)
	}
	return start{version: s.store.version, objects: s.store.all(q.kind)}, nil
}

// cut gives the page of a list.
func cut(q request, from start, chosen selection, limit int) list {
	answer := list{kind: q.kind, meta: metav1.ListMeta{ResourceVersion: strconv.FormatUint(from.version, 10)}}
	rows := from.objects
	if q.namespace != "" {
		rows = within(rows, q.namespace)
	}
	rows = rows[sort.Search(len(rows), func(i int) bool { return rows[i].key() > from.after }):]
	for i, o := range rows {
		if limit > 0 && len(answer.objects) == limit {
			// Whether one of the others is taken is not looked at: a last page
			// may be empty.
			answer.meta.Continue = continueAfter(from.version, q.namespace, rows[i-1])
			if chosen.all() {
				left := int64(len(rows) - i)
				answer.meta.RemainingItemCount = &left
			}
			break
		}
		if chosen.takes(o) {
			answer.objects = append(answer.objects, o)
		}
	}
	return answer
}

// within gives the objects of one namespace: they stand together.
func within(rows []*Object, namespace string) []*Object {
	from := sort.Search(len(rows), func(i int) bool { return rows[i].key() >= namespace+"/" })
	to := from + sort.Search(len(rows)-from, func(i int) bool { return rows[from+i].key() >= namespace+"0" }) // "0" follows "/"
	return slices.Clip(rows[from:to])
}
