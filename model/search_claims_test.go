package model

// What consoles say, held against what is there.

// owners checks that no two meshes hold different bytes, unless somebody else
// made it so.
func (h *hunt) owners(s *state) {
	a, b := s.objects[0].value, s.objects[1].value
	if s.strangers == h.strangers && (a == another || b == another) {
		h.broken("I5", "bytes that nobody wrote: %d and %d", a, b)
	}
}

// arrived tells that what is to be in a mesh was seen there.
func arrived(w World) bool {
	return w.Target == Present || w.Target == Restored || w.Target == Edited
}

// undisturbed tells that nobody but the one console did anything.
func (h *hunt) undisturbed(s *state) bool {
	return h.lone && s.strangers == h.strangers && s.late.kind == Look && !h.lates
}

// done is a console that says it is done.
func (h *hunt) done(s *state, c *console) {
	h.claim = "done" // undone is the same, the other way
	w := c.world
	if !arrived(w) || w.Source != Absent || w.Copy != Absent || w.Tagged && !w.Fixed {
		h.broken("claim", "done, and last seen was %+v", w)
	}
	if h.undisturbed(s) {
		_, to := c.ends()
		o := s.objects[h.slot(to)]
		if o.value != original || o.mesh != to || o.tag != 0 && !w.Fixed || s.copy != 0 || h.universal && s.objects[1-to].value != nothing {
			h.broken("claim", "done, and there is %s", h.say(*s))
		}
	}
	if !s.holders() {
		h.count([...]string{"", "done, and taken away by somebody since it was seen", "done, and bereft since it was seen",
			"done, and crossed since it was seen", "done, and crossed where a login may not change labels"}[s.lost])
	}
}

// stuck is a console that says that nothing safe is left to do.
func (h *hunt) stuck(s *state, c *console) {
	h.claim = "stuck"
	if !c.world.Alone() || c.world.Copy != Absent {
		return
	}
	h.claim = "lost"
	switch {
	case !s.holders():
		h.count("told lost, and it is")
	case s.strangers == h.strangers && !h.lates && !h.lone:
		h.count("told lost, and a run that holds it makes it again just then")
	case s.strangers == h.strangers && !h.lates:
		h.broken("claim", "told lost, and it is there")
	default:
		h.count("told lost, and somebody makes it again just then")
	}
}

// losses are states in which our own runs took away all that held the value,
// and none that lives holds it any more.
func (h *hunt) losses(s *state) {
	if s.holders() || s.lost < crossed || s.consoles[0].world.Held || s.consoles[1].world.Held {
		return
	}
	switch {
	case h.lates && h.lone && h.universal && s.strangers == h.strangers:
		h.broken("I1", "lost by a request that came late, and nobody else did anything")
	case h.lates:
		h.count("lost by a request that came late, and its run crashed")
	case h.universal:
		h.count("Universal: lost, as who took away the other's holder crashed at once")
	case s.lost == unmarked:
		h.count("Kubernetes: lost, where a login may not change labels and crashed at once")
	case !h.left:
		h.count("Kubernetes: lost, where a copy was written twice and both runs crashed at once")
	default:
		h.broken("I1", "lost between two consoles")
	}
}
