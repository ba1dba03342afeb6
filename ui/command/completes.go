package command

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
	"meshsecrets/ui/command/config"
)

// completes tells shells what can stand after the flags of a command, and what
// its arguments can be. What needs files or a control plane is asked for when a
// shell asks.
func (f *flags) completes(c *cobra.Command, p Process) {
	for name, words := range map[string][]string{
		"demo": {demoUniversal, demoKubernetes}, "form": {string(backend.Universal), string(backend.Kubernetes)}, "output": outputsOf(c),
		"namespace": nil, "as": nil, "as-group": nil, "request-timeout": nil, "server": nil, "filter": nil,
		"theme": config.Themes(),
	} {
		completesBy(c, name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	named := func(names func(c *cobra.Command, args []string) []string) cobra.CompletionFunc {
		return func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			return fitting(names(c, args), begun), cobra.ShellCompDirectiveNoFileComp
		}
	}
	completesBy(c, "context", named(func(c *cobra.Command, _ []string) []string { return f.entryNames(c, p, groupKubeconfig) }))
	completesBy(c, "control-plane", named(func(c *cobra.Command, _ []string) []string { return f.entryNames(c, p, "") }))
	for _, name := range []string{"mesh", "from", "to"} {
		completesBy(c, name, named(func(c *cobra.Command, _ []string) []string { return f.quietly(c, p, meshNames) }))
	}
	c.ValidArgsFunction = named(func(c *cobra.Command, args []string) []string {
		if !takesMore(c, len(args)) {
			return nil
		}
		names := f.quietly(c, p, func(life context.Context, plane backend.ControlPlane) []string {
			return secretNames(life, plane, queryOf(c))
		})
		return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(args, name) })
	})
}

// completesBy is how a flag is completed, of a command that has it.
func completesBy(c *cobra.Command, name string, by cobra.CompletionFunc) {
	if c.Flags().Lookup(name) != nil {
		_ = c.RegisterFlagCompletionFunc(name, by) // it fails only for a flag that is not there
	}
}

// fitting are the names that go on from what was begun. A shell looks at what it
// is handed as if it were typed, so that only plain words are.
func fitting(names []string, begun string) []string {
	var fit []string
	for _, name := range names {
		if strings.HasPrefix(name, begun) && bare.MatchString(name) && !strings.HasPrefix(name, "-") {
			fit = append(fit, name)
		}
	}
	slices.Sort(fit)
	return slices.Compact(fit)
}

// takesMore tells whether another name of a secret that exists can stand on the
// line.
func takesMore(c *cobra.Command, already int) bool {
	switch c.Name() {
	case "delete":
		return true
	case "get", "edit", "reassign":
		return already == 0
	}
	return false
}

// queryOf is where the secrets are that the line so far means.
func queryOf(c *cobra.Command) backend.Query {
	for _, name := range []string{"mesh", "from"} {
		if given := c.Flags().Lookup(name); given != nil && given.Value.String() != "" {
			return backend.Query{Mesh: given.Value.String()}
		}
	}
	global := c.Flags().Lookup("global")
	return backend.Query{Global: global != nil && global.Value.String() == "true"}
}

// entryNames are the control planes of a group, or all of them. Only files are
// read for that.
func (f *flags) entryNames(c *cobra.Command, p Process, group string) []string {
	asked := *f
	asked.context, asked.controlPlane = "", "" // which is what is being typed
	from, err := newDirectory(p, asked)
	if err != nil {
		return nil
	}
	entries, _ := from.Entries(c.Context())
	var names []string
	for _, e := range entries {
		if e.Group == group || group == "" && !e.Inside {
			names = append(names, e.Name)
		}
	}
	return names
}

// quietly asks the control plane that the line so far leads to, within the time
// of a key. Nothing is said when that does not work, and no program is run to log
// in.
func (f *flags) quietly(c *cobra.Command, p Process, asks func(context.Context, backend.ControlPlane) []string) []string {
	if f.check(c) != nil {
		return nil
	}
	life, cancel := context.WithTimeout(c.Context(), completionTime)
	defer cancel()
	from, err := newDirectory(p, *f)
	if err != nil {
		return nil
	}
	entry, err := f.chosen(from)
	if err != nil || entry.Note != "" {
		return nil
	}
	plane, err := entry.Connect(life)
	if err != nil {
		return nil
	}
	return asks(life, plane)
}

// meshNames are the meshes of a control plane, as many as could be read in time.
func meshNames(life context.Context, plane backend.ControlPlane) []string {
	var names []string
	for cursor := ""; ; {
		page, err := plane.Resources(life, model.KindMesh, cursor)
		for _, r := range page.Resources {
			names = append(names, r.Name)
		}
		if cursor = page.Next; err != nil || cursor == "" {
			return names
		}
	}
}

// secretNames are the secrets of a query, as many as could be read in time.
func secretNames(life context.Context, plane backend.ControlPlane, q backend.Query) []string {
	var names []string
	for {
		page, err := plane.List(life, q)
		for _, s := range page.Secrets {
			names = append(names, s.Ref.Name)
		}
		if q.Cursor = page.Next; err != nil || q.Cursor == "" {
			return names
		}
	}
}
