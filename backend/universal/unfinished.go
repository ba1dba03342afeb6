package universal

import (
	"context"
	"net/http"
	"slices"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// Unfinished finds the secrets that carry the label of a reassign, in the list
// of all. The values in its pages are dropped as they come. A list that may lack
// some, because it never held still, is ErrConflict. A control plane that
// keeps no labels has none: what a reassign left half-way there cannot be told
// from two secrets of one name. Nor has one on Kubernetes: its safety copies
// cannot be seen from here, and nothing can be changed.
func (p *plane) Unfinished(ctx context.Context) ([]model.Unfinished, error) {
	if !p.Traits().StoresLabels || p.identity.Environment == backend.Kubernetes {
		return nil, nil
	}
	tagged, err := p.tagged(ctx)
	if err != nil || len(tagged) == 0 {
		return nil, err
	}
	now := p.clock(ctx)
	var all []model.Unfinished
	slices.SortStableFunc(tagged, func(a, b model.Secret) int { return a.Created.Compare(b.Created) })
	for _, s := range tagged {
		known, _ := model.Begun(s)
		u := begun{known}
		if slices.ContainsFunc(all, u.turns) {
			continue
		}
		u.Age = max(0, now.Sub(s.Created))
		all = append(all, u.Unfinished)
	}
	return all, nil
}

// begun is an unfinished reassign as a secret's labels tell of it.
type begun struct{ model.Unfinished }

// turns tells whether it is another one on its way back, which leaves a tag at
// both ends.
func (b begun) turns(other model.Unfinished) bool {
	return b.Problem == "" && b.Plan.ID == other.Plan.ID && b.Plan.From == other.Plan.To && b.Plan.To == other.Plan.From
}

// tagged are the secrets that carry the label, as one whole reading has them.
func (p *plane) tagged(ctx context.Context) ([]model.Secret, error) {
	var found []model.Secret
	for q := (backend.Query{}); ; {
		page, err := p.List(ctx, q)
		if err != nil {
			return nil, err
		}
		if page.Again {
			found = nil
		}
		for _, s := range page.Secrets {
			if _, is := s.Labels[model.LabelReassign]; is && !s.Ref.Global() {
				found = append(found, s)
			}
		}
		switch {
		case page.Next != "":
		case page.Unsettled:
			return nil, p.client.failure(call{op: opList}, backend.ErrConflict, "it changed while it was read", nil)
		default:
			return found, nil
		}
		q.Cursor = page.Next
	}
}

// clock is the control plane's own time, with which ages are reckoned: the
// clocks of two machines may differ by more than a reassign takes. It is ours
// when it does not tell.
func (p *plane) clock(ctx context.Context) time.Time {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := p.client.send(ctx, call{op: opList, method: http.MethodGet, limit: maxDocument})
	if err != nil {
		return p.now()
	}
	defer answer.body.Close()
	told, err := http.ParseTime(answer.header.Get("Date"))
	if err != nil {
		return p.now()
	}
	return told
}
