package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const aboutEdit = `Gives a secret another value, from a file or, with -, from standard input, byte for
byte. Without --from-file it opens the value in $VISUAL or $EDITOR: that takes a
terminal. Its file lies in memory, for nobody else to read, and is removed when the
editor ends; what was typed and is refused can be opened again. In the console, e
edits a value where it is shown, and E in the editor.

The new value is checked first, and what was found is printed on standard error.
What is in use, what the control plane made for itself and what wants a look is
asked about. When somebody changed the secret meanwhile, nothing is written; when
the value is what is there already, neither. A value with which those who refer to
the secret are refused or fail takes --despite-references beside --yes.`

const examplesEdit = `  meshsecrets edit feature-flags --mesh default
      in the editor; nothing is written when nothing is different
  meshsecrets edit psp-ca --mesh payments --from-file new-ca.pem
      another value, asked about because a policy uses it
  printf %s "$TOKEN" | meshsecrets edit deploy-token --mesh default --from-file - --yes
      from a variable, without being asked
  meshsecrets edit psp-ca --mesh payments --from-file new-ca.pem --dry-run
      only look`

const exitsEdit = `
Exit codes:
  0  saved, read back, equal; or nothing is different; with --dry-run: nothing
     stands against it` + exitsWrite

func newEdit(p Process) *cobra.Command {
	var f flags
	var s saving
	c := &cobra.Command{
		Use:     "edit NAME (--mesh MESH | --global) [--from-file FILE]",
		Short:   "Give a secret another value, from a file or in an editor",
		Long:    aboutEdit,
		Example: examplesEdit,
		Args:    oneName,
		RunE: func(c *cobra.Command, args []string) error {
			s.name = args[0]
			return f.edit(c.Context(), p, c, s)
		},
	}
	set := c.Flags()
	s.define(set, "the `mesh` that it is in", "it is a global secret")
	set.StringVar(&s.file, "from-file", "", "the `file` that holds the new value; - is standard input")
	set.BoolVar(&s.dry, "dry-run", false, aboutDry)
	f.defineYes(set, &s.yes)
	set.BoolVar(&s.despite, despiteFlag, false, "save it although those who refer to it are refused or fail with it, or could not be read; --yes alone does not")
	set.BoolVar(&s.unlock, unlockFlag, false, aboutUnlock)
	f.lastly(c, p, exitsEdit)
	return c
}

// edit checks the new value, asks where that is needed, and saves it.
func (f *flags) edit(life context.Context, p Process, c *cobra.Command, s saving) error {
	if err := notEmpty(c.Flags()); err != nil {
		return err
	}
	if err := s.needed(c); err != nil {
		return err
	}
	if s.file == "" && !isTerminal(p.In, p.Out) {
		return refuse("edit opens your editor in a terminal, and there is none here: give --from-file, the file that holds the new value, or - for standard input. %s", seeHelpOf("edit"))
	}
	ending := attend(life, p.Signals)
	reading, stop := ending.until(life)
	defer stop()
	if s.file == "" {
		return f.editOutside(life, reading, p, c, s, ending)
	}
	value, err := ending.take(p, s.file, "--from-file")
	if err != nil {
		return err
	}
	defer value.Wipe()
	e, err := f.errand(reading, p, c, ending)
	if err != nil {
		return err
	}
	defer e.warned()
	if err := e.mayBegin(s.yes, s.dry); err != nil {
		return err
	}
	return e.editTo(life, reading, s, value, nil)
}

// editTo checks a value and gives it to the secret. On is what the secret was when
// the value was begun, nil when nobody looked.
func (e *errand) editTo(life, reading context.Context, s saving, value model.Value, on *model.Snapshot) error {
	change, r, err := e.checkEdit(reading, s, value, on)
	defer change.Before.Wipe()
	switch {
	case errors.Is(err, errSame):
		e.sheet.title("%s has this value already. Nothing was changed.", model.Visible(s.name))
		return nil
	case err != nil:
		return err
	case s.dry && change.System && !s.unlock:
		return locked([]model.Change{change})
	case s.dry && consent{changes: []model.Change{change}, despite: s.despite}.breaks() != "":
		return stays(model.Visible(s.name))
	case s.dry:
		if err := e.tries(reading, []model.Change{change}); err != nil {
			return err
		}
		e.nothingAgainst(r.looks, inSpiteOfUnseen([]model.Change{change}, s.despite))
		return nil
	}
	if err := e.asks(consent{changes: []model.Change{change}, looks: r.looks, unlock: s.unlock, despite: s.despite}); err != nil {
		return err
	}
	return e.eachOf(life, []model.Change{change}, func(c model.Change) string {
		return model.Visible(c.Ref().Name) + " saved in " + whereWords(c.Ref()) + ", read back, equal"
	})
}

// errOvertaken tells that somebody else changed a secret while it was edited.
var errOvertaken = errors.New("somebody changed it")

// errSame tells that the value is what is there already.
var errSame = errors.New("nothing is different")

// checkEdit reads the secret and checks what it is to be. The change holds the
// value that was given; the caller wipes what was read.
func (e *errand) checkEdit(reading context.Context, s saving, value model.Value, on *model.Snapshot) (model.Change, *remarks, error) {
	r := e.remarks()
	around, err := backend.LookAround(reading, e.plane)
	if err != nil {
		return model.Change{}, r, e.unread(err)
	}
	k, err := e.know(reading, around, s.ref(s.name))
	if err != nil {
		return model.Change{}, r, e.unread(err)
	}
	defer k.now.Wipe()
	switch {
	case !k.there:
		return model.Change{}, r, k.notThere()
	case on != nil && !k.now.Same(*on):
		return model.Change{}, r, errors.Join(errOvertaken, failure{text: "Somebody changed " + model.Visible(s.name) + " while it was edited. Nothing was changed.", code: ExitRefused})
	case k.now.Value.Equal(value):
		return model.Change{}, r, errSame
	}
	change := k.change(model.Edit, around)
	change.After = model.Snapshot{Secret: change.Before.Secret, Value: value}
	change.After.Secret.Facts = e.examiner.Examine(value.Reveal())
	if err := e.may(reading, change); err != nil {
		return change, r, err
	}
	if err := mutable(change.Before.Secret); err != nil {
		return change, r, err
	}
	r.sheet.title("%s, to be saved in %s on %s", model.Visible(s.name), whereWords(k.ref), e.about())
	e.checkUse(r, k, change)
	for _, text := range notSeen(around) {
		r.sheet.line("", "%s", text)
	}
	r.looks = r.looks || len(change.Unseen()) > 0
	err = e.checkValue(r, k, &change, k.now.Secret.Facts)
	return change, r, err
}

// mutable refuses what Kubernetes does not let anybody change.
func mutable(s model.Secret) error {
	if !s.Object.Immutable {
		return nil
	}
	return failure{text: model.Visible(s.Ref.Name) + " is immutable and cannot be edited. Nothing was changed; delete it and create it again, or reassign it.", code: ExitRefused}
}
