package editor

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kballard/go-shellquote"
)

// usual is the program that is taken when none is named, as everywhere on
// Unix.
const usual = "vi"

// Program is an editor, and the arguments that it is started with before the
// name of the file.
type Program struct {
	Path string
	Args []string
	// Name is how the person calls it, for messages.
	Name string
}

// The errors of what the environment names.
var (
	// ErrNoProgram is the answer when the program does not exist.
	ErrNoProgram = errors.New("no such program")
	// ErrCutShort is the answer when the words do not end as a shell wants them.
	ErrCutShort = errors.New("a quote is not closed, or nothing follows a backslash")
)

// Find is the program that the environment names in VISUAL or, failing that,
// EDITOR: words as a shell would split them, so that arguments and quotes
// work. No shell runs them.
func Find(getenv func(string) string) (Program, error) {
	named := strings.TrimSpace(getenv("VISUAL"))
	if named == "" {
		named = strings.TrimSpace(getenv("EDITOR"))
	}
	if named == "" {
		named = usual
	}
	words, err := shellquote.Split(named)
	if err != nil || len(words) == 0 {
		return Program{}, fmt.Errorf("%q: %w", named, ErrCutShort)
	}
	path, err := exec.LookPath(words[0])
	if err != nil {
		return Program{}, fmt.Errorf("%q: %w", words[0], ErrNoProgram)
	}
	if path, err = filepath.Abs(path); err != nil {
		return Program{}, err
	}
	return Program{Path: path, Args: append(discreet(path), words[1:]...), Name: filepath.Base(words[0])}, nil
}

// discreet are the arguments that keep vim and nvim from keeping text outside
// the file: no swap file, no viminfo, no modelines out of a value, no backup,
// no undo file; nor from ending a value with a newline that it did not have.
// With a window of its own vim would end at once and leave that open, over a file
// that is gone, so it stays in the foreground. Other programs have no such
// switches, or know none of these.
func discreet(path string) []string {
	args := []string{
		"-n", "-i", "NONE", "--cmd", "set nomodeline",
		"-c", "set nobackup nowritebackup noundofile noswapfile nofixendofline",
	}
	real := path
	if led, err := filepath.EvalSymlinks(path); err == nil {
		real = led // vi is often a link to vim, and gvim one that goes by its name
	}
	switch {
	case calledBy(real) == "nvim":
		return args
	case slices.Contains(vims, calledBy(path)), slices.Contains(vims, calledBy(real)):
		return append([]string{"-f"}, args...)
	default:
		return nil
	}
}

// vims are the names by which vim is called, without those of other programs.
var vims = []string{"vim", "vimx", "gvim", "mvim", "rvim", "rgvim", "gview", "rgview", "mview", "evim", "eview"}

// calledBy is the name of a program without an ending: vim.basic is vim.
func calledBy(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	return name
}
