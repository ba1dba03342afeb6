package command

import (
	"context"
	"slices"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// neighbours are the secrets of each mesh into which something is to be added,
// with what is to be added. Each mesh is listed once, however much comes to it.
type neighbours struct {
	e      *errand
	around backend.Around
	added  []model.Secret             // all of them, with their facts
	of     map[string]model.Inventory // by mesh, as far as they were asked for
}

// check says what the secrets beside a new one have in common with it: a name
// that looks like its own, and where values come with the list the same one. It
// is only a hint: who cannot list secrets is told of those that are added too.
func (s neighbours) check(reading context.Context, r *remarks, added model.Secret) {
	inventory := s.in(reading, added.Ref)
	if twin, is := inventory.CheckTwin(added.Ref); is {
		r.look(twin.Topic, twin.Text)
	}
	if same, is := inventory.CheckSame(added.Ref, added.Facts); is {
		r.fine("", same.Topic, same.Text)
	}
}

func (s neighbours) in(reading context.Context, ref model.Ref) model.Inventory {
	if known, is := s.of[ref.Mesh]; is {
		return known
	}
	q := queryFor(model.Scope{Global: ref.Global(), Mesh: ref.Mesh}, s.around)
	beside, _, err := listAll(reading, q, s.e.plane.List, func(string) {})
	if err != nil {
		beside = nil
	}
	for _, one := range s.added {
		there := slices.ContainsFunc(beside, func(b model.Secret) bool { return b.Ref == one.Ref })
		if one.Ref.Mesh == ref.Mesh && !there {
			beside = append(beside, one)
		}
	}
	s.of[ref.Mesh] = model.TakeInventory(s.around.Meshes, beside, s.around.References)
	return s.of[ref.Mesh]
}
