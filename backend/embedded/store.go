package embedded

import (
	"slices"
	"sort"
	"strings"
	"time"

	"meshsecrets/backend/embedded/cluster"
)

// secretKey names a secret; global ones have no mesh.
type secretKey struct{ mesh, name string }

func (k secretKey) compare(o secretKey) int {
	if c := strings.Compare(k.mesh, o.mesh); c != 0 {
		return c
	}
	return strings.Compare(k.name, o.name)
}

// record is a stored secret. It is never changed, only replaced, so it can be
// read without a lock once it was found.
type record struct {
	key      secretKey
	labels   map[string]string
	value    []byte
	created  time.Time
	modified time.Time
	owned    bool // made by the control plane for a mesh: it goes with the mesh
	// held is the object that it is on Kubernetes; unlabelled tells that it is
	// of its mesh only for want of a label.
	held       *cluster.Object
	unlabelled bool
}

// store keeps records by name and in order: by mesh, then name, global ones
// first. A mesh, all meshes and the global secrets are then each one stretch,
// and a page of a list costs a page.
type store struct {
	byKey  map[secretKey]*record
	sorted []*record
}

func (s *store) get(k secretKey) *record { return s.byKey[k] }

func (s *store) position(k secretKey) int {
	return sort.Search(len(s.sorted), func(i int) bool { return s.sorted[i].key.compare(k) >= 0 })
}

func (s *store) put(r *record) {
	if s.byKey == nil {
		s.byKey = map[secretKey]*record{}
	}
	at := s.position(r.key)
	if s.byKey[r.key] != nil {
		s.sorted = slices.Clone(s.sorted) // lists may still be reading the old one
		s.sorted[at] = r
	} else {
		s.sorted = slices.Insert(slices.Clip(s.sorted), at, r)
	}
	s.byKey[r.key] = r
}

// putAll is put for many at once.
func (s *store) putAll(records []*record) {
	if s.byKey == nil {
		s.byKey = make(map[secretKey]*record, len(records))
	}
	for _, r := range records {
		s.byKey[r.key] = r
	}
	s.sorted = make([]*record, 0, len(s.byKey))
	for _, r := range s.byKey {
		s.sorted = append(s.sorted, r)
	}
	slices.SortFunc(s.sorted, func(a, b *record) int { return a.key.compare(b.key) })
}

func (s *store) remove(k secretKey) {
	if s.byKey[k] == nil {
		return
	}
	delete(s.byKey, k)
	at := s.position(k)
	s.sorted = slices.Concat(s.sorted[:at], s.sorted[at+1:])
}

// inMesh gives the secrets of one mesh; "" stands for the global ones. What it
// gives stays as it is when the store changes.
func (s *store) inMesh(mesh string) []*record {
	from := s.position(secretKey{mesh: mesh})
	rest := s.sorted[from:]
	size := sort.Search(len(rest), func(i int) bool { return rest[i].key.mesh != mesh })
	return rest[:size:size]
}

// inMeshes gives the secrets of all meshes, those that do not exist included.
func (s *store) inMeshes() []*record {
	return s.sorted[len(s.inMesh("")):]
}
