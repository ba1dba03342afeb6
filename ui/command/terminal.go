package command

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
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

// wholeScreen is a terminal whose margins end wherever all of it is drawn anew.
//
// To scroll a part of the screen, Bubble Tea sets margins and then sets them to
// the size that it knows, not to none. Where the window has grown meanwhile these
// stay, and the frame for the new size scrolls away at the old last line.
type wholeScreen struct{ *os.File }

const noMargins = "\x1b[r"

// Write writes one piece of a frame; Bubble Tea gives each whole.
func (s wholeScreen) Write(frame []byte) (int, error) {
	erase := []byte(ansi.EraseEntireScreen)
	if bytes.Contains(frame, erase) {
		// To end them moves the cursor home, where it is when all is erased.
		drawn := bytes.ReplaceAll(frame, erase, []byte(noMargins+ansi.EraseEntireScreen))
		if written, err := s.File.Write(drawn); err != nil {
			return min(written, len(frame)), err
		}
		return len(frame), nil
	}
	return s.File.Write(frame)
}
