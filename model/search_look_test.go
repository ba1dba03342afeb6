package model

// What a console of the search sees when it looks.

// seeLive is the first read of a look.
func (h *hunt) seeLive(s *state, c *console) {
	from, to := c.ends()
	if h.universal {
		c.world.Source, c.fromTag = h.judge(c, from, s.objects[from]), s.objects[from].tag
		c.world.Claimed = h.carriesTag(c, s.objects[from])
		return
	}
	o := s.objects[0]
	c.live[0] = true
	switch {
	case o.value == nothing:
	case o.mesh == from:
		c.world.Source, c.world.Claimed = h.judge(c, from, o), h.carriesTag(c, o)
	case o.mesh == to:
		c.world.Target, c.world.Tagged = h.judge(c, to, o), h.carriesTag(c, o)
	default:
		c.world.Target = Foreign
	}
}

// seeOther is the second.
func (h *hunt) seeOther(s *state, c *console) {
	_, to := c.ends()
	switch {
	case h.universal:
		o := s.objects[to]
		c.world.Target, c.toTag = h.judge(c, to, o), o.tag
		c.world.Tagged = h.carriesTag(c, o)
	case c.dropped && !c.world.Alone():
	case c.read != unseen:
		c.world.Copy, c.copied, c.read = Present, c.read, unseen
	case c.world.Target == Present && c.copied != unseen:
		c.world.Copy = Present
	default:
		c.world.Copy, c.copied = copyAs(s, c)
	}
}

// carriesTag tells whether an object carries the tag of a console's reassign.
func (h *hunt) carriesTag(c *console, o held) bool {
	return o.value != nothing && h.tagged[c.op][o.tag]
}

// copyAs is the safety copy as a console sees it.
func copyAs(s *state, c *console) (Place, uint8) {
	switch s.copy {
	case 0:
		return Absent, unseen
	case c.op:
		return Present, fresh
	}
	return Foreign, unseen
}

// judge is what stands at one end, told by the shipped function.
func (h *hunt) judge(c *console, end uint8, o held) Place {
	if o.value == nothing {
		return Absent
	}
	return h.judged[judging(c.op, c.flip, c.back, c.other, end, o)]
}
