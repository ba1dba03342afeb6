package command

import (
	"context"
	"errors"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// whereabouts says where the value of an unfinished reassign is.
func (e *errand) whereabouts(f backend.Found) string {
	if said := e.standing(f.Progress); said != "" {
		return said
	}
	if f.Copy != "" {
		return "Its safety copy is Secret " + model.Visible(f.Copy) + " of " + e.namespace() + "."
	}
	return "What stands in " + meshOf(f.Plan.From) + " and " + meshOf(f.Plan.To) + " is not known."
}

// usually says why the first choice is the usual one, or the only one.
func usually(f backend.Found) string {
	finish := f.Choices[0] == model.Finish
	switch {
	case f.State == model.Gap && finish:
		return ", as it was on its way to " + meshOf(f.Plan.To)
	case f.State == model.Gap:
		return ", as mesh " + meshOf(f.Plan.To) + " does not exist any more"
	case f.State == model.Staged:
		return ", as nothing was deleted yet"
	case f.State == model.Placed:
		return ", as it is where it was to be; only tidying up is left"
	case f.State == model.Back:
		return ", as it is where it was; only tidying up is left"
	case f.State == model.Stale && f.Choices[0] == model.TakeBack:
		return ", which keeps what is in " + meshOf(f.Plan.From) + " now, and deletes the copy of what was there before"
	}
	return ""
}

// wayOut says what a person has to do where neither way is possible.
func wayOut(f backend.Found) []string {
	from, to, name := meshOf(f.Plan.From), meshOf(f.Plan.To), model.Visible(f.Plan.To.Name)
	switch {
	case f.State == model.Stale && f.Plan.TargetFirst:
		return []string{
			"to keep the one in " + to + ": delete " + name + " in " + from + ", then --finish",
			"to keep the one in " + from + ": delete " + name + " in " + to + ", which ends it",
			"to keep both: --forget, which only takes the label off",
		}
	case f.State == model.Replaced && f.Progress.World.Tagged:
		return []string{
			"it was created in " + to + ", and somebody changed it there since",
			"to keep it so: --forget, which deletes the safety copy and the value in it",
			"to have it as it was: delete " + name + " in " + to + ", then --finish or --take-back",
		}
	case f.State == model.Replaced:
		return []string{
			"that other one is in " + inMesh(f.Progress.Other()),
			"to have the value of the safety copy: delete that one, if need be after adding it under another name; then --finish or --take-back",
			"if nobody needs that value any more: --forget, which deletes the safety copy and the value in it",
		}
	case f.State == model.Held:
		return []string{"a finalizer holds what is being deleted; whoever set it has to let go first"}
	case f.State == model.Gap && !f.FromThere && !f.ToThere && !f.MeshesUnread:
		return []string{"neither mesh exists any more: make " + to + " again, then --finish, or " + from + ", then --take-back"}
	}
	return nil
}

// inMesh is where a secret is that has the name of another.
func inMesh(ref model.Ref) string {
	if ref.Mesh == "" {
		return "no mesh: it is a global secret, or another kind of Secret"
	}
	return "mesh " + model.Visible(ref.Mesh)
}

// forgets ends a reassign without moving anything, and counts it.
func (e *errand) forgets(life context.Context, found backend.Found, t tally) tally {
	life, cancel := context.WithTimeout(context.WithoutCancel(life), stepLimit)
	defer cancel()
	name := model.Visible(found.Plan.To.Name)
	err := e.gate.Forget(life, found)
	switch {
	case err == nil && found.Copy != "":
		e.sheet.line(passed, "safety copy of %s deleted; what is there now stays", name)
	case err == nil:
		e.sheet.line(passed, "label taken off %s in %s; both meshes keep what they have", name, meshOf(found.Plan.To))
	case errors.Is(err, backend.ErrUnknown):
		e.complain(sentences(because(err), "It is shown by: meshsecrets recover "+e.reached+" "+quoted(found.Plan.To.Name)))
		return t
	default:
		e.complain(sentences(because(err), "Nothing was changed."))
		return t
	}
	t.left--
	return t
}
