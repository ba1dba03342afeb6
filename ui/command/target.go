package command

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"meshsecrets/backend"
	"meshsecrets/model"
	"meshsecrets/ui/command/audit"
)

// target is the one control plane that a command works on.
type target struct {
	entry    backend.Entry
	plane    backend.ControlPlane
	gate     backend.Gate
	examiner model.Examiner
	audit    *audit.Log
	reached  string // the flags by which the same control plane is reached again
}

// reach connects the control plane that the flags choose, or the one that
// nobody could mistake for another.
func (f *flags) reach(life context.Context, p Process, c *cobra.Command) (target, error) {
	if err := f.check(c); err != nil {
		return target{}, err
	}
	from, err := newDirectory(p, *f)
	if err != nil {
		return target{}, err
	}
	f.ascii = from.settings.ASCII
	entry, err := f.chosen(from)
	if err != nil {
		return target{}, err
	}
	plane, err := entry.Connect(life)
	if err != nil {
		return target{}, failure{text: because(err) + " Nothing was done.", code: ExitUsage}
	}
	return target{
		entry: *entry, plane: plane, gate: backend.NewGate(plane, *entry, from.audit.Observe), examiner: from.examiner, audit: from.audit, reached: again(c.Flags(), *entry),
	}, nil
}

// chosen is the control plane to work on. Nobody is asked, so it must be given,
// be the only one, or be the only current one of all configurations. One that
// there is something to know of before, as that a program is run to log in, is
// not taken unasked.
func (f *flags) chosen(from *directory) (*backend.Entry, error) {
	given, err := f.start(from)
	if err != nil || given != nil {
		return given, err
	}
	all, warnings := from.read()
	all = slices.DeleteFunc(all, func(e backend.Entry) bool { return e.Inside })
	current := slices.DeleteFunc(slices.Clone(all), func(e backend.Entry) bool { return !e.Current })
	switch {
	case len(current) == 1 && current[0].Note == "" && len(warnings) == 0:
		return &current[0], nil
	case len(all) == 0:
		return nil, withWarnings(refuse("No control plane is given, and none is configured. Give one with --context, --control-plane or --server, or try --demo."), warnings)
	}
	return nil, withWarnings(refuse("Which control plane is meant? Give it with --context, --control-plane or --server; there are: %s.",
		listed(all, told)), warnings)
}

// bare is a word that shells take as it is.
var bare = regexp.MustCompile(`^[a-zA-Z0-9._@/:=+-]+$`)

// quoted is a word as it is typed into a shell, made visible.
func quoted(word string) string {
	if bare.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(model.Visible(word), "'", `'\''`) + "'"
}

// again are the flags that lead to the same control plane: those that were
// given, and its name when it was taken unasked, because another may be current
// by then.
func again(set *pflag.FlagSet, entry backend.Entry) string {
	var reach pflag.FlagSet
	(&flags{}).defineReach(&reach)
	var words []string
	chosen := false
	set.Visit(func(given *pflag.Flag) {
		if reach.Lookup(given.Name) == nil {
			return
		}
		chosen = chosen || slices.Contains(chosenFlags, given.Name)
		words = append(words, written(given)...)
	})
	switch {
	case chosen:
	case entry.Group == groupKubeconfig:
		words = append(words, "--context", quoted(entry.Name))
	default:
		words = append(words, "--control-plane", quoted(entry.Key()))
	}
	return strings.Join(words, " ")
}

// written is a flag as it is typed.
func written(given *pflag.Flag) []string {
	name, text := "--"+given.Name, given.Value.String()
	several, is := given.Value.(pflag.SliceValue)
	switch {
	case is:
		var words []string
		for _, one := range several.GetSlice() {
			words = append(words, name, quoted(one))
		}
		return words
	case given.Value.Type() == "bool" && text == "true", text == given.NoOptDefVal:
		return []string{name}
	case given.NoOptDefVal != "":
		return []string{name + "=" + quoted(text)}
	}
	return []string{name, quoted(text)}
}

// because is why something did not work, in sentences. What is none of our own
// errors is not quoted: nobody knows what stands in it.
func because(err error) string {
	if several, is := err.(interface{ Unwrap() []error }); is {
		var all []string
		for _, one := range several.Unwrap() {
			all = append(all, because(one))
		}
		return strings.Join(slices.Compact(all), " ")
	}
	var refusal *model.Refusal
	var failed *backend.Error
	switch {
	case errors.As(err, &refusal):
		return refusal.Text
	case errors.As(err, &failed):
		return sentence(strings.TrimRight(failed.Error(), ".")) + "."
	case errors.Is(err, backend.ErrNotPutBack):
		return "Putting it back did not work either."
	case errors.Is(err, mistake):
		return "The program made a mistake of its own in that step."
	case errors.Is(err, context.DeadlineExceeded):
		return "It took too long."
	case errors.Is(err, context.Canceled):
		return "It was stopped."
	}
	return "It did not work."
}
