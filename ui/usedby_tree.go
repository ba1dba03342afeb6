package ui

import (
	"slices"
	"time"

	"meshsecrets/model"
)

// tree is a model.Trust laid out in lines: what stands where, apart from the
// width of the window and the clock.
type tree struct {
	branches []branch
	leaves   []leaf // as they stand below each other, those that nobody names last
}

// branch is one line of the tree.
type branch struct {
	lines string // "│ └ "
	below string // the same for what stands under it
	name  string // visible
	role  Role
	words []model.TrustWord // of all but leaves
	leaf  int               // its number, -1 for all others
	place *model.TrustLeaf  // of a leaf, and of a secret that is not made yet
}

// spacer tells that the line only parts two others.
func (b branch) spacer() bool { return b.name == "" && b.place == nil }

// leafID tells leaves apart: one secret may stand in several places.
type leafID struct {
	user, role, path string
	ref              model.Ref
}

// leaf is a secret that the bar can stand on.
type leaf struct {
	id   leafID
	row  model.Row
	idle bool // nobody names it
}

// treeOf lays out who names secrets. The whole mesh is airy.
func treeOf(t model.Trust, airy bool) tree {
	var l tree
	l.branches = append(l.branches, branch{name: model.Visible(t.Mesh.Name), words: t.MeshWords(), leaf: -1})
	for i, u := range t.Users {
		if airy {
			l.branches = append(l.branches, branch{lines: "│", leaf: -1})
		}
		l.user(u, i == len(t.Users)-1)
	}
	for _, row := range t.Idle {
		l.leaves = append(l.leaves, leaf{id: leafID{ref: row.Secret.Ref}, row: row, idle: true})
	}
	return l
}

// fork gives the lines before a branch and before what stands below it.
func fork(before string, last bool) (lines, below string) {
	if last {
		return before + "└ ", before + "  "
	}
	return before + "├ ", before + "│ "
}

func (t *tree) user(u model.TrustUser, last bool) {
	lines, below := fork("", last)
	t.branches = append(t.branches, branch{lines: lines, below: below, name: u.Title(), words: u.Words(), leaf: -1})
	for i, g := range u.Groups {
		if g.Detail == "" || len(u.Groups) == 1 {
			t.places(u, g, below, i == len(u.Groups)-1)
			continue
		}
		words := g.Words()
		inner, under := fork(below, i == len(u.Groups)-1)
		t.branches = append(t.branches, branch{lines: inner, below: under, name: words[0].Text, role: Muted, words: words[1:], leaf: -1})
		t.places(u, g, under, true)
	}
}

// places lays out what a part of a resource names; last tells that nothing of
// the resource follows.
func (t *tree) places(u model.TrustUser, g model.TrustGroup, before string, last bool) {
	for i, p := range g.Places {
		lines, below := fork(before, last && i == len(g.Places)-1)
		t.branches = append(t.branches, branch{lines: lines, below: below, name: model.Visible(p.Role), role: Muted, words: p.Words(), leaf: -1})
		for j := range p.Leaves {
			t.hang(u, p, &p.Leaves[j], below, j == len(p.Leaves)-1)
		}
	}
}

// hang puts a secret into the tree. One that is not made yet is no leaf: there
// is nothing to stand on.
func (t *tree) hang(u model.TrustUser, p model.TrustPlace, l *model.TrustLeaf, before string, last bool) {
	lines, below := fork(before, last)
	b := branch{lines: lines, below: below, name: model.Visible(l.Reference.Secret), leaf: -1, place: l}
	if l.There {
		b.leaf = len(t.leaves)
		t.leaves = append(t.leaves, leaf{id: leafID{u.Title(), p.Role, l.Reference.Path, l.Reference.Target()}, row: l.Row})
	}
	t.branches = append(t.branches, b)
}

// find tells where a leaf is now: in its place, else elsewhere, else near where
// it was.
func (t tree) find(id leafID, near int) int {
	if i := slices.IndexFunc(t.leaves, func(l leaf) bool { return l.id == id }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(t.leaves, func(l leaf) bool { return l.id.ref == id.ref }); i >= 0 {
		return i
	}
	return max(min(near, len(t.leaves)-1), 0)
}

// lineOf is a line of the tree on the screen: a branch, or what is said of it
// below it, where the window is narrow.
type lineOf struct {
	branch int
	below  bool
}

// plan are the lines for a window. Spacers go when it is low.
func (t tree) plan(narrow, low bool) []lineOf {
	lines := make([]lineOf, 0, len(t.branches))
	for i, b := range t.branches {
		if low && b.spacer() {
			continue
		}
		lines = append(lines, lineOf{branch: i})
		if narrow && (len(b.words) > 0 || b.place != nil) {
			lines = append(lines, lineOf{branch: i, below: true})
		}
	}
	return lines
}

// rightColumn is where it begins to be said what a branch is, 0 when it stands
// below its line.
func rightColumn(w int) int {
	switch {
	case w >= twoPanes:
		return 50
	case w >= besideFrom:
		return 40
	}
	return 0
}

// besideFrom is the width from which words stand beside their branch.
const besideFrom = 70

// draw draws one line.
func (t tree) draw(at lineOf, chosen int, now time.Time, w int) Line {
	b := t.branches[at.branch]
	column := rightColumn(w)
	words := b.words
	if b.place != nil {
		words = b.place.Words(now)
	}
	if at.below {
		return append(Line{{Plain, "   "}, {Muted, b.below}, {Plain, "  "}}, wordLine(words, w-width(b.below)-6)...)
	}
	act := noBar
	if b.leaf >= 0 && b.leaf == chosen {
		act = actingBar
	}
	line := append(Line{{Plain, " "}, act.span(), {Plain, " "}, {Muted, b.lines}}, t.named(b, act)...)
	if column == 0 || len(words) == 0 {
		return line.shortened(w - 1)
	}
	used := line.width() - width(b.name)
	last := len(line) - 1
	line[last].Text = shortenMiddle(line[last].Text, max(column-2-used, 8))
	line = append(line, Span{Plain, blanks(column - line.width())})
	return append(line, wordLine(words, w-max(column, line.width())-1)...)
}

// named is a branch's name, with the marks of its secret.
func (t tree) named(b branch, act bar) Line {
	if b.place == nil {
		return Line{{b.role, b.name}}
	}
	if !b.place.There {
		return Line{{Muted, b.name}}
	}
	row := b.place.Row
	line := Line{markSpan(row.Mark)}
	if row.System {
		line = append(line, shieldSpan(true))
	}
	return append(line, Span{Plain, " "}, Span{nameRole(row, act), b.name})
}

// wordLine says what is known of a branch. Where there is no room the last
// words are said shorter first, and at last cut.
func wordLine(words []model.TrustWord, room int) Line {
	line := spelled(words, len(words))
	for full := len(words) - 1; full >= 0 && line.width() > room; full-- {
		line = spelled(words, full)
	}
	return line.shortened(max(room, 1))
}

// spelled are words of which the first are said in full.
func spelled(words []model.TrustWord, full int) Line {
	var line Line
	for i, word := range words {
		text := word.Text
		if i >= full {
			text = word.Short
		}
		if text == "" {
			continue
		}
		if len(line) > 0 {
			line = append(line, Span{Plain, ", "})
		}
		switch word.Look {
		case model.Calm:
			line = append(line, Span{Plain, text})
		case model.LookAfter:
			line = append(line, Span{Plain, text + " "}, Span{Warning, "!"})
		case model.Pressing:
			line = append(line, Span{Plain, text + " "}, Span{Failure, "!"})
		case model.LookBefore:
			line = append(line, Span{Warning, "!"}, Span{Plain, " " + text})
		}
	}
	return line
}
