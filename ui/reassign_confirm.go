package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// drawConfirm says what was checked, what will happen, and asks for consent.
func (r reassign) drawConfirm(c *canvas) {
	line := Line{{Plain, " ✓ " + plural(r.checks.Passed(), "check", "checks") + " passed"}}
	if n := len(r.checks.Unread); n > 0 {
		kinds := make([]string, n)
		for i, u := range r.checks.Unread {
			kinds[i] = string(u.Kind)
		}
		line = append(line, Span{Plain, "        "}, look, Span{Plain, fmt.Sprintf(" %d not made%s: %s", n, model.WholeWord(r.checks.Unread), strings.Join(kinds, ", "))})
	}
	c.add(line.shortened(c.w - 4))
	for _, by := range model.Namings(r.checks.Change.Awaited) {
		c.hang(passedMark, backend.AwaitedBy(by))
	}
	for _, found := range r.checks.Findings {
		if mark := findingMark(found.Outcome); mark == look {
			c.hang(mark, found.Text)
		}
	}
	for _, u := range notRead(r.checks.Unread) {
		c.hang(unmarked, u.sentence())
	}
	c.gap()
	c.section("What will happen", "")
	c.gap()
	for i, text := range r.willHappen() {
		c.steps(strconv.Itoa(i+1), text)
	}
	c.gap()
	for _, text := range r.meanwhile() {
		c.para(text)
	}
	c.gap()
	note := ""
	if r.ask.protected != "" {
		note = r.ask.protected + " is protected"
	}
	c.section("Confirm", note)
	c.gap()
	if r.ask.want() == model.OverridePhrase {
		c.para("This takes it from who names it here. To have it in both meshes, add it to " + r.into() + r.likewise() + " instead.")
		c.gap()
	}
	ask := r.ask
	ask.protected = "" // the section says so
	lines, cursor := ask.lines(c.w)
	if cursor != nil {
		c.focus = len(c.lines) + cursor.Y
		c.cursor = &Point{X: cursor.X, Y: c.focus}
	}
	c.add(lines...)
}

// likewise is how what two meshes need is called in the other one.
func (r reassign) likewise() string {
	if r.to.traits.NamePerMesh {
		return " under the same name"
	}
	return " under another name"
}

// steps adds a numbered sentence, its further lines under the first.
func (c *canvas) steps(number, text string) {
	for i, part := range wrap(text, c.w-4-7) {
		if i > 0 {
			number = ""
		}
		c.add(Line{{Plain, "   " + pad(number, 3) + part}})
	}
}

// willHappen are the steps, in words.
func (r reassign) willHappen() []string {
	from, to := r.from(), r.into()
	zones := r.checks.Progress.Plan.Zones
	gap := shortSeconds(r.to.id.Gap())
	if r.to.traits.NamePerMesh {
		steps := []string{
			"it is created in " + to + ", labelled with where it is from, read back and compared",
			"it is deleted from " + from + ", if nobody changed it there meanwhile",
		}
		if zones {
			return append(steps, gap+" later that label is removed, which sends it to the zones again; their answer is read")
		}
		return append(steps, "that label is removed, and both meshes are read and compared")
	}
	steps := []string{
		"a safety copy is written to " + namespaceOf(r.to) + ", read back and compared",
		"the secret is deleted from " + from + ", if it is still the one that was checked",
	}
	if zones {
		return append(steps,
			gap+" later, so that the zones follow, it is created in "+to+", read back and compared",
			"it is sent to the zones once more and their answer is read; the safety copy is deleted")
	}
	return append(steps,
		"it is created in "+to+", labelled, read back and compared; if refused there, it is put back",
		"that label is removed, and the safety copy is deleted")
}

// meanwhile says what holds between the steps.
func (r reassign) meanwhile() []string {
	zones, gap := r.checks.Progress.Plan.Zones, r.to.id.Gap()
	if !r.to.traits.NamePerMesh {
		text := "For a moment it is in no mesh; who asks for it then finds nothing. Its age and UID are new."
		if zones {
			text = fmt.Sprintf("For about %s it is in no mesh, in the zones for up to %s. Running proxies keep what they have; "+
				"who asks for it in those seconds does not find it. Its age and UID start anew.", shortSeconds(gap), shortSeconds(2*gap))
		}
		return []string{text, "Whatever breaks in between, the value stays in the safety copy; :recover shows what is left."}
	}
	text := "It is in both meshes for a moment, and never in none. Its age starts anew. Whatever breaks in between, :recover shows what is left."
	if zones {
		text = fmt.Sprintf("Here it is in both meshes for a moment, and never in none; a zone on Kubernetes can lack it for up to %s. "+
			"Its age starts anew. Whatever breaks in between, :recover shows what is left.", shortSeconds(2*gap+time.Second))
	}
	said := []string{text}
	if !r.to.traits.Preconditions {
		said = append(said, "A Universal control plane cannot delete on a condition: if somebody changes it in the moment of step 2, that is deleted too.")
	}
	return said
}
