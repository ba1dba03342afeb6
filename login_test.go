//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"meshsecrets/ui/command/terminaltest"
)

// logsInBy writes a kubeconfig whose only context runs a script to log in,
// which first says who it is in the file that is given too.
func logsInBy(t *testing.T, script string) (kubeconfig, pid string) {
	t.Helper()
	folder := t.TempDir()
	login := filepath.Join(folder, "cloud-login")
	if err := os.WriteFile(login, []byte("#!/bin/sh\necho $$ > \"$0.pid\"\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	kubeconfig = filepath.Join(folder, "config")
	const file = "contexts:\n- {name: lab, context: {cluster: c, user: u}}\nclusters:\n- {name: c, cluster: {server: \"https://127.0.0.1:1\"}}\n" +
		"users:\n- {name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: ./cloud-login}}}\n"
	if err := os.WriteFile(kubeconfig, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return kubeconfig, login + ".pid"
}

// open opens the only context, which is not opened by itself: it runs something.
func open(c *terminaltest.Terminal) {
	c.WaitFor("runs cloud-login to log in")
	c.Type("\r")
}

// What a program prints that logs in reaches neither the terminal nor the
// screen.
func TestProgramThatLogsInPrintsNothing(t *testing.T) {
	t.Parallel()
	kubeconfig, _ := logsInBy(t, "printf '\\033]0;"+canary+"\\007 "+canary+"' | tee /dev/stderr\nexit 1\n")
	c := start(t, program(t, "--kubeconfig", kubeconfig))
	open(c)
	c.WaitFor("cloud-login, which logs in, failed")
	c.Type(ctrlC)
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
	if strings.Contains(c.Output(), canary) {
		t.Error("what the program printed is on the terminal")
	}
}

func TestProgramThatLogsInPrintsWithoutAnEnd(t *testing.T) {
	t.Parallel()
	kubeconfig, pid := logsInBy(t, "exec cat /dev/zero\n")
	run := program(t, "--kubeconfig", kubeconfig)
	c := start(t, run)
	open(c)
	c.WaitFor("cloud-login, which logs in, printed more than a login, and was ended")
	awaitEnd(t, pid)
	if most := peak(t, run.Process.Pid); most > 200<<10 {
		t.Errorf("the console took %d KiB", most)
	}
	c.Type(ctrlC)
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestProgramThatLogsInEndsWithTheConsole(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*terminaltest.Terminal){
		"ctrl+c":  func(c *terminaltest.Terminal) { c.Type(ctrlC) },
		"SIGTERM": func(c *terminaltest.Terminal) { c.Signal(syscall.SIGTERM) },
		"SIGKILL": func(c *terminaltest.Terminal) { c.Signal(syscall.SIGKILL) },
		"hang-up": func(c *terminaltest.Terminal) { c.HangUp() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kubeconfig, pid := logsInBy(t, "trap '' HUP TERM; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done\n")
			c := start(t, program(t, "--kubeconfig", kubeconfig))
			open(c)
			await(t, func() bool { _, err := os.Stat(pid); return err == nil })
			leave(c)
			awaitEnd(t, pid)
		})
	}
}

// awaitEnd waits until the process that a file names is no more, or nothing
// but its exit code.
func awaitEnd(t *testing.T, file string) {
	t.Helper()
	await(t, func() bool {
		text, err := os.ReadFile(file)
		pid, numberErr := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil || numberErr != nil {
			return false
		}
		state, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		return syscall.Kill(pid, 0) != nil || strings.Contains(string(state), ") Z ")
	})
}

func await(t *testing.T, is func() bool) {
	t.Helper()
	for range 1000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it does not come about")
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that a process had, in KiB, where the system tells.
func peak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	found := highWater.FindSubmatch(status)
	if found == nil {
		t.Fatalf("%s", status)
	}
	kib, _ := strconv.Atoi(string(found[1]))
	return kib
}
