package model

// What a console of the search sends, and what it makes of the answer.

// readHeld is the last look before a deletion: at what holds the value then.
func (h *hunt) readHeld(s state, i int) {
	c := &s.consoles[i]
	if !h.calm { // somebody refers to it by now, its new mesh is gone, the server would refuse
		h.notDeleted(s, i)
	}
	holds := false
	if h.universal {
		_, to := c.ends()
		holds = h.judge(c, to, s.objects[to]) == Present
	} else {
		place, _ := copyAs(&s, c)
		holds = place == Present
	}
	if !holds && !h.heedless {
		h.notDeleted(s, i)
		return
	}
	c.call = send
	if h.universal {
		c.call = check
	}
	h.emit(s)
}

// notDeleted is a deletion that was refused before it was sent.
func (h *hunt) notDeleted(s state, i int) {
	c := &s.consoles[i]
	c.refused = true
	c.look(afterStep)
	h.emit(s)
}

// check is what Universal reads before each write: its writes are unconditional.
func (h *hunt) check(s state, i int) {
	c := &s.consoles[i]
	r := h.request(&s, c)
	there, tag := s.objects[r.slot], c.toTag
	if c.step == DeleteSource {
		tag = c.fromTag
	}
	same := there.value == c.carries() && there.tag == tag
	if r.kind == CreateTarget {
		same = there.value == nothing
	}
	if same {
		c.live[r.slot] = true
		c.call = send
	} else {
		c.refused = c.step == DeleteSource || c.undo
		c.look(afterStep)
	}
	h.emit(s)
}

// request is what a console sends next.
func (h *hunt) request(s *state, c *console) request {
	from, to := c.ends()
	r := request{kind: c.step, mesh: to, value: c.carries(), tag: c.op, sound: true, fixed: c.world.Fixed}
	switch c.call {
	case forget:
		r.kind = DropCopy
	case putBack:
		r.kind, r.mesh = CreateTarget, from
	case resendSet, resendUnset:
		r.kind = Stuck
	default:
		switch c.step {
		case DeleteSource:
			r.mesh, r.sound = from, !h.heedless || c.world.Copy == Present
		case DropCopy:
			r.sound = arrived(c.world)
		}
	}
	r.slot = h.slot(r.mesh)
	r.fresh = c.live[r.slot]
	if r.kind == DropCopy {
		r.fresh = c.copied == fresh
	}
	return r
}

// sends is a write, with all that may become of it.
func (h *hunt) sends(s state, i int) {
	r := h.request(&s, &s.consoles[i])
	if !h.calm {
		n := s
		h.answered(n, i, unknown) // it never arrived
		h.answered(n, i, refused)
		h.apply(&n, r)
		h.answered(n, i, unknown) // it did
	}
	if !h.calm && h.lates && s.late.kind == Look {
		n := s
		n.late = r
		h.answered(n, i, unknown) // it will
	}
	said := h.apply(&s, r)
	h.answered(s, i, said)
}

// answered is what a console makes of the answer to its write.
func (h *hunt) answered(s state, i int, said answer) {
	c := &s.consoles[i]
	sent := said == accepted || said == unknown || said == overwrote
	switch c.call {
	case forget:
		c.leave()
	case putBack:
		h.putBack(c, said)
	case resendSet, resendUnset:
		h.resent(s, i, said)
		return
	default:
		h.stepped(s, i, said, sent)
		return
	}
	h.emit(s)
}

func (h *hunt) stepped(s state, i int, said answer, sent bool) {
	c := &s.consoles[i]
	plan := h.plan(c)
	switch {
	case c.step == DropCopy:
		c.copied = unseen
		if said == missing {
			sent, said = true, accepted
		}
		c.dropped = said == accepted
	case c.step == DeleteSource:
		if h.universal && said == missing {
			sent, said = true, accepted
		}
	case c.step == CreateTarget && said == refused && !h.universal && !c.back:
		c.call = putBack
		h.emit(s)
		return
	case (c.step == Untag || c.step == Retain) && said == refused:
		c.world.Fixed, said = true, accepted
	}
	c.refused = c.step == DeleteSource && said != accepted && said != unknown || c.undo && said != accepted
	c.world.Run = plan.After(c.world.Run, c.step, sent)
	if said == unknown {
		c.world.Run = c.world.Unheard(c.step)
	}
	c.world.Copied = c.world.Copied || c.step == KeepCopy && said == accepted
	c.look(afterStep)
	h.emit(s)
}

// putBack is the answer to the create where the secret was.
func (h *hunt) putBack(c *console, said answer) {
	if said == accepted {
		c.back = !c.back
	}
	c.world.Run = h.plan(c).After(c.world.Run, CreateTarget, said == accepted || said == unknown)
	c.look(afterStep)
}

// resent is the answer to the label of a resend, set or removed.
func (h *hunt) resent(s state, i int, said answer) {
	c := &s.consoles[i]
	_, to := c.ends()
	slot := h.slot(to)
	switch {
	case said != accepted:
		c.asked(h.plan(c))
		h.emit(s)
	case c.call == resendSet:
		c.call, c.live[slot] = resendUnset, true
		h.emit(s)
	default:
		c.live[slot] = true // it is the newest version that is kept
		h.act(s, i)
	}
}
