package command

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"meshsecrets/model"
	"meshsecrets/ui"
	"meshsecrets/ui/command/editor"
)

// ownEditor is the person's own editor, as the screens and the command edit take
// it: it has the terminal while it runs.
type ownEditor struct {
	process Process
	ending  ending
}

// Look finds the program, and where it would have the value.
func (o ownEditor) Look() (ui.Outlet, error) {
	program, err := o.find()
	if err != nil {
		return ui.Outlet{}, err
	}
	return ui.Outlet{Program: program.Name, Memory: editor.UsualPlaces(o.process.getenv).InMemory()}, nil
}

func (o ownEditor) find() (editor.Program, error) {
	program, err := editor.Find(o.process.getenv)
	if err != nil {
		return program, refuse("The editor cannot be started: %s. Set VISUAL or EDITOR to a program that is there.", model.Visible(err.Error()))
	}
	return program, nil
}

// Edit gives the console's command that runs the editor.
func (o ownEditor) Edit(life context.Context, d ui.Draft, done func(model.Value, error) tea.Msg) tea.Cmd {
	s := &stint{ownEditor: o, life: life, draft: d}
	return tea.Exec(s, func(err error) tea.Msg {
		if !s.ran { // the terminal could not be released
			d.Value.Wipe()
			s.err = err
		}
		return done(s.left, s.err)
	})
}

// stint is one run of the editor. What Bubble Tea would give it for a terminal
// is wrapped, and no terminal to a program: it takes the real one.
type stint struct {
	ownEditor
	life  context.Context //nolint:containedctx // Run has the signature that Bubble Tea asks for
	draft ui.Draft
	ran   bool
	left  model.Value
	err   error
}

// stillness is how long Bubble Tea gets to come to rest before the editor runs.
// What draws its frames is told to end, but not waited for: ending after it was
// begun anew, which an editor that ends at once may bring about, it would never
// draw again.
const stillness = 50 * time.Millisecond

// SetStdin does nothing.
func (*stint) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (*stint) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (*stint) SetStderr(io.Writer) {}

// Run edits the draft. What came of it is in the stint: the console takes its
// terminal back in any case.
func (s *stint) Run() error {
	s.ran = true
	time.Sleep(stillness)
	s.left, s.err = s.edit(s.life, s.draft)
	return nil
}

// edit runs the editor on a draft, and gives what it left; with an error too,
// when it left something. The draft's value is wiped.
func (o ownEditor) edit(life context.Context, d ui.Draft) (model.Value, error) {
	defer d.Value.Wipe()
	program, err := o.find()
	if err != nil {
		return model.Value{}, err
	}
	// Nobody reads the answer of a program that is asked to end, and its file
	// must go before.
	life, stop := o.ending.until(life)
	defer stop()
	e, err := editor.Open(life, program, editor.UsualPlaces(o.process.getenv), d.Name, d.Value, d.Limit, d.OnDisk)
	if err != nil {
		return model.Value{}, err
	}
	e.SetStdin(o.process.In)
	e.SetStdout(o.process.Out)
	e.SetStderr(o.complaints())
	left, err := o.lend(e)
	return left, errors.Join(err, e.Close())
}

// afterglow is how long a key that interrupts still counts as the editor's once
// that has ended.
const afterglow = 200 * time.Millisecond

// lend gives the editor the terminal, and gets that back as it was: an editor
// that is killed leaves it as it used it. What a key interrupts meanwhile is the
// editor's matter.
func (o ownEditor) lend(e *editor.Edit) (model.Value, error) {
	before, _ := term.GetState(o.process.In.Fd())
	o.ending.aside.Add(1)
	err := e.Run()
	// What ended the editor may come to us a moment later.
	time.AfterFunc(afterglow, func() { o.ending.aside.Add(-1) })
	if before != nil {
		_ = term.Restore(o.process.In.Fd(), before)
	}
	if err != nil {
		_, _ = o.process.Out.WriteString(plainTerminal)
		left, _ := e.Read() // a crash does not cost what was saved before
		return left, err
	}
	left, err := e.Read()
	switch {
	case errors.Is(err, editor.ErrGone):
		return left, ui.ErrEditorGone
	case errors.Is(err, editor.ErrNoFile):
		return left, ui.ErrEditorNoFile
	case errors.Is(err, editor.ErrTooLarge):
		return left, ui.ErrEditorTooLarge
	}
	return left, err
}

// plainTerminal ends what an editor may have switched on: the other screen,
// margins, the mouse, the forms of keys.
const plainTerminal = ansi.ResetModeAltScreenSaveCursor + noMargins + ansi.ResetStyle +
	ansi.ResetModeMouseNormal + ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr +
	ansi.ResetModeFocusEvent + ansi.ResetModeBracketedPaste + ansi.ResetModeCursorKeys + ansi.KeypadNumericMode +
	ansi.ResetModifyOtherKeys + ansi.ShowCursor

// complaints is where an editor's messages go: to ours, where those are the
// terminal's or a file's.
func (o ownEditor) complaints() io.Writer {
	if file, is := o.process.Err.(*os.File); is {
		return file
	}
	return o.process.Out
}

// sweep removes what edits left that were killed, and says so.
func (p Process) sweep() []string {
	switch n := editor.UsualPlaces(p.getenv).Sweep(); n {
	case 0:
		return nil
	case 1:
		return []string{"An edit in $EDITOR was cut off before and had left a value in a file. The file is removed now."}
	default:
		return []string{model.CountWord(n) + " edits in $EDITOR were cut off before and had left values in files. The files are removed now."}
	}
}

// notices are those of others, and before them what was swept at the start. That
// is done beside the console: a folder may be on a file system that hangs.
func (p Process) notices(others func() []string) func() []string {
	swept := make(chan []string, 1)
	go func() { swept <- p.sweep() }()
	return func() []string {
		select {
		case said := <-swept:
			return append(said, others()...)
		default:
			return others()
		}
	}
}
