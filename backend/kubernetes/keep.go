package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Named reads the object of a name, and its value when it is a mesh secret.
func (p *plane) Named(ctx context.Context, name string) (model.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	found, err := p.object(ctx, call{op: opRead, ref: model.Ref{Name: name}, namespace: p.namespace, verb: verbGet, at: p.at(name)})
	defer found.wipe()
	switch {
	case err != nil:
		return model.Snapshot{}, err
	case found.Type == typeGlobal:
		return model.Snapshot{Secret: model.Secret{Ref: model.Ref{Name: name}}}, nil
	case found.Type != typeMesh:
		return model.Snapshot{Secret: model.Secret{Ref: model.Ref{Name: name}, Object: model.Object{Type: found.Type}}}, nil
	}
	return p.snapshot(found), nil
}

// Keep writes a safety copy, with one request that is never repeated: whose
// answer was lost reads back.
func (p *plane) Keep(ctx context.Context, plan model.Plan, c model.Change) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return p.keep(ctx, call{op: opKeep, ref: c.Before.Secret.Ref, flight: inFlight(c.Before)}, plan, c.Before)
}

func (p *plane) keep(ctx context.Context, request call, plan model.Plan, s model.Snapshot) error {
	if err := p.refuseEmpty(request, s.Value); err != nil {
		return err
	}
	if plan.UID == "" || plan.UID != s.Secret.Version.UID || plan.From != s.Secret.Ref {
		return p.client.failure(request, backend.ErrInvalid, "it is not the object that the reassign is of", nil)
	}
	object, err := p.newCopy(plan, s)
	defer object.wipe()
	if err != nil {
		return p.client.failure(request, backend.ErrInvalid, "it cannot be sent", nil)
	}
	wrapped := encoded(s.Rest.Annotations)
	defer model.Snapshot{Rest: model.Rest{Keys: wrapped}}.Wipe()
	request.object, request.flight = object.Name, slices.AppendSeq(request.flight, maps.Values(wrapped))
	made, err := p.post(ctx, request, object)
	made.wipe()
	return err
}

// Kept reads a safety copy. Whatever else stands under its name has a Problem.
func (p *plane) Kept(ctx context.Context, name string) (model.SafetyCopy, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	now := p.now()
	found, err := p.object(ctx, call{
		op: opRead, ref: model.Ref{Name: name}, namespace: p.namespace, verb: verbGet, at: p.at(name),
		told: func(header http.Header) { now = clockOf(header, now) },
	})
	defer found.wipe()
	if err != nil {
		return model.SafetyCopy{}, err
	}
	return p.safetyCopy(found, now), nil
}

func (p *plane) safetyCopy(h held, now time.Time) model.SafetyCopy {
	kept := model.SafetyCopy{Unfinished: unfinished(h.ObjectMeta, now), Version: h.version()}
	if kept.Problem != "" {
		return kept
	}
	whole := false
	if kept.Secret, whole = p.copied(h, kept.Plan); !whole {
		kept.Unfinished = noCopy(kept.Unfinished)
	}
	return kept
}

// Drop deletes the safety copy that was read, and no other.
func (p *plane) Drop(ctx context.Context, name string, seen model.Version) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := call{op: opDelete, ref: model.Ref{Name: name}, namespace: p.namespace}
	if seen.UID == "" || seen.Revision == "" {
		return p.client.failure(c, backend.ErrInvalid, "which one it is was not read", nil)
	}
	return p.remove(ctx, c, seen)
}

// Unfinished lists the safety copies in the namespace, without what they hold,
// the oldest first.
func (p *plane) Unfinished(ctx context.Context) ([]model.Unfinished, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	for range maxSweeps {
		all, err := p.copies(ctx)
		if errors.Is(err, backend.ErrExpired) {
			continue
		}
		slices.SortStableFunc(all, func(a, b model.Unfinished) int {
			return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.Copy, b.Copy))
		})
		return all, err
	}
	return nil, p.restless()
}

func (p *plane) copies(ctx context.Context) ([]model.Unfinished, error) {
	var all []model.Unfinished
	at := cursor{Limit: pageSize}
	for range maxPages {
		now := p.now()
		c := p.listCall(phase{kind: typeCopy}, at)
		c.accept, c.told = acceptList, func(header http.Header) { now = clockOf(header, now) }
		list, err := p.client.items(ctx, c, func(item []byte, packed bool) error {
			meta, err := metadataOf(item, packed)
			clear(item)
			if err == nil && meta.Name == "" {
				err = errWire
			}
			all = append(all, unfinished(meta, now))
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case list.Continue == "":
			return all, nil
		case list.Continue == at.Continue:
			return nil, p.client.unreadable(c)
		}
		at.Continue = list.Continue
	}
	return nil, p.client.failure(call{op: opList}, backend.ErrTooLarge, "there are more of them than can be read", nil)
}

// clockOf is the server's clock, as its answer has it: what was made is dated
// by that clock, and ours may be wrong. Without one it is ours.
func clockOf(header http.Header, ours time.Time) time.Time {
	if now, err := http.ParseTime(header.Get("Date")); err == nil {
		return now
	}
	return ours
}

// unfinished is the reassign of a safety copy, as its metadata tells it.
func unfinished(meta metav1.ObjectMeta, now time.Time) model.Unfinished {
	note, name := meta.Annotations, meta.Annotations[noteName]
	u := model.Unfinished{
		Plan: model.Plan{
			ID: meta.Labels[model.LabelReassign], UID: note[noteUID],
			From: model.Ref{Mesh: note[noteFrom], Name: name}, To: model.Ref{Mesh: note[noteTo], Name: name},
		},
		Copy: meta.Name, By: note[noteBy], Host: note[noteHost],
	}
	if !meta.CreationTimestamp.IsZero() {
		u.Started = meta.CreationTimestamp.UTC()
		u.Age = max(0, now.Sub(u.Started))
	}
	switch {
	case !sound(u):
		return noCopy(u)
	case meta.DeletionTimestamp != nil:
		// It goes as soon as those that hold it let go: nothing may rely on it.
		u.Problem = model.Visible(u.Copy) + " is being deleted, and finalizers hold it: if " + model.Visible(name) +
			" is in no mesh, its value is only there."
	}
	return u
}

// sound tells whether the notes on an object can be those of a safety copy.
func sound(u model.Unfinished) bool {
	plan := u.Plan
	return plan.UID != "" && u.Copy == model.CopyName(plan.UID) && isLabel(plan.ID) &&
		isLabel(plan.From.Mesh) && isLabel(plan.To.Mesh) && plan.From.Mesh != plan.To.Mesh &&
		model.CheckName(plan.From.Name) == nil && len(u.By) <= maxNote && len(u.Host) <= maxNote
}

// isLabel tells whether a label can have a text, and one at all.
func isLabel(text string) bool {
	return text != "" && len(validation.IsValidLabelValue(text)) == 0
}

// noCopy is what is left of a reassign whose safety copy is none: nothing in
// it is to be believed.
func noCopy(u model.Unfinished) model.Unfinished {
	return model.Unfinished{
		Copy: u.Copy, Started: u.Started, Age: u.Age,
		Problem: model.Visible(u.Copy) + " does not hold what a safety copy holds.",
	}
}
