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
	where "k8s.io/apimachinery/pkg/util/validation/field"
)

func (s *Server) get(q request) (reply, error) {
	if q.form.many {
		return reply{}, notShaped("you requested PartialObjectMetadataList, but the requested object is not a list", q.kind, "")
	}
	s.mu.RLock()
	found := s.store.get(q.kind, q.key())
	s.mu.RUnlock()
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
	namespace := q.namespace
	if !q.kind.Namespaced {
		namespace = ""
	}
	return selection{namespace: namespace, name: q.name, labels: byLabel, fields: byField}, nil
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
	options, err := q.listOptions()
	if err == nil && q.form.as == asMetadata && !q.form.many {
		err = notShaped("you requested PartialObjectMetadata, but the requested object is a list", q.kind, "List")
	}
	if err != nil {
		return reply{}, err
	}
	from, err := s.begin(q, options.ResourceVersion)
	if err != nil {
		return reply{}, err
	}
	answer := cut(q, from, chosen, max(0, int(options.Limit)))
	if answer.meta.Continue != "" {
		s.mu.Lock()
		s.store.begin(q.kind, from.version, from.objects)
		s.mu.Unlock()
	}
	body, err := q.form.list(answer, s)
	return reply{status: http.StatusOK, contentType: q.form.contentType(), body: body}, err
}

// readVersion reads the version that a request names, none as 0.
func readVersion(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	version, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, where.Invalid(where.NewPath("resourceVersion"), text, err.Error())
	}
	return version, nil
}

// start is where a page of a list starts.
type start struct {
	version uint64
	objects []*Object
	after   string // keys up to this one were given before
}

// begin finds the objects of a list and where in them its page begins.
func (s *Server) begin(q request, version string) (start, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if q.query.Get("continue") != "" {
		return s.resume(q)
	}
	asked, err := readVersion(version)
	if err != nil {
		return start{}, apierrors.NewBadRequest("invalid resource version: " + err.Error())
	}
	if asked > s.store.version {
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
