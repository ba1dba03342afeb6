package ui

import (
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// View draws what is known and guessed, and later the steps.
func (r resend) View(f Frame) View {
	c := &canvas{w: f.Width}
	title, note := "Resend · "+r.what(), ""
	if r.mesh == "" {
		note = "mesh " + model.Visible(r.refs[0].Mesh)
	}
	c.section(title, note)
	c.gap()
	switch r.stage {
	case readingZones:
		c.para("Asking " + model.Visible(r.to.entry.Name) + " about its zones.")
	case choosingResend:
		r.drawKnown(c)
		r.drawChoice(c)
	case sendingAgain, sentAgain:
		r.drawSteps(c, f)
	}
	view := c.fit(f.Height)
	if r.stage == sendingAgain {
		view.Status = say(Plain, r.status())
	}
	return view
}

// drawKnown says what each zone tells of itself, and what that is worth.
func (r resend) drawKnown(c *canvas) {
	c.section("What is known", "since they connected")
	c.gap()
	switch {
	case r.zonesErr != nil:
		what, next := words(r.zonesErr, r.to)
		c.hang(look, "Which zones follow "+model.Visible(r.to.entry.Name)+" cannot be read. "+strings.TrimSpace(what+" "+next))
	case len(r.zones) == 0:
		c.para("No zone follows " + model.Visible(r.to.entry.Name) + ": there is nobody to send it to.")
	}
	wide := 0
	for _, z := range r.zones {
		wide = max(wide, width(model.Visible(z.Name)))
	}
	wide = min(wide, max(c.w/4, 8))
	for _, z := range r.zones {
		mark, text := lossWords(z)
		c.add(hangNamed(mark, model.Visible(z.Name), text, wide, c.w)...)
	}
	c.gap()
	if len(r.zones) == 0 {
		return
	}
	c.section("What is guessed", "")
	c.gap()
	c.para("A zone can lose a secret that was moved to another mesh by hand, and does not get it back by itself. " +
		"A refused answer may be about any secret, and may have been mended since. Sending again harms nothing.")
	if r.to.traits.NamePerMesh {
		c.para("A reassign on Universal is refused once by each zone, and then sent again, which mends it: so many refusals tell of no loss.")
	}
	if r.left > 0 {
		c.para(plural(r.left, "system secret is", "system secrets are") + " left out: those are never reassigned.")
	}
	c.gap()
}

// hangNamed is a line of a report with a name before its text, which wraps
// beside the name.
func hangNamed(mark Span, name, text string, wide, w int) []Line {
	var lines []Line
	for n, part := range wrap(text, max(w-wide-9, 10)) {
		if n > 0 {
			mark, name = unmarked, ""
		}
		lines = append(lines, Line{{Plain, " "}, mark, {Plain, " "}, left(Plain, shortenMiddle(name, wide), wide), {Plain, "  " + part}})
	}
	return lines
}

// lossWords say what a zone's answers tell about secrets it may have lost.
func lossWords(z backend.Zone) (Span, string) {
	since := ""
	if !z.Connected.IsZero() {
		since = " since " + instant(z.Connected)
	}
	changes := plural(z.Sent, "change", "changes")
	switch z.Loss() {
	case backend.Suspected:
		return look, "suspected:" + since + " it refused " + model.CountWord(z.Rejected) + " of " + changes
	case backend.Cut:
		return look, "not connected, so what it holds is not known; it is sent everything when it comes back"
	case backend.LossUnknown:
		return look, "what it says of itself cannot be read"
	case backend.NoLoss:
	}
	took := "took all " + changes
	switch {
	case z.Sent == 0:
		took = "sent no change yet"
	case z.Acknowledged < z.Sent:
		took = "took " + model.CountWord(z.Acknowledged) + " of " + changes + ", refused none"
	}
	return passedMark, "no sign of a loss" + since + ": " + took
}

func (r resend) drawChoice(c *canvas) {
	if r.typed {
		c.section("Confirm", r.ask.protected+" is protected")
		c.gap()
		ask := r.ask
		ask.protected = "" // the section says so
		lines, cursor := ask.lines(c.w)
		if cursor != nil {
			c.focus = len(c.lines) + cursor.Y
			c.cursor = &Point{X: cursor.X, Y: c.focus}
		}
		c.add(lines...)
		return
	}
	c.section("What now", "")
	c.gap()
	for n, one := range r.choices() {
		if n == r.at {
			c.here()
		}
		c.add(hangChoice(one, n == r.at, 16, c.w)...)
	}
}

// drawSteps draws how far it is, and then how the zones took it.
func (r resend) drawSteps(c *canvas, f Frame) {
	c.section("Steps", "")
	c.gap()
	for n, s := range r.steps(f.Now) {
		c.add(Line{{Plain, " "}, s.mark, {Plain, " " + string(rune('1'+n)) + "  "}, {Plain, pad(s.text, 44)}, {Plain, s.count}})
	}
	c.gap()
	if len(r.again.Zones) > 0 || r.again.ZonesErr != nil {
		r.drawAnswers(c)
	}
	for _, u := range r.again.Unsent {
		// What ctrl+r would do about it on another screen is not said here.
		what, _ := words(u.Err, r.to)
		c.hang(failedMark, model.Visible(u.Ref.Name)+" was not sent again. "+what)
	}
	for _, u := range r.again.Left {
		c.hang(look, model.Visible(u.Ref.Name)+" keeps the label meshsecrets.io/resend, which does no harm. "+explain(u.Err, r.to).Text)
	}
}

func (r resend) drawAnswers(c *canvas) {
	c.section("Zones", "")
	c.gap()
	if r.again.ZonesErr != nil {
		what, _ := words(r.again.ZonesErr, r.to)
		c.hang(look, "How the zones took it cannot be read. "+what)
	}
	wide := 0
	for _, z := range r.again.Zones {
		wide = max(wide, width(model.Visible(z.Name)))
	}
	wide = min(max(wide, 11), max(c.w/4, 8))
	for _, z := range r.again.Zones {
		mark, text := resentWords(z.Answer, r.stage == sentAgain)
		c.add(hangNamed(mark, model.Visible(z.Name), text, wide, c.w)...)
	}
	c.gap()
}

// resentWords say how one zone took what it was sent again.
func resentWords(a backend.Answer, over bool) (Span, string) {
	switch a {
	case backend.Took:
		return passedMark, "answered, nothing refused"
	case backend.Rejected:
		return look, "refused something again: a secret of this name may have been made on the zone itself"
	case backend.Away:
		return look, "not connected; it is sent everything when it comes back"
	case backend.Unasked:
		return look, "its answer cannot be read"
	case backend.Awaited:
	}
	if over {
		return look, "no answer yet; look again in a while"
	}
	return Span{Plain, "…"}, "no answer yet"
}

// resendLine is one step as it is drawn.
type resendLine struct {
	mark       Span
	text, then string // to be done, and done
	count      string
}

func (r resend) steps(now time.Time) []resendLine {
	all, next := len(r.again.Refs), r.again.Next
	if next > backend.SetLabel {
		all = r.again.Labelled()
	}
	count := func(s backend.ResendStep) string {
		switch {
		case next == s:
			return model.CountWord(r.again.At) + " of " + model.CountWord(all)
		case next > s:
			return plural(all, "secret", "secrets")
		}
		return ""
	}
	wait := ""
	if next == backend.WaitLabelled && r.asked != nil {
		wait = model.AgeWord(now.Sub(r.asked.began)) + " of " + model.AgeWord(r.to.id.Gap())
	}
	lines := []resendLine{
		{text: "set the label", then: "label set", count: count(backend.SetLabel)},
		{text: "wait so that the zones see it", then: "waited so that the zones see it", count: wait},
		{text: "remove the label", then: "label removed", count: count(backend.RemoveLabel)},
		{text: "read the answers of the zones", then: "answers of the zones read"},
	}
	for n := range lines {
		switch s := backend.ResendStep(n); {
		case s < next:
			lines[n].mark, lines[n].text = passedMark, lines[n].then
		case s == next && r.stage == sendingAgain:
			lines[n].mark = Span{Plain, "…"}
		default:
			lines[n].mark = unmarked
		}
	}
	if len(r.again.Unsent) > 0 && r.again.Labelled() == 0 {
		lines[0].mark = failedMark
	}
	return lines
}

// status says what is going on.
func (r resend) status() string {
	switch {
	case r.stopping && r.again.Next <= backend.RemoveLabel:
		return "Stopping. What was begun is finished, so that no label stays."
	case r.again.Next == backend.AskAfterResend:
		return "Zones tell how they took it within 10 s."
	}
	return "Nobody loses the secret by this: only a label of it changes."
}
