package ui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// finding looks for a secret by its name alone. It is there at once and becomes
// the screen of the secret when the answer comes.
type finding struct {
	to     *session
	stock  stock
	name   string
	mesh   string // as it was typed, "global" for those of no mesh; "" for any
	asked  *request
	found  []model.Ref // several
	failed error
}

// openNamed opens the secret that is called so, in any mesh, or in the one
// before a slash. What the list holds is opened at once; else the control plane
// is asked, so that it works without a list too.
func openNamed(to *session, f Frame, have stock, word string) (Screen, tea.Cmd) {
	l := finding{to: to, stock: have, name: word}
	if mesh, name, two := strings.Cut(word, "/"); two {
		l.mesh, l.name = mesh, name
	}
	if known := l.known(); len(known) == 1 && have.looked {
		return l.open(f, known[0])
	}
	return l.ask(f)
}

// known are the secrets of the list that are meant.
func (l finding) known() []model.Ref {
	if !l.stock.whole {
		return nil
	}
	var refs []model.Ref
	for _, row := range l.stock.inventory.In(model.Scope{All: true}).All() {
		if row.Secret.Ref.Name == l.name && !row.Ghost() {
			refs = append(refs, row.Secret.Ref)
		}
	}
	return l.meant(refs)
}

// meant keeps those of the mesh that was typed.
func (l finding) meant(refs []model.Ref) []model.Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(r model.Ref) bool { return l.mesh != "" && r.MeshWord() != l.mesh })
}

// open opens one that was found. Where the list does not hold it, the marks are
// those of what refers to it.
func (l finding) open(f Frame, ref model.Ref) (Screen, tea.Cmd) {
	have, row := rowOf(l.stock, model.Secret{Ref: ref})
	return openSecret(l.to, f, have, row, false)
}

// rowOf is the row of a secret, and the stock that has it: where the list does
// not hold the secret, the stock with it.
func rowOf(have stock, s model.Secret) (stock, model.Row) {
	row, listed := have.inventory.Find(s.Ref)
	if !listed || row.Ghost() {
		have = have.with([]backend.Event{{Secret: s}}).retaken()
		row, _ = have.inventory.Find(s.Ref)
	}
	return have, row
}

func (l finding) ask(f Frame) (finding, tea.Cmd) {
	l.asked.stop()
	l.found, l.failed = nil, nil
	plane, name := l.to.plane, l.name
	var run tea.Cmd
	l.asked, run = ask(l.to, f, readLimit, func(ctx context.Context) ([]model.Ref, error) { return plane.Locate(ctx, name) })
	return l, run
}

func (l finding) session() *session { return l.to }
func (l finding) close()            { l.asked.stop() }

// Deeds ask again and go back.
func (l finding) Deeds(Frame) []Deed {
	return append([]Deed{{ID: keymap.Reload, Word: "ask again", Quiet: l.asked != nil}}, standing("back")...)
}

// Do does one of them.
func (l finding) Do(f Frame, p Press) (Screen, Result) {
	if p.ID == keymap.Back {
		return l, Result{Close: true}
	}
	l, run := l.ask(f)
	return l, Result{Run: run}
}

// Update takes what was found.
func (l finding) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case restocked:
		if msg.to == l.to {
			l.stock = msg.stock
		}
	case answer[[]model.Ref]:
		if msg.to != l.asked {
			return l, Result{}
		}
		l.asked, l.failed = nil, msg.err
		if l.found = l.meant(msg.value); len(l.found) == 1 {
			next, run := l.open(f, l.found[0])
			return next, Result{Run: run}
		}
	}
	return l, Result{}
}

// View says how far it is, or why it found nothing.
func (l finding) View(f Frame) View {
	view := View{Lines: []Line{rule(model.Visible(l.name), l.place(), f.Width), blank()}}
	say := func(mark Span, text string) { view.Lines = append(view.Lines, sentenceLines(mark, text, f.Width)...) }
	what, next := "", ""
	if l.failed != nil {
		what, next = words(l.failed, l.to)
	}
	switch {
	case l.asked != nil:
		say(unmarked, "Looking for "+model.Visible(l.name)+".")
	case l.failed != nil && !errors.Is(l.failed, backend.ErrNotFound):
		say(failedMark, what)
		say(unmarked, next)
	case len(l.found) > 1:
		say(look, "Several secrets are called "+model.Visible(l.name)+": in "+l.places()+".")
		say(unmarked, ":open MESH/NAME says which one.")
	case l.otherwise() != "":
		say(failedMark, l.otherwise()+".")
		say(unmarked, "This console leaves it alone.")
	default:
		say(failedMark, "No secret is called "+model.Visible(l.name)+l.where()+" on "+model.Visible(l.to.entry.Name)+".")
		say(unmarked, "Names are compared letter by letter. ctrl+r asks again.")
	}
	return view
}

// otherwise is what has the name and is no secret of a mesh; "" when nothing
// has it. Only a control plane that found something says what.
func (l finding) otherwise() string {
	var e *backend.Error
	if l.to.traits.NamePerMesh || !errors.As(l.failed, &e) || e.Status != 0 {
		return ""
	}
	return e.Reason
}

func (l finding) place() string {
	switch l.mesh {
	case "":
		return "in any mesh"
	case "global":
		return "global secret"
	}
	return "mesh " + model.Visible(l.mesh)
}

func (l finding) where() string {
	switch l.mesh {
	case "":
		return ""
	case "global":
		return " among the global secrets"
	}
	return " in mesh " + model.Visible(l.mesh)
}

func (l finding) places() string {
	meshes := make([]string, len(l.found))
	for i, ref := range l.found {
		meshes[i] = model.Visible(ref.MeshWord())
	}
	return strings.Join(meshes, ", ")
}
