package ui

import (
	"slices"
	"time"

	"meshsecrets/backend"
	"meshsecrets/keymap"
	"meshsecrets/model"
)

// bygone is a change that was made from here, with what is needed to take it back:
// the value that was there before, and what it left. A reassign needs none, as
// its value is where it left it.
type bygone struct {
	id      *token
	change  model.Change
	at      time.Time
	refused bool // it could not be taken back when that was last tried
	unsure  bool // its answer was lost: whether it was made is not known
	tried   bool // to be taken back, and whether that arrived is not known
}

// madeNow is a change that has just been made; left is what the control plane
// says is there now. It has values of its own.
func madeNow(f Frame, c model.Change, left model.Secret) *bygone {
	kept := c.Clone()
	kept.Users, kept.Awaited, kept.Read, kept.Unread = nil, nil, nil, nil
	if c.Verb != model.Delete {
		facts := kept.After.Secret.Facts
		if kept.After.Secret = left; !left.Facts.Learnt() {
			kept.After.Secret.Facts = facts
		}
	}
	return &bygone{id: &token{}, change: kept, at: f.Now}
}

// unsure is a deletion whose answer was lost: the value may be nowhere else.
func unsure(f Frame, c model.Change) *bygone {
	made := madeNow(f, c, model.Secret{})
	made.unsure = true
	return made
}

// bygone is the reassign that came to its end, nil when the secret stayed. What
// was not read where it arrived is told by no version.
func (m move) bygone(f Frame) *bygone {
	if m.progress.Plan.Back || m.takenBack() || m.stayed() {
		return nil
	}
	from, to := m.ends()
	c := model.Change{Verb: model.Reassign}
	c.Before.Secret = model.Secret{Ref: from}
	c.After.Secret = m.secret
	c.After.Secret.Ref = to
	if m.secret.Version == m.change.Before.Secret.Version {
		c.After.Secret.Version = model.Version{}
	}
	return madeNow(f, c, c.After.Secret)
}

// What is kept of changes: as many, and for as long.
const (
	mostMade = 10
	madeFor  = 10 * time.Minute
)

// past are the changes of this session that can be undone, oldest first. Their
// values are in memory only, and are wiped with the screen that has them: at the
// end, when another control plane is chosen, and when nobody is there.
type past struct {
	all  []bygone // replaced, never edited
	shut bool     // nobody is there: what comes to its end now is not kept
	why  string   // why nothing is kept that was
}

// told takes what was written here.
func (p past) told(msg changed) past {
	if msg.undid != nil {
		p = p.without(msg.undid).resumed(msg.events)
	}
	switch {
	case msg.made == nil:
		return p
	case p.shut:
		msg.made.change.Wipe()
		p.why = droppedWhenLocked
		return p
	case msg.made.change.Verb == model.Reassign:
		if at := p.reverse(msg.made.change); at >= 0 {
			return p.without(p.all[at].id).resumed(msg.events)
		}
	}
	// What was tried again, as its answer was lost, is one change.
	p = p.without(msg.made.id)
	p.all = append(slices.Clone(p.all), *msg.made)
	p.why = ""
	for len(p.all) > mostMade {
		p = p.without(p.all[0].id)
	}
	return p
}

// reverse finds the reassign that another one took back, -1 when it took none.
func (p past) reverse(c model.Change) int {
	for at := len(p.all) - 1; at >= 0; at-- {
		was := p.all[at].change
		if was.Left() == c.Ref() || was.Ref() == c.Left() {
			if was.Verb == model.Reassign && was.Ref() == c.Left() && was.Left() == c.Ref() {
				return at
			}
			return -1 // something else was done with it in between
		}
	}
	return -1
}

// without wipes one and drops it.
func (p past) without(id *token) past {
	at := slices.IndexFunc(p.all, func(m bygone) bool { return m.id == id })
	if at < 0 {
		return p
	}
	p.all[at].change.Wipe()
	p.all = slices.Delete(slices.Clone(p.all), at, at+1)
	return p
}

// resumed notes what an undone change left: the one before it on the same secret
// is taken back from there.
func (p past) resumed(events []backend.Event) past {
	for _, e := range events {
		if e.Gone {
			continue
		}
		for at := len(p.all) - 1; at >= 0; at-- {
			if p.all[at].change.Left() != e.Secret.Ref {
				continue
			}
			if p.all[at].change.Verb != model.Delete {
				p.all = slices.Clone(p.all)
				p.all[at].change.After.Secret = e.Secret
			}
			break
		}
	}
	return p
}

// aged drops what was made too long ago.
func (p past) aged(now time.Time) past {
	for len(p.all) > 0 && now.Sub(p.all[0].at) >= madeFor {
		p = p.without(p.all[0].id)
	}
	return p
}

// forget wipes all, and says why when it is asked for.
func (p past) forget(why string) past {
	for _, m := range p.all {
		m.change.Wipe()
	}
	if len(p.all) > 0 {
		p.why = why
	}
	p.all = nil
	return p
}

const droppedWhenLocked = "What could be undone was dropped when the console locked."

// locked forgets all, and keeps nothing until somebody is there again.
func (p past) locked() past {
	p = p.forget(droppedWhenLocked)
	p.shut = true
	return p
}

// refused notes that one could not be taken back, so that z comes to the one
// before it; or that nobody knows whether it was.
func (p past) refused(msg notUndone) past {
	at := slices.IndexFunc(p.all, func(m bygone) bool { return m.id == msg.id })
	if at < 0 {
		return p
	}
	p.all = slices.Clone(p.all)
	if msg.lost {
		p.all[at].tried = true
		return p
	}
	p.all[at].refused = true
	return p
}

// last is the change that z takes back: the newest of which nobody knows that it
// cannot be, else the newest.
func (p past) last() (bygone, bool) {
	for at := len(p.all) - 1; at >= 0; at-- {
		if !p.all[at].refused {
			return p.all[at], true
		}
	}
	if len(p.all) == 0 {
		return bygone{}, false
	}
	return p.all[len(p.all)-1], true
}

// one is the change of that name.
func (p past) one(id *token) (bygone, bool) {
	at := slices.IndexFunc(p.all, func(m bygone) bool { return m.id == id })
	if at < 0 {
		return bygone{}, false
	}
	return p.all[at], true
}

// before are the names of what else can be undone, the newest first; those that
// could not be when that was tried are not among them.
func (p past) before(last *token) []string {
	var names []string
	for _, m := range slices.Backward(p.all) {
		if m.id != last && !m.refused {
			names = append(names, shorten(model.Visible(m.change.Left().Name), 24))
		}
	}
	return names
}

// undoKey says what the key that undoes does, and for how long.
func undoKey(f Frame, does string) string {
	return f.Keys.Get(keymap.Undo).Label() + " " + does + ", for " + spanWord(madeFor) + ", until you quit or the console locks."
}

// undoable names the key that takes back what a message tells of. Nothing can be
// taken back that ended while nobody was there.
func undoable(f Frame, m Message) Message {
	if f.Locked {
		return m
	}
	m.Right = f.Keys.Get(keymap.Undo).Label() + " undo"
	return m
}
