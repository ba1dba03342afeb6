package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

const aboutCompletion = `Prints what a shell needs to complete commands, flags, and the names of control
planes, meshes and secrets.

To complete meshes and secrets the control plane is asked that the line so far leads
to, for two seconds at most and without a word when that does not work. One whose
login runs a program is not asked: nobody expects that of a key.`

const examplesCompletion = `  source <(meshsecrets completion bash)
      in ~/.bashrc
  meshsecrets completion zsh > "${fpath[1]}/_meshsecrets"
      once, for zsh
  meshsecrets completion fish > ~/.config/fish/completions/meshsecrets.fish
      once, for fish
  meshsecrets completion powershell | Out-String | Invoke-Expression
      in the profile of PowerShell`

const exitsCompletion = `
Exit codes:
  0  printed
  3  wrong usage`

// completionTime is how long a key may wait for names.
const completionTime = 2 * time.Second

// shells are those that can complete.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion() *cobra.Command {
	c := &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print what a shell needs to complete names",
		Long:      aboutCompletion,
		Example:   examplesCompletion,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return refuse("completion takes the name of a shell: %s. %s", strings.Join(shells, ", "), seeHelpOf("completion"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), c.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			}
			return root.GenPowerShellCompletionWithDesc(out)
		},
	}
	endsWith(c, exitsCompletion)
	return c
}
