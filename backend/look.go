package backend

import (
	"context"

	"meshsecrets/model"
)

// Look reads what is there now for a reassign that was stopped: others may end
// it meanwhile. It changes nothing, and nothing that was seen before is relied
// on. After an error nothing is different.
func (g Gate) Look(ctx context.Context, c model.Change, at Progress) (Progress, error) {
	fresh := at
	fresh.copied, fresh.dropped, fresh.read = model.Version{}, false, model.Version{}
	seen, err := g.look(ctx, c, fresh)
	if err != nil {
		return at, err
	}
	return seen, nil
}

// Stranger is what has the name of the secret and is no secret of either mesh,
// where a name is one object in all of them.
func (p Progress) Stranger() (model.Secret, bool) {
	is := p.World.Target == model.Foreign && p.target.Ref.Name != "" && p.target.Ref != p.Plan.To
	return p.target, is
}
