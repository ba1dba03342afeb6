package command

import (
	"meshsecrets/backend"
	"meshsecrets/model"
)

// Two runs may lead one reassign in opposite ways. The one that comes too late
// stops, and says who goes on.
const (
	takesBack = "Another run takes it back."
	tookBack  = "Another run has taken it back."
	finishes  = "Another run finishes it."
)

// overtaken says that another run ends the reassign the other way, or nothing.
func overtaken(at backend.Progress) string {
	plan, w := forth(at)
	switch {
	case w.Copy == model.Foreign, w.Target == model.Foreign:
		return ""
	case plan.TargetFirst:
		return overtakenInMeshes(at)
	case at.Plan.Back:
		return finishedByOthers(at)
	case w.Alone() && at.World.Placed && w.Copy == model.Present, holds(w.Source) && w.Claimed:
		return takesBack
	case w.Source == model.Restored && at.World.Copied && w.Copy == model.Absent:
		return tookBack
	case w.Source == model.Restored && at.World.Copied:
		return "Another run takes it back, or somebody made it in " + meshOf(plan.From) + " again."
	case w.Source == model.Present && at.World.Placed && w.Copy == model.Absent:
		return "Its safety copy is gone: another run has taken it back, or somebody deleted the copy."
	}
	return ""
}

// finishedByOthers is for a run that was to take it back.
func finishedByOthers(at backend.Progress) string {
	w := at.World
	switch {
	case w.Source == model.Present && !w.Claimed:
		return "Another run has finished it, so it is not taken back."
	case w.Alone() && w.Placed && w.Copy == model.Present:
		return finishes
	}
	return ""
}

// overtakenInMeshes is for a run where two meshes may hold the name: there, who
// takes back goes on.
func overtakenInMeshes(at backend.Progress) string {
	plan, w := forth(at)
	switch {
	case at.Plan.Back, w.Source != model.Present:
		return ""
	case at.World.Gone && w.Target == model.Absent && !w.Claimed:
		return tookBack
	case at.World.Gone:
		return takesBack
	case at.World.Placed && w.Target == model.Absent:
		return "What was made in " + meshOf(plan.To) + " is gone: another run has taken it back, or somebody deleted it."
	}
	return ""
}

// over tells that another run has ended it, and left nothing unfinished.
func over(at backend.Progress) bool {
	_, w := forth(at)
	one := holds(w.Source) != holds(w.Target)
	return overtaken(at) != "" && at.Next == model.Stuck && one && w.Copy == model.Absent && !w.Tagged && !w.Claimed
}
