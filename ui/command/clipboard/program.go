package clipboard

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// patience is how long a program may take; they take milliseconds.
const patience = 3 * time.Second

// program is a way through a program of the desktop.
type program struct {
	name    string
	path    string
	copies  [][]string // the arguments to copy; where a program does not know those, the next
	clears  []string   // the arguments to clear; nothing on its input
	pastes  []string   // the program that pastes and its arguments; none when there is no such
	plain   bool       // it takes only ASCII as it is
	environ []string
}

// programs are those that are looked for, in their order. Needs is the variable
// that tells that such a desktop is there.
var programs = []struct {
	program
	needs string
}{
	{program{name: "wl-copy", copies: [][]string{{"--sensitive", "--type", "text/plain"}, {"--type", "text/plain"}}, clears: []string{"--clear"}, pastes: []string{"wl-paste", "--no-newline"}}, "WAYLAND_DISPLAY"},
	{program{name: "xclip", copies: [][]string{{"-in", "-selection", "clipboard"}}, clears: []string{"-in", "-selection", "clipboard"}, pastes: []string{"xclip", "-out", "-selection", "clipboard"}}, "DISPLAY"},
	{program{name: "xsel", copies: [][]string{{"--input", "--clipboard"}}, clears: []string{"--clear", "--clipboard"}, pastes: []string{"xsel", "--output", "--clipboard"}}, "DISPLAY"},
	{program{name: "pbcopy", copies: [][]string{nil}, pastes: []string{"pbpaste"}}, ""},
	{program{name: "clip.exe", copies: [][]string{nil}, plain: true}, ""},
}

// desktop finds the program to use.
func desktop(m Machine) (way, bool) {
	for _, known := range programs {
		p := known.program
		if known.needs != "" && m.Getenv(known.needs) == "" {
			continue
		}
		path, err := m.Look(p.name)
		if err != nil || !filepath.IsAbs(path) {
			continue
		}
		p.path, p.environ = path, m.Environ
		if len(p.pastes) > 0 {
			if path, err := m.Look(p.pastes[0]); err == nil && filepath.IsAbs(path) {
				p.pastes = append([]string{path}, p.pastes[1:]...)
			} else {
				p.pastes = nil
			}
		}
		return p, true
	}
	return nil, false
}

func (p program) done() string { return "copied to the clipboard by " + p.name }

func (p program) takes(text []byte) string {
	if p.plain && bytes.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
		return "holds letters that " + p.name + " would change."
	}
	return ""
}

func (p program) put(ctx context.Context, text []byte) error {
	var err error
	for _, arguments := range p.copies {
		err = p.run(ctx, p.path, arguments, text, nil)
		var refused *exec.ExitError
		if !errors.As(err, &refused) {
			break
		}
	}
	return p.explained(err)
}

func (p program) clear(ctx context.Context) error {
	return p.explained(p.run(ctx, p.path, p.clears, nil, nil))
}

// paste asks the program. One that ends with a failure has no text to give:
// there is none, or it is a picture.
func (p program) paste(ctx context.Context, to io.Writer) error {
	if len(p.pastes) == 0 {
		return errUnseen
	}
	err := p.run(ctx, p.pastes[0], p.pastes[1:], nil, to)
	var refused *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.Exited():
		return errNoText
	}
	return errUnseen
}

// run runs a program. What it prints is not looked at, except to paste: it may
// stay behind as the owner of the clipboard, and its errors may quote the text.
func (p program) run(ctx context.Context, path string, arguments []string, in []byte, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, path, arguments...) //nolint:gosec // one of the programs above, with their arguments
	c.Env, c.Stdin, c.Stdout, c.WaitDelay = p.environ, bytes.NewReader(in), out, patience
	err := c.Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// explained says what a program did, in a clause.
func (p program) explained(err error) error {
	var refused *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New(p.name + " did not end within " + strconv.Itoa(int(patience.Seconds())) + " s")
	case errors.As(err, &refused):
		return errors.New(p.name + " failed (" + refused.String() + ")")
	}
	return errors.New(p.name + " could not be started")
}
