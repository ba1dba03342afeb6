package ui

import (
	"fmt"
	"strings"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// usedByBody is everything below line 2: the tree, of which only what is in
// sight is drawn, and what stands under it.
type usedByBody struct {
	lead   int // blank lines before the tree
	plan   []lineOf
	tail   []Line
	leafAt []int // the line of each leaf
}

func (b usedByBody) len() int { return b.lead + len(b.plan) + len(b.tail) }

// body lays everything out. A window that is too low loses blank lines first.
func (u usedBy) body(f Frame) usedByBody {
	var b usedByBody
	for _, lost := range []blanksLost{keepBlanks, afterRules, allOfThem} {
		room := f.Height - 1
		if lost == keepBlanks {
			room--
		}
		if b = u.layOut(f, lost); b.len() <= room {
			break
		}
	}
	return b
}

// blanksLost is which blank lines are given up.
type blanksLost uint8

const (
	keepBlanks blanksLost = iota
	afterRules            // of the sections
	allOfThem             // those in the tree too
)

func (u usedBy) layOut(f Frame, lost blanksLost) usedByBody {
	b := usedByBody{leafAt: make([]int, len(u.tree.leaves))}
	if f.Whole > lowest+4 {
		b.lead = 1
	}
	tail := &trustText{canvas: canvas{w: f.Width}, low: lost >= afterRules}
	if u.drawn() {
		b.plan = u.tree.plan(rightColumn(f.Width) == 0, lost >= allOfThem)
	} else {
		u.saysNone(tail)
	}
	for i, at := range b.plan {
		if leaf := u.tree.branches[at.branch].leaf; leaf >= 0 && !at.below {
			b.leafAt[leaf] = b.lead + i
		}
	}
	u.lacking(tail)
	u.pairs(tail, f)
	idle := u.idle(tail, f)
	for i, at := range idle {
		b.leafAt[len(b.leafAt)-len(idle)+i] = b.lead + len(b.plan) + at
	}
	u.migration(tail)
	u.whatWasRead(tail, f)
	b.tail = tail.lines
	return b
}

// drawn tells that there is a tree to draw.
func (u usedBy) drawn() bool { return u.stock.looked && (u.whole || len(u.trust.Users) > 0) }

// trustText is the text under the tree.
type trustText struct {
	canvas
	low bool // no blank line after a rule
}

// head begins a section.
func (t *trustText) head(title, note string) {
	t.gap()
	t.section(title, note)
	if !t.low {
		t.gap()
	}
}

// say adds a sentence after a mark. A wide window leaves no margin: there the
// kinds that were read stand in one line.
func (t *trustText) say(mark Span, text string) {
	w := t.w
	if w < twoPanes {
		w -= 4
	}
	t.add(sentenceLines(mark, text, w)...)
}

func levelSpan(level model.Level) Span {
	switch level {
	case model.Pass:
		return Span{Plain, "✓"}
	case model.Warn:
		return Span{Warning, "!"}
	case model.Stop:
		return Span{Failure, "✗"}
	case model.Inform:
	}
	return Span{Plain, " "}
}

// lacking is the section on a secret that is missing.
func (u usedBy) lacking(t *trustText) {
	sentences, wanted := u.trust.Lacking(u.ref)
	if u.whole || !u.drawn() || len(sentences) == 0 {
		return
	}
	t.head("Missing", "")
	for _, text := range sentences {
		t.say(unmarked, text)
	}
	if why := model.NotAdded(u.ref); why != "" {
		t.say(unmarked, why)
		return
	}
	if readOnly, _ := u.to.gate.ReadOnly(); readOnly {
		return
	}
	if wanted != "" {
		wanted = ": " + wanted
	}
	t.gap()
	t.add(Line{{Plain, "   "}, {Accent, "a"}, {Plain, "     adds it" + wanted}}.shortened(t.w - 1))
}

// pairs is the section on certificates and keys that are named together.
func (u usedBy) pairs(t *trustText, f Frame) {
	if row, _ := u.stock.inventory.Find(u.ref); u.whole || !u.drawn() || row.Ghost() {
		return
	}
	reports := u.trust.Pairs(u.ref, f.Now)
	for _, r := range reports {
		title := "Pair"
		if len(reports) > 1 {
			title += " · " + r.User
		}
		t.head(title, "")
		for _, found := range r.Findings {
			t.say(levelSpan(found.Level), found.Text)
		}
		if len(r.Consequence) > 0 {
			t.gap()
		}
		for _, text := range r.Consequence {
			t.say(unmarked, text)
		}
	}
}

// idleName is the room for names of secrets that nobody names.
const idleName = 24

// idle is the section of these; it tells the line of each.
func (u usedBy) idle(t *trustText, f Frame) []int {
	if !u.whole || len(u.trust.Idle) == 0 || !u.stock.looked {
		return nil
	}
	note := ""
	if len(hidden(u.stock.unread)) > 0 {
		note = "by what was read"
	}
	t.head("Not referenced", note)
	first := len(u.tree.leaves) - len(u.trust.Idle)
	var at []int
	for i, row := range u.trust.Idle {
		act := noBar
		if first+i == u.near {
			act = actingBar
		}
		name := pad(shortenMiddle(model.Visible(row.Secret.Ref.Name), idleName), idleName)
		line := Line{{Plain, " "}, act.span(), {Plain, " "}, {nameRole(row, act), name}, {Plain, "  "}}
		at = append(at, len(t.lines))
		t.add(append(line, wordLine(row.TrustWords(f.Now), f.Width-line.width()-1)...))
	}
	if u.trust.More > 0 {
		t.add(say(Muted, "   and "+model.CountWord(u.trust.More)+" more, which the list has"))
	}
	return at
}

// migration is the section on MeshIdentity.
func (u usedBy) migration(t *trustText) {
	lines := u.trust.MigrationLines()
	if !u.whole || len(lines) == 0 || !u.stock.looked {
		return
	}
	t.head("Towards MeshIdentity", u.trust.Migration().String())
	for _, text := range lines {
		t.say(unmarked, text)
	}
}

// View draws line 2 and what is in sight.
func (u usedBy) View(f Frame) View {
	b := u.body(f)
	room := f.Height - 1
	top := max(min(u.top, b.len()-room), 0)
	view := View{Lines: []Line{u.head(f.Width)}}
	for i := top; i < min(top+room, b.len()); i++ {
		view.Lines = append(view.Lines, u.line(b, i, f))
	}
	if b.len() > room {
		view.Right = fmt.Sprintf("lines %d to %d of %d", top+1, min(top+room, b.len()), b.len())
	}
	view.Status = u.status(f, width(view.Right))
	return view
}

func (u usedBy) line(b usedByBody, i int, f Frame) Line {
	switch i -= b.lead; {
	case i < 0:
		return blank()
	case i < len(b.plan):
		return u.tree.draw(b.plan[i], u.near, f.Now, f.Width)
	}
	return b.tail[i-len(b.plan)]
}

// head is line 2: the secret and its mesh, or the mesh and what it names.
func (u usedBy) head(w int) Line {
	switch {
	case u.whole:
		return rule("Used by · mesh "+model.Visible(u.mesh), u.counts(w < narrowDialog), w)
	case u.mesh == "":
		return rule("Used by · "+model.Visible(u.ref.Name), "global secret", w)
	}
	return rule("Used by · "+model.Visible(u.ref.Name), "mesh "+model.Visible(u.mesh), w)
}

// counts are how many name secrets, and how many secrets; a narrow window has
// room for what is missing alone.
func (u usedBy) counts(narrow bool) string {
	if !u.stock.looked {
		return ""
	}
	users := 0
	for _, user := range u.trust.Users {
		if len(user.Groups) > 0 {
			users++
		}
	}
	kinds := hidden(u.stock.unread)
	missed, unread := len(kinds), missedCount(kinds)
	switch {
	case users == 0 && missed == 0:
		return "nothing names a secret"
	case users == 0 && narrow:
		return unread
	case users == 0:
		return "no user was found, " + unread
	}
	parts := []string{plural(users, "user", "users")}
	if n := u.trust.InUse; n > 0 && !narrow {
		parts = append(parts, plural(n, "secret", "secrets")+" in use")
	}
	if n := u.trust.Secrets - u.trust.InUse; n > 0 && !narrow {
		word := model.CountWord(n)
		if u.trust.InUse == 0 {
			word = plural(n, "secret", "secrets")
		}
		parts = append(parts, word+" referenced")
	}
	if n := u.trust.Missing; n > 0 {
		parts = append(parts, model.CountWord(n)+" missing")
	}
	if missed > 0 && !narrow {
		parts = append(parts, unread)
	}
	return strings.Join(parts, ", ")
}

// status is the legend, or how far the reading of facts is.
func (u usedBy) status(f Frame, taken int) Line {
	if u.asked != nil && f.Now.Sub(u.asked.began) >= hesitation {
		return say(Plain, fmt.Sprintf("Reading facts: %s of %s.", model.CountWord(u.done), model.CountWord(len(u.due))))
	}
	if len(u.tree.leaves) == 0 || !u.drawn() {
		return nil
	}
	dots := ""
	if u.unlearnt() {
		dots = "facts not read"
	}
	if taken > 0 {
		taken += 2
	}
	return legend(f.Width-taken, dots)
}

// move goes from secret to secret; where there is no other, the text scrolls.
func (u usedBy) move(f Frame, id keymap.ID) usedBy {
	b := u.body(f)
	room, total := f.Height-1, b.len()
	end := max(total-room, 0)
	u.top = max(min(u.top, end), 0)
	if len(u.tree.leaves) == 0 || !u.drawn() {
		u.top = scrolled(id, u.top, room, total)
		return u
	}
	switch id {
	case keymap.Down:
		if u.near == len(u.tree.leaves)-1 {
			u.top = min(u.top+1, end)
			return u
		}
		return u.put(u.near+1, b, room)
	case keymap.Up:
		switch {
		case u.top > b.leafAt[u.near] || u.near == 0:
			u.top = max(u.top-1, 0)
			return u
		}
		return u.put(u.near-1, b, room)
	case keymap.Top:
		u.top = 0
		return u.put(0, b, room)
	case keymap.Bottom:
		u = u.put(len(u.tree.leaves)-1, b, room)
		u.top = end
		return u
	}
	return u.paged(id, b, room)
}

// paged scrolls by pages and takes the bar along.
func (u usedBy) paged(id keymap.ID, b usedByBody, room int) usedBy {
	u.top = scrolled(id, u.top, room, b.len())
	down := id == keymap.HalfDown || id == keymap.PageDown
	best := -1
	for i, at := range b.leafAt {
		switch seen := at >= u.top && at < u.top+room; {
		case seen && i == u.near:
			return u
		case seen && (best < 0 || !down):
			best = i
		}
	}
	if best >= 0 {
		u.near, u.at = best, u.tree.leaves[best].id
	}
	return u
}

// put puts the bar on a leaf and brings it in sight, with the lines that say
// whose it is.
func (u usedBy) put(i int, b usedByBody, room int) usedBy {
	u.near, u.at = i, u.tree.leaves[i].id
	const whose = 2
	at := b.leafAt[i]
	if at-whose < u.top {
		u.top = at - whose
	}
	if at >= u.top+room {
		u.top = at - room + 1
	}
	if i == 0 && at < room {
		u.top = 0
	}
	u.top = max(min(u.top, b.len()-room), 0)
	return u
}

// sight brings the leaf at the bar in sight.
func (u usedBy) sight(f Frame) usedBy {
	if _, is := u.chosen(); !is {
		return u
	}
	return u.put(u.near, u.body(f), f.Height-1)
}
