package ui

import (
	"reflect"

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
	secrets   []model.Secret
	coming    []model.Secret // of a list that is read anew; shown once it is whole
	whole     bool           // secrets were once read to the end of the list
	looked    bool           // who refers to secrets was read
	meshes    []model.Mesh   // nil while they are not read, or may not be
	refs      []model.Reference
	read      []model.ResourceKind
	unread    []model.Unread
	inventory model.Inventory
	total     int    // what the control plane says there is, -1 unknown
	cursor    string // of the next page; "" when all was read
	mark      string // where a watch goes on, for control planes that tell
	note      string // what happened while the list was read, worth saying once
	counted   int    // how many secrets the inventory was last taken from
	stale     bool   // the inventory is older than what it is taken from
	unlisted  bool   // secrets may not be listed here, so nobody knows them all
	unseen    string // why who refers to secrets could not be read the last time; a sentence
	silent    string // why nothing can be changed now; only in what screens are opened with
}

// step is something that came in, as it changes the stock.
type step func(stock) stock

// anew prepares for a list that is read from the beginning. A whole list stays
// on screen until the new one is whole; a part of one does not.
func (s stock) anew() stock {
	s.coming, s.cursor, s.unlisted = nil, "", false
	if !s.whole {
		s.secrets, s.counted = nil, 0
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
		s.secrets, s.coming = remembered(s.secrets, s.coming), nil
	}
	s.whole, s.stale = true, true
	return s
}

// readSoFar is how many secrets of the list that is being read have come.
func (s stock) readSoFar() int {
	if s.whole && s.cursor != "" {
		return len(s.coming)
	}
	return len(s.secrets)
}

// about works in who refers to secrets.
func (s stock) about(a backend.Around) stock {
	same := s.looked && reflect.DeepEqual(s.meshes, a.Meshes) && reflect.DeepEqual(s.refs, a.References)
	s.meshes, s.refs, s.read, s.unread, s.looked, s.unseen = a.Meshes, a.References, a.Read, a.Unread, true, ""
	if a.Note != "" {
		s.note = a.Note
	}
	s.stale = s.stale || !same
	return s
}

// blind tells that meshes may not be listed, so that nobody knows which exist.
func (s stock) blind() bool { return backend.Around{Unread: s.unread}.Blind() }

// with gives the stock after events: changed, new and gone secrets. What stands
// twice, because a page brought it after an event had, stands once then.
func (s stock) with(events []backend.Event) stock {
	if len(events) == 0 {
		return s
	}
	latest := make(map[model.Ref]backend.Event, len(events))
	for _, e := range events {
		latest[e.Secret.Ref] = e
	}
	secrets := make([]model.Secret, 0, len(s.secrets)+len(events))
	placed := make(map[model.Ref]bool, len(latest))
	for _, old := range s.secrets {
		e, touched := latest[old.Ref]
		if !touched {
			secrets = append(secrets, old)
			continue
		}
		if !e.Gone && !placed[old.Ref] {
			secrets = append(secrets, withFacts(e.Secret, old))
		}
		placed[old.Ref] = true
	}
	for _, e := range events {
		if last := latest[e.Secret.Ref]; !last.Gone && !placed[e.Secret.Ref] {
			secrets = append(secrets, last.Secret)
			placed[e.Secret.Ref] = true
		}
	}
	s.secrets, s.total, s.stale = secrets, len(secrets), true
	return s
}

// taken is the stock with its inventory taken anew, when it has to be.
func (s stock) taken() stock {
	if !s.stale {
		return s
	}
	return s.retaken()
}

// retaken is the stock with its inventory taken anew. Until the whole list is
// read, a secret that was not seen is not called missing.
func (s stock) retaken() stock {
	refs := s.refs
	if !s.whole {
		refs = s.seenRefs()
	}
	s.inventory = model.TakeInventory(s.meshes, s.secrets, refs)
	s.counted, s.stale = len(s.secrets), false
	return s
}

// seenRefs are the references to secrets that were read already.
func (s stock) seenRefs() []model.Reference {
	seen := make(map[model.Ref]bool, len(s.secrets))
	for i := range s.secrets {
		seen[s.secrets[i].Ref] = true
	}
	var refs []model.Reference
	for _, r := range s.refs {
		if seen[r.Target()] {
			refs = append(refs, r)
		}
	}
	return refs
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
