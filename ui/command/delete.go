package command

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const aboutDelete = `Deletes secrets. What stops working without each is printed first, and what was not
looked at; on Kubernetes the deletion is tried out on the server as well. Then the
name is typed, or the number of several, unless --yes is given.

What is named by mTLS backends or policies takes --despite-references beside --yes,
and what the control plane made for itself takes --unlock-system. Of several, all are
checked before any is deleted. There is no way back but to add a secret again.`

const examplesDelete = `  meshsecrets delete old-dashboard-token --mesh legacy
      asks for the name to be typed
  meshsecrets delete old-dashboard-token ftp-upload-password --mesh legacy --yes
      two, without asking
  meshsecrets delete psp-ca --mesh payments --dry-run --despite-references
      only look: what would stop working`

const exitsDelete = `
Exit codes:
  0  deleted; with --dry-run: nothing stands against it` + exitsWrite

// deleting is what the command line says of secrets to delete.
type deleting struct {
	place
	names                     []string
	dry, yes, despite, unlock bool
}

func newDelete(p Process) *cobra.Command {
	var f flags
	var d deleting
	c := &cobra.Command{
		Use:     "delete NAME... (--mesh MESH | --global)",
		Short:   "Delete secrets",
		Long:    aboutDelete,
		Example: examplesDelete,
		Args:    names,
		RunE: func(c *cobra.Command, args []string) error {
			d.names = args
			return f.delete(c.Context(), p, c, d)
		},
	}
	set := c.Flags()
	d.define(set, "the `mesh` that they are in", "they are global secrets")
	set.BoolVar(&d.dry, "dry-run", false, aboutDry)
	f.defineYes(set, &d.yes)
	set.BoolVar(&d.despite, despiteFlag, false, "let it go although it is named where it is, or who names it could not be read; --yes alone does not")
	set.BoolVar(&d.unlock, unlockFlag, false, aboutUnlock)
	f.lastly(c, p, exitsDelete)
	return c
}

// names takes the names of one secret or several, each once.
func names(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return refuse("%s takes the names of secrets. %s", c.Name(), seeHelpOf(c.Name()))
	}
	for i, arg := range args {
		if err := oneName(c, []string{arg}); err != nil {
			return err
		}
		if slices.Contains(args[:i], arg) {
			return refuse("One of the names given to %s stands there twice. Nothing was done.", c.Name())
		}
	}
	return nil
}

// delete says what would stop working, asks, and deletes.
func (f *flags) delete(life context.Context, p Process, c *cobra.Command, d deleting) error {
	if err := notEmpty(c.Flags()); err != nil {
		return err
	}
	if err := d.needed(c); err != nil {
		return err
	}
	if err := ready(p, d.yes || d.dry, "--dry-run"); err != nil {
		return err
	}
	ending := attend(life, p.Signals)
	reading, stop := ending.until(life)
	defer stop()
	e, err := f.errand(reading, p, c, ending)
	if err != nil {
		return err
	}
	defer e.warned()
	if err := e.mayBegin(d.yes, d.dry); err != nil {
		return err
	}
	changes, err := e.checkDeletions(reading, d)
	defer func() {
		for _, change := range changes {
			change.Wipe()
		}
	}()
	if err != nil {
		return err
	}
	if d.dry {
		e.nothingAgainst(false, inSpiteOfUnseen(changes, d.despite))
		return nil
	}
	if err := e.asks(consent{changes: changes, always: true, unlock: d.unlock}); err != nil {
		return err
	}
	return e.eachOf(life, changes, func(c model.Change) string {
		return model.Visible(c.Ref().Name) + " deleted from " + whereWords(c.Ref())
	})
}

// checkDeletions reads all that is to be deleted, prints what it finds of each,
// and tries it out on the server. The error is why nothing is deleted.
func (e *errand) checkDeletions(reading context.Context, d deleting) ([]model.Change, error) {
	around, err := backend.LookAround(reading, e.plane)
	if err != nil {
		return nil, e.unread(err)
	}
	var changes []model.Change
	for _, name := range d.names {
		k, err := e.know(reading, around, d.ref(name))
		if err != nil {
			return changes, e.unread(err)
		}
		if !k.there {
			return changes, k.notThere()
		}
		change := k.change(model.Delete, around)
		changes = append(changes, change)
		k.now.Wipe()
		e.sheet.title("%s, to be deleted from %s on %s", model.Visible(name), whereWords(k.ref), e.about())
		e.foretellDeletion(k, change)
		if err := e.may(reading, change); err != nil {
			return changes, err
		}
	}
	if err := d.agreed(changes); err != nil {
		return changes, err
	}
	if d.dry || e.plane.Traits().Rehearses {
		err = e.tries(reading, changes)
	}
	return changes, err
}

// agreed refuses what takes a flag that is not there. Of one alone the name is
// enough where somebody can be asked; of several nobody looks at each.
func (d deleting) agreed(changes []model.Change) error {
	if !d.yes && !d.dry && len(changes) == 1 {
		return nil
	}
	for _, c := range changes {
		switch {
		case c.System && !d.unlock:
			return locked(changes)
		case len(c.Users) > 0 && !d.despite:
			return staysFor(c, "delete it")
		case d.yes && !d.despite:
			if err := unseenBy(c, "deletes"); err != nil {
				return err
			}
		}
	}
	return nil
}

// foretellDeletion says what no longer works without a secret, and what was not
// looked at.
func (e *errand) foretellDeletion(k known, c model.Change) {
	info, system := k.inventory.System(k.row)
	if system {
		e.sheet.line(look, "system: %s", sentences(info.Breaks, info.Instead))
	}
	if model.IsRevocations(k.ref) {
		e.sheet.line(look, "revocations: every token that this list names is valid again at once, until it expires.")
	}
	for _, by := range model.Namings(c.Users) {
		e.sheet.line(look, "named by %s. %s", by.Line(), by.Without())
	}
	switch {
	case len(c.Users) > 0 || system:
	case k.ref.Global():
		e.sheet.line("", "Resources name secrets of their own mesh only, so who uses a global secret cannot be read.")
	case len(c.Read) == 0:
		e.sheet.line(look, "whether anything uses it is not known: nothing that can name a secret could be read%s", model.WholeWord(c.Unread))
	default:
		e.sheet.line("", "No reference was found in the %s of resources that could be read. That does not prove that nothing uses it.",
			counted(len(c.Read), "kind", "kinds"))
	}
	if k.ref.Global() {
		return
	}
	for _, group := range groupUnread(c.Unread) {
		e.sheet.line("", "%s: %s (%s)", group[0].Missed(), kindWords(group), model.Visible(group[0].Why))
	}
}
