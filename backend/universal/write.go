package universal

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"meshsecrets/backend"
	"meshsecrets/backend/network"
	"meshsecrets/model"
)

// Create makes a secret that must not exist. A PUT would overwrite one that
// does, so it is looked for first; when one comes in between all the same, the
// control plane's answer tells, and so do we.
func (p *plane) Create(ctx context.Context, s model.Snapshot) (model.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opSave, ref: s.Secret.Ref, flight: []model.Value{s.Value}}
	if err := p.refuseEmpty(c, s); err != nil {
		return model.Secret{}, err
	}
	there, raw, err := p.fetch(ctx, c)
	there.Wipe()
	clear(raw)
	switch {
	case err == nil:
		return model.Secret{}, p.client.failure(c, backend.ErrExists, "", nil)
	case !errors.Is(err, backend.ErrNotFound), errors.Is(err, errMeshMissing):
		return model.Secret{}, err
	}
	fields := identityFields(s.Secret.Ref)
	if labels := model.Carry(s.Secret.Labels); len(labels) > 0 {
		fields["labels"] = must(labels)
	}
	status, err := p.put(ctx, c, fields, s.Value)
	if err != nil {
		return model.Secret{}, err
	}
	if status == http.StatusOK {
		return model.Secret{}, p.client.failure(c, backend.ErrOverwrote,
			"somebody made it in the same moment, and their value was overwritten", nil)
	}
	return p.confirm(ctx, c, s.Value)
}

// Update replaces before by after: it reads again, compares bytes and labels,
// and sends back exactly what it read with another value. Labels that after
// gives replace those of the user; those that the control plane computed stay,
// because it refuses to lose them.
func (p *plane) Update(ctx context.Context, before, after model.Snapshot) (model.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opSave, ref: before.Secret.Ref, flight: []model.Value{before.Value, after.Value}}
	if after.Secret.Ref != before.Secret.Ref {
		return model.Secret{}, p.client.failure(c, backend.ErrInvalid, "a change cannot give it another name or mesh", nil)
	}
	if err := p.refuseEmpty(c, after); err != nil {
		return model.Secret{}, err
	}
	there, raw, err := p.unchanged(ctx, c, before)
	defer there.Wipe()
	defer clear(raw)
	if err != nil {
		return model.Secret{}, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return model.Secret{}, p.client.stranger(c, "it sent what cannot be sent back")
	}
	clear(fields["data"])
	if after.Secret.Labels != nil {
		fields["labels"] = must(mergeLabels(there.Secret.Labels, after.Secret.Labels))
	}
	status, err := p.put(ctx, c, fields, after.Value)
	if err != nil {
		return model.Secret{}, err
	}
	if status == http.StatusCreated {
		return model.Secret{}, p.client.failure(c, backend.ErrConflict,
			"somebody deleted it in the same moment, and this change made it again", nil)
	}
	return p.confirm(ctx, c, after.Value)
}

// Delete removes a secret that is still what it was. One that is gone already
// is an error: somebody else was here.
func (p *plane) Delete(ctx context.Context, before model.Snapshot) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opDelete, ref: before.Secret.Ref, flight: []model.Value{before.Value}}
	there, raw, err := p.unchanged(ctx, c, before)
	there.Wipe()
	clear(raw)
	if err != nil {
		return err
	}
	c.method, c.path = http.MethodDelete, pathOf(c.ref)
	answer, err := p.client.send(ctx, c)
	if errors.Is(err, backend.ErrNotFound) {
		return nil // it was there a moment ago, and is not any more
	}
	if err != nil {
		return err
	}
	answer.body.Close()
	return nil
}

// unchanged reads a secret again and compares it with what was seen.
func (p *plane) unchanged(ctx context.Context, c call, before model.Snapshot) (model.Snapshot, []byte, error) {
	there, raw, err := p.fetch(ctx, c)
	if err != nil {
		return model.Snapshot{}, nil, err
	}
	if !there.Same(before) {
		there.Wipe()
		clear(raw)
		return model.Snapshot{}, nil, p.client.failure(c, backend.ErrConflict, "", nil)
	}
	return there, raw, nil
}

// confirm reads back what was just written.
func (p *plane) confirm(ctx context.Context, c call, wanted model.Value) (model.Secret, error) {
	found, raw, err := p.fetch(ctx, call{op: c.op, ref: c.ref, flight: c.flight})
	defer found.Wipe()
	clear(raw)
	switch {
	case errors.Is(err, backend.ErrNotFound), err == nil && !found.Value.Equal(wanted):
		return model.Secret{}, p.client.failure(c, backend.ErrConflict, "it was saved, and somebody changed it right after", nil)
	case err != nil:
		return model.Secret{}, p.client.failure(c, backend.ErrUnknown, "it was sent, but cannot be read back", network.Plain(err))
	}
	return found.Secret, nil
}

// refuseEmpty keeps what a control plane would accept and nobody can use.
func (p *plane) refuseEmpty(c call, s model.Snapshot) error {
	if s.Value.Len() > 0 {
		return nil
	}
	failure := p.client.failure(c, backend.ErrInvalid, "the value is empty", nil)
	failure.Field = "data"
	return failure
}

// put sends a document and gives the status.
func (p *plane) put(ctx context.Context, c call, fields map[string]json.RawMessage, value model.Value) (int, error) {
	c.method, c.path = http.MethodPut, pathOf(c.ref)
	c.body = assemble(fields, value)
	answer, err := p.client.send(ctx, c)
	if err != nil {
		return 0, err
	}
	answer.body.Close()
	return answer.status, nil
}

// assemble writes a document with the value as its data, into one buffer that
// can be overwritten. An encoder would leave copies behind.
func assemble(fields map[string]json.RawMessage, value model.Value) []byte {
	plain := value.Reveal()
	size := base64.StdEncoding.EncodedLen(len(plain)) + len(`{"data":""}`)
	names := slices.Sorted(maps.Keys(fields))
	quoted := make([][]byte, len(names))
	for i, name := range names {
		quoted[i] = must(name)
		size += len(quoted[i]) + len(fields[name]) + len(`:,`)
	}
	body := append(make([]byte, 0, size), '{')
	for i, name := range names {
		if name == "data" {
			continue
		}
		body = append(append(append(append(body, quoted[i]...), ':'), fields[name]...), ',')
	}
	body = append(body, `"data":"`...)
	body = base64.StdEncoding.AppendEncode(body, plain)
	return append(body, `"}`...)
}

// identityFields are what every document begins with.
func identityFields(ref model.Ref) map[string]json.RawMessage {
	if ref.Global() {
		return map[string]json.RawMessage{"type": must(kindGlobal), "name": must(ref.Name)}
	}
	return map[string]json.RawMessage{"type": must(kindSecret), "name": must(ref.Name), "mesh": must(ref.Mesh)}
}

// mergeLabels gives the user's new labels and the control plane's own.
func mergeLabels(there, wanted map[string]string) map[string]string {
	merged := maps.Clone(wanted)
	for _, own := range []string{model.LabelMesh, model.LabelOrigin, model.LabelZone, model.LabelEnv, model.LabelDisplayName} {
		if text, ok := there[own]; ok {
			merged[own] = text
		}
	}
	return merged
}

// must encodes a string or a map of strings, which always succeeds.
func must(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}
