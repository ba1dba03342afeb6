package command

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const aboutProblems = `Lists all that is wrong with the secrets of a control plane, the worst first: what
is referred to and missing, certificates and keys that do not match, what expires,
reassigns that were interrupted, and more. Values are read to look at them; none is
kept or printed. Nothing is changed, so it is made for cron and CI.`

const examplesProblems = `  meshsecrets problems --context prod-eu
      all that is wrong on prod-eu
  meshsecrets problems --mesh payments -o json --server https://cp.example.com:5682 --token-file ~/.cp-token
      what is wrong in one mesh, for another program`

const exitsProblems = `
Exit codes:
  0  nothing is wrong
  1  something needs a look, and nothing fails by it
  2  something fails by it now, or at the next update of its mesh; also when the
     program stopped on a mistake of its own
  3  nobody could look (connection, permission), or wrong usage; also when nothing
     fails, as far as could be looked, and not all could be
  4  a reassign is unfinished`

// The exit codes of problems that no other command has.
const (
	// ExitLook tells that something needs a look.
	ExitLook = 1
	// ExitFails tells that something fails by what is wrong.
	ExitFails = 2
)

// wanted is what the command line says.
type wanted struct {
	mesh   string // "" for all
	output string
}

func newProblems(p Process) *cobra.Command {
	var f flags
	var w wanted
	c := &cobra.Command{
		Use:     "problems [-o text|json] [--mesh NAME]",
		Short:   "List all that is wrong with secrets, for people and for programs",
		Long:    aboutProblems,
		Example: examplesProblems,
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return f.problems(c.Context(), p, c, w) },
	}
	set := c.Flags()
	set.StringVarP(&w.output, "output", "o", asText, "how it is printed: text or json``")
	set.StringVarP(&w.mesh, "mesh", "m", "", "only the mesh of this `name`")
	f.lastly(c, p, exitsProblems)
	return c
}

// check refuses what cannot be meant. What was given is not quoted.
func (w wanted) check(c *cobra.Command) error {
	if err := knownOutput(c, w.output); err != nil {
		return err
	}
	if w.mesh != "" && model.CheckName(w.mesh) != nil {
		return refuse("What is given to --mesh is not the name of a mesh: lower-case letters, digits, \"-\" and \".\".")
	}
	return nil
}

// problems reads a control plane and tells what is wrong with it.
func (f *flags) problems(life context.Context, p Process, c *cobra.Command, w wanted) error {
	if err := w.check(c); err != nil {
		return err
	}
	return f.reads(life, p, c, func(reading context.Context, e *errand) error { return e.problems(reading, w) })
}

func (e *errand) problems(reading context.Context, w wanted) error {
	found, err := e.lookAt(reading)
	if err != nil {
		return unlooked(e.ending, err)
	}
	if found, err = found.of(w.mesh, e); err != nil {
		return err
	}
	if w.output == asJSON {
		found.printJSON(e, w.mesh)
	} else {
		found.printText(e, w.mesh)
	}
	return found.outcome(e.reached)
}

// reads runs a command that only reads. It changes nothing, so the first signal
// leaves at once.
func (f *flags) reads(life context.Context, p Process, c *cobra.Command, do func(context.Context, *errand) error) error {
	ending := attend(life, p.Signals)
	reading, stop := ending.until(life)
	defer stop()
	e, err := f.errand(reading, p, c, ending)
	if err != nil {
		return unlooked(ending, err)
	}
	defer e.warned()
	return do(reading, e)
}

// unlooked is what is said when the control plane could not be read.
func unlooked(ending ending, err error) error {
	var f failure
	switch {
	case was(ending.asked):
		return failure{text: "Stopped before all was read.", code: ExitUsage}
	case errors.As(err, &f):
		return failure{text: f.text, code: ExitUsage}
	}
	return failure{text: because(err), code: ExitUsage}
}

// looked is a control plane as it was read, and what is wrong with it.
type looked struct {
	survey
	model.Diagnosis
}

// lookAt reads everything.
func (e *errand) lookAt(reading context.Context) (looked, error) {
	say := e.progress()
	defer say("")
	read, err := e.surveyed(reading, say, model.Scope{All: true}, true)
	if err != nil {
		return looked{}, err
	}
	found := looked{survey: read}
	say("Looking for reassigns that were interrupted.")
	id := e.plane.Identity()
	standing := model.Standing{Federated: id.Federated, Kubernetes: id.Environment == backend.Kubernetes, Unread: read.unread}
	if standing.Unfinished, err = e.interrupted(reading); err != nil {
		if reading.Err() != nil {
			return looked{}, err
		}
		found.blind = append(found.blind, "Whether a reassign was interrupted is not known. "+because(err))
	}
	found.Diagnosis = model.Diagnose(found.inventory, standing, e.process.Now())
	return found, nil
}

// interrupted are the unfinished reassigns, and how far each came.
func (e *errand) interrupted(reading context.Context) ([]model.Interrupted, error) {
	all, err := e.plane.Unfinished(reading)
	var out []model.Interrupted
	for _, u := range all {
		found, err := e.gate.Resume(reading, u)
		found.Wipe()
		if errors.Is(err, backend.ErrNotFound) || err == nil && found.State == model.Finished {
			continue // it was ended meanwhile
		}
		out = append(out, model.Interrupted{Unfinished: u, State: found.State, Looked: err == nil})
	}
	return out, err
}

// of is what is wrong in one mesh, "" for all; a reassign is about both of its
// meshes, and one that cannot be read about any.
func (l looked) of(mesh string, e *errand) (looked, error) {
	if mesh == "" {
		return l, nil
	}
	l.Problems = slices.DeleteFunc(slices.Clone(l.Problems), func(p model.Problem) bool {
		i := p.Interrupted
		return p.Ref.Mesh != mesh && (i == nil || i.Problem == "" && i.Plan.To.Mesh != mesh)
	})
	if len(l.blind) == 0 && !l.hasMesh(mesh) {
		return l, refuse("%s has no mesh %s.", e.shown(), mesh)
	}
	return l, nil
}

// count tells how many problems fail, need a look, and are unfinished reassigns.
func (l looked) count() (fail, look, unfinished int) {
	for _, p := range l.Problems {
		switch {
		case p.Interrupted != nil:
			unfinished++
		case p.Broken:
			fail++
		case p.Mild():
		default:
			look++
		}
	}
	return fail, look, unfinished
}

// outcome is the exit code and what is said with it; nil when nothing is wrong.
// reached are the flags that lead to the same control plane.
func (l looked) outcome(reached string) error {
	fail, look, unfinished := l.count()
	var code int
	switch {
	case unfinished > 0:
		code = ExitUnfinished
	case fail > 0:
		code = ExitFails
	case len(l.blind) > 0:
		code = ExitUsage
	case look > 0:
		code = ExitLook
	default:
		return nil
	}
	var parts []string
	for _, part := range []struct {
		n         int
		one, many string
	}{{unfinished, "unfinished reassign", "unfinished reassigns"}, {fail, "error", "errors"}, {look, "warning", "warnings"}} {
		if part.n > 0 {
			parts = append(parts, counted(part.n, part.one, part.many))
		}
	}
	text := "Nothing wrong was found, but not all could be read."
	if len(parts) > 0 {
		text = strings.Join(parts, ", ") + "."
		if len(l.blind) > 0 {
			text += " Not all could be read."
		}
	}
	if unfinished > 0 {
		text += " What can be done: meshsecrets recover " + reached
	}
	return failure{text: text, code: code}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return model.CountWord(n) + " " + many
}
