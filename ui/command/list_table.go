package command

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"meshsecrets/model"
)

// none stands in a cell of which there is nothing to say: a line of which some
// words are left out cannot be read aloud, nor split by a program.
const none = "-"

// ghost is the kind of a secret that is referred to and is not there.
const ghost = "missing"

// printTable prints a line each, with the columns of the console's list. It has
// no marks: what they mean is said in words.
func (e *errand) printTable(rows []model.Row, noFacts bool) {
	if len(rows) == 0 {
		return
	}
	lines := [][]string{{"MESH", "NAME", "KIND", "EXPIRES", "AGE", "USED BY", "NOTES"}}
	for _, row := range rows {
		lines = append(lines, e.cells(row))
	}
	if noFacts {
		for i := range lines {
			missing := lines[i][2] == ghost
			if lines[i] = slices.Delete(lines[i], 2, 4); missing {
				lines[i][len(lines[i])-1] = ghost
			}
		}
	}
	for _, line := range aligned(lines) {
		e.sheet.title("%s", line)
	}
}

// cells are the words of a line.
func (e *errand) cells(row model.Row) []string {
	secret := row.Secret
	kind, expires, age := row.KindWord(), none, none
	if !secret.Facts.Learnt() && !row.Ghost() {
		kind, expires = "not read", "not read"
	} else if word, _ := row.Expiry(e.process.Now()); word != "" {
		expires = word
	}
	if !secret.Created.IsZero() {
		age = model.AgeWord(e.process.Now().Sub(secret.Created))
	}
	by, more := row.UsedBy()
	if more > 0 {
		by += " +" + strconv.Itoa(more)
	}
	notes := e.notesOf(row)
	if row.Ghost() {
		notes = nil // the kind says it, which has nothing else to say
	}
	return []string{
		model.Visible(secret.Ref.MeshWord()), model.Visible(secret.Ref.Name), kind, expires, age,
		orNone(by), orNone(strings.Join(notes, ", ")),
	}
}

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}

// aligned puts cells under each other, two blanks apart.
func aligned(lines [][]string) []string {
	wide := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	out := make([]string, len(lines))
	for n, line := range lines {
		var b strings.Builder
		for i, cell := range line {
			b.WriteString(cell)
			if i < len(line)-1 {
				b.WriteString(strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		out[n] = b.String()
	}
	return out
}
