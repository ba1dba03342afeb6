package command

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshsecrets/model"
)

const aboutMan = `Writes the manual pages of all commands into a folder that exists: meshsecrets.1,
meshsecrets-list.1 and so on. They say what --help says. The same program writes the
same bytes; their date is that of SOURCE_DATE_EPOCH, and without it they have none.`

const examplesMan = `  meshsecrets man ~/.local/share/man/man1
      where man looks for those of one user`

const exitsMan = `
Exit codes:
  0  written
  3  wrong usage, or the folder cannot be written to`

func newMan(p Process) *cobra.Command {
	c := &cobra.Command{
		Use:     "man FOLDER",
		Short:   "Write the manual pages into a folder",
		Long:    aboutMan,
		Example: examplesMan,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return refuse("%s takes the folder to write to. %s", c.Name(), seeHelpOf(c.Name()))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return writePages(c.Root(), args[0], dateOf(p)) },
	}
	endsWith(c, exitsMan)
	return c
}

// dateOf is the date of the pages, "" for none: a clock would make other bytes
// each time.
func dateOf(p Process) string {
	seconds, err := strconv.ParseInt(p.getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return ""
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly)
}

// writePages writes a page for the program and one for each of its commands.
func writePages(root *cobra.Command, folder, date string) error {
	for _, c := range append([]*cobra.Command{root}, pagesOf(root)...) {
		path := filepath.Join(folder, pageName(c)+".1")
		//nolint:gosec // manual pages are for everybody, and the folder is the one that was given
		if err := os.WriteFile(path, []byte(manPage(c, date)), 0o644); err != nil {
			return refuse("%s cannot be written. Give a folder that exists and that you may write to.", model.Visible(path))
		}
	}
	return nil
}

// pagesOf are the commands that have a page: those that help tells of.
func pagesOf(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, c)
		}
	}
	return all
}

// pageName is what a page is called: "meshsecrets-list".
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }
