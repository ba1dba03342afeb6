package ui

import (
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// Deeds are those of the problem at the bar, and of the list.
func (p problems) Deeds(Frame) []Deed {
	if p.typing_ {
		return []Deed{{ID: keymap.Keep}, {ID: keymap.ClearFilter}}
	}
	deeds := moves()
	silent := p.stock.silent
	one, is := p.chosen()
	if is {
		row, _ := p.row(one)
		absent := row.Ghost() // there is nothing to edit or delete: the keys say so, and no hint offers them
		deeds = append(deeds,
			Deed{ID: keymap.Open, Not: p.unopened(one)},
			Deed{ID: keymap.Add, Not: firstOf(silent, p.unadded(one))},
			Deed{ID: keymap.UsedBy, Not: p.unused(one)},
			Deed{ID: keymap.Edit, Not: firstOf(silent, p.stock.waiting(), p.uneditable(one)), Quiet: absent},
			Deed{ID: keymap.EditOutside, Not: firstOf(silent, p.stock.waiting(), p.uneditable(one)), Quiet: true},
			Deed{ID: keymap.Delete, Not: firstOf(silent, p.stock.waiting(), p.unchangeable(one)), Quiet: absent},
			Deed{ID: keymap.Reassign, Not: firstOf(silent, p.stock.waiting(), p.unmovable(one)), Quiet: true},
			Deed{ID: keymap.Filter}, Deed{ID: keymap.Reload, Word: "read again", Quiet: true})
		if _, there := p.one(); there {
			deeds = append(deeds, copyDeeds(firstOf(silent, p.untouchable(one)))...)
		}
	} else {
		deeds = append(deeds, Deed{ID: keymap.Reload, Word: "read again"})
	}
	if !is && len(p.found.Problems) > 0 {
		deeds = append(deeds, Deed{ID: keymap.Filter, Quiet: true})
	}
	if !p.to.traits.ListsFacts {
		deeds = append(deeds, Deed{ID: keymap.LearnFacts, Quiet: true})
	}
	deeds = append(deeds, Deed{ID: keymap.Recover, Quiet: true}, Deed{ID: keymap.OpenNamed, Quiet: true}, Deed{ID: keymap.Undo, Quiet: true})
	return append(deeds, standing(p.backWord())...)
}

// backWord is what esc does now.
func (p problems) backWord() string {
	switch {
	case p.schooling.all:
		return "stop reading"
	case p.text != "":
		return "clear the filter"
	}
	return "back"
}

// unopened says why there is nothing to look at.
func (p problems) unopened(one model.Problem) string {
	if i := one.Interrupted; i != nil {
		if now := p.interrupted(one); p.sought != nil && !now.looked && now.err == nil {
			return "It is being looked at. Try again in a moment."
		}
		return ""
	}
	return p.gone(one)
}

// gone says that what the problem was about is no longer there: it was found a
// moment ago.
func (p problems) gone(one model.Problem) string {
	if _, there := p.row(one); there || one.Ref.Name == "" {
		return ""
	}
	return model.Visible(one.Ref.Name) + " is not in the list."
}

func (p problems) unused(one model.Problem) string { return p.gone(one) }

// unadded says why nothing can be added: the mesh is not there, or nobody can add
// a secret of that name.
func (p problems) unadded(one model.Problem) string {
	if one.Trouble == model.TroubleMissing && model.NotAdded(one.Ref) != "" {
		return model.Visible(one.Ref.Name) + " is not added by hand:" + p.to.mendsMissing(one.Ref)
	}
	for _, m := range p.stock.inventory.Meshes {
		if m.Mesh.Name == one.Ref.Mesh && m.Mesh.Missing {
			return "Mesh " + model.Visible(one.Ref.Mesh) + " does not exist, so nothing can be added to it."
		}
	}
	return ""
}

// untouchable says why there is no secret to change.
func (p problems) untouchable(one model.Problem) string {
	name := model.Visible(one.Ref.Name)
	row, there := p.row(one)
	switch {
	case one.Interrupted != nil:
		return "A reassign of " + name + " is not finished: enter decides about it first."
	case one.Ref.Name == "":
		return "This is about mesh " + model.Visible(one.Ref.Mesh) + ", which is changed with kumactl or kubectl."
	case !there:
		return p.gone(one)
	case row.Ghost():
		return name + " is missing." + p.to.mendsMissing(one.Ref)
	}
	return ""
}

func (p problems) unchangeable(one model.Problem) string {
	row, _ := p.row(one)
	return firstOf(p.untouchable(one), p.to.cannotChange(row))
}

func (p problems) uneditable(one model.Problem) string {
	row, _ := p.row(one)
	return firstOf(p.untouchable(one), p.to.cannotEdit(row))
}

// unmovable says why it is not reassigned. What is missing can come from
// another mesh that has a secret of its name.
func (p problems) unmovable(one model.Problem) string {
	if one.Trouble == model.TroubleMissing {
		row, is := p.namesake(one.Ref)
		if !is {
			return "No other mesh has a secret " + model.Visible(one.Ref.Name) + " that could be reassigned to here."
		}
		return p.to.cannotMove(row)
	}
	row, _ := p.row(one)
	return firstOf(p.untouchable(one), p.to.cannotMove(row))
}

// actionOf is the action that does what a remedy says.
func actionOf(deed model.Deed) keymap.ID {
	switch deed {
	case model.DeedAdd:
		return keymap.Add
	case model.DeedEdit:
		return keymap.Edit
	case model.DeedDelete:
		return keymap.Delete
	case model.DeedReassign:
		return keymap.Reassign
	case model.DeedUsedBy:
		return keymap.UsedBy
	case model.DeedOpen, model.DeedRecover:
	}
	return keymap.Open
}

// remedies are those whose keys act here. That nothing can be changed for the
// moment takes none away: their keys then say so.
func (p problems) remedies(one model.Problem) []model.Remedy {
	readOnly, _ := p.to.gate.ReadOnly()
	refused := map[model.Deed]string{
		model.DeedAdd: p.unadded(one), model.DeedEdit: p.uneditable(one), model.DeedDelete: p.unchangeable(one),
		model.DeedReassign: p.unmovable(one), model.DeedUsedBy: p.unused(one), model.DeedOpen: p.gone(one),
	}
	if one.Trouble == model.TroubleMissing {
		refused[model.DeedReassign] = "" // its text says whether there is one to reassign
	}
	var out []model.Remedy
	for _, r := range one.Remedies(p.stock.inventory) {
		writes := r.Deed != model.DeedUsedBy && r.Deed != model.DeedOpen && r.Deed != model.DeedRecover
		if refused[r.Deed] == "" && (!writes || !readOnly) {
			out = append(out, r)
		}
	}
	return out
}
