//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/creack/pty"
)

// The terminal that programs run in.
const (
	columns = 120
	lines   = 40
)

// patience is how long may take what should come at once.
const patience = time.Minute

// screen is a terminal with a program in it. It draws nothing: it looks for
// words among the bytes, and counts them.
type screen struct {
	command *exec.Cmd
	line    *os.File

	mu      sync.Mutex
	written []byte
	changed chan struct{} // closed and renewed whenever something was written
	ended   bool
}

// open starts a program in a terminal.
func open(ctx context.Context, environment []string, argv ...string) (*screen, error) {
	command := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // it is our own choice
	command.Env = environment
	line, err := pty.StartWithSize(command, &pty.Winsize{Cols: columns, Rows: lines})
	if err != nil {
		return nil, err
	}
	s := &screen{command: command, line: line, changed: make(chan struct{})}
	go s.read()
	return s, nil
}

func (s *screen) read() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := s.line.Read(buffer)
		s.mu.Lock()
		s.written = append(s.written, buffer[:n]...)
		s.ended = err != nil
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// awaits waits until a word was written.
func (s *screen) awaits(ctx context.Context, word string) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		s.mu.Lock()
		there, changed, ended := bytes.Contains(s.written, []byte(word)), s.changed, s.ended
		s.mu.Unlock()
		switch {
		case there:
			return nil
		case ended:
			return fmt.Errorf("%s ended before it showed %q", s.command.Path, word)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s did not show %q", s.command.Path, word)
		}
	}
}

// count is how many bytes were written so far.
func (s *screen) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.written)
}

// close ends the program, which has nothing to lose.
func (s *screen) close() {
	_ = s.command.Process.Kill()
	_ = s.line.Close()
	_ = s.command.Wait() // killed, as it was meant to be
}

// pause waits, unless it is to end.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errors.New("interrupted")
	}
}
