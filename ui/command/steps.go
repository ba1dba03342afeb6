package command

import (
	"context"
	"fmt"
	"slices"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// stepLimit is how long one step may take, beside what it waits by itself.
const stepLimit = 30 * time.Second

// tooOften is how many times one step is taken in a row though it went well each
// time: whatever it does, it does not stay done.
const tooOften = 4

// walk is how far the steps of a reassign came in this run.
type walk struct {
	at     backend.Progress
	err    error // of the last step
	took   bool  // a step was tried in this run: before that, what at holds was seen by somebody else
	halted bool  // somebody asked to stop
	left   bool  // and insisted: what became of the step under way is not known

	after   model.Step    // the last step, apart from looking
	repeats int           // how often it was taken in a row, and went well
	spent   time.Duration // on it, all times together
	unknown model.Step    // what nobody knows the outcome of yet, else Done

	began time.Time // when the step under way was
	gone  time.Time // when this run deleted it where it was; zero before
}

// walk takes the steps of a reassign until there is none left, one fails for
// good, or somebody asks to stop. Each is printed when it is over.
func (e *errand) walk(life context.Context, c model.Change, at backend.Progress) walk {
	w := walk{at: at, unknown: model.Done}
	for {
		if was(e.ending.asked) && !w.lastHolder() {
			w.halted = true
			return w
		}
		w.began = e.process.Now()
		s, over := e.step(life, c, w)
		if !over {
			w.left, w.halted = true, true
			return w
		}
		before := w.at
		w.at, w.err = s.at, s.err
		w.took = w.took || s.at.Last != model.Done
		w = w.counted(e.process.Now().Sub(w.began))
		if w.at.Last == model.DeleteSource && w.at.World.Source == model.Absent {
			w.gone = e.process.Now()
		}
		w = e.learnt(before.Plan, w)
		e.tell(before, w)
		switch {
		case w.err == nil && (w.at.Next == model.Done || w.at.Next == model.Stuck):
			return w
		case w.lastHolder():
			w = e.keepOn(w)
		case w.err != nil && !w.at.Again, w.endless():
			return w
		}
	}
}

// counted notes a step beside those before it. Asking the zones is one step,
// however often they are asked.
func (w walk) counted(spent time.Duration) walk {
	if w.at.Last == model.Done {
		return w
	}
	if w.at.Last != w.after {
		w.after, w.repeats, w.spent = w.at.Last, 0, 0
	}
	w.spent += spent
	if w.err == nil && w.at.Last != model.AskZones {
		w.repeats++
	}
	return w
}

// endless tells that a step does not stay done.
func (w walk) endless() bool { return w.err == nil && w.repeats >= tooOften }

// lastHolder tells that what is moved is in no mesh and in no safety copy, and
// that there is something to be done about it: its value is in this program
// alone.
func (w walk) lastHolder() bool {
	world := w.at.World
	return w.took && world.Held && nowhere(world) && w.at.Next != model.Stuck
}

// holdPause is how long is waited before everything is tried once more by a
// program that alone holds a value.
const holdPause = 10 * time.Second

// keepOn goes on when stopping would lose the value: only a second signal ends
// that.
func (e *errand) keepOn(w walk) walk {
	if w.err == nil || w.at.Again {
		return w
	}
	e.sheet.line(failed, "It is in no mesh and in no safety copy: the value is in this program alone. It is tried on; ctrl+c twice gives the value up.")
	pause := time.NewTimer(holdPause)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-e.ending.insisted:
	}
	w.at = w.at.Anew()
	return w
}

// stepped is what came of a step.
type stepped struct {
	at  backend.Progress
	err error
}

// step takes one step. It is not cut off by the first signal, but by the second,
// and after a while: over is false then. It has values of its own, because it
// goes on for as long as the program does.
func (e *errand) step(life context.Context, c model.Change, w walk) (s stepped, over bool) {
	limit := stepLimit + e.plane.Identity().Gap() + w.at.Pause()
	life, cancel := context.WithTimeout(context.WithoutCancel(life), limit)
	answers := make(chan stepped, 1)
	asked := e.ending.asked
	if was(asked) {
		asked = nil // it was told; what is asked for from here on is news
	}
	c = c.Clone()
	go func() {
		defer cancel()
		defer c.Wipe()
		defer func() {
			if recover() != nil { // what was panicked with may hold the value
				unseen := w.at.Anew()
				unseen.Unseen, unseen.Last = true, w.at.Next
				answers <- stepped{unseen, mistake}
			}
		}()
		next, err := e.gate.Advance(life, c, w.at)
		answers <- stepped{next, err}
	}()
	var late <-chan time.Time
	beats, still := e.sheet.beats()
	defer still()
	if w.at.Next == model.Wait || w.at.Next == model.Outlast || w.at.Next == model.AskZones {
		e.sheet.rewrite(e.underWay(w, w.began))
	}
	for {
		select {
		case <-beats:
			e.sheet.rewrite(e.underWay(w, e.process.Now()))
		case s := <-answers:
			return s, true
		case <-asked:
			asked = nil
			e.sheet.line(going, "stopping after this step; ctrl+c once more leaves at once")
			if !w.lastHolder() {
				timer := time.NewTimer(patience)
				defer timer.Stop()
				late = timer.C
			}
		case <-late:
			return stepped{}, false
		case <-e.ending.insisted:
			return stepped{}, false
		}
	}
}

// learnt prints that a step was made after all, of which that was not known:
// what comes after it shows that.
func (e *errand) learnt(plan model.Plan, w walk) walk {
	at := w.at
	switch {
	case at.Unseen && at.Last != model.Done:
		w.unknown = at.Last
	case at.Unseen, w.unknown == model.Done:
	default:
		if at.Last != w.unknown && at.Next != model.Stuck {
			e.sheet.line(passed, "%s, as is seen now", done(plan, at, w.unknown))
		}
		w.unknown = model.Done
	}
	return w
}

// tell prints what a step did.
func (e *errand) tell(before backend.Progress, w walk) {
	at, plan := w.at, before.Plan
	taken := w.err == nil && at.Last != model.Done && (at.Last != model.AskZones || at.Next != model.AskZones)
	switch {
	case w.err != nil && at.Unseen && at.Last != model.Done && at.Again:
		e.sheet.line(look, "what came of %s is not known: %s Looking again in %s, %s.", tried(plan, at.Last), because(w.err), seconds(at.Pause()), attempt(at))
	case w.err != nil && at.Unseen && at.Last != model.Done:
		e.sheet.line(failed, "what came of %s is not known", tried(plan, at.Last))
	case w.err != nil && at.Again:
		e.sheet.line(look, "%s did not work: %s Trying again in %s, %s.", tried(plan, at.Last), because(w.err), seconds(at.Pause()), attempt(at))
	case w.err != nil:
		e.sheet.line(failed, "%s did not work", tried(plan, at.Last))
	case at.TakenBack && !before.TakenBack:
		e.sheet.line(look, "%s did not take it; created in %s again, read back, equal (%s)", meshOf(plan.To), meshOf(plan.From), stepTime(w.spent))
	case taken && at.World.Fixed && at.Last == model.Untag:
		e.sheet.line(look, "its label stays: you may not change it (%s)", stepTime(w.spent))
	case taken && at.World.Fixed && at.Last == model.Retain:
		e.sheet.line(look, "not marked as taken back: you may not change its labels (%s)", stepTime(w.spent))
	case taken:
		mark, text := doneWord(plan, at)
		e.sheet.line(mark, "%s (%s)", text, stepTime(w.spent))
	}
	if taken && at.Last == model.AskZones {
		e.tellZones(at.Zones)
	}
	if w.endless() {
		e.sheet.line(failed, "%s: done %d times, and it does not stay done", tried(plan, w.after), w.repeats)
	}
}

// attempt says which one the next is, and how many there are at most.
func attempt(at backend.Progress) string {
	said := fmt.Sprintf("attempt %d of %d", at.Tries+1, at.Most())
	if lasts := at.Lasts().Round(time.Minute); at.Tries == 1 && lasts > 0 {
		said += fmt.Sprintf(", for about %d min", lasts/time.Minute)
	}
	return said
}

// doneWord is the line of a step that was taken.
func doneWord(plan model.Plan, at backend.Progress) (mark, text string) {
	text = done(plan, at, at.Last)
	all := allTook(at.Zones)
	switch {
	case at.Last == model.AskZones && !all:
		return look, text + ": not all took it, or said so"
	case at.Last == model.DropCopy && at.Asked && !all:
		return passed, text + " all the same: zones are sent it from " + meshOf(plan.To)
	}
	return passed, text
}

// allTook tells whether each zone said that it took it.
func allTook(zones []backend.ZoneAnswer) bool {
	others := func(z backend.ZoneAnswer) bool { return z.Answer != backend.Took }
	return len(zones) > 0 && !slices.ContainsFunc(zones, others)
}

// tellZones prints how the zones took it, and what can be done about those that
// did not.
func (e *errand) tellZones(zones []backend.ZoneAnswer) {
	if len(zones) == 0 {
		e.sheet.line(look, "how the zones took it could not be read; :resend in the console shows how it stands")
	}
	for _, z := range zones {
		mark, text := answerWord(z.Answer)
		e.sheet.line(mark, "%s: %s", model.Visible(z.Name), text)
	}
}

func answerWord(a backend.Answer) (mark, text string) {
	switch a {
	case backend.Awaited:
		return look, "no answer yet, so it may lack the secret; :resend in the console shows how it stands, and sends it again"
	case backend.Took:
		return passed, "answered, nothing refused"
	case backend.Rejected:
		return failed, "refused it, each time it was sent; :resend in the console sends it again"
	case backend.Away:
		return look, "not connected; it can lose the secret when it comes back, and :resend in the console sends it again then"
	case backend.Unasked:
		return look, "its answer cannot be read, so it may lack the secret; :resend in the console sends it again"
	}
	return look, "not asked"
}

func meshOf(ref model.Ref) string { return model.Visible(ref.Mesh) }

// done is a step that was taken, by a plan that came as far as this.
func done(plan model.Plan, at backend.Progress, s model.Step) string {
	switch s {
	case model.KeepCopy:
		return "safety copy written"
	case model.DeleteSource:
		return "deleted from " + meshOf(plan.From)
	case model.Wait:
		return "waited so that the zones follow"
	case model.Outlast:
		return "waited until nothing that was sent before can arrive any more"
	case model.CreateTarget:
		return "created in " + meshOf(plan.To) + ", read back, equal"
	case model.Untag:
		// What never went anywhere was marked alone, and that mark goes.
		if plan.Zones && (!plan.Back || plan.TargetFirst || at.World.Target == model.Restored) {
			return "sent to the zones again"
		}
		return "label of the reassign taken away"
	case model.Retain:
		return "marked as taken back, so that no other run deletes it"
	case model.AskZones:
		return "zones asked how they took it"
	case model.DropCopy:
		return "safety copy deleted"
	case model.Look, model.Done, model.Stuck:
	}
	return "looked"
}

// tried is a step that failed, at the beginning of a sentence.
func tried(plan model.Plan, s model.Step) string {
	switch s {
	case model.KeepCopy:
		return "writing the safety copy"
	case model.DeleteSource:
		return "deleting it from " + meshOf(plan.From)
	case model.Wait:
		return "waiting for the zones"
	case model.Outlast:
		return "waiting until nothing that was sent before can arrive"
	case model.CreateTarget:
		return "creating it in " + meshOf(plan.To)
	case model.Untag:
		return "taking its label away"
	case model.AskZones:
		return "asking the zones"
	case model.Retain:
		return "marking it as taken back"
	case model.DropCopy:
		return "deleting the safety copy"
	case model.Look, model.Done, model.Stuck:
	}
	return "looking at both meshes"
}
