package embedded

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"meshsecrets/backend/embedded/cluster"
)

// AdmissionRule refuses a write to the cluster, or gives nil. It is asked in a dry run
// too, and last of all that is asked. It must not call the cluster.
type AdmissionRule func(cluster.Write) error

// SetRule has a rule asked about every write to the cluster, those of the
// control plane itself included; nil asks none. A cluster has such rules beside
// those of the control plane: quotas, and what its policy engines hold.
func (c *ControlPlane) SetRule(rule AdmissionRule) { c.rule.Store(&rule) }

// refusedBy asks the rule.
func (c *ControlPlane) refusedBy(w cluster.Write) error {
	rule := c.rule.Load()
	if rule == nil || *rule == nil {
		return nil
	}
	return (*rule)(w)
}

// SecretQuota is the rule that a namespace holds no more than so many Secrets.
func SecretQuota(most int) AdmissionRule {
	return func(w cluster.Write) error {
		if w.Operation != cluster.Create || w.New.Kind != cluster.Secrets || w.Held < most {
			return nil
		}
		return ExceededQuota(w.New, w.Held, most)
	}
}

// ExceededQuota is how a cluster refuses a Secret that a quota has no room for.
func ExceededQuota(o *cluster.Object, used, most int) error {
	return apierrors.NewForbidden(schema.GroupResource{Group: o.Kind.Group, Resource: o.Kind.Resource}, o.Meta.Name, fmt.Errorf(
		"exceeded quota: secrets-count, requested: count/secrets=1, used: count/secrets=%d, limited: count/secrets=%d", used, most))
}

// DeniedByPolicy is how a policy engine refuses an object, for a reason of its
// own: 422, a refusal for good.
func DeniedByPolicy(w cluster.Write, reason string) error {
	return denied("validate.policy.example.test", w, []violation{{Field: "metadata.labels", Reason: reason}})
}
