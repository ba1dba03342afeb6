package command

import (
	"context"
	"io"
	"os/exec"

	"meshsecrets/ui"
	"meshsecrets/ui/command/clipboard"
)

// clipboard is where the console copies to.
func (p Process) clipboard() ui.Clipboard {
	return clipboard.New(clipboard.Machine{Getenv: p.getenv, Environ: p.Environ, Look: exec.LookPath, Out: p.Out})
}

// unclip takes a value out of the clipboard when the console has ended, however
// it did, and says what became of it. It is the last thing that is waited for,
// so the end of everything else does not end it.
func unclip(life context.Context, said io.Writer, from ui.Clipboard) {
	if from == nil {
		return
	}
	what, err := from.Clear(context.WithoutCancel(life))
	if text := what.Words(err); text != "" {
		_, _ = io.WriteString(said, text+"\n")
	}
}
