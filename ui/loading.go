package ui

import (
	"context"
	"errors"

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

// readResources reads every kind that can refer to a secret. A kind that cannot
// be read is named, never silently left out; only when meshes cannot be read is
// that an error.
func readResources(ctx context.Context, plane backend.Reader, s stock) (stock, error) {
	s.meshes, s.refs, s.read, s.unread = nil, nil, nil, nil
	for _, kind := range model.ReferringKinds() {
		resources, err := allOf(ctx, plane, kind)
		switch {
		case err == nil:
			s.read = append(s.read, kind)
		case errors.Is(err, backend.ErrNotFound) && kind != model.KindMesh:
			s.unread = append(s.unread, model.Unread{Kind: kind, Why: notHere})
			continue
		case errors.Is(err, backend.ErrForbidden) && kind != model.KindMesh:
			s.unread = append(s.unread, model.Unread{Kind: kind, Why: "you may not list it"})
			continue
		default:
			return s, err
		}
		for _, r := range resources {
			s.refs = append(s.refs, model.References(r)...)
			if kind == model.KindMesh {
				mesh, err := model.ReadMesh(r)
				if err != nil {
					s.note = "Mesh " + model.Visible(r.Name) + " could not be read whole: " + err.Error()
				}
				s.meshes = append(s.meshes, mesh)
			}
		}
		if kind == model.KindMeshIdentity {
			s.meshes = model.WithIdentities(s.meshes, resources)
		}
	}
	return s.withUnreadIdentities(), nil
}

// withUnreadIdentities makes meshes say that their identities are not known
// when they could not be read.
func (s stock) withUnreadIdentities() stock {
	for _, u := range s.unread {
		if u.Kind == model.KindMeshIdentity && u.Why != notHere {
			for i := range s.meshes {
				s.meshes[i].IdentitiesUnread = true
			}
		}
	}
	return s
}

// notHere is why a kind was not read that the control plane does not know.
const notHere = "not on this control plane"

func allOf(ctx context.Context, plane backend.Reader, kind model.ResourceKind) ([]model.Resource, error) {
	var all []model.Resource
	for cursor := ""; ; {
		page, err := plane.Resources(ctx, kind, cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Resources...)
		if page.Next == "" {
			return all, nil
		}
		cursor = page.Next
	}
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
