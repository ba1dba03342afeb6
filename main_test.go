//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"

	"meshsecrets/ui/command/terminaltest"
)

// crashAt names, in the environment of this test's own binary, where the
// program is to make a mistake. The built program has no such switch.
const crashAt = "MESHSECRETS_TEST_CRASH"

// canary stands for a secret: it must not be found where nobody revealed it.
const canary = "CANARY-4f1d2c"

// What a terminal sends for keys.
const (
	ctrlC = "\x03"
	ctrlS = "\x13"
	ctrlX = "\x18"
	right = "\x1b[C"
	esc   = "\x1b"
)

// built is the program, built once for all tests.
var built string

func TestMain(m *testing.M) {
	if site := os.Getenv(crashAt); site != "" {
		os.Exit(run(func(console tea.Model) tea.Model { return crashing{console, site} }))
	}
	os.Exit(buildAndTest(m))
}

func buildAndTest(m *testing.M) int {
	folder, err := os.MkdirTemp("", "meshsecrets-test-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	built = filepath.Join(folder, "meshsecrets")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", built, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

// program is a run of the built program, in a home of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(context.Background(), built, args...)
	c.Env = []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	return c
}

func start(t *testing.T, c *exec.Cmd) *terminaltest.Terminal {
	t.Helper()
	return terminaltest.Start(t, c, 100, 30)
}

func TestLeavesTheTerminalAsItWas(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*terminaltest.Terminal){
		"q":       func(c *terminaltest.Terminal) { c.Type("q") },
		"ctrl+c":  func(c *terminaltest.Terminal) { c.Type(ctrlC) },
		"SIGTERM": func(c *terminaltest.Terminal) { c.Signal(syscall.SIGTERM) },
		"SIGHUP":  func(c *terminaltest.Terminal) { c.Signal(syscall.SIGHUP) },
		"SIGINT":  func(c *terminaltest.Terminal) { c.Signal(syscall.SIGINT) },
		"SIGQUIT": func(c *terminaltest.Terminal) { c.Signal(syscall.SIGQUIT) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, program(t, "--demo"))
			c.WaitFor("payments-ca-cert")
			leave(c)
			if code := c.End(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			c.Restored()
			if strings.Contains(c.Screen(), "payments") {
				t.Errorf("the main screen holds what the console showed:\n%s", c.Screen())
			}
		})
	}
}

// TestWalk is the README's walk through the demo, step by step.
func TestWalk(t *testing.T) {
	t.Parallel()
	c := start(t, program(t, "--demo"))
	without := func(text string) func(string) bool {
		return func(screen string) bool { return !strings.Contains(screen, text) }
	}
	// 1. The list, and what ends first on top.
	c.WaitFor("32 secrets, 2 missing")
	c.Type("sjjj\r")
	c.WaitFor("EXPIRES ▴")
	// 2. Filter and open.
	c.Type("/stripe")
	c.WaitFor("1 of 32")
	c.Type("\r")
	c.WaitFor("enter open")
	c.Type("\r")
	c.WaitFor("masked, x reveals it")
	// 3. Reveal, mask, manifest.
	c.Type("x")
	c.WaitFor("eyJhbGciOi")
	c.Type("x")
	c.Until("the mask", without("eyJhbGciOi"))
	c.Type("y")
	c.WaitFor("type: Secret")
	c.Type(esc)
	c.WaitFor("masked, x reveals it")
	// 4. Reassign.
	c.Type("m")
	c.WaitFor("To which mesh?")
	c.Type("\r")
	c.WaitFor("checks passed")
	c.Type("stripe-webhook-token checkout\r")
	c.WaitFor("stripe-webhook-token is in checkout now, byte for byte the same.")
	c.Type(esc)
	c.WaitFor("1 of 32")
	// 5. What cannot be deleted just so.
	c.Type(esc)
	c.WaitFor("32 secrets, 2 missing")
	c.Type("/payments-ca-cert")
	c.WaitFor("2 of 32")
	c.Type("\r")
	c.WaitFor("enter open")
	c.Type("jD")
	c.WaitFor("Type  payments-ca-cert  to delete it.")
	c.Type(esc)
	c.WaitFor("enter open")
	c.Type("?")
	c.WaitFor("Help")
	c.Type("q")
	c.WaitFor("enter open")
	c.Type("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
	if strings.Contains(c.Screen(), "eyJ") {
		t.Errorf("the main screen holds a value:\n%s", c.Screen())
	}
}

func TestEndsWithItsTerminal(t *testing.T) {
	t.Parallel()
	c := start(t, program(t, "--demo"))
	c.WaitFor("payments-ca-cert")
	c.HangUp()
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// crashing is the console with a mistake in it, which comes with the key "!"
// and panics with a secret.
type crashing struct {
	tea.Model
	site string
}

type drawWrong struct{ tea.Model }

func (drawWrong) View() tea.View { panic(canary) }

func (c crashing) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, run := c.Model.Update(msg)
	c.Model = next
	if key, is := msg.(tea.KeyPressMsg); !is || key.String() != "!" {
		return c, run
	}
	wrong := func() tea.Msg { panic(canary) }
	switch c.site {
	case "view":
		return drawWrong{c.Model}, run
	case "command":
		return c, wrong
	case "batch":
		return c, tea.Batch(run, wrong, tea.Sequence(wrong))
	}
	panic(canary)
}

func TestMistakeOfOurOwn(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, site := range []string{"update", "view", "command", "batch"} {
		t.Run(site, func(t *testing.T) {
			t.Parallel()
			run := program(t, "--demo")
			run.Path = self
			run.Env = append(run.Env, crashAt+"="+site, "TEA_DEBUG=1", "TEA_TRACE=trace.log")
			run.Dir = t.TempDir()
			c := start(t, run)
			c.WaitFor("payments-ca-cert")
			c.Type("!")
			if code := c.End(); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			c.Restored()
			if screen := strings.Join(strings.Fields(c.Screen()), " "); !strings.Contains(screen, "meshsecrets stopped on a mistake of its own; no value was written anywhere.") {
				t.Errorf("the screen is:\n%s", screen)
			}
			if strings.Contains(c.Output(), canary) || strings.Contains(c.Output(), "goroutine") {
				t.Error("what was panicked with was printed")
			}
			if files, _ := os.ReadDir(run.Dir); len(files) != 0 {
				t.Errorf("files were left behind: %v", files)
			}
		})
	}
}

func TestDeadServerFreezesNothing(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"never answers":       "",
		"stops in the middle": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
		"drips":               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n" + dripping,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(token, []byte(canary), 0o600); err != nil {
				t.Fatal(err)
			}
			at := deadServer(t, answer)
			c := start(t, program(t, "--server", "http://"+at, "--token-file", token))
			c.WaitFor("onnecting")
			c.Type("?")
			c.WaitFor("Help")
			c.Type(ctrlC)
			if code := c.End(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			c.Restored()
			if strings.Contains(c.Output(), canary) {
				t.Error("the token was printed")
			}
		})
	}
}

// dripping ends what a dead server says when blanks follow, a few each second.
const dripping = "{ "

// deadServer takes connections, says what is given, and then nothing for ever,
// or next to nothing.
func deadServer(t *testing.T, says string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			_, _ = c.Write([]byte(says))
			if strings.HasSuffix(says, dripping) {
				go drip(c)
			}
		}
	}()
	return listener.Addr().String()
}

// drip writes a blank now and then, until nobody listens any more.
func drip(c net.Conn) {
	for {
		if _, err := c.Write([]byte(" ")); err != nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// logsInBy writes a kubeconfig whose only context runs a script to log in,
// which first says who it is in the file that is given too.
func logsInBy(t *testing.T, script string) (kubeconfig, pid string) {
	t.Helper()
	folder := t.TempDir()
	login := terminaltest.Script(t, folder, "cloud-login", "echo $$ > \"$0.pid\"\n"+script)
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

// TestSuspends is ctrl+z and back, under a shell with job control: what is
// revealed is masked first, and the screen comes back.
func TestSuspends(t *testing.T) {
	t.Parallel()
	c := start(t, shell(t))
	c.WaitFor(shellPrompt)
	c.Type(built + " --demo\r")
	c.WaitFor("payments-ca-cert")
	c.Type("/stripe\r")
	c.WaitFor("1 of 32")
	c.Type("x")
	c.WaitFor("eyJhbGciOi")
	c.Type("\x1a")
	c.WaitFor("Stopped")
	if strings.Contains(c.Screen(), "eyJ") {
		t.Errorf("the value is still to be seen:\n%s", c.Screen())
	}
	c.Type("fg\r")
	c.WaitFor("masked, x reveals it")
	c.Type("x")
	c.WaitFor("eyJhbGciOi")
	leavesShell(t, c)
}

// shell is a run of bash, whose job control suspends the program and takes it up
// again.
func shell(t *testing.T) *exec.Cmd {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash, whose job control this needs")
	}
	run := program(t)
	run.Path, run.Args = bash, []string{"bash", "--norc", "--noprofile", "-i"}
	run.Env = append(run.Env, "PS1="+shellPrompt+" ")
	return run
}

const shellPrompt = "the-shell$"

// leavesShell leaves the program, and then the shell it ran in.
func leavesShell(t *testing.T, c *terminaltest.Terminal) {
	t.Helper()
	c.Type(ctrlC)
	c.Until("the shell", func(screen string) bool { return strings.HasSuffix(screen, shellPrompt) })
	c.Type("exit\r")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
}

// Where no shell waits, ctrl+z says so and stops nothing.
func TestSuspendsNotWithoutAShell(t *testing.T) {
	t.Parallel()
	c := start(t, program(t, "--demo"))
	c.WaitFor("payments-ca-cert")
	c.Type("\x1a")
	c.WaitFor("ctrl+z does nothing here: no shell is waiting behind this terminal.")
	c.Type("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
}

// colours are what a terminal is sent for them.
var colours = regexp.MustCompile(`\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-7])[0-9;]*m`)

// NO_COLOR takes all colours away whatever its value is, unless that is empty.
func TestNoColourWithAnyValue(t *testing.T) {
	t.Parallel()
	for value, plain := range map[string]bool{"1": true, "0": true, "false": true, "please": true, "": false} {
		t.Run("NO_COLOR="+value, func(t *testing.T) {
			t.Parallel()
			run := program(t, "--demo")
			run.Env = append(run.Env, "NO_COLOR="+value)
			c := start(t, run)
			c.WaitFor("payments-ca-cert")
			c.Type("q")
			if code := c.End(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			if got := colours.MatchString(c.Output()); got == plain {
				t.Errorf("there are colours: %v", got)
			}
			if !strings.Contains(c.Output(), "\x1b[1m") {
				t.Error("nothing is bold")
			}
		})
	}
}

// The mouse is asked for, taken, and given back.
func TestMouse(t *testing.T) {
	t.Parallel()
	c := start(t, program(t, "--demo", "--mouse"))
	c.WaitFor("billing-ca")
	c.Type("\x1b[<0;40;5M\x1b[<0;40;5m") // the left button at column 40, row 5
	c.Until("the bar at billing-ca", func(screen string) bool {
		for line := range strings.Lines(screen) {
			if strings.Contains(line, "▌") {
				return strings.Contains(line, "billing-ca")
			}
		}
		return false
	})
	c.Type("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
}

// A window that is dragged through many sizes shows the last one as if it had
// never been another.
func TestResizes(t *testing.T) {
	t.Parallel()
	c := start(t, program(t, "--demo"))
	c.WaitFor("payments-ca-cert")
	for i := range 60 {
		c.Resize(60+i, 20+i/3)
	}
	c.Resize(120, 40)
	// A long frame comes in pieces: what is drawn of another size has to go, and
	// is not wrong while it is there.
	c.Until("the new size and nothing of another", func(screen string) bool {
		lines := strings.Split(screen, "\n")
		if len(lines) != 40 || !strings.HasSuffix(lines[0], "read every 5s") || !strings.HasSuffix(lines[39], "? help") {
			return false
		}
		for _, line := range lines[1:38] {
			if utf8.RuneCountInString(line) != 120 {
				return false
			}
		}
		return strings.Count(screen, "Meshes") == 1 && strings.Count(screen, "payments-ca-cert-old") == 1
	})
	c.Type("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
}

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

// The value that is edited, and what is written in its place.
const (
	storedValue = `"retry-budget"`
	typedShown  = `"` + canary + `, not real"`
	typedValue  = `[` + typedShown + `]` // JSON, as what it takes the place of
)

// desk is where one test edits: places for files of its own, and an editor.
type desk struct {
	t       *testing.T
	memory  string // the runtime folder, in memory
	disk    string // for temporary files
	home    string
	signs   string // where the editor says how far it is
	editor  string
	program *exec.Cmd
}

// newDesk makes a script the person's editor. It finds the folder to leave signs
// in as $SIGNS.
func newDesk(t *testing.T, script string) *desk {
	t.Helper()
	var about unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &about); err != nil || about.Type != tmpfs {
		t.Skip("there is no file system in memory at /dev/shm")
	}
	memory, err := os.MkdirTemp("/dev/shm", "test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(memory) })
	d := &desk{t: t, memory: memory, disk: t.TempDir(), home: t.TempDir(), signs: t.TempDir()}
	d.editor = terminaltest.Script(t, t.TempDir(), "fake editor", script)
	return d
}

const tmpfs = 0x01021994

// console starts the console with the bar on a secret of the demo.
func (d *desk) console(name string) *terminaltest.Terminal {
	d.t.Helper()
	d.program = program(d.t, "--demo")
	d.environment()
	c := start(d.t, d.program)
	c.WaitFor("payments-ca-cert")
	at(c, name)
	return c
}

// at puts the bar on a secret.
func at(c *terminaltest.Terminal, name string) {
	c.Type("/" + name)
	c.WaitFor("1 of 32")
	c.Type("\r")
	c.WaitFor("enter open")
}

func (d *desk) environment() {
	d.program.Env = append(d.program.Env, "HOME="+d.home, "TMPDIR="+d.disk, "XDG_RUNTIME_DIR="+d.memory, "SIGNS="+d.signs,
		"EDITOR='"+d.editor+"' --wait")
}

// sign waits until the editor left a sign.
func (d *desk) sign(name string) {
	d.t.Helper()
	await(d.t, func() bool { _, err := os.Stat(filepath.Join(d.signs, name)); return err == nil })
}

// give leaves a sign for the editor.
func (d *desk) give(name string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.signs, name), nil, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// found are the files with a value in them, wherever one could be.
func (d *desk) found() []string {
	d.t.Helper()
	var files []string
	for _, place := range []string{d.memory, d.disk, d.home, d.signs} {
		err := filepath.WalkDir(place, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			if bytes.Contains(text, []byte(canary)) || bytes.Contains(text, []byte(storedValue)) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			d.t.Fatal(err)
		}
	}
	return files
}

// clean fails the test when a value is in a file.
func (d *desk) clean() {
	d.t.Helper()
	if files := d.found(); len(files) > 0 {
		d.t.Errorf("there is a value in %v", files)
	}
}

// quits leaves the console.
func quits(t *testing.T, c *terminaltest.Terminal) {
	t.Helper()
	c.Type(ctrlC)
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
}

// Each way in which an editor ends: what is said, and what is stored then. The
// console goes on, and no file with a value is left.
func TestEditor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script string
		says   string
		stored string // what the value shows then
	}{
		"changes it":        {`printf '` + typedValue + `' >"$2"`, "feature-flags saved in default, read back, equal.", typedShown},
		"writes nothing":    {`:`, "Nothing is different, so nothing was saved.", "retry-budget"},
		"exits 1":           {`exit 1`, "fake editor ended with an error (exit 1). Nothing was taken over;", "retry-budget"},
		"killed":            {`kill -9 $$`, "fake editor was killed. Nothing was taken over;", "retry-budget"},
		"takes it away":     {`rm "$2"`, "fake editor left no file. Nothing was taken over;", "retry-budget"},
		"with an argument":  {`[ "$1" = --wait ] && printf '` + typedValue + `' >"$2"`, "feature-flags saved in default, read back, equal.", typedShown},
		"leaves the screen": {`stty raw -echo; printf '\033[?1049h\033[?1000h\033[?25l\033[2;5r'; kill -9 $$`, "fake editor was killed. Nothing was taken over;", "retry-budget"},
		"keeps a copy":      {`cp "$2" "$2~"; cp "$2" .saved; printf '` + typedValue + `' >"$2"`, "feature-flags saved in default, read back, equal.", typedShown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, c.script)
			console := d.console("feature-flags")
			console.Type("E")
			console.WaitFor(c.says)
			d.clean()
			console.Type("x")
			console.WaitFor(c.stored)
			quits(t, console)
			d.clean()
		})
	}
}

// What is of another kind than before is asked about, and saved byte for byte.
func TestEditorLeavesRubbish(t *testing.T) {
	t.Parallel()
	d := newDesk(t, `printf '`+canary+`\377\376\000' >"$2"`)
	c := d.console("feature-flags")
	c.Type("E")
	c.WaitFor("It was JSON and becomes binary")
	d.clean()
	c.Type("j\r")
	c.WaitFor("feature-flags saved in default, read back, equal.")
	c.Type("x")
	c.WaitFor("43 41 4e 41 52 59")
	quits(t, c)
	d.clean()

	c = d.edits("feature-flags", "--mesh", "default", "--demo")
	c.WaitFor("Type  feature-flags  to go on:")
	c.Type("feature-flags\r")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.WaitFor("feature-flags saved in mesh default, read back, equal")
	d.clean()
	if strings.Contains(c.Output(), canary) {
		t.Error("the value was printed")
	}
}

// What an editor had written when it failed is in the form then, and stored only
// when that is asked for.
func TestEditorFailsWithWork(t *testing.T) {
	t.Parallel()
	for says, end := range map[string]string{
		"fake editor ended with an error (exit 1). What was written by then is kept here": `exit 1`,
		"fake editor was killed. What was written by then is kept here":                   `kill -9 $$`,
	} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, `printf '`+typedValue+`' >"$2"; `+end)
			c := d.console("feature-flags")
			c.Type("E")
			c.WaitFor(says)
			d.clean()
			c.Type(ctrlX)
			c.WaitFor(typedShown)
			c.Type(ctrlS)
			c.WaitFor("feature-flags saved in default, read back, equal.")
			quits(t, c)
			d.clean()
		})
	}
}

// What is in use is asked about, with the console's own screens.
func TestEditorAsks(t *testing.T) {
	t.Parallel()
	d := newDesk(t, `printf '`+typedValue+`' >"$2"`)
	c := d.console("db-ca")
	c.Type("E")
	c.WaitFor("Type  db-ca  to save it.")
	d.clean()
	c.Type("db-ca\r")
	c.WaitFor("db-ca saved in default, read back, equal.")
	quits(t, c)
}

// An end from outside ends the editor too, and takes the file away first.
func TestEditorEndsWithTheConsole(t *testing.T) {
	t.Parallel()
	const stays = `trap '' HUP; printf '` + typedValue + `' >"$2"; : >"$SIGNS/open"; while [ -e "$2" ]; do sleep 0.05; done`
	for name, c := range map[string]struct {
		leave  func(*terminaltest.Terminal)
		closed bool // there is no terminal any more
	}{
		"SIGTERM": {func(c *terminaltest.Terminal) { c.Signal(syscall.SIGTERM) }, false},
		"SIGHUP":  {func(c *terminaltest.Terminal) { c.Signal(syscall.SIGHUP) }, false},
		"hang-up": {func(c *terminaltest.Terminal) { c.HangUp() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, stays)
			console := d.console("feature-flags")
			console.Type("E")
			d.sign("open")
			if len(d.found()) == 0 {
				t.Error("the search does not find the value while it is edited")
			}
			c.leave(console)
			if code := console.End(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			d.clean()
			if !c.closed {
				console.Restored()
			}
		})
	}
}

// A question that nobody can answer is not waited for: what is asked about goes
// with the terminal.
func TestTheTerminalGoesWithAQuestion(t *testing.T) {
	t.Parallel()
	c := start(t, program(t, "--demo", "-m", "sandbox"))
	c.WaitFor("Secrets · sandbox")
	c.Type("a")
	c.WaitFor("Add")
	c.Type("hung-ca-cert\t" + right + right + "\t" + right + "\r")
	c.WaitFor("Generated;")
	c.Type(ctrlS)
	c.WaitFor("which is only here")
	c.HangUp()
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// What is killed leaves the file, which the next start removes, whatever it is.
func TestEditorAfterAKill(t *testing.T) {
	t.Parallel()
	const left = "An edit in $EDITOR was cut off before and had left a value in a file."
	d := newDesk(t, `[ -e "$SIGNS/open" ] && exit 0; trap '' HUP; printf '`+typedValue+`' >"$2"; : >"$SIGNS/open"; while [ -e "$2" ]; do sleep 0.05; done`)
	killed := func(c *terminaltest.Terminal) {
		d.sign("open")
		c.Signal(syscall.SIGKILL)
		await(t, func() bool { return syscall.Kill(d.program.Process.Pid, 0) != nil })
		if len(d.found()) == 0 {
			t.Error("the search does not find what was left")
		}
	}
	c := d.console("feature-flags")
	c.Type("E")
	killed(c)
	c = d.edits("feature-flags", "--mesh", "default", "--demo")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.WaitFor(left)
	d.clean()
	c.Restored()

	if err := os.Remove(filepath.Join(d.signs, "open")); err != nil {
		t.Fatal(err)
	}
	killed(d.edits("feature-flags", "--mesh", "default", "--demo"))
	d.program = program(t, "--demo")
	d.environment()
	c = start(t, d.program)
	c.WaitFor(left)
	d.clean()
	quits(t, c)
}

// A key that interrupts is the editor's while that runs.
func TestEditorIsInterrupted(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"ctrl+c": ctrlC, "ctrl+\\": "\x1c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, `typed='`+typedValue+`'; trap 'printf %s "$typed" >"$2"; exit 0' INT QUIT; : >"$SIGNS/open"; while :; do sleep 0.05; done`)
			c := d.console("feature-flags")
			c.Type("E")
			d.sign("open")
			c.Type(key)
			c.WaitFor("feature-flags saved in default, read back, equal.")
			quits(t, c)
			d.clean()
		})
	}
}

// ctrl+z in an editor goes to the shell, and fg back into the editor.
func TestEditorIsSuspended(t *testing.T) {
	t.Parallel()
	d := newDesk(t, `: >"$SIGNS/open"; while [ ! -e "$SIGNS/on" ]; do sleep 0.05; done; printf '`+typedValue+`' >"$2"`)
	d.program = shell(t)
	d.environment()
	c := start(t, d.program)
	c.WaitFor(shellPrompt)
	c.Type(built + " --demo\r")
	c.WaitFor("payments-ca-cert")
	at(c, "feature-flags")
	c.Type("E")
	d.sign("open")
	c.Type("\x1a")
	c.WaitFor("Stopped")
	d.give("on")
	c.Type("fg\r")
	c.WaitFor("feature-flags saved in default, read back, equal.")
	d.clean()
	leavesShell(t, c)
}

// Without a program there is nothing to open, and that is said.
func TestEditorThatIsNotThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ":")
	d.editor += " elsewhere"
	c := d.console("feature-flags")
	c.Type("E")
	c.WaitFor("The editor cannot be started:")
	quits(t, c)
	d.clean()
}

// edits starts the command edit, which opens the editor on a secret.
func (d *desk) edits(args ...string) *terminaltest.Terminal {
	d.t.Helper()
	d.program = program(d.t, append([]string{"edit"}, args...)...)
	d.environment()
	return start(d.t, d.program)
}

// The command edit without a file: each way in which the editor ends.
func TestEditorOfTheCommand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script string
		says   string
		code   int
	}{
		"changes it":     {`printf '` + typedValue + `' >"$2"`, "feature-flags saved in mesh default, read back, equal", 0},
		"writes nothing": {`:`, "Nothing is different, so nothing was saved.", 0},
		"exits 1":        {`exit 1`, "fake editor ended with an error (exit 1). Nothing was changed.", 1},
		"killed":         {`kill -9 $$`, "fake editor was killed. Nothing was changed.", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, c.script)
			terminal := d.edits("feature-flags", "--mesh", "default", "--demo")
			if code := terminal.End(); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			terminal.WaitFor(c.says)
			d.clean()
			terminal.Restored()
			if strings.Contains(terminal.Output(), canary) {
				t.Error("the value was printed")
			}
		})
	}
}

// What is refused is opened again with what was typed, until it is saved or
// dropped.
func TestEditorOfTheCommandAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, `if [ -e "$SIGNS/on" ]; then printf '`+typedValue+`' >"$2"; else : >"$2"; fi`)
	c := d.edits("feature-flags", "--mesh", "default", "--demo")
	c.WaitFor("enter opens what you typed again, q and enter drops it:")
	d.clean()
	d.give("on")
	c.Type("\r")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.WaitFor("feature-flags saved in mesh default, read back, equal")
	c.Restored()

	d = newDesk(t, `[ -e "$SIGNS/on" ] && exit 0; : >"$SIGNS/on"; printf '`+typedValue+`' >"$2"; kill -9 $$`)
	c = d.edits("feature-flags", "--mesh", "default", "--demo")
	c.WaitFor("fake editor was killed. Nothing was changed.")
	c.WaitFor("enter opens what you typed again, q and enter drops it:")
	d.clean()
	c.Type("\r")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.WaitFor("feature-flags saved in mesh default, read back, equal")

	d = newDesk(t, `: >"$2"`)
	c = d.edits("feature-flags", "--mesh", "default", "--demo")
	c.WaitFor("enter opens what you typed again, q and enter drops it:")
	c.Type("q\r")
	if code := c.End(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	c.WaitFor("What you typed is dropped. Nothing was changed.")
	c.Restored()
}

// What somebody else saved while the editor was open is overwritten only when
// that is asked for.
func TestEditorOfTheCommandIsOvertaken(t *testing.T) {
	t.Parallel()
	served := program(t, "serve-demo", "--listen", "127.0.0.1:0")
	server := start(t, served)
	server.WaitFor("http://127.0.0.1:")
	_, after, _ := strings.Cut(server.Screen(), "http://")
	address := "http://" + strings.FieldsFunc(after, func(r rune) bool { return strings.ContainsRune(" \n,;", r) })[0]
	const other = `["CANARY-theirs, not real"]`
	d := newDesk(t, `if [ ! -e "$SIGNS/on" ]; then : >"$SIGNS/on"; printf '`+other+`' | "$BUILT" edit feature-flags --mesh default --server "$AT" --from-file - >"$SIGNS/said"; fi; printf '`+typedValue+`' >"$2"`)
	d.program = program(t, "edit", "feature-flags", "--mesh", "default", "--server", address)
	d.environment()
	d.program.Env = append(d.program.Env, "BUILT="+built, "AT="+address)
	c := start(t, d.program)
	c.WaitFor("enter opens what you typed again, to be saved over theirs; q and enter drops it:")
	if got := d.stored(address); got != other {
		t.Errorf("stored is %q before anybody agreed", got)
	}
	c.Type("\r")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0; the screen is:\n%s", code, c.Screen())
	}
	if got := d.stored(address); got != typedValue {
		t.Errorf("stored is %q", got)
	}
	d.clean()
	server.Type(ctrlC)
	server.End()
}

// stored is a value as another run of the program reads it.
func (d *desk) stored(address string) string {
	d.t.Helper()
	out, err := program(d.t, "get", "feature-flags", "--mesh", "default", "--server", address, "--reveal").Output()
	if err != nil {
		d.t.Fatal(err)
	}
	_, value, _ := strings.Cut(string(out), "shown from the next line on\n")
	return strings.TrimSuffix(value, "\n")
}
