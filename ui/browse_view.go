package ui

import (
	"fmt"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// View draws the panes.
func (b browse) View(f Frame) View {
	if b.to == nil {
		return b.viewConnecting(f)
	}
	view := View{Status: legend(f.Width, b.dots()), Right: ""}
	if !b.marks.none() {
		view.Status = b.marked(f.Width)
	}
	if line, stop, is := b.lessons.status(f); is {
		view.Status, view.Right = line, stop
	}
	if b.loading != nil && !b.quiet && f.Now.Sub(b.loading.began) >= hesitation {
		view.Status, view.Right = b.progress()
	}
	switch {
	case f.Width >= twoPanes:
		view.Lines = b.drawTwo(f)
	case b.pane == meshesPane:
		view.Lines = append([]Line{rule("Meshes", plural(len(b.existing()), "mesh", "meshes"), f.Width)}, b.drawMeshesWide(f, f.Width, f.Height-1)...)
	default:
		view.Lines = append([]Line{ruleOf(b.title(f), b.count(f), f.Width)}, b.drawSecrets(f, f.Width, f.Height-1)...)
	}
	if b.typing_ {
		view = b.drawFilter(f, view)
	}
	return view
}

// drawFilter shows the filter's line in place of the status.
func (b browse) drawFilter(f Frame, view View) View {
	view.Right = fmt.Sprintf("%s of %s", model.CountWord(b.rows.matched), model.CountWord(b.rows.secrets)) + b.notLearnt() + b.notKnown()
	text, at := b.line.line(f.Width - 10 - width(view.Right))
	view.Status = Line{{Accent, "▌"}, {Plain, "/ "}, text}
	view.Cursor = &Point{X: 4 + at, Y: f.Height}
	view.Hints = filterHints(f, b.filter)
	return view
}

// The widths of the Meshes pane beside the list.
const (
	narrowPane = 22
	widePane   = 30
)

// drawTwo draws both panes beside each other.
func (b browse) drawTwo(f Frame) []Line {
	narrow := narrowPane
	if f.Width >= widePanes {
		narrow = widePane
	}
	wide := f.Width - narrow
	inner := f.Height - 2
	borders := [2]Role{Muted, Muted}
	borders[map[pane]int{meshesPane: 0, secretsPane: 1}[b.pane]] = Accent
	meshes := b.drawMeshes(f, narrow-2, inner)
	secrets, divider := b.drawSecretsBox(f, wide, inner)
	lines := make([]Line, 0, f.Height)
	top := frameTop(say(titleRole(b.pane == meshesPane), "Meshes"), "", narrow, borders[0])
	lines = append(lines, append(top, frameTop(b.title(f), b.count(f), wide, borders[1])...))
	for y := range inner {
		line := frameSide(at(meshes, y), narrow, borders[0])
		if y == divider {
			line = append(line, frameMiddle(b.rowName(), wide, borders[1])...)
		} else {
			line = append(line, frameSide(at(secrets, y), wide, borders[1])...)
		}
		lines = append(lines, line)
	}
	return append(lines, append(frameBottom(narrow, borders[0]), frameBottom(wide, borders[1])...))
}

func titleRole(focused bool) Role {
	if focused {
		return Accent
	}
	return Title
}

func at(lines []Line, y int) Line {
	if y < len(lines) {
		return lines[y]
	}
	return nil
}

// roomForFacts is how many rows must remain for the list when the facts strip
// is there.
const roomForFacts = 16

// drawSecretsBox draws the list and under it, where there is room, the facts
// of the row at the bar. divider is the line of the strip's head, -1 without.
func (b browse) drawSecretsBox(f Frame, w, h int) ([]Line, int) {
	list := h - stripLines - 1
	row, ok := b.row()
	if list-1 < roomForFacts || !ok || b.fault() != nil {
		return b.drawSecrets(f, w-2, h), -1
	}
	lines := b.drawSecrets(f, w-2, list)
	for len(lines) < list+1 {
		lines = append(lines, blank())
	}
	return append(lines, factsStrip(b.stock, row, b.nextFor(row), f.Now, w-2)...), list
}

// nextFor is what adds a missing secret, or reads the facts of one that is not
// learnt by itself.
func (b browse) nextFor(row model.Row) string {
	switch {
	case row.Ghost():
		return b.to.mendsMissing(row.Secret.Ref)
	case b.lessons.barred:
		return ": you may not read values here"
	case b.asksForFacts():
		return ": choose its mesh to read them, or :" + string(keymap.LearnFacts) + " for all"
	}
	return ""
}

// asksForFacts tells that facts of the rows are read only when somebody says so.
func (b browse) asksForFacts() bool {
	return b.scope.All && !b.to.traits.ListsFacts && !b.reading() && !b.lessons.all && !b.lessons.barred
}

// dots is what the legend says of facts that are not read: a low window has no
// other place to name the command that reads them.
func (b browse) dots() string {
	switch {
	case b.rows.unlearnt == 0:
		return ""
	case b.asksForFacts():
		return ":" + string(keymap.LearnFacts)
	}
	return "facts not read"
}

func (b browse) rowName() string {
	row, _ := b.row()
	return model.Visible(row.Secret.Ref.Name)
}

// title is the head of the pane of secrets: the chosen mesh and a kept filter.
func (b browse) title(f Frame) Line {
	role := titleRole(b.pane == secretsPane && f.Width >= twoPanes)
	text := "Secrets · " + model.Visible(b.scope.Mesh)
	switch {
	case b.scope.All:
		text = "Secrets · all meshes"
	case b.scope.Global:
		text = "Global secrets"
	case f.Width < 60:
		text = model.Visible(b.scope.Mesh)
	}
	if !b.columns(f).shows(b.sort.By) {
		text += " · by " + b.sort.String()
	}
	if b.text != "" && !b.typing_ {
		text += " / " + model.Visible(b.text)
	}
	return say(role, text)
}

// count is what counts for the whole pane.
func (b browse) count(f Frame) string {
	all := b.stock.inventory.In(b.scope).Len()
	switch {
	case b.denied != nil:
		return "not listed"
	case b.down() != nil && !b.readAt.IsZero():
		return "showing what was read " + model.AgeWord(f.Now.Sub(b.readAt)) + " ago"
	case b.reading() && b.readSoFar() > 0:
		return "reading, " + b.soFar()
	case b.reading():
		return "reading"
	case b.stock.cursor != "" && !b.stock.whole:
		return b.soFar() + " read"
	case b.text != "":
		return fmt.Sprintf("%s of %s", model.CountWord(b.rows.matched), model.CountWord(b.rows.secrets)) + b.notLearnt() + b.notKnown() + b.kindsNotRead(f) + b.alsoMarked(f)
	case f.Width < 60 && all > f.Height-2:
		first := b.window.follow(b.index(), f.Height-2, all).top
		return fmt.Sprintf("rows %d-%d of %d", first+1, min(first+f.Height-2, all), all) + b.alsoMarked(f)
	}
	n := b.rows.secrets
	text := plural(n, "secret", "secrets")
	if n == 0 {
		text = "no secrets"
	}
	if missing := all - n; missing > 0 {
		text += fmt.Sprintf(", %s missing", model.CountWord(missing))
	}
	rest := b.notLearnt() + b.kindsNotRead(f) + b.alsoMarked(f)
	if whole := text + b.toLookAt(f) + rest; width(whole) <= b.roomForCount(f) {
		return whole
	}
	return text + rest
}

// roomForCount is the room beside the title of the pane.
func (b browse) roomForCount(f Frame) int {
	w := f.Width
	switch {
	case w >= widePanes:
		w -= widePane
	case w >= twoPanes:
		w -= narrowPane
	}
	return w - b.title(f).width() - 8
}

// toLookAt follows the count of the secrets, where there is room.
func (b browse) toLookAt(f Frame) string {
	n := b.rows.looks
	switch {
	case n == 0 || f.Width < narrowDialog:
		return ""
	case n == 1:
		return ", 1 needs a look"
	}
	return ", " + model.CountWord(n) + " need a look"
}

// columns are those of the list of secrets.
func (b browse) columns(f Frame) columns {
	w := f.Width
	switch {
	case w >= widePanes:
		w -= widePane + 2
	case w >= twoPanes:
		w -= narrowPane + 2
	}
	cols := columnsFor(w, b.scope.All)
	cols.zone = b.to.id.Federated
	return cols
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return model.CountWord(n) + " " + many
}

// drawSecrets draws the list of h lines, w wide.
func (b browse) drawSecrets(f Frame, w, h int) []Line {
	if b.denied != nil {
		return b.drawDenied(w)
	}
	var lines []Line
	if b.fault() != nil {
		lines = append(lines, b.banner(f, w)...)
		if b.readAt.IsZero() {
			return lines
		}
	}
	if b.rows.len() == 0 {
		return append(lines, b.nothing(w)...)
	}
	if f.Whole >= roomForHead {
		lines = append(lines, b.trust(w)...)
	}
	cols := b.columns(f)
	lines = append(lines, cols.header(b.sort))
	room := h - len(lines)
	chosen := b.index()
	top := b.window.follow(chosen, room, b.rows.len()).top
	act := actingBar
	if b.pane == meshesPane {
		act = restingBar
	}
	for i := top; i < min(top+room, b.rows.len()); i++ {
		mark := noBar
		if i == chosen {
			mark = act
		}
		row := b.rows.at(i)
		lines = append(lines, cols.row(row, mark, f.Now).marked(b.marks.has(row.Secret.Ref)))
	}
	return lines
}

// roomForHead is the height of the window from which the head over the secrets
// is drawn.
const roomForHead = 16

// trust is the head over the secrets: the mesh's mTLS mode, backends and
// identity, and what is odd about its name.
func (b browse) trust(w int) []Line {
	if b.scope.All || b.scope.Global {
		return nil
	}
	var lines []Line
	for _, m := range b.stock.inventory.Meshes {
		if m.Mesh.Name != b.scope.Mesh {
			continue
		}
		if odd := oddName(m); odd != "" {
			lines = append(lines, Line{{Plain, " "}, look, {Plain, " " + shorten("this mesh "+odd, w-4)}})
		}
		if !m.Unread {
			lines = append(lines, Line{{Plain, "   "}, {Plain, shorten(m.Mesh.TrustLine(), w-4)}})
		}
		if fault, broken := m.Mesh.FaultLine(); fault != "" {
			mark := look
			if broken {
				mark = Span{MissingMark, "✗"}
			}
			lines = append(lines, sentenceLines(mark, fault, w)...)
		}
	}
	return lines
}

// move moves the bar of the pane that has the keys.
func (b browse) move(f Frame, id keymap.ID) (Screen, Result) {
	room := f.Height - 3
	if b.pane == meshesPane {
		return b.moveMesh(f, id, room)
	}
	if b.rows.len() == 0 {
		return b, Result{}
	}
	i := moved(id, b.index(), room, b.rows.len())
	b.window = b.window.follow(i, room, b.rows.len())
	return b.bar(i), Result{}
}
