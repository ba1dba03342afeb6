package command

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"meshsecrets/backend/kubernetes"
)

// loginGuard is the command by which the program runs itself around a program
// that logs in.
const loginGuard = "login-guard"

// What a program that logs in may take.
const (
	loginTime = 60 * time.Second
	loginSize = 1 << 20 // of what it prints, in bytes
	// orphaned is how often a guard looks whether the console is still there.
	orphaned = 200 * time.Millisecond
	// loginRest is how long the output of a program is waited for that has
	// ended, and left something behind that keeps it open.
	loginRest = time.Second
)

// loginGuard is the guard's command line, as far as it is the same for all
// programs that log in: ours, and whose end is its end.
func (p Process) loginGuard() []string {
	if p.Self == "" {
		return nil
	}
	return []string{p.Self, loginGuard, strconv.Itoa(os.Getpid())}
}

// newLoginGuard is no command for people: client-go runs what logs in without
// bounds, and leaves it running when the console ends.
func newLoginGuard(p Process) *cobra.Command {
	return &cobra.Command{
		Use:                loginGuard,
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) < 3 || args[1] != "--" {
				return refuse("%s is run by the console itself, around what a kubeconfig runs to log in.", loginGuard)
			}
			parent, _ := strconv.Atoi(args[0])
			g := guardian{parent: parent, time: loginTime, size: loginSize, signals: p.Signals}
			printed, code := g.run(c.Context(), p.Environ, args[2:])
			defer clear(printed)
			if code != 0 {
				return failure{text: "The program that logs in gave no login.", code: code}
			}
			_, err := c.OutOrStdout().Write(printed)
			return err
		},
	}
}

// guardian bounds a program that logs in: in time, in output, and to the life
// of the console.
type guardian struct {
	parent  int // whose end is the guard's; that of another process than its parent means it is gone
	time    time.Duration
	size    int
	signals <-chan os.Signal
}

var (
	errSlow    = errors.New("it did not end in time")
	errEndless = errors.New("it printed too much")
	errLeft    = errors.New("nobody waits for it any more")
)

// run gives what a program printed, or the code to exit with. What the program
// started and left behind is ended with it.
func (g guardian) run(life context.Context, environ, program []string) (printed []byte, code int) {
	life, stop := context.WithCancelCause(life)
	defer stop(nil)
	out := &bounded{most: g.size, full: func() { stop(errEndless) }}
	c := exec.CommandContext(life, program[0], program[1:]...) //nolint:gosec // the kubeconfig says what is run, and the screen said so
	c.Env, c.Stdout, c.WaitDelay = environ, out, loginRest
	apart(c)
	go g.watch(life, stop)
	err := c.Run()
	endAll(c)
	return out.kept.Bytes(), ended(context.Cause(life), err)
}

// watch ends a program when its time is over, when the guard is asked to end,
// and when the console is gone, which may be without a word.
func (g guardian) watch(life context.Context, stop context.CancelCauseFunc) {
	over := time.NewTimer(g.time)
	defer over.Stop()
	look := time.NewTicker(orphaned)
	defer look.Stop()
	for {
		select {
		case <-life.Done():
			return
		case <-over.C:
			stop(errSlow)
		case <-g.signals:
			stop(errLeft)
		case <-look.C:
			if os.Getppid() != g.parent {
				stop(errLeft)
			}
		}
	}
}

// ended is the code to exit with when a program ended with err. Why says why
// it was ended, nil when it ended by itself.
func ended(why, err error) int {
	var own *exec.ExitError
	switch {
	case errors.Is(why, errEndless):
		return kubernetes.LoginEndless
	case errors.Is(why, errSlow):
		return kubernetes.LoginSlow
	case why != nil:
		return 1
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return ExitDone
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return kubernetes.LoginMissing
	case errors.Is(err, exec.ErrDot), errors.Is(err, fs.ErrPermission):
		return kubernetes.LoginBarred
	case errors.As(err, &own) && own.ExitCode() > 0 && (own.ExitCode() < kubernetes.LoginMissing || own.ExitCode() > kubernetes.LoginEndless):
		return own.ExitCode()
	}
	return 1
}

// bounded keeps what is written up to a size, and says when more comes.
type bounded struct {
	kept bytes.Buffer // not embedded: its ReadFrom would go past Write
	most int
	full func()
}

// Write takes all or nothing.
func (b *bounded) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) > b.most {
		b.full()
		return 0, errEndless
	}
	return b.kept.Write(p)
}
