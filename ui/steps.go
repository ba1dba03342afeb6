package ui

import (
	"strconv"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// taken is a step of a reassign that was taken.
type taken struct {
	step model.Step
	text string // what it did
	took time.Duration
	look bool // it did not go as it should
}

// ahead are the steps that are left as long as each goes well, from what is
// there now. They are asked of the plan itself, step by step.
func ahead(p model.Plan, w model.World) []model.Step {
	const enough = 20 // more than any plan has
	var steps []model.Step
	for range enough {
		next := p.Next(w)
		if next == model.Done || next == model.Stuck {
			break
		}
		steps = append(steps, next)
		w = wentWell(p, w, next)
	}
	return steps
}

// wentWell is what is there after a step that went well.
func wentWell(p model.Plan, w model.World, s model.Step) model.World {
	switch s {
	case model.KeepCopy:
		w.Copy = model.Present
	case model.DeleteSource:
		w.Source, w.Claimed = model.Absent, false
	case model.CreateTarget:
		w.Target, w.Tagged = model.Present, true
		if p.Back && p.UID != "" {
			w.Target = model.Restored // an object of its own
		}
	case model.Untag:
		w.Tagged = false
	case model.Retain:
		w.Tagged = true
	case model.DropCopy:
		w.Copy = model.Absent
	case model.Look, model.Done, model.Wait, model.Outlast, model.AskZones, model.Stuck:
	}
	w.Run = p.After(w.Run, s, true)
	return w.Seeing()
}

// tense is when a step is spoken of.
type tense uint8

const (
	toCome tense = iota
	underWay
	made
)

// stepWord says a step of a plan. After is the step before it: what the zones
// are waited for depends on that.
func stepWord(p model.Plan, s, after model.Step, t tense) string {
	from, to := meshWord(p.From), meshWord(p.To)
	again := ""
	if p.Back {
		again = " again"
	}
	words := [3]string{}
	switch s {
	case model.KeepCopy:
		words = [3]string{"write the safety copy", "writing the safety copy", "safety copy written, read back, equal"}
	case model.DeleteSource:
		words = [3]string{"delete from " + from, "deleting from " + from, "deleted from " + from}
	case model.Wait:
		what := " so that the zones see it come"
		if after == model.DeleteSource || after == model.Done {
			what = " so that the zones see it go"
		}
		words = [3]string{"wait" + what, "waiting" + what, "waited" + what}
	case model.Outlast:
		const what = " until no deletion that was sent before can arrive"
		words = [3]string{"wait" + what, "waiting" + what, "waited" + what}
	case model.CreateTarget:
		words = [3]string{"create in " + to + again, "creating in " + to + again, "created in " + to + again + ", read back, equal"}
	case model.Untag:
		words = [3]string{"remove its label", "removing its label", "label removed"}
		if p.Zones && after != model.DropCopy {
			words = [3]string{"send to the zones again", "sending to the zones again", "sent to the zones again"}
		}
	case model.AskZones:
		words = [3]string{"read the answers of the zones", "reading the answers of the zones", "answers of the zones read"}
	case model.Retain:
		words = [3]string{"mark it as taken back", "marking it as taken back", "marked as taken back: no other run deletes it"}
	case model.DropCopy:
		words = [3]string{"delete the safety copy", "deleting the safety copy", "safety copy deleted"}
	case model.Look, model.Done, model.Stuck:
	}
	return words[t]
}

// longestMeshShown is how much of a mesh's name a step has room for.
const longestMeshShown = 24

func meshWord(r model.Ref) string { return model.Visible(shortenMiddle(r.Mesh, longestMeshShown)) }

// allTook is what the zones answered when all went well.
const allTook = "all zones answered, nothing refused"

// answersWord says how the zones took it, when they were asked.
func answersWord(zones []backend.ZoneAnswer) string {
	if len(zones) == 0 {
		return "the zones gave no answer"
	}
	for _, z := range zones {
		if z.Answer != backend.Took {
			return "not all zones took it, or said so"
		}
	}
	return allTook
}

// zoneWords say how one zone took it.
func zoneWords(a backend.Answer, over bool) (mark Span, text string) {
	switch a {
	case backend.Took:
		return passedMark, "answered, nothing refused"
	case backend.Rejected:
		if over {
			return failedMark, "refused it; :resend sends it again"
		}
		return look, "refused it; sent again"
	case backend.Away:
		return look, "not connected; may lose it when it comes back: :resend then"
	case backend.Unasked:
		if over {
			return look, "its answer cannot be read; :resend sends it again"
		}
		return look, "its answer cannot be read"
	case backend.Awaited:
	}
	if over {
		return look, "no answer yet; :resend shows how it stands"
	}
	return Span{Plain, "…"}, "no answer yet"
}

// restTime is how long a step has waited that only waits. Once it is over it is
// looked whether all is as it was, which takes as long as the answer does.
func restTime(d, whole time.Duration) string {
	if over := d - whole; over >= time.Second {
		return stepTime(whole) + ", looking for " + stepTime(over)
	}
	return stepTime(min(d, whole)) + " of " + stepTime(whole)
}

// stepTime is how long a step took.
func stepTime(d time.Duration) string {
	if d < time.Second {
		return strconv.Itoa(int(max(d, 0)/time.Millisecond)) + "ms"
	}
	return strconv.Itoa(int(d/time.Second)) + "s"
}
