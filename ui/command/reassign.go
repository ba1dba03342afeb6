package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const aboutReassign = `Moves a secret into another mesh. A secret cannot change its mesh: it is created
in the other one with the same bytes, and deleted where it was. On Kubernetes a
name exists once, so there it is deleted first; a safety copy beside it holds the
value until it is in its new mesh.

Everything that can be checked is checked first, and printed. What happens then
is printed step by step, and at the end where the value is. The value itself is
never printed.`

const examplesReassign = `  meshsecrets reassign stripe-webhook-token --from payments --to checkout --dry-run
      only look: what was found, and what would happen
  meshsecrets reassign stripe-webhook-token --from payments --to checkout --context prod-eu
      on a control plane in a cluster; asks for words to be typed`

const exitsReassign = `
Exit codes:
  0  it is in its new mesh; with --dry-run: nothing stands against it
  1  refused: it is where it was, and nothing is different
  2  the program stopped on a mistake of its own
  3  nobody could look (connection, permission), or wrong usage; nothing was changed
  4  unfinished: what is printed says where the value is, and how it goes on

The first ctrl+c lets the step under way end, and stops; the second leaves at once.`

// moving is what the command line says of a reassign.
type moving struct {
	name, from, to string
	dry, yes       bool
	despite        bool // policies that name it do not keep it where it is
}

func newReassign(p Process) *cobra.Command {
	var f flags
	var m moving
	c := &cobra.Command{
		Use:     "reassign NAME --from MESH --to MESH",
		Short:   "Move a secret into another mesh",
		Long:    aboutReassign,
		Example: examplesReassign,
		Args:    oneName,
		RunE: func(c *cobra.Command, args []string) error {
			m.name = args[0]
			return f.reassign(c.Context(), p, c, m)
		},
	}
	set := c.Flags()
	set.StringVar(&m.from, "from", "", "the `mesh` it is in")
	set.StringVar(&m.to, "to", "", "the `mesh` it is to be in")
	set.BoolVar(&m.dry, "dry-run", false, "only look, and print what would happen")
	f.defineYes(set, &m.yes)
	set.BoolVar(&m.despite, despiteFlag, false, aboutDespite)
	f.lastly(c, p, exitsReassign)
	return c
}

// check refuses what is no reassign.
func (m moving) check() error {
	switch {
	case m.from == "":
		return refuse("reassign needs --from, the mesh that the secret is in. %s", seeHelpOf("reassign"))
	case m.to == "":
		return refuse("reassign needs --to, the mesh that the secret is to be in. %s", seeHelpOf("reassign"))
	case model.CheckName(m.from) != nil, model.CheckName(m.to) != nil:
		return refuse("What is given to --from or --to is not the name of a mesh: lower-case letters, digits, \"-\" and \".\". Nothing was done.")
	case m.from == m.to:
		return refuse("--from and --to name the same mesh. Nothing was done.")
	}
	return nil
}

// reassign looks, says what was found, asks, and takes the steps.
func (f *flags) reassign(life context.Context, p Process, c *cobra.Command, m moving) error {
	if err := notEmpty(c.Flags()); err != nil {
		return err
	}
	if err := m.check(); err != nil {
		return err
	}
	if err := ready(p, m.yes || m.dry, "--dry-run"); err != nil {
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
	if err := e.unasked(m.yes && !m.dry); err != nil {
		return err
	}
	found, err := e.inspect(reading, m)
	defer found.Wipe()
	if err != nil || m.dry {
		return err
	}
	e.foretell(found)
	if err := e.consents(found.Change, found.Change.Phrase(e.plane.Identity().Name, e.gate.Protected()), m.despite); err != nil {
		return err
	}
	found.Change.Despite = found.Change.NeedsOverride()
	e.sheet.title("Steps")
	r := e.ended(e.walk(life, found.Change, found.Progress))
	if r.code == ExitDone {
		e.sheet.title("%s", r.text)
	}
	return r.err()
}

// inspect makes the checks, and prints what each of them found as it comes. The
// error is why the secret stays.
func (e *errand) inspect(life context.Context, m moving) (backend.Inspection, error) {
	if err := e.looking(m.dry); err != nil {
		return backend.Inspection{}, err
	}
	from, to := model.Ref{Mesh: m.from, Name: m.name}, model.Ref{Mesh: m.to, Name: m.name}
	i := backend.Inspecting(from, to, false, e.examiner, e.process.Now())
	var r findings
	for !i.Over() {
		next, err := e.gate.InspectOn(life, i)
		if err != nil {
			return backend.Inspection{}, e.ending.stopped(unreadable(err, from, r.titled))
		}
		if i = next; !r.titled {
			e.sheet.title("%s: %s → %s, on %s", m.name, m.from, m.to, e.about())
			r.titled = true
		}
		_, i.Change.System = model.ClassifySystem(i.Change.Before.Secret)
		r = r.print(e.sheet, i)
	}
	switch {
	case i.Interrupted:
		return i, failure{text: outside(because(i.Why)), code: ExitUnfinished}
	case i.Why != nil:
		return i, failure{text: outside(because(i.Why)), code: ExitRefused}
	case (m.yes || m.dry) && !overridden(i.Change, m.despite):
		return i, staysFor(i.Change, "reassign it")
	case m.yes && !m.despite && len(i.Change.Unseen()) > 0:
		return i, unseenBy(i.Change, "moves")
	case m.dry:
		e.foretell(i)
		looks := slices.ContainsFunc(i.Findings, func(f backend.Finding) bool { return f.Outcome == backend.Warned })
		spite := cmp.Or(inSpite(i.Change), inSpiteOfUnseen([]model.Change{i.Change}, m.despite))
		e.nothingAgainst(looks || slices.ContainsFunc(i.Unread, model.Unread.MayBeThere), spite)
	}
	return i, nil
}

// looking refuses to begin where nothing may be changed. One that only looks may
// begin where that was set for this run, and then asks nothing of a server but
// to try.
func (e *errand) looking(dry bool) error {
	if dry && e.entry.ReadOnly {
		may := e.entry
		may.ReadOnly = false
		e.gate = backend.NewGate(e.plane, may)
	}
	return e.writable()
}

// but is what stands against a reassign of which somebody asked only to look.
func (e *errand) but() string {
	if !e.entry.ReadOnly {
		return ""
	}
	return " but that it is read-only here"
}

// unreadable is why the checks could not be made. A secret that is not there was
// looked for; once it was read, something else is meant.
func unreadable(err error, from model.Ref, read bool) error {
	_, several := err.(interface{ Unwrap() []error }) // whether it is on its way could not be looked at
	if errors.Is(err, backend.ErrNotFound) && !read && !several {
		text := "There is no such secret in that mesh. Nothing was changed."
		if plainName.MatchString(from.Name) && plainName.MatchString(from.Mesh) {
			text = "There is no secret " + from.Name + " in mesh " + from.Mesh + ". Nothing was changed."
		}
		return failure{text: text, code: ExitRefused}
	}
	return failure{text: because(err) + " Nothing was changed.", code: ExitUsage}
}

// outside says what the screens call by a command of theirs.
func outside(text string) string { return strings.ReplaceAll(text, ":recover", "meshsecrets recover") }

// findings is how much of what was found is printed.
type findings struct {
	titled  bool // the first line is
	printed int
	section string
	unread  bool
}

// sectionWord is the title of what was found.
func sectionWord(s backend.Section) string {
	switch s {
	case backend.Checked:
		return "Checked"
	case backend.Rehearsed:
		return "Rehearsed on the server, which changes nothing"
	case backend.Followers:
		return "Zones"
	}
	return ""
}

func (r findings) print(s sheet, i backend.Inspection) findings {
	for _, f := range i.Findings[r.printed:] {
		if word := sectionWord(f.Section); word != r.section {
			s.title("%s", word)
			r.section = word
		}
		s.line(findingMark(f.Outcome), "%s", outside(f.Text))
	}
	r.printed = len(i.Findings)
	if len(i.Unread) > 0 && !r.unread {
		r.unread = true
		mark := "" // a kind that is not there needs no look
		if slices.ContainsFunc(i.Unread, model.Unread.MayBeThere) {
			mark = look
		}
		s.line(mark, "%s", model.NotChecked(i.Unread))
	}
	return r
}

func findingMark(o backend.Outcome) string {
	switch o {
	case backend.Accepted:
		return passed
	case backend.Warned:
		return look
	case backend.Refused:
		return failed
	}
	return ""
}

// foretell says what will happen.
func (e *errand) foretell(i backend.Inspection) {
	e.sheet.title("What will happen")
	for n, text := range e.willHappen(i.Progress.Plan) {
		e.sheet.numbered(n+1, text)
	}
	for _, text := range e.meanwhile(i.Progress.Plan) {
		e.sheet.line("", "%s", text)
	}
}

// willHappen are the steps of a plan, in words.
func (e *errand) willHappen(plan model.Plan) []string {
	from, to, gap := model.Visible(plan.From.Mesh), model.Visible(plan.To.Mesh), seconds(e.plane.Identity().Gap())
	if plan.TargetFirst {
		steps := []string{
			"it is created in " + to + ", with a label that says where it comes from, read back and compared",
			"it is deleted from " + from + ", if nobody changed it there meanwhile",
		}
		if plan.Zones {
			return append(steps, gap+" later, so that the zones follow, that label is taken away: with this the zones are sent it once more, and their answer is read")
		}
		return append(steps, "that label is taken away")
	}
	steps := []string{
		"a safety copy is written to " + e.namespace() + ", read back and compared",
		"the secret is deleted from " + from + ", if it is still the one that was checked",
	}
	if plan.Zones {
		return append(steps,
			gap+" later, so that the zones follow, it is created in "+to+" with a label of the reassign, read back and compared",
			"its label is taken away: with this the zones are sent it once more, and their answer is read; the safety copy is deleted")
	}
	return append(steps,
		"it is created in "+to+" with a label of the reassign, read back and compared; should "+to+" not take it, it is put back",
		"its label and the safety copy are taken away")
}

// meanwhile says what holds between the steps.
func (e *errand) meanwhile(plan model.Plan) []string {
	gap := e.plane.Identity().Gap()
	if !plan.TargetFirst {
		text := "For a moment it is in no mesh; who asks for it then does not find it. Its age and UID start anew."
		if plan.Zones {
			text = fmt.Sprintf("For about %s it is in no mesh, in the zones for up to %s. Running proxies keep what they have; "+
				"who asks for it in those seconds does not find it. Its age and UID start anew.", seconds(gap), seconds(2*gap))
		}
		return []string{text, "Whatever breaks in between, the value stays in the safety copy, and meshsecrets recover shows what is left to do."}
	}
	text := "It is in both meshes for a moment, and never in none."
	if plan.Zones {
		text = fmt.Sprintf("Here it is in both meshes for a moment, and never in none; a zone on Kubernetes can lack it for up to %s.", seconds(2*gap+time.Second))
	}
	said := []string{text + " Its age starts anew. Whatever breaks in between, meshsecrets recover shows what is left to do."}
	if !e.plane.Traits().Preconditions {
		said = append(said, "A Universal control plane cannot delete on a condition: if somebody changes it in the moment of step 2, that is deleted too.")
	}
	return said
}
