package clipboard

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
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
		err = p.run(ctx, p.path, arguments, text, nil, nil)
		var refused *exec.ExitError
		if !errors.As(err, &refused) {
			break
		}
	}
	return p.explained(err)
}

func (p program) clear(ctx context.Context) error {
	return p.explained(p.run(ctx, p.path, p.clears, nil, nil, nil))
}

// paste asks the program. One that fails and says so has no text to give: there
// is none, or it is a picture. Any other failure tells nothing.
func (p program) paste(ctx context.Context, to io.Writer) error {
	if len(p.pastes) == 0 {
		return errUnseen
	}
	said := &head{}
	defer said.wipe()
	err := p.run(ctx, p.pastes[0], p.pastes[1:], nil, to, said)
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && said.any(noText()):
		return errNoText
	}
	return errUnseen
}

// noText are the words of wl-paste and xclip, in their versions, for a clipboard
// in which there is no text.
func noText() []string {
	return []string{
		"Nothing is copied", "No selection", "No suitable type of content copied", "is not available as requested type",
		"There is no owner for the", "Error: target ", "cannot convert ",
	}
}

// head keeps the beginning of what a program says, to look for words in it.
type head struct{ text []byte }

const headLimit = 1 << 10

func (h *head) Write(b []byte) (int, error) {
	if h.text == nil {
		h.text = make([]byte, 0, headLimit) // what grows leaves copies behind
	}
	h.text = append(h.text, b[:min(len(b), headLimit-len(h.text))]...)
	return len(b), nil
}

func (h *head) any(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(h.text, []byte(word)) })
}

func (h *head) wipe() { clear(h.text) }

// run runs a program. What it prints is not looked at, except to paste: it may
// stay behind as the owner of the clipboard, and its errors may quote the text.
func (p program) run(ctx context.Context, path string, arguments []string, in []byte, out, said io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, path, arguments...) //nolint:gosec // one of the programs above, with their arguments
	c.Env, c.Stdin, c.Stdout, c.Stderr, c.WaitDelay = p.environ, bytes.NewReader(in), out, said, patience
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
