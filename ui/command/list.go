package command

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshsecrets/model"
)

const aboutList = `Lists the secrets of a control plane, with what the console's list shows of each:
what kind of value it is, when it expires, how old it is, who uses it, and what is
worth knowing. A secret that is referred to and is not there is listed as missing.

Values are read to learn what they are, and dropped at once; none is printed.
With --no-facts they are not read at all, and who uses a secret is told all the same.`

const examplesList = `  meshsecrets list --context prod-eu
      all secrets of prod-eu, a line each
  meshsecrets list --mesh payments --filter 'stripe !old'
      those of one mesh whose name holds one word and not the other
  meshsecrets list --filter 'expires:<30d used:yes'
      those that end within 30 days, or have ended, and are in use
  meshsecrets list --global --no-facts -o name
      only the names of the global secrets
  meshsecrets list -o json | jq -r '.secrets[] | select(.missing) | .name'
      the names of those that are missing`

const exitsList = `
Exit codes:
  0  listed; what could not be read is told on standard error
  2  the program stopped on a mistake of its own
  3  nobody could look (connection, permission), or wrong usage`

// listing is what the command line says of a list.
type listing struct {
	place
	filter, output string
	noFacts        bool
}

func newList(p Process) *cobra.Command {
	var f flags
	var l listing
	c := &cobra.Command{
		Use:     "list [--mesh MESH | --global] [--filter WORDS] [-o text|json|yaml|name]",
		Short:   "List secrets, what they are and who uses them",
		Long:    aboutList,
		Example: examplesList,
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return f.list(c.Context(), p, c, l) },
	}
	set := c.Flags()
	l.define(set, "only the `mesh` of this name", "only global secrets")
	set.StringVar(&l.filter, "filter", "", "only those that hold these `words` in their name or mesh; !word excludes, and facets go by what is known: "+facetNames())
	set.StringVarP(&l.output, "output", "o", asText, "how it is printed: text, json, yaml or name``")
	set.BoolVar(&l.noFacts, "no-facts", false, "do not read values to learn what they are")
	f.lastly(c, p, exitsList)
	return c
}

// check refuses what cannot be meant.
func (l listing) check(c *cobra.Command) error {
	if err := notEmpty(c.Flags()); err != nil {
		return err
	}
	if err := knownOutput(c, l.output); err != nil {
		return err
	}
	filter := model.ParseFilter(l.filter)
	switch faults := filter.Faults(); {
	case len(faults) > 0:
		return refuse("What is given to --filter cannot be read: %s.", strings.Join(faults, "; "))
	case l.noFacts && filter.OfFacts():
		return refuse("What is given to --filter goes by what values are, so --no-facts has to go. %s", seeHelpOf(c.Name()))
	}
	return l.place.check()
}

// facetNames are the facets that a filter takes, each by an example.
func facetNames() string {
	var names []string
	for _, facet := range model.Facets() {
		names = append(names, facet.Example)
	}
	return strings.Join(names, ", ")
}

// outputsOf is what -o takes of a command.
func outputsOf(c *cobra.Command) []string {
	switch c.Name() {
	case "list":
		return []string{asText, asJSON, asYAML, asName}
	case "get":
		return []string{asText, asJSON, asYAML, asManifest, asRaw}
	}
	return []string{asText, asJSON}
}

// knownOutput refuses an output that there is not. What was given is not quoted.
func knownOutput(c *cobra.Command, output string) error {
	known := outputsOf(c)
	if slices.Contains(known, output) {
		return nil
	}
	last := len(known) - 1
	return refuse("What is printed is chosen with -o %s or -o %s. %s", strings.Join(known[:last], ", -o "), known[last], seeHelpOf(c.Name()))
}

// list reads a list and prints it.
func (f *flags) list(life context.Context, p Process, c *cobra.Command, l listing) error {
	if err := l.check(c); err != nil {
		return err
	}
	return f.reads(life, p, c, func(reading context.Context, e *errand) error { return e.list(reading, l) })
}

func (e *errand) list(reading context.Context, l listing) error {
	say := e.progress()
	// Names alone need no facts, unless they are chosen by them.
	facts := l.output != asName || model.ParseFilter(l.filter).OfFacts()
	found, err := e.surveyed(reading, say, l.scope(), !l.noFacts && facts)
	say("")
	if err != nil {
		return unlooked(e.ending, err)
	}
	if l.mesh != "" && len(found.blind) == 0 && !found.hasMesh(l.mesh) {
		return refuse("%s has no mesh %s.", e.shown(), l.mesh)
	}
	rows, unsure := l.rows(found, e.process.Now())
	if unsure > 0 {
		found.blind = append(found.blind, unsureLine(unsure))
	}
	e.printList(l, found, rows)
	return nil
}

// rows are those that are listed, and how many secrets are left out because
// nobody knows whether they match.
func (l listing) rows(found survey, now time.Time) (rows []model.Row, unsure int) {
	all, filter := found.inventory.In(l.scope()), model.ParseFilter(l.filter).Without(found.unread)
	for _, i := range filter.Hits(all, now, nil) {
		rows = append(rows, *all.At(i))
	}
	return rows, filter.Unsure(all, now)
}

func unsureLine(n int) string {
	if n == 1 {
		return "1 secret is left out: who uses it is not known, so nor is whether it matches the filter."
	}
	return model.CountWord(n) + " secrets are left out: who uses them is not known, so nor is whether they match the filter."
}

// printList prints rows as they were asked for, and on standard error what
// could not be read.
func (e *errand) printList(l listing, found survey, rows []model.Row) {
	switch l.output {
	case asName:
		for _, row := range rows {
			if !row.Ghost() {
				e.sheet.title("%s", model.Visible(row.Secret.Ref.String()))
			}
		}
	case asText:
		e.printTable(rows, l.noFacts)
		if len(rows) == 0 {
			e.tellNone(l, found)
		}
	default:
		d := listDocument{
			planeEntry: e.planeEntry(), Mesh: l.mesh, Global: l.global, Secrets: []secretEntry{},
			Complete: len(found.blind) == 0, NotRead: unreadEntries(found.unread), Notes: append([]string{}, found.blind...),
		}
		for _, row := range rows {
			d.Secrets = append(d.Secrets, e.secretEntry(row))
		}
		printDocument(e.sheet.to, l.output, d)
	}
	for _, text := range found.blind {
		_, _ = io.WriteString(e.process.Err, text+"\n")
	}
}

// tellNone says that nothing is listed, where it does not get into the output.
func (e *errand) tellNone(l listing, found survey) {
	text := "No secret is in " + l.words() + " on " + e.about() + "."
	if found.inventory.In(l.scope()).Len() > 0 {
		text = "Nothing in " + l.words() + " on " + e.about() + " matches the filter."
	}
	_, _ = io.WriteString(e.process.Err, text+"\n")
}
