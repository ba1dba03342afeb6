package ui

import (
	"context"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// stock is all that was read of a control plane: secrets, what refers to them,
// and what they make together. It is replaced as a whole, never edited.
type stock struct {
	secrets   []model.Secret
	meshes    []model.Mesh
	refs      []model.Reference
	read      []model.ResourceKind
	unread    []model.Unread
	inventory model.Inventory
	total     int    // what the control plane says there is, -1 unknown
	cursor    string // of the next page; "" when all was read
	note      string // what happened while the list was read, worth saying once
	counted   int    // how many secrets the inventory was last taken from
}

// readResources reads who refers to secrets, anew.
func readResources(ctx context.Context, plane backend.Reader, s stock) (stock, error) {
	around, err := backend.LookAround(ctx, plane)
	if err != nil {
		return s, err
	}
	s.meshes, s.refs, s.read, s.unread = around.Meshes, around.References, around.Read, around.Unread
	if around.Note != "" {
		s.note = around.Note
	}
	return s, nil
}

// readFirst reads the resources and the first page of all secrets.
func readFirst(ctx context.Context, plane backend.Reader) (stock, error) {
	s, err := readResources(ctx, plane, stock{})
	if err != nil {
		return s, err
	}
	return readPage(ctx, plane, s)
}

// readPage reads the next page. The inventory is taken anew when as much again
// was read as it was last taken from, so that reading a long list stays linear.
func readPage(ctx context.Context, plane backend.Reader, s stock) (stock, error) {
	page, err := plane.List(ctx, backend.Query{Cursor: s.cursor})
	if err != nil {
		return s, err
	}
	if page.Again {
		s.secrets, s.counted = nil, 0
		s.note = "Secrets were added or deleted while the list was read. It was read once more and is whole."
	}
	if page.Unsettled {
		s.note = "The list changed each time it was read, so it may lack secrets. ctrl+r reads it again."
	}
	s.secrets = append(s.secrets[:len(s.secrets):len(s.secrets)], page.Secrets...)
	s.cursor, s.total = page.Next, page.Total
	if s.cursor == "" || len(s.secrets) >= 2*s.counted {
		s = s.retaken()
	}
	return s, nil
}

// with gives the stock after events: changed, new and gone secrets.
func (s stock) with(events []backend.Event) stock {
	if len(events) == 0 {
		return s
	}
	latest := make(map[model.Ref]backend.Event, len(events))
	for _, e := range events {
		latest[e.Secret.Ref] = e
	}
	secrets := make([]model.Secret, 0, len(s.secrets)+len(events))
	for _, old := range s.secrets {
		e, touched := latest[old.Ref]
		if !touched {
			secrets = append(secrets, old)
			continue
		}
		delete(latest, old.Ref)
		if !e.Gone {
			secrets = append(secrets, e.Secret)
		}
	}
	for _, e := range events {
		if _, left := latest[e.Secret.Ref]; left && !e.Gone {
			secrets = append(secrets, latest[e.Secret.Ref].Secret)
			delete(latest, e.Secret.Ref)
		}
	}
	s.secrets, s.total = secrets, len(secrets)
	return s
}

// retaken is the stock with its inventory taken anew. Until the whole list is
// read, a secret that was not seen is not called missing.
func (s stock) retaken() stock {
	refs := s.refs
	if s.cursor != "" {
		refs = s.seenRefs()
	}
	s.inventory = model.TakeInventory(s.meshes, s.secrets, refs)
	s.counted = len(s.secrets)
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
