package model

import (
	"maps"
	"slices"
)

// Changed is the inventory after some secrets were added or changed and others
// are gone; each is to be named once. Only the rows that this touches are made
// anew, so that it costs by the changes, and not by the secrets that stayed.
func (i Inventory) Changed(changed []Secret, gone []Ref) Inventory {
	now := make(map[Ref]*Secret, len(changed)+len(gone))
	for _, ref := range gone {
		now[ref] = nil
	}
	for n := range changed {
		now[changed[n].Ref] = &changed[n]
	}
	from := i.sources(func(ref Ref) *Secret {
		if secret, is := now[ref]; is {
			return secret
		}
		return i.secret(ref)
	})
	touched := touched{}
	for ref := range now {
		touched.with(ref, i.uses)
	}
	return i.remade(touched, from)
}

// About is the inventory with other meshes and references around the same
// secrets. It costs by the references, and by the secrets of meshes that came
// or went; see TakeInventory for meshes that are nil.
func (i Inventory) About(meshes []Mesh, refs []Reference) Inventory {
	next := i
	next.meshes, next.uses = meshes, usesOf(refs)
	before, now := i.sources(i.secret), next.sources(i.secret)
	touched := touched{}
	for ref, users := range next.uses.of {
		if !slices.Equal(users, i.uses.of[ref]) || !slices.Equal(next.uses.pairs[ref], i.uses.pairs[ref]) {
			touched.with(ref, next.uses)
			continue
		}
		next.uses.of[ref] = i.uses.of[ref] // which the row holds already
	}
	for ref := range i.uses.of {
		if next.uses.of[ref] == nil {
			touched[ref] = true
		}
	}
	for mesh, rows := range i.byMesh {
		if before.orphans(mesh) == now.orphans(mesh) {
			continue
		}
		for _, row := range rows.All() {
			touched[row.Secret.Ref] = true
		}
	}
	return next.remade(touched, now)
}

// touched are the secrets whose rows are to be made anew.
type touched map[Ref]bool

// with adds a secret that changed, and the other halves of its pairs: their
// rows tell whether they match it.
func (t touched) with(ref Ref, u uses) {
	t[ref] = true
	for _, h := range u.pairs[ref] {
		t[h.certificate], t[h.key] = true, true
	}
}

// named works in which names came and went, and adds those that look like one of
// them: their rows tell so.
func (i Inventory) named(touched touched, from sources) likes {
	var came, gone []Ref
	for ref := range touched {
		was, is := i.row(ref) != nil, from.secret(ref) != nil || from.expect(ref)
		switch {
		case is && !was:
			came = append(came, ref)
		case was && !is:
			gone = append(gone, ref)
		}
	}
	now := i.likes.with(came, gone)
	for _, ref := range slices.Concat(came, gone) {
		for _, name := range now.of(ref) {
			touched[Ref{Mesh: ref.Mesh, Name: name}] = true
		}
	}
	return now
}

// remade is the inventory with some of its rows made anew.
func (i Inventory) remade(touched touched, from sources) Inventory {
	next := i
	next.likes = i.named(touched, from)
	from.likes = next.likes
	edits := make([]edit, 0, len(touched))
	var came, gone []*Row
	for ref := range touched {
		old, row := i.row(ref), from.row(ref, from.secret(ref))
		if row != nil {
			edits, came = append(edits, edit{row.position(), row}), append(came, row)
		}
		if old != nil {
			gone = append(gone, old)
		}
		if old != nil && (row == nil || row.position() != old.position()) {
			edits = append(edits, edit{old.position(), nil})
		}
	}
	next.sames = i.sames.with(came, gone)
	slices.SortFunc(edits, func(a, b edit) int { return a.compare(b.position) })
	inMesh := map[string][]edit{}
	for _, e := range edits {
		inMesh[e.ref.Mesh] = append(inMesh[e.ref.Mesh], e)
	}
	byMesh := make(map[string]Rows, len(i.byMesh)+len(inMesh))
	maps.Copy(byMesh, i.byMesh)
	for mesh, edits := range inMesh {
		if byMesh[mesh] = i.byMesh[mesh].with(edits); byMesh[mesh].Len() == 0 {
			delete(byMesh, mesh)
		}
	}
	return next.with(i.rows.with(edits), byMesh)
}
