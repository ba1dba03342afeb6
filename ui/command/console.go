package command

import (
	"context"
	"errors"
	"io"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"

	"meshsecrets/ui"
)

const (
	// framesPerSecond halves the wait between key and frame of the default 60.
	framesPerSecond = 120
	// memory is what the runtime tries to stay below, in bytes: a hundred
	// thousand secrets need half of it, and twice as much would be garbage.
	memory = 300 << 20
	// patience is how long a write under way is waited for after the screens
	// are gone.
	patience = 10 * time.Second
)

// runConsole runs the screens until they are left, and gives the terminal back
// as it was.
func runConsole(life context.Context, p Process, config ui.Config) error {
	if !isTerminal(p.In, p.Out) {
		return refuse("meshsecrets needs a terminal. The commands that work without one: meshsecrets --help")
	}
	if p.getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	life, end := context.WithCancel(life)
	defer end()
	ending := attend(life, p.Signals)
	config.Editor = ownEditor{p, ending}
	app := ui.New(life, config)
	var model tea.Model = app
	if p.Wrap != nil {
		model = p.Wrap(app)
	}
	crash := &crash{}
	program := tea.NewProgram(guard{model, crash},
		tea.WithInput(p.In), tea.WithOutput(wholeScreen{p.Out}), tea.WithEnvironment(p.colours()),
		tea.WithContext(life), tea.WithFPS(framesPerSecond), tea.WithFilter(crash.filter(app.Filter)),
		tea.WithoutSignalHandler())
	crash.quit = program.Quit
	go ending.heed(life, program, func() bool { _, _, err := term.GetSize(p.In.Fd()); return err != nil })
	last, err := program.Run()
	ending.settle(app)
	unclip(life, p.Err, config.Clipboard)
	farewell(p.Err, last)
	if crash.happened.Load() || errors.Is(err, tea.ErrProgramPanic) {
		return mistake
	}
	return ending.outcome(err)
}

// farewell prints what the console has to say after it was left: where a value
// is that is on its way.
func farewell(w io.Writer, last tea.Model) {
	if g, is := last.(guard); is {
		last = g.Model
	}
	if app, is := last.(ui.App); is {
		for _, line := range app.Farewell() {
			_, _ = io.WriteString(w, line+"\n")
		}
	}
}

// heed passes signals on. Bubble Tea itself heeds only some, and each of them
// only once: a second one, or a hang-up, would leave the terminal as it is.
// The first signal asks the console to leave, so that values are wiped and a
// write under way is waited for; the second ends it at once. A question that the
// console then asks is not waited for where the terminal is gone: nobody can
// answer it.
func (e ending) heed(life context.Context, program *tea.Program, gone func() bool) {
	if !closed(life, e.asked) {
		return
	}
	// Sending waits for the console to take it, so it must not hold up the
	// second signal.
	go program.Quit()
	look := time.NewTicker(patience)
	defer look.Stop()
	for {
		select {
		case <-life.Done():
			return
		case <-look.C:
			if !gone() {
				continue
			}
		case <-e.insisted:
		}
		program.Kill()
		return
	}
}

// closed waits for a signal that attend passes on.
func closed(life context.Context, signalled <-chan struct{}) bool {
	select {
	case <-life.Done():
		return false
	case <-signalled:
		return true
	}
}

// settle waits for writes under way: commands outlive the program that ran
// them. A second signal ends the wait.
func (e ending) settle(app ui.App) {
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		app.Wait(patience)
	}()
	select {
	case <-settled:
	case <-e.insisted:
	}
}

// outcome is what the end of the screens means. A terminal that went away is
// no failure when somebody asked for the end.
func (e ending) outcome(err error) error {
	if was(e.asked) {
		return nil
	}
	if err != nil {
		return refuse("The terminal could not be used any more. Start meshsecrets again in one that is open.")
	}
	return nil
}
