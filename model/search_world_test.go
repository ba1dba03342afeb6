package model

// What the search knows of a control plane: the objects of one name, and the
// safety copy. Versions are not counted: what is compared with them is whether
// an object is still the one that was seen, so whoever saw it has a flag which
// every change of the object takes away.

// The meshes of the search: the secret is to go from the first to the second;
// nothing is to go to the third.
const (
	payments uint8 = iota
	checkout
	elsewhere
)

// What an object holds.
const (
	nothing uint8 = iota
	original
	another
)

// held is an object of the name.
type held struct {
	value uint8 // nothing: it is not there
	mesh  uint8
	tag   uint8 // the number of the reassign whose tag it carries; 0 for none
	moved bool  // it has the UID of the object that is to be moved
}

// Who took something away, and how the value came to be in no object.
const (
	nobody uint8 = iota
	somebody
	ourselves
	unlabelled // ourselves, where a login may not change labels
)

// How the last object that held the value went.
const (
	kept     uint8 = iota
	taken          // somebody deleted or changed the only one, with no copy of it
	bereft         // somebody deleted the copy while no mesh held the value, or just before
	crossed        // two runs went opposite ways, and each took away what the other had just seen
	unmarked       // the same, where a login may not change labels and so cannot mark what it keeps
)

// request is a write that is on its way.
type request struct {
	kind  Step // Look: none; Stuck: the label of a resend
	slot  uint8
	mesh  uint8
	value uint8
	tag   uint8
	fresh bool // what it is about is still what was seen
	sound bool // when it was decided, another holder of the value had been seen
	fixed bool // who sends it may not change labels
}

// state is the whole of what the search goes through: the control plane, two
// consoles, a late request, and what may still go wrong.
type state struct {
	objects  [2]held // Kubernetes has one; Universal one in each mesh
	copy     uint8   // the number of the reassign whose copy it is; 0 for none
	gone     [2]uint8
	copyGone uint8
	lost     uint8
	late     request

	consoles [2]console

	strangers uint8 // how much somebody else may still do
}

// holders tells whether any object holds the value.
func (s *state) holders() bool {
	return s.objects[0].value == original || s.objects[1].value == original || s.copy != 0
}

// changed notes that an object is another than it was.
func (s *state) changed(slot int) {
	for i := range s.consoles {
		s.consoles[i].live[slot] = false
	}
	if s.late.kind != DropCopy && int(s.late.slot) == slot {
		s.late.fresh = false
	}
}

// copyChanged notes that the safety copy is another, or gone.
func (s *state) copyChanged() {
	for i := range s.consoles {
		c := &s.consoles[i]
		if c.copied == fresh {
			c.copied = stale
		}
		if c.read == fresh {
			c.read = stale
		}
	}
	if s.late.kind == DropCopy {
		s.late.fresh = false
	}
}

// put makes an object another.
func (s *state) put(slot int, o held, by uint8) {
	s.gone[slot] = nobody
	if o.value == nothing {
		o, s.gone[slot] = held{}, by
	}
	s.objects[slot] = o
	s.changed(slot)
}

// slot is where objects of a mesh are.
func (h *hunt) slot(mesh uint8) uint8 {
	if h.universal {
		return mesh
	}
	return 0
}

// strangersDeeds are what somebody else may do, who knows nothing of us: edit,
// delete, make it again here or in another mesh, with these or other bytes, and
// delete the copy.
func (h *hunt) strangersDeeds(s state) []state {
	if s.strangers == 0 {
		return nil
	}
	s.strangers--
	var next []state
	add := func(n state) {
		if s.holders() && !n.holders() {
			n.lost = taken
			if s.copy != 0 {
				n.lost = bereft
			}
		}
		next = append(next, n)
	}
	for slot := range h.slots() {
		o, n := s.objects[slot], s
		if o.value == nothing {
			for _, made := range h.canBeMade(slot) {
				n := s
				n.put(slot, made, somebody)
				add(n)
			}
			continue
		}
		n.put(slot, held{}, somebody)
		add(n)
		touched := s
		touched.put(slot, o, somebody)
		add(touched)
		o.value = another
		edited := s
		edited.put(slot, o, somebody)
		add(edited)
	}
	if s.copy != 0 {
		n := s
		n.copy, n.copyGone = 0, somebody
		n.copyChanged()
		add(n)
	}
	return next
}

// canBeMade are the objects that somebody else may make.
func (h *hunt) canBeMade(slot int) []held {
	if h.universal {
		return []held{{value: original, mesh: uint8(slot)}, {value: another, mesh: uint8(slot)}}
	}
	return []held{
		{value: original, mesh: payments}, {value: another, mesh: payments},
		{value: original, mesh: checkout}, {value: another, mesh: checkout},
		{value: another, mesh: elsewhere},
	}
}

func (h *hunt) slots() int {
	if h.universal {
		return 2
	}
	return 1
}

// answer is what a control plane says to a write.
type answer uint8

const (
	accepted answer = iota
	conflict        // it is not what was seen, or something has the name
	missing         // what is to be deleted is not there
	overwrote
	refused // for good, by a rule
	unknown // the answer was lost
)

// apply is a write that comes to the control plane.
func (h *hunt) apply(s *state, r request) answer {
	before := s.holders()
	said := h.write(s, r)
	switch {
	case !before || s.holders():
		if s.holders() {
			s.lost = kept
		}
	case !r.sound:
		h.broken("I1", "%v removed the last holder", r)
		s.lost = crossed
	default:
		if s.lost = h.howLost(s, r); s.lost >= crossed {
			h.crossed(s, r)
		}
	}
	return said
}

// crossed is when our own runs took both holders away: the value is in their
// memory only, until they have looked and make it again.
func (h *hunt) crossed(s *state, r request) {
	switch {
	case h.lates:
		h.count("a request that came late took away the last holder")
	case h.lone:
		h.broken("I1", "one console alone removed the last holder: %+v", r)
	case h.universal:
		h.count("Universal: two runs took away what the other had just seen")
	case s.lost == unmarked:
		h.count("Kubernetes: the same, where a login may not change labels")
	case !h.left:
		h.count("Kubernetes: the same, where a copy was written twice")
	default:
		h.broken("I1", "two consoles removed the last holder: %+v", r)
	}
}

// howLost tells who took away the other holder that had been seen.
func (h *hunt) howLost(s *state, r request) uint8 {
	if r.kind == CreateTarget || r.kind == Untag {
		return taken // what somebody made in the same round trip was written over
	}
	by := s.copyGone
	if h.universal {
		by = s.gone[1-r.slot]
	}
	if r.kind == DropCopy {
		if s.objects[0].value == another {
			return taken // somebody's own, which they keep
		}
		if by = s.gone[0]; by == somebody {
			return taken
		}
	}
	switch {
	case h.universal && (by == somebody || s.objects[1-r.slot].value == another):
		return taken
	case by == somebody:
		return bereft
	case by == unlabelled, r.fixed:
		return unmarked
	}
	return crossed
}

func (h *hunt) write(s *state, r request) answer {
	slot := int(r.slot)
	switch r.kind {
	case KeepCopy:
		if s.copy != 0 {
			return conflict
		}
		s.copy, s.copyGone = r.tag, nobody
		s.copyChanged()
	case DropCopy:
		if s.copy == 0 {
			return missing
		}
		if !r.fresh {
			return conflict
		}
		s.copy, s.copyGone = 0, ourselves
		if r.fixed {
			s.copyGone = unlabelled
		}
		s.copyChanged()
	case CreateTarget:
		return h.create(s, slot, r)
	case DeleteSource:
		return h.remove(s, slot, r)
	case Untag, Retain, Stuck:
		return h.update(s, slot, r)
	default:
		h.broken("I4", "a write of no kind: %v", r)
	}
	return accepted
}

func (h *hunt) create(s *state, slot int, r request) answer {
	made := held{value: r.value, mesh: r.mesh, tag: r.tag}
	if s.objects[slot].value == nothing {
		s.put(slot, made, ourselves)
		return accepted
	}
	if !h.universal {
		return conflict
	}
	// A PUT replaces what came in between its look and itself. It is told.
	h.count("overwrote what was made in the same round trip, and said so")
	s.put(slot, made, ourselves)
	return overwrote
}

func (h *hunt) remove(s *state, slot int, r request) answer {
	there := s.objects[slot]
	switch {
	case !h.universal && !r.fresh && !h.unconditional:
		if there.value == nothing {
			return missing
		}
		return conflict
	case there.value == nothing:
		return missing
	case r.fresh && there.value != r.value:
		h.broken("I4", "deleted what is somebody else's: %v", r)
	case !r.fresh && !h.universal:
		h.broken("I4", "deleted what was not seen: %v", r)
	case !r.fresh:
		h.count("deleted what was changed in the same round trip")
	}
	s.put(slot, held{}, ourselves)
	return accepted
}

func (h *hunt) update(s *state, slot int, r request) answer {
	there := s.objects[slot]
	switch {
	case !h.universal && !r.fresh && there.value == nothing:
		return missing
	case !h.universal && !r.fresh:
		return conflict
	case !r.fresh:
		h.count("replaced what was changed in the same round trip")
	}
	said := accepted
	if there.value == nothing {
		there, said = held{mesh: r.mesh}, conflict // made again, and said so
	}
	switch r.kind {
	case Untag:
		there.value, there.tag = r.value, 0
	case Retain:
		there.value, there.tag = r.value, r.tag
	}
	s.put(slot, there, ourselves)
	return said
}
