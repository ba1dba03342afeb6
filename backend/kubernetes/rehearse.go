package kubernetes

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// What trials show when they go well.
const (
	triedCopy      = "the safety copy would be accepted, and there is room for it"
	triedDelete    = "deleting it would be accepted"
	triedCreate    = "adding it would be accepted"
	triedEdit      = "saving it would be accepted"
	triedAdmission = "the control plane answers admission requests"
	triedUpdate    = "changing its labels would be accepted"
)

// adviseAdmission is the warning that nothing guards what is in use: the API
// server passes over a control plane that does not answer about secrets.
const adviseAdmission = "The control plane does not answer Kubernetes' admission requests: nothing but this screen guards what is in use."

// adviseLabels is the warning that who moves a secret may not change it.
const adviseLabels = "You may not update secrets here: the label of the reassign stays on the secret, and zones cannot be sent it again."

// Rehearse makes the requests of a change as dry runs: access, admission,
// quota and preconditions are checked, and nothing is kept.
func (p *plane) Rehearse(ctx context.Context, c model.Change) (backend.Rehearsal, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var trials []func(context.Context, model.Change) (backend.Trial, error)
	switch c.Verb {
	case model.Create:
		trials = append(trials, p.tryCreate)
	case model.Edit:
		trials = append(trials, p.tryEdit)
	case model.Delete:
		trials = append(trials, p.tryDelete, p.tryAdmission)
	case model.Reassign:
		trials = append(trials, p.tryCopy, p.tryDelete, p.tryCreate, p.tryAdmission)
	}
	var rehearsal backend.Rehearsal
	for _, try := range trials {
		trial, err := try(ctx, c)
		if err != nil {
			return backend.Rehearsal{}, err
		}
		if trial.What != "" {
			rehearsal.Trials = append(rehearsal.Trials, trial)
		}
	}
	return rehearsal, nil
}

func dryRun(ref model.Ref, snapshots ...model.Snapshot) call {
	c := call{op: opTry, ref: ref, asks: true}
	for _, s := range snapshots {
		c.flight = append(c.flight, inFlight(s)...)
	}
	return c
}

// rehearsedID stands for the id of a reassign that has not begun.
const rehearsedID = "0000000000000000"

// rehearsed is the plan of a reassign that has not begun.
func rehearsed(c model.Change) model.Plan {
	from := c.Before.Secret
	return model.Plan{ID: rehearsedID, From: from.Ref, To: c.After.Secret.Ref, UID: from.Version.UID}
}

// tryCopy tries to write the safety copy. It may be there already: a reassign
// is rehearsed once more when it holds the value, and has been counted by then.
func (p *plane) tryCopy(ctx context.Context, c model.Change) (backend.Trial, error) {
	err := p.keep(ctx, dryRun(c.Before.Secret.Ref, c.Before), rehearsed(c), c.Before)
	if errors.Is(err, backend.ErrExists) {
		err = nil
	}
	return judged(triedCopy, err)
}

func (p *plane) tryDelete(ctx context.Context, c model.Change) (backend.Trial, error) {
	request := dryRun(c.Before.Secret.Ref, c.Before)
	seen, err := p.deletable(ctx, request, c.Before)
	if err == nil {
		err = p.remove(ctx, request, seen)
	}
	return judged(triedDelete, err)
}

// tryCreate tries to make what is to be there after a change. Before the
// source is deleted its name is taken, which an API server says only once
// everything else was accepted. What a reassign makes is tagged: a policy may be
// about labels.
func (p *plane) tryCreate(ctx context.Context, c model.Change) (backend.Trial, error) {
	request := dryRun(c.After.Secret.Ref, c.Before, c.After)
	err := p.refuseEmpty(request, c.After.Value)
	if err == nil {
		after := c.After
		if c.Verb == model.Reassign {
			after.Secret.Labels = rehearsed(c).Tag(model.Carry(after.Secret.Labels))
		}
		object := newObject(after, p.namespace)
		defer object.wipe()
		var saved held
		saved, err = p.post(ctx, request, object)
		saved.wipe()
	}
	if c.Verb == model.Reassign && errors.Is(err, backend.ErrExists) {
		err = nil
	}
	if errors.Is(err, backend.ErrExists) {
		err = p.taken(ctx, request, err)
	}
	return judged(triedCreate, err)
}

func (p *plane) tryEdit(ctx context.Context, c model.Change) (backend.Trial, error) {
	request := dryRun(c.Before.Secret.Ref, c.Before, c.After)
	object, err := p.edited(ctx, request, c.Before, c.After)
	defer object.wipe()
	if err == nil {
		var saved held
		saved, err = p.put(ctx, request, object)
		saved.wipe()
	}
	return judged(triedEdit, err)
}

// noMesh stands for another mesh than any in a request that must be refused.
const noMesh = "meshsecrets-asks-whether-admission-answers"

// tryAdmission asks for what the control plane never allows: another mesh
// label. When that would be accepted nobody guards anything. Any other refusal
// than the control plane's own is about the question, which is no part of the
// change, and tells nothing: there is no trial then.
func (p *plane) tryAdmission(ctx context.Context, c model.Change) (backend.Trial, error) {
	request := dryRun(c.Before.Secret.Ref, c.Before)
	err := p.mislabel(ctx, request)
	var refusal *backend.Error
	switch {
	case err == nil:
		return backend.Trial{What: triedAdmission, Outcome: backend.Warned, Why: adviseAdmission}, nil
	case errors.As(err, &refusal) && errors.Is(err, backend.ErrInvalid) && strings.Contains(refusal.Field, model.LabelMesh):
		return backend.Trial{What: triedAdmission}, nil
	case c.Verb == model.Reassign && errors.Is(err, errNoRight):
		return backend.Trial{What: triedUpdate, Outcome: backend.Warned, Why: adviseLabels}, nil
	case refuses(err):
		return backend.Trial{}, nil
	}
	return backend.Trial{}, err
}

// mislabel asks to put a secret into a mesh by its label alone.
func (p *plane) mislabel(ctx context.Context, request call) error {
	object, err := p.fetch(ctx, request)
	defer object.wipe()
	if err != nil {
		return err
	}
	if object.Labels == nil {
		object.Labels = map[string]string{}
	}
	object.Labels[model.LabelMesh] = noMesh
	saved, err := p.put(ctx, request, object)
	saved.wipe()
	return err
}

// judged tells a refusal from a question that was not answered.
func judged(what string, err error) (backend.Trial, error) {
	if err == nil {
		return backend.Trial{What: what}, nil
	}
	var refusal *backend.Error
	if !errors.As(err, &refusal) || !refuses(err) {
		return backend.Trial{}, err
	}
	return backend.Trial{What: what, Outcome: backend.Refused, Why: sentence(refusal)}, nil
}

// refuses tells whether an error is an answer to a question, a no.
func refuses(err error) bool {
	return slices.ContainsFunc([]error{
		backend.ErrInvalid, backend.ErrInUse, backend.ErrForbidden, backend.ErrConflict, backend.ErrNotFound, backend.ErrExists, backend.ErrReadOnly,
	}, func(kind error) bool { return errors.Is(err, kind) })
}

// sentence is a refusal as a sentence.
func sentence(e *backend.Error) string {
	text := e.Reason
	switch {
	case errors.Is(e, backend.ErrConflict) && (text == "" || e.Status == http.StatusConflict):
		text = "somebody changed it meanwhile"
	case text == "":
		text = e.Kind.Error()
	}
	text = strings.TrimRight(text, ".")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}
