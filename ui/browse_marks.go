package ui

import (
	"maps"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// marks are the secrets that somebody marked, to act on several at once. A mark
// belongs to a secret and not to its row: it stays through reloads, filters and
// other meshes, and vanishes with the secret. Only those that are shown are
// ever acted on, so that nothing happens to what nobody sees.
type marks struct {
	refs  map[model.Ref]bool // replaced, never edited
	shown int                // how many of them are among the rows that are shown
}

func (m marks) has(ref model.Ref) bool { return m.refs[ref] }
func (m marks) none() bool             { return len(m.refs) == 0 }

// hidden is how many are marked and not shown.
func (m marks) hidden() int { return len(m.refs) - m.shown }

// turned marks a secret, or takes its mark away.
func (m marks) turned(ref model.Ref) marks {
	refs := maps.Clone(m.refs)
	if refs == nil {
		refs = map[model.Ref]bool{}
	}
	if refs[ref] {
		delete(refs, ref)
	} else {
		refs[ref] = true
	}
	return marks{refs: refs}
}

// joined marks all secrets of some rows.
func (m marks) joined(shown rows) marks {
	refs := make(map[model.Ref]bool, len(m.refs)+shown.len())
	maps.Copy(refs, m.refs)
	for i := range shown.len() {
		if row := shown.at(i); !row.Ghost() {
			refs[row.Secret.Ref] = true
		}
	}
	return marks{refs: refs}
}

// there drops the marks of secrets that are no longer there. What is named but
// missing has none either: nothing could be done with it.
func (m marks) there(inventory model.Inventory) marks {
	gone := func(ref model.Ref, _ bool) bool {
		row, found := inventory.Find(ref)
		return !found || row.Ghost()
	}
	for ref := range m.refs {
		if gone(ref, true) {
			refs := maps.Clone(m.refs)
			maps.DeleteFunc(refs, gone)
			return marks{refs: refs}
		}
	}
	return m
}

// among counts those that are shown.
func (m marks) among(shown rows) marks {
	m.shown = len(m.in(shown))
	return m
}

// in are the marked rows among those that are shown, in their order.
func (m marks) in(shown rows) []model.Row {
	if m.none() {
		return nil
	}
	var marked []model.Row
	for i := range shown.len() {
		if row := shown.at(i); m.has(row.Secret.Ref) && !row.Ghost() {
			marked = append(marked, row)
		}
	}
	return marked
}

// mark does one of the deeds about marks.
func (b browse) mark(f Frame, id keymap.ID) (Screen, Result) {
	switch id {
	case keymap.MarkAll:
		b.marks = b.marks.joined(b.rows).among(b.rows)
	case keymap.ClearMarks:
		return b.unmark()
	case keymap.Mark:
		if row, ok := b.row(); ok && !row.Ghost() {
			b.marks = b.marks.turned(row.Secret.Ref).among(b.rows)
			return b.move(f, keymap.Down)
		}
	}
	return b, Result{}
}

// unmark clears all marks, those that are not shown too, and says how many.
func (b browse) unmark() (Screen, Result) {
	text := "Nothing is marked."
	if !b.marks.none() {
		text = plural(len(b.marks.refs), "mark", "marks") + " cleared."
	}
	b.marks = marks{}
	return b, Result{Say: Message{Text: text}}
}

// withMarks puts the deeds about marks before those of a row. Once something is
// marked the hints are about that; in a narrow window first about what is done
// with the marks.
func (b browse) withMarks(f Frame, deeds []Deed) []Deed {
	marking := !b.marks.none()
	one := Deed{ID: keymap.Mark, Quiet: !marking}
	if row, ok := b.row(); ok && row.Ghost() {
		one.Not = model.Visible(row.Secret.Ref.Name) + " is missing, so there is nothing to mark."
	}
	all := []Deed{one, {ID: keymap.MarkAll, Word: "mark all " + model.CountWord(b.rows.matched), Quiet: !marking}}
	none := Deed{ID: keymap.ClearMarks, Quiet: !marking}
	for i := range deeds {
		deeds[i].Quiet = deeds[i].Quiet || b.marks.shown > 0 && !f.Keys.Get(deeds[i].ID).OnMarks
	}
	if f.Width < narrowDialog {
		return append(append(all, deeds...), none)
	}
	return append(append(all, none), deeds...)
}

// deleteDeed deletes the row at the bar, or all that is marked and shown.
func (b browse) deleteDeed(row model.Row) Deed {
	deed := Deed{ID: keymap.Delete, Not: firstOf(b.silent(), b.stock.waiting()), Quiet: b.muted() != ""}
	if n := b.marks.shown; n > 0 {
		deed.Word = "delete " + model.CountWord(n)
		return deed
	}
	deed.Not = firstOf(b.rowless(row), deed.Not, b.to.cannotChange(row))
	return deed
}

// moveDeed reassigns the row at the bar, or all that is marked and shown.
func (b browse) moveDeed(row model.Row) Deed {
	deed := Deed{ID: keymap.Reassign, Not: firstOf(b.silent(), b.stock.waiting()), Quiet: b.muted() != ""}
	if n := b.marks.shown; n > 0 {
		deed.Word = "reassign " + model.CountWord(n)
		return deed
	}
	deed.Not = firstOf(b.rowless(row), deed.Not, b.to.cannotMove(row))
	return deed
}

// plusAt is the cell of a row that shows whether it is marked.
const plusAt = 2

// marked is the line of a row that is marked, or is not.
func (l Line) marked(is bool) Line {
	if is {
		l[plusAt] = Span{Plain, "+"}
	}
	return l
}

// marked says how many are marked, and that those that are not shown are left
// alone, in as many words as there is room for.
func (b browse) marked(w int) Line {
	shown, more := b.marks.shown, b.marks.hidden()
	head, are, they := model.CountWord(shown)+" marked", " are", "they are"
	if more == 1 {
		are, they = " is", "it is"
	}
	all := model.CountWord(more) + are
	if shown > 0 {
		all = head + ". " + model.CountWord(more) + " more" + are
	}
	texts := []string{
		all + " marked but " + b.outside() + ": " + they + " left alone.",
		all + " " + b.outside() + ": left alone.",
		head + ", " + model.CountWord(more) + " left alone.",
	}
	if more == 0 {
		texts = []string{head + "."}
	}
	for _, text := range texts {
		if width(text)+5 <= w {
			return say(Plain, "+ "+text)
		}
	}
	return say(Plain, "+ "+texts[len(texts)-1])
}

// alsoMarked follows the count of the secrets that are shown. In the narrowest
// windows the status line alone says it.
func (b browse) alsoMarked(f Frame) string {
	if b.marks.shown == 0 || f.Width < narrowest {
		return ""
	}
	return ", " + model.CountWord(b.marks.shown) + " marked"
}

// narrowest is the width under which line 2 has no room for what is marked.
const narrowest = 60

// outside says why marked secrets are not shown.
func (b browse) outside() string {
	switch {
	case b.text != "":
		return "not in the filter"
	case b.scope.Global:
		return "not global"
	}
	return "not in " + model.Visible(b.scope.Mesh)
}
