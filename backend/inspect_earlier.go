package backend

import (
	"context"
	"errors"
	"slices"

	"meshsecrets/model"
)

// interrupted notes that an earlier reassign has to be ended first.
func (i *Inspection) interrupted(u model.Unfinished) {
	what := "an earlier reassign of it is not finished"
	if u.Copy != "" {
		what = "a safety copy of an earlier reassign is there"
	}
	i.Interrupted = true
	i.stop(Checked, &model.Refusal{Text: u.Told()}, "%s", what)
}

// missing is for a secret that is not where it is to be moved from. An earlier
// reassign may have it on its way: then it is not gone, and must not be made
// anew.
func (g Gate) missing(ctx context.Context, i *Inspection, notFound error) error {
	all, err := g.earlier(ctx, i)
	if err != nil {
		return errors.Join(notFound, err)
	}
	if len(all) == 0 {
		return notFound
	}
	i.interrupted(all[0])
	return nil
}

// inspectCopies looks for an earlier reassign of the same secret that is not
// finished. A safety copy has the UID of the object that it was made of in its
// name; one of an object that is gone, whose name somebody has taken, is found
// in the list of all.
func (g Gate) inspectCopies(ctx context.Context, i *Inspection) error {
	if keeper := g.keeper(); keeper != nil {
		kept, err := keeper.Kept(ctx, model.CopyName(i.Change.Before.Secret.Version.UID))
		defer kept.Wipe()
		switch {
		case err == nil:
			i.interrupted(kept.Unfinished)
			return nil
		case !errors.Is(err, ErrNotFound):
			return err
		}
	}
	all, err := g.earlier(ctx, i)
	switch {
	case errors.Is(err, ErrForbidden):
		i.warn(Checked, "whether an earlier reassign of it is unfinished is not known: you may not list secrets")
	case err != nil:
		return err
	case len(all) > 0:
		i.interrupted(all[0])
	case g.keeper() != nil:
		i.pass(Checked, "no safety copy of an earlier reassign is left")
	}
	return nil
}

// earlier finds the unfinished reassigns that the one to be inspected has to
// wait for.
func (g Gate) earlier(ctx context.Context, i *Inspection) ([]model.Unfinished, error) {
	from, to := i.Change.Before.Secret.Ref, i.Change.After.Secret.Ref
	all, err := g.ofName(ctx, from.Name)
	return slices.DeleteFunc(all, func(u model.Unfinished) bool { return !u.Concerns(from, to) }), err
}

// ofName finds the unfinished reassigns of secrets of a name. Safety copies are
// few; where marks are looked for, a list of all secrets would have all values
// in it, so those of the name are read.
func (g Gate) ofName(ctx context.Context, name string) ([]model.Unfinished, error) {
	if g.keeper() != nil {
		return g.plane.Unfinished(ctx)
	}
	if !g.plane.Traits().StoresLabels {
		return nil, nil
	}
	refs, err := g.plane.Locate(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	var all []model.Unfinished
	for _, ref := range refs {
		if err != nil {
			break
		}
		var found model.Snapshot
		found, err = g.plane.Get(ctx, ref)
		found.Wipe()
		if u, marked := model.Begun(found.Secret); marked && err == nil {
			all = append(all, u)
		}
		if errors.Is(err, ErrNotFound) {
			err = nil // it went since it was found
		}
	}
	return all, err
}
