package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// learning is what a screen above the list asks for itself: the facts of the
// secrets that it shows, where lists do not bring them and the list is of
// another mesh.
type learning struct {
	asked  *request
	due    map[model.Ref]model.Version
	done   int
	tried  map[model.Ref]model.Version // read, and not known since
	barred bool                        // values may not be read here
}

// learn reads the facts that are missing of the secrets that are shown.
func (u usedBy) learn(f Frame) (usedBy, tea.Cmd) {
	if u.to.traits.ListsFacts || u.asked != nil || u.barred || u.stock.silent != "" {
		return u, nil
	}
	due := map[model.Ref]model.Version{}
	var refs []model.Ref
	for _, l := range u.tree.leaves {
		s := l.row.Secret
		version, tried := u.tried[s.Ref]
		if _, twice := due[s.Ref]; twice || l.row.Ghost() || s.Facts.Learnt() || tried && version == s.Version {
			continue
		}
		due[s.Ref] = s.Version
		refs = append(refs, s.Ref)
	}
	if len(refs) == 0 {
		return u, nil
	}
	u.due, u.done = due, 0
	if len(refs) > fewest {
		return u.learnPage(f, "")
	}
	plane := u.to.plane
	var run tea.Cmd
	u.asked, run = ask(u.to, f, listLimit, func(ctx context.Context) (lesson, error) { return learnOf(ctx, plane, refs) })
	return u, run
}

func (u usedBy) learnPage(f Frame, cursor string) (usedBy, tea.Cmd) {
	plane, query := u.to.plane, backend.Query{Mesh: u.mesh, Cursor: cursor}
	var run tea.Cmd
	u.asked, run = ask(u.to, f, listLimit, func(ctx context.Context) (lesson, error) {
		page, err := plane.Learn(ctx, query)
		return lesson{secrets: page.Secrets, next: page.Next}, err
	})
	return u, run
}

// learnt hands what came to the list, which tells all screens once it is
// worked in. What was asked for is not asked for again while it stays as it is.
func (u usedBy) learnt(f Frame, msg answer[lesson]) (Screen, Result) {
	if msg.to != u.asked {
		return u, Result{}
	}
	u.asked = nil
	result := Result{Tell: learntAbove{u.to, msg.value.secrets}}
	for _, s := range msg.value.secrets {
		if _, wanted := u.due[s.Ref]; wanted {
			u.done++
		}
	}
	if msg.err == nil && msg.value.next != "" {
		u, result.Run = u.learnPage(f, msg.value.next)
		return u, result
	}
	tried := make(map[model.Ref]model.Version, len(u.tried)+len(u.due))
	for _, part := range []map[model.Ref]model.Version{u.tried, u.due} {
		for ref, version := range part {
			tried[ref] = version
		}
	}
	u.tried, u.due = tried, nil
	if msg.err != nil {
		u.barred = forbids(msg.err)
		why, _ := words(msg.err, u.to)
		if u.barred {
			why = "you may not read values here."
		}
		result.Say = noted("Facts are not read: " + why + " Names and references stay.")
	}
	return u, result
}

// unlearnt tells that facts of what is shown are not known.
func (u usedBy) unlearnt() bool {
	for _, l := range u.tree.leaves {
		if !l.row.Ghost() && !l.row.Secret.Facts.Learnt() {
			return true
		}
	}
	return false
}
