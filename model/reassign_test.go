package model

import (
	"maps"
	"testing"
)

// forward is a plan as it is begun; its order and its zones are set by tests.
var forward = Plan{ID: "op-1", UID: "uid-1", From: Ref{"payments", "s"}, To: Ref{"checkout", "s"}}

// inOrder is the plan in one of the two orders.
func inOrder(targetFirst, zones bool) Plan {
	p := forward
	p.TargetFirst, p.Zones = targetFirst, zones
	if targetFirst {
		p.UID = "" // objects have none there
	}
	return p
}

// Every world of absent, present and foreign, by hand: first what is done on
// Kubernetes, then on Universal.
func TestNextInEveryWorld(t *testing.T) {
	t.Parallel()
	const a, p, f = Absent, Present, Foreign
	steps := map[[3]Place][2]Step{ // source, copy, target
		{a, a, a}: {Stuck, Stuck}, // the value is nowhere
		{a, a, p}: {Done, Done},
		{a, a, f}: {Stuck, Stuck},
		{a, p, a}: {CreateTarget, CreateTarget}, // only in the copy
		{a, p, p}: {DropCopy, DropCopy},
		{a, p, f}: {Stuck, Stuck}, // another secret has its name
		{a, f, a}: {Stuck, Stuck}, // not a copy of ours: nothing is done with it
		{a, f, p}: {Stuck, Stuck},
		{a, f, f}: {Stuck, Stuck},

		{p, a, a}: {KeepCopy, CreateTarget},
		{p, a, p}: {DeleteSource, DeleteSource},
		{p, a, f}: {Stuck, Stuck},
		{p, p, a}: {DeleteSource, CreateTarget}, // Universal looks at no copy
		{p, p, p}: {DeleteSource, DeleteSource},
		{p, p, f}: {Stuck, Stuck},
		{p, f, a}: {Stuck, Stuck},
		{p, f, p}: {Stuck, Stuck},
		{p, f, f}: {Stuck, Stuck},

		{f, a, a}: {Stuck, Stuck},
		{f, a, p}: {Stuck, Stuck}, // both are kept
		{f, a, f}: {Stuck, Stuck},
		{f, p, a}: {Stuck, Stuck},
		{f, p, p}: {Stuck, Stuck},
		{f, p, f}: {Stuck, Stuck},
		{f, f, a}: {Stuck, Stuck},
		{f, f, p}: {Stuck, Stuck},
		{f, f, f}: {Stuck, Stuck},
	}
	if len(steps) != 27 {
		t.Fatalf("%d worlds, there are 27", len(steps))
	}
	for places, want := range steps {
		w := World{Source: places[0], Copy: places[1], Target: places[2]}
		for i, plan := range []Plan{inOrder(false, false), inOrder(true, false)} {
			for _, plan := range []Plan{plan, plan.Reverse()} {
				w, want := w, want[i]
				w.Claimed = plan.Back && w.Source == p // the reassign made it there
				w.Quiet = true
				if plan.Back && !plan.TargetFirst && places == [3]Place{a, p, p} {
					want = Retain // nothing was deleted, and no other run is to delete it now
				}
				if got := plan.Next(w); got != want {
					t.Errorf("%+v, target first %v, back %v: %v, want %v", w, plan.TargetFirst, plan.Back, got, want)
				}
			}
		}
	}
}

// What can be told only where objects have UIDs: all of it on Kubernetes.
func TestNextWhereObjectsHaveUIDs(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		back bool
		w    World
		want Step
	}{
		"changed after it was copied: the change is not lost":   {false, World{Source: Edited, Copy: Present}, Stuck},
		"changed before it was copied":                          {false, World{Source: Edited}, Stuck},
		"held by a finalizer":                                   {false, World{Source: Deleting, Copy: Present}, Stuck},
		"put back by somebody: nobody is fought":                {false, World{Source: Restored, Copy: Present}, Stuck},
		"the new one is being deleted by somebody":              {false, World{Copy: Present, Target: Deleting}, Stuck},
		"taken back, and changed: the change stays":             {true, World{Copy: Present, Target: Edited}, DropCopy},
		"taken back, changed, and no copy":                      {true, World{Target: Edited}, Done},
		"taken back while a finalizer holds it":                 {true, World{Copy: Present, Target: Deleting}, Stuck},
		"taken back, and nothing was deleted":                   {true, World{Copy: Present, Target: Present}, Retain},
		"the same, marked":                                      {true, World{Copy: Present, Target: Present, Tagged: true}, DropCopy},
		"the same, where labels may not be changed":             {true, World{Copy: Present, Target: Present, Run: Run{Fixed: true}}, DropCopy},
		"the same, the copy gone":                               {true, World{Target: Present, Tagged: true}, Untag},
		"the same, the mark gone":                               {true, World{Target: Present}, Done},
		"put back by us":                                        {true, World{Copy: Present, Target: Restored, Tagged: true}, Untag},
		"put back by somebody else, or by us and cleaned up":    {true, World{Copy: Present, Target: Restored}, DropCopy},
		"taken back from the new mesh":                          {true, World{Source: Present, Claimed: true, Copy: Present}, DeleteSource},
		"taken back from the new mesh, where it was changed":    {true, World{Source: Foreign, Copy: Present}, Stuck},
		"taken back from the new mesh after its copy was gone":  {true, World{Source: Present, Claimed: true}, KeepCopy},
		"taken back from the new mesh after it was untagged":    {true, World{Source: Present, Copy: Present}, Stuck}, // somebody finished it
		"taken back from the new mesh after all was cleaned up": {true, World{Source: Present}, Stuck},
		"another run takes it back":                             {false, World{Source: Present, Claimed: true, Copy: Present}, Stuck},
		"another run took it back":                              {false, World{Source: Present, Run: Run{Copied: true}}, Stuck},
		"another run takes it back, and deleted the new one":    {false, World{Copy: Present, Run: Run{Placed: true}}, Stuck},
		"the copy that was seen is there":                       {false, World{Source: Present, Copy: Present, Run: Run{Copied: true}}, DeleteSource},
		"taken back out of the gap":                             {true, World{Copy: Present}, CreateTarget},
	} {
		plan := inOrder(false, false)
		if c.back {
			plan = plan.Reverse()
		}
		if got := plan.Next(c.w); got != c.want {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}

// What one run knows, the tag and the zones.
func TestNextOfARun(t *testing.T) {
	t.Parallel()
	const kubernetes, universal = false, true
	gap, staged := World{Copy: Present}, World{Source: Present, Copy: Present}
	placed, there := World{Copy: Present, Target: Present, Tagged: true}, World{Target: Present, Tagged: true}
	knowing := func(w World, r Run) World { w.Run = r; return w }
	for about, c := range map[string]struct {
		order, zones bool
		w            World
		want         Step
	}{
		"the gap without zones":                           {kubernetes, false, gap, CreateTarget},
		"the gap with zones is waited":                    {kubernetes, true, gap, Wait},
		"after a crash it is waited once more":            {kubernetes, true, knowing(gap, Run{}), Wait},
		"and then created":                                {kubernetes, true, knowing(gap, Run{Waited: true}), CreateTarget},
		"nothing is waited for before the delete":         {kubernetes, true, staged, DeleteSource},
		"the copy was deleted in the gap, the value held": {kubernetes, false, knowing(World{}, Run{Held: true}), KeepCopy},
		"the same with zones":                             {kubernetes, true, knowing(World{}, Run{Held: true, Waited: true}), KeepCopy},
		"a foreign copy in the gap, the value held":       {kubernetes, false, knowing(World{Copy: Foreign}, Run{Held: true}), Stuck},
		"the copy was deleted and the run died":           {kubernetes, false, World{}, Stuck},
		"another secret has the name, the value held":     {kubernetes, false, knowing(World{Target: Foreign}, Run{Held: true}), KeepCopy},
		"Universal: nowhere, the value held":              {universal, false, knowing(World{}, Run{Held: true}), CreateTarget},
		"Universal: nowhere":                              {universal, false, World{}, Stuck},
		"Universal: another run took the new one away":    {universal, false, World{Source: Present, Run: Run{Placed: true}}, Stuck},
		"Universal: another run brought the old one back": {universal, false, World{Source: Present, Target: Present, Tagged: true, Run: Run{Gone: true, Placed: true}}, Stuck},
		"Universal: the one that was seen is there":       {universal, false, World{Source: Present, Target: Present, Tagged: true, Run: Run{Placed: true, Quiet: true}}, DeleteSource},
		"Universal: found by another run":                 {universal, false, World{Source: Present, Target: Present, Tagged: true}, Outlast},
		"Universal: a deletion of its own was lost":       {universal, false, World{Source: Present, Target: Present, Tagged: true, Run: Run{Quiet: true, Loose: true}}, DeleteSource},

		"the tag is taken off":                    {kubernetes, false, placed, Untag},
		"the tag is taken off once zones have it": {kubernetes, true, placed, Wait},
		"and then":                                             {kubernetes, true, knowing(placed, Run{Waited: true}), Untag},
		"a tag that must stay":                                 {kubernetes, false, knowing(placed, Run{Fixed: true}), DropCopy},
		"a tag that must stay, zones are asked":                {kubernetes, true, knowing(placed, Run{Fixed: true, Unanswered: true}), AskZones},
		"zones are asked before the copy goes":                 {kubernetes, true, World{Copy: Present, Target: Present, Run: Run{Unanswered: true}}, AskZones},
		"zones are asked, whether they were given time or not": {kubernetes, true, World{Copy: Present, Target: Present, Run: Run{Unanswered: true, Waited: true}}, AskZones},
		"another run did it all: nobody is asked":              {kubernetes, true, World{Copy: Present, Target: Present}, DropCopy},
		"no zones, nobody to ask":                              {kubernetes, false, World{Copy: Present, Target: Present, Run: Run{Unanswered: true}}, DropCopy},
		"the copy is gone, the tag is not":                     {kubernetes, false, there, Untag},
		"the tag must stay and the copy is gone":               {kubernetes, false, knowing(there, Run{Fixed: true}), Done},
		"Universal: the tag stays until the source goes":       {universal, true, World{Source: Present, Target: Present, Tagged: true, Run: Run{Quiet: true}}, DeleteSource},
		"Universal: time for zones":                            {universal, true, there, Wait},
		"Universal: the touch":                                 {universal, true, knowing(there, Run{Waited: true}), Untag},
		"Universal: the touch without zones":                   {universal, false, there, Untag},
		"Universal: the question":                              {universal, true, World{Target: Present, Run: Run{Unanswered: true}}, AskZones},
		"Universal: all done":                                  {universal, true, World{Target: Present}, Done},
		"Universal: the tag must stay":                         {universal, false, knowing(there, Run{Fixed: true}), Done},
	} {
		if got := inOrder(c.order, c.zones).Next(c.w); got != c.want {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}

// What a run knows after each step, whether its request was sent or not. All
// that it can know is lost and learnt by these steps alone.
func TestAfter(t *testing.T) {
	t.Parallel()
	all := Run{Held: true, Gone: true, Copied: true, Placed: true, Waited: true, Unanswered: true, Fixed: true, Quiet: true, Loose: true}
	none := Run{}
	for about, c := range map[string]struct {
		targetFirst, zones bool
		before             Run
		step               Step
		sent               bool
		want               Run
	}{
		"waiting":                          {false, true, none, Wait, true, Run{Waited: true}},
		"waiting, and stopped":             {false, true, none, Wait, false, none},
		"outlasting":                       {true, true, Run{Loose: true}, Outlast, true, Run{Quiet: true, Loose: true}},
		"outlasting, and stopped":          {true, true, Run{Loose: true}, Outlast, false, Run{Loose: true}},
		"a mark, sent":                     {false, true, all, Retain, true, all},
		"a copy, sent":                     {false, true, all, KeepCopy, true, all},
		"a delete, sent":                   {false, true, Run{Waited: true}, DeleteSource, true, Run{Held: true, Unanswered: true}},
		"a delete, sent, without zones":    {false, false, none, DeleteSource, true, Run{Held: true}},
		"a delete, not sent":               {false, true, Run{Waited: true}, DeleteSource, false, Run{Waited: true}},
		"a delete where the target is":     {true, true, Run{Waited: true}, DeleteSource, true, Run{Held: true, Unanswered: true}},
		"a create, sent":                   {false, true, Run{Held: true, Waited: true}, CreateTarget, true, Run{Held: true, Unanswered: true}},
		"a create, not sent":               {false, true, Run{Held: true, Waited: true}, CreateTarget, false, Run{Held: true, Waited: true}},
		"a create, without zones":          {false, false, Run{Held: true}, CreateTarget, true, Run{Held: true}},
		"the tag, sent":                    {false, true, Run{Waited: true}, Untag, true, Run{Unanswered: true}},
		"the tag, not sent":                {false, true, Run{Waited: true, Fixed: true}, Untag, false, Run{Waited: true, Fixed: true}},
		"asked, and there is more to come": {false, true, Run{Unanswered: true}, AskZones, false, Run{Unanswered: true}},
		"asked, and that was all":          {false, true, Run{Waited: true, Unanswered: true}, AskZones, true, Run{Waited: true}},
		"the copy dropped":                 {false, true, none, DropCopy, true, Run{Held: true}},
		"the copy not dropped":             {false, true, none, DropCopy, false, none},
		"nothing":                          {false, true, all, Done, false, all},
		"nothing to be done":               {false, true, all, Stuck, false, all},
	} {
		if got := inOrder(c.targetFirst, c.zones).After(c.before, c.step, c.sent); got != c.want {
			t.Errorf("%s: %+v, want %+v", about, got, c.want)
		}
	}
}

// As soon as a mesh holds the value, or what somebody made of it, a run holds it
// no longer; what it saw once, and all else that it knows, it keeps.
func TestSeeing(t *testing.T) {
	t.Parallel()
	known := Run{Held: true, Waited: true, Unanswered: true, Fixed: true}
	saw := func(held, gone, copied, placed bool) Run {
		return Run{Held: held, Gone: gone, Copied: copied, Placed: placed, Waited: true, Unanswered: true, Fixed: true}
	}
	sent := Run{Quiet: true}.Unheard(DeleteSource)
	if back := sent.Reverse(); !sent.Loose || back.Quiet || back.Loose {
		t.Errorf("turned round, a deletion that may arrive is forgotten: %+v", back)
	}
	if other := (Run{Quiet: true}.Unheard(CreateTarget)); other.Loose {
		t.Errorf("nothing was deleted: %+v", other)
	}
	if back := (Run{Quiet: true, Gone: true, Copied: true, Placed: true, Waited: true, Held: true}).Reverse(); back != (Run{Quiet: true, Held: true}) {
		t.Errorf("turned round: %+v", back)
	}
	for _, c := range []struct {
		w              World
		want           Run
		alone, between bool
	}{
		{World{}, saw(true, true, false, false), true, false},
		{World{Copy: Present}, saw(true, true, true, false), true, true},
		{World{Copy: Foreign}, saw(true, true, false, false), true, false},
		{World{Target: Present, Copy: Present}, saw(false, true, true, true), false, false},
		{World{Target: Foreign}, saw(true, true, false, false), false, false}, // it is not the value
		{World{Target: Edited}, saw(false, true, false, false), false, false},
		{World{Source: Present}, saw(false, false, false, false), false, false},
		{World{Source: Deleting, Copy: Present}, saw(false, false, true, false), false, false},
	} {
		c.w.Run = known
		if got := c.w.Seeing(); got.Run != c.want || got.Alone() != c.alone || got.Between() != c.between {
			t.Errorf("%+v: knows %+v, alone %v, between %v", c.w, got.Run, got.Alone(), got.Between())
		}
		all := saw(true, true, true, true)
		c.w.Run = all
		if got := c.w.Seeing().Run; !got.Gone || !got.Copied || !got.Placed {
			t.Errorf("%+v: it forgot what it saw: %+v", c.w, got)
		}
	}
}

// allPlaces is everything that may stand somewhere.
var allPlaces = []Place{Absent, Present, Edited, Restored, Deleting, Foreign}

// In every world that can be told, with all that a run can know: the source is
// deleted only when something else holds the value, the copy is dropped only
// when a mesh does, and nothing is made where something is.
func TestNoStepRemovesTheLastHolder(t *testing.T) {
	t.Parallel()
	worlds := 0
	everyWorld(func(p Plan, w World) {
		worlds++
		arrived := w.Target == Present || w.Target == Restored || w.Target == Edited
		switch step := p.Next(w); {
		case step == DeleteSource && (w.Source != Present || !arrived && (w.Copy != Present || p.TargetFirst)):
			t.Errorf("%+v: the source is deleted: %+v", p, w)
		case step == DropCopy && (w.Copy != Present || !arrived || w.Source != Absent):
			t.Errorf("%+v: the copy is dropped: %+v", p, w)
		case step == CreateTarget && (w.Target != Absent || w.Source != Present && w.Copy != Present && (!p.TargetFirst || !w.Held)):
			t.Errorf("%+v: the target is made: %+v", p, w)
		case step == KeepCopy && (w.Copy != Absent || w.Source != Present && !w.Held):
			t.Errorf("%+v: a copy is written: %+v", p, w)
		case step == Retain && (!p.Back || p.TargetFirst || w.Source != Absent || w.Copy != Present || w.Target != Present || w.Tagged || w.Fixed):
			t.Errorf("%+v: what stays is tagged: %+v", p, w)
		case step == DeleteSource && p.TargetFirst && !w.Quiet:
			t.Errorf("%+v: a deletion may be on its way to what is kept: %+v", p, w)
		case step == Outlast && (!p.TargetFirst || w.Source != Present || !arrived):
			t.Errorf("%+v: it waits for nothing: %+v", p, w)
		case step == DeleteSource && !p.TargetFirst && w.Claimed != p.Back:
			t.Errorf("%+v: what another run keeps is deleted: %+v", p, w)
		case step == Untag && (!arrived || !w.Tagged || w.Fixed):
			t.Errorf("%+v: a tag is taken off: %+v", p, w)
		case step == Done && (!arrived || w.Source != Absent || w.Copy != Absent || w.Tagged && !w.Fixed):
			t.Errorf("%+v: it is called done: %+v", p, w)
		}
	})
	if want := 8 * 6 * 3 * 6 * 2048; worlds != want {
		t.Errorf("%d worlds, there are %d", worlds, want)
	}
}

// everyWorld tells every plan and every world, possible or not.
func everyWorld(tell func(Plan, World)) {
	for plan := range 8 {
		p := inOrder(plan&1 != 0, plan&2 != 0)
		if plan&4 != 0 {
			p = p.Reverse()
		}
		for _, source := range allPlaces {
			for _, kept := range []Place{Absent, Present, Foreign} {
				for _, target := range allPlaces {
					for bits := range 2048 {
						on := func(bit int) bool { return bits&(1<<bit) != 0 }
						tell(p, World{
							Source: source, Copy: kept, Target: target, Tagged: on(0), Claimed: on(1),
							Run: Run{on(2), on(3), on(4), on(5), on(6), on(7), on(8), on(9), on(10)},
						})
					}
				}
			}
		}
	}
}

func TestReverse(t *testing.T) {
	t.Parallel()
	for _, p := range []Plan{inOrder(false, true), inOrder(true, false)} {
		back := p.Reverse()
		if back.From != p.To || back.To != p.From || !back.Back || back.ID != p.ID || back.UID != p.UID ||
			back.TargetFirst != p.TargetFirst || back.Zones != p.Zones {
			t.Errorf("the reverse of %+v is %+v", p, back)
		}
		if back.Reverse() != p {
			t.Errorf("the reverse of the reverse of %+v is %+v", p, back.Reverse())
		}
		if p.Origin() != (Ref{"payments", "s"}) || back.Origin() != (Ref{"payments", "s"}) {
			t.Errorf("%+v began in %v, turned round in %v", p, p.Origin(), back.Origin())
		}
	}
}

func TestTag(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		labels, want map[string]string
		plan         Plan
	}{
		"no labels":       {nil, map[string]string{LabelReassign: "op-1", LabelFrom: "payments"}, forward},
		"those of a user": {map[string]string{"team": "web"}, map[string]string{"team": "web", LabelReassign: "op-1", LabelFrom: "payments"}, forward},
		"an older tag":    {map[string]string{LabelReassign: "op-0", LabelFrom: "x", LabelResend: "now"}, map[string]string{LabelReassign: "op-1", LabelFrom: "payments"}, forward},
		"on the way back": {map[string]string{"team": "web"}, map[string]string{"team": "web", LabelReassign: "op-1", LabelFrom: "checkout"}, forward.Reverse()},
	} {
		given := maps.Clone(c.labels)
		got := c.plan.Tag(c.labels)
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
		if !maps.Equal(given, c.labels) {
			t.Errorf("%s: the labels that were given are now %v", about, c.labels)
		}
		if !c.plan.Tagged(Secret{Labels: got}) {
			t.Errorf("%s: it does not know its own tag", about)
		}
	}
	if (Plan{}).Tagged(Secret{}) {
		t.Error("a plan without an id knows a secret without a tag for its own")
	}
	if forward.Tagged(Secret{Labels: map[string]string{LabelReassign: "op-2"}}) {
		t.Error("a plan knows the tag of another for its own")
	}
}

func TestUntagged(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct{ labels, want map[string]string }{
		"none":              {nil, nil},
		"those of a user":   {map[string]string{"team": "web", LabelMesh: "payments"}, map[string]string{"team": "web", LabelMesh: "payments"}},
		"ours":              {map[string]string{"team": "web", LabelReassign: "op-1", LabelFrom: "x", LabelResend: "now"}, map[string]string{"team": "web"}},
		"only ours":         {map[string]string{LabelReassign: "op-1"}, map[string]string{}},
		"one that is alike": {map[string]string{"meshsecrets.io": "x", "not-meshsecrets.io/y": "z"}, map[string]string{"meshsecrets.io": "x", "not-meshsecrets.io/y": "z"}},
	} {
		if got := Untagged(c.labels); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", about, got, c.want)
		}
	}
}
