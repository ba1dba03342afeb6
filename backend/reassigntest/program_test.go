package reassigntest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
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
	// A program that recovers waits for seconds and does nothing meanwhile: more
	// of them fit beside each other than there are processors.
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("8")
	}
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
	started chan struct{}
	ended   chan struct{}
	stop    context.CancelFunc
	out     bytes.Buffer
}

// newStart prepares a process; run runs it. Its environment holds nothing of
// this machine.
func newStart(t *testing.T, home string, args ...string) *start {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), longest)
	s := &start{command: exec.CommandContext(ctx, built(t), args...), started: make(chan struct{}), ended: make(chan struct{}), stop: stop}
	s.command.Env = []string{"HOME=" + home, "LANG=C.UTF-8"}
	s.command.Stdout, s.command.Stderr = &s.out, &s.out
	return s
}

// run runs it to its end and gives its exit code, -1 when it was killed.
func (s *start) run() (int, error) {
	defer s.stop()
	defer close(s.ended)
	if err := s.command.Start(); err != nil {
		close(s.started)
		return 0, err
	}
	close(s.started)
	err := s.command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	return s.command.ProcessState.ExitCode(), nil
}

// kill ends it, at once, and waits until it is gone. It is called by the proxy
// that it spoke to.
func (s *start) kill() {
	<-s.started
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
	if err != nil || !fired || code >= 0 && p.when != answered {
		h.note(left, "it was not killed at %v (tried: %v): exit code %d, %v%s\n%s", p, fired, code, err, trace(calls), moving.out.String())
		return nil
	}
	if why := c.audit(); why != "" {
		h.note(left, "after it was killed at %v, %s", p, why)
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
	if !h.bare() {
		h.note(left, "something is left after the next start")
	}
	return counts
}

// audit reads what the killed process wrote down: whole lines, with what it was
// about to do among them, and no value.
func (c *crash) audit() string {
	written, err := os.ReadFile(filepath.Join(c.home, ".local", "state", "meshsecrets", "audit.jsonl"))
	if err != nil {
		return "there is no audit file: " + err.Error()
	}
	begun := false
	for text := range strings.Lines(string(written)) {
		var line struct{ Time, Operation, Verb, Name, Result string }
		if err := json.Unmarshal([]byte(text), &line); err != nil || line.Operation == "" || line.Verb != "reassign" {
			return fmt.Sprintf("the audit file holds %q (%v)", text, err)
		}
		begun = begun || line.Name == c.history.name && line.Result == "begun"
	}
	if !begun || bytes.Contains(written, c.history.value) || bytes.Contains(written, []byte("CANARY")) {
		return "the audit file does not tell of it, or of a value:\n" + string(written)
	}
	return ""
}

// startAgain is the next start: it lists what is unfinished, and another one
// ends that as the first of what can be done, or as the second when other is
// set and there is one. It gives whether that led back, nil when there was
// nothing to do.
func (c *crash) startAgain(other bool, counts map[string]int) *bool {
	h := c.history
	said, code, _ := c.start("recover")
	listed := strings.Contains(said, h.name)
	if listed == h.bare() {
		h.note(claimed, "the next start finds something is %v (exit code %d)\n%s", listed, code, said)
	}
	if !listed {
		counts["nothing to do"]++
		return nil
	}
	flags := choices.FindAllString(said, -1)
	if len(flags) == 0 {
		h.note(left, "nothing can be done\n%s", said)
		return nil
	}
	counts["found and ended"]++
	flag, kind := flags[0], mostOf+"calls"
	if other && len(flags) > 1 {
		flag, kind = flags[1], mostOf+"calls the other way"
	}
	said, code, calls := c.start("recover", flag, "--yes")
	if code != 0 {
		h.note(left, "recover %s ended with exit code %d\n%s", flag, code, said)
	}
	n := aboutIt(calls)
	if flag == flags[0] && n > most {
		h.note(left, "it took %d calls%s", n, trace(calls))
	}
	counts[kind] = n
	back := flag == "--take-back"
	return &back
}

// choices are the flags that recover offers, the usual one first.
var choices = regexp.MustCompile(`--(finish|take-back)\b`)

// start runs the program once, unharmed.
func (c *crash) start(args ...string) (said string, code int, calls []call) {
	c.killer.arm(nil, never, nil)
	s := newStart(c.t, c.home, append(args, c.reach...)...)
	code, err := s.run()
	if err != nil {
		c.history.note(left, "%v ended with %v", args, err)
	}
	calls, _ = c.killer.done()
	return s.out.String(), code, calls
}
