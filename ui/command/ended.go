package command

import (
	"errors"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// result is what came of a reassign: what is said, and the exit code.
type result struct {
	text string
	code int
}

// ended tells what came of the steps of a reassign that was begun in this run.
func (e *errand) ended(w walk) result {
	why := ""
	if w.err != nil {
		why = because(w.err)
	}
	switch {
	case w.took:
		return e.outcome(w, false).after(w)
	case w.left:
		first := model.KeepCopy
		if w.at.Plan.TargetFirst {
			first = model.CreateTarget
		}
		return e.unfinished(leftIn(w.at), unknownAfter(w.at, first, e.namespace()))
	case w.halted:
		return result{"Stopped. Nothing was changed.", ExitRefused}
	case w.err != nil:
		return result{sentences(why, "Nothing was changed."), ExitUsage}
	}
	return result{sentences(blocked(w.at), "Nothing was changed."), ExitRefused}
}

// outcome tells what came of steps that were taken in this run. Back tells that
// they were to lead back.
func (e *errand) outcome(w walk, back bool) result {
	at := w.at
	name, from, to := model.Visible(at.Plan.To.Name), meshOf(at.Plan.From), meshOf(at.Plan.To)
	state, done, why := stateOf(at), w.err == nil && at.Next == model.Done, w.why()
	switch {
	case w.left && !at.Unseen:
		return e.unfinished(leftIn(at), unknownAfter(at, at.Next, e.namespace()))
	case w.left, at.Unseen:
		at.Unseen, at.Last = true, w.after
		return e.unfinished(at, unknownAfter(at, w.after, e.namespace()), why)
	case at.Undone:
		return result{sentences("Not reassigned:", why, "What was made was taken away again;", name+" is in "+from+asItWas(at.World.Source)), ExitRefused}
	case done && at.Plan.Back != back:
		return e.arrived(at, ExitRefused, from+" did not take "+name+".", because(at.Why), "It was put back in "+to+", with the same bytes.")
	case !done && over(at):
		return result{sentences(overtaken(at), e.standing(at)), ExitRefused}
	case !done && at.Next == model.Stuck && at.World.Claimed && overtaken(at) != "":
		return e.unfinished(at, e.standing(at), why, overtaken(at))
	case !done && state == model.Finished && at.World.Source == model.Present:
		return result{sentences(name+" is in "+from+" as before.", why, blocked(at)), ExitRefused}
	case done && back && at.World.Target == model.Edited:
		return e.arrived(at, ExitDone, name+" is in "+to+", as somebody changed it there"+clean(at))
	case (done || state == model.Finished) && back:
		return e.arrived(at, ExitDone, name+" is in "+to+", with the same bytes"+clean(at))
	case done, state == model.Finished:
		return e.arrived(at, ExitDone, name+" is in "+to+" now, byte for byte the same.")
	}
	return e.unfinished(at, e.standing(at), lacking(at), why, blocked(at))
}

// why is why no more steps were taken.
func (w walk) why() string {
	switch {
	case w.err != nil:
		return because(w.err)
	case w.endless():
		return "A step does not stay done: something undoes it each time."
	case w.halted:
		return "Stopped as asked."
	}
	return ""
}

// after is a result with the exit code of a mistake, if there was one.
func (r result) after(w walk) result {
	if errors.Is(w.err, mistake) && r.code != ExitDone {
		r.code = ExitMistake
	}
	return r
}

// asItWas ends a sentence that says where a secret is that was not moved.
func asItWas(source model.Place) string {
	if source == model.Edited {
		return ", as somebody changed it there."
	}
	return " as before."
}

// clean ends a sentence with that nothing is left of a reassign, if so.
func clean(at backend.Progress) string {
	if at.World.Tagged {
		return "."
	}
	return ", and nothing is left of the reassign."
}

// arrived tells that the steps came to their end, and what they leave. Where
// its label is what a reassign is found by, it is unfinished as long as that is
// there.
func (e *errand) arrived(at backend.Progress, code int, said ...string) result {
	said = append(said, unasked(at))
	switch {
	case !at.World.Fixed || !at.World.Tagged:
	case at.Plan.TargetFirst:
		said = append(said, "Its label "+model.LabelReassign+" stays, because you may not change it: it is found as unfinished until somebody takes that away.")
		return e.unfinished(at, said...)
	default:
		said = append(said, "Its label "+model.LabelReassign+" stays, because you may not change it; that does no harm.")
	}
	return result{sentences(said...), code}
}

// unfinished says where the value is, and how it goes on.
func (e *errand) unfinished(at backend.Progress, said ...string) result {
	return result{sentences(append(said, e.onward(at))...), ExitUnfinished}
}

// onward is the command by which it goes on. Which of the two ways is possible
// depends on what is there, so recover looks again.
func (e *errand) onward(at backend.Progress) string {
	plan, w := forth(at)
	finished := stateOf(at) == model.Placed && !w.Tagged && !plan.TargetFirst // but for its safety copy
	var flags []string
	for _, c := range plan.Choices(stateOf(at), true, true) {
		switch c {
		case model.Finish:
			flags = append(flags, "--finish")
		case model.TakeBack:
			if !finished {
				flags = append(flags, "--take-back")
			}
		case model.Leave, model.Forget:
		}
	}
	switch {
	case at.Next == model.Stuck && overtaken(at) != "":
		flags = nil // another run is at it
	case at.Unseen && at.Last == model.DeleteSource && plan.TargetFirst:
		// It may still arrive, which is harmless as long as nobody turns round.
		flags = sameWay(at)[:1]
	case at.Unseen:
		flags = sameWay(at)
	case nowhere(w) && !w.Tagged && !w.Claimed:
		return "" // nothing is left that could be shown
	}
	name := quoted(plan.To.Name)
	switch len(flags) {
	case 0:
		return "It is shown by: meshsecrets recover " + e.reached + " " + name
	case 1:
		return "It goes on with: meshsecrets recover " + flags[0] + " " + e.reached + " " + name
	}
	return "It goes on with: meshsecrets recover " + flags[0] + " " + e.reached + " " + name + " (or " + flags[1] + ")"
}

// leftIn is a progress that was left in a step: nobody knows what became of it.
func leftIn(at backend.Progress) backend.Progress {
	at.Unseen, at.Last = true, at.Next
	return at
}

// sameWay are both ways on, first that which was gone.
func sameWay(at backend.Progress) []string {
	if at.Plan.Back {
		return []string{"--take-back", "--finish"}
	}
	return []string{"--finish", "--take-back"}
}

// err is the end of the program with that result, nil when all is done.
func (r result) err() error {
	if r.code == ExitDone {
		return nil
	}
	return failure(r)
}

// sentences joins those that say something.
func sentences(all ...string) string {
	var said []string
	for _, one := range all {
		if one != "" {
			said = append(said, one)
		}
	}
	return strings.Join(said, " ")
}

// forth is what was seen, by the plan as it was begun.
func forth(at backend.Progress) (model.Plan, model.World) {
	if at.Plan.Back {
		at = at.Reverse()
	}
	return at.Plan, at.World
}

// stateOf is how far it is, by what was seen last.
func stateOf(at backend.Progress) model.State {
	plan, w := forth(at)
	return plan.StateOf(w)
}

// unasked tells that nobody waited for what the zones say: the run was stopped
// before, or another one had sent it to them.
func unasked(at backend.Progress) string {
	w := at.World
	stayed := at.Plan.Back && at.Plan.UID != "" && (w.Target == model.Present || w.Target == model.Edited) // zones were sent nothing
	if at.Plan.Zones && !stayed && (w.Unanswered || !at.Asked) {
		return "How the zones took it was not asked: :resend in the console shows how it stands."
	}
	return ""
}

// lacking tells that zones were not yet sent what they need to have it.
func lacking(at backend.Progress) string {
	_, w := forth(at)
	if at.Plan.Zones && w.Source == model.Absent && (at.World.Tagged || at.World.Alone()) {
		return "Zones can lack it until this is finished."
	}
	return ""
}

// holds tells whether a mesh has the secret.
func holds(p model.Place) bool {
	return p == model.Present || p == model.Edited || p == model.Restored
}

// nowhere tells that neither a mesh nor a safety copy holds what is moved.
func nowhere(w model.World) bool {
	gone := func(p model.Place) bool { return p == model.Absent || p == model.Foreign }
	return gone(w.Source) && gone(w.Target) && w.Copy == model.Absent
}

// standing says where the value is, as it was seen last.
func (e *errand) standing(at backend.Progress) string {
	plan, w := forth(at)
	name, from, to := model.Visible(plan.From.Name), meshOf(plan.From), meshOf(plan.To)
	kept := "Secret " + at.Copy() + " of " + e.namespace()
	here := to
	if holds(w.Source) {
		here = from
	}
	switch {
	case holds(w.Source) && holds(w.Target) && w.Source == w.Target:
		return name + " is in both " + from + " and " + to + ", with the same bytes."
	case holds(w.Source) && holds(w.Target):
		return name + " is in both " + from + " and " + to + ", and somebody changed it."
	case holds(w.Target) && w.Source == model.Foreign:
		return name + " is in " + to + " as it was; in " + from + " it is another one now."
	case (holds(w.Source) || holds(w.Target)) && w.Copy == model.Present:
		return name + " is in " + here + "; its safety copy is still there: " + kept + "."
	case holds(w.Source) || holds(w.Target):
		return name + " is in " + here + "."
	case w.Copy == model.Present && w.Alone():
		return name + " is in no mesh; its value is in " + kept + "."
	case w.Copy == model.Present:
		return "The value that was moved is in " + kept + "."
	case w.Alone(), nowhere(w):
		return name + ", as it was, is in no mesh, and no safety copy of it is there."
	}
	return ""
}

// blocked says what is there that nothing safe can be done about, or nothing.
func blocked(at backend.Progress) string {
	if at.Next != model.Stuck {
		return ""
	}
	plan, w := forth(at)
	name := model.Visible(plan.From.Name)
	if said := overtaken(at); said != "" {
		return said
	}
	switch stateOf(at) {
	case model.Unreadable:
		return "Its safety copy is not the one that this reassign would write: somebody else moves it, or did. meshsecrets recover tells of it."
	case model.Held:
		return name + " is being deleted, and a finalizer holds it."
	case model.Replaced:
		return "Another secret has the name " + name + " now."
	case model.Stale:
		if nowhere(w) {
			return "Another secret has the name " + name + " in " + meshOf(plan.From) + " now."
		}
		return "Somebody changed it in " + meshOf(plan.From) + " meanwhile, so it was not deleted there."
	case model.Back:
		if w.Claimed {
			return "This reassign made it there again, and that is not cleaned up yet."
		}
		return "Somebody made " + name + " in " + meshOf(plan.From) + " again."
	case model.Lost:
		return "Somebody deleted " + name + " meanwhile."
	case model.Finished, model.Staged, model.Gap, model.Placed:
	}
	return "What is there now allows no safe step."
}

// unknownAfter says where the value is when nobody knows what became of a step.
// It was taken only because something else holds the value.
func unknownAfter(at backend.Progress, step model.Step, namespace string) string {
	name, from, to := model.Visible(at.Plan.To.Name), meshOf(at.Plan.From), meshOf(at.Plan.To)
	kept := "Secret " + at.Copy() + " of " + namespace
	onCopy := !at.Plan.TargetFirst
	switch {
	case at.World.Held && step == model.CreateTarget && !onCopy && nowhere(at.World):
		return name + " is in no mesh. Whether it was created in " + to + " again is not known."
	case step == model.KeepCopy && at.World.Held:
		return name + " is in no mesh. Whether its safety copy was written again is not known: " + kept + "."
	case step == model.KeepCopy:
		return name + " is in " + from + " as before. Whether its safety copy was written is not known: " + kept + "."
	case step == model.CreateTarget && !onCopy:
		return name + " is in " + from + ". Whether it was created in " + to + " is not known."
	case step == model.DeleteSource && !onCopy:
		return name + " is in " + to + ". Whether it was deleted from " + from + " is not known."
	case step == model.DeleteSource:
		return "Whether " + name + " was deleted from " + from + " is not known. Its value is in " + kept + "."
	case step == model.CreateTarget, step == model.Wait && onCopy && at.World.Alone():
		return "Whether " + name + " was created in " + to + " is not known. Its value is in " + kept + "."
	case step == model.DropCopy:
		return name + " is in " + to + ". Whether its safety copy was deleted is not known: " + kept + "."
	case step == model.Untag, step == model.Retain, step == model.AskZones, step == model.Wait:
		return name + " is in " + to + ". What became of its label is not known."
	case step == model.Outlast:
		return name + " is in " + from + " and in " + to + "."
	case onCopy:
		return "What stands in " + from + " and " + to + " is not known. Its value is in " + kept + "."
	}
	return "What stands in " + from + " and " + to + " is not known. The value is in at least one of them."
}
