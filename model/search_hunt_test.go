package model

import (
	"fmt"
	"slices"
	"strings"
)

// hunt is a search through every state that consoles, somebody else and what
// goes wrong can bring about. How often a console crashes, a request fails or an
// answer is lost has no bound; what somebody else does has.
type hunt struct {
	what      string
	universal bool
	zones     bool
	lone      bool  // one console only, which may crash and start again
	steady    bool  // a run goes one way only: who turns round, or tries again, is another run
	left      bool  // both consoles begin with what a run left that died: its copy, and nothing deleted
	lates     bool  // a request may arrive after its console has given it up
	strangers uint8 // how much somebody else does

	// What a broken program would do; the shipped one does not.
	decide                  func(Plan, World) Step
	heedless, unconditional bool

	calm   bool // nothing goes wrong, and a person takes what is offered
	choice func([]Choice) Choice
	claim  string // what the console said last
	state  State  // that it offered choices for

	plans  [3]Plan
	judged [3 * 32 * 9]Place
	tagged [3][3]bool

	queue       []packed // all states, the nearest first
	parents     []int32
	at          int
	transitions int
	next        []state

	faulty map[string]string // the invariants that do not hold, with the way there
	counts map[string]int    // what the design says can happen
}

func newHunt(h hunt) *hunt {
	if h.decide == nil {
		h.decide = Plan.Next
	}
	h.faulty, h.counts = map[string]string{}, map[string]int{}
	for op := range h.plans {
		h.plans[op] = inOrder(h.universal, h.zones)
		h.plans[op].ID = [...]string{"", "op-1", "op-2"}[op]
	}
	for op := range uint8(3) {
		for tag := range uint8(3) {
			h.tagged[op][tag] = h.plans[op].Tagged(h.object(held{value: original, tag: tag}).Secret)
			h.judge64(op, tag)
		}
	}
	return &h
}

// judge64 has the shipped function judge all that one reassign can find with
// one tag.
func (h *hunt) judge64(op, tag uint8) {
	for bits := range 64 {
		on := func(bit int) bool { return bits&(1<<bit) != 0 }
		c := console{op: op, flip: on(0), back: on(1), other: on(2)}
		o := held{original, payments, tag, on(4)}
		if on(3) {
			o.mesh = checkout
		}
		if on(5) {
			o.value = another
		}
		at := [...]Ref{forward.From, forward.To}[o.mesh]
		h.judged[judging(op, c.flip, c.back, c.other, o.mesh, o)] =
			h.plan(&c).Judge(at, h.object(held{value: c.carries()}), h.object(o))
	}
}

// judging numbers what decides how an object is judged.
func judging(op uint8, flip, back, other bool, end uint8, o held) int {
	n := int(op)
	for _, bit := range [...]bool{flip, back, other, end == checkout, o.moved} {
		if n <<= 1; bit {
			n++
		}
	}
	return (n*3+int(o.value))*3 + int(o.tag)
}

// object is an object as the shipped functions see it.
func (h *hunt) object(o held) Snapshot {
	s := Snapshot{Secret: Secret{Labels: map[string]string{"team": "web"}, Version: Version{UID: "uid-2"}}}
	if o.moved {
		s.Secret.Version.UID = "uid-1"
	}
	if o.tag != 0 {
		s.Secret.Labels = h.plans[o.tag].Tag(s.Secret.Labels)
	}
	s.Value = NewValue([]byte([...]string{"", "fake-original", "fake-another"}[o.value]))
	return s
}

// starts are the states that all begins with: one console that looked at the
// secret and begins, or two.
func (h *hunt) starts() []state {
	first := state{objects: [2]held{{value: original, mesh: payments, moved: !h.universal}}, strangers: h.strangers}
	if h.left {
		first.copy = 1
		return []state{first}
	}
	first.consoles[0].op, first.consoles[0].world.Quiet = 1, true
	first.consoles[0].look(toBegin)
	if h.lone {
		return []state{first}
	}
	second := first
	second.consoles[1].op, second.consoles[1].world.Quiet = 2, true
	second.consoles[1].look(toBegin)
	return []state{first, second}
}

// search goes through all that follows.
func (h *hunt) search() {
	seen := known{places: make([]int32, 1<<16)}
	parent := int32(-1)
	add := func(n state) {
		p := n.pack()
		if seen.isNew(h.queue, p) {
			h.queue, h.parents = append(h.queue, p), append(h.parents, parent)
		}
	}
	for _, s := range h.starts() {
		add(s)
	}
	for h.at = 0; h.at < len(h.queue); h.at++ {
		parent = int32(h.at)
		h.expand(h.queue[h.at].state(), func(n state) {
			h.transitions++
			add(n)
		})
	}
	h.at = -1
}

// expand gives every state that follows.
func (h *hunt) expand(s state, tell func(state)) {
	h.owners(&s)
	h.losses(&s)
	for _, n := range h.strangersDeeds(s) {
		tell(n)
	}
	if s.late.kind != Look {
		n := s
		n.late = request{}
		h.apply(&n, s.late)
		tell(n)
	}
	for i := range s.consoles {
		if h.lone && s.consoles[i].call == idle && s.consoles[1-i].call != idle {
			continue
		}
		if s.consoles[i].call != idle {
			n := s
			n.consoles[i].leave()
			tell(n)
		}
		for _, n := range h.moves(s, i) {
			tell(n)
		}
	}
}

// broken notes that an invariant does not hold.
func (h *hunt) broken(invariant, format string, args ...any) {
	what := invariant + ": " + fmt.Sprintf(format, args...)
	if _, there := h.faulty[what]; !there {
		h.faulty[what] = h.way()
	}
}

// count notes what the design says can happen.
func (h *hunt) count(what string) {
	if !h.calm {
		h.counts[what]++
	}
}

// way tells how the search came to where it is.
func (h *hunt) way() string {
	if h.at < 0 {
		return ""
	}
	var ways []string
	for at := int32(h.at); at >= 0; at = h.parents[at] {
		ways = append(ways, h.say(h.queue[at].state()))
	}
	slices.Reverse(ways)
	return strings.Join(ways, "\n")
}

// say is a state in words, for whoever looks for a fault.
func (h *hunt) say(s state) string {
	var b strings.Builder
	for slot, o := range s.objects[:h.slots()] {
		if o.value == nothing {
			fmt.Fprintf(&b, "nothing (taken by %d), ", s.gone[slot])
			continue
		}
		fmt.Fprintf(&b, "%s in %s (tag %d, moved %v), ", [...]string{"", "the original", "another"}[o.value],
			[...]string{"payments", "checkout", "elsewhere"}[o.mesh], o.tag, o.moved)
	}
	fmt.Fprintf(&b, "copy of %d (taken by %d)", s.copy, s.copyGone)
	if s.late.kind != Look {
		fmt.Fprintf(&b, ", late: %+v", s.late)
	}
	for _, c := range s.consoles {
		if c.call != idle {
			fmt.Fprintf(&b, "\n    of %d, back %v: %s, step %d, sees %+v", c.op, c.flip != c.back, c.call, c.step, c.world)
		}
	}
	return b.String()
}

// String is what a console is about to send.
func (c call) String() string {
	return [...]string{"idle", "read live", "read other", "read holder", "check", "send", "put back", "forget", "set label", "remove label"}[c]
}
