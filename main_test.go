//go:build unix

package main

import (
	"context"
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
	// 1. The list.
	c.WaitFor("32 secrets, 2 missing")
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
	c.Type("D")
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
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash, whose job control this needs")
	}
	run := program(t)
	run.Path, run.Args = shell, []string{"bash", "--norc", "--noprofile", "-i"}
	run.Env = append(run.Env, "PS1=the-shell$ ")
	c := start(t, run)
	c.WaitFor("the-shell$")
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
	c.Type(ctrlC)
	c.Until("the shell", func(screen string) bool { return strings.HasSuffix(screen, "the-shell$") })
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
