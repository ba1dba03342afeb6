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
	checkUndo      // Universal: what is to be undone, just before
	undoing        // of what was made for a deletion that was refused
	forget         // drop the copy, as a person chose
	resendSet
	resendUnset
)

// why a console looks.
const (
	toBegin uint8 = iota
	toResume
	afterStep
	afterUndo
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
	takenBack      bool // it turned round by itself
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
	c.live, c.fromTag, c.toTag = [2]bool{}, 0, 0
}

// anew is Progress.Anew: nothing counts as looked at.
func (c *console) anew() {
	c.copied, c.refused = unseen, false
	c.look(toBegin)
}

// turn is Progress.Reverse.
func (c *console) turn() {
	c.back = !c.back
	c.anew()
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
		c.world = c.world.Seeing()
		h.looked(s, i)
	case readHeld:
		h.readHeld(s, i)
	case check, checkUndo:
		h.check(s, i)
	case send, putBack, undoing, forget, resendSet, resendUnset:
		h.sends(s, i)
	}
	return h.next
}

// emit tells a state that follows, without what nobody asks for any more.
func (h *hunt) emit(s state) {
	for i := range s.consoles {
		s.consoles[i].forgets()
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
		if c.why == afterStep && (c.step != DeleteSource || !c.refused) {
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
	case checkUndo, undoing:
		w.Source = c.world.Source
		c.world, c.step, c.fromTag = w, Look, 0
	}
}

// fail is a look that comes to nothing: it is made again.
func (h *hunt) fail(s state, i int) {
	if h.calm {
		return
	}
	c := &s.consoles[i]
	c.refused = false
	if c.why == toResume {
		c.leave()
	} else {
		c.look(toBegin)
	}
	h.emit(s)
	if c.call != idle {
		c.turn()
		h.emit(s)
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

// seeLive is the first read of a look.
func (h *hunt) seeLive(s *state, c *console) {
	from, to := c.ends()
	if h.universal {
		c.world.Source, c.fromTag = h.judge(c, from, s.objects[from]), s.objects[from].tag
		return
	}
	o := s.objects[0]
	c.live[0] = true
	switch {
	case o.value == nothing:
	case o.mesh == from:
		c.world.Source = h.judge(c, from, o)
	case o.mesh == to:
		c.world.Target = h.judge(c, to, o)
		c.world.Tagged = h.tagged[c.op][o.tag]
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
		c.world.Tagged = o.value != nothing && h.tagged[c.op][o.tag]
	case c.read != unseen:
		c.world.Copy, c.copied, c.read = Present, c.read, unseen
	case c.world.Target == Present && c.copied != unseen:
		c.world.Copy = Present
	default:
		c.world.Copy, c.copied = copyAs(s, c)
	}
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

// looked is what a console does once it has looked.
func (h *hunt) looked(s state, i int) {
	c := &s.consoles[i]
	switch {
	case c.why == toResume:
		h.choose(s, i)
		return
	case c.why == afterStep && c.step == DeleteSource && c.refused && c.world.Source != Absent && h.undoes(c):
		c.call, c.refused = undoing, false
		if h.universal {
			c.call = checkUndo
		}
		h.emit(s)
		return
	case c.why == afterUndo && c.world.Copy == Absent && c.world.Target == Absent:
		h.undone(&s, c)
		c.leave()
		h.emit(s)
		return
	}
	h.act(s, i)
}

// undoes tells whether what was made can be taken away again.
func (h *hunt) undoes(c *console) bool {
	w := c.world
	if h.universal {
		return w.Source == Present && w.Target == Present && w.Tagged
	}
	return (w.Source == Present || w.Source == Edited) && w.Copy == Present && !c.back
}

// choose is what a person decides about an unfinished reassign.
func (h *hunt) choose(s state, i int) {
	c := &s.consoles[i]
	plan := h.plan(c)
	choices := plan.Choices(plan.StateOf(c.world), true, true)
	if h.calm {
		h.state = plan.StateOf(c.world)
		choices = []Choice{h.choice(choices)}
	}
	for _, choice := range choices {
		n := s
		c := &n.consoles[i]
		switch choice {
		case Leave:
			c.leave()
		case Finish:
			h.act(n, i)
			continue
		case TakeBack:
			c.turn()
		case Forget:
			c.call = forget
		}
		h.emit(n)
	}
}

// act takes the next step, which the shipped function decides. A person may turn
// it round before any step, and have it look again or leave it when it is stuck.
func (h *hunt) act(s state, i int) {
	c := &s.consoles[i]
	step := h.decide(h.plan(c), c.world)
	c.step, c.why, c.refused = step, toBegin, false
	switch step {
	case Done:
		h.done(&s, c)
		c.leave()
		h.emit(s)
		return
	case Stuck:
		h.stuck(&s, c)
	case Wait:
		n := s
		n.consoles[i].world.Run = h.plan(c).After(c.world.Run, Wait, false)
		n.consoles[i].look(afterStep)
		h.emit(n)
	case AskZones:
		h.ask(s, i)
	case DeleteSource:
		c.call = readHeld
		h.emit(s)
	default:
		c.call = send
		if h.universal {
			c.call = check
		}
		h.emit(s)
	}
	left, turned, again := s, s, s
	if step == Stuck {
		left.consoles[i].leave()
		h.emit(left)
	}
	if h.calm {
		return
	}
	turned.consoles[i].turn()
	h.emit(turned)
	if step == Stuck {
		again.consoles[i].anew()
		h.emit(again)
	}
}

// ask asks the zones: they took it, or are to be sent it once more.
func (h *hunt) ask(s state, i int) {
	over := s
	c := &over.consoles[i]
	c.world.Run = h.plan(c).After(c.world.Run, AskZones, true)
	h.act(over, i)
	if !h.calm && !s.consoles[i].world.Fixed {
		s.consoles[i].call = resendSet
		h.emit(s)
	}
}
