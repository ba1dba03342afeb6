package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// filtered applies a filter as it is typed. While it grows only the hits so
// far are looked at.
func (b browse) filtered(f Frame, text string) browse {
	was := b.filter
	b.text, b.filter = text, readFilter(text, b.typing_).Without(b.stock.hidden())
	if strings.TrimSpace(text) == "" {
		b.text = ""
	}
	b.rows = b.rows.filter(b.filter, f.Now, b.filter.Narrows(was))
	b.marks = b.marks.among(b.rows)
	return b
}

// cleared shows all rows again. The bar stays on the secret that it was on among
// those that matched: what is done next is done with that one.
func (b browse) cleared(f Frame) browse { return b.onRow().filtered(f, "") }

// kept ends the typing of a filter. What of it was unfinished is over now.
func (b browse) kept(f Frame) browse {
	b.typing_ = false
	b = b.onRow()
	if b.filter.Begun() == "" {
		return b
	}
	return b.filtered(f, b.text)
}

// onRow keeps to the secret that the bar is on now, which a filter may have
// chosen.
func (b browse) onRow() browse {
	if b.rows.len() == 0 {
		return b
	}
	return b.bar(b.index())
}

// sift finds the rows of the scope that match, and their order, after any of
// these changed. A list that is not read to its end does not tell which marked
// secrets are gone.
func (b browse) sift(f Frame) browse {
	b.filter = b.filter.Without(b.stock.hidden())
	b.rows = rowsOf(b.stock.inventory.In(b.scope), b.sort, f.Now).filter(b.filter, f.Now, false)
	b.sifted = f.Now
	if b.stock.whole {
		b.marks = b.marks.there(b.stock.inventory)
	}
	b.marks = b.marks.among(b.rows)
	return b
}

// siftEvery is when rows are sifted again although nothing came: what expires in
// a month and a minute matches "expires:<30d" soon.
const siftEvery = time.Minute

// aged sifts the rows again once time may have made others match, and counts
// those that need a look.
func (b browse) aged(f Frame) browse {
	b.rows.looks = b.rows.all.Looks(f.Now)
	if !b.filter.OfFacts() || f.Now.Sub(b.sifted) < siftEvery {
		return b
	}
	return b.sift(f)
}

// sorting asks for a column, or sorts by the one that was chosen or typed. The
// bar stays on its secret.
func (b browse) sorting(f Frame, p Press) (Screen, Result) {
	next := b.sort
	switch {
	case p.ID == keymap.Reverse:
		next.Reversed = !next.Reversed
	case p.Word == "":
		return b, Result{Open: newSorting(b.sort)}
	case b.wrong(p) != "":
		return b, Result{Say: noted(b.wrong(p))}
	default:
		next, _ = model.ReadSort(p.Word)
	}
	b.sort, b.enough = next, false
	b.window = window{}
	b, run := b.sift(f).learn(f)
	return b, Result{Run: run}
}

// wrong says of a word after a command what is wrong with it.
func (b browse) wrong(p Press) string {
	_, column := model.ReadSort(p.Word)
	_, mesh := b.scopeNamed(p.Word)
	switch {
	case p.Word == "":
	case p.ID == keymap.Sort && !column:
		return "There is no column \"" + model.Visible(p.Word) + "\" to sort by: " + columnNames() + ", and reversed after it."
	case p.ID == keymap.OpenMesh && !mesh:
		return "No mesh is called " + model.Visible(p.Word) + "."
	}
	return ""
}

func columnNames() string {
	var names []string
	for _, by := range model.Columns() {
		names = append(names, by.String())
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// goesByFacts tells that the order or the filter asks for what is learnt from
// values.
func (b browse) goesByFacts() bool { return b.sort.OfFacts() || b.filter.OfFacts() }

// wantsFacts tells that those of all meshes are asked for.
func (b browse) wantsFacts() bool { return b.scope.All && b.goesByFacts() && !b.enough }

// wishing begins to read the facts of all meshes once the order or the filter
// asks for them. What was stopped by hand or failed before is tried again.
func (b browse) wishing(f Frame, screen Screen, result Result) (Screen, Result) {
	next, is := screen.(browse)
	if !is || !next.goesByFacts() || b.goesByFacts() {
		return screen, result
	}
	next.enough, next.lessons = false, next.lessons.anew()
	next, run := next.learn(f)
	result.Run = tea.Batch(result.Run, run)
	return next, result
}

// notLearnt says of how many secrets nobody knows where they belong, when the
// order or the filter goes by what was learnt.
func (b browse) notLearnt() string {
	if b.rows.unlearnt == 0 || !b.goesByFacts() {
		return ""
	}
	return ", " + model.CountWord(b.rows.unlearnt) + " not read"
}

// notKnown says of how many secrets nobody knows whether they match, because
// who uses them is not known.
func (b browse) notKnown() string {
	if b.rows.unsure == 0 {
		return ""
	}
	return ", " + model.CountWord(b.rows.unsure) + " not known"
}

// kindsNotRead says how many kinds of resources may name secrets and were not
// read, so that what they use has no mark. Used by and problems name them.
func (b browse) kindsNotRead(f Frame) string {
	missed := hidden(b.stock.unread)
	if len(missed) == 0 || !b.stock.looked || f.Width < 60 {
		return ""
	}
	return ", " + missedCount(missed)
}

// whyNotKnown says under an empty list why of some nobody knows whether they
// match.
func (b browse) whyNotKnown(w int) []Line {
	if b.rows.unsure == 0 {
		return nil
	}
	text := "Who uses " + plural(b.rows.unsure, "secret", "secrets") + " is not known. "
	if b.stock.looked {
		text += unreadWords(b.stock.hidden())
	}
	return append([]Line{blank()}, sentenceLines(look, strings.TrimSpace(text), w)...)
}

// chooseNamed shows the secrets of the mesh of a name.
func (b browse) chooseNamed(f Frame, name string) (Screen, Result) {
	scope, is := b.scopeNamed(name)
	if !is {
		return b, Result{Say: refused("No mesh is called " + model.Visible(name) + ".")}
	}
	return b.choose(f, scope)
}

// scopeNamed is the mesh of a name; "all" and "global" stand for themselves, where
// no mesh is called so.
func (b browse) scopeNamed(name string) (scope model.Scope, is bool) {
	called := func(m model.MeshSummary) bool { return m.Mesh.Name == name }
	switch {
	case slices.ContainsFunc(b.stock.inventory.Meshes, called):
		return model.Scope{Mesh: name}, true
	case name == "all":
		return model.Scope{All: true}, true
	case name == "global":
		return model.Scope{Global: true}, true
	}
	return model.Scope{}, false
}
