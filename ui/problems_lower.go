package ui

import (
	"slices"
	"strings"

	"meshsecrets/model"
)

// lower is what is said of the problem at the bar: what it means, and the keys
// that mend it. Where there is little room it is said in one sentence, with the
// first of the keys; where there is much, what was read stands below it.
func (p problems) lower(f Frame) []Line {
	one := p.problem(p.near)
	room := lowerOf(f.Height)
	c := &canvas{w: f.Width}
	for _, said := range p.tellings(one) {
		c = &canvas{w: f.Width}
		p.explain(c, f, said.of, said.depth)
		if c.written() <= room {
			break
		}
	}
	for _, absent := range []bool{true, false} {
		if read := p.whatWasRead(f, absent); len(c.lines)+1+len(read) <= room && f.Height >= 37 {
			c.gap()
			c.add(read...)
			break
		}
	}
	return c.fit(room).Lines
}

// mostNamed is how many of those that hold the same are named at most, and
// fewerNamed by how many fewer are tried where there is no room.
const (
	mostNamed  = 48
	fewerNamed = 4
)

// telling is one way to tell of a problem.
type telling struct {
	of    model.Problem
	depth depth
}

// tellings are the ways to tell of a problem, the longest first.
func (p problems) tellings(one model.Problem) []telling {
	var out []telling
	_, of := one.Naming(0)
	for most := min(of, mostNamed); most > fewerNamed; most -= fewerNamed {
		named, _ := one.Naming(most)
		out = append(out, telling{named, inFull})
	}
	return append(out, telling{one, inFull}, telling{one, inShort}, telling{one, inOneLine})
}

// written is how many lines there are without the blank ones, which give way.
func (c *canvas) written() int {
	n := 0
	for _, l := range c.lines {
		if l.width() > 0 {
			n++
		}
	}
	return n
}

// depth is how much is said of a problem.
type depth uint8

const (
	inFull depth = iota
	inShort
	inOneLine
)

func (p problems) explain(c *canvas, f Frame, one model.Problem, said depth) {
	title := model.Visible(one.Ref.Name)
	if one.Ref.Name == "" {
		title = "mesh " + model.Visible(one.Ref.Mesh)
	}
	c.section(title, "")
	if f.Height >= roomyFrom {
		c.gap()
	}
	remedies := p.remedies(one)
	if said != inFull {
		remedies = remedies[:min(len(remedies), 1)]
	}
	switch said {
	case inFull:
		for _, text := range one.Meaning() {
			c.para(text)
		}
	case inShort:
		c.para(one.Brief())
	case inOneLine:
		c.add(say(Plain, "   "+shorten(one.Cell(false), f.Width-4)))
	}
	if len(remedies) > 0 && said != inOneLine {
		c.gap()
	}
	for _, r := range remedies {
		key := f.Keys.Get(actionOf(r.Deed)).Label()
		switch said {
		case inFull:
			c.add(keyLines(key, r.Text+r.More, f.Width)...)
		case inShort:
			c.add(keyLines(key, r.Text, f.Width)...)
		case inOneLine:
			c.add(keyLine(Span{Accent, key}, r.Text).shortened(f.Width - 1))
		}
	}
}

// keyIndent is where it stands what a key does.
const keyIndent = 9

// keyLines is a key and what it does, wrapped beside the key.
func keyLines(key, text string, w int) []Line {
	var lines []Line
	label := Span{Accent, key}
	for _, part := range wrap(text, w-keyIndent-4) {
		lines = append(lines, keyLine(label, part))
		label = Span{Plain, ""}
	}
	return lines
}

func keyLine(key Span, text string) Line {
	key.Text = pad(key.Text, keyIndent-3)
	return Line{{Plain, "   "}, key, {Plain, text}}
}

// whatWasRead says what the list of problems is worth; with the kinds that are
// not there, where there is room for that.
func (p problems) whatWasRead(f Frame, absent bool) []Line {
	c := &canvas{w: f.Width}
	c.section("What was read", "")
	c.gap()
	c.para(p.readLine(f) + ".")
	for _, text := range p.unread() {
		c.hang(look, text)
	}
	if absent {
		p.absent(c)
	}
	return c.lines
}

// absent names the kinds that the control plane does not have.
func (p problems) absent(c *canvas) {
	for _, kinds := range notRead(p.stock.unread) {
		if kinds.why == model.NotHere {
			c.hang(unmarked, kinds.sentence()+".")
		}
	}
}

const andFacts = " and their facts"

// readLine says how much was read, and when.
func (p problems) readLine(f Frame) string {
	d := p.found
	secrets := plural(d.Secrets, "secret", "secrets")
	switch {
	case d.Secrets == 0:
		secrets = "no secrets"
	case d.Unlearnt == 0:
		secrets += andFacts
	case d.Unlearnt == d.Secrets:
	default:
		secrets += ", the facts of " + model.CountWord(d.Secrets-d.Unlearnt) + " of them"
	}
	parts := []string{plural(d.Meshes, "mesh", "meshes"), secrets, plural(len(p.stock.read), "kind of resources", "kinds of resources")}
	return strings.Join(parts, ", ") + p.stock.when(f.Now)
}

// unread names all that was not looked at, so that what is wrong there is not
// known.
func (p problems) unread() []string {
	var texts []string
	s := p.stock
	switch {
	case s.unlisted:
		texts = append(texts, "Secrets are not listed here, so only those that were opened are among them.")
	case !s.whole:
		texts = append(texts, "The list of secrets is not read to its end.")
	}
	switch {
	case s.unseen != "":
		texts = append(texts, "Who refers to secrets could not be read: "+s.unseen)
	case !s.looked:
		texts = append(texts, "Who refers to secrets is still being read.")
	}
	if n := s.inventory.All.Unlearnt; n > 0 {
		texts = append(texts, "Facts of "+plural(n, "secret", "secrets")+" are not read, so what is wrong with their values is not known.")
	}
	if p.unsought != nil {
		why, _ := words(p.unsought, p.to)
		texts = append(texts, "Whether a reassign was interrupted is not known. "+why)
	}
	for _, kinds := range notRead(hidden(s.unread)) {
		texts = append(texts, kinds.sentence()+".")
	}
	return texts
}

// hidden are the kinds of which there may be resources that were not read: what
// a control plane does not have names nothing.
func hidden(unread []model.Unread) []model.Unread {
	return slices.DeleteFunc(slices.Clone(unread), func(u model.Unread) bool { return !u.MayBeThere() })
}

// factsOf says what is right with the facts of so many secrets, as far as what
// was missed leaves no doubt: what pairs with what, and what is named, nobody
// knows while there are kinds that were not read whole.
func factsOf(n int, missed []string, kinds []unreadKinds) string {
	of := "Facts of " + model.CountWord(n) + ": "
	switch {
	case n == 0:
	case len(missed) == 0:
		return of + "every pair matches, nothing expires within 30 days, nothing referenced is missing, every secret has its mesh and label."
	case len(missed) == len(kinds):
		return of + "nothing expires within 30 days."
	}
	return ""
}

// none says that nothing was found, and what that is worth.
func (p problems) none(f Frame) []Line {
	c := &canvas{w: f.Width}
	if f.Height < roomyFrom {
		c.gap()
	}
	c.gap()
	first := "Nothing wrong was found."
	missed := p.unread()
	if len(missed) > 0 {
		first = "Nothing wrong was found in what was read."
	}
	c.para(first)
	c.gap()
	c.para("Read: " + strings.Replace(p.readLine(f), andFacts, "", 1) + ".")
	if text := factsOf(p.found.Secrets-p.found.Unlearnt, missed, notRead(hidden(p.stock.unread))); text != "" {
		c.para(text)
	}
	if len(missed) > 0 {
		c.gap()
	}
	for _, text := range missed {
		c.hang(look, text)
	}
	p.absent(c)
	return c.lines
}
