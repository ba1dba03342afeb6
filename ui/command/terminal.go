package command

import (
	"os"
	"runtime"
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
