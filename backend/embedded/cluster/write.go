package cluster

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Author is who writes.
type Author struct {
	User    User
	Manager string // the field manager
	DryRun  bool
}

// errVersionOnCreate is the answer to a create of what was read before. A real
// server gives it without a reason, as an internal error.
var errVersionOnCreate = errors.New("resourceVersion should not be set on objects to be created")

// errModified is why an update comes too late.
var errModified = errors.New("the object has been modified; please apply your changes to the latest version and try again")

func (s *Server) create(q request) (reply, error) {
	sent, err := decode(q)
	if err != nil {
		return reply{}, err
	}
	made, err := s.Create(q.author(), sent)
	if err != nil {
		return reply{}, err
	}
	return q.answered(http.StatusCreated, made)
}

func (s *Server) update(q request) (reply, error) {
	sent, err := decode(q)
	if err != nil {
		return reply{}, err
	}
	if sent.Meta.Name != q.name {
		return reply{}, apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", sent.Meta.Name, q.name))
	}
	made, err := s.exchange(q.author(), q.kind, q.key(), q.name, func(*Object) (*Object, error) { return sent, nil })
	if err != nil {
		return reply{}, err
	}
	return q.answered(http.StatusOK, made)
}

// Create makes an object as a client does. The error is a Status.
func (s *Server) Create(by Author, o *Object) (*Object, error) {
	made, err := s.insert(by, o.Clone())
	if err == nil && !by.DryRun {
		s.settle(Change{After: made})
	}
	return made, err
}

// Replace updates an object as a client does; without a resourceVersion
// whatever is there is overwritten. The error is a Status.
func (s *Server) Replace(by Author, o *Object) (*Object, error) {
	return s.exchange(by, o.Kind, o.key(), o.Meta.Name, func(before *Object) (*Object, error) {
		after := o.Clone()
		if after.Meta.ResourceVersion == "" {
			after.Meta.ResourceVersion = before.Meta.ResourceVersion
		}
		return after, nil
	})
}

func (s *Server) settle(c Change) {
	if s.options.Settled != nil {
		s.options.Settled(c)
	}
}

// insert holds the order of a real server: its own rules, then admission, then
// whether the name is taken.
func (s *Server) insert(by Author, o *Object) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.Kind.Namespaced && s.store.get(Namespaces, o.Meta.Namespace) == nil {
		return nil, apierrors.NewNotFound(Namespaces.groupResource(), o.Meta.Namespace)
	}
	asked := o.Meta.ResourceVersion
	s.clear(o)
	manage(o, nil, by.Manager, s.now())
	w := Write{Operation: Create, New: o, User: by.User, DryRun: by.DryRun, Held: s.held(o)}
	if err := s.admit(w, func() error { return checkNew(o) }); err != nil {
		return nil, err
	}
	if number, err := strconv.ParseUint(asked, 10, 64); err == nil && number != 0 && !by.DryRun {
		return nil, errVersionOnCreate
	}
	if s.store.get(o.Kind, o.key()) != nil {
		return nil, apierrors.NewAlreadyExists(o.Kind.groupResource(), o.Meta.Name)
	}
	if by.DryRun {
		return o, nil
	}
	s.keep(Change{After: o})
	return o, nil
}

// held counts the objects that stand where one is to be made.
func (s *Server) held(o *Object) int {
	if !o.Kind.Namespaced {
		return len(s.store.all(o.Kind))
	}
	return len(within(s.store.all(o.Kind), o.Meta.Namespace))
}

// clear sets what a client has no say in.
func (s *Server) clear(o *Object) {
	if o.Meta.Name == "" && o.Meta.GenerateName != "" {
		o.Meta.Name = o.Meta.GenerateName + s.options.ID("name " + strconv.FormatUint(s.store.version, 10))[:5]
	}
	o.Meta.ResourceVersion = ""
	o.Meta.DeletionTimestamp, o.Meta.DeletionGracePeriodSeconds = nil, nil
	o.Meta.CreationTimestamp = metav1.NewTime(s.now())
	o.Meta.UID = s.newUID(o)
	o.Meta.Generation = 0
	if o.Kind.Custom {
		o.Meta.Generation = 1
	}
}

// newUID is the UID of the next object of a name: others of that name before
// had others.
func (s *Server) newUID(o *Object) types.UID {
	at := o.Kind.Resource + "/" + o.key()
	return s.uid(at, s.store.made[at]+1)
}

func (s *Server) uid(at string, times int) types.UID {
	return types.UID(s.options.ID(fmt.Sprintf("uid %s %d", at, times)))
}

// FirstUID is the UID that the first object of a name gets.
func (s *Server) FirstUID(k Kind, namespace, name string) types.UID {
	return s.uid(k.Resource+"/"+key(namespace, name), 1)
}

// admit asks admission before and after the server's own rules.
func (s *Server) admit(w Write, check func() error) error {
	if s.options.Admission != nil && w.New != nil {
		if err := s.options.Admission.Default(w); err != nil {
			return err
		}
	}
	if err := check(); err != nil {
		return err
	}
	if s.options.Admission == nil {
		return nil
	}
	return s.options.Admission.Validate(w)
}

// keep stores a change and tells of it. The lock is held, and After is not yet
// seen by anybody.
func (s *Server) keep(c Change) {
	version := s.store.next()
	if c.After == nil {
		s.store.shelf(c.Before.Kind).remove(c.Before.key())
	} else {
		c.After.Meta.ResourceVersion = version
		if c.Before == nil {
			s.count(c.After)
		}
		s.store.shelf(c.After.Kind).put(c.After)
	}
	s.publish(c)
}

// count notes that an object of a name was made.
func (s *Server) count(o *Object) {
	if s.store.made == nil {
		s.store.made = map[string]int{}
	}
	s.store.made[o.Kind.Resource+"/"+o.key()]++
}

// publish tells of a change that is stored.
func (s *Server) publish(c Change) {
	c.Version = s.store.version
	s.feed.add(c.Version, c)
	if s.options.Changed != nil {
		s.options.Changed([]Change{c})
	}
	s.feed.wake()
}

// exchange replaces an object by what is made of it.
func (s *Server) exchange(by Author, k Kind, at, name string, build func(*Object) (*Object, error)) (*Object, error) {
	change, err := s.swap(by, k, at, name, build)
	if err != nil {
		return nil, err
	}
	if change.Before != change.After && !by.DryRun {
		s.settle(change)
	}
	return change.After, nil
}

func (s *Server) swap(by Author, k Kind, at, name string, build func(*Object) (*Object, error)) (Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.store.get(k, at)
	if before == nil {
		return Change{}, apierrors.NewNotFound(k.groupResource(), name)
	}
	after, err := build(before)
	if err != nil {
		return Change{}, err
	}
	meant := after.Meta
	inherit(after, before)
	manage(after, before, by.Manager, s.now())
	w := Write{Operation: Update, Old: before, New: after, User: by.User, DryRun: by.DryRun}
	err = s.admit(w, func() error {
		if err := checkVersion(before, meant); err != nil {
			return err
		}
		return checkChanged(after, before)
	})
	if err != nil {
		return Change{}, err
	}
	if after.same(before) {
		return Change{Before: before, After: before}, nil // nothing is written, so nothing is new
	}
	if k.Custom && !after.sameContent(before) {
		after.Meta.Generation++
	}
	if by.DryRun {
		return Change{Before: before, After: after}, nil
	}
	s.keep(Change{Before: before, After: after})
	if after.Meta.DeletionTimestamp != nil && len(after.Meta.Finalizers) == 0 {
		s.drop(after)
	}
	return Change{Before: before, After: after}, nil
}

// checkVersion refuses an update of something else than what was read.
func checkVersion(before *Object, meant metav1.ObjectMeta) error {
	k, name := before.Kind, before.Meta.Name
	if uid := meant.UID; uid != "" && uid != before.Meta.UID {
		return apierrors.NewConflict(k.groupResource(), name, fmt.Errorf(
			"StorageError: invalid object, Code: 4, Key: /registry/%s/%s, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: %v, UID in object meta: %v",
			k.Resource, before.key(), uid, before.Meta.UID))
	}
	if _, err := strconv.ParseUint(meant.ResourceVersion, 10, 64); err != nil && meant.ResourceVersion != "" {
		return err
	}
	switch meant.ResourceVersion {
	case "", "0":
		if k.Custom {
			return noVersion(before)
		}
	case before.Meta.ResourceVersion:
	default:
		return apierrors.NewConflict(k.groupResource(), name, errModified)
	}
	return nil
}

// inherit takes over what a client has no say in.
func inherit(after, before *Object) {
	m, was := &after.Meta, before.Meta
	m.UID, m.CreationTimestamp, m.Generation = was.UID, was.CreationTimestamp, was.Generation
	m.ResourceVersion, m.GenerateName = was.ResourceVersion, was.GenerateName
	m.DeletionTimestamp, m.DeletionGracePeriodSeconds = was.DeletionTimestamp, was.DeletionGracePeriodSeconds
}

// drop takes an object away, and what it owns. The lock is held.
func (s *Server) drop(o *Object) {
	s.keep(Change{Before: o})
	if !o.Kind.Custom {
		return
	}
	owned := func(r metav1.OwnerReference) bool { return r.UID == o.Meta.UID }
	for _, k := range s.kinds {
		for _, other := range s.store.all(k) {
			if owners := other.Meta.OwnerReferences; len(owners) > 0 && !slices.ContainsFunc(owners, not(owned)) {
				s.drop(other)
			}
		}
	}
}

func not[T any](f func(T) bool) func(T) bool {
	return func(v T) bool { return !f(v) }
}
