package model

import "slices"

// alike finds names that look like others: of the secrets of one mesh, of the
// global ones, and of meshes. What was made later is told to look like what was
// there before.
func (d *diagnoser) alike() {
	meshes := newTwins(len(d.i.Meshes))
	for n, m := range d.i.Meshes {
		if like := meshes.add(m.Mesh.Name, n); like >= 0 {
			d.add(Problem{Trouble: TroubleTwin, Ref: Ref{Mesh: m.Mesh.Name}, Other: Ref{Mesh: d.i.Meshes[like].Mesh.Name}})
		}
	}
	for _, rows := range d.i.byMesh {
		names := newTwins(rows.Len())
		for n, row := range rows.All() {
			if like := names.add(row.Secret.Ref.Name, n); like >= 0 {
				earlier, later := rows.At(like), row
				if earlier.Ghost() || !later.Ghost() && earlier.Secret.Created.After(later.Secret.Created) {
					earlier, later = later, earlier
				}
				d.add(Problem{Trouble: TroubleTwin, Ref: later.Secret.Ref, Other: earlier.Secret.Ref, row: later})
			}
		}
	}
}

// content is what makes two values equal as far as facts tell: of a private key
// its public half, of other values kind, size and fingerprint.
type content struct {
	public      [32]byte
	kind        Kind
	size        int
	fingerprint string
}

// contentOf gives it for values that should be one secret's alone. It is no
// matter that certificates, flags and references stand in several places.
func contentOf(row *Row) (content, bool) {
	if row.Mark == MissingSecret || row.System || row.Orphaned {
		return content{}, false
	}
	return row.Secret.Facts.content()
}

func (f *Facts) content() (content, bool) {
	switch f.Kind {
	case PrivateKey, CertificateAndKey:
		if f.Key.Public != [32]byte{} {
			return content{public: f.Key.Public}, true
		}
	case Text, JWT, Binary:
	case Unlearnt, Empty, CACertificate, Certificate, PublicKey, JSON, VaultReference:
		return content{}, false
	}
	return content{kind: f.Kind, size: f.Size, fingerprint: f.Fingerprint}, true
}

// equal finds values that stand in several secrets: when one is replaced the
// others stay. Each is told once in every mesh that has it, so that who looks at
// one mesh is told too. Where all have one name, people may have copied them on
// purpose: that is told once, and is the least of all.
func (d *diagnoser) equal() {
	groups := map[content][]*Row{}
	var order []content
	for _, row := range d.i.In(Scope{All: true}).All() {
		c, ok := contentOf(row)
		if !ok {
			continue
		}
		if len(groups[c]) == 1 {
			order = append(order, c)
		}
		groups[c] = append(groups[c], row)
	}
	for _, c := range order {
		d.equals(c, groups[c])
	}
}

// equals tells of some rows that hold the same, in every mesh of the first of
// them there.
func (d *diagnoser) equals(c content, rows []*Row) {
	trouble := TroubleSame
	if c.public != [32]byte{} {
		trouble = TroubleSameKey
	}
	switch {
	case d.underWay(rows):
		return
	case ofOneName(rows):
		d.add(Problem{Trouble: TroubleCopied, Ref: rows[0].Secret.Ref, Other: rows[1].Secret.Ref, More: len(rows) - 2, row: rows[0], among: rows})
		return
	}
	told := map[string]bool{}
	for _, row := range rows {
		if told[row.Secret.Ref.Mesh] {
			continue
		}
		told[row.Secret.Ref.Mesh] = true
		p := Problem{Trouble: trouble, Ref: row.Secret.Ref, row: row, among: rows}
		p.Other, p.More = p.others()[0].Secret.Ref, len(rows)-2
		d.add(p)
	}
}

// underWay tells of a secret that is in two meshes because its reassign is not
// finished, which is told for itself.
func (d *diagnoser) underWay(rows []*Row) bool {
	return len(rows) == 2 && slices.ContainsFunc(d.standing.Unfinished, func(u Interrupted) bool {
		from, to, a, b := u.Plan.From, u.Plan.To, rows[0].Secret.Ref, rows[1].Secret.Ref
		return a == from && b == to || a == to && b == from
	})
}

func ofOneName(rows []*Row) bool {
	return !slices.ContainsFunc(rows, func(r *Row) bool { return r.Secret.Ref.Name != rows[0].Secret.Ref.Name })
}

// others are the other rows that hold the same.
func (p Problem) others() []*Row {
	return slices.DeleteFunc(slices.Clone(p.among), func(r *Row) bool { return r.Secret.Ref == p.Ref })
}

// Mild tells that it is only worth knowing, and may be meant so.
func (p Problem) Mild() bool { return p.Trouble == TroubleCopied }

// Naming is the same problem, whose meaning names as many of those that hold the
// same value; there are of in all.
func (p Problem) Naming(most int) (named Problem, of int) {
	p.most = most
	return p, max(len(p.among)-1, 0)
}

// CheckTwin tells of another name, of the same mesh or among the global ones, that
// looks like one which is to be added.
func (i Inventory) CheckTwin(ref Ref) (Finding, bool) {
	names := i.likes.of(ref)
	if len(names) == 0 {
		return Finding{}, false
	}
	return Finding{Level: Warn, Topic: "looks alike", Text: "its name looks like " + Visible(names[0]) +
		", which is another one: one may be taken for the other"}, true
}

// CheckSame tells of other secrets that hold the value of one, or would, as far
// as facts tell that are at hand.
func (i Inventory) CheckSame(ref Ref, f Facts) (Finding, bool) {
	c, ok := f.content()
	if !ok {
		return Finding{}, false
	}
	var nearest *Row
	others := 0
	for _, row := range i.sames.of(c) {
		if held, ok := contentOf(row); !ok || held != c || row.Secret.Ref == ref {
			continue
		}
		if others++; nearest == nil || row.position().compare(nearest.position()) < 0 {
			nearest = row
		}
	}
	if others == 0 {
		return Finding{}, false
	}
	first := nearest.Secret.Ref
	as, of := "value", Visible(first.Name)
	if c.public != [32]byte{} {
		as = "private key"
	}
	if first.Mesh != ref.Mesh {
		of += " of " + Visible(first.MeshWord())
	}
	text := "the same " + as + " as that of " + of
	if others > 1 {
		text += " and " + CountWord(others-1) + " more"
	}
	if c.public == [32]byte{} {
		text += ", as far as size and fingerprint tell"
	}
	return Finding{Level: Inform, Topic: "same", Text: text + "; when one is replaced, the rest stays as it was"}, true
}
