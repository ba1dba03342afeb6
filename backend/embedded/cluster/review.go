package cluster

import (
	"encoding/json"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	where "k8s.io/apimachinery/pkg/util/validation/field"
)

// reviews are what everybody who is known may ask about oneself.
var reviews = []string{"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}

const authorizationVersion = "authorization.k8s.io/v1"

// question is what is asked in a review.
type question struct {
	Resource  *resourceQuestion `json:"resourceAttributes,omitempty"`
	Path      *pathQuestion     `json:"nonResourceAttributes,omitempty"`
	Namespace string            `json:"namespace,omitempty"` // of a review of rules
}

type resourceQuestion struct {
	Namespace string `json:"namespace,omitempty"`
	Verb      string `json:"verb,omitempty"`
	Group     string `json:"group,omitempty"`
	Version   string `json:"version,omitempty"`
	Resource  string `json:"resource,omitempty"`
	Sub       string `json:"subresource,omitempty"`
	Name      string `json:"name,omitempty"`
}

type pathQuestion struct {
	Path string `json:"path,omitempty"`
	Verb string `json:"verb,omitempty"`
}

// asked reads a review, and what is asked in it as JSON.
func (q request) asked() (asked question, spec json.RawMessage, err error) {
	raw, err := q.read()
	if err != nil {
		return question{}, nil, err
	}
	var sent struct {
		Spec json.RawMessage `json:"spec"`
	}
	message, notPacked := open(raw)
	if notPacked == nil {
		if asked, err = readQuestion(q.resource, message); err == nil {
			sent.Spec, err = json.Marshal(asked)
		}
	} else if err = json.Unmarshal(raw, &sent); err == nil && len(sent.Spec) > 0 {
		err = json.Unmarshal(sent.Spec, &asked)
	}
	if err != nil {
		return question{}, nil, apierrors.NewBadRequest("the review could not be read")
	}
	return asked, sent.Spec, nil
}

func (s *Server) review(q request) (reply, error) {
	asked, spec, err := q.asked()
	if err != nil {
		return reply{}, err
	}
	var answer map[string]any
	switch q.resource {
	case "selfsubjectreviews":
		answer = s.subject(q.user)
	case "selfsubjectrulesreviews":
		answer = map[string]any{"kind": "SelfSubjectRulesReview", "apiVersion": authorizationVersion,
			"metadata": struct{}{}, "spec": struct{}{}, "status": q.user.rules(asked.Namespace)}
	default:
		if (asked.Resource == nil) == (asked.Path == nil) {
			found := where.Invalid(where.NewPath("spec", "resourceAttributes"), nil, "exactly one of nonResourceAttributes or resourceAttributes must be specified")
			return reply{}, apierrors.NewInvalid(schema.GroupKind{Group: q.group}, "", where.ErrorList{found})
		}
		allowed := q.user.admin() && asked.Path != nil
		if r := asked.Resource; r != nil {
			allowed = q.user.may(r.Verb, r.Group, r.Resource, r.Namespace, r.Name)
		}
		answer = map[string]any{"kind": "SelfSubjectAccessReview", "apiVersion": authorizationVersion,
			"metadata": s.reviewed(q, spec), "spec": spec, "status": map[string]any{"allowed": allowed}}
	}
	body, err := encodeJSON(answer)
	return reply{status: http.StatusCreated, contentType: typeJSON, body: body}, err
}

// reviewed is the metadata of a review, which is never stored.
func (s *Server) reviewed(q request, spec json.RawMessage) metav1.ObjectMeta {
	o := &Object{Kind: Kind{Group: "authorization.k8s.io", Version: "v1"}}
	var inner map[string]any
	if json.Unmarshal(spec, &inner) == nil {
		o.Fields = map[string]any{"spec": inner}
	}
	manage(o, nil, q.author().Manager, s.now())
	for i, entry := range o.Meta.ManagedFields { // the review itself holds nothing but its spec
		owned := readOwned(entry)
		delete(owned, "f:spec"+step+self)
		o.Meta.ManagedFields[i] = owned.entry(o.Kind, entry.Manager, s.now(), nil, true)
	}
	return o.Meta
}

func (s *Server) subject(u User) map[string]any {
	info := map[string]any{"username": u.Name, "groups": u.Groups}
	if u.UID != "" {
		info["uid"] = u.UID
	}
	return map[string]any{"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
		"metadata": metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(s.now())},
		"status":   map[string]any{"userInfo": info}}
}

// rules is what a user may do in a namespace.
func (u User) rules(namespace string) map[string]any {
	var found []map[string]any
	if u.admin() {
		found = append(found, map[string]any{"verbs": []string{"*"}, "apiGroups": []string{"*"}, "resources": []string{"*"}})
	}
	for _, r := range u.Rules {
		if r.Namespaces != nil && !covers(r.Namespaces, namespace) {
			continue
		}
		groups := r.Groups
		if groups == nil {
			groups = []string{"*"}
		}
		rule := map[string]any{"verbs": r.Verbs, "apiGroups": groups, "resources": r.Resources}
		if r.Names != nil {
			rule["resourceNames"] = r.Names
		}
		found = append(found, rule)
	}
	return map[string]any{"resourceRules": found, "nonResourceRules": []any{}, "incomplete": false}
}
