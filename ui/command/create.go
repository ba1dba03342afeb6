package command

import (
	"context"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const aboutCreate = `Adds a secret, or with -f those of a manifest: one or several documents, each as
kubectl or as kumactl takes it. What exists is never overwritten.

The value is read from a file or from standard input, byte for byte: a newline
at its end stays. It is checked first with the control plane's own rules and with
what those who refer to the secret would make of it, and what was found is printed
on standard error. What wants a look is asked about, or takes --yes.`

const examplesCreate = `  meshsecrets create psp-ca --mesh payments --from-file psp-ca.pem
      a secret of a mesh, from a file
  pass show smtp | tr -d '\n' | meshsecrets create smtp-password --mesh default --from-file -
      from another program, without its newline
  meshsecrets create -f secrets.yaml --dry-run
      those of a manifest: only look
  vault read -field=manifest prod/mesh | meshsecrets create -f - --yes
      those of a manifest from another program, without being asked`

const exitsCreate = `
Exit codes:
  0  added, read back, equal; with --dry-run: nothing stands against it` + exitsWrite

// saving is what the command line says of values to save.
type saving struct {
	place
	name, file, manifest string
	dry, yes             bool
	unlock, despite      bool // of an edit
}

func newCreate(p Process) *cobra.Command {
	var f flags
	var s saving
	c := &cobra.Command{
		Use:     "create (NAME (--mesh MESH | --global) --from-file FILE | -f MANIFEST)",
		Short:   "Add a secret from a file, or those of a manifest",
		Long:    aboutCreate,
		Example: examplesCreate,
		Args:    oneNameOrNone,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				s.name = args[0]
			}
			return f.create(c.Context(), p, c, s)
		},
	}
	set := c.Flags()
	s.define(set, "the `mesh` that it is to be in", "it is to be a global secret")
	set.StringVar(&s.file, "from-file", "", "the `file` that holds the value; - is standard input")
	set.StringVarP(&s.manifest, "file", "f", "", "the `manifest` with one secret or several; - is standard input")
	set.BoolVar(&s.dry, "dry-run", false, aboutDry)
	f.defineYes(set, &s.yes)
	f.lastly(c, p, exitsCreate)
	return c
}

// checkNew refuses what is no addition.
func (s saving) checkNew(c *cobra.Command) error {
	if err := notEmpty(c.Flags()); err != nil {
		return err
	}
	switch {
	case s.manifest != "" && (s.name != "" || s.mesh != "" || s.global || s.file != ""):
		return refuse("A manifest says itself what its secrets are called and where they are: -f goes neither with a name nor with --mesh, --global or --from-file.")
	case s.manifest != "":
		return nil
	case s.name == "":
		return refuse("create needs the name of a secret, or a manifest with -f. %s", seeHelpOf("create"))
	case s.file == "":
		return refuse("create needs --from-file, the file that holds the value, or - for standard input. %s", seeHelpOf("create"))
	}
	return s.needed(c)
}

// wanted are the secrets that are to be added. The caller wipes them.
func (s saving) wanted(p Process, ending ending) ([]model.Snapshot, error) {
	if s.manifest == "" {
		value, err := ending.take(p, s.file, "--from-file")
		return []model.Snapshot{{Secret: model.Secret{Ref: s.ref(s.name)}, Value: value}}, err
	}
	text, err := ending.take(p, s.manifest, "-f")
	if err != nil {
		return nil, err
	}
	defer text.Wipe()
	all, err := model.ReadManifests(text.Reveal())
	if err != nil {
		return nil, failure{text: "The manifest was not taken: " + model.Visible(err.Error()) + ". Nothing was done.", code: ExitRefused}
	}
	return all, nil
}

// create checks what is to be added, asks where that is needed, and adds it.
func (f *flags) create(life context.Context, p Process, c *cobra.Command, s saving) error {
	if err := s.checkNew(c); err != nil {
		return err
	}
	ending := attend(life, p.Signals)
	reading, stop := ending.until(life)
	defer stop()
	wanted, err := s.wanted(p, ending)
	defer func() {
		for _, w := range wanted {
			w.Wipe()
		}
	}()
	if err != nil {
		return err
	}
	e, err := f.errand(reading, p, c, ending)
	if err != nil {
		return err
	}
	defer e.warned()
	if err := e.mayBegin(s.yes, s.dry); err != nil {
		return err
	}
	changes, r, err := e.checkAdditions(reading, wanted)
	if err != nil {
		return err
	}
	if s.dry {
		if err := e.tries(reading, changes); err != nil {
			return err
		}
		e.nothingAgainst(r.looks, "")
		return nil
	}
	if err := e.asks(consent{changes: changes, looks: r.looks}); err != nil {
		return err
	}
	return e.eachOf(life, changes, func(c model.Change) string {
		return model.Visible(c.Ref().Name) + " added to " + whereWords(c.Ref()) + ", read back, equal"
	})
}

// checkAdditions checks all that is to be added before any of it is. The changes
// hold the values that were given.
func (e *errand) checkAdditions(reading context.Context, wanted []model.Snapshot) ([]model.Change, *remarks, error) {
	r := e.remarks()
	around, err := backend.LookAround(reading, e.plane)
	if err != nil {
		return nil, r, e.unread(err)
	}
	var changes []model.Change
	seen, near := map[model.Ref]bool{}, neighbours{e: e, around: around, of: map[string]model.Inventory{}}
	for n := range wanted {
		wanted[n].Secret.Facts = e.examiner.Examine(wanted[n].Value.Reveal())
		near.added = append(near.added, wanted[n].Secret)
	}
	for _, w := range wanted {
		ref := w.Secret.Ref
		if fault := addressFault(ref); fault != "" {
			return nil, r, failure{text: fault + " Nothing was changed.", code: ExitRefused}
		}
		if seen[ref] {
			return nil, r, failure{text: model.Visible(ref.String()) + " stands in the manifest twice. Nothing was changed.", code: ExitRefused}
		}
		seen[ref] = true
		r.sheet.title("%s, to be added to %s on %s", model.Visible(ref.Name), whereWords(ref), e.about())
		change, err := e.checkAddition(reading, r, around, w)
		if err != nil {
			return nil, r, err
		}
		near.check(reading, r, w.Secret)
		changes = append(changes, change)
	}
	for _, text := range notSeen(around) {
		r.sheet.line("", "%s", text)
	}
	return changes, r, nil
}

// addressFault says why no secret can be of this name and mesh, "" for all
// others.
func addressFault(ref model.Ref) string {
	if fault := model.CheckName(ref.Name); fault != nil {
		return fault.Sentence()
	}
	if !ref.Global() && model.CheckName(ref.Mesh) != nil {
		return "The name of the mesh is none: lower-case letters, digits, \"-\" and \".\"."
	}
	return ""
}

// checkAddition checks one that is to be added, as the console's form does.
func (e *errand) checkAddition(reading context.Context, r *remarks, around backend.Around, w model.Snapshot) (model.Change, error) {
	ref := w.Secret.Ref
	switch {
	case ref.Global():
	case around.Blind():
		r.look("mesh", "whether mesh "+model.Visible(ref.Mesh)+" exists is not known: you may not list meshes")
	case !around.Has(ref.Mesh):
		return model.Change{}, failure{text: "Mesh " + model.Visible(ref.Mesh) + " does not exist. Nothing was changed; choose another mesh, or have that one made first.", code: ExitRefused}
	}
	k, err := e.know(reading, around, ref)
	if err != nil {
		return model.Change{}, e.unread(err)
	}
	k.now.Wipe()
	if k.there {
		return model.Change{}, existsAlready(ref)
	}
	change := model.Change{Verb: model.Create, After: w, Users: k.inventory.Users(ref), Read: around.Read, Unread: around.Unread}
	if err := e.may(reading, change); err != nil {
		return model.Change{}, err
	}
	for _, by := range model.Namings(change.Users) {
		r.fine("", "awaited", "named by "+by.Line()+", which misses it so far")
	}
	if text := e.plane.Identity().AboutNewSecrets(); text != "" {
		r.look("zone", text)
	}
	return change, e.checkValue(r, k, &change, model.Facts{})
}

// may asks the rules. A change that is only tried where nothing may be changed
// is held to the others.
func (e *errand) may(reading context.Context, c model.Change) error {
	err := e.gate.Check(reading, c)
	if err == nil {
		return nil
	}
	return failure{text: because(err), code: ExitRefused}
}
