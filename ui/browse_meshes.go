package ui

import (
	"maps"
	"slices"
	"strings"
	"time"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// place is a line of the Meshes pane.
type place struct {
	scope model.Scope
	digit string
	name  string
	mesh  model.MeshSummary
	gap   bool // a blank line before it
}

// places are the lines of the Meshes pane: all, global, each mesh, and last
// the meshes that are only named by secrets.
func (b browse) places() []place {
	inv := b.stock.inventory
	out := []place{
		{scope: model.Scope{All: true}, digit: "0", name: "all", mesh: inv.All},
		{scope: model.Scope{Global: true}, name: "global", mesh: inv.Global},
	}
	n, gap := 0, true
	for _, m := range inv.Meshes {
		p := place{scope: model.Scope{Mesh: m.Mesh.Name}, name: model.Visible(m.Mesh.Name), mesh: m, gap: gap}
		gap = false
		if m.Mesh.Missing {
			p.gap = p.gap || !out[len(out)-1].mesh.Mesh.Missing
		} else if n++; n <= 9 {
			p.digit = string(rune('0' + n))
		}
		out = append(out, p)
	}
	return out
}

func (b browse) placeIndex(places []place) int {
	return max(slices.IndexFunc(places, func(p place) bool { return p.scope == b.scope }), 0)
}

// moveMesh chooses another line of the Meshes pane.
func (b browse) moveMesh(f Frame, id keymap.ID, room int) (Screen, Result) {
	places := b.places()
	i := moved(id, b.placeIndex(places), room, len(places))
	return b.choose(f, places[i].scope)
}

// row is the row at the bar, when there is one.
func (b browse) row() (model.Row, bool) {
	if b.rows.len() == 0 {
		return model.Row{}, false
	}
	return b.rows.at(b.index()), true
}

// index is where the chosen secret stands now.
func (b browse) index() int {
	ref, ok := b.chosen[b.scope]
	if !ok {
		return 0
	}
	return b.rows.find(ref, b.near)
}

// bar puts the bar on the row at i.
func (b browse) bar(i int) browse {
	chosen := maps.Clone(b.chosen)
	if chosen == nil {
		chosen = map[model.Scope]model.Ref{}
	}
	chosen[b.scope] = b.rows.at(i).Secret.Ref
	b.chosen, b.near = chosen, i
	return b
}

// drawMeshes draws the pane of w inner cells.
func (b browse) drawMeshes(f Frame, w, h int) []Line {
	places := b.places()
	digits := 2
	for _, p := range places {
		digits = max(digits, len(model.CountWord(p.mesh.Secrets)))
	}
	name := w - 9 - digits
	var lines []Line
	chosen := b.placeIndex(places)
	at := 0
	for i, p := range places {
		if p.gap {
			lines = append(lines, blank())
		}
		if i == chosen {
			at = len(lines)
		}
		lines = append(lines, Line{
			{Plain, " "}, b.meshBar(i == chosen).span(), {Plain, " "},
			{Muted, pad(p.digit, 1)}, {Plain, " "},
			{meshRole(p, i == chosen && b.pane == meshesPane), pad(shorten(p.name, name), name)},
			{Plain, " "}, b.worst(f, p), {Plain, " "},
			right(Plain, b.meshCount(p), digits), {Plain, " "},
		})
	}
	notes := append(b.meshesUnread(w), b.othersRead(f, w)...)
	return append(scrollTo(lines, at, h-len(notes)), notes...)
}

// meshesUnread says under the meshes why these are only those that secrets
// name.
func (b browse) meshesUnread(w int) []Line {
	if !b.stock.blind() {
		return nil
	}
	return append([]Line{blank()}, sentenceLines(look, "meshes not read: you may not list them", w)...)
}

// othersOld is how old the other rows may be before that is worth a line.
const othersOld = time.Minute

// othersRead says under the meshes how old the marks and counts of the others
// are, where only the secrets on screen are polled.
func (b browse) othersRead(f Frame, w int) []Line {
	age := f.Now.Sub(b.wholeAt)
	if b.to.traits.Watches || b.scope.All || b.unwatched || b.wholeAt.IsZero() || age < othersOld {
		return nil
	}
	text := " others read " + model.AgeWord(age) + " ago"
	if w >= narrowDialog {
		text = "   the other lines were read " + model.AgeWord(age) + " ago; ctrl+r reads all"
	}
	return []Line{blank(), say(Muted, text)}
}

// scrollTo keeps line at in sight of h lines.
func scrollTo(lines []Line, at, h int) []Line {
	if len(lines) <= h || h < 1 {
		return lines
	}
	top := max(min(at-h/2, len(lines)-h), 0)
	return lines[top : top+h]
}

func (b browse) meshBar(chosen bool) bar {
	switch {
	case !chosen:
		return noBar
	case b.pane == meshesPane:
		return actingBar
	}
	return restingBar
}

func meshRole(p place, selected bool) Role {
	switch {
	case selected:
		return Selection
	case p.mesh.Mesh.Missing, p.scope.All, p.scope.Global:
		return Muted
	}
	return Plain
}

// worst is the worst mark of a mesh, of what is known. Where nothing wrong is
// known and not all values were looked at, it says that.
func (b browse) worst(f Frame, p place) Span {
	switch p.mesh.WorstAt(f.Now) {
	case model.HasMissing:
		return Span{MissingMark, "✗"}
	case model.NeedsLook:
		return Span{Warning, "!"}
	case model.Healthy:
	}
	if p.mesh.Unlearnt > 0 && b.stock.whole {
		return Span{Muted, "…"}
	}
	return Span{Plain, " "}
}

// meshCount is the number of secrets, an ellipsis while none of a mesh was
// read yet.
func (b browse) meshCount(p place) string {
	if !b.stock.whole && p.mesh.Secrets == 0 {
		return "…"
	}
	return model.CountWord(p.mesh.Secrets)
}

// drawMeshesWide draws the pane alone, with columns of its own.
func (b browse) drawMeshesWide(f Frame, w, h int) []Line {
	const fixed = 54
	trust := w - fixed - 1
	name := 18
	if trust < 16 {
		name, trust = max(w-28, 8), 0
	}
	header := Line{{Muted, "      " + pad("NAME", name) + "   SECRETS"}}
	if trust > 0 {
		header = append(header, Span{Muted, "  MISSING  LOOK AT  TRUST"})
	}
	lines := []Line{header}
	places := b.places()
	chosen, at := b.placeIndex(places), 0
	for i, p := range places {
		if p.gap {
			lines = append(lines, blank())
		}
		if i == chosen {
			at = len(lines)
		}
		line := Line{
			{Plain, " "}, b.meshBar(i == chosen).span(), {Plain, " "}, {Muted, pad(p.digit, 1)}, {Plain, "  "},
			{meshRole(p, i == chosen), pad(shorten(p.name, name), name)}, {Plain, " "}, b.worst(f, p), {Plain, " "},
			right(Plain, b.meshCount(p), 7),
		}
		if trust > 0 {
			line = append(line, Span{Plain, "  "}, right(Plain, countOf(p.mesh.Missing), 7), Span{Plain, "  "}, b.looks(f, p), Span{Plain, "  "})
			line = append(line, trustOf(p, trust)...)
		}
		lines = append(lines, line)
	}
	notes := append(b.meshesUnread(w), b.othersRead(f, w)...)
	return append(append(lines[:1:1], scrollTo(lines[1:], at-1, h-1-len(notes))...), notes...)
}

func countOf(n int) string {
	if n == 0 {
		return ""
	}
	return model.CountWord(n)
}

// looks is how many secrets of a mesh need a look, of what is known: dots after it
// say that not all values were looked at.
func (b browse) looks(f Frame, p place) Span {
	text := countOf(b.stock.inventory.In(p.scope).Looks(f.Now))
	if p.mesh.Unlearnt > 0 && b.stock.whole {
		text = strings.TrimSpace(text + " …")
	}
	return right(Plain, text, 7)
}

// trustOf says how a mesh's data planes trust each other, and before that what
// is odd about its name.
func trustOf(p place, w int) Line {
	switch {
	case p.scope.All, p.scope.Global:
		return nil
	case p.mesh.Unread:
		return say(Plain, "not read")
	}
	trust := strings.TrimSpace(p.mesh.Mesh.Trust())
	if odd := oddName(p.mesh); odd != "" {
		return Line{look, {Plain, " " + shorten(odd+"; "+trust, w-2)}}
	}
	return say(Plain, shorten(trust, w))
}

// oddName says what is odd about the name of a mesh, "" when nothing is.
func oddName(m model.MeshSummary) string {
	if sign, strange := model.StrangeSign(m.Mesh.Name); strange {
		return "has a strange name: " + sign
	}
	if m.Alike != "" {
		return "looks like " + model.Visible(m.Alike)
	}
	return ""
}
