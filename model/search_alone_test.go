package model

import "slices"

// alone lets one console go on without faults and without anybody else, until
// it ends. Calls are those about the secret and its safety copy; those that
// list meshes and zones are as many whatever happened.
func (h *hunt) alone(s state, i int) (end state, calls int) {
	was := h.calm
	h.calm, h.claim = true, ""
	defer func() { h.calm = was }()
	s.consoles[1-i], s.late, s.strangers = console{}, request{}, 0
	for range 60 {
		if calls > 0 && s.consoles[i].call == idle {
			return s, calls
		}
		calls += h.cost(&s.consoles[i])
		ways := h.moves(s, i)
		if len(ways) == 0 {
			return s, calls
		}
		s = ways[0]
	}
	h.broken("I3", "it has no end: %s", h.say(s))
	return s, calls
}

// cost is how many requests the next call of a console is.
func (h *hunt) cost(c *console) int {
	switch {
	case c.call == idle:
		return 2 // the list of what is unfinished, and what carries the value
	case h.universal && c.call == send && c.step != DeleteSource,
		!h.universal && c.call == send && (c.step == Untag || c.step == Retain):
		return 2 // it is read back, or before
	case !h.universal && c.call == readOther && (c.read != unseen || c.dropped && !c.world.Alone() || c.world.Target == Present && c.copied != unseen):
		return 0 // the copy was read already
	}
	return 1
}

// plane is the control plane of a state, and nothing beside it.
func (s state) plane() state {
	s.consoles, s.late, s.strangers, s.lost = [2]console{}, request{}, 0, kept
	s.gone, s.copyGone = [2]uint8{}, nobody
	return s
}

// recoveries has every control plane that was reached recovered by a console
// that knows nothing: with what is offered first, and with each other choice.
// It gives the most calls that either took.
func (h *hunt) recoveries() (first, other int) {
	seen := map[packed]bool{}
	for _, p := range h.queue {
		s := p.state().plane()
		key := s.pack()
		if seen[key] {
			continue
		}
		seen[key] = true
		h.choice = func(offered []Choice) Choice { return offered[0] }
		calls := h.recovered(s)
		if first = max(first, calls); s.tags() < 2 && calls > h.mostCalls() {
			h.broken("I3", "%d calls: %s", calls, h.say(s))
		}
		for _, wanted := range []Choice{Finish, TakeBack} {
			h.choice = func(offered []Choice) Choice {
				if slices.Contains(offered, wanted) {
					return wanted
				}
				return offered[0]
			}
			other = max(other, h.recovered(s))
		}
	}
	return first, other
}

// mostCalls is how many calls the usual recovery takes at most: where zones are
// waited for and asked, it looks after each.
func (h *hunt) mostCalls() int {
	if h.zones {
		return 14
	}
	return 12
}

// recovered is what a console that knows nothing makes of a control plane: one
// recovery, and another while something is unfinished. It gives the calls of the
// longest.
func (h *hunt) recovered(s state) (longest int) {
	for range 3 {
		h.state, h.claim = Finished, ""
		end, calls := h.alone(s, 0)
		longest = max(longest, calls)
		edited := h.state == Stale && end.objects[0].value == another // somebody's own, which they keep
		left := h.state == Replaced || h.state == Unreadable || h.state == Lost || h.state == Stale && h.universal
		switch {
		case s.holders() && !end.holders() && !edited:
			h.broken("I1", "recovered, and lost: %s", h.say(s))
		case h.claim != "done" && (left || calls <= 2):
			return longest
		case h.claim != "done":
			h.broken("I3", "not recovered (%s): %s, then %s", h.claim, h.say(s), h.say(end))
		}
		s = end.plane()
	}
	if s.copy != 0 || h.universal && s.tags() > 0 {
		h.broken("I3", "it is never finished: %s", h.say(s))
	}
	return longest
}

// tags counts the objects that carry the tag of a reassign.
func (s state) tags() int {
	n := 0
	for _, o := range s.objects {
		if o.tag != 0 {
			n++
		}
	}
	return n
}

// ends has each console of every state go on by itself. One that holds the value
// when nothing else does brings it back.
func (h *hunt) ends() (runs int) {
	seen := map[packed]bool{}
	for _, p := range h.queue {
		for i := range 2 {
			s := p.state()
			if s.consoles[i].call == idle {
				continue
			}
			s.consoles[1-i], s.late, s.strangers = console{}, request{}, 0
			key := s.pack()
			if seen[key] {
				continue
			}
			seen[key] = true
			runs++
			h.choice = func(offered []Choice) Choice { return offered[0] }
			end, _ := h.alone(s, i)
			c := s.consoles[i]
			if c.call == readLive && c.world.Held && !c.other && s.copy == 0 && s.objects[0].value == nothing && s.objects[1].value == nothing && !end.holders() {
				h.broken("I1", "who held the value did not bring it back (%s): %s", h.claim, h.say(s))
			}
			if c.call == readLive && h.claim == "done" && end.objects == ([2]held{}) {
				h.broken("claim", "done, and it is nowhere: %s", h.say(s))
			}
		}
	}
	return runs
}
