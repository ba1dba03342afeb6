package command

import (
	"context"
	"net/url"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/ui"
)

const about = `A terminal console for the secrets of Kuma and Kong Mesh control planes: it shows
which meshes use them, and reveals, adds, edits, deletes and reassigns them.

Without a flag it offers the control planes of the kumactl configuration, which
is only read, and a demo that is built in. No flag takes a value or a token.`

const examples = `  meshsecrets --demo
      try it on a control plane inside the program: no network, no files
  meshsecrets --control-plane local --mesh payments
      a context of the kumactl configuration, one mesh
  meshsecrets --server https://cp.example.com:5682 --token-file ~/.cp-token --read-only
      a control plane by its address, nothing can be changed
  meshsecrets serve-demo
      the demo's control plane on a port of this machine, for kumactl and curl`

const exits = `
Exit codes:
  0  done
  2  the program stopped on a mistake of its own
  3  wrong usage, no terminal, or a file or address that cannot be used`

// flags are the console's.
type flags struct {
	demo         bool
	controlPlane string
	server       string
	tokenFile    string
	caFile       string
	clientCert   string
	clientKey    string
	skipVerify   bool
	plaintext    bool
	kumactl      string
	mesh         string
	readOnly     bool
	ascii        bool
}

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
	root.SetFlagErrorFunc(flagProblem)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetUsageTemplate(root.UsageTemplate() + exits + "\n")
	root.SetHelpCommand(newHelp())
	root.AddCommand(newServeDemo(p), newVersion())
	return root
}

func (f *flags) define(c *cobra.Command, p Process) {
	set := c.Flags()
	set.SortFlags = false
	set.BoolVar(&f.demo, "demo", false, "open the demo's control plane, inside this program")
	set.StringVar(&f.controlPlane, "control-plane", "", "open the control plane of this `name`")
	set.StringVar(&f.server, "server", "", "open the control plane at this `URL`")
	set.StringVar(&f.tokenFile, "token-file", "", "with --server: the `file` that holds the token to log in with")
	set.StringVar(&f.caFile, "ca-file", "", "with --server: the PEM `file` of authorities to trust instead of this machine's")
	set.StringVar(&f.clientCert, "client-cert", "", "with --server: the PEM `file` of the certificate to log in with")
	set.StringVar(&f.clientKey, "client-key", "", "with --server: the PEM `file` of its key")
	set.BoolVar(&f.skipVerify, "skip-verify", false, "with --server: do not check the server's certificate")
	set.BoolVar(&f.plaintext, "allow-plaintext-token", false, "let a token travel to another machine over plain http")
	set.StringVar(&f.kumactl, "kumactl-config", "", "the kumactl configuration `file`, instead of ~/.kumactl/config")
	set.StringVarP(&f.mesh, "mesh", "m", "", "begin with the mesh of this `name`")
	set.BoolVar(&f.readOnly, "read-only", false, "nothing can be changed")
	set.BoolVar(&f.ascii, "ascii", !speaksUTF8(p.getenv), "draw with ASCII characters only; the default where the locale is not UTF-8")
}

// check refuses flags that do not go together, and names that were given
// empty, as an unset variable of a script leaves them.
func (f *flags) check(c *cobra.Command) error {
	set := c.Flags()
	for _, name := range []string{"control-plane", "server", "token-file", "ca-file", "client-cert", "client-key", "kumactl-config", "mesh"} {
		if flag := set.Lookup(name); flag.Changed && flag.Value.String() == "" {
			return refuse("The flag --%s is given, but empty. Give it what it needs, or leave it out.", name)
		}
	}
	chosen := ""
	for _, name := range []string{"demo", "control-plane", "server"} {
		if !set.Changed(name) {
			continue
		}
		if chosen != "" {
			return refuse("--%s and --%s both say which control plane to open. Give one of them.", chosen, name)
		}
		chosen = name
	}
	for _, name := range []string{"token-file", "ca-file", "client-cert", "client-key", "skip-verify"} {
		if set.Changed(name) && chosen != "server" {
			return refuse("--%s goes with --server. The kumactl configuration has its own.", name)
		}
	}
	if f.demo && set.Changed("kumactl-config") {
		return refuse("--demo reads no files, so --kumactl-config does not go with it.")
	}
	if (f.clientCert == "") != (f.clientKey == "") {
		return refuse("--client-cert and --client-key go together. Give both, or neither.")
	}
	return f.checkServer()
}

func (f *flags) checkServer() error {
	if f.server == "" {
		return nil
	}
	at, err := url.Parse(f.server)
	switch {
	case err != nil, at.Scheme != "http" && at.Scheme != "https", at.Hostname() == "":
		return refuse("What is given to --server is not an address. It looks like https://cp.example.com:5682.")
	case at.User != nil, at.RawQuery != "", at.Fragment != "":
		return refuse("The address given to --server holds more than host, port and path: everybody on this machine could read a " +
			"password in it. Leave it out, and give --token-file or a client certificate.")
	}
	return nil
}

// run opens the console.
func (f *flags) run(life context.Context, p Process) error {
	from, err := newDirectory(p, *f)
	if err != nil {
		return err
	}
	start, err := f.start(life, from)
	if err != nil {
		return err
	}
	return runConsole(life, p, ui.Config{
		Directory: from, Start: start, Mesh: f.mesh, Clock: p.Now, Examiner: from.examiner, ASCII: f.ascii,
	})
}

// start is the control plane to go straight to, nil for the picker.
func (f *flags) start(life context.Context, from *directory) (*backend.Entry, error) {
	switch {
	case f.demo:
		return find([]backend.Entry{from.builtIn()}, demoName)
	case f.server != "":
		return find([]backend.Entry{from.given()}, from.given().Name)
	case f.controlPlane != "":
		entries, warnings := from.Entries(life)
		entry, err := find(entries, f.controlPlane)
		if err != nil {
			return nil, withWarnings(err, warnings)
		}
		return entry, nil
	}
	return onlyOne(from.Entries(life)), nil
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
