package ui

import (
	"fmt"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// problemColumns are the widths of the list's columns, 0 for one that is left
// out. They depend on the window alone.
type problemColumns struct {
	what, name, mesh, meaning int
	twice                     map[string]bool // names that lines in sight share, of several meshes that no column tells
}

func problemColumnsFor(w int) problemColumns {
	const lead, gap = 5, 2
	c := problemColumns{what: 15, name: 20, mesh: 8}
	switch {
	case w < smallest+15:
		c = problemColumns{what: 13}
		c.name = w - 1 - lead - c.what - gap
		return c
	case w < narrowDialog:
		c = problemColumns{what: 13, name: 20}
	case w >= twoPanes:
		c.name += (w - twoPanes) / 10
		c.mesh += (w - twoPanes) / 20
	}
	c.meaning = w - 1 - lead - c.what - gap - c.name - gap
	if c.mesh > 0 {
		c.meaning -= c.mesh + gap
	}
	return c
}

// header is the row of column names.
func (c problemColumns) header() Line {
	line := Line{{Plain, "     "}, left(Muted, "PROBLEM", c.what), {Plain, "  "}, left(Muted, "SECRET", c.name)}
	if c.mesh > 0 {
		line = append(line, Span{Plain, "  "}, left(Muted, "MESH", c.mesh))
	}
	if c.meaning > 0 {
		line = append(line, Span{Plain, "  "}, left(Muted, "WHAT IT MEANS", c.meaning))
	}
	return line
}

// drawn is one line of the list.
func (p problems) drawn(c problemColumns, one model.Problem, at bar, f Frame) Line {
	row, _ := p.row(one)
	role := nameRole(row, at)
	name := model.Visible(one.Ref.Name)
	if c.twice[one.Ref.Name] {
		name += " of " + placeOf(one)
	}
	line := Line{{Plain, " "}, at.span(), {Plain, " "}, p.mark(one, row, f), {Plain, " "}, left(Plain, one.Trouble.String(), c.what), {Plain, "  "}}
	line = append(line, Span{role, pad(shortenMiddle(name, c.name), c.name)})
	if c.mesh > 0 {
		line = append(line, Span{Plain, "  "}, left(Plain, placeOf(one), c.mesh))
	}
	if c.meaning > 0 {
		line = append(line, Span{Plain, "  "}, Span{Plain, shorten(cellOf(one, f.Width), c.meaning)})
	}
	return line
}

// cellOf is what the problem means, in as many words as a window has room for.
func cellOf(one model.Problem, w int) string {
	if w < narrowDialog {
		return one.Tight()
	}
	return one.Cell(w < twoPanes)
}

// mark says whether something fails by it.
func (p problems) mark(one model.Problem, row model.Row, f Frame) Span {
	facts := row.Secret.Facts
	switch {
	case one.Broken:
		return Span{MissingMark, "✗"}
	case one.Trouble == model.TroubleExpired, one.Trouble == model.TroubleExpiring && facts.NotAfter.Sub(f.Now) < soon:
		return Span{Failure, "!"}
	case one.Mild():
		return unmarked
	}
	return look
}

// placeOf is the mesh of a problem; that of a safety copy which cannot be read
// is not known.
func placeOf(one model.Problem) string {
	if one.Interrupted != nil && one.Ref.Mesh == "" {
		return ""
	}
	return model.Visible(one.Ref.MeshWord())
}

// View draws the list, and below it what is said of the problem at the bar.
func (p problems) View(f Frame) View {
	view := View{Lines: p.head(f), Status: p.status()}
	switch {
	case p.len() > 0:
		room := p.room(f)
		view.Lines = append(view.Lines, p.list(f, room)...)
		for len(view.Lines) < f.Height-lowerOf(f.Height) {
			view.Lines = append(view.Lines, blank())
		}
		view.Lines = append(view.Lines, p.lower(f)...)
		if top := p.window.follow(p.near, room, p.len()).top; p.len() > room {
			view.Right = fmt.Sprintf("rows %s to %s of %s", model.CountWord(top+1), model.CountWord(min(top+room, p.len())), model.CountWord(p.len()))
		}
	case !p.any:
		view.Lines = append(view.Lines, blank(), say(Plain, "   Looking for what is wrong."))
	case len(p.filter.Faults()) > 0:
		view.Lines = append(view.Lines, unreadFilter(p.filter, p.typing_, f.Width)...)
	case len(p.found.Problems) > 0:
		view.Lines = append(view.Lines, blank(), say(Plain, "   Nothing matches \""+model.Visible(p.text)+"\"."), blank(),
			Line{{Plain, "   "}, {Accent, pad("esc", 6)}, {Plain, "clears the filter"}})
	default:
		view.Lines = append(view.Lines, p.none(f)...)
	}
	if p.schooling.all {
		view.Right = "esc stop"
	}
	if p.typing_ {
		view = p.drawFilter(f, view)
	}
	return view
}

// drawFilter shows the filter's line in place of the status.
func (p problems) drawFilter(f Frame, view View) View {
	text, at := p.line.line(f.Width - 24)
	view.Status = Line{{Accent, "▌"}, {Plain, "/ "}, text}
	view.Right = model.CountWord(p.len()) + " of " + model.CountWord(len(p.found.Problems))
	view.Cursor = &Point{X: 4 + at, Y: f.Height}
	view.Hints = filterHints(f, p.filter)
	return view
}

// head is line 2.
func (p problems) head(f Frame) []Line {
	title := "Problems"
	if p.text != "" && !p.typing_ {
		title += " / " + model.Visible(p.text)
	}
	lines := []Line{rule(title, p.note(), f.Width)}
	if f.Height >= roomyFrom {
		lines = append(lines, blank())
	}
	return lines
}

// note counts the problems, and says what nobody looked at.
func (p problems) note() string {
	if !p.any {
		return ""
	}
	text := countProblems(p.found.Problems)
	if p.text != "" {
		text = model.CountWord(p.len()) + " of " + model.CountWord(len(p.found.Problems))
	}
	if missed := hidden(p.stock.unread); len(missed) > 2 {
		text += ", " + missedCount(missed)
	} else if len(missed) > 0 {
		text += ", " + missedKinds(missed)
	}
	if s := p.stock; !s.whole && !s.unlisted {
		text += ", secrets not all read"
	}
	return text
}

// countProblems says how many there are, and in how many meshes.
func countProblems(all []model.Problem) string {
	if len(all) == 0 {
		return "none"
	}
	meshes := map[string]bool{}
	for _, one := range all {
		if place := placeOf(one); place != "" {
			meshes[place] = true
		}
	}
	text := model.CountWord(len(all))
	if word := model.Visible(model.Ref{}.MeshWord()); meshes[word] {
		delete(meshes, word)
		if len(meshes) == 0 {
			return text + " among global secrets"
		}
		return text + " in " + plural(len(meshes), "mesh", "meshes") + " and global"
	}
	if len(meshes) == 0 {
		return text
	}
	return text + " in " + plural(len(meshes), "mesh", "meshes")
}

// status is how far the reading of facts is, or how many are not read and what
// reads them.
func (p problems) status() Line {
	if p.schooling.all {
		if !p.schooling.busy {
			return say(Plain, "The facts of all secrets are read once the list is.")
		}
		return say(Plain, fmt.Sprintf("Reading facts: %s of %s.", model.CountWord(p.schooling.done), model.CountWord(p.schooling.of)))
	}
	n := p.stock.inventory.All.Unlearnt
	switch {
	case n == 0:
		return nil
	case p.schooling.barred:
		return say(Plain, "… facts of "+model.CountWord(n)+" not read: you may not read values here")
	}
	return Line{{Plain, "… facts of " + model.CountWord(n) + " not read; "}, {Accent, ":" + string(keymap.LearnFacts)}, {Plain, " reads them"}}
}

// roomyFrom is the height of the body from which blank lines stand after rules.
const roomyFrom = 27

// lowerOf is how many lines the lower part has.
func lowerOf(height int) int {
	switch {
	case height >= 37:
		return 14
	case height >= roomyFrom:
		return 10
	case height >= 21:
		return 7
	case height >= 15:
		return 6
	}
	return 3
}

// room is how many problems are in sight.
func (p problems) room(f Frame) int {
	return max(f.Height-len(p.head(f))-1-lowerOf(f.Height), 1)
}

func (p problems) list(f Frame, room int) []Line {
	c := problemColumnsFor(f.Width)
	lines := []Line{c.header()}
	top := p.window.follow(p.near, room, p.len()).top
	if c.mesh == 0 {
		c.twice = p.sharedNames(top, min(top+room, p.len()))
	}
	for i := top; i < min(top+room, p.len()); i++ {
		at := noBar
		if i == p.near {
			at = actingBar
		}
		lines = append(lines, p.drawn(c, p.problem(i), at, f))
	}
	return lines
}

// sharedNames are those that some lines of the list give to secrets of several
// meshes.
func (p problems) sharedNames(from, to int) map[string]bool {
	mesh, shared := map[string]string{}, map[string]bool{}
	for i := from; i < to; i++ {
		ref := p.problem(i).Ref
		if of, known := mesh[ref.Name]; known && of != ref.Mesh && ref.Name != "" {
			shared[ref.Name] = true
		}
		mesh[ref.Name] = ref.Mesh
	}
	return shared
}

// move moves the bar.
func (p problems) move(f Frame, id keymap.ID) problems {
	if p.len() == 0 {
		return p
	}
	i := moved(id, p.near, p.room(f), p.len())
	p.window = p.window.follow(i, p.room(f), p.len())
	return p.put(i)
}
