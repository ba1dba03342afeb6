//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"

	"meshsecrets/ui"
	"meshsecrets/ui/command"
)

// The size of the terminal in all pictures.
const (
	columns = 100
	rows    = 30
)

// patience is how long one key may take before something is wrong.
const patience = time.Minute

// moment is when all pictures are taken.
var moment = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// sameness is a source of randomness without any: fingerprints are the same in
// each run.
type sameness struct{}

func (sameness) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// stage is the program at work, and a look at it.
type stage struct {
	keyboard *os.File
	pressed  int        // keys that were sent
	ended    chan error // the program's end
	show     *show
}

// show is what the program shows last.
type show struct {
	mu      sync.Mutex
	view    tea.View
	handled int           // keys that were acted on
	open    int           // requests without an answer
	changed chan struct{} // closed and renewed with each message
}

// spy stands around the console and notes what it shows. Every answer passes it,
// so what it notes is settled when nothing is asked any more.
type spy struct {
	tea.Model
	show *show
}

// Update hands a message on, and notes what came of it.
func (s spy) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, run := s.Model.Update(msg)
	s.Model = next
	s.show.mu.Lock()
	defer s.show.mu.Unlock()
	if _, is := msg.(tea.KeyPressMsg); is {
		s.show.handled++
	}
	s.show.view = next.View()
	if app, is := next.(ui.App); is {
		s.show.open = app.Open()
	}
	close(s.show.changed)
	s.show.changed = make(chan struct{})
	return s, run
}

// open starts the program in a terminal.
func open(ctx context.Context, args ...string) (*stage, error) {
	keyboard, line, err := pty.Open()
	if err != nil {
		return nil, err
	}
	if err := pty.Setsize(line, &pty.Winsize{Cols: columns, Rows: rows}); err != nil {
		return nil, err
	}
	s := &stage{keyboard: keyboard, ended: make(chan error, 1), show: &show{changed: make(chan struct{})}}
	go func() { _, _ = io.Copy(io.Discard, keyboard) }()
	go func() {
		defer func() { _ = line.Close() }()
		code := command.Main(ctx, command.Process{
			Args: args, In: line, Out: line, Err: io.Discard, Environ: []string{"TERM=xterm-256color", "LANG=C.UTF-8"},
			Now: func() time.Time { return moment }, Random: sameness{}, Signals: make(chan os.Signal),
			Wrap: func(m tea.Model) tea.Model { return spy{m, s.show} },
		})
		if code != command.ExitDone {
			s.ended <- fmt.Errorf("the program ended with %d", code)
		}
		close(s.ended)
	}()
	return s, nil
}

// press sends one key, as the bytes that a terminal sends for it, waits until
// all that it asks for is answered, and gives the frame after it. All of the
// words must come to be on it.
func (s *stage) press(ctx context.Context, key string, words ...string) (shot, error) {
	if key != "" {
		s.pressed++
		if _, err := s.keyboard.WriteString(key); err != nil {
			return shot{}, err
		}
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		s.show.mu.Lock()
		view, settled, changed := s.show.view, s.show.handled >= s.pressed && s.show.open == 0, s.show.changed
		s.show.mu.Unlock()
		taken := shoot(view)
		if settled && taken.has(words) {
			return taken, nil
		}
		select {
		case <-changed:
		case err := <-s.ended:
			return shot{}, fmt.Errorf("the program ended early: %w", errors.Join(err, ctx.Err()))
		case <-ctx.Done():
			return shot{}, fmt.Errorf("after %q the words %q did not come; the screen is:\n%s", key, words, strings.Join(taken.lines(), "\n"))
		}
	}
}

// close leaves the program, and says how it ended.
func (s *stage) close() error {
	defer func() { _ = s.keyboard.Close() }()
	if _, err := s.keyboard.WriteString("\x03"); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		return errors.New("the program did not end")
	}
}
