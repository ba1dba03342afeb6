package reassigntest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"meshsecrets/model"
)

// program is the program as it is built, once for all tests.
var program struct {
	sync.Once
	folder, path string
	err          error
}

// built gives the file of the program: the one that MESHSECRETS_PROGRAM names,
// or one that is built now.
func built(t *testing.T) string {
	t.Helper()
	program.Do(func() {
		if program.path = os.Getenv("MESHSECRETS_PROGRAM"); program.path != "" {
			return
		}
		if program.folder, program.err = os.MkdirTemp("", "reassigntest-"); program.err != nil {
			return
		}
		program.path = filepath.Join(program.folder, "meshsecrets")
		build := exec.Command("go", "build", "-trimpath", "-o", program.path, "meshsecrets")
		if out, err := build.CombinedOutput(); err != nil {
			program.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if program.err != nil {
		t.Fatal(program.err)
	}
	return program.path
}

func TestMain(m *testing.M) {
	code := m.Run()
	if program.folder != "" {
		_ = os.RemoveAll(program.folder)
	}
	os.Exit(code)
}

// longest is how long a start may take on a busy machine before it counts as
// one that never ends.
const longest = 2 * time.Minute

// start is a process of the program.
type start struct {
	command *exec.Cmd
	ended   chan struct{}
	stop    context.CancelFunc
	out     bytes.Buffer
}

// newStart prepares a process; run runs it. Its environment holds nothing of
// this machine.
func newStart(t *testing.T, home string, args ...string) *start {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), longest)
	s := &start{command: exec.CommandContext(ctx, built(t), args...), ended: make(chan struct{}), stop: stop}
	s.command.Env = []string{"HOME=" + home, "LANG=C.UTF-8"}
	s.command.Stdout, s.command.Stderr = &s.out, &s.out
	return s
}

// run runs it to its end and gives its exit code, -1 when it was killed.
func (s *start) run() (int, error) {
	defer s.stop()
	defer close(s.ended)
	err := s.command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	return s.command.ProcessState.ExitCode(), nil
}

// kill ends it, at once, and waits until it is gone. It is called by the proxy,
// so it runs by then.
func (s *start) kill() {
	_ = s.command.Process.Kill()
	<-s.ended
}

// point is one place at which the process is killed.
type point struct {
	step string
	at   func([]call) bool
	when moment
}

// pointsOf are three for each step.
func pointsOf(steps []point) []point {
	var all []point
	for _, s := range steps {
		for _, when := range []moment{before, after, answered} {
			s.when = when
			all = append(all, s)
		}
	}
	return all
}

func (p point) String() string { return p.step + " " + moments[p.when] }

// crash is one secret that is moved, killed, and seen to by the next start.
type crash struct {
	t       *testing.T
	killer  *killer
	history *history
	home    string
	reach   []string // the flags that reach the control plane
	settle  func()   // waits until the checker has seen all that happened
}

// most is how many calls about it the start after a crash may make.
const most = 12

// run moves the secret and kills the process, then starts it again and has that
// end what was begun: as the table of choices says first, or, when other is
// set, the other way.
func (c *crash) run(p point, other bool) map[string]int {
	h := c.history
	moving := newStart(c.t, c.home, append([]string{"reassign", h.name, "--from", h.from, "--to", h.to[0], "--yes"}, c.reach...)...)
	c.killer.arm(p.at, p.when, moving.kill)
	code, err := moving.run()
	calls, fired := c.killer.done()
	c.killer.arm(nil, never, nil)
	if err != nil || !fired || code >= 0 && p.when != answered {
		h.note(left, "it was not killed at %v: exit code %d, %v%s\n%s", p, code, err, trace(calls), moving.out.String())
		return nil
	}
	counts := map[string]int{}
	c.settle()
	back := c.startAgain(other, counts)
	c.settle()
	switch owners := h.owners(); {
	case len(owners) != 1:
		h.note(lost, "at the end %v have the secret", owners)
	case back != nil && owners[0] != h.to[0] != *back:
		h.note(claimed, "it was ended, and is in %s", owners[0])
	}
	if !h.bare(false) {
		h.note(left, "something is left after the next start")
	}
	return counts
}

// startAgain is the next start. It gives whether it led back, nil when there
// was nothing to do.
func (c *crash) startAgain(other bool, counts map[string]int) *bool {
	h := c.history
	unfinished, back := !h.bare(false), c.staged() != other
	flag := map[bool]string{true: "--take-back", false: "--finish"}[back]
	again := newStart(c.t, c.home, append([]string{"recover", flag, "--yes"}, c.reach...)...)
	code, err := again.run()
	calls, _ := c.killer.done()
	said := strings.Contains(again.out.String(), h.name)
	n := aboutIt(calls)
	if err != nil || code != 0 {
		h.note(left, "recover %s ended with exit code %d, %v\n%s", flag, code, err, again.out.String())
	}
	if said != unfinished {
		h.note(claimed, "something is unfinished is %v, and the next start says\n%s", unfinished, again.out.String())
	}
	if !unfinished {
		counts["nothing to do"]++
		return nil
	}
	counts["found and ended"]++
	if !other && n > most {
		h.note(left, "it took %d calls%s", n, trace(calls))
	}
	counts[map[bool]string{false: mostOf + "calls", true: mostOf + "calls the other way"}[other]] = n
	return &back
}

// staged tells whether nothing was deleted yet: to take it back is the usual
// choice then.
func (c *crash) staged() bool {
	h := c.history
	h.mu.Lock()
	defer h.mu.Unlock()
	e, there := h.held.at(model.Ref{Mesh: h.from, Name: h.name})
	return there && h.exact(e)
}
