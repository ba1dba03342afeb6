package cluster

import (
	"slices"
	"sort"
	"strconv"
)

// store keeps objects by kind and key, and the one counter of versions.
type store struct {
	version uint64
	shelves map[Kind]*shelf
	made    map[string]int // how often an object of a name was made, for its UID
	// begun are the lists that were begun and not finished, by version, oldest
	// first.
	begun []snapshot
}

// snapshot is all objects of a kind at a version.
type snapshot struct {
	kind    Kind
	version uint64
	objects []*Object
}

// maxBegun is how many begun lists are remembered. A real server forgets them
// after minutes.
const maxBegun = 64

// shelf holds the objects of one kind, sorted by key. The list is replaced when
// it changes, so who reads an old one keeps it.
type shelf struct {
	byKey  map[string]*Object
	sorted []*Object
}

func (s *store) shelf(k Kind) *shelf {
	if s.shelves == nil {
		s.shelves = map[Kind]*shelf{}
	}
	if s.shelves[k] == nil {
		s.shelves[k] = &shelf{byKey: map[string]*Object{}}
	}
	return s.shelves[k]
}

// next counts a change.
func (s *store) next() string {
	s.version++
	return strconv.FormatUint(s.version, 10)
}

func (s *store) get(k Kind, at string) *Object {
	if held := s.shelves[k]; held != nil {
		return held.byKey[at]
	}
	return nil
}

// all gives the objects of a kind. What it gives stays as it is.
func (s *store) all(k Kind) []*Object {
	if held := s.shelves[k]; held != nil {
		return held.sorted
	}
	return nil
}

func (h *shelf) position(at string) int {
	return sort.Search(len(h.sorted), func(i int) bool { return h.sorted[i].key() >= at })
}

func (h *shelf) put(o *Object) {
	at := o.key()
	i := h.position(at)
	if h.byKey[at] != nil {
		h.sorted = slices.Clone(h.sorted)
		h.sorted[i] = o
	} else {
		h.sorted = slices.Insert(slices.Clip(h.sorted), i, o)
	}
	h.byKey[at] = o
}

// putAll is put for many at once.
func (h *shelf) putAll(objects []*Object) {
	for _, o := range objects {
		h.byKey[o.key()] = o
	}
	h.sorted = make([]*Object, 0, len(h.byKey))
	for _, o := range h.byKey {
		h.sorted = append(h.sorted, o)
	}
	slices.SortFunc(h.sorted, func(a, b *Object) int {
		if a.key() < b.key() {
			return -1
		}
		return 1
	})
}

func (h *shelf) remove(at string) {
	if h.byKey[at] == nil {
		return
	}
	delete(h.byKey, at)
	i := h.position(at)
	h.sorted = slices.Concat(h.sorted[:i], h.sorted[i+1:])
}

// begin remembers a list so that its other pages can be had.
func (s *store) begin(k Kind, version uint64, objects []*Object) {
	known := func(b snapshot) bool { return b.kind == k && b.version == version }
	if slices.ContainsFunc(s.begun, known) {
		return
	}
	if len(s.begun) == maxBegun {
		s.begun = slices.Delete(s.begun, 0, 1)
	}
	s.begun = append(s.begun, snapshot{kind: k, version: version, objects: objects})
}

// at gives the objects of a kind as they were; false when that is forgotten.
func (s *store) at(k Kind, version uint64) ([]*Object, bool) {
	if version == s.version {
		return s.all(k), true
	}
	i := slices.IndexFunc(s.begun, func(b snapshot) bool { return b.kind == k && b.version == version })
	if i < 0 {
		return nil, false
	}
	return s.begun[i].objects, true
}
