package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// problems lists everything that is wrong, the worst first, and says of the one
// at the bar what it means and which keys mend it. It is about the stock of the
// list below it. What is wrong is found beside the screen, and what was found
// before stays until then.
type problems struct {
	to    *session
	stock stock

	found   diagnosed
	any     bool // found holds
	looking *request
	stale   bool      // the stock changed since it was begun
	foundAt time.Time // when it was last begun

	restUntil time.Time // nothing is looked for before

	unfinished []interrupted // as they were looked at, or only known of
	sought     *request
	unsought   error    // why it is not known what is unfinished
	stopped    []string // the ids of those that this console began and does no more

	schooling schooling
	wished    int // how many facts were missing when they were last asked for

	filter  model.Filter
	text    string // the filter as it was typed
	line    field
	typing_ bool
	hits    []int // those that match, while there is a filter

	at     problemID // the one at the bar
	near   int       // which one that is
	window window
}

// problemID tells problems apart from one finding to the next.
type problemID struct {
	trouble    model.Trouble
	ref, other model.Ref
	begun      model.Unfinished // only what names it
}

func idOf(p model.Problem) problemID {
	id := problemID{trouble: p.Trouble, ref: p.Ref, other: p.Other}
	if p.Interrupted != nil {
		one := interrupted{}
		one.Unfinished = p.Interrupted.Unfinished
		id.begun = one.id()
	}
	return id
}

// openProblems opens the list. The facts of all meshes are asked for: without
// them nobody knows what is wrong with values.
func openProblems(to *session, f Frame, have stock) Result {
	p := problems{to: to, stock: have, schooling: have.schooling, stopped: have.stopped, wished: have.inventory.All.Unlearnt}
	for _, u := range have.begun {
		i := interrupted{}
		i.Unfinished = u
		p.unfinished = append(p.unfinished, i)
	}
	p, seek := p.seek(f)
	p, find := p.find(f)
	return Result{Open: p, Run: tea.Batch(seek, find), Tell: factsWanted{to: to, anew: true}}
}

func (p problems) session() *session { return p.to }
func (p problems) typing() bool      { return p.typing_ }

func (p problems) close() {
	p.looking.stop()
	p.sought.stop()
}

// one is the secret that the problem at the bar is about.
func (p problems) one() (model.Row, bool) {
	chosen, is := p.chosen()
	if !is {
		return model.Row{}, false
	}
	return p.row(chosen)
}

// Do does a deed.
func (p problems) Do(f Frame, press Press) (Screen, Result) {
	if isMove(press.ID) {
		return p.move(f, press.ID), Result{}
	}
	switch press.ID {
	case keymap.Filter:
		p.line, p.typing_ = newField(p.text, 200), true
	case keymap.Keep:
		if p.typing_ = false; p.filter.Begun() != "" {
			p = p.filtered(f, p.text) // it is over now
		}
	case keymap.ClearFilter:
		p.typing_ = false
		p = p.filtered(f, "")
	case keymap.LearnFacts:
		return p, Result{Tell: factsWanted{to: p.to, anew: true}}
	case keymap.Reload:
		p, run := p.seek(f)
		return p, Result{Run: run, Tell: readAnew{p.to}}
	case keymap.Recover:
		next, run := openRecover(p.to, f, p.stock, afoot{unfinished: p.begun(), stopped: p.stopped})
		return p, Result{Open: next, Run: run}
	case keymap.OpenNamed:
		next, run := openNamed(p.to, f, p.stock, press.Word)
		return p, Result{Open: next, Run: run}
	case keymap.Back:
		return p.back(f, press)
	default:
		return p.act(f, press)
	}
	return p, Result{}
}

// goesTo is what the command line finds by name.
func (p problems) goesTo() model.Inventory { return p.stock.inventory }

// back stops the reading of facts, then clears the filter, then goes back.
func (p problems) back(f Frame, press Press) (Screen, Result) {
	switch {
	case p.schooling.all && press.Key == "esc":
		return p, Result{Tell: factsWanted{to: p.to, stop: true}}
	case p.text != "" && press.Key != "q":
		return p.filtered(f, ""), Result{}
	}
	return p, Result{Close: true}
}

// act does what is about the problem at the bar.
func (p problems) act(f Frame, press Press) (Screen, Result) {
	one, is := p.chosen()
	if !is {
		return p, Result{}
	}
	if press.ID == keymap.Add {
		return p, Result{Open: newForm(p.to, p.stock, p.fillsIn(one))}
	}
	row, there := p.row(one)
	if press.ID == keymap.Open && one.Interrupted != nil {
		begun := p.interrupted(one)
		next, run := openDecision(p.to, f, p.stock, begun, slices.Contains(p.stopped, begun.Plan.ID))
		return p, Result{Open: next, Run: run}
	}
	if press.ID == keymap.Open && row.Ghost() {
		press.ID = keymap.UsedBy // there is nothing else to look at
	}
	var next Screen
	var run tea.Cmd
	switch press.ID {
	case keymap.Open, keymap.UsedBy:
		switch {
		case one.Ref.Name == "":
			next, run = openTrust(p.to, f, p.stock, one.Ref.Mesh)
		case !there:
		case press.ID == keymap.Open:
			next, run = openSecret(p.to, f, p.stock, row, false)
		default:
			next, run = openUsedBy(p.to, f, p.stock, row)
		}
	case keymap.Edit:
		next, run = openEdit(p.to, f, p.stock, row)
	case keymap.EditOutside:
		next, run = openOutside(p.to, f, p.stock, row)
	case keymap.Delete:
		next, run = openDelete(p.to, f, p.stock, row)
	case keymap.Reassign:
		if row.Ghost() {
			row, _ = p.namesake(row.Secret.Ref)
		}
		next = openReassign(p.to, p.stock, row)
	}
	return p, Result{Open: next, Run: run}
}

// Update takes what was found, and what is known anew of the control plane.
func (p problems) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case restocked:
		return p.restock(f, msg)
	case factsProgress:
		if msg.to == p.to {
			p.schooling = msg.at
		}
	case answer[diagnosed]:
		return p.took(f, msg)
	case answer[[]interrupted]:
		return p.sighted(f, msg)
	case unsettled:
		if msg.to == p.to {
			if msg.stopped != "" {
				p.stopped = append(slices.Clip(p.stopped), msg.stopped)
			}
			p, run := p.seek(f)
			return p, Result{Run: run}
		}
	case recounted:
		return p.recount(f, msg)
	case tick:
		if p.looking == nil && (p.stale || f.Now.Sub(p.foundAt) >= findEvery) {
			p, run := p.find(f)
			return p, Result{Run: run}
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		if p.typing_ {
			p.line = p.line.update(msg)
			return p.filtered(f, p.line.text()), Result{}
		}
	}
	return p, Result{}
}

// chosen is the problem at the bar.
func (p problems) chosen() (model.Problem, bool) {
	if p.len() == 0 {
		return model.Problem{}, false
	}
	return p.problem(p.near), true
}

// row is the secret that a problem is about, as it is now.
func (p problems) row(one model.Problem) (model.Row, bool) {
	if one.Ref.Name == "" {
		return model.Row{}, false
	}
	return p.stock.inventory.Find(one.Ref)
}

// namesake is a secret of the same name in another mesh.
func (p problems) namesake(ref model.Ref) (model.Row, bool) {
	for _, m := range p.stock.inventory.Meshes {
		row, is := p.stock.inventory.Find(model.Ref{Mesh: m.Mesh.Name, Name: ref.Name})
		if is && !row.Ghost() && m.Mesh.Name != ref.Mesh {
			return row, true
		}
	}
	return model.Row{}, false
}

// fillsIn is what a form to add begins with: what is missing, or else the mesh.
func (p problems) fillsIn(one model.Problem) model.Ref {
	if one.Trouble == model.TroubleMissing {
		return one.Ref
	}
	return model.Ref{Mesh: one.Ref.Mesh}
}
