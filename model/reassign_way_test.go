package model

import "testing"

// stage is what is there while a plan is walked through without faults: the
// two meshes by their names, whichever way the plan leads.
type stage struct {
	payments, checkout             bool
	paymentsTagged, checkoutTagged bool
	remade                         bool // what is in payments is another object than at first
	copied                         bool
	run                            Run
}

// world is the stage as a look of the plan tells it.
func (s stage) world(p Plan) World {
	w := World{Run: s.run}
	from, to, claimed, tagged := s.payments, s.checkout, s.paymentsTagged, s.checkoutTagged
	if p.Back {
		from, to, claimed, tagged = to, from, tagged, claimed
	}
	w.Source, w.Target, w.Claimed, w.Tagged = placed(from), placed(to), from && claimed, to && tagged
	if p.UID != "" && s.payments && s.remade {
		if p.Back {
			w.Target = Restored
		} else {
			w.Source = Restored
		}
	}
	w.Copy = placed(s.copied)
	return w.Seeing()
}

func placed(there bool) Place {
	if there {
		return Present
	}
	return Absent
}

// made is the stage after a step that went well.
func (s stage) made(p Plan, step Step) stage {
	switch step {
	case KeepCopy:
		s.copied = true
	case DropCopy:
		s.copied = false
	case DeleteSource:
		if p.Back {
			s.checkout, s.checkoutTagged = false, false
		} else {
			s.payments, s.paymentsTagged = false, false
		}
	case CreateTarget:
		if p.Back {
			s.payments, s.paymentsTagged, s.remade = true, true, true
		} else {
			s.checkout, s.checkoutTagged = true, true
		}
	case Retain:
		s.paymentsTagged = true
	case Untag:
		s.paymentsTagged, s.checkoutTagged = s.paymentsTagged && !p.Back, s.checkoutTagged && p.Back
	}
	s.run = p.After(s.run, step, true)
	s.run = s.world(p).Run // it looks
	return s
}

// holders counts what holds the value.
func (s stage) holders() int {
	n := 0
	for _, there := range []bool{s.payments, s.checkout, s.copied} {
		if there {
			n++
		}
	}
	return n
}

// wayOf follows a plan to its end, and tells the stages it came through.
func wayOf(t *testing.T, p Plan, s stage) []stage {
	t.Helper()
	way := []stage{s}
	for range 12 {
		step := p.Next(s.world(p))
		if step == Done {
			return way
		}
		if step == Stuck {
			t.Fatalf("%+v from %+v: nothing safe is left to do", p, s)
		}
		held := s.holders()
		if step == CreateTarget && s.world(p).Target != Absent || step == DeleteSource && s.world(p).Source != Present {
			t.Fatalf("%+v at %+v: step %v touches what is somebody else's", p, s, step)
		}
		if s = s.made(p, step); held > 0 && s.holders() == 0 {
			t.Fatalf("%+v: step %v removed the last holder: %+v", p, step, s)
		}
		way = append(way, s)
	}
	t.Fatalf("%+v: it has no end: %+v", p, s)
	return nil
}

// The steps of a run without faults, by hand.
func TestWayOfAReassign(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		targetFirst, zones bool
		want               []Step
	}{
		"Kubernetes":            {false, false, []Step{KeepCopy, DeleteSource, CreateTarget, Untag, DropCopy}},
		"Kubernetes with zones": {false, true, []Step{KeepCopy, DeleteSource, Wait, CreateTarget, Wait, Untag, AskZones, DropCopy}},
		"Universal":             {true, false, []Step{CreateTarget, DeleteSource, Untag}},
		"Universal with zones":  {true, true, []Step{CreateTarget, DeleteSource, Wait, Untag, AskZones}},
	} {
		p, s := inOrder(c.targetFirst, c.zones), stage{payments: true, run: Run{Quiet: true}}
		for n, want := range append(c.want, Done) {
			if got := p.Next(s.world(p)); got != want {
				t.Fatalf("%s, step %d: %v, want %v", about, n, got, want)
			}
			s = s.made(p, want)
		}
	}
}

// On Universal a run that found a reassign half made waits before it deletes,
// whichever way it leads.
func TestWayOfOneThatWasFound(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		back bool
		want []Step
	}{
		"finished":   {false, []Step{Outlast, DeleteSource, Untag}},
		"taken back": {true, []Step{Outlast, DeleteSource}},
	} {
		p, s := inOrder(true, false), stage{payments: true, checkout: true, checkoutTagged: true}
		if c.back {
			p = p.Reverse()
		}
		for n, want := range append(c.want, Done) {
			if got := p.Next(s.world(p)); got != want {
				t.Fatalf("%s, step %d: %v, want %v", about, n, got, want)
			}
			s = s.made(p, want)
		}
	}
}

// A reassign that deleted nothing yet is taken back by hand as well: what stays
// is marked first, as another run may be about to delete it.
func TestWayBackBeforeTheDeletion(t *testing.T) {
	t.Parallel()
	for _, zones := range []bool{false, true} {
		p, s := inOrder(false, zones).Reverse(), stage{payments: true, copied: true}
		for n, want := range []Step{Retain, DropCopy, Untag, Done} {
			if got := p.Next(s.world(p)); got != want {
				t.Fatalf("zones %v, step %d: %v, want %v", zones, n, got, want)
			}
			s = s.made(p, want)
		}
	}
}

// From every point of the way, whatever the run still knows, going on ends in
// the new mesh alone and taking back ends in the old mesh alone: no copy and no
// tag is left. So it is when it is turned round a second time.
func TestReassignEndsWhereItShould(t *testing.T) {
	t.Parallel()
	for _, order := range []bool{false, true} {
		for _, zones := range []bool{false, true} {
			p := inOrder(order, zones)
			for _, s := range wayOf(t, p, stage{payments: true}) {
				endsWell(t, p, s)
				if finished(p, s) {
					continue
				}
				for _, turned := range wayOf(t, p.Reverse(), turned(s)) {
					endsWell(t, p, turned)
				}
			}
		}
	}
}

// turned is a stage as a run knows it that just turned round.
func turned(s stage) stage {
	s.run = s.run.Reverse()
	return s
}

// finished tells that all was done in the new mesh but to drop the copy: it is
// not taken back any more.
func finished(p Plan, s stage) bool { return !p.TargetFirst && s.checkout && !s.checkoutTagged }

// endsWell goes on and takes back from one stage, with what the run knows and
// in another run, which knows nothing.
func endsWell(t *testing.T, p Plan, s stage) {
	t.Helper()
	forgot := s
	forgot.run = Run{}
	for _, s := range []stage{turned(s), forgot} {
		if p.UID != "" && s.payments && s.paymentsTagged {
			continue // it stays: it was marked, and nobody deletes it
		}
		if s.remade && !s.checkout && !s.copied || s.remade && s.payments && p.UID != "" {
			continue // it is back for good: another object, and another reassign
		}
		way := wayOf(t, p, s)
		if end := way[len(way)-1]; !end.checkout || end.payments || end.copied || end.checkoutTagged || end.run.Held {
			t.Errorf("%+v forward from %+v: it ends in %+v", p, s, end)
		}
	}
	for _, s := range []stage{turned(s), forgot} {
		if finished(p, s) {
			continue
		}
		way := wayOf(t, p.Reverse(), s)
		if end := way[len(way)-1]; end.checkout || !end.payments || end.copied || end.paymentsTagged || end.run.Held {
			t.Errorf("%+v back from %+v: it ends in %+v", p, s, end)
		}
	}
}
