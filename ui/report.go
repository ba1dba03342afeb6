package ui

// labelWidth is the room of the words before a fact.
const labelWidth = 13

// report is a canvas of labelled facts, each with a mark where it has one.
type report struct{ canvas }

// fact adds a labelled fact; its text wraps beside the label.
func (r *report) fact(mark Span, label, text string) {
	if text == "" {
		return
	}
	for i, part := range wrap(text, r.w-3-labelWidth-1) {
		if i > 0 {
			mark, label = Span{Plain, " "}, ""
		}
		r.lines = append(r.lines, Line{{Plain, " "}, mark, {Plain, " "}, {Muted, pad(label, labelWidth)}, {Plain, part}})
	}
}

// list adds a fact of several words that are kept whole.
func (r *report) list(label string, words []string) {
	room := r.w - 3 - labelWidth - 1
	var line string
	for _, word := range words {
		if line != "" && width(line)+2+width(word) > room {
			r.fact(unmarked, label, line)
			label, line = "", ""
		}
		if line != "" {
			line += "  "
		}
		line += word
	}
	r.fact(unmarked, label, line)
}

// Marks before a fact.
var (
	unmarked = Span{Plain, " "}
	look     = Span{Warning, "!"}
)
