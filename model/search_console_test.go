package model

// A console of the search does what the gate does (backend: Advance, Resume),
// call by call; what to do is decided by the shipped functions. A console that
// crashes forgets all but that it was started.

// What was seen of the safety copy.
const (
	unseen uint8 = iota
	fresh        // it is still the one that is there
	stale
)

// call is what a console is about to send.
type call uint8

const (
	idle      call = iota
	readLive       // the one object; on Universal the plan's source
	readOther      // the safety copy; on Universal the plan's target
	readHeld       // what is to hold the value once the source is gone
	check          // Universal: what is to be written, just before
	send           // the write of the step
	putBack        // the create where it was, after a refusal for good
	forget         // drop the copy, as a person chose
	resendSet
	resendUnset
)

// why a console looks.
const (
	toBegin uint8 = iota
	toResume
	afterStep
)

// console is what one console knows.
type console struct {
	call call
	step Step  // that is being taken, or was
	why  uint8 // it looks
	op   uint8 // the number of the reassign
	flip bool  // it was found the other way round, as on Universal
	back bool  // it leads back

	world          World
	live           [2]bool // what was seen is what is there
	fromTag, toTag uint8   // what was seen at the ends
	copied, read   uint8
	other          bool // it carries other bytes than the original, found on Universal
	refused        bool // the step did not go well, for a reason that stays
	dropped        bool // it just dropped the safety copy
	twice          bool // it looks once more, as it saw nothing anywhere
	undo           bool // it takes back what it made for a deletion that was refused
}

func (h *hunt) plan(c *console) Plan {
	p := h.plans[c.op]
	if c.flip {
		p.From, p.To = p.To, p.From
	}
	if c.back {
		p = p.Reverse()
	}
	return p
}

// ends are the meshes that a console's plan leads from and to.
func (c *console) ends() (from, to uint8) {
	if c.flip != c.back {
		return checkout, payments
	}
	return payments, checkout
}

func (c *console) carries() uint8 {
	if c.other {
		return another
	}
	return original
}

// look begins to look.
func (c *console) look(why uint8) {
	c.call, c.why = readLive, why
	c.world = World{Run: c.world.Run}
	c.live, c.fromTag, c.toTag, c.twice = [2]bool{}, 0, 0, false
}

// anew is Progress.Anew: nothing counts as looked at.
func (c *console) anew() {
	c.copied, c.refused, c.dropped = unseen, false, false
	c.world.Gone, c.world.Copied, c.world.Placed = false, false, false
	c.look(toBegin)
}

// turn is Progress.Reverse: what was seen holds.
func (c *console) turn() {
	w := &c.world
	c.back = !c.back
	c.fromTag, c.toTag = c.toTag, c.fromTag
	w.Source, w.Target, w.Tagged, w.Claimed = w.Target, w.Source, w.Claimed, w.Tagged
	w.Run = w.Reverse()
}

// leave ends a console's run.
func (c *console) leave() { *c = console{} }

// moves are all that a console may do next, one call each.
func (h *hunt) moves(s state, i int) []state {
	h.next = h.next[:0]
	c := &s.consoles[i]
	switch c.call {
	case idle:
		h.start(s, i)
	case readLive:
		h.fail(s, i)
		h.seeLive(&s, c)
		c.call = readOther
		h.emit(s)
	case readOther:
		h.fail(s, i)
		h.seeOther(&s, c)
		if !c.twice && c.world.Alone() && c.world.Copy == Absent {
			c.look(c.why)
			c.twice = true
			h.emit(s)
			break
		}
		c.world, c.dropped, c.twice = c.world.Seeing(), false, false
		h.looked(s, i)
	case readHeld:
		h.readHeld(s, i)
	case check:
		h.check(s, i)
	case send, putBack, forget, resendSet, resendUnset:
		h.sends(s, i)
	}
	return h.next
}

// emit tells a state that follows, without what nobody asks for any more.
func (h *hunt) emit(s state) {
	for i := range s.consoles {
		c := &s.consoles[i]
		c.forgets()
		w := &c.world
		w.Gone = w.Gone && h.universal && !c.back
		w.Copied = w.Copied && !h.universal && !c.back
		w.Placed = w.Placed && (!h.universal || !c.back)
		w.Quiet, w.Loose = w.Quiet && h.universal, w.Loose && w.Quiet && h.universal
	}
	h.next = append(h.next, s)
}

// forgets drops what no later call depends on.
func (c *console) forgets() {
	w := World{Run: c.world.Run}
	switch c.call {
	case idle:
		c.leave()
	case readLive, readOther:
		if c.why == afterStep && !c.undo && (c.step != DeleteSource || !c.refused) {
			c.why = toBegin
		}
		if c.why != afterStep {
			c.step, c.refused = Look, false
		}
		if c.call == readLive {
			c.live = [2]bool{}
		}
	case readHeld, check, send, putBack:
		w.Copy = c.world.Copy
		if c.step == DeleteSource {
			c.toTag = 0
		} else {
			c.fromTag = 0
		}
		if c.step == DropCopy {
			w = c.world
		}
		c.world, c.refused = w, false
	}
}

// fail is a look that comes to nothing: it is made again.
func (h *hunt) fail(s state, i int) {
	if h.calm {
		return
	}
	c := &s.consoles[i]
	if c.why == toResume || h.steady && c.undo {
		c.leave()
		h.emit(s)
		return
	}
	c.refused = false
	h.undone(c)
	c.look(toBegin)
	h.emit(s)
	if !h.steady {
		c.turn()
		h.emit(s)
	}
}

// undone ends what a run does to undo what it made: it leads forth again.
func (h *hunt) undone(c *console) {
	if c.undo {
		c.undo = false
		c.turn()
		c.world.Copied, c.world.Placed = true, h.universal // as it had seen
	}
}

// start is a new run, of a reassign that is found.
func (h *hunt) start(s state, i int) {
	if !h.universal {
		if s.copy != 0 {
			h.resume(s, i, console{op: s.copy, read: fresh})
		}
		return
	}
	for mesh := range uint8(2) {
		if o := s.objects[mesh]; o.value != nothing && o.tag != 0 {
			if mesh == payments && s.objects[checkout].tag == o.tag {
				continue // the one that was begun first stands for both
			}
			h.resume(s, i, console{op: o.tag, flip: mesh == payments, other: o.value == another})
			if h.calm {
				return
			}
		}
	}
}

func (h *hunt) resume(s state, i int, c console) {
	c.look(toResume)
	s.consoles[i] = c
	h.emit(s)
}

// looked is what a console does once it has looked.
func (h *hunt) looked(s state, i int) {
	c := &s.consoles[i]
	switch {
	case c.why == toResume:
		h.choose(s, i)
		return
	case c.undo && c.refused && !madeBy(c.step, c.world):
		if h.undone(c); h.steady && !c.world.Held {
			c.leave()
			h.emit(s)
			return
		}
	case c.why == afterStep && c.step == DeleteSource && c.refused && !c.back && !c.world.Claimed &&
		(c.world.Source == Present || c.world.Source == Edited):
		c.turn()
		c.undo = true
	}
	h.act(s, i)
}

// madeBy tells whether a step of an undoing was made.
func madeBy(step Step, w World) bool {
	switch step {
	case KeepCopy:
		return w.Copy == Present
	case DeleteSource:
		return w.Source == Absent
	case Untag:
		return !w.Tagged && w.Target != Absent
	case Retain:
		return w.Tagged
	case DropCopy:
		return w.Copy == Absent
	}
	return false
}

// choose is what a person decides about an unfinished reassign.
func (h *hunt) choose(s state, i int) {
	c := &s.consoles[i]
	plan := h.plan(c)
	state := plan.StateOf(c.world)
	choices := plan.Choices(state, true, true)
	if state == Placed && !c.world.Tagged && !h.universal {
		choices = []Choice{Finish, Leave} // as Resume offers it
	}
	if h.calm {
		h.state = state
		choices = []Choice{h.choice(choices)}
	}
	for _, choice := range choices {
		n := s
		c := &n.consoles[i]
		switch choice {
		case Leave:
			c.leave()
			h.emit(n)
		case Finish:
			h.acts(n, i)
		case TakeBack:
			c.turn()
			h.acts(n, i)
		case Forget:
			c.call, c.step = forget, Untag
			if h.universal {
				c.call = check // it takes off the tag
			}
			h.emit(n)
		}
	}
}

// act takes the next step. A person may turn it round before any, at once or
// after another look.
func (h *hunt) act(s state, i int) {
	h.acts(s, i)
	c := &s.consoles[i]
	if h.calm || h.steady || c.undo || h.decide(h.plan(c), c.world) == Done {
		return
	}
	c.turn()
	h.acts(s, i)
	c.anew()
	h.emit(s)
}

// acts takes the next step, which the shipped functions decide. A person may
// have it look again or leave it when it is stuck.
func (h *hunt) acts(s state, i int) {
	c := &s.consoles[i]
	step := h.decide(h.plan(c), c.world)
	if c.undo && (step == Stuck || step == CreateTarget) {
		if h.undone(c); h.steady && !c.world.Held {
			c.leave()
			h.emit(s)
		} else {
			h.acts(s, i)
		}
		return
	}
	c.step, c.why, c.refused = step, toBegin, false
	switch step {
	case Done:
		h.done(&s, c)
		c.leave()
	case Stuck:
		h.stuck(&s, c)
		if !h.calm && !h.steady {
			again := s
			again.consoles[i].anew()
			h.emit(again)
		}
		c.leave()
	case Outlast:
		c.world.Run = h.plan(c).After(c.world.Run, Outlast, true)
		c.look(afterStep)
		if s.late.kind != Look { // it arrives now, or never
			n := s
			n.late = request{}
			h.emit(n)
			h.apply(&n, s.late)
			s = n
		}
	case Wait:
		c.world.Run = h.plan(c).After(c.world.Run, Wait, true)
		c.look(afterStep)
	case AskZones:
		h.ask(s, i)
		return
	case DeleteSource:
		c.call = readHeld
	default:
		c.call = send
		if h.universal {
			c.call = check
		}
	}
	h.emit(s)
}

// ask asks the zones: they took it, or are to be sent it once more.
func (h *hunt) ask(s state, i int) {
	over := s
	over.consoles[i].asked(h.plan(&s.consoles[i]))
	h.emit(over)
	if !h.calm && !s.consoles[i].world.Fixed {
		s.consoles[i].call = resendSet
		h.emit(s)
	}
}

// asked is when nothing more is to be learnt: it looks.
func (c *console) asked(p Plan) {
	c.world.Run = p.After(c.world.Run, AskZones, true)
	c.look(afterStep)
}
