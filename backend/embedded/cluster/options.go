package cluster

import (
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	listing "k8s.io/apimachinery/pkg/apis/meta/internalversion/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	where "k8s.io/apimachinery/pkg/util/validation/field"
)

// badOptions refuses the parameters of a request, or gives nil when nothing is
// wrong with them.
func badOptions(kind string, found where.ErrorList) error {
	if len(found) == 0 {
		return nil
	}
	return apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: kind}, "", found)
}

// checkOptions refuses the parameters of a write.
func (q request) checkOptions() error {
	manager, validate, dry := q.query.Get("fieldManager"), q.query.Get("fieldValidation"), q.query["dryRun"]
	switch q.verb {
	case "create":
		return badOptions("CreateOptions", validation.ValidateCreateOptions(&metav1.CreateOptions{FieldManager: manager, FieldValidation: validate, DryRun: dry}))
	case "update":
		return badOptions("UpdateOptions", validation.ValidateUpdateOptions(&metav1.UpdateOptions{FieldManager: manager, FieldValidation: validate, DryRun: dry}))
	case "patch":
		return badOptions("PatchOptions", validation.ValidateUpdateOptions(&metav1.UpdateOptions{FieldManager: manager, FieldValidation: validate, DryRun: dry}))
	}
	return nil
}

// listOptions reads the parameters of a list or watch, apart from what it
// selects.
func (q request) listOptions() (internalversion.ListOptions, error) {
	o := internalversion.ListOptions{
		Watch: q.verb == "watch", AllowWatchBookmarks: q.flag("allowWatchBookmarks"),
		ResourceVersion: q.query.Get("resourceVersion"), Continue: q.query.Get("continue"),
		ResourceVersionMatch: metav1.ResourceVersionMatch(q.query.Get("resourceVersionMatch")),
	}
	if q.query.Has("sendInitialEvents") {
		initial := q.flag("sendInitialEvents")
		o.SendInitialEvents = &initial
	}
	var err error
	if o.Limit, err = q.number("limit"); err != nil {
		return o, err
	}
	seconds, err := q.number("timeoutSeconds")
	if err != nil {
		return o, err
	}
	o.TimeoutSeconds = &seconds
	return o, badOptions("ListOptions", listing.ValidateListOptions(&o, true))
}

func (q request) flag(name string) bool {
	text := q.query.Get(name)
	return text == "true" || text == "1"
}

func (q request) number(name string) (int64, error) {
	text := q.query.Get(name)
	if text == "" {
		return 0, nil
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, apierrors.NewBadRequest(err.Error())
	}
	return number, nil
}
