package ui

import (
	"time"

	"meshsecrets/model"
)

// columns are the widths of a list of secrets, from the width of the list
// alone: so that nothing jumps from row to row. A width of 0 leaves a column
// out.
type columns struct {
	name, mesh, kind, expires, size, age, users int
	zone                                        bool // of a global control plane: what comes from there says so
}

// The fixed widths, and the widths of the list under which a column gives way.
const (
	leadWidth    = 6 // blank, bar, plus, reference mark, shield, blank
	meshWidth    = 10
	kindWidth    = 11
	expiresWidth = 9
	sizeWidth    = 5
	ageWidth     = 4
	gapWidth     = 2

	sizeFrom  = 94
	ageFrom   = 84
	kindFrom  = 70
	usersFrom = 54
	nameMost  = 48
)

// columnsFor lays out a list of w cells, with or without the mesh of each
// secret.
func columnsFor(w int, all bool) columns {
	c := columns{expires: expiresWidth}
	judged := w
	if all {
		c.mesh = meshWidth
		judged -= meshWidth + gapWidth
	}
	if judged >= sizeFrom {
		c.size = sizeWidth
	}
	if judged >= ageFrom {
		c.age = ageWidth
	}
	if judged >= kindFrom {
		c.kind = kindWidth
	}
	rest := w - leadWidth - 1
	for _, fixed := range []int{c.mesh, c.kind, c.expires, c.size, c.age} {
		if fixed > 0 {
			rest -= fixed + gapWidth
		}
	}
	if judged < usersFrom {
		c.name = max(rest, 1)
		return c
	}
	rest -= gapWidth
	c.name = min((rest*55+99)/100, nameMost)
	c.users = rest - c.name
	return c
}

// header is the row of column names, with a mark at the one that the list is
// sorted by.
func (c columns) header(s model.Sort) Line {
	line := say(Muted, "      ")
	line = append(line, left(Muted, "NAME"+arrow(s, model.ByName, " "), c.name))
	add := func(text string, w int, put func(Role, string, int) Span) {
		if w > 0 {
			line = append(line, Span{Plain, "  "}, put(Muted, text, w))
		}
	}
	add("MESH", c.mesh, left)
	add("KIND"+arrow(s, model.ByKind, " "), c.kind, left)
	add("EXPIRES"+arrow(s, model.ByExpiry, " "), c.expires, left)
	add("SIZE"+arrow(s, model.BySize, ""), c.size, right)
	add("AGE"+arrow(s, model.ByAge, ""), c.age, right)
	add("USED BY"+arrow(s, model.ByUser, " "), c.users, left)
	return line
}

// arrow tells at a column whether the list is sorted by it, up or down.
func arrow(s model.Sort, by model.SortBy, gap string) string {
	switch {
	case s.By != by:
		return ""
	case s.Reversed != (by == model.BySize): // the largest come first
		return gap + "▾"
	}
	return gap + "▴"
}

// shows tells whether the column is among those of the list.
func (c columns) shows(by model.SortBy) bool {
	return map[model.SortBy]int{model.ByName: c.name, model.ByKind: c.kind, model.ByExpiry: c.expires,
		model.BySize: c.size, model.ByAge: c.age, model.ByUser: c.users}[by] > 0
}

// bar is what stands in column 2 of a row: the bar where the keys act, its
// rest in the other pane, or nothing.
type bar uint8

const (
	noBar bar = iota
	actingBar
	restingBar
)

func (b bar) span() Span {
	switch b {
	case actingBar:
		return Span{Accent, "▌"}
	case restingBar:
		return Span{Muted, "▸"}
	case noBar:
	}
	return Span{Plain, " "}
}

// row draws one secret.
func (c columns) row(r model.Row, at bar, now time.Time) Line {
	line := Line{{Plain, " "}, at.span(), {Plain, " "}, rowMark(r), shieldSpan(r.System), {Plain, " "}}
	ref := r.Secret.Ref
	line = append(line, Span{nameRole(r, at), pad(shortenMiddle(model.Visible(ref.Name), c.name), c.name)})
	if c.mesh > 0 {
		line = append(line, Span{Plain, "  "}, left(Plain, model.Visible(ref.MeshWord()), c.mesh))
	}
	if c.kind > 0 {
		line = append(line, Span{Plain, "  "}, left(Plain, r.KindWord(), c.kind))
	}
	line = append(line, Span{Plain, "  "})
	line = append(line, c.expiry(r, now)...)
	if c.size > 0 {
		line = append(line, Span{Plain, "  "}, right(Muted, sizeCell(r), c.size))
	}
	if c.age > 0 {
		line = append(line, Span{Plain, "  "}, right(Muted, ageCell(r, now), c.age))
	}
	if c.users > 0 {
		line = append(line, Span{Plain, "  "})
		line = append(line, usersCell(r, c.users, c.zone)...)
	}
	return line
}

func nameRole(r model.Row, at bar) Role {
	switch {
	case at == actingBar:
		return Selection
	case r.Mark == model.InUse && r.Trusted():
		return Title
	case r.Ghost(), r.System:
		return Muted
	}
	return Plain
}

func markSpan(m model.Mark) Span {
	switch m {
	case model.InUse:
		return Span{InUseMark, "●"}
	case model.Referenced:
		return Span{Plain, "○"}
	case model.MissingSecret:
		return Span{MissingMark, "✗"}
	case model.Unreferenced:
	}
	return Span{Plain, " "}
}

// rowMark is the mark of a row. What the mesh's own mTLS hangs on catches the
// eye: its mark, its name and who uses it are bold.
func rowMark(r model.Row) Span {
	mark := markSpan(r.Mark)
	if r.Mark == model.InUse && r.Trusted() {
		mark.Role = TrustMark
	}
	return mark
}

func shieldSpan(system bool) Span {
	if system {
		return Span{SystemMark, "◆"}
	}
	return Span{Plain, " "}
}

// expiry is the cell of EXPIRES: a word, and a mark after it when it needs a
// look. Where USED BY gave way, what its note would mark is marked here.
func (c columns) expiry(r model.Row, now time.Time) Line {
	word, look := r.Expiry(now)
	role := Warning
	if ends := r.Secret.Facts.NotAfter; look && !ends.IsZero() && ends.Sub(now) < soon {
		role = Failure
	}
	if noted, _ := r.Note(); noted && c.users == 0 {
		look = true
	}
	switch {
	case !look:
		return Line{left(Plain, word, c.expires)}
	case word == "":
		return Line{{role, "!"}}.fit(c.expires)
	}
	return Line{{Plain, word + " "}, {role, "!"}}.fit(c.expires)
}

// soon is when an expiry stops being a warning.
const soon = 7 * 24 * time.Hour

func sizeCell(r model.Row) string {
	switch {
	case r.Ghost():
		return ""
	case !r.Secret.Facts.Learnt():
		return "…"
	}
	return model.SizeWord(r.Secret.Facts.Size)
}

func ageCell(r model.Row, now time.Time) string {
	if r.Ghost() || r.Secret.Created.IsZero() {
		return ""
	}
	return model.AgeWord(now.Sub(r.Secret.Created))
}
