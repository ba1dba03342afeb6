package command

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// errand is one command on one control plane, without the screens.
type errand struct {
	target
	process Process
	sheet   sheet
	ending  ending
	yes     bool   // what would be typed is taken for typed
	confirm string // beside that, the name that is typed for a protected control plane
	typed   *bufio.Reader
}

// errand begins one: it connects. Whatever was read until then can be left at
// any time.
func (f *flags) errand(life context.Context, p Process, c *cobra.Command, e ending) (*errand, error) {
	to, err := f.reach(life, p, c)
	if err != nil {
		return nil, e.stopped(err)
	}
	return &errand{
		target: to, process: p, ending: e, confirm: f.confirm, typed: bufio.NewReader(p.In),
		sheet: sheet{to: c.OutOrStdout(), ascii: f.ascii, live: watched(columnsOf(p.Out))},
	}, nil
}

// stopped is the error of what was left because somebody asked to, and of
// everything else the error itself.
func (e ending) stopped(err error) error {
	if err != nil && was(e.asked) {
		return failure{text: "Stopped. Nothing was changed.", code: ExitRefused}
	}
	return err
}

// name is the control plane's, as it is typed and shown.
func (t target) name() string { return model.Visible(t.plane.Identity().Name) }

// shown is how the control plane is called where nobody has to type it: one that
// was given by its address alone has no name but "server".
func (t target) shown() string {
	if t.entry.Group == groupRun && t.entry.Address != "" {
		return model.Visible(t.entry.Address)
	}
	return t.name()
}

// namespace is where safety copies are.
func (t target) namespace() string {
	if at := t.plane.Identity().SystemNamespace; at != "" {
		return model.Visible(at)
	}
	return "the system namespace"
}

// about is the control plane in a title.
func (t target) about() string {
	id := t.plane.Identity()
	kind := "Universal"
	if id.Environment == backend.Kubernetes {
		kind = "Kubernetes"
	}
	words := []string{kind}
	if product := strings.TrimSpace(id.Product + " " + id.Version); product != "" {
		words = append(words, product)
	}
	if t.gate.Protected() {
		words = append(words, "protected")
	}
	return t.shown() + " (" + model.Visible(strings.Join(words, ", ")) + ")"
}

// ready refuses to begin what somebody would have to confirm, and nobody can;
// it says how one only looks.
func ready(p Process, yes bool, looks string) error {
	if yes || isTerminal(p.In, p.Out) {
		return nil
	}
	return refuse("This asks for words to be typed, and there is no terminal. Nothing was done; --yes goes on without asking, %s only looks.", looks)
}

// writable refuses what would change something where nothing may be changed.
// Where the flag says so, the command line contradicts itself.
func (t target) writable() error {
	readOnly, why := t.gate.ReadOnly()
	if !readOnly {
		return nil
	}
	code := ExitRefused
	if t.entry.ReadOnly && t.entry.WhyReadOnly == "" {
		code = ExitUsage
	}
	return failure{text: t.shown() + " is read-only (" + why + "): nothing can be changed here.", code: code}
}

// unasked goes on without asking, when that was said with --yes. A protected
// control plane takes its name beside it: a script that is run against another
// one than it was written for must not change that.
func (e *errand) unasked(yes bool) error {
	e.yes = yes
	if !yes || !e.gate.Protected() || e.confirm == e.plane.Identity().Name {
		return nil
	}
	return refuse("%s is protected, so --yes alone does not go on. Nothing was done; give its name too: --confirm %s", e.shown(), quoted(e.plane.Identity().Name))
}

// mayBegin refuses a change that cannot be made here, or not without being asked
// for. One that only looks takes no consent.
func (e *errand) mayBegin(yes, dry bool) error {
	if err := e.unasked(yes && !dry); err != nil {
		return err
	}
	return e.looking(dry)
}

// reveals refuses to give a value away where that is switched off.
func (e *errand) reveals(asked bool) error {
	if !asked || !e.entry.NoReveal {
		return nil
	}
	return failure{text: "Revealing is switched off for " + e.shown() + ". Facts and references stay visible, without --reveal.", code: ExitRefused}
}

// agrees asks for a phrase to be typed.
func (e *errand) agrees(phrase string) error {
	if e.yes {
		return e.unasked(true)
	}
	line, err := e.asked("Type  " + model.Visible(phrase) + "  to go on: ")
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case line == phrase:
		return nil
	}
	return failure{text: "That is not what was to be typed. Nothing was changed.", code: ExitRefused}
}

// asked asks for a line; the error is io.EOF when no more can be typed.
func (e *errand) asked(question string) (string, error) {
	_, _ = io.WriteString(e.sheet.to, question)
	type typed struct {
		line string
		err  error
	}
	lines := make(chan typed, 1)
	go func() {
		line, err := e.typed.ReadString('\n')
		if err != nil {
			line, err = "", io.EOF
			_, _ = io.WriteString(e.sheet.to, "\n") // ctrl+d leaves the prompt's line open
		}
		lines <- typed{strings.TrimSpace(line), err}
	}()
	select {
	case t := <-lines:
		return t.line, t.err
	case <-e.ending.asked:
		_, _ = io.WriteString(e.sheet.to, "\n")
		return "", e.ending.stopped(errors.New("stopped"))
	}
}

// warned prints what the control plane's server warned of, if it does such a
// thing, and that changes could not be written down.
func (e *errand) warned() {
	if e.audit != nil {
		for _, notice := range e.audit.Notices() {
			_, _ = io.WriteString(e.process.Err, notice+"\n")
		}
	}
	warner, is := e.plane.(backend.Warner)
	if !is {
		return
	}
	for _, warning := range warner.Warnings() {
		_, _ = io.WriteString(e.process.Err, "Warning of the server: "+warning+"\n")
	}
}
