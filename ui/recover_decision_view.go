package ui

import (
	"strings"

	"meshsecrets/model"
)

// roomForEnds is the height from which what is said in sentences is drawn too.
const roomForEnds = 19

// View says what stands where, what is known, and what can be done.
func (d decision) View(f Frame) View {
	c := &canvas{w: f.Width}
	c.section("Recover · "+d.item.title(), d.item.way())
	c.gap()
	if d.item.looked && d.item.Problem == "" && f.Height >= roomForEnds {
		d.item.drawEnds(c)
		c.gap()
	}
	c.section("What is known", "")
	c.gap()
	d.drawKnown(c, f)
	c.gap()
	if d.typed {
		d.drawConfirm(c)
		return c.fit(f.Height)
	}
	c.section("What now", "")
	c.gap()
	d.drawChoices(c, f)
	view := c.fit(f.Height)
	switch {
	case d.ready != nil:
		view.Status = say(Plain, "Looking once more before anything is done.")
	case d.drops != nil:
		view.Status = say(Plain, "Deleting the safety copy, "+shortSeconds(f.Now.Sub(d.drops.began))+" of at most 30 s.")
	}
	return view
}

// drawEnds draws what stands in both meshes and in the safety copy.
func (i interrupted) drawEnds(c *canvas) {
	column := 24
	if c.w >= twoPanes {
		column = 31
	}
	column = min(column, (c.w-4)/3)
	from, source := i.sourceWord()
	into, target := i.targetWord()
	kept, copied := unmarked, ""
	middle := "no safety copy"
	if i.copies() {
		middle = "safety copy"
		kept, copied = i.copyWord()
	}
	cell := func(text string) Span { return left(Plain, shortenMiddle(text, column-3), column-3) }
	last := max(c.w-2*column-4, 8)
	c.add(Line{{Plain, "   "}, cell(i.from()), {Plain, "   "}, cell(middle), {Plain, "   "}, {Plain, shortenMiddle(i.into(), last)}})
	c.add(Line{{Plain, " "}, from, {Plain, " "}, cell(source), {Plain, " "}, kept, {Plain, " "}, cell(copied),
		{Plain, " "}, into, {Plain, " " + shorten(target, last)}})
}

// drawKnown says what was found, a line each.
func (d decision) drawKnown(c *canvas, f Frame) {
	i := d.item
	switch {
	case i.Problem != "":
		c.hang(failedMark, unreadableWord(i.Unfinished))
		c.para(sentenceOf(i.Problem))
		c.para(i.meaning())
		return
	case i.err != nil:
		what, next := words(i.err, d.to)
		c.hang(look, strings.TrimSpace(what+" "+next))
		return
	case !i.looked:
		c.para("It is being looked at.")
		return
	}
	if i.copies() && i.Progress.World.Copy == model.Present {
		c.hang(passedMark, "the safety copy is whole: "+strings.Join(d.made(f), ", "))
	} else if made := d.made(f); len(made) > 1 {
		c.hang(unmarked, "begun "+strings.Join(made[1:], ", "))
	}
	c.hang(i.meshesWord())
	if text := d.whose(f); text != "" {
		c.hang(look, text)
	}
	c.para(i.meaning())
	if why := i.withheld(); why != "" {
		c.para(why)
	}
	i.drawUsers(c)
}

// drawUsers names those from whom the secret would be taken.
func (i interrupted) drawUsers(c *canvas) {
	for _, by := range model.Namings(i.Change.Users) {
		c.hang(look, "in "+i.from()+" it is named by "+by.Line()+". "+by.Without())
	}
	if i.Stays != nil {
		c.hang(failedMark, "It cannot be finished now. "+i.Stays.Error())
	}
	if text := strings.TrimSpace(unlistedWords(i.Change.Unread)); text != "" {
		c.hang(look, text)
	}
}

// made is what is known of the copy, or of the beginning: "303 bytes", "made by
// ana on host lab-7", "4m ago".
func (d decision) made(f Frame) []string {
	parts := []string{model.BytesWord(d.item.size)}
	if by := d.item.begunBy(); by != "" {
		if d.item.copies() {
			by = "made " + by
		}
		parts = append(parts, by)
	}
	if ago := d.item.agoWord(d.readAt, f.Now); ago != "" {
		parts = append(parts, ago)
	}
	return parts
}

// whose warns of whoever began it a moment ago, in another console of ours too:
// that run may still be at it. Else it tells that it was somebody else.
func (d decision) whose(f Frame) string {
	i := d.item
	age := i.ageAt(d.readAt, f.Now)
	who := or(model.Visible(i.By), "Somebody")
	if i.Host != "" {
		who += " on " + model.Visible(i.Host)
	}
	switch {
	case age < model.Recent && !d.ours:
		return who + " began this reassign " + agoWords(age) + " ago and may still be at it. Wait a minute before deciding."
	case i.By == "", !i.strangers(d.to):
		return ""
	case d.to.id.User == "":
		return model.Visible(i.By) + " began this; a reassign takes seconds, so it does not seem to run"
	}
	return "you are " + model.Visible(d.to.id.User) + ", " + model.Visible(i.By) + " began this; a reassign takes seconds, so it does not seem to run"
}

func (d decision) drawChoices(c *canvas, f Frame) {
	all := d.choices()
	words := make([]choice, len(all))
	room := 0
	for n, one := range all {
		words[n] = d.item.choiceOf(one, d.item.zonesFollow(d.to))
		room = max(room, width(words[n].word))
	}
	room = max(room+2, 21)
	if c.w < narrowDialog {
		room = 16
	}
	for n, w := range words {
		if n == min(d.at, len(all)-1) {
			c.here()
		}
		c.add(hangChoice(w, n == min(d.at, len(all)-1), room, c.w)...)
	}
	if readOnly, _ := d.to.gate.ReadOnly(); readOnly || f.Height >= roomForEnds {
		c.gap()
		d.drawAsked(c, all)
	}
}

// hangChoice is one line of a choice; what it does wraps beside its word.
func hangChoice(one choice, here bool, room, w int) []Line {
	var lines []Line
	for n, part := range wrap(one.what, max(w-room-7, 10)) {
		bar, role, word := unmarked, Plain, ""
		if n == 0 {
			word = one.word
			if here {
				bar, role = Span{Accent, "▌"}, Selection
			}
		}
		lines = append(lines, Line{{Plain, " "}, bar, {Plain, " "}, {role, pad(word, room)}, {Plain, part}})
	}
	return lines
}

// drawAsked says what a choice will ask for, or why there is none.
func (d decision) drawAsked(c *canvas, all []model.Choice) {
	name := model.Visible(d.to.entry.Name)
	readOnly, why := d.to.gate.ReadOnly()
	switch {
	case !d.item.looked:
	case readOnly && len(d.item.Choices) > 1:
		c.para(name + " is read-only (" + model.Visible(why) + "): it can be looked at, and nothing can be done.")
	case d.to.gate.Protected() && len(all) > 1:
		var asking []string
		for _, one := range all {
			if one == model.Finish || one == model.TakeBack {
				asking = append(asking, d.item.choiceOf(one, false).word)
			}
		}
		ask := "asks"
		if len(asking) > 1 {
			ask = "ask"
		}
		if len(asking) > 0 {
			c.add(sentenceLines(unmarked, name+" is protected: "+strings.Join(asking, " and ")+" "+ask+" for its name, the secret's and the mesh's.", c.w)...)
		}
	}
}

// drawConfirm asks for the phrase.
func (d decision) drawConfirm(c *canvas) {
	note := ""
	if d.ask.protected != "" {
		note = d.ask.protected + " is protected"
	}
	one := d.item.choiceOf(d.meant, d.item.zonesFollow(d.to))
	c.section("Confirm", note)
	c.gap()
	c.para(one.word + ": " + one.what + ".")
	c.gap()
	ask := d.ask
	ask.protected = "" // the section says so
	lines, cursor := ask.lines(c.w)
	if cursor != nil {
		c.focus = len(c.lines) + cursor.Y
		c.cursor = &Point{X: cursor.X, Y: c.focus}
	}
	c.add(lines...)
}
