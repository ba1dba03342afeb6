//go:build unix

package clipboard

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meshsecrets/model"
	"meshsecrets/ui"
	"meshsecrets/ui/command/terminaltest"
)

// machine is one with the programs of that folder and these variables.
func machine(folder string, out io.Writer, variables ...string) Machine {
	return Machine{
		Getenv: func(name string) string {
			for _, v := range variables {
				if value, is := strings.CutPrefix(v, name+"="); is {
					return value
				}
			}
			return ""
		},
		Environ: []string{"PATH=/usr/bin:/bin", "BOARD=" + filepath.Join(folder, "board")},
		Look: func(name string) (string, error) {
			path := filepath.Join(folder, name)
			_, err := os.Stat(path)
			return path, err
		},
		Out: out,
	}
}

func fake(text string) model.Value { return model.NewValue([]byte(text)) }

func TestTheWayThatIsTaken(t *testing.T) {
	t.Parallel()
	const terminal = "sent to the terminal's clipboard"
	for name, c := range map[string]struct {
		programs  []string
		variables []string
		want      string
	}{
		"wayland":             {[]string{"wl-copy", "xclip"}, []string{"WAYLAND_DISPLAY=w", "DISPLAY=:0"}, "copied to the clipboard by wl-copy"},
		"x, no wayland":       {[]string{"wl-copy", "xclip", "xsel"}, []string{"DISPLAY=:0"}, "copied to the clipboard by xclip"},
		"x, only xsel":        {[]string{"xsel"}, []string{"DISPLAY=:0"}, "copied to the clipboard by xsel"},
		"a mac":               {[]string{"pbcopy"}, nil, "copied to the clipboard by pbcopy"},
		"windows":             {[]string{"clip.exe"}, nil, "copied to the clipboard by clip.exe"},
		"no desktop":          {[]string{"wl-copy", "xclip", "xsel"}, nil, terminal},
		"nothing":             {nil, []string{"DISPLAY=:0"}, terminal},
		"over SSH, tty":       {[]string{"pbcopy"}, []string{"SSH_TTY=/dev/pts/1"}, terminal},
		"over SSH, forwarded": {[]string{"xclip"}, []string{"SSH_CONNECTION=a b c d", "DISPLAY=:10"}, terminal},
		"tmux":                {nil, []string{"TMUX=/tmp/tmux,1,0"}, terminal + "; tmux hands it on only where set-clipboard or allow-passthrough is on"},
		"tmux, further away":  {nil, []string{"SSH_TTY=/dev/pts/1", "TERM=tmux-256color"}, terminal + "; tmux hands it on only where set-clipboard or allow-passthrough is on"},
		"screen":              {nil, []string{"STY=1.pts"}, terminal + " through screen, which may hold it back"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for _, p := range c.programs {
				terminaltest.Script(t, folder, p, "cat >/dev/null")
			}
			b := New(machine(folder, io.Discard, c.variables...))
			if got, want := b.ThroughTerminal(), strings.HasPrefix(c.want, terminal); got != want {
				t.Errorf("through the terminal: %v, want %v", got, want)
			}
			got, err := b.Copy(t.Context(), fake("fake"), false)
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestWhatATerminalIsSent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("f", 200)
	coded := base64.StdEncoding.EncodeToString([]byte(long))
	whole := "\x1b]52;c;" + coded + "\a"
	for name, c := range map[string]struct {
		variable string
		want     string
	}{
		"bare":   {"TERM=xterm", whole},
		"tmux":   {"TMUX=x", whole + "\x1bPtmux;\x1b" + whole + "\x1b\\"},
		"screen": {"STY=x", "\x1bP" + whole[:240] + "\x1b\\\x1bP" + whole[240:] + "\x1b\\"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if _, err := New(machine(t.TempDir(), &out, c.variable)).Copy(t.Context(), fake(long), true); err != nil || out.String() != c.want {
				t.Errorf("%q, %v; want %q", out.String(), err, c.want)
			}
		})
	}
}

// What was made of a value to send it is overwritten afterwards.
func TestWhatIsSentIsOverwritten(t *testing.T) {
	t.Parallel()
	var seen [][]byte
	out := writing(func(b []byte) { seen = append(seen, b) })
	if _, err := New(machine(t.TempDir(), out, "TMUX=x")).Copy(t.Context(), fake("CANARY-copied"), true); err != nil || len(seen) != 1 {
		t.Fatalf("%d writes, %v; want one", len(seen), err)
	}
	if bytes.ContainsFunc(seen[0], func(r rune) bool { return r != 0 }) {
		t.Errorf("%d bytes are still there", len(seen[0]))
	}
}

// writing is told of each write.
type writing func([]byte)

func (w writing) Write(b []byte) (int, error) {
	w(b)
	return len(b), nil
}

func TestWhatIsNotCopied(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		program, variable string
		text              string
		want              string
	}{
		"empty":               {"", "", "", "is empty. Nothing was copied."},
		"no text":             {"", "", "\xff\xfe fake", "is not text, and a clipboard would change it. Nothing was copied."},
		"a zero byte":         {"", "", "fake\x00fake", "is not text, and a clipboard would change it. Nothing was copied."},
		"too large":           {"", "", strings.Repeat("f", 56_245), "is too large for the terminal's clipboard (56,244 bytes at most). Nothing was copied."},
		"as large as can be":  {"", "", strings.Repeat("f", 56_244), ""},
		"large, on a desktop": {"pbcopy", "", strings.Repeat("f", 1<<20), ""},
		"letters for Windows": {"clip.exe", "", "fäke", "holds letters that clip.exe would change. Nothing was copied."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if c.program != "" {
				terminaltest.Script(t, folder, c.program, "cat >/dev/null")
			}
			_, err := New(machine(folder, io.Discard)).Copy(t.Context(), fake(c.text), true)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}

// A program that fails says so, and what it prints is in no error.
func TestAProgramThatFails(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	terminaltest.Script(t, folder, "pbcopy", "cat; cat >&2; exit 3")
	_, err := New(machine(folder, io.Discard)).Copy(t.Context(), fake("CANARY-copied"), true)
	if want := "may not have been copied: pbcopy failed (exit status 3)."; err == nil || err.Error() != want {
		t.Errorf("it says %v, want %s", err, want)
	}
}

// A value is taken away where it is still there, or where that cannot be told.
func TestClear(t *testing.T) {
	t.Parallel()
	const keeps = `if [ $# = 0 ] || [ "$1" = -in ]; then cat >"$BOARD"; else cat "$BOARD"; fi`
	for name, c := range map[string]struct {
		program string
		paste   string
		now     string // what somebody put there since; "" nothing
		secret  bool
		want    ui.Clearing
		left    string
	}{
		"still there":      {keeps, "", "", true, ui.ClearedSeen, ""},
		"somebody's since": {keeps, "", "fake other", true, ui.LeftAsItWas, "fake other"},
		"a picture since":  {`if [ "$1" = -out ]; then echo "Error: target STRING not available" >&2; exit 1; fi; cat >"$BOARD"`, "", "fake picture", true, ui.LeftAsItWas, "fake picture"},
		"not to be asked":  {`if [ "$1" = -out ]; then echo "Error: Can't open display: :0" >&2; exit 1; fi; cat >"$BOARD"`, "", "", true, ui.ClearedUnseen, ""},
		"not a word":       {`if [ "$1" = -out ]; then exit 1; fi; cat >"$BOARD"`, "", "", true, ui.ClearedUnseen, ""},
		"a name":           {keeps, "", "", false, ui.NothingToClear, "CANARY-copied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			terminaltest.Script(t, folder, "xclip", c.program)
			b := New(machine(folder, io.Discard, "DISPLAY=:0"))
			if _, err := b.Copy(t.Context(), fake("CANARY-copied"), c.secret); err != nil {
				t.Fatal(err)
			}
			board := filepath.Join(folder, "board")
			if c.now != "" {
				if err := os.WriteFile(board, []byte(c.now), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := b.Clear(t.Context())
			left, _ := os.ReadFile(board)
			if got != c.want || err != nil || string(left) != c.left {
				t.Errorf("%d, %v, %d bytes are left; want %d and %q", got, err, len(left), c.want, c.left)
			}
			if again, err := b.Clear(t.Context()); again != ui.NothingToClear || err != nil {
				t.Errorf("a second time it is %d, %v", again, err)
			}
		})
	}
}

// A copy that fails may have left the value before it, or its own: either is taken
// away.
func TestClearAfterACopyThatFailed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails string // what the program does the second time
		since string // what is copied by somebody else then
		want  ui.Clearing
		left  string
	}{
		"the first is there":      {"exit 3", "", ui.ClearedSeen, ""},
		"the second is there":     {`cat >"$BOARD"; exit 3`, "", ui.ClearedSeen, ""},
		"something else is there": {"exit 3", "fake other", ui.LeftAsItWas, "fake other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			board, fails := filepath.Join(folder, "board"), filepath.Join(folder, "board.fails")
			terminaltest.Script(t, folder, "xclip", `if [ "$1" = -out ]; then cat "$BOARD"; exit; fi; if [ -e "$BOARD.fails" ]; then `+c.fails+`; fi; cat >"$BOARD"`)
			b := New(machine(folder, io.Discard, "DISPLAY=:0"))
			_, err := b.Copy(t.Context(), fake("CANARY-first"), true)
			err = errors.Join(err, os.WriteFile(fails, nil, 0o600))
			if _, failed := b.Copy(t.Context(), fake("CANARY-second"), true); err != nil || failed == nil {
				t.Fatal(err, failed)
			}
			if err := os.Remove(fails); err != nil {
				t.Fatal(err)
			}
			if c.since != "" {
				if err := os.WriteFile(board, []byte(c.since), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := b.Clear(t.Context())
			left, _ := os.ReadFile(board)
			if got != c.want || err != nil || string(left) != c.left {
				t.Errorf("%d, %v, %d bytes are left; want %d and %q", got, err, len(left), c.want, c.left)
			}
			if again, err := b.Clear(t.Context()); again != ui.NothingToClear || err != nil {
				t.Errorf("a second time it is %d, %v", again, err)
			}
		})
	}
}

// What was replaced by a copy that went well is not looked for any more.
func TestClearForgetsWhatWasReplaced(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	terminaltest.Script(t, folder, "xclip", `if [ "$1" = -out ]; then cat "$BOARD"; else cat >"$BOARD"; fi`)
	b := New(machine(folder, io.Discard, "DISPLAY=:0"))
	for _, text := range []string{"CANARY-first", "CANARY-second"} {
		if _, err := b.Copy(t.Context(), fake(text), true); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "board"), []byte("CANARY-first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Clear(t.Context()); got != ui.LeftAsItWas || err != nil {
		t.Errorf("%d, %v", got, err)
	}
}

// Where nothing can be told it is cleared, and that is not called seen; one that
// fails is tried again.
func TestClearUnseen(t *testing.T) {
	t.Parallel()
	t.Run("a program that does not paste", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		terminaltest.Script(t, folder, "clip.exe", `[ ! -e "$BOARD.no" ] && cat >"$BOARD"`)
		b := New(machine(folder, io.Discard))
		if _, err := b.Copy(t.Context(), fake("CANARY-copied"), true); err != nil {
			t.Fatal(err)
		}
		refuses := filepath.Join(folder, "board.no")
		if err := os.WriteFile(refuses, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Clear(t.Context()); got != ui.NotCleared || err == nil {
			t.Errorf("%d, %v", got, err)
		}
		if err := os.Remove(refuses); err != nil {
			t.Fatal(err)
		}
		got, err := b.Clear(t.Context())
		if left, _ := os.ReadFile(filepath.Join(folder, "board")); got != ui.ClearedUnseen || err != nil || len(left) != 0 {
			t.Errorf("%d, %v, %d bytes are left", got, err, len(left))
		}
	})
	t.Run("the terminal", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		b := New(machine(t.TempDir(), &out))
		_, err := b.Copy(t.Context(), fake("fake"), true)
		got, failed := b.Clear(t.Context())
		if want := "\x1b]52;c;ZmFrZQ==\a\x1b]52;c;IA==\a\x1b]52;c;\a"; errors.Join(err, failed) != nil || got != ui.ClearedUnseen || out.String() != want {
			t.Errorf("%d, %v, %v, %q; want %q", got, err, failed, out.String(), want)
		}
	})
}
