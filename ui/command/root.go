package command

import (
	"context"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/ui"
)

const about = `A terminal console for the secrets of Kuma and Kong Mesh control planes: it shows
which meshes use them, and reveals, adds, edits, deletes and reassigns them.

Without a flag it offers the contexts of the kubeconfig, the control planes of the
kumactl configuration, and a demo that is built in. The files are only read. No
flag takes a value or a token.`

const examples = `  meshsecrets --demo
      try it on a control plane inside the program: no network, no files
  meshsecrets --context prod-eu -n kong-mesh-system -m payments
      a control plane on Kubernetes, as kubectl reaches it, one mesh
  meshsecrets --control-plane local --mesh payments
      a context of the kumactl configuration, one mesh
  meshsecrets --server https://cp.example.com:5682 --token-file ~/.cp-token --read-only
      a control plane by its address, nothing can be changed
  meshsecrets list --demo --mesh payments
      the same without the screens, a line each; get, create, edit and delete
      are there as well
  meshsecrets reassign stripe-webhook-token --from payments --to checkout --dry-run
      what a reassign would find, without the screens; meshsecrets recover shows
      those that were interrupted
  meshsecrets problems --context prod-eu
      all that is wrong with secrets, for people and for cron
  meshsecrets serve-demo
      the demo's control plane on a port of this machine, for kumactl and curl`

const exits = `
Exit codes:
  0  done
  2  the program stopped on a mistake of its own
  3  wrong usage, no terminal, or a file or address that cannot be used`

const exitsElsewhere = `
The help of each command tells its own.`

func newRoot(p Process) *cobra.Command {
	var f flags
	root := &cobra.Command{
		Use:           "meshsecrets",
		Short:         "A terminal console for the secrets of Kuma and Kong Mesh",
		Long:          about,
		Example:       examples,
		Args:          noArguments,
		SilenceErrors: true,
		// Typing errors of up to two letters are taken for what was meant.
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.check(c); err != nil {
				return err
			}
			return f.run(c.Context(), p)
		},
	}
	f.define(root, p)
	f.completes(root, p)
	root.SetFlagErrorFunc(flagProblem)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetUsageFunc(usageWithExits(root.UsageFunc()))
	root.SetHelpCommand(newHelp())
	root.AddCommand(newList(p), newGet(p), newCreate(p), newEdit(p), newDelete(p), newProblems(p), newReassign(p), newRecover(p),
		newServeDemo(p), newCompletion(), newMan(p), newVersion(), newLoginGuard(p))
	return root
}

// run opens the console.
func (f *flags) run(life context.Context, p Process) error {
	from, err := newDirectory(p, *f)
	if err != nil {
		return err
	}
	start, err := f.start(from)
	if err != nil {
		return err
	}
	set := from.settings
	return runConsole(life, p, ui.Config{
		Directory: from, Start: start, Mesh: f.mesh, Clock: p.Now, Examiner: from.examiner, ASCII: set.ASCII, Look: ui.Look(set.Theme), Mouse: set.Mouse,
		Keys: set.Keys, RevealFor: set.RevealTimeout, LockAfter: set.IdleLock, Recording: f.recording(p.getenv), Suspends: suspends(),
		Clipboard: p.clipboard(), Exporter: p.files(), CopyFor: set.ClipboardTimeout,
		Observers: []backend.Observer{from.audit.Observe}, Notices: p.notices(from.audit.Notices),
	})
}

// start is the control plane to go straight to, nil for the picker.
func (f *flags) start(from *directory) (*backend.Entry, error) {
	switch {
	case f.demo != "":
		return find([]backend.Entry{from.builtIn()}, demoName)
	case f.server != "":
		return find([]backend.Entry{from.given()}, from.given().Name)
	case f.controlPlane != "":
		entries, warnings := from.read()
		entry, err := find(entries, f.controlPlane)
		if err != nil {
			return nil, withWarnings(err, warnings)
		}
		return entry, nil
	case f.context != "":
		return from.chosenContext(f.context)
	}
	return onlyOne(from.read()), nil
}

// onlyOne is the control plane that is opened without asking: the only one
// besides the demo, when nothing is wrong with the files that name it.
func onlyOne(entries []backend.Entry, warnings []string) *backend.Entry {
	var only *backend.Entry
	for i := range entries {
		switch {
		case entries[i].Inside:
		case only != nil, entries[i].Note != "":
			return nil
		default:
			only = &entries[i]
		}
	}
	if len(warnings) > 0 {
		return nil
	}
	return only
}
