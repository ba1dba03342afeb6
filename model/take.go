package model

import (
	"slices"
	"strings"
)

// TakeInventory brings meshes, secrets and references together. Meshes that
// are nil were not read: then the ones that secrets name stand for them, none
// is called missing and no secret orphaned. Each secret is to be given once.
func TakeInventory(meshes []Mesh, secrets []Secret, refs []Reference) Inventory {
	return Inventory{meshes: meshes, uses: usesOf(refs)}.taken(secrets)
}

// TakePartial is as TakeInventory for a list that is not whole: one that is still
// being read, or may not be read. No secret is called missing, and what is known
// of who refers to it holds for those too that were not seen.
func TakePartial(meshes []Mesh, secrets []Secret, refs []Reference) Inventory {
	return Inventory{meshes: meshes, uses: usesOf(refs), some: true, partial: true}.taken(secrets)
}

func (i Inventory) taken(secrets []Secret) Inventory {
	named := make(map[Ref]*Secret, len(i.uses.of))
	from := i.sources(func(ref Ref) *Secret { return named[ref] })
	for n := range secrets {
		if ref := secrets[n].Ref; i.uses.of[ref] != nil {
			named[ref] = &secrets[n]
		}
	}
	from.likes = i.likes.with(from.names(secrets), nil)
	rows := make([]*Row, 0, len(secrets))
	for n := range secrets {
		rows = append(rows, from.row(secrets[n].Ref, &secrets[n]))
	}
	for ref := range i.uses.of {
		if ghost := from.row(ref, nil); named[ref] == nil && ghost != nil {
			rows = append(rows, ghost)
		}
	}
	whole := i
	whole.likes = from.likes
	return whole.holding(sortRows(rows))
}

// names are those of the secrets and of the missing ones.
func (s sources) names(secrets []Secret) []Ref {
	names := make([]Ref, 0, len(secrets))
	for n := range secrets {
		names = append(names, secrets[n].Ref)
	}
	for ref := range s.of {
		if s.secret(ref) == nil && s.expect(ref) {
			names = append(names, ref)
		}
	}
	return names
}

// holding is the inventory with its first rows.
func (i Inventory) holding(rows []*Row) Inventory {
	lists := map[string][]*Row{}
	for _, row := range rows {
		mesh := row.Secret.Ref.Mesh
		lists[mesh] = append(lists[mesh], row)
	}
	byMesh := make(map[string]Rows, len(lists))
	for mesh, list := range lists {
		byMesh[mesh] = ofShelves(appendShelves(nil, list))
	}
	taken := i
	taken.sames = i.sames.with(rows, nil)
	return taken.with(ofShelves(appendShelves(nil, rows)), byMesh)
}

// uses are the references, by the secrets that they name.
type uses struct {
	of    map[Ref][]Reference // the enabled mTLS backend first, then MeshIdentities, then by name
	pairs map[Ref][]halves    // of which the secret is one
}

func usesOf(refs []Reference) uses {
	u := uses{of: make(map[Ref][]Reference, len(refs)/2), pairs: pairsOf(refs)}
	for _, r := range refs {
		target := r.Target()
		u.of[target] = append(u.of[target], r)
	}
	for _, users := range u.of {
		sortUsers(users)
	}
	return u
}

// expect tells whether the secret has to be there.
func (u uses) expect(ref Ref) bool { return slices.ContainsFunc(u.of[ref], expected) }

// sources are what a row is made from.
type sources struct {
	uses
	likes  likes
	read   bool            // meshes were read
	exists map[string]bool // of meshes
	secret func(Ref) *Secret
	// partial tells that others may be there than secret gives.
	partial bool
}

// expect tells whether the secret is missing when it is not there.
func (s sources) expect(ref Ref) bool { return !s.partial && s.uses.expect(ref) }

// sources gives those of the inventory; secret gives a secret that is there, of
// those that are referred to.
func (i Inventory) sources(secret func(Ref) *Secret) sources {
	s := sources{uses: i.uses, likes: i.likes, read: i.meshes != nil, exists: make(map[string]bool, len(i.meshes)), secret: secret, partial: i.partial}
	for _, m := range i.meshes {
		s.exists[m.Name] = !m.Missing
	}
	return s
}

// orphans tells whether the secrets of a mesh belong to none.
func (s sources) orphans(mesh string) bool { return s.read && mesh != "" && !s.exists[mesh] }

// row makes the row of a secret, or with none of one that is missing. Nothing
// is missing that need not be there.
func (s sources) row(ref Ref, secret *Secret) *Row {
	users := s.of[ref]
	row := &Row{Users: users, Mark: markOf(users), Folded: foldedName(ref)}
	if secret != nil {
		row.Secret = *secret
		_, _, system := systemFamily(row.Secret)
		row.System = system || implied(users)
		row.Orphaned = s.orphans(ref.Mesh)
	} else {
		if !s.expect(ref) {
			return nil
		}
		row.Secret.Ref, row.Mark = ref, MissingSecret
	}
	_, row.Strange = StrangeSign(ref.Name)
	row.Alike = s.likes.like(ref)
	s.match(row)
	row.examined()
	return row
}

func markOf(users []Reference) Mark {
	mark := Unreferenced
	for _, u := range users {
		if u.Enabled {
			return InUse
		}
		mark = Referenced
	}
	return mark
}

// implied tells whether a rule of the control plane names the secret: then the
// control plane made it.
func implied(users []Reference) bool {
	for _, u := range users {
		if u.Implied {
			return true
		}
	}
	return false
}

// expected tells whether the secret of a reference has to be there. What a
// rule implies is made when it is needed: a builtin CA when its backend is
// enabled, that of a MeshIdentity on the zones, so that a global control plane
// does not have it. A guess need not mean a secret of the mesh at all, and
// what control planes do not read nobody needs.
func expected(r Reference) bool {
	switch {
	case r.Guessed, r.Ignored:
		return false
	case r.Implied:
		return enabledBackend(r)
	}
	return true
}

func foldedName(ref Ref) string {
	return Fold(Visible(ref.Name) + " " + Visible(ref.MeshWord()))
}

// with is an inventory of the same meshes and references, with other rows. It
// costs by the meshes.
func (i Inventory) with(rows Rows, byMesh map[string]Rows) Inventory {
	next := Inventory{
		All: MeshSummary{Totals: rows.totals}, Global: MeshSummary{Totals: byMesh[""].totals},
		meshes: i.meshes, some: i.some, partial: i.partial, uses: i.uses, likes: i.likes, sames: i.sames, rows: rows, byMesh: byMesh,
	}
	next.Meshes = next.summaries()
	for _, m := range next.Meshes {
		next.All.Worst = max(next.All.Worst, m.Worst)
	}
	return next
}

// summaries gives the meshes as the pane has them, those included that only
// secrets and references name.
func (i Inventory) summaries() []MeshSummary {
	all := slices.Clone(i.meshes)
	named := make(map[string]bool, len(all))
	for _, m := range all {
		named[m.Name] = true
	}
	for mesh := range i.byMesh {
		if mesh != "" && !named[mesh] {
			all = append(all, Mesh{Name: mesh, Missing: i.meshes != nil})
		}
	}
	slices.SortFunc(all, func(a, b Mesh) int {
		switch {
		case a.Missing == b.Missing:
			return strings.Compare(a.Name, b.Name)
		case a.Missing:
			return 1
		}
		return -1
	})
	summaries := make([]MeshSummary, len(all))
	names := newTwins(len(all))
	for n, m := range all {
		summaries[n] = MeshSummary{Mesh: m, Unread: i.meshes == nil, Totals: i.byMesh[m.Name].totals}
		if like := names.add(m.Name, n); like >= 0 {
			summaries[n].alike(summaries[like].Mesh.Name)
			summaries[like].alike(m.Name)
		}
		if m.troubled() {
			summaries[n].Worst = max(summaries[n].Worst, NeedsLook)
		}
		if m.Missing {
			summaries[n].Worst = HasMissing
		}
	}
	return summaries
}

func (m *MeshSummary) alike(name string) {
	m.Alike, m.Worst = name, max(m.Worst, NeedsLook)
}
