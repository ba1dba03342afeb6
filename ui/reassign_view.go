package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"meshsecrets/model"
)

// View draws the stage.
func (r reassign) View(f Frame) View {
	c := &canvas{w: f.Width}
	note := r.from() + " → " + r.into()
	if r.stage == choosingMesh || r.target().Mesh == "" || r.stage == blocked && r.never() != nil {
		note = "from " + model.Visible(r.row.Secret.Ref.MeshWord())
	}
	c.section("Reassign · "+r.name(), note)
	c.gap()
	switch r.stage {
	case choosingMesh:
		r.drawMeshes(c, f)
	case checking:
		c.para("Checking. Nothing is changed before you have seen what was found.")
	case blocked:
		r.drawBlocked(c)
	case confirming:
		r.drawConfirm(c)
	case stepping, arrived:
		r.drawSteps(c, f)
	case stopped:
		r.drawStopped(c)
	}
	view := c.fit(f.Height)
	if r.stage == stepping {
		view.Status = say(Plain, r.stepStatus())
		view.Hints = Line{{Plain, " "}, {Accent, "ctrl+c"}, {Muted, " quit after this step"}}
	}
	return view
}

// listRoom is how many meshes are in sight.
func (r reassign) listRoom(f Frame) int {
	return max(min(len(r.meshes), f.Height-5), 3)
}

func (r reassign) drawMeshes(c *canvas, f Frame) {
	if len(r.meshes) == 0 {
		c.para("There is no other mesh on " + model.Visible(r.to.entry.Name) + ", so there is nowhere to move it.")
		return
	}
	c.para("To which mesh?")
	c.gap()
	name := max(min(c.w-45, 40), 12)
	c.add(Line{{Muted, "   " + pad("NAME", name) + " SECRETS  TRUST"}})
	row := func(at int, m model.MeshSummary, trust string) {
		bar, role := Span{Plain, " "}, Plain
		if at == r.mesh {
			c.here()
			bar, role = Span{Accent, "▌"}, Selection
		}
		c.add(Line{{Plain, " "}, bar, {Plain, " "}, left(role, shortenMiddle(model.Visible(m.Mesh.Name), name), name),
			right(Muted, model.CountWord(m.Secrets), 8), {Plain, "  " + shorten(trust, c.w-name-14)}})
	}
	room := r.listRoom(f)
	top := r.window.follow(r.mesh, room, len(r.meshes)).top
	for i := top; i < min(top+room, len(r.meshes)); i++ {
		row(i, r.meshes[i], r.meshes[i].Mesh.Trust())
	}
	c.gap()
	for _, m := range r.stock.inventory.Meshes {
		if m.Mesh.Name == r.row.Secret.Ref.Mesh {
			row(-1, m, "it is here now")
		}
	}
	c.gap()
	c.section("What reassigning is", "")
	c.gap()
	c.para(r.whatItIs() + " Its age starts anew. Nothing happens before you have seen the checks.")
	c.para("A global secret is of another kind: add it there instead.")
}

// whatItIs says in which order a secret is moved here.
func (r reassign) whatItIs() string {
	if r.to.traits.NamePerMesh {
		return "A secret cannot change its mesh: it is created in the other one, with the same name and the same bytes, and then deleted here."
	}
	return "A secret cannot change its mesh, and on Kubernetes a name exists once: it is deleted here, and then created in the other one with the same bytes."
}

func (r reassign) drawBlocked(c *canvas) {
	if len(r.checks.passed) > 0 || r.checks.failed != "" {
		c.title("Checked")
		for _, text := range r.checks.passed {
			c.hang(passedMark, text)
		}
		if r.checks.failed != "" {
			c.hang(failedMark, r.checks.failed)
		}
		c.gap()
	}
	c.section("It stays in "+model.Visible(r.row.Secret.Ref.MeshWord()), "")
	c.gap()
	users := r.checks.change.Users
	if len(users) == 0 {
		c.para(r.checks.why.Error())
		return
	}
	u := users[0]
	by, what, holder := u.User(), "this secret", "it"
	if u.Kind == model.KindMesh {
		by, holder = "mTLS backend "+model.Visible(u.By), "mesh "+model.Visible(u.Mesh)
	}
	if u.Role != "" {
		what = "its " + model.Visible(u.Role)
	}
	c.para("Reassigning it would leave " + by + " without " + what + ".")
	c.para("Take the reference out of " + holder + " first.")
	c.gap()
	if r.to.traits.NamePerMesh {
		c.para("To have it in both meshes, add it to " + r.into() + " under the same name.")
		return
	}
	c.para("To have it in both meshes, add it to " + r.into() + " under another name: on Kubernetes a name exists once.")
}

func (r reassign) drawConfirm(c *canvas) {
	line := Line{{Plain, " ✓ " + plural(len(r.checks.passed), "check", "checks") + " passed"}}
	if n := len(r.checks.unread); n > 0 {
		kinds := make([]string, n)
		for i, u := range r.checks.unread {
			kinds[i] = string(u.Kind)
		}
		line = append(line, Span{Plain, "        "}, look, Span{Plain, fmt.Sprintf(" %d not made: %s", n, strings.Join(kinds, ", "))})
	}
	c.add(line)
	for _, warning := range r.checks.warned {
		c.hang(look, warning)
	}
	for _, u := range notRead(r.checks.unread) {
		c.hang(unmarked, u.sentence())
	}
	c.gap()
	c.section("What will happen", "")
	c.gap()
	for i, text := range r.willHappen() {
		c.para(strconv.Itoa(i+1) + "  " + text)
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
	ask := r.ask
	ask.protected = "" // the section says so
	lines, cursor := ask.lines(c.w)
	if cursor != nil {
		c.focus = len(c.lines) + cursor.Y
		c.cursor = &Point{X: cursor.X, Y: c.focus}
	}
	c.add(lines...)
}

// willHappen are the steps, in words.
func (r reassign) willHappen() []string {
	from, to := r.from(), r.into()
	if r.to.traits.NamePerMesh {
		return []string{
			"it is created in " + to + ", read back and compared",
			from + " is read again: it must not have changed meanwhile",
			"it is deleted from " + from + "; both are read and compared",
		}
	}
	return []string{
		"it is deleted from " + from + ", if it is still the one that was checked",
		"it is created in " + to + ", read back and compared",
		"should " + to + " not take it, it is put back in " + from,
	}
}

// meanwhile says what holds between the steps.
func (r reassign) meanwhile() []string {
	if !r.to.traits.NamePerMesh {
		return []string{"For a moment it is in no mesh: whoever asks for it then does not find it, and its value is held by this program alone. " +
			"Its age and UID start anew."}
	}
	text := []string{"It is in both meshes for a moment, and never in none. Its age starts anew."}
	if !r.to.traits.Preconditions {
		text = append(text, "A Universal control plane cannot delete on a condition: if somebody changes it in the moment of step 3, that is deleted too.")
	}
	return text
}

// ends draws what stands in both meshes.
func (r reassign) ends(c *canvas) {
	plan, w := r.steps.plan(), r.steps.world
	column := 24
	if c.w >= twoPanes {
		column = 31
	}
	from, to := model.Visible(plan.From.Mesh), model.Visible(plan.To.Mesh)
	middle, holds := "no safety copy", unmarked
	held := Span{Plain, pad("", column-1)}
	if !r.to.traits.NamePerMesh {
		middle = "this program"
		switch {
		case r.steps.between():
			held, holds = left(Plain, " holds the value", column-1), passedMark
		case w.Source == model.Present && r.stage == stepping:
			held = left(Muted, " has a copy", column-1)
		}
	}
	c.add(Line{left(Plain, "   "+from, column+2), {Plain, " "}, left(Plain, middle, column-1), {Plain, " " + shorten(to, max(c.w-2*column-4, 8))}})
	mark, text := placeWord(w.Source, "holds the value", "gone")
	mark2, text2 := placeWord(w.Target, "there, equal", "not yet")
	c.add(Line{{Plain, " "}, mark, left(Plain, " "+text, column-1), holds, held, mark2, {Plain, " " + text2}})
}

func placeWord(p model.Place, present, absent string) (Span, string) {
	switch p {
	case model.Present:
		return passedMark, present
	case model.Foreign:
		return failedMark, "another value"
	case model.Absent:
	}
	return unmarked, absent
}

func (r reassign) stepStatus() string {
	w := r.steps.world
	switch {
	case r.steps.between():
		return "In no mesh now; its value is in this program. Best to let this finish."
	case w.Source == model.Present && w.Target == model.Present:
		return "In both meshes now, with equal bytes."
	case w.Source == model.Present:
		return "Nothing has changed in " + model.Visible(r.steps.plan().From.Mesh) + " yet."
	}
	return "Looking at both meshes."
}

// stepLine is one line of the steps. A step of the gate is several of them,
// which begin and end together.
type stepLine struct {
	now, then string // while it is under way and when it is done
	part      int    // the step of the gate
	last      bool   // the time stands here
}

func (r reassign) stepLines() []stepLine {
	plan := r.steps.plan()
	from, to := model.Visible(plan.From.Mesh), model.Visible(plan.To.Mesh)
	remove := []stepLine{
		{from + " read again", from + " not changed meanwhile", 1, false},
		{"deleting from " + from, "deleted from " + from, 1, false},
		{"read both and compare", "both read, as planned", 1, true},
	}
	switch {
	case !r.to.traits.NamePerMesh:
		return []stepLine{
			{"deleting from " + from + ", if unchanged", "deleted from " + from, 0, true},
			{"create in " + to, "created in " + to, 1, false},
			{"read back and compare", "read back, equal", 1, true},
		}
	case r.steps.reverse:
		for i := range remove {
			remove[i].part = 0
		}
		return remove
	}
	return append([]stepLine{
		{"create in " + to, "created in " + to, 0, false},
		{"read back and compare", "read back, equal", 0, true},
	}, remove...)
}

func (r reassign) drawSteps(c *canvas, f Frame) {
	r.ends(c)
	c.gap()
	total := f.Now.Sub(r.steps.began)
	note := stepTime(total)
	if r.stage == arrived {
		note = "done in " + stepTime(r.steps.total)
	}
	c.section("Steps", note)
	c.gap()
	under := len(r.steps.took)
	first := true
	for i, s := range r.stepLines() {
		mark, text, took := unmarked, s.now, ""
		switch {
		case s.part < under:
			mark, text = passedMark, s.then
			if s.last {
				took = stepTime(r.steps.took[s.part])
			}
		case s.part == under && r.stage == stepping && r.running != nil && first:
			mark, first = Span{Plain, "…"}, false
			took = stepTime(f.Now.Sub(r.running.began)) + " of 30s"
		}
		c.add(Line{{Plain, " "}, mark, {Plain, " " + strconv.Itoa(i+1) + "  "}, left(Plain, text, 42), {Plain, took}})
	}
	if r.stage != stepping {
		return
	}
	c.gap()
	c.gap()
	if !r.to.traits.NamePerMesh {
		c.para("On Kubernetes a name exists once, so the secret is deleted before it is created again. Kubernetes deletes it only if nobody changed it since it was read.")
		return
	}
	text := "On Universal two meshes may hold one name: the new one is made first, so the value is never in one place only."
	if !r.to.traits.Preconditions {
		text += " A Universal control plane cannot delete on a condition; reading again just before narrows that to a moment."
	}
	c.para(text)
}

// stepTime is how long a step took.
func stepTime(d time.Duration) string {
	if d < time.Second {
		return strconv.Itoa(int(max(d, 0)/time.Millisecond)) + "ms"
	}
	return strconv.Itoa(int(d/time.Second)) + "s"
}

func (r reassign) drawStopped(c *canvas) {
	if r.steps.known {
		r.ends(c)
		c.gap()
	}
	title := "Held"
	if r.putBack() {
		title = "Put back"
	}
	c.section(title, "")
	c.gap()
	mark, text := r.heldWords()
	c.hang(mark, text)
	if why := r.whyHeld(); why != "" {
		c.hang(unmarked, why)
	}
	c.gap()
	c.section("What now", "")
	c.gap()
	all := r.remedies()
	lines := make([]choice, len(all))
	for i, m := range all {
		lines[i] = r.remedyChoice(m)
		lines[i].what = shorten(lines[i].what, c.w-22)
	}
	c.focus = len(c.lines) + r.at
	c.add(choices(lines, r.at, 18)...)
}
