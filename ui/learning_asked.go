package ui

// schooling is how the reading of facts stands, for the screens above the list.
type schooling struct {
	all      bool // those of all meshes are asked for
	busy     bool
	done, of int
	barred   bool // values may not be read here
	later    bool // it failed and is tried again
}

// idle tells that nothing more will be read by itself.
func (s schooling) idle() bool { return !s.all && !s.busy && !s.barred && !s.later }

func (l lessons) schooling() schooling {
	return schooling{all: l.all, busy: l.asked != nil, done: l.done, of: l.of, barred: l.barred, later: !l.again.IsZero()}
}

// factsProgress tells the screens above how far the reading of facts is.
type factsProgress struct {
	to *session
	at schooling
}

// factsWanted asks the list for the facts of all meshes, or no more for them.
// When it is asked anew, what could not be read before is tried again.
type factsWanted struct {
	to         *session
	anew, stop bool
}

// readAnew asks the list to read the control plane from the beginning.
type readAnew struct{ to *session }

// wanted begins to read the facts of all meshes for a screen above, or stops
// it. What is being read for that already goes on.
func (b browse) wanted(f Frame, msg factsWanted) (Screen, Result) {
	switch {
	case b.to == nil || msg.to != b.to || b.to.traits.ListsFacts:
		return b, Result{}
	case msg.stop:
		b.lessons, b.enough = b.lessons.end(false), true
		return b, Result{Say: noted("Reading facts was stopped; what was learnt stays.")}
	case b.lessons.all, b.denied != nil, !b.reading() && !b.stock.whole:
		return b, Result{}
	}
	b.lessons = b.lessons.end(true)
	if msg.anew {
		b.lessons = b.lessons.anew()
	}
	b, run := b.learn(f)
	if b.lessons.asked == nil && !b.reading() && b.lessons.again.IsZero() {
		b.lessons.all = false
	}
	return b, Result{Run: run}
}
