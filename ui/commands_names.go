package ui

import (
	"slices"

	"meshsecrets/keymap"
	"meshsecrets/model"
)

// names are the meshes and secrets that can be gone to from the command line.
type names struct {
	inventory       model.Inventory
	meshes, secrets bool // the screen below goes to them
	found           []named
	more            int // secrets that are found beside these
}

// named is a mesh or a secret; the zero one is neither.
type named struct {
	mesh   string    // of a mesh
	secret model.Ref // of a secret
}

// lister is a screen that knows what there is.
type lister interface{ goesTo() model.Inventory }

// namesFor are those that a screen goes to.
func namesFor(below Screen, deeds []Deed) names {
	can := func(id keymap.ID) bool { return slices.ContainsFunc(deeds, func(d Deed) bool { return d.ID == id }) }
	of, is := below.(lister)
	if !is {
		return names{}
	}
	return names{inventory: of.goesTo(), meshes: can(keymap.OpenMesh), secrets: can(keymap.OpenNamed)}
}

// Of each at most so many are offered; one letter is too little to look for.
const (
	namesOffered = 40
	leastSought  = 2
)

// seek finds what was typed. A slash may stand between mesh and name, as where a
// secret is opened by both.
func (n names) seek(typed string) names {
	n.found, n.more = nil, 0
	if len(typed) < leastSought || !n.meshes && !n.secrets {
		return n
	}
	sought := n.inventory.Seek(typed, namesOffered)
	if n.meshes {
		for _, mesh := range sought.Meshes {
			n.found = append(n.found, named{mesh: mesh})
		}
	}
	if n.secrets {
		for _, ref := range sought.Secrets {
			n.found = append(n.found, named{secret: ref})
		}
		n.more = sought.More
	}
	return n
}

func (n named) is() bool { return n != named{} }

// press goes there.
func (n named) press() *Press {
	if n.mesh != "" {
		return &Press{ID: keymap.OpenMesh, Word: n.mesh}
	}
	return &Press{ID: keymap.OpenNamed, Word: n.secret.MeshWord() + "/" + n.secret.Name}
}

// typed is what goes there as a command.
func (n named) typed() string {
	verb := keymap.Action{ID: keymap.OpenNamed, Takes: true}
	if n.mesh != "" {
		verb.ID = keymap.OpenMesh
	}
	return verb.Verb() + " " + n.press().Word
}

// drawn is the name, and of a secret its mesh.
func (n named) drawn(wide int) Line {
	const meshes = 18
	what, where := n.secret.Name, n.secret.MeshWord()
	if n.mesh != "" {
		what, where = n.mesh, "mesh"
	}
	name := wide - 8 - meshes
	return Line{{Plain, pad(shorten(model.Visible(what), name-1), name)}, {Muted, shorten(model.Visible(where), meshes)}}
}
