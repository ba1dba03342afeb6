package model

import (
	"slices"
	"strings"
)

// TakeInventory brings meshes, secrets and references together. Meshes that
// are nil were not read: then the ones that secrets name stand for them, none
// is called missing and no secret orphaned. Each secret is to be given once.
func TakeInventory(meshes []Mesh, secrets []Secret, refs []Reference) Inventory {
	targets := targetsOf(refs)
	rows := secretRows(meshes, secrets, targets)
	rows = addGhosts(rows, targets, refs)
	match(rows, targets, refs)
	for i := range rows {
		rows[i].Folded = foldedName(rows[i].Secret.Ref)
	}
	sortRows(rows)
	i := Inventory{rows: make([]*Row, len(rows)), highest: map[signer]int{}}
	for n := range rows {
		i.rows[n] = &rows[n]
	}
	i.summarise(meshes)
	return i
}

// target is a secret that something refers to.
type target struct {
	users []Reference
	row   int // its number among the rows, -1 while it has none
}

func targetsOf(refs []Reference) map[Ref]*target {
	targets := make(map[Ref]*target)
	for _, r := range refs {
		t := targets[r.Target()]
		if t == nil {
			t = &target{row: -1}
			targets[r.Target()] = t
		}
		t.users = append(t.users, r)
	}
	for _, t := range targets {
		sortUsers(t.users)
	}
	return targets
}

func secretRows(meshes []Mesh, secrets []Secret, targets map[Ref]*target) []Row {
	exists := make(map[string]bool, len(meshes))
	for _, m := range meshes {
		exists[m.Name] = !m.Missing
	}
	rows := make([]Row, 0, len(secrets)+len(targets))
	for _, s := range secrets {
		row := Row{Secret: s}
		if t := targets[s.Ref]; t != nil {
			t.row = len(rows)
			row.Users, row.Mark = t.users, markOf(t.users)
		}
		_, _, system := systemFamily(s)
		row.System = system || implied(row.Users)
		row.Orphaned = meshes != nil && !s.Ref.Global() && !exists[s.Ref.Mesh]
		rows = append(rows, row)
	}
	return rows
}

func markOf(users []Reference) Mark {
	for _, u := range users {
		if u.Enabled {
			return InUse
		}
	}
	return Referenced
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

// addGhosts adds a row for each secret that should be there and is not.
func addGhosts(rows []Row, targets map[Ref]*target, refs []Reference) []Row {
	for _, r := range refs {
		t := targets[r.Target()]
		if t.row >= 0 || !slices.ContainsFunc(t.users, expected) {
			continue
		}
		t.row = len(rows)
		rows = append(rows, Row{Secret: Secret{Ref: r.Target()}, Mark: MissingSecret, Users: t.users})
	}
	return rows
}

// expected tells whether the secret of a reference has to be there. What a
// rule implies is made when it is needed: a builtin CA when its backend is
// enabled, that of a MeshIdentity on the zones, so that a global control plane
// does not have it.
func expected(r Reference) bool {
	return !r.Implied || enabledBackend(r)
}

func foldedName(ref Ref) string {
	return Fold(Visible(ref.Name) + " " + Visible(ref.MeshWord()))
}

// summarise counts the rows and keeps them by mesh.
func (i *Inventory) summarise(meshes []Mesh) {
	counts := map[string]int{}
	for n := range i.rows {
		counts[i.rows[n].Secret.Ref.Mesh]++
	}
	i.byMesh = make(map[string][]*Row, len(counts))
	place := make([]*Row, 0, len(i.rows))
	for mesh, n := range counts {
		at := len(place)
		place = place[:at+n]
		i.byMesh[mesh] = place[at:at:len(place)]
	}
	for _, row := range i.rows {
		mesh := row.Secret.Ref.Mesh
		i.byMesh[mesh] = append(i.byMesh[mesh], row)
		i.noteSerial(row)
	}
	i.Meshes = i.summaries(meshes)
	i.Global.Totals = totalsOf(i.byMesh[""])
	i.All.Totals = totalsOf(i.rows)
	for _, m := range i.Meshes {
		i.All.Worst = max(i.All.Worst, m.Worst)
	}
}

// summaries gives the meshes as the pane has them, those included that only
// secrets and references name.
func (i *Inventory) summaries(meshes []Mesh) []MeshSummary {
	all := slices.Clone(meshes)
	named := make(map[string]bool, len(meshes))
	for _, m := range meshes {
		named[m.Name] = true
	}
	for mesh := range i.byMesh {
		if mesh != "" && !named[mesh] {
			all = append(all, Mesh{Name: mesh, Missing: meshes != nil})
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
	for n, m := range all {
		summaries[n] = MeshSummary{Mesh: m, Unread: meshes == nil, Totals: totalsOf(i.byMesh[m.Name])}
		if m.Missing {
			summaries[n].Worst = HasMissing
		}
	}
	return summaries
}

func totalsOf(rows []*Row) Totals {
	var t Totals
	for _, row := range rows {
		if row.Mark == MissingSecret {
			t.Missing++
			t.Worst = HasMissing
			continue
		}
		t.Secrets++
		if row.wrong() != "" {
			t.Worst = max(t.Worst, NeedsLook)
		}
		facts := &row.Secret.Facts
		if !facts.NotAfter.IsZero() && (t.expires.IsZero() || facts.NotAfter.Before(t.expires)) {
			t.expires = facts.NotAfter
		}
		if facts.NotBefore.After(t.begins) {
			t.begins = facts.NotBefore
		}
	}
	return t
}

// noteSerial remembers the highest signing key of its kind.
func (i *Inventory) noteSerial(row *Row) {
	if !row.System {
		return
	}
	f, rest, ok := familyOf(row.Secret.Ref)
	if !ok || f.kind != signingKey {
		return
	}
	of := signer{row.Secret.Ref.Mesh, f}
	i.highest[of] = max(i.highest[of], serialOf(rest))
}
