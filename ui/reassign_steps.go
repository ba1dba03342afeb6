package ui

import (
	"errors"
	"strconv"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// drawEnds draws what stands in both meshes, and in the safety copy between
// them.
func (m move) drawEnds(c *canvas) {
	column := 24
	switch {
	case c.w >= twoPanes:
		column = 31
	case c.w < narrowDialog:
		column = max((c.w-2)/3, 12)
	}
	from, to := m.ends()
	middle := "safety copy"
	if m.to.traits.NamePerMesh {
		middle = "no safety copy"
	}
	name := func(text string) string { return shortenMiddle(model.Visible(text), column-4) }
	c.add(Line{left(Plain, "   "+name(from.Mesh), column+2), {Plain, " "}, left(Plain, middle, column-1), {Plain, " " + name(to.Mesh)}})
	if !m.known && m.looked {
		c.add(say(Plain, "   what stands here could not be read"))
		return
	}
	mark, text := m.originWord()
	kept, copied := m.copyWord()
	mark2, text2 := m.targetWord()
	c.add(Line{{Plain, " "}, mark, left(Plain, " "+text, column-1), kept, left(Plain, " "+copied, column-1), mark2, {Plain, " " + shorten(text2, c.w-2*column-5)}})
}

// doing is the step that is under way, Done when none is.
func (m move) doing() model.Step {
	if m.running == nil || m.restore {
		return model.Done
	}
	return m.progress.Plan.Next(m.world())
}

func (m move) originWord() (Span, string) {
	origin, _, _ := m.places()
	switch {
	case m.doing() == model.DeleteSource && !m.progress.Plan.Back:
		return unmarked, "being deleted"
	case origin == model.Absent && m.refusedBack():
		return failedMark, "refused"
	}
	return m.nameTaken(placeWord(origin, "holds the value", "gone"))
}

func (m move) targetWord() (Span, string) {
	_, _, target := m.places()
	if m.doing() == model.DeleteSource && m.progress.Plan.Back {
		return unmarked, "being deleted"
	}
	absent := "not yet"
	switch {
	case target == model.Absent && m.refusedTarget():
		return failedMark, "refused"
	case m.progress.Plan.Back && m.has(model.DeleteSource):
		absent = "gone"
	case m.progress.Plan.Back, !m.ended.IsZero():
		absent = "not there"
	}
	return m.nameTaken(placeWord(target, "there, equal", absent))
}

// nameTaken says of an end what has the name, when that is no secret of it.
func (m move) nameTaken(mark Span, text string) (Span, string) {
	if _, is := m.progress.Stranger(); is && text == anotherValue {
		return failedMark, "name is taken"
	}
	return mark, text
}

// anotherValue is what stands at an end that has a secret of somebody else's.
const anotherValue = "another value"

// refusedTarget tells that the new mesh did not take it.
func (m move) refusedTarget() bool {
	return m.progress.TakenBack && m.progress.Plan.Back || m.err != nil && m.progress.Last == model.CreateTarget && !m.progress.Plan.Back && !m.progress.Again
}

// refusedBack tells that the mesh it was in did not take it again.
func (m move) refusedBack() bool {
	return m.progress.TakenBack && !m.progress.Plan.Back || m.err != nil && (m.restore || m.progress.Last == model.CreateTarget && m.progress.Plan.Back && !m.progress.Again)
}

func (m move) copyWord() (Span, string) {
	_, copied, _ := m.places()
	switch {
	case m.to.traits.NamePerMesh:
		return unmarked, ""
	case copied == model.Present:
		return passedMark, "holds the value"
	case copied == model.Foreign:
		return failedMark, "of somebody else"
	case m.has(model.DropCopy), m.progress.Undone:
		return unmarked, "deleted"
	case m.endedByOthers(), m.undoneByOthers(), m.putBackByOthers():
		return unmarked, "deleted"
	case m.has(model.KeepCopy):
		return failedMark, "gone"
	}
	return unmarked, "not yet"
}

// has tells whether a step was taken in this run.
func (m move) has(s model.Step) bool {
	for _, t := range m.taken {
		if t.step == s {
			return true
		}
	}
	return false
}

func placeWord(p model.Place, present, absent string) (Span, string) {
	switch p {
	case model.Present:
		return passedMark, present
	case model.Edited:
		return failedMark, "changed meanwhile"
	case model.Restored:
		return passedMark, "back, equal"
	case model.Deleting:
		return look, "held by finalizers"
	case model.Foreign:
		return failedMark, anotherValue
	case model.Absent:
	}
	return unmarked, absent
}

// stepLine is one line of the steps.
type stepLine struct {
	mark Span
	text string
	time string
}

// lines are the steps that were taken, the one under way and those to come.
func (m move) lines(f Frame) []stepLine {
	var lines []stepLine
	after := m.before(m.world())
	for _, t := range m.taken {
		mark := passedMark
		if t.look {
			mark = look
		}
		lines = append(lines, stepLine{mark, t.text, stepTime(t.took)})
	}
	coming := ahead(m.progress.Plan, m.world())
	if !m.ended.IsZero() && m.progress.Next == model.Done {
		coming = nil
	}
	for i, s := range coming {
		line := stepLine{mark: unmarked, text: stepWord(m.progress.Plan, s, after, toCome)}
		if i == 0 && m.running != nil && !m.restore {
			line = m.underWay(f, s, after)
		}
		// Asking is one step, though it takes several turns.
		if i == 0 && s == model.AskZones && m.after == s && len(lines) > 0 {
			lines = lines[:len(lines)-1]
		}
		lines, after = append(lines, line), s
	}
	return lines
}

// underWay is the line of the step that is taken now.
func (m move) underWay(f Frame, s, after model.Step) stepLine {
	line := stepLine{Span{Plain, "…"}, stepWord(m.progress.Plan, s, after, underWay), ""}
	d := f.Now.Sub(m.running.began)
	switch {
	case m.progress.Again:
		line.mark, line.time = look, "attempt "+strconv.Itoa(m.progress.Tries+1)
	case s == model.Wait:
		line.time = restTime(d, m.to.id.Gap())
	case s == model.Outlast:
		line.time = restTime(d, backend.Lateness)
	case s == model.AskZones && m.after == s && len(m.taken) > 0:
		line.time = stepTime(d + m.taken[len(m.taken)-1].took)
	case d >= time.Second:
		line.time = stepTime(d)
	}
	return line
}

// number is that of the step under way, or of the first one that is left.
func (m move) number(f Frame) int {
	n := len(m.lines(f)) - len(ahead(m.progress.Plan, m.world())) + 1
	return max(n, 1)
}

// timeWord is how long it takes, and since when the secret is in no mesh.
func (m move) timeWord(f Frame) string {
	text := ""
	if d := f.Now.Sub(m.began); m.ended.IsZero() && d >= time.Second {
		text = stepTime(d)
	} else if !m.ended.IsZero() && m.progress.Next == model.Done {
		text = "done in " + stepTime(m.ended.Sub(m.began))
	}
	switch {
	case !m.back.IsZero():
		return joined(text, "was in no mesh for "+stepTime(m.back.Sub(m.deleted)))
	case m.deleted.IsZero() && m.ended.IsZero() && m.between():
		return joined(text, "in no mesh") // since when only who deleted it knows
	case !m.deleted.IsZero() && m.known:
		return joined(text, "in no mesh for "+stepTime(f.Now.Sub(m.deleted)))
	}
	return text
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " · " + b
}

// drawSteps draws the ends, the steps and the zones.
func (m move) drawSteps(c *canvas, f Frame) {
	m.drawEnds(c)
	c.gap()
	c.section("Steps", m.timeWord(f))
	c.gap()
	lines := m.lines(f)
	room := min(42, c.w-20)
	for _, l := range lines {
		room = max(room, min(width(l.text)+2, c.w-20))
	}
	for i, l := range lines {
		if l.mark.Text == "…" {
			c.here()
		}
		c.add(Line{{Plain, " "}, l.mark, {Plain, " " + pad(strconv.Itoa(i+1), 3)}, left(Plain, l.text, room), {Plain, l.time}})
	}
	m.drawZones(c)
}

// fewZones are as many as are named each.
const fewZones = 8

// drawZones says how each zone took it; of many those that did not.
func (m move) drawZones(c *canvas) {
	answers := m.progress.Zones
	if !m.progress.Plan.Zones || m.stayed() || len(answers) == 0 && len(m.zones) == 0 {
		return
	}
	c.gap()
	c.section("Zones", "")
	c.gap()
	column := 0
	for _, z := range m.zones {
		column = max(column, width(model.Visible(z.Name)))
	}
	for _, z := range answers {
		column = max(column, width(model.Visible(z.Name)))
	}
	column = min(column, 30)
	line := func(mark Span, name, text string) {
		c.add(Line{{Plain, " "}, mark, {Plain, " " + pad(shortenMiddle(model.Visible(name), column), column+5) + text}})
	}
	if len(answers) == 0 {
		for _, z := range m.zones[:min(len(m.zones), fewZones)] {
			line(unmarked, z.Name, "not asked yet")
		}
		if more := len(m.zones) - fewZones; more > 0 {
			c.para(plural(more, "zone", "zones") + " more, not asked yet")
		}
		return
	}
	good := 0
	for _, z := range answers {
		mark, text := zoneWords(z.Answer, !m.ended.IsZero())
		if z.Answer == backend.Took && len(answers) > fewZones {
			good++
			continue
		}
		line(mark, z.Name, text)
	}
	if good > 0 {
		c.hang(passedMark, plural(good, "zone", "zones")+" answered, nothing refused")
	}
}

// drawWhy says, while the steps run, why they are in this order.
func (m move) drawWhy(c *canvas) {
	if !m.to.traits.NamePerMesh {
		return
	}
	c.gap()
	text := "On Universal two meshes may hold one name: the new one is made first, so the value is never in one place only."
	if !m.to.traits.Preconditions {
		text += " A Universal control plane cannot delete on a condition; reading again just before narrows that to a moment."
	}
	c.para(text)
}

// status is the line under the steps while they run: where the value is now.
func (m move) status(f Frame) string {
	if m.progress.Again {
		return m.retryWord(f)
	}
	origin, _, target := m.places()
	from, to := m.ends()
	switch {
	case m.doing() == model.DeleteSource:
		return "Deleting it from " + m.leavesWord() + ". " + m.keptWord()
	case m.between():
		return "It is in no mesh now; its value is safe in the copy. Best to let this finish."
	case m.lastHolder():
		return "In no mesh now; its value is in this program. Best to let this finish."
	case origin == model.Present && target == model.Present:
		return "In both meshes now, with equal bytes."
	case target == model.Present:
		return "It is in " + model.Visible(to.Mesh) + " now, byte for byte the same."
	case origin == model.Absent:
		return "Looking at both meshes."
	case m.stayed():
		return "It is in " + model.Visible(from.Mesh) + " as before."
	case m.progress.Plan.Back:
		return "It is in " + model.Visible(from.Mesh) + " again, byte for byte the same."
	}
	return "Nothing has changed in " + model.Visible(from.Mesh) + " yet."
}

// retryWord says that a step is taken again, when, and that nothing is lost.
func (m move) retryWord(f Frame) string {
	text := planeName(m.to) + " does not answer: attempt "
	if errors.Is(m.err, backend.ErrBusy) {
		text = planeName(m.to) + " asks to wait: attempt "
	}
	text += strconv.Itoa(m.progress.Tries + 1)
	if wait := m.retry.Sub(f.Now); wait > 0 {
		text += ", next in " + shortSeconds(wait+time.Second-1)
	}
	return text + ". " + m.safety()
}

// keptWord says what holds the value while the source is deleted.
func (m move) keptWord() string {
	if m.to.traits.NamePerMesh {
		return model.Visible(m.progress.Plan.To.Mesh) + " has it, with equal bytes."
	}
	return "Its value is safe in the copy."
}

// safety says in a few words that nothing is lost by waiting.
func (m move) safety() string {
	origin, copied, target := m.places()
	from, to := m.ends()
	switch {
	case copied == model.Present:
		return "The value is safe in the copy."
	case m.lastHolder():
		return "The value is in this program."
	case origin == model.Present:
		return "It is still in " + model.Visible(from.Mesh) + "."
	case target == model.Present:
		return "It is in " + model.Visible(to.Mesh) + "."
	}
	return ""
}
