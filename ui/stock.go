package ui

import (
	"reflect"
	"slices"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// stock is all that was read of a control plane: secrets, what refers to them,
// and what they make together. It is replaced as a whole, never edited.
//
// Several requests bring something for it at the same time: pages of the list,
// what refers to secrets, facts, changes. Each becomes a step; steps are worked
// in one after the other, so that none overwrites what another brought.
type stock struct {
	secrets   []model.Secret  // of pages, until the list is whole and the inventory holds it
	late      []backend.Event // what changed meanwhile; pages were asked for before
	coming    []model.Secret  // of a list that is read anew; shown once it is whole
	settled   bool            // the inventory holds the whole list: what comes in goes there
	whole     bool            // secrets were once read to the end of the list
	looked    bool            // who refers to secrets was read
	meshes    []model.Mesh    // nil while they are not read, or may not be
	refs      []model.Reference
	read      []model.ResourceKind
	unread    []model.Unread
	counts    backend.Counts // how many resources of each kind were read
	lookedAt  time.Time      // when they were
	inventory model.Inventory
	total     int    // what the control plane says there is, -1 unknown
	cursor    string // of the next page; "" when all was read
	mark      string // where a watch goes on, for control planes that tell
	note      string // what happened while the list was read, worth saying once
	counted   int    // how many secrets the inventory was last taken from
	stale     bool   // the inventory is older than what it is taken from
	unsettled bool   // the list changed each time it was read, so it may lack secrets
	unlisted  bool   // secrets may not be listed here, so nobody knows them all
	unseen    string // why who refers to secrets could not be read the last time; a sentence
	// What only screens are handed.
	silent    string             // why nothing can be changed now
	followed  bool               // every change of who refers to secrets is told
	begun     []model.Unfinished // reassigns that are not finished, as far as known
	stopped   []string           // the ids of those that this console began and does no more
	schooling schooling          // how the reading of facts stands
}

// step is something that came in, as it changes the stock.
type step func(stock) stock

// anew prepares for a list that is read from the beginning. A whole list stays
// on screen until the new one is whole; a part of one does not.
func (s stock) anew() stock {
	s.coming, s.cursor, s.unlisted, s.unsettled = nil, "", false, false
	if !s.whole {
		s.secrets, s.late, s.counted = nil, nil, 0
	}
	return s
}

// add works a page in. The inventory is taken anew when as much again was read
// as it was last taken from, so that reading a long list stays linear.
func (s stock) add(page backend.Page) stock {
	if page.Again {
		s = s.anew()
		s.note = "Secrets were added or deleted while the list was read. It was read once more and is whole."
	}
	if page.Unsettled {
		s.unsettled = true
		s.note = "The list changed each time it was read, so it may lack secrets. ctrl+r reads it again."
	}
	s.cursor, s.total, s.mark = page.Next, page.Total, page.Mark
	// Steps are worked in one after the other and no earlier stock looks beyond
	// its own length, so the lists may grow in place.
	if s.whole {
		s.coming = append(s.coming, page.Secrets...)
	} else {
		s.secrets = append(s.secrets, page.Secrets...)
	}
	if s.cursor != "" {
		s.stale = s.stale || !s.whole && len(s.secrets) >= 2*s.counted
		return s
	}
	if s.whole {
		s = s.retaken()
		s.secrets, s.coming = remembered(s.inventory, s.coming), nil
	}
	s.whole, s.settled, s.stale = true, false, true
	return s
}

// readSoFar is how many secrets of the list that is being read have come.
func (s stock) readSoFar() int {
	switch {
	case s.whole && s.cursor != "":
		return len(s.coming)
	case s.settled:
		return s.inventory.All.Secrets
	}
	return len(s.secrets)
}

// about works in who refers to secrets.
func (s stock) about(a backend.Around) stock {
	same := s.looked && reflect.DeepEqual(s.meshes, a.Meshes) && slices.Equal(s.refs, a.References)
	s.meshes, s.refs, s.read, s.unread, s.looked, s.unseen = a.Meshes, a.References, a.Read, a.Unread, true, ""
	s.counts = a.Counts
	if a.Note != "" {
		s.note = a.Note
	}
	switch {
	case same:
	case s.settled:
		s.inventory = s.inventory.About(s.meshes, s.refs)
	default:
		s.stale = true
	}
	return s
}

// blind tells that meshes may not be listed, so that nobody knows which exist.
func (s stock) blind() bool { return s.looked && s.meshes == nil }

// with gives the stock after events: changed, new and gone secrets. While
// pages are worked in, they wait for the inventory that is taken of these.
func (s stock) with(events []backend.Event) stock {
	switch {
	case len(events) == 0:
	case s.settled:
		s.inventory = after(s.inventory, events)
		s.total = s.inventory.All.Secrets
	default:
		s.late, s.stale = latest(slices.Concat(s.late, events)), true
	}
	return s
}

// after is an inventory after events. A secret that only seems to have changed
// keeps its facts.
func after(before model.Inventory, events []backend.Event) model.Inventory {
	var changed []model.Secret
	var gone []model.Ref
	for _, e := range latest(events) {
		if e.Gone {
			gone = append(gone, e.Secret.Ref)
			continue
		}
		row, _ := before.Find(e.Secret.Ref)
		changed = append(changed, withFacts(e.Secret, row.Secret))
	}
	return before.Changed(changed, gone)
}

// latest keeps of each secret what was told last.
func latest(events []backend.Event) []backend.Event {
	at := make(map[model.Ref]int, len(events))
	var kept []backend.Event
	for _, e := range events {
		if n, told := at[e.Secret.Ref]; told {
			kept[n] = e
			continue
		}
		at[e.Secret.Ref] = len(kept)
		kept = append(kept, e)
	}
	return kept
}

// taken is the stock with its inventory taken anew, when it has to be.
func (s stock) taken() stock {
	if !s.stale {
		return s
	}
	return s.retaken()
}

// retaken is the stock with its inventory taken from the pages, as long as it
// does not hold the whole list. Until that is read, a secret that was not seen
// is not called missing.
func (s stock) retaken() stock {
	if s.settled {
		s.stale = false
		return s
	}
	take := model.TakeInventory
	if !s.whole {
		take = model.TakePartial
	}
	s.inventory = take(s.meshes, s.secrets, s.refs)
	if s.unsettled {
		s.inventory = s.inventory.OfSome()
	}
	if len(s.late) > 0 {
		s.inventory = after(s.inventory, s.late)
	}
	s.counted, s.stale = len(s.secrets), false
	if s.whole {
		s.secrets, s.late, s.settled = nil, nil, true
	}
	return s
}

// seen is where a watch of some of the secrets begins. It copies them.
func (s stock) seen(scope model.Scope) backend.Seen {
	rows := s.inventory.In(scope)
	secrets := make([]model.Secret, 0, rows.Totals().Secrets)
	for _, row := range rows.All() {
		if !row.Ghost() {
			secrets = append(secrets, row.Secret)
		}
	}
	return backend.Seen{Mark: s.mark, Secrets: secrets}
}

// when says how old is what refers to secrets: ", 5s ago", ", live".
func (s stock) when(now time.Time) string {
	switch {
	case s.followed:
		return ", live"
	case s.lookedAt.IsZero():
		return ""
	}
	return ", " + model.AgeWord(now.Sub(s.lookedAt)) + " ago"
}

// waiting says why a secret cannot be changed now: nothing answers, or who uses
// it is not known because the resources were never read.
func (s stock) waiting() string {
	switch {
	case s.silent != "":
		return s.silent
	case s.looked:
		return ""
	case s.unseen != "":
		return "Who uses secrets could not be read: " + s.unseen + " It is tried again by itself."
	}
	return "Who uses secrets is still being read. Try again in a moment."
}
