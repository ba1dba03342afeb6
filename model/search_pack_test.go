package model

import "math/bits"

// packed is a state as it is kept, in three words: there are many of them.
type packed [3]uint64

// writer and reader go through a word from its low end.
type writer struct {
	word uint64
	at   uint
}

func (w *writer) number(n uint8, width uint) {
	w.word |= uint64(n) << w.at
	w.at += width
}

func (w *writer) flags(flags ...bool) {
	for _, is := range flags {
		if is {
			w.word |= 1 << w.at
		}
		w.at++
	}
}

type reader uint64

func (r *reader) number(width uint) uint8 {
	n := uint8(*r & (1<<width - 1))
	*r >>= width
	return n
}

func (r *reader) flag() bool { return r.number(1) != 0 }

// word is a console in one word; other exchanges the numbers of reassigns.
func (c *console) word(other *[3]uint8) uint64 {
	var w writer
	w.number(uint8(c.call), 4)
	if c.call == idle {
		return 0
	}
	w.number(uint8(c.step), 4)
	w.number(c.why, 2)
	w.number(other[c.op], 2)
	w.number(uint8(c.world.Source), 3)
	w.number(uint8(c.world.Copy), 3)
	w.number(uint8(c.world.Target), 3)
	w.number(other[c.fromTag], 2)
	w.number(other[c.toTag], 2)
	w.number(c.copied, 2)
	w.number(c.read, 2)
	w.flags(c.flip, c.back, c.world.Tagged, c.world.Held, c.world.Waited, c.world.Unanswered, c.world.Fixed,
		c.live[0], c.live[1], c.other, c.refused, c.dropped, c.twice, c.undo, c.world.Claimed, c.world.Gone, c.world.Copied, c.world.Placed,
		c.world.Quiet, c.world.Loose)
	return w.word
}

func consoleOf(word uint64) (c console) {
	r := reader(word)
	c.call = call(r.number(4))
	c.step = Step(r.number(4))
	c.why, c.op = r.number(2), r.number(2)
	c.world.Source, c.world.Copy, c.world.Target = Place(r.number(3)), Place(r.number(3)), Place(r.number(3))
	c.fromTag, c.toTag, c.copied, c.read = r.number(2), r.number(2), r.number(2), r.number(2)
	for _, is := range []*bool{&c.flip, &c.back, &c.world.Tagged, &c.world.Held, &c.world.Waited, &c.world.Unanswered, &c.world.Fixed,
		&c.live[0], &c.live[1], &c.other, &c.refused, &c.dropped, &c.twice, &c.undo, &c.world.Claimed, &c.world.Gone, &c.world.Copied, &c.world.Placed,
		&c.world.Quiet, &c.world.Loose} {
		*is = r.flag()
	}
	return c
}

// word is the control plane in one word.
func (s *state) word(other *[3]uint8) uint64 {
	var w writer
	for i := range s.objects {
		o := &s.objects[i]
		w.number(o.value, 2)
		w.number(o.mesh, 2)
		w.number(other[o.tag], 2)
		w.number(s.gone[i], 2)
		w.flags(o.moved)
	}
	w.number(other[s.copy], 2)
	w.number(s.copyGone, 2)
	w.number(s.lost, 3)
	w.number(s.strangers, 3)
	if r := &s.late; r.kind != Look {
		w.number(uint8(r.kind), 4)
		w.number(r.slot, 1)
		w.number(r.mesh, 2)
		w.number(r.value, 2)
		w.number(other[r.tag], 2)
		w.flags(r.fresh, r.sound, r.fixed)
	}
	return w.word
}

// The numbers of two reassigns as they are, and exchanged.
var (
	asTheyAre = [3]uint8{0, 1, 2}
	exchanged = [3]uint8{0, 2, 1}
)

// pack is a state in three words. Two consoles are alike: which of them is the
// first, and which number a reassign has, makes no difference.
func (s *state) pack() packed {
	p := packed{s.consoles[0].word(&asTheyAre), s.consoles[1].word(&asTheyAre), s.word(&asTheyAre)}
	q := packed{s.consoles[1].word(&exchanged), s.consoles[0].word(&exchanged), 0}
	if p[0] < q[0] || p[0] == q[0] && p[1] < q[1] {
		return p
	}
	q[2] = s.word(&exchanged)
	if p[0] == q[0] && p[1] == q[1] && p[2] < q[2] {
		return p
	}
	return q
}

func (p packed) state() (s state) {
	s.consoles[0], s.consoles[1] = consoleOf(p[0]), consoleOf(p[1])
	r := reader(p[2])
	for i := range s.objects {
		o := &s.objects[i]
		o.value, o.mesh, o.tag, s.gone[i], o.moved = r.number(2), r.number(2), r.number(2), r.number(2), r.flag()
	}
	s.copy, s.copyGone, s.lost, s.strangers = r.number(2), r.number(2), r.number(3), r.number(3)
	late := &s.late
	late.kind = Step(r.number(4))
	late.slot, late.mesh, late.value, late.tag, late.fresh, late.sound, late.fixed = r.number(1), r.number(2), r.number(2), r.number(2), r.flag(), r.flag(), r.flag()
	return s
}

// known tells which states are in a queue. It holds their places there, counted
// from one, each where its hash says or in the next that is free.
type known struct {
	places []int32
	n      int
}

// isNew tells whether a state is not in the queue, and takes it that it is put
// at its end then.
func (k *known) isNew(queue []packed, p packed) bool {
	if 2*k.n >= len(k.places) {
		k.grow(queue)
	}
	at := p.hash() & uint64(len(k.places)-1)
	for ; k.places[at] != 0; at = (at + 1) & uint64(len(k.places)-1) {
		if queue[k.places[at]-1] == p {
			return false
		}
	}
	k.n++
	k.places[at] = int32(len(queue) + 1)
	return true
}

func (k *known) grow(queue []packed) {
	k.places = make([]int32, 4*len(k.places))
	for i, p := range queue {
		at := p.hash() & uint64(len(k.places)-1)
		for k.places[at] != 0 {
			at = (at + 1) & uint64(len(k.places)-1)
		}
		k.places[at] = int32(i + 1)
	}
}

func (p packed) hash() uint64 {
	x := p[0]*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(p[1]*0xbf58476d1ce4e5b9, 21) ^ bits.RotateLeft64(p[2]*0x94d049bb133111eb, 42)
	x ^= x >> 29
	x *= 0x9e3779b97f4a7c15
	return x ^ x>>32
}
