//go:build linux

package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"meshsecrets/ui/command/terminaltest"
)

// The value that is edited, and what is written in its place.
const (
	storedValue = `"retry-budget"`
	typedValue  = canary + ", not real"
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
		"changes it":        {`printf '` + typedValue + `' >"$2"`, "feature-flags saved in default, read back, equal.", typedValue},
		"writes nothing":    {`:`, "Nothing is different, so nothing was saved.", "retry-budget"},
		"exits 1":           {`printf '` + typedValue + `' >"$2"; exit 1`, "fake editor ended with an error (exit 1). Nothing was taken over;", "retry-budget"},
		"killed":            {`printf '` + typedValue + `' >"$2"; kill -9 $$`, "fake editor was killed. Nothing was taken over;", "retry-budget"},
		"writes rubbish":    {`printf '` + canary + `\377\376\000' >"$2"`, "feature-flags saved in default, read back, equal.", "43 41 4e 41 52 59"},
		"takes it away":     {`rm "$2"`, "fake editor left no file. Nothing was taken over;", "retry-budget"},
		"with an argument":  {`[ "$1" = --wait ] && printf '` + typedValue + `' >"$2"`, "feature-flags saved in default, read back, equal.", typedValue},
		"leaves the screen": {`stty raw -echo; printf '\033[?1049h\033[?1000h\033[?25l\033[2;5r'; kill -9 $$`, "fake editor was killed. Nothing was taken over;", "retry-budget"},
		"keeps a copy":      {`cp "$2" "$2~"; cp "$2" .saved; printf '` + typedValue + `' >"$2"`, "feature-flags saved in default, read back, equal.", typedValue},
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
			d := newDesk(t, `trap 'printf "`+typedValue+`" >"$2"; exit 0' INT QUIT; : >"$SIGNS/open"; while :; do sleep 0.05; done`)
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
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash, whose job control this needs")
	}
	d := newDesk(t, `: >"$SIGNS/open"; while [ ! -e "$SIGNS/on" ]; do sleep 0.05; done; printf '`+typedValue+`' >"$2"`)
	d.program = program(t)
	d.program.Path, d.program.Args = shell, []string{"bash", "--norc", "--noprofile", "-i"}
	d.environment()
	d.program.Env = append(d.program.Env, "PS1=the-shell$ ")
	c := start(t, d.program)
	c.WaitFor("the-shell$")
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
	c.Type(ctrlC)
	c.Until("the shell", func(screen string) bool { return strings.HasSuffix(screen, "the-shell$") })
	c.Type("exit\r")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	c.Restored()
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
		"exits 1":        {`printf '` + typedValue + `' >"$2"; exit 1`, "fake editor ended with an error (exit 1). Nothing was changed.", 1},
		"killed":         {`printf '` + typedValue + `' >"$2"; kill -9 $$`, "fake editor was killed. Nothing was changed.", 1},
		"rubbish":        {`printf '` + canary + `\377\376\000' >"$2"`, "feature-flags saved in mesh default, read back, equal", 0},
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
	const other = "CANARY-theirs, not real"
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
