package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Process is what the program has one of.
type Process struct {
	Args    []string // without the program's name
	In, Out *os.File
	Err     io.Writer
	Environ []string
	Home    string // the user's home directory; "" when there is none
	Host    string // the name of this machine, for safety copies; "" when it is not known
	Self    string // the file of the program itself, to run it again as a guard; "" when it is not known
	Now     func() time.Time
	Random  io.Reader        // what fingerprints are keyed with; nil for the machine's own
	Signals <-chan os.Signal // requests to end; the second one insists
	// Wrap stands between Bubble Tea and the console when it is not nil: tests
	// make mistakes happen in it.
	Wrap func(tea.Model) tea.Model
}

// getenv gives a variable of the environment, "" when it is not set. The last
// one of a name holds.
func (p Process) getenv(name string) string {
	found := ""
	for _, entry := range p.Environ {
		if value, is := strings.CutPrefix(entry, name+"="); is {
			found = value
		}
	}
	return found
}

// The exit codes.
const (
	// ExitDone is an end as it was asked for.
	ExitDone = 0
	// ExitRefused is a refusal: nothing is different from before.
	ExitRefused = 1
	// ExitMistake is a mistake of the program itself.
	ExitMistake = 2
	// ExitUsage is a wrong command line, no terminal, or a file or address
	// that cannot be used: nobody could look.
	ExitUsage = 3
	// ExitUnfinished is a reassign that was begun and is not finished. What it
	// said tells where the value is.
	ExitUnfinished = 4
)

// failure is an end other than as asked for: a sentence, and an exit code.
type failure struct {
	text string
	code int
}

func (f failure) Error() string { return f.text }

// refuse is wrong usage, or something that is needed and not there.
func refuse(format string, args ...any) error {
	return failure{text: fmt.Sprintf(format, args...), code: ExitUsage}
}

// mistake is what is said after a panic. What was panicked with is never
// printed, because it may hold a value.
var mistake = failure{
	text: "meshsecrets stopped on a mistake of its own; no value was written anywhere. Start it again.",
	code: ExitMistake,
}

// Main runs the program and gives its exit code.
func Main(life context.Context, p Process) (code int) {
	defer func() {
		if recover() != nil {
			code = report(p.Err, mistake)
		}
	}()
	life, end := context.WithCancel(life)
	defer end()
	root := newRoot(p) //nolint:contextcheck // each command has the context that ExecuteContext hands it
	root.SetArgs(p.Args)
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	return report(p.Err, root.ExecuteContext(life))
}

// report prints what went wrong, as one paragraph.
func report(w io.Writer, err error) int {
	if err == nil {
		return ExitDone
	}
	var f failure
	if !errors.As(err, &f) {
		f = failure{text: "The command line is not understood. meshsecrets --help shows how it goes.", code: ExitUsage}
	}
	_, _ = fmt.Fprintln(w, f.text)
	return f.code
}
