package cluster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func (s *Server) delete(q request) (reply, error) {
	options, err := readDeleteOptions(q)
	if err == nil {
		err = badOptions("DeleteOptions", validation.ValidateDeleteOptions(&options))
	}
	if err != nil {
		return reply{}, err
	}
	by := q.author()
	by.DryRun = by.DryRun || slices.Contains(options.DryRun, metav1.DryRunAll)
	gone, waits, err := s.take(by, q.kind, q.key(), q.name, options.Preconditions)
	if err != nil {
		return reply{}, err
	}
	if !by.DryRun && !waits {
		s.settle(Change{Before: gone})
	}
	if waits { // finalizers hold it
		return q.answered(http.StatusOK, gone)
	}
	status := &metav1.Status{Status: metav1.StatusSuccess, Details: &metav1.StatusDetails{
		Name: q.name, Group: q.kind.Group, Kind: q.kind.Resource, UID: gone.Meta.UID,
	}}
	body, err := q.form.status(status)
	return reply{status: http.StatusOK, contentType: q.form.contentType(), body: body}, err
}

// Delete takes an object away as a client does. The error is a Status.
func (s *Server) Delete(by Author, k Kind, namespace, name string) error {
	gone, waits, err := s.take(by, k, key(namespace, name), name, nil)
	if err == nil && !waits && !by.DryRun {
		s.settle(Change{Before: gone})
	}
	return err
}

// take holds the order of a real server: preconditions, then admission. It
// tells whether finalizers keep the object for now.
func (s *Server) take(by Author, k Kind, at, name string, only *metav1.Preconditions) (gone *Object, waits bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.store.get(k, at)
	if held == nil {
		return nil, false, apierrors.NewNotFound(k.groupResource(), name)
	}
	if err := checkPreconditions(held, only); err != nil {
		return nil, false, err
	}
	if s.options.Admission != nil {
		if err := s.options.Admission.Validate(Write{Operation: Delete, Old: held, User: by.User, DryRun: by.DryRun}); err != nil {
			return nil, false, err
		}
	}
	if len(held.Meta.Finalizers) == 0 {
		if !by.DryRun {
			s.drop(held)
		}
		return held, false, nil
	}
	if held.Meta.DeletionTimestamp != nil {
		return held, true, nil
	}
	after := held.Clone()
	deleted, grace := metav1.NewTime(s.now()), int64(0)
	after.Meta.DeletionTimestamp, after.Meta.DeletionGracePeriodSeconds = &deleted, &grace
	if !by.DryRun {
		s.keep(Change{Before: held, After: after})
	}
	return after, true, nil
}

func checkPreconditions(held *Object, only *metav1.Preconditions) error {
	if only == nil {
		return nil
	}
	// The kind is named here where others name the resource.
	what := schema.GroupResource{Group: held.Kind.Group, Resource: held.Kind.Name}
	if only.UID != nil && *only.UID != held.Meta.UID {
		return apierrors.NewConflict(what, held.Meta.Name, fmt.Errorf(
			"the UID in the precondition (%s) does not match the UID in record (%s). The object might have been deleted and then recreated",
			*only.UID, held.Meta.UID))
	}
	if only.ResourceVersion != nil && *only.ResourceVersion != held.Meta.ResourceVersion {
		return apierrors.NewConflict(what, held.Meta.Name, fmt.Errorf(
			"the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%s). The object might have been modified",
			*only.ResourceVersion, held.Meta.ResourceVersion))
	}
	return nil
}

func readDeleteOptions(q request) (metav1.DeleteOptions, error) {
	options := metav1.DeleteOptions{DryRun: q.query["dryRun"]}
	raw, err := q.read()
	if err != nil || len(raw) == 0 {
		return options, err
	}
	kind, err := q.contentType()
	if err != nil {
		return options, err
	}
	if kind == typeProto {
		message, err := open(raw)
		if err == nil {
			err = options.Unmarshal(message)
		}
		if err != nil {
			return options, apierrors.NewBadRequest(err.Error())
		}
		return options, nil
	}
	if err := json.Unmarshal(raw, &options); err != nil {
		return options, apierrors.NewBadRequest(noKind + err.Error())
	}
	return options, nil
}
