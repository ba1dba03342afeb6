//go:build unix

package command

import (
	"bytes"
	"os"
	"os/signal"
	"strconv"

	"golang.org/x/sys/unix"
)

// suspends tells whether a shell takes the terminal back when the console is
// suspended. Where none does, in a container, or as the one program of a tmux
// window or an ssh session, the signal is ignored, and a program that waits for
// being woken would wait for ever.
func suspends() bool {
	session, err := unix.Getsid(0)
	if err != nil || signal.Ignored(unix.SIGTSTP) {
		return false
	}
	group := unix.Getpgrp()
	// Programs in between, such as "go run", are stopped and woken with us. The
	// shell is the first one in another group of this session.
	for pid := os.Getppid(); pid > 1; pid = parentOf(pid) {
		theirs, err := unix.Getsid(pid)
		if err != nil || theirs != session {
			return false
		}
		if g, err := unix.Getpgid(pid); err == nil && g != group {
			return true
		}
	}
	return false
}

// parentOf is the parent of a process, 0 where the system does not tell.
func parentOf(pid int) int {
	about, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The name of the program comes before it, in brackets that it may hold too.
	fields := bytes.Fields(about[bytes.LastIndexByte(about, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		return 0
	}
	return parent
}
