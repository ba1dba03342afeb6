package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// usedBy shows who names a secret, or all that a mesh's resources name, as a
// tree. It follows the stock, so what it shows is as fresh as the list. The bar
// is on secrets alone: the rest is there to be looked at.
type usedBy struct {
	to    *session
	stock stock
	mesh  string       // "" for a global secret
	ref   model.Ref    // of the secret it is about; zero until one is chosen
	known model.Secret // that secret as it was then; zero when it was missing
	whole bool         // the whole mesh is shown
	trust model.Trust  // of what is shown
	tree  tree
	at    leafID // the leaf at the bar
	near  int    // which leaf that was
	top   int
	learning
}

// openUsedBy opens it for a secret, or a missing one.
func openUsedBy(to *session, f Frame, have stock, row model.Row) (Screen, tea.Cmd) {
	u := usedBy{to: to, mesh: row.Secret.Ref.Mesh}.about(row)
	return u.follow(have).choose(u.ref).learn(f)
}

// openTrust opens it for a whole mesh.
func openTrust(to *session, f Frame, have stock, mesh string) (Screen, tea.Cmd) {
	u := usedBy{to: to, mesh: mesh, whole: true}
	return u.follow(have).learn(f)
}

// about makes it the screen of one secret.
func (u usedBy) about(row model.Row) usedBy {
	if u.ref, u.known = row.Secret.Ref, row.Secret; row.Ghost() {
		u.known = model.Secret{}
	}
	return u
}

func (u usedBy) session() *session { return u.to }
func (u usedBy) close()            { u.asked.stop() }

// follow takes what is known of the control plane now. Where secrets are not
// listed, the one that it was opened with stays known.
func (u usedBy) follow(have stock) usedBy {
	if have.unlisted && u.known.Ref != (model.Ref{}) {
		have, _ = rowOf(have, u.known)
	}
	next := u
	next.stock = have
	return next.lay()
}

// lay makes the tree anew. The bar stays on its secret, wherever that is now.
func (u usedBy) lay() usedBy {
	u.trust = model.TakeTrust(u.stock.inventory, u.mesh, u.stock.refs)
	if !u.whole {
		u.trust = u.trust.Of(u.ref)
	}
	u.tree = treeOf(u.trust, u.whole)
	u.near = u.tree.find(u.at, u.near)
	return u
}

// choose puts the bar on the first leaf that is this secret.
func (u usedBy) choose(ref model.Ref) usedBy {
	i := slices.IndexFunc(u.tree.leaves, func(l leaf) bool { return l.id.ref == ref })
	if i >= 0 {
		u.at, u.near = u.tree.leaves[i].id, i
	}
	return u
}

// chosen is the leaf at the bar.
func (u usedBy) chosen() (leaf, bool) {
	if u.near < 0 || u.near >= len(u.tree.leaves) {
		return leaf{}, false
	}
	return u.tree.leaves[u.near], true
}

// row is the row that deeds are about: that at the bar, or the secret that
// nobody names.
func (u usedBy) row() (model.Row, bool) {
	if l, ok := u.chosen(); ok {
		return l.row, true
	}
	if u.whole || u.ref == (model.Ref{}) {
		return model.Row{}, false
	}
	return u.stock.inventory.Find(u.ref)
}

// Deeds are what can be done with the secret at the bar.
func (u usedBy) Deeds(Frame) []Deed {
	var deeds []Deed
	row, ok := u.row()
	if _, leaf := u.chosen(); ok && leaf {
		deeds = append(deeds, Deed{ID: keymap.Open, Not: u.unopened(row)})
	}
	word := "whole mesh"
	if u.whole {
		word = "only this secret"
	}
	if u.mesh != "" {
		deeds = append(deeds, Deed{ID: keymap.UsedBy, Word: word, Not: u.noOther(ok)})
	}
	deeds = append(deeds, Deed{ID: keymap.Add, Not: firstOf(u.stock.silent, u.noMesh())})
	deeds = append(append(deeds, Deed{ID: keymap.Problems}, Deed{ID: keymap.OpenNamed, Quiet: true}, Deed{ID: keymap.Undo, Quiet: true}), moves()...)
	return append(deeds, standing("back")...)
}

// unopened says why there is nothing to open.
func (u usedBy) unopened(row model.Row) string {
	if !row.Ghost() {
		return ""
	}
	return model.Visible(row.Secret.Ref.Name) + " is missing: there is nothing to open." + u.to.mendsMissing(row.Secret.Ref)
}

// noOther says why there is nothing else to show.
func (u usedBy) noOther(chosen bool) string {
	if u.whole && !chosen {
		return "No secret of mesh " + model.Visible(u.mesh) + " is here to be shown alone."
	}
	return ""
}

// noMesh says why nothing can be added.
func (u usedBy) noMesh() string {
	if u.trust.Mesh.Missing {
		return "Mesh " + model.Visible(u.mesh) + " does not exist, so nothing can be added to it."
	}
	return ""
}

// Do does one of them.
func (u usedBy) Do(f Frame, p Press) (Screen, Result) {
	if isMove(p.ID) {
		return u.move(f, p.ID), Result{}
	}
	row, ok := u.row()
	switch p.ID {
	case keymap.Back:
		return u, Result{Close: true}
	case keymap.UsedBy:
		return u.turn(f, row)
	case keymap.Add:
		ref := model.Ref{Mesh: u.mesh}
		if ok && row.Ghost() {
			ref = row.Secret.Ref
		}
		return u, Result{Open: newForm(u.to, u.stock, ref)}
	case keymap.Problems:
		return u, openProblems(u.to, f, u.stock)
	case keymap.OpenNamed:
		next, run := openNamed(u.to, f, u.stock, p.Word)
		return u, Result{Open: next, Run: run}
	case keymap.Open:
		if ok && !row.Ghost() {
			next, run := openSecret(u.to, f, u.stock, row, false)
			return u, Result{Open: next, Run: run}
		}
	}
	return u, Result{}
}

// goesTo is what the command line finds by name.
func (u usedBy) goesTo() model.Inventory { return u.stock.inventory }

// turn changes between the whole mesh and one secret; the bar stays on it.
func (u usedBy) turn(f Frame, row model.Row) (Screen, Result) {
	next := u
	next.whole, next.top = !u.whole, 0
	if !next.whole {
		next = next.about(row)
	}
	return next.lay().settle(f, row)
}

// settle puts the bar on a row of a tree that was made anew, and brings it into
// sight.
func (u usedBy) settle(f Frame, row model.Row) (Screen, Result) {
	next := u
	if l, is := u.chosen(); !is || l.id != u.at {
		next = u.choose(row.Secret.Ref)
	}
	next, run := next.sight(f).learn(f)
	return next, Result{Run: run}
}

// learntAbove tells the list what a screen above it learnt of values.
type learntAbove struct {
	to      *session
	secrets []model.Secret
}

// Update takes what is known anew, and what was learnt.
func (u usedBy) Update(f Frame, msg tea.Msg) (Screen, Result) {
	switch msg := msg.(type) {
	case restocked:
		if msg.to == u.to {
			next, run := u.follow(msg.stock).learn(f)
			return next, Result{Run: run}
		}
	case answer[lesson]:
		return u.learnt(f, msg)
	case changed:
		return u.forget(msg), Result{}
	}
	return u, Result{}
}

// forget no longer knows a secret that was deleted from here.
func (u usedBy) forget(msg changed) usedBy {
	gone := func(e backend.Event) bool { return e.Gone && e.Secret.Ref == u.ref }
	if msg.to == u.to && slices.ContainsFunc(msg.events, gone) {
		u.known = model.Secret{}
	}
	return u
}
