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
	h.claim = "done"
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
			"done, and crossed since it was seen"}[s.lost])
	}
}

// undone is a console that says that all is as it was.
func (h *hunt) undone(s *state, c *console) {
	h.claim = "undone"
	switch {
	case c.world.Source == Present || c.world.Source == Edited:
	case h.undisturbed(s):
		h.broken("claim", "undone, and the source is not there")
	default:
		h.count("undone is said while the source is gone")
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
	case h.undisturbed(s):
		h.broken("claim", "told lost, and there is %s", h.say(*s))
	default:
		h.count("told lost while it comes and goes")
	}
}
