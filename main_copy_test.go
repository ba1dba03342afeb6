//go:build unix

package main

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"meshsecrets/ui/command/terminaltest"
)

// What is sent to a terminal that sets its clipboard, and that clears it.
const (
	sets   = "\x1b]52;c;"
	blanks = sets + "IA==\a" + sets + "\a"
)

// copying runs the demo with a secret that holds the canary, and copies it. A
// value stays in the clipboard for 5 s.
func copying(t *testing.T, c *exec.Cmd, said string) *terminaltest.Terminal {
	t.Helper()
	for _, entry := range c.Env {
		if home, is := strings.CutPrefix(entry, "HOME="); is {
			folder := filepath.Join(home, ".config", "meshsecrets")
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte("clipboard-timeout: 5s\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	terminal := start(t, c)
	terminal.WaitFor("32 secrets, 2 missing")
	terminal.Type("2a")
	terminal.WaitFor("Add a secret")
	terminal.Type("copied-canary\t\t\t" + canary)
	terminal.WaitFor("13 bytes")
	terminal.Type("\x13")
	terminal.WaitFor("copied-canary saved in default, read back, equal.")
	terminal.Type("/copied")
	terminal.WaitFor("1 of")
	terminal.Type("\r")
	terminal.WaitFor("enter open")
	terminal.Type("C")
	terminal.WaitFor(said)
	return terminal
}

// overSSH gives a run of the program over SSH, where no program of a desktop is
// found.
func overSSH(t *testing.T) *exec.Cmd {
	c := program(t, "--demo")
	c.Env = append(c.Env, "SSH_TTY=/dev/pts/9", "SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22")
	return c
}

// Over SSH a value goes to the terminal once, in one sequence, and is cleared
// there in time, and when the console is left, whichever way.
func TestCopiesThroughTheTerminal(t *testing.T) {
	t.Parallel()
	whole := sets + base64.StdEncoding.EncodeToString([]byte(canary)) + "\a"
	for name, leave := range map[string]func(*terminaltest.Terminal){
		"in time": func(c *terminaltest.Terminal) {
			c.WaitFor("Clipboard cleared; whether it still held the value cannot be told.")
			if got := strings.Count(c.Output(), blanks); got != 1 {
				t.Errorf("it is cleared %d times, want once", got)
			}
			c.Type(ctrlC)
		},
		"ctrl+c":  func(c *terminaltest.Terminal) { c.Type(ctrlC) },
		"SIGTERM": func(c *terminaltest.Terminal) { c.Signal(syscall.SIGTERM) },
		"SIGINT":  func(c *terminaltest.Terminal) { c.Signal(syscall.SIGINT) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := copying(t, overSSH(t), "Value of copied-canary sent to the terminal's clipboard.")
			leave(c)
			if code := c.End(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			c.Restored()
			output := c.Output()
			if got := strings.Count(output, whole); got != 1 {
				t.Errorf("the terminal was sent the value %d times, want once", got)
			}
			if got := strings.Count(output, blanks); got != 1 || strings.LastIndex(output, whole) > strings.Index(output, blanks) {
				t.Errorf("the clipboard is cleared %d times, want once, after the copy", got)
			}
			if strings.Contains(output, canary) {
				t.Error("the value was written on the screen")
			}
		})
	}
}

// board makes programs of a desktop that keep what is copied in a file, and
// gives a run of the console that finds them.
func board(t *testing.T) (c *exec.Cmd, content string) {
	t.Helper()
	folder := t.TempDir()
	content = filepath.Join(folder, "content")
	for name, script := range map[string]string{
		"wl-copy": `case "$1" in
--clear) : >"$BOARD" ;;
--sensitive) echo "$@" >>"$BOARD.arguments"; exit 2 ;;
*) echo "$@" >>"$BOARD.arguments"; cat >"$BOARD" ;;
esac`,
		"wl-paste": `cat "$BOARD"`,
	} {
		terminaltest.Script(t, folder, name, script)
	}
	c = program(t, "--demo")
	c.Env = append(c.Env, "WAYLAND_DISPLAY=fake-0", "BOARD="+content, "PATH="+folder+":"+os.Getenv("PATH"))
	return c, content
}

// On a desktop a value goes through its program, is never among its arguments,
// and is taken away in time or at the end; what somebody else copied is not.
func TestCopiesThroughTheDesktop(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		leave func(*terminaltest.Terminal, string)
		left  string
		says  string
	}{
		"in time": {func(c *terminaltest.Terminal, _ string) { c.WaitFor("Clipboard cleared."); c.Type(ctrlC) }, "", ""},
		"ctrl+c":  {func(c *terminaltest.Terminal, _ string) { c.Type(ctrlC) }, "", "Clipboard cleared."},
		"SIGHUP":  {func(c *terminaltest.Terminal, _ string) { c.Signal(syscall.SIGHUP) }, "", "Clipboard cleared."},
		"somebody else's": {func(c *terminaltest.Terminal, content string) {
			if err := os.WriteFile(content, []byte("fake other text"), 0o600); err != nil {
				t.Error(err)
			}
			c.WaitFor("The clipboard holds something else by now, so it is left as it is.")
			c.Type(ctrlC)
		}, "fake other text", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, content := board(t)
			c := copying(t, run, "Value of copied-canary copied to the clipboard by wl-copy.")
			if got, err := os.ReadFile(content); err != nil || string(got) != canary {
				t.Errorf("the clipboard holds %d bytes, want the value: %v", len(got), err)
			}
			test.leave(c, content)
			if code := c.End(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			c.Restored()
			if got, err := os.ReadFile(content); err != nil || string(got) != test.left {
				t.Errorf("the clipboard holds %q, want %q: %v", got, test.left, err)
			}
			if test.says != "" && !strings.Contains(c.Screen(), test.says) {
				t.Errorf("it is not said what became of it:\n%s", c.Screen())
			}
			arguments, err := os.ReadFile(content + ".arguments")
			if want := "--sensitive --type text/plain\n--type text/plain\n"; err != nil || string(arguments) != want {
				t.Errorf("the program was started with\n%s, want\n%s", arguments, want)
			}
			if output := c.Output(); strings.Contains(output, canary) || strings.Contains(output, sets) {
				t.Error("the value, or a sequence, was sent to the terminal")
			}
		})
	}
}

// A console that reveals nothing copies no value, and still copies names.
func TestCopiesNoValueWhereNothingIsRevealed(t *testing.T) {
	t.Parallel()
	c := program(t, "--demo", "--no-reveal")
	c.Env = append(c.Env, "SSH_TTY=/dev/pts/9")
	terminal := start(t, c)
	terminal.WaitFor("32 secrets, 2 missing")
	terminal.Type("4jC")
	terminal.WaitFor("Revealing is switched off for demo.")
	if strings.Contains(terminal.Output(), sets) {
		t.Error("something was copied")
	}
	terminal.Type("c")
	terminal.WaitFor("Name payments-ca-cert sent to the terminal's clipboard.")
	terminal.Type(ctrlC)
	if code := terminal.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if output := terminal.Output(); strings.Count(output, sets) != 1 || !strings.Contains(output, sets+base64.StdEncoding.EncodeToString([]byte("payments-ca-cert"))+"\a") {
		t.Error("the name was not copied, or more than that")
	}
}
