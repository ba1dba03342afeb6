package command

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

const readme = "../../README.md"

// TestReadme holds the README's table of flags and the code together.
// UPDATE_README=1 rewrites them.
func TestReadme(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	wanted := string(content)
	for name, table := range map[string]string{"flags": flagTable(), "commands": commandTable()} {
		wanted, err = splice(wanted, name, table)
		if err != nil {
			t.Fatal(err)
		}
	}
	if wanted == string(content) {
		return
	}
	if os.Getenv("UPDATE_README") == "" {
		t.Fatal("the tables of README.md are not those of the code; UPDATE_README=1 go test ./ui/... rewrites them")
	}
	if err := os.WriteFile(readme, []byte(wanted), 0o644); err != nil {
		t.Fatal(err)
	}
}

// splice puts text between two marks.
func splice(document, name, text string) (string, error) {
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(document, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("README.md has no place for the %s", name)
	}
	return before + begin + "\n" + text + "\n" + end + after, nil
}

func flagTable() string {
	var b strings.Builder
	b.WriteString("| flag | what it does |\n|---|---|\n")
	root := newRoot(Process{Environ: []string{"LANG=C.UTF-8"}})
	root.Flags().VisitAll(func(f *pflag.Flag) {
		name, usage := pflag.UnquoteUsage(f)
		flag := "--" + f.Name
		if f.Shorthand != "" {
			flag = "-" + f.Shorthand + ", " + flag
		}
		if f.Value.Type() == "string" && f.NoOptDefVal != "" {
			flag += "[=" + f.NoOptDefVal + "]"
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimSpace(flag+" "+name), usage)
	})
	return b.String()
}

// commandTable is every command with the flags that it alone has.
func commandTable() string {
	var b strings.Builder
	b.WriteString("| command | what it does | its own flags |\n|---|---|---|\n")
	var shared flags
	var common pflag.FlagSet
	shared.defineReach(&common)
	shared.defineManner(&common, Process{})
	for _, c := range pagesOf(newRoot(Process{Environ: []string{"LANG=C.UTF-8"}})) {
		var own []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			switch {
			case common.Lookup(f.Name) != nil:
			case f.Shorthand != "":
				own = append(own, "`-"+f.Shorthand+"`, `--"+f.Name+"`")
			default:
				own = append(own, "`--"+f.Name+"`")
			}
		})
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name(), c.Short, strings.Join(own, " "))
	}
	return b.String()
}

// What memory does cannot be helped, so it is said.
func TestReadmeIsHonestAboutMemory(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(strings.Fields(string(content)), " ")
	for _, sentence := range []string{
		"Values are in this process's ordinary memory while a view is open; freed memory may keep them until reused or exit.",
		"That memory may be swapped to disk or saved by hibernation, which a program cannot prevent",
	} {
		if !strings.Contains(words, sentence) {
			t.Errorf("README.md does not say: %s", sentence)
		}
	}
}
