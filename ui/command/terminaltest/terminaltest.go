//go:build unix

// Package terminaltest runs a program on a pseudo terminal and looks at what a
// person would see. It is for tests of whole programs: it waits for text to
// come and never for time to pass.
package terminaltest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// patience is how long something may take that should come at once. It is
// long, because it only decides about failures on a loaded machine.
const patience = 60 * time.Second

// Terminal is a terminal with a program in it.
type Terminal struct {
	t        testing.TB
	command  *exec.Cmd
	keyboard *os.File    // the master side
	line     *os.File    // the side that the program has
	before   *term.State // of the line, before the program ran
	left     chan error  // the program's end

	mu      sync.Mutex // guards what follows; the emulator has no lock of its own
	screen  *vt.Emulator
	modes   map[ansi.Mode]bool // those that are switched on
	output  bytes.Buffer       // everything that was written
	changed chan struct{}      // closed and renewed whenever something was written
}

// Start runs a program in a terminal of the given size. The program is killed
// when the test ends.
func Start(t testing.TB, command *exec.Cmd, width, height int) *Terminal {
	t.Helper()
	keyboard, line := open(t)
	must(t, pty.Setsize(line, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})) //nolint:gosec // sizes of tests are small
	before, err := term.GetState(line.Fd())
	must(t, err)
	c := &Terminal{
		t: t, command: command, keyboard: keyboard, line: line, before: before, left: make(chan error, 1),
		screen: emulator(width, height), modes: map[ansi.Mode]bool{}, changed: make(chan struct{}),
	}
	c.screen.SetCallbacks(vt.Callbacks{
		EnableMode:  func(m ansi.Mode) { c.modes[m] = true },
		DisableMode: func(m ansi.Mode) { delete(c.modes, m) },
	})
	command.Stdin, command.Stdout, command.Stderr = line, line, line
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	must(t, command.Start())
	t.Cleanup(c.close)
	go func() { c.left <- command.Wait() }()
	go c.show()
	// What the program asks the terminal is answered as if it were typed.
	go func() { _, _ = io.Copy(keyboard, c.screen) }()
	return c
}

// emulator gives a screen. A frame that was drawn for a larger screen may come
// when the screen is small already; where it scrolls between margins that are
// not on the screen the emulator would panic, so these are not heeded.
func emulator(width, height int) *vt.Emulator {
	screen := vt.NewEmulator(width, height)
	screen.RegisterCsiHandler('r', func(margins ansi.Params) bool {
		bottom, _, _ := margins.Param(1, 0)
		return bottom > screen.Height()
	})
	return screen
}

// open makes a terminal's two sides. The keyboard's does not block when read,
// else closing it would wait for the reader.
func open(t testing.TB) (keyboard, line *os.File) {
	t.Helper()
	blocking, line, err := pty.Open()
	must(t, err)
	descriptor, err := syscall.Dup(int(blocking.Fd()))
	must(t, err)
	syscall.CloseOnExec(descriptor)
	must(t, syscall.SetNonblock(descriptor, true))
	must(t, blocking.Close())
	return os.NewFile(uintptr(descriptor), blocking.Name()), line
}

// show draws what the program writes.
func (c *Terminal) show() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := c.keyboard.Read(buffer)
		c.mu.Lock()
		c.output.Write(buffer[:n])
		_, _ = c.screen.Write(buffer[:n])
		close(c.changed)
		c.changed = make(chan struct{})
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (c *Terminal) close() {
	_ = c.command.Process.Kill()
	_ = c.line.Close()
	_ = c.keyboard.Close()
	_ = c.screen.InputPipe().(io.Closer).Close()
}

// Screen is what is to be seen now, without blanks at the ends of lines.
func (c *Terminal) Screen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text()
}

func (c *Terminal) text() string {
	lines := strings.Split(c.screen.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Output is every byte that the program wrote so far.
func (c *Terminal) Output() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.output.String()
}

// Type presses keys, given as the bytes that a terminal sends for them.
func (c *Terminal) Type(keys string) {
	c.t.Helper()
	_, err := c.keyboard.WriteString(keys)
	must(c.t, err)
}

// Resize changes the size of the terminal, as dragging its window does.
func (c *Terminal) Resize(width, height int) {
	c.t.Helper()
	c.mu.Lock()
	c.screen.Resize(width, height)
	c.mu.Unlock()
	must(c.t, pty.Setsize(c.line, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})) //nolint:gosec // sizes of tests are small
}

// Signal sends a signal to the program.
func (c *Terminal) Signal(s os.Signal) {
	c.t.Helper()
	must(c.t, c.command.Process.Signal(s))
}

// HangUp closes the terminal, as closing its window does.
func (c *Terminal) HangUp() {
	c.t.Helper()
	must(c.t, c.line.Close())
	must(c.t, c.keyboard.Close())
}

// WaitFor waits until a text is to be seen.
func (c *Terminal) WaitFor(text string) {
	c.t.Helper()
	c.Until("the text "+text, func(screen string) bool { return strings.Contains(screen, text) })
}

// Until waits until the screen is as it is wanted; what says what that is.
func (c *Terminal) Until(what string, is func(screen string) bool) {
	c.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		c.mu.Lock()
		screen, changed := c.text(), c.changed
		c.mu.Unlock()
		if is(screen) {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			c.t.Fatalf("%s did not come; the screen is:\n%s", what, screen)
		}
	}
}

// End waits for the program's end and gives its exit code. When the program
// was ended by a signal that is a failure.
func (c *Terminal) End() int {
	c.t.Helper()
	select {
	case err := <-c.left:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			c.t.Fatal(err)
		}
		code := c.command.ProcessState.ExitCode()
		if code < 0 {
			c.t.Fatalf("the program was ended: %v", c.command.ProcessState)
		}
		return code
	case <-time.After(patience):
		c.t.Fatalf("the program did not end; the screen is:\n%s", c.Screen())
		return -1
	}
}

// Restored fails the test unless the terminal is as it was before the program:
// the main screen, a cursor that is seen, the line's settings, and no mode
// that sends what nobody asked for. It is called after End.
func (c *Terminal) Restored() {
	c.t.Helper()
	const prompt = "the shell is back"
	// Read what is still on its way: the prompt comes after it.
	_, err := c.line.WriteString("\r\n" + prompt)
	must(c.t, err)
	c.WaitFor(prompt)
	after, err := term.GetState(c.line.Fd())
	must(c.t, err)
	if !reflect.DeepEqual(after, c.before) {
		c.t.Errorf("the line's settings are %+v, and were %+v", after, c.before)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.screen.IsAltScreen() {
		c.t.Error("the alternate screen was not left")
	}
	if !c.modes[ansi.ModeTextCursorEnable] && strings.Contains(c.output.String(), ansi.HideCursor) {
		c.t.Error("the cursor is hidden")
	}
	for _, mode := range []ansi.Mode{ansi.ModeBracketedPaste, ansi.ModeMouseButtonEvent, ansi.ModeMouseAnyEvent, ansi.ModeFocusEvent} {
		if c.modes[mode] {
			c.t.Errorf("mode %v was left on", mode)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
