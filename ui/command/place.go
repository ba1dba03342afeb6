package command

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"meshsecrets/model"
)

// place is where a command looks: in one mesh, or among the global secrets.
type place struct {
	mesh   string
	global bool
}

// define gives a command its flags of the place.
func (w *place) define(set *pflag.FlagSet, mesh, global string) {
	set.StringVarP(&w.mesh, "mesh", "m", "", mesh)
	set.BoolVar(&w.global, "global", false, global)
}

// check refuses what cannot be meant. What was given is not quoted.
func (w place) check() error {
	switch {
	case w.mesh != "" && w.global:
		return refuse("--mesh and --global are two places: a global secret is in no mesh. Give one of them.")
	case w.mesh != "" && model.CheckName(w.mesh) != nil:
		return refuse("What is given to --mesh is not the name of a mesh: lower-case letters, digits, \"-\" and \".\".")
	}
	return nil
}

// needed refuses a command about secrets that are named, and not where.
func (w place) needed(c *cobra.Command) error {
	if w.mesh == "" && !w.global {
		return refuse("%s needs --mesh, the mesh that the secret is in, or --global. %s", c.Name(), seeHelpOf(c.Name()))
	}
	return w.check()
}

// ref is a secret of the place.
func (w place) ref(name string) model.Ref { return model.Ref{Mesh: w.mesh, Name: name} }

// scope is all that is there.
func (w place) scope() model.Scope {
	return model.Scope{All: w.mesh == "" && !w.global, Global: w.global, Mesh: w.mesh}
}

// words are the place within a sentence: "mesh payments".
func (w place) words() string {
	switch {
	case w.global:
		return "the global secrets"
	case w.mesh == "":
		return "all meshes"
	}
	return "mesh " + model.Visible(w.mesh)
}

// whereWords are where one secret is, within a sentence.
func whereWords(ref model.Ref) string {
	if ref.Global() {
		return "the global secrets"
	}
	return "mesh " + model.Visible(ref.Mesh)
}
