package ui

import (
	"meshsecrets/model"
)

// View draws the stage.
func (r reassign) View(f Frame) View {
	c := &canvas{w: f.Width}
	c.section("Reassign · "+r.name(), r.way())
	c.gap()
	switch r.stage {
	case choosingMesh:
		r.drawMeshes(c, f)
	case checking:
		r.drawChecks(c, f)
	case blocked:
		r.drawBlocked(c, f)
	case confirming:
		if r.shown {
			r.drawChecks(c, f)
			break
		}
		r.drawConfirm(c)
	case stepping:
		r.move.drawSteps(c, f)
		r.move.drawWhy(c)
	case arrived:
		r.move.drawSteps(c, f)
		r.drawArrived(c)
	case stopped:
		r.move.drawHeld(c, f, r.at)
	}
	room := f.Height
	if r.stage == arrived {
		room-- // its message may take two lines, and what is above it is to be read
	}
	view := c.fit(room)
	if r.stage == stepping {
		view.Status = say(Plain, r.move.status(f))
		view.Hints = r.steppingHints()
	}
	return view
}

// way is from where to where it goes, for line 2.
func (r reassign) way() string {
	if r.under() {
		from, to := r.move.ends()
		if r.move.progress.Plan.Back {
			return "back to " + model.Visible(from.Mesh)
		}
		return model.Visible(from.Mesh) + " → " + model.Visible(to.Mesh)
	}
	if r.stage == choosingMesh || r.target().Mesh == "" || r.stage == blocked && r.never() != nil {
		return "from " + model.Visible(r.row.Secret.Ref.MeshWord())
	}
	return r.from() + " → " + r.into()
}

func (r reassign) steppingHints() Line {
	hints := Line{{Plain, " "}, {Accent, "ctrl+c"}, {Muted, " quit after this step"}}
	if r.move.progress.Again && !r.move.halt {
		hints = append(hints, Span{Plain, "   "}, Span{Accent, "esc"}, Span{Muted, " stop trying"})
	}
	return hints
}

// drawArrived says what is left to know once it is over.
func (r reassign) drawArrived(c *canvas) {
	m := r.move
	if m.takenBack() && m.progress.Why != nil {
		plan := m.progress.Plan
		c.gap()
		c.section("It is in "+model.Visible(plan.To.Mesh), "")
		c.gap()
		c.hang(failedMark, m.refusedBy(plan.From, m.progress.Why))
		c.hang(unmarked, "So it was created in "+model.Visible(plan.To.Mesh)+", with the same bytes: it must not be nowhere. Its age and UID are new.")
	}
	if w := m.progress.World; w.Fixed && w.Tagged {
		c.gap()
		text := "Its label " + model.LabelReassign + " stays, as you may not change it. It does no harm."
		switch {
		case r.to.traits.NamePerMesh:
			text = "Its label " + model.LabelReassign + " stays, as you may not change it. :recover shows it until somebody who may removes it."
		case m.progress.Plan.Zones && !m.stayed():
			text = "Its label " + model.LabelReassign + " stays, as you may not change it, so the zones were not sent it once more. Somebody who may change secrets can :resend it."
		}
		c.hang(look, text)
	}
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
	return "A secret cannot change its mesh, and on Kubernetes a name exists once: a safety copy is kept, it is deleted here, and then created in the other one with the same bytes."
}
