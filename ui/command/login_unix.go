//go:build unix

package command

import (
	"os/exec"

	"golang.org/x/sys/unix"
)

// apart gives a program a session of its own: what it starts can be ended with
// it, and it cannot ask on the terminal, which is the console's.
func apart(c *exec.Cmd) {
	c.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	c.Cancel = func() error { return unix.Kill(-c.Process.Pid, unix.SIGKILL) }
}

// endAll ends what a program left running.
func endAll(c *exec.Cmd) {
	if c.Process != nil {
		_ = unix.Kill(-c.Process.Pid, unix.SIGKILL)
	}
}
