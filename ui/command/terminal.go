package command

import (
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"
)

// isTerminal tells whether somebody sits at both ends.
func isTerminal(in, out *os.File) bool {
	return in != nil && out != nil && term.IsTerminal(in.Fd()) && term.IsTerminal(out.Fd())
}

// columnsOf is how wide a terminal is, 0 for what is none.
func columnsOf(out *os.File) int {
	if out == nil || !term.IsTerminal(out.Fd()) {
		return 0
	}
	columns, _, err := term.GetSize(out.Fd())
	if err != nil || columns == 0 {
		return 80 // one that does not tell
	}
	return columns
}

// colours is the environment as the library that draws reads it: to that NO_COLOR
// has to be a truth like "1", to everybody else any text but an empty one.
func (p Process) colours() []string {
	if p.getenv("NO_COLOR") == "" {
		return p.Environ
	}
	return append(slices.Clip(p.Environ), "NO_COLOR=1")
}

// speaksUTF8 tells whether the locale's characters are UTF-8, by the first of
// the three variables that is set, as C libraries choose. Windows consoles
// have no such variables and draw UTF-8.
func speaksUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := getenv(name); locale != "" {
			locale = strings.ReplaceAll(strings.ToLower(locale), "-", "")
			return strings.Contains(locale, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}
