package cluster

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Seed stores objects as they are, unchecked, in place of those of the same
// names. What they do not say of themselves they get: a type, a UID, the
// moment. The objects belong to the server from then on. Many at once are
// cheap, one hundred thousand too.
func (s *Server) Seed(objects ...*Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes := make([]Change, 0, len(objects))
	byKind := map[Kind][]*Object{}
	for _, o := range objects {
		c := Change{Before: s.store.get(o.Kind, o.key()), After: o}
		s.complete(o, c.Before)
		if len(objects) == 1 {
			s.keep(c)
			return
		}
		o.Meta.ResourceVersion = s.store.next()
		if c.Before == nil {
			s.count(o)
		}
		c.Version = s.store.version
		s.feed.add(c.Version, c)
		byKind[o.Kind], changes = append(byKind[o.Kind], o), append(changes, c)
	}
	for k, all := range byKind {
		s.store.shelf(k).putAll(all)
	}
	if s.options.Changed != nil {
		s.options.Changed(changes)
	}
	s.feed.wake()
}

// complete adds what an object does not say of itself.
func (s *Server) complete(o, before *Object) {
	if before != nil && o.Meta.UID == "" {
		o.Meta.UID = before.Meta.UID
	}
	if o.isSecret() && o.Type == "" {
		o.Type = typeOpaque
	}
	if o.Meta.UID == "" {
		o.Meta.UID = s.newUID(o)
	}
	if o.Meta.CreationTimestamp.IsZero() {
		o.Meta.CreationTimestamp = metav1.NewTime(s.now())
	}
	if o.Meta.Generation == 0 && o.Kind.Custom {
		o.Meta.Generation = 1
	}
}

// Discard takes an object away as it is, asking nobody. Nothing happens when it
// is not there.
func (s *Server) Discard(k Kind, namespace, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held := s.store.get(k, key(namespace, name)); held != nil {
		s.drop(held)
	}
}

// Read makes an object of the JSON of a manifest. Its kind has to be known.
func (s *Server) Read(manifest []byte) (*Object, error) {
	var said metav1.TypeMeta
	if err := json.Unmarshal(manifest, &said); err != nil {
		return nil, err
	}
	for _, k := range s.kinds {
		if k.Name == said.Kind && k.GroupVersion() == said.APIVersion {
			return decodeFields(k, manifest)
		}
	}
	return nil, fmt.Errorf("no kind %q is registered for version %q", said.Kind, said.APIVersion)
}
