package command

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// survey is what was read of a control plane: its meshes, the secrets of a
// scope, who refers to them, and what of that could not be read.
type survey struct {
	inventory model.Inventory
	read      []model.ResourceKind
	unread    []model.Unread
	blind     []string // what could not be read although it may be there: sentences
}

// surveyed reads them. The secrets come last: what refers to one that is made
// in between does not miss it.
func (e *errand) surveyed(reading context.Context, say func(string), of model.Scope, facts bool) (survey, error) {
	say("Reading who refers to secrets.")
	around, err := backend.LookAround(reading, e.plane)
	if err != nil {
		return survey{}, err
	}
	found := survey{read: around.Read, unread: around.Unread}
	secrets, err := e.secretsOf(reading, say, queryFor(of, around), facts, &found)
	if err != nil {
		return survey{}, err
	}
	found.blind = append(found.blind, notSeen(around)...)
	found.inventory = model.TakeInventory(around.Meshes, secrets, around.References)
	return found, nil
}

// notSeen says what could not be read of who refers to secrets.
func notSeen(around backend.Around) []string {
	var blind []string
	for _, u := range around.Unread {
		if u.MayBeThere() {
			blind = append(blind, string(u.Kind)+" was "+u.Missed()+": "+model.Visible(u.Why)+".")
		}
	}
	if around.Note != "" {
		blind = append(blind, around.Note)
	}
	return blind
}

// queryFor asks for no more than the scope. The secrets of a mesh that does not
// exist, or may not, have no list of their own everywhere.
func queryFor(of model.Scope, around backend.Around) backend.Query {
	switch {
	case of.Global:
		return backend.Query{Global: true}
	case !of.All && around.Has(of.Mesh):
		return backend.Query{Mesh: of.Mesh}
	}
	return backend.Query{}
}

// secretsOf reads a list, with its facts when they are asked for and values may
// be read.
func (e *errand) secretsOf(reading context.Context, say func(string), q backend.Query, facts bool, found *survey) ([]model.Secret, error) {
	list := e.plane.Learn
	if !facts {
		list = e.plane.List
	}
	secrets, unsettled, err := listAll(reading, q, list, say)
	if facts && errors.Is(err, backend.ErrForbidden) && !e.plane.Traits().ListsFacts {
		why := because(err)
		if secrets, unsettled, err = listAll(reading, q, e.plane.List, say); err == nil {
			found.blind = append(found.blind, "Values were not read, so what is wrong with them is not known. "+why)
		}
	}
	if unsettled {
		found.blind = append(found.blind, "The list of secrets changed each time it was read, so it may lack some.")
	}
	return secrets, err
}

func listAll(reading context.Context, q backend.Query, list func(context.Context, backend.Query) (backend.Page, error), say func(string)) (all []model.Secret, unsettled bool, err error) {
	for q.Cursor = ""; ; {
		page, err := list(reading, q)
		if err != nil {
			return nil, false, err
		}
		if page.Again {
			all = nil
		}
		all, unsettled = append(all, page.Secrets...), unsettled || page.Unsettled
		text := "Reading secrets: " + model.CountWord(len(all))
		if page.Total > 0 {
			text += " of " + model.CountWord(page.Total)
		}
		say(text + ".")
		if q.Cursor = page.Next; q.Cursor == "" {
			return all, unsettled, nil
		}
	}
}

// progress says on a terminal how far the reading is; "" takes that away.
func (e *errand) progress() func(string) {
	to, _ := e.process.Err.(*os.File)
	line := sheet{to: e.process.Err, ascii: e.sheet.ascii, live: watched(columnsOf(to))}
	return func(text string) {
		if text == "" {
			_, _ = io.WriteString(line.to, line.live.cleared())
			return
		}
		line.rewrite(text)
	}
}

// hasMesh tells whether a mesh is known, as far as meshes could be read. One
// that does not exist and that secrets name is.
func (s survey) hasMesh(name string) bool {
	return slices.ContainsFunc(s.inventory.Meshes, func(m model.MeshSummary) bool { return m.Mesh.Name == name })
}
