package embedded

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend/embedded/cluster"
	"meshsecrets/model"
)

// The webhooks of a control plane.
const (
	webhookSecret    = "secret.validator.kuma-admission.kuma.io"
	webhookValidator = "validator.kuma-admission.kuma.io"
	webhookMesh      = "mesh.defaulter.kuma-admission.kuma.io"
	webhookDefaulter = "defaulter.kuma-admission.kuma.io"
)

// The texts of refusals, as recorded.
const (
	reasonNoValue    = "cannot be empty."
	reasonMeshChange = "cannot change mesh of the Secret. Delete the Secret first and apply it again."
	reasonGlobalMesh = "mesh cannot be set on global secret"
	reasonInUse      = "The secret %q that you are trying to remove is currently in use in Mesh %q in mTLS backend %q. " +
		"Please remove the reference from the %q backend before removing the secret."
	reasonFederated = "Operation not allowed. Kuma resources like Mesh can be updated or deleted only from the GLOBAL control plane and not from a ZONE control plane."
	reasonDown      = "failed calling webhook %q: failed to call webhook: Post \"https://control-plane.test.invalid:443%s?timeout=10s\": " +
		"dial tcp 127.0.0.1:21643: connect: connection refused"
)

// admission holds the control plane's rules for writes to its cluster.
type admission struct{ plane *ControlPlane }

// Default adds what the control plane adds to its kinds. To secrets it adds
// nothing.
func (a admission) Default(w cluster.Write) error {
	o := w.New
	if !ours(o.Kind) {
		return nil
	}
	webhook, path := webhookDefaulter, "/default-kuma-io-v1alpha1-"+o.Kind.Singular
	if o.Kind.Name == meshKind.name {
		webhook = webhookMesh
	}
	if a.plane.down.Load() {
		return unanswered(webhook, path)
	}
	if a.fromGlobal(w) {
		return denied(webhook, w, nil)
	}
	if o.Meta.Annotations[model.LabelDisplayName] == "" {
		annotate(o, model.LabelDisplayName, o.Meta.Name)
	}
	if o.Kind.Name == meshKind.name {
		if o.Fields["spec"] == nil {
			o.Fields["spec"] = map[string]any{}
		}
		o.Meta.ManagedFields = nil // it gives back a mesh without them
		return nil
	}
	a.own(o)
	return nil
}

// own has an object of a mesh go when the mesh goes.
func (a admission) own(o *cluster.Object) {
	mesh := resourceOf(o).key.mesh
	if len(o.Meta.OwnerReferences) > 0 {
		return
	}
	if held := a.plane.meshUID(mesh); held != "" {
		o.Meta.OwnerReferences = []metav1.OwnerReference{{APIVersion: kumaVersion, Kind: meshKind.name, Name: mesh, UID: held}}
	}
}

// fromGlobal tells whether only a global control plane may write this.
func (a admission) fromGlobal(w cluster.Write) bool {
	name := w.Object().Kind.Name
	global := slices.ContainsFunc(kinds, func(k kind) bool { return k.name == name && k.global })
	return a.plane.federated() && w.User.Name != a.plane.ownUser().Name && (global || name == meshKind.name)
}

// Validate holds the rules for secrets and meshes, and then those that are none
// of the control plane's.
func (a admission) Validate(w cluster.Write) error {
	if err := a.check(w); err != nil {
		return err
	}
	return a.plane.refusedBy(w)
}

func (a admission) check(w cluster.Write) error {
	o := w.Object()
	switch {
	case o.Kind == cluster.Secrets:
		if a.plane.down.Load() { // the failure policy is Ignore
			return nil
		}
		return refusal(webhookSecret, w, a.checkSecret(w))
	case !ours(o.Kind):
		return nil
	case a.plane.down.Load():
		return unanswered(webhookValidator, "/validate-kuma-io-v1alpha1")
	case a.fromGlobal(w):
		return denied(webhookValidator, w, nil)
	case o.Kind.Name == meshKind.name && w.New != nil:
		return refusal(webhookValidator, w, a.checkMesh(w))
	}
	return nil
}

func (a admission) checkSecret(w cluster.Write) []violation {
	o := w.Object()
	if o.Meta.Namespace != a.plane.options.SystemNamespace || o.Type != typeSecret && o.Type != typeGlobalSecret {
		return nil
	}
	labelled := fmt.Sprintf("metadata.labels[%q]", model.LabelMesh)
	if w.Operation == cluster.Delete {
		return a.checkUnused(o)
	}
	var found []violation
	if _, there := o.Meta.Labels[model.LabelMesh]; there && o.Type == typeGlobalSecret {
		found = append(found, violation{Field: labelled, Reason: reasonGlobalMesh})
	}
	if w.Old != nil && o.Type == typeSecret && webhookMeshOf(w.Old) != webhookMeshOf(o) {
		found = append(found, violation{Field: labelled, Reason: reasonMeshChange})
	}
	if len(o.Data[valueKey]) == 0 {
		found = append(found, violation{Field: "data.value", Reason: reasonNoValue})
	}
	return found
}

// webhookMeshOf is the mesh as admission knows it, for which an empty label is
// as none.
func webhookMeshOf(o *cluster.Object) string {
	if mesh := o.Meta.Labels[model.LabelMesh]; mesh != "" {
		return mesh
	}
	return "default"
}

func (a admission) checkUnused(o *cluster.Object) []violation {
	if o.Type == typeGlobalSecret || a.plane.federated() && o.Meta.Labels[model.LabelOrigin] == originGlobal {
		return nil
	}
	mesh, name := webhookMeshOf(o), o.Meta.Name
	backend := a.plane.backendUsing(secretKey{mesh: mesh, name: name})
	if backend == "" {
		return nil
	}
	return []violation{{Field: "name", Reason: fmt.Sprintf(reasonInUse, name, mesh, backend, backend)}}
}

// checkMesh holds the rules for a mesh. What the control plane calls a field is
// within the spec here.
func (a admission) checkMesh(w cluster.Write) []violation {
	mesh, c := resourceOf(w.New), a.plane
	is, err := readMTLS(mesh)
	if err != nil {
		return []violation{{Field: "spec.mtls", Reason: "cannot be read"}}
	}
	found := c.checkBackends(is)
	if len(mesh.key.name) > maxMesh && w.Old == nil {
		found = append(found, violation{Field: "name", Reason: reasonMeshLong})
	}
	if len(found) == 0 {
		found = c.checkAuthorities(mesh.key.name, is)
	}
	if w.Old != nil {
		if was, err := readMTLS(resourceOf(w.Old)); err == nil && c.changesAuthority(was, is) {
			found = append(found, violation{Field: "mtls.enabledBackend", Reason: reasonAuthority})
		}
	}
	for i, v := range found {
		if v.Field != "name" {
			found[i].Field = "spec." + v.Field
		}
	}
	return found
}

// refusal is the answer of a webhook that found something, or nil.
func refusal(webhook string, w cluster.Write, found []violation) error {
	if len(found) == 0 {
		return nil
	}
	return denied(webhook, w, found)
}

// denied is how an API server tells that a webhook refused; without anything
// found the write is not allowed at all.
func denied(webhook string, w cluster.Write, found []violation) error {
	status := metav1.Status{Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden}
	reason := reasonFederated
	if len(found) > 0 {
		o := w.Object()
		status.Code, status.Reason = http.StatusUnprocessableEntity, metav1.StatusReasonInvalid
		status.Details = &metav1.StatusDetails{Name: o.Meta.Name, Kind: o.Kind.Name}
		var texts []string
		for _, v := range found {
			texts = append(texts, v.Field+": "+v.Reason)
			status.Details.Causes = append(status.Details.Causes, metav1.StatusCause{
				Type: metav1.CauseTypeFieldValueInvalid, Message: v.Reason, Field: v.Field,
			})
		}
		reason = strings.Join(texts, "; ")
	}
	status.Message = fmt.Sprintf("admission webhook %q denied the request: %s", webhook, reason)
	return &apierrors.StatusError{ErrStatus: status}
}

// unanswered is how it tells that a webhook that has to be asked cannot be.
func unanswered(webhook, path string) error {
	return apierrors.NewInternalError(fmt.Errorf(reasonDown, webhook, path))
}
