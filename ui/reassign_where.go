package ui

import (
	"slices"
	"strings"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// stopping is what is said when the console is left in the middle of steps.
type stopping struct {
	step int    // its number
	what string // "Deleting from payments"
	then string // what is there once that step is over
	copy string // the safety copy that then has the value, to stand on a line of its own
	// A step that only waits: since when, and how long.
	began time.Time
	lasts time.Duration
}

// stopping says what leaving after the step under way leaves behind.
func (m move) stopping(f Frame) stopping {
	step := m.doing()
	what := stepWord(m.progress.Plan, step, m.before(m.world()), underWay)
	if what == "" {
		return stopping{}
	}
	s := stopping{step: m.number(f), what: strings.ToUpper(what[:1]) + what[1:]}
	s.then, s.copy = m.afterStep(step)
	switch step {
	case model.Wait:
		s.began, s.lasts = m.running.began, m.to.id.Gap()
	case model.Outlast:
		s.began, s.lasts = m.running.began, backend.Lateness
	case model.Look, model.Done, model.KeepCopy, model.DeleteSource, model.CreateTarget, model.Untag,
		model.AskZones, model.Retain, model.DropCopy, model.Stuck:
	}
	return s
}

// afterStep says where the value is once a step went well, and what is offered
// then.
func (m move) afterStep(step model.Step) (text, copied string) {
	w := wentWell(m.progress.Plan, m.world(), step)
	then := m
	then.progress.World, then.looked = w, true
	from, to := m.ends()
	origin, kept, target := then.places()
	old, now := model.Visible(from.Mesh), model.Visible(to.Mesh)
	if kept == model.Present {
		copied = m.progress.Copy()
	}
	switch {
	case m.progress.Plan.Next(w) == model.Done && then.stayed():
		return "Then it is over: it is in " + old + " as before.", ""
	case then.stayed() && kept != model.Present:
		return "Then it is in " + old + " as before, and its label " + model.LabelReassign + " is left, which does no harm.", ""
	case m.progress.Plan.Next(w) == model.Done && m.progress.Plan.Back:
		return "Then it is over: it is in " + old + " again.", ""
	case m.progress.Plan.Next(w) == model.Done:
		return "Then it is over: it is in " + now + ".", ""
	case w.Between():
		return "Then the secret is in no mesh; its value stays in this Secret of " + namespaceOf(m.to) + ", and the next start offers to finish, on any machine:", copied
	case origin == model.Present && target == model.Present:
		return "Then it is in both meshes, with equal bytes, and the next start offers to finish or to take it back.", ""
	case origin == model.Absent && target == model.Absent:
		return "Then the secret is in no mesh, and its value in this program alone.", ""
	case kept != model.Present:
		where := now
		if target == model.Absent {
			where = old
		}
		return "Then it is in " + where + ", and the next start offers what is left to clean up.", ""
	case target == model.Absent:
		return "Then it is in " + old + " as before, and the next start offers to take this safety copy away:", copied
	}
	return "Then it is in " + now + ", and the next start offers what is left to clean up, with this safety copy:", copied
}

// farewell is the line that is printed once the console is left while the
// reassign is not over; none when nothing is left of it.
func (m move) farewell() []string {
	from, to := m.ends()
	name, old, now := model.Visible(from.Name), model.Visible(from.Mesh), model.Visible(to.Mesh)
	origin, copied, target := m.places()
	under, kept := m.doing(), ""
	if copied == model.Present {
		kept = "its value is in Secret " + m.progress.Copy() + "."
	}
	line := func(text string) []string { return []string{"meshsecrets: " + name + " " + text} }
	switch {
	case !m.ended.IsZero() && m.progress.Next == model.Done && m.err == nil:
		return nil
	case under == model.DeleteSource && kept != "":
		return line("may be in no mesh, as it was being deleted from " + m.leavesWord() + "; " + kept)
	case under == model.CreateTarget && kept != "":
		return line("may be in no mesh yet, as it was being created; " + kept)
	case under == model.KeepCopy && origin == model.Present:
		return line("is in " + old + " as before; its safety copy " + m.progress.Copy() + " was being written.")
	case !m.known && m.progress.Last == model.DeleteSource && m.progress.Next == model.Look:
		return line("was not deleted from " + m.leavesWord() + "; what stands there now could not be read.")
	case m.lastHolder():
		return line("is in no mesh, and its value was in this program alone.")
	case !m.known && kept != "":
		return line("may be in no mesh, as it could not be read; " + kept)
	case m.between():
		return line("is in no mesh; " + kept)
	case origin == model.Present && target == model.Present:
		return line("is in " + old + " and in " + now + ", with equal bytes: the reassign is not finished.")
	case under == model.DeleteSource:
		return line("is in " + now + "; it was being deleted from " + m.leavesWord() + ".")
	case kept != "" && target == model.Present:
		return line("is in " + now + "; its safety copy " + m.progress.Copy() + " is left.")
	case kept != "":
		return line("is in " + old + "; its safety copy " + m.progress.Copy() + " is left.")
	case target == model.Present && m.world().Tagged:
		return line("is in " + now + "; its label " + model.LabelReassign + " is left.")
	case m.stayed() && m.world().Tagged:
		return line("is in " + old + "; its label " + model.LabelReassign + " is left.")
	}
	return nil
}

// doneSays is the message of a reassign that is over.
func (m move) doneSays() Message {
	plan := m.progress.Plan
	name, where := model.Visible(plan.To.Name), model.Visible(plan.To.Mesh)
	again := " now"
	if plan.Back {
		again = " again"
	}
	if m.takenBack() {
		return refused(model.Visible(plan.From.Mesh) + " did not take it; " + name + " is in " + where + again + ".")
	}
	if m.stayed() {
		how := " as before."
		if m.world().Target == model.Edited {
			how = ", as somebody changed it there."
		}
		return done(name + " is in " + where + how + " The reassign is taken back.")
	}
	if late := m.zoneTrouble(); late != "" {
		return noted(late + " The secret is in " + where + " on " + planeName(m.to) + "; :resend shows how it stands.")
	}
	text := name + " is in " + where + again + ", byte for byte the same."
	if !plan.Back {
		text += " z takes it back."
	}
	return done(text)
}

// zoneTrouble says which zone did not take it, or did not say so.
func (m move) zoneTrouble() string {
	if !m.progress.Plan.Zones {
		return ""
	}
	if !m.progress.Asked {
		return "How the zones took it was not asked: another run sent it to them."
	}
	if len(m.progress.Zones) == 0 {
		return "How the zones took it could not be read."
	}
	for _, kind := range []struct {
		answer    backend.Answer
		one, many string
	}{
		{backend.Rejected, "refused it, though it was sent again.", "zones refused it, though it was sent again."},
		{backend.Awaited, "has not answered for 15 s.", "zones have not answered for 15 s."},
		{backend.Away, "is not connected and may lose it.", "zones are not connected and may lose it."},
		{backend.Unasked, "gives no answer that can be read.", "zones give no answer that can be read."},
	} {
		has := func(z backend.ZoneAnswer) bool { return z.Answer == kind.answer }
		first := slices.IndexFunc(m.progress.Zones, has)
		if first < 0 {
			continue
		}
		n := 0
		for _, z := range m.progress.Zones {
			if has(z) {
				n++
			}
		}
		if n == 1 {
			return model.Visible(m.progress.Zones[first].Name) + " " + kind.one
		}
		return model.CountWord(n) + " " + kind.many
	}
	return ""
}
