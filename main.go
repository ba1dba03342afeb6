// Meshsecrets is a terminal console for the secrets of Kuma and Kong Mesh
// control planes.
//
// This package only starts it: what a process has one of (its arguments,
// streams, signals, clock and environment) is gathered here and handed in, so
// that no other package reaches for it.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"meshsecrets/ui/command"
)

func main() { os.Exit(run(nil)) }

// run runs the program. Wrap, when it is not nil, stands around the console: the
// tests make it fail.
func run(wrap func(tea.Model) tea.Model) int {
	secure()
	// Three: one to ask, one to insist, and one that may come while leaving.
	signals := make(chan os.Signal, 3)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	// Whoever reads what is printed may go away. That must not end the program
	// between two steps of a reassign.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	home, _ := os.UserHomeDir() // without one there is no kumactl configuration
	self, _ := os.Executable()
	host, _ := os.Hostname()
	process := command.Process{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Environ: os.Environ(), Home: home, Host: host, Self: self, Now: time.Now, Signals: signals, Wrap: wrap,
	}
	silence()
	return command.Main(context.Background(), process)
}

// secure closes the ways by which a value could reach the disk behind our
// back. It comes before everything else.
func secure() {
	command.Harden()
	debug.SetTraceback("single")
	// With these set, Bubble Tea writes what it draws, and panics, to files.
	for _, name := range []string{"TEA_TRACE", "TEA_DEBUG"} {
		_ = os.Unsetenv(name)
	}
}

// silence takes the ways to the terminal away from libraries: net/http logs
// what a strange server sends, and Bubble Tea prints a panic of its own with
// what it was about. What we say ourselves goes through Process.Err.
func silence() {
	log.SetOutput(io.Discard)
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
}
