package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Create makes a secret that must not exist. A name is one object here, so one
// of another mesh, or of another type, stands in the way as well: the error
// says which.
func (p *plane) Create(ctx context.Context, s model.Snapshot) (model.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opSave, ref: s.Secret.Ref, flight: inFlight(s)}
	if err := p.refuseEmpty(c, s.Value); err != nil {
		return model.Secret{}, err
	}
	object := newObject(s, p.namespace)
	defer object.wipe()
	saved, err := p.post(ctx, c, object)
	defer saved.wipe()
	if errors.Is(err, backend.ErrExists) {
		return model.Secret{}, p.taken(ctx, c, err)
	}
	return p.saved(c, saved, s.Value, err)
}

// Update replaces before by after. It reads again, and goes on only when the
// object is the one that was seen; what is not ours stays as it is, except for
// the annotation in which kubectl keeps an old value.
func (p *plane) Update(ctx context.Context, before, after model.Snapshot) (model.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opSave, ref: before.Secret.Ref, flight: append(inFlight(before), inFlight(after)...)}
	object, err := p.edited(ctx, c, before, after)
	defer object.wipe()
	if err != nil {
		return model.Secret{}, err
	}
	saved, err := p.put(ctx, c, object)
	defer saved.wipe()
	return p.saved(c, saved, after.Value, err)
}

// edited reads an object and puts a new value and labels into it.
func (p *plane) edited(ctx context.Context, c call, before, after model.Snapshot) (held, error) {
	if after.Secret.Ref != before.Secret.Ref {
		return held{}, p.client.failure(c, backend.ErrInvalid, "a change cannot give it another name or mesh", nil)
	}
	if err := p.refuseEmpty(c, after.Value); err != nil {
		return held{}, err
	}
	object, err := p.unchanged(ctx, c, before)
	if err != nil {
		return held{}, err
	}
	if object.Immutable != nil && *object.Immutable && string(object.Data[keyValue]) != string(after.Value.Reveal()) {
		object.wipe()
		failure := p.client.failure(c, backend.ErrInvalid, "it is immutable, and Kubernetes never changes its value", nil)
		failure.Hint = "Delete it and add it again with the new value."
		return held{}, failure
	}
	if seen := before.Value.Reveal(); len(seen) > 0 && string(seen) != string(object.Data[keyValue]) {
		object.wipe() // its version was learnt elsewhere than its value
		return held{}, p.client.failure(c, backend.ErrConflict, "", nil)
	}
	clear(object.Data[keyValue])
	if object.Data == nil {
		object.Data = map[string][]byte{}
	}
	object.Data[keyValue] = append([]byte{}, after.Value.Reveal()...)
	delete(object.Annotations, model.LastApplied)
	if after.Secret.Labels != nil {
		object.Labels = relabelled(object.Labels, after.Secret.Labels)
	}
	return object, nil
}

// unchanged reads an object that must be the one that was seen.
func (p *plane) unchanged(ctx context.Context, c call, before model.Snapshot) (held, error) {
	there, err := p.fetch(ctx, c)
	if err != nil {
		return held{}, err
	}
	if !p.sameObject(there, before) {
		there.wipe()
		return held{}, p.client.failure(c, backend.ErrConflict, "", nil)
	}
	return there, nil
}

// Delete removes a secret that is still the object that was seen, unchanged.
// One that is gone already is an error: somebody else was here.
func (p *plane) Delete(ctx context.Context, before model.Snapshot) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opDelete, ref: before.Secret.Ref, flight: inFlight(before)}
	seen, err := p.deletable(ctx, c, before)
	if err != nil {
		return err
	}
	return p.remove(ctx, c, seen)
}

// deletable is the version of what was seen: the one that it came with, else
// that of the object which is there, when it is the same. What a deletion would
// not take away is refused: it would be marked as deleted, and stay.
func (p *plane) deletable(ctx context.Context, c call, before model.Snapshot) (model.Version, error) {
	seen := before.Secret
	if seen.Version.UID == "" || seen.Version.Revision == "" {
		there, err := p.unchanged(ctx, c, before)
		defer there.wipe()
		if err != nil {
			return model.Version{}, err
		}
		seen = secretOf(there.ObjectMeta, there.Type)
	}
	switch {
	case seen.Object.Deleting:
		return model.Version{}, p.client.failure(c, backend.ErrInvalid, p.heldBy(c, seen.Object.Finalizers), nil)
	case len(seen.Object.Finalizers) > 0:
		return model.Version{}, p.client.failure(c, backend.ErrInvalid, p.wouldHold(c, seen.Object.Finalizers), nil)
	}
	return seen.Version, nil
}

func (p *plane) heldBy(c call, finalizers []string) string {
	return "it is being deleted, and finalizers hold it (" + p.client.quote(c, strings.Join(finalizers, ", ")) + ")"
}

func (p *plane) wouldHold(c call, finalizers []string) string {
	return "finalizers would hold it (" + p.client.quote(c, strings.Join(finalizers, ", ")) + "): whoever set them has to let go first"
}

// remove sends a deletion. The answer to one that finalizers hold is the
// object, marked as deleted, and it is there still.
func (p *plane) remove(ctx context.Context, c call, seen model.Version) error {
	propagation := metav1.DeletePropagationBackground
	options := metav1.DeleteOptions{Preconditions: onlyIf(seen), PropagationPolicy: &propagation, DryRun: c.dryRun()}
	body, err := pack(metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"}, &options)
	if err != nil {
		return p.client.failure(c, backend.ErrInvalid, "it cannot be sent", nil)
	}
	c.verb, c.at, c.accept, c.body = verbDelete, p.at(c.ref.Name), acceptMetadata, body
	var left metav1.ObjectMeta
	err = p.client.read(ctx, c, func(raw []byte) (err error) {
		left, err = remains(raw)
		return err
	})
	switch {
	case err != nil || left.DeletionTimestamp == nil:
		return err
	case c.asks:
		return p.client.failure(c, backend.ErrInvalid, p.wouldHold(c, left.Finalizers), nil)
	}
	return p.client.failure(c, backend.ErrConflict, p.heldBy(c, left.Finalizers), nil)
}

func (p *plane) post(ctx context.Context, c call, object held) (held, error) {
	c.verb, c.at, c.params = verbCreate, p.at(""), &metav1.CreateOptions{FieldManager: fieldManager, DryRun: c.dryRun()}
	return p.write(ctx, c, object)
}

// put sends an object that was read, on the condition that it still is so.
func (p *plane) put(ctx context.Context, c call, object held) (held, error) {
	object, sound := conditional(object)
	if !sound {
		return held{}, p.client.failure(c, backend.ErrStranger, "it sent an object without a version", nil)
	}
	c.verb, c.at, c.params = verbUpdate, p.at(object.Name), &metav1.UpdateOptions{FieldManager: fieldManager, DryRun: c.dryRun()}
	return p.write(ctx, c, object)
}

func (p *plane) write(ctx context.Context, c call, object held) (held, error) {
	body, err := pack(metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, &object.secretObject)
	defer clear(body)
	if err != nil {
		return held{}, p.client.failure(c, backend.ErrInvalid, "it cannot be sent", nil)
	}
	c.body = body
	return p.object(ctx, c)
}

// saved compares what the server says it keeps with what was sent.
func (p *plane) saved(c call, saved held, wanted model.Value, err error) (model.Secret, error) {
	if err != nil {
		return model.Secret{}, err
	}
	kept := model.NewValue(saved.Data[keyValue])
	defer kept.Wipe()
	if !kept.Equal(wanted) || saved.ref() != c.ref {
		return model.Secret{}, p.client.failure(c, backend.ErrConflict, "it was saved, and something in the cluster changed it on the way", nil)
	}
	return p.described(saved), nil
}

// taken says who has the name of a secret that could not be made.
func (p *plane) taken(ctx context.Context, c call, err error) error {
	there, readErr := p.stub(ctx, c)
	failure := p.client.failure(c, backend.ErrExists, "", nil)
	var cause *backend.Error
	if errors.As(err, &cause) {
		failure.Status = cause.Status
	}
	name := model.Visible(c.ref.Name)
	ref := there.ref()
	switch {
	case readErr != nil:
		failure.Reason = name + " is a name in use in this namespace, where a name exists once"
	case !there.ours():
		failure.Reason = fmt.Sprintf("%s is the name of a secret of another type (%s), and on Kubernetes a name exists once", name, p.client.quote(c, there.kind))
		failure.Hint = "Choose another name."
	case ref == c.ref:
		return failure
	case ref.Global():
		failure.Reason = name + " is the name of a global secret, and on Kubernetes a name exists once"
		failure.Hint = "Choose another name."
	default:
		failure.Reason = fmt.Sprintf("%s is the name of a secret of mesh %s, and on Kubernetes a name exists once", name, model.Visible(ref.Mesh))
		failure.Hint = "Choose another, or reassign that one."
	}
	return failure
}

// refuseEmpty keeps what the control plane would refuse from being sent, and
// accepted while it is down.
func (p *plane) refuseEmpty(c call, value model.Value) error {
	if value.Len() > 0 {
		return nil
	}
	failure := p.client.failure(c, backend.ErrInvalid, "the value is empty", nil)
	failure.Field = "data"
	return failure
}

// inFlight are the values of a snapshot that must not come back in a text.
func inFlight(s model.Snapshot) []model.Value {
	values := []model.Value{s.Value}
	for _, value := range s.Rest.Keys {
		values = append(values, value)
	}
	for _, value := range s.Rest.Annotations {
		values = append(values, value)
	}
	return values
}

// newObject makes the object of a secret. What belongs to the object it was
// before, its UID, version, owners and managers, does not go with it.
func newObject(s model.Snapshot, namespace string) held {
	h := held{secretObject{
		ObjectMeta: metav1.ObjectMeta{Name: s.Secret.Ref.Name, Namespace: namespace, Labels: model.Carry(s.Secret.Labels)},
		Type:       typeMesh,
		Data:       map[string][]byte{keyValue: append([]byte{}, s.Value.Reveal()...)},
	}}
	if s.Secret.Ref.Global() {
		h.Type = typeGlobal
	} else if s.Secret.Ref.Mesh != defaultMesh || !s.Secret.Unlabelled {
		if h.Labels == nil {
			h.Labels = map[string]string{}
		}
		h.Labels[model.LabelMesh] = s.Secret.Ref.Mesh
	}
	for name, value := range s.Rest.Keys {
		h.Data[name] = append([]byte{}, value.Reveal()...)
	}
	for name, value := range s.Rest.Annotations {
		if name == model.LastApplied {
			continue
		}
		if h.Annotations == nil {
			h.Annotations = map[string]string{}
		}
		h.Annotations[name] = string(value.Reveal())
	}
	if s.Secret.Object.Immutable {
		h.Immutable = &s.Secret.Object.Immutable
	}
	return h
}

// relabelled gives the user's new labels and what the control plane set.
func relabelled(there, wanted map[string]string) map[string]string {
	labels := model.Carry(wanted)
	if labels == nil {
		labels = map[string]string{}
	}
	users := model.Carry(there)
	for name, text := range there {
		if _, users := users[name]; !users || name == model.LabelDisplayName {
			labels[name] = text
		}
	}
	return labels
}
