package command

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"meshsecrets/model"
)

const seeHelp = "meshsecrets --help shows how it goes."

// plainWord is what may be quoted from a command line. Anything else could be
// a token that slipped in, and an error is the first thing people paste.
var plainWord = regexp.MustCompile(`^[a-z]{1,12}(-[a-z]{1,12}){0,2}$`)

// plainName is what may be quoted as a control plane's name: tokens are longer.
var plainName = regexp.MustCompile(`^[a-zA-Z0-9._@/:-]{1,32}$`)

// quotable is a name as it may be quoted, or what stands for it.
func quotable(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "that"
}

// secretFlags are flags people try, having seen them elsewhere.
var secretFlags = []string{"token", "password", "value", "data", "secret", "auth", "header", "from-literal"}

// loginFlags are those of them by which people try to log in.
var loginFlags = []string{"token", "auth", "header"}

// seeHelpOf is seeHelp of a command.
func seeHelpOf(command string) string {
	return "meshsecrets " + command + " --help shows how it goes."
}

// oneName takes the name of one secret. What is given is never quoted here: it
// may be a value that slipped in, and those are no names.
func oneName(c *cobra.Command, args []string) error {
	switch {
	case len(args) != 1:
		return refuse("%s takes the name of one secret. %s", c.Name(), seeHelpOf(c.Name()))
	case model.CheckName(args[0]) != nil:
		return refuse("What is given to %s is not the name of a secret: lower-case letters, digits, \"-\" and \".\". Nothing was done.", c.Name())
	}
	return nil
}

// oneNameOrNone takes one name at most.
func oneNameOrNone(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return oneName(c, args)
}

// flagProblem says what is wrong with a flag, without quoting what was given
// to it.
func flagProblem(c *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(c, unknown.GetSpecifiedName())
	case errors.As(err, &lacking):
		return refuse("The flag --%s needs something after it. %s", lacking.GetFlag().Name, seeHelp)
	case errors.As(err, &invalid):
		return refuse("The flag --%s is on or off, and takes nothing after it. %s", invalid.GetFlag().Name, seeHelp)
	}
	return refuse("One of the flags is not understood. %s", seeHelp)
}

func unknownFlag(c *cobra.Command, name string) error {
	help := seeHelp
	if c.HasParent() {
		help = seeHelpOf(c.Name())
	}
	if slices.Contains(secretFlags, name) {
		instead := "A token is read from a file: --token-file."
		if c.Flags().Lookup("from-file") != nil && !slices.Contains(loginFlags, name) {
			instead = "A value is read from a file or from standard input: --from-file."
		}
		return refuse("There is no flag --%s: everybody on this machine could read what is given to it. %s", name, instead)
	}
	if len(name) < 2 || !plainWord.MatchString(name) {
		return refuse("One of the flags is not known. %s", help)
	}
	return refuse("There is no flag --%s. %s", name, help)
}

// annotationExits is where a command keeps what its exit codes mean: its help and
// its manual page both tell it.
const annotationExits = "exits"

// endsWith gives a command's help its last part: the exit codes.
func endsWith(c *cobra.Command, exits string) {
	c.Annotations = map[string]string{annotationExits: exits}
}

// usageWithExits is Cobra's own usage, and the exit codes below it. It is no
// template: with text/template in the program, which calls methods by their
// names, the linker keeps every method of every type, and the program is four
// megabytes larger.
func usageWithExits(plain func(*cobra.Command) error) func(*cobra.Command) error {
	return func(c *cobra.Command) error {
		if err := plain(c); err != nil {
			return err
		}
		told := c.Annotations[annotationExits]
		switch {
		case told != "":
		case c.HasParent():
			told = exits
		default:
			told = exits + exitsElsewhere
		}
		_, err := io.WriteString(c.OutOrStderr(), told+"\n")
		return err
	}
}

// lastly gives a command what all have that work on a control plane: the flags
// that say which one and how, what shells complete, and the end of its help.
func (f *flags) lastly(c *cobra.Command, p Process, exits string) {
	f.defineReach(c.Flags())
	f.defineManner(c.Flags(), p)
	f.completes(c, p)
	endsWith(c, exits)
}

// noArguments refuses what is left on a command line.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasParent() {
		return refuse("%s takes nothing but flags. %s", c.CommandPath(), seeHelp)
	}
	for _, near := range c.SuggestionsFor(args[0]) {
		return refuse("There is no such command. Is %s meant? %s", near, seeHelp)
	}
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return refuse("There is no such command; there are %s. %s", strings.Join(names, ", "), seeHelp)
}

// newHelp is Cobra's help command, except that it quotes nothing.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Show how a command goes",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noArguments(c.Root(), args)
			}
			return about.Help()
		},
	}
}
