package backend

import (
	"context"
	"errors"
	"strings"

	"meshsecrets/model"
)

// inspectFit holds the value to those who wait for it where it is to be. They
// may name another secret together with it, so that one is read too.
func (g Gate) inspectFit(ctx context.Context, i *Inspection) error {
	around := i.around
	i.around = Around{}
	if len(i.Change.Awaited) == 0 {
		return nil
	}
	before, to := i.Change.Before, i.Change.After.Secret.Ref
	trial := model.TakeInventory(around.Meshes, nil, around.References).Trial(to, before.Secret.Facts)
	halves := map[model.Ref]otherHalf{}
	defer func() {
		for _, h := range halves {
			h.found.Wipe()
		}
	}()
	for n, r := range trial.Readers {
		if r.Partner == (model.Ref{}) {
			continue
		}
		h, known := halves[r.Partner]
		if !known && len(halves) < mostNamed {
			var err error
			if h, err = g.otherHalf(ctx, r.Partner, i.along); err != nil {
				return err
			}
			halves[r.Partner] = h
		}
		trial.Readers[n] = h.of(r, before.Value, i.examine)
	}
	for _, v := range model.Preflight(trial, i.now) {
		i.held(v, to)
	}
	return nil
}

// otherHalf is what was found of a secret that is named together with the one
// to be moved.
type otherHalf struct {
	found        model.Snapshot
	read, absent bool
}

// otherHalf reads it, from where it comes when it is to be reassigned too. Who may
// not read it, does not know whether both match.
func (g Gate) otherHalf(ctx context.Context, ref model.Ref, along map[model.Ref]model.Ref) (otherHalf, error) {
	found, err := g.plane.Get(ctx, ref)
	if from, comes := along[ref]; comes && errors.Is(err, ErrNotFound) {
		found, err = g.plane.Get(ctx, from)
	}
	switch {
	case errors.Is(err, ErrNotFound):
		return otherHalf{absent: true}, nil
	case errors.Is(err, ErrForbidden):
		return otherHalf{}, nil
	case err != nil:
		return otherHalf{}, err
	}
	return otherHalf{found: found, read: true}, nil
}

// of tells a reader of its other half.
func (h otherHalf) of(r model.Reader, own model.Value, examine model.Examiner) model.Reader {
	r.PartnerAbsent = h.absent
	if !h.read {
		return r
	}
	r.PartnerFacts = examine.Examine(h.found.Value.Reveal())
	return r.WithBytes(own.Reveal(), h.found.Value.Reveal())
}

// held notes a verdict.
func (i *Inspection) held(v model.Verdict, to model.Ref) {
	text := "in " + model.Visible(to.Mesh) + ", "
	if v.Suits() {
		text += v.Topic + " "
	}
	text += v.Line()
	if strings.Contains(text, ". ") {
		text += "."
	}
	if v.Level == model.Pass {
		i.pass(Checked, "%s", text)
		return
	}
	i.warn(Checked, "%s", text)
}
