package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// diagnosed is what was found, and the folded text of each problem, in which a
// filter looks.
type diagnosed struct {
	model.Diagnosis
	folded []string
}

// findEvery is when it is looked again although nothing changed: what is well
// now may expire.
const findEvery = time.Minute

// find looks for what is wrong beside the screen: with a hundred thousand
// secrets that takes longer than a key may wait. What changes meanwhile is
// looked at once it is done.
//
// Where changes never end it rests between two looks, twice as long as the last
// one took, so that most of a core is left for others.
func (p problems) find(f Frame) (problems, tea.Cmd) {
	if p.looking != nil || f.Now.Before(p.restUntil) {
		p.stale = true
		return p, nil
	}
	have, now := p.stock.inventory, f.Now
	standing := model.Standing{Federated: p.to.id.Federated, Kubernetes: p.to.id.Environment == backend.Kubernetes, Unread: p.stock.unread}
	for _, i := range p.unfinished {
		standing.Unfinished = append(standing.Unfinished, model.Interrupted{Unfinished: i.Unfinished, State: i.State, Looked: i.looked})
	}
	p.foundAt, p.stale = f.Now, false
	var run tea.Cmd
	p.looking, run = ask(p.to, f, listLimit, func(context.Context) (diagnosed, error) {
		found := diagnosed{Diagnosis: model.Diagnose(have, standing, now)}
		found.folded = make([]string, len(found.Problems))
		for n, one := range found.Problems {
			words := []string{one.Trouble.String(), model.Visible(one.Ref.Name), placeOf(one), one.Cell(false)}
			found.folded[n] = model.Fold(strings.Join(words, " "))
		}
		return found, nil
	})
	return p, run
}

// took shows what was found. The bar stays on its problem, wherever that is
// now; where it is no more, the one that took its place has it.
func (p problems) took(f Frame, msg answer[diagnosed]) (Screen, Result) {
	if msg.to != p.looking {
		return p, Result{}
	}
	p.looking = nil
	p.restUntil = f.Now.Add(2 * f.Now.Sub(p.foundAt))
	if msg.err == nil {
		p.found, p.any = msg.value, true
		p = p.sift(model.Filter{}, f.Now).stay()
	}
	if !p.stale {
		return p, Result{}
	}
	p, run := p.find(f)
	return p, Result{Run: run}
}

// filtered applies a filter as it is typed.
func (p problems) filtered(f Frame, text string) problems {
	was := p.filter
	p.text, p.filter = text, readFilter(text, p.typing_)
	if strings.TrimSpace(text) == "" {
		p.text = ""
	}
	p = p.sift(was, f.Now).stay()
	return p
}

// sift finds the problems that match; of a filter that only grew, the hits so
// far are looked at.
func (p problems) sift(was model.Filter, now time.Time) problems {
	p.filter = p.filter.Without(p.stock.hidden())
	if p.filter.Empty() {
		p.hits = nil
		return p
	}
	hits := make([]int, 0, len(p.hits))
	if !was.Empty() && p.filter.Narrows(was) {
		for _, n := range p.hits {
			if p.found.Problems[n].Passes(p.filter, p.found.folded[n], now) {
				hits = append(hits, n)
			}
		}
	} else {
		for n, folded := range p.found.folded {
			if p.found.Problems[n].Passes(p.filter, folded, now) {
				hits = append(hits, n)
			}
		}
	}
	p.hits = hits
	return p
}

// stay finds the problem at the bar anew: itself, else another of the same
// secret, else what stands where it was.
func (p problems) stay() problems {
	near := max(min(p.near, p.len()-1), 0)
	of := -1
	for i := range p.len() {
		one := p.problem(i)
		if one.Ref != p.at.ref || p.at == (problemID{}) {
			continue
		}
		if idOf(one) == p.at {
			return p.put(i)
		}
		of = i
	}
	switch {
	case p.at == (problemID{}):
		near = 0
	case of >= 0:
		near = of
	}
	return p.put(near)
}

// put puts the bar on a problem.
func (p problems) put(i int) problems {
	if p.near = i; i < p.len() {
		p.at = idOf(p.problem(i))
	}
	return p
}

func (p problems) len() int {
	if p.filter.Empty() {
		return len(p.found.Problems)
	}
	return len(p.hits)
}

func (p problems) problem(i int) model.Problem {
	if p.filter.Empty() {
		return p.found.Problems[i]
	}
	return p.found.Problems[p.hits[i]]
}

// restock takes what is known anew. Secrets that came meanwhile have facts to
// be read too.
func (p problems) restock(f Frame, msg restocked) (Screen, Result) {
	if msg.to != p.to {
		return p, Result{}
	}
	p.stock, p.schooling = msg.stock, msg.stock.schooling
	var result Result
	p, result.Run = p.find(f)
	unlearnt := p.stock.inventory.All.Unlearnt
	if unlearnt > 0 && unlearnt != p.wished && p.schooling.idle() {
		p.wished = unlearnt
		result.Tell = factsWanted{to: p.to}
	}
	return p, result
}

// seek reads which reassigns are unfinished, and looks at each.
func (p problems) seek(f Frame) (problems, tea.Cmd) {
	p.sought.stop()
	to := p.to
	var run tea.Cmd
	p.sought, run = ask(to, f, listLimit, func(ctx context.Context) ([]interrupted, error) {
		all, err := to.plane.Unfinished(ctx)
		if err != nil {
			return nil, err
		}
		return lookAll(ctx, to, all), nil
	})
	return p, run
}

// sighted takes them. The other screens are told: line 1 counts them.
func (p problems) sighted(f Frame, msg answer[[]interrupted]) (Screen, Result) {
	if msg.to != p.sought {
		return p, Result{}
	}
	p.sought, p.unsought = nil, msg.err
	if msg.err != nil {
		return p, Result{}
	}
	changes := len(msg.value)+len(p.unfinished) > 0
	p.unfinished = msg.value
	if !changes {
		return p, Result{}
	}
	p, run := p.find(f)
	return p, Result{Run: run, Tell: recounted{to: p.to, unfinished: p.begun()}}
}

// recount reads them again when another screen found others.
func (p problems) recount(f Frame, msg recounted) (Screen, Result) {
	if msg.to != p.to || p.sought != nil || p.knows(msg.unfinished) {
		return p, Result{}
	}
	p, run := p.seek(f)
	return p, Result{Run: run}
}

// knows tells that these are the unfinished reassigns that are shown.
func (p problems) knows(all []model.Unfinished) bool {
	if len(all) != len(p.unfinished) {
		return false
	}
	for _, u := range all {
		one := interrupted{}
		one.Unfinished = u
		if !slices.ContainsFunc(p.unfinished, func(i interrupted) bool { return i.id() == one.id() }) {
			return false
		}
	}
	return true
}

func (p problems) begun() []model.Unfinished { return recovery{all: p.unfinished}.unfinished() }

// interrupted is what is known of the reassign that a problem is.
func (p problems) interrupted(one model.Problem) interrupted {
	want := idOf(one).begun
	for _, i := range p.unfinished {
		if i.id() == want {
			return i
		}
	}
	i := interrupted{}
	i.Unfinished = one.Interrupted.Unfinished
	return i
}
