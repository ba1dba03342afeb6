package command

import (
	"context"
	"io"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

const aboutGet = `Shows one secret: what kind of value it is, when it expires, who uses it and what
they would make of it, its labels and its certificates. The value is not shown.

With --reveal the value is shown too: as text below the rest, in base64 within
-o json, yaml and manifest, and with -o raw as nothing but its bytes. On a
terminal everything in it that does not print is made visible; what is not text
is not printed there at all.`

const examplesGet = `  meshsecrets get payments-ca-cert --mesh payments
      what it is and who uses it
  meshsecrets get payments-ca-cert --mesh payments --reveal -o raw > ca.pem
      its bytes, exactly
  meshsecrets get stripe-webhook-token --mesh payments -o manifest --form kubernetes
      a manifest whose value is masked, in the form of the other environment
  meshsecrets get admin-user-token --global --reveal -o json | jq -r .secret.value | base64 -d
      the value of a global secret, by way of JSON`

const exitsGet = `
Exit codes:
  0  shown; what could not be read is told on standard error
  1  there is no such secret, or its value cannot be shown so
  2  the program stopped on a mistake of its own
  3  nobody could look (connection, permission), or wrong usage`

// getting is what the command line says of one secret.
type getting struct {
	place
	name, output, form string
	reveal             bool
}

func newGet(p Process) *cobra.Command {
	var f flags
	var g getting
	c := &cobra.Command{
		Use:     "get NAME (--mesh MESH | --global) [-o text|json|yaml|manifest|raw] [--reveal]",
		Short:   "Show one secret, and its value when asked to",
		Long:    aboutGet,
		Example: examplesGet,
		Args:    oneName,
		RunE: func(c *cobra.Command, args []string) error {
			g.name = args[0]
			return f.get(c.Context(), p, c, g)
		},
	}
	set := c.Flags()
	g.define(set, "the `mesh` that it is in", "it is a global secret")
	set.StringVarP(&g.output, "output", "o", asText, "how it is printed: text, json, yaml, manifest or raw``")
	set.StringVar(&g.form, "form", "", "of a manifest: universal or kubernetes; the control plane's own by default``")
	set.BoolVar(&g.reveal, "reveal", false, "show the value")
	f.defineNoReveal(set)
	f.lastly(c, p, exitsGet)
	return c
}

// check refuses what cannot be meant.
func (g getting) check(c *cobra.Command) error {
	if err := notEmpty(c.Flags()); err != nil {
		return err
	}
	if err := g.needed(c); err != nil {
		return err
	}
	if err := knownOutput(c, g.output); err != nil {
		return err
	}
	switch {
	case g.form != "" && g.form != string(backend.Universal) && g.form != string(backend.Kubernetes):
		return refuse("The form of a manifest is --form universal or --form kubernetes.")
	case g.form != "" && g.output != asManifest:
		return refuse("--form is about manifests. Give -o manifest with it.")
	case g.output == asRaw && !g.reveal:
		return refuse("-o raw prints the value and nothing else, so it needs --reveal.")
	}
	return nil
}

// get reads a secret and shows it.
func (f *flags) get(life context.Context, p Process, c *cobra.Command, g getting) error {
	if err := g.check(c); err != nil {
		return err
	}
	return f.reads(life, p, c, func(reading context.Context, e *errand) error { return e.get(reading, g) })
}

func (e *errand) get(reading context.Context, g getting) error {
	if err := e.reveals(g.reveal); err != nil {
		return err
	}
	around, err := e.around(reading, g)
	if err != nil {
		return unlooked(e.ending, err)
	}
	k, err := e.know(reading, around, g.ref(g.name))
	if err != nil {
		return unlooked(e.ending, err)
	}
	defer k.now.Wipe()
	if !k.there {
		return k.notThere()
	}
	if err := e.printable(g, k.now.Value, e.process); err != nil {
		return err
	}
	e.printSecret(g, k, around)
	return nil
}

// around reads who refers to secrets, where that is shown.
func (e *errand) around(reading context.Context, g getting) (backend.Around, error) {
	if g.output == asRaw || g.output == asManifest {
		return backend.Around{}, nil
	}
	say := e.progress()
	defer say("")
	say("Reading who refers to secrets.")
	return backend.LookAround(reading, e.plane)
}

// printable refuses a value that is no text where only text can be printed.
func (e *errand) printable(g getting, v model.Value, p Process) error {
	terminal := p.Out != nil && term.IsTerminal(p.Out.Fd())
	if !g.reveal || g.output != asText && (g.output != asRaw || !terminal) || readable(v.Reveal()) {
		return nil
	}
	return failure{code: ExitRefused, text: "The value is not text, so it is not printed here. Its bytes go into a file with: " +
		"meshsecrets get " + g.name + " " + g.flag() + " --reveal -o raw " + e.reached + " > FILE"}
}

// flag is the place as it is typed.
func (w place) flag() string {
	if w.global {
		return "--global"
	}
	return "--mesh " + w.mesh
}

// printSecret prints it as it was asked for, and on standard error what could
// not be read.
func (e *errand) printSecret(g getting, k known, around backend.Around) {
	switch g.output {
	case asRaw:
		e.printRaw(k.now.Value)
	case asManifest:
		e.printManifest(g, k.now)
	case asText:
		e.printFacts(g, k, around)
	default:
		printDocument(e.sheet.to, g.output, e.secretDocument(g, k, around))
	}
	for _, text := range notSeen(around) {
		_, _ = io.WriteString(e.process.Err, text+"\n")
	}
}
