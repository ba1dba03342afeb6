package editor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"meshsecrets/model"
)

// patience is how long an editor that was asked to end may take.
const patience = 2 * time.Second

// Edit is one value while it is edited. It is made by [Open], run once in the
// terminal, read, and closed on every way.
type Edit struct {
	life    context.Context //nolint:containedctx // Run has the signature that the screens' library asks for
	program Program
	folder  folder
	file    string
	limit   int

	in       io.Reader
	out, err io.Writer
}

// Open writes a value to a private file that is named name, for the editor to
// show. limit bounds what is read back, in bytes. life ends the editor when it
// ends. The answer is [ErrOnDisk] when the file would lie on a disk, and
// onDisk does not allow that.
func Open(life context.Context, p Program, places Places, name string, v model.Value, limit int, onDisk bool) (*Edit, error) {
	f, err := places.open(onDisk)
	if err != nil {
		return nil, err
	}
	e := &Edit{life: life, program: p, folder: f, file: filepath.Join(f.path, plain(name)), limit: limit}
	if err := os.WriteFile(e.file, v.Reveal(), 0o600); err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return e, nil
}

// plain is a name that a file can have: names of secrets are mostly, but come
// from outside.
func plain(name string) string {
	b := []byte("secret-" + name)
	for i, c := range b {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			b[i] = '_'
		}
	}
	return string(b[:min(len(b), 200)])
}

// SetStdin sets what the editor reads from.
func (e *Edit) SetStdin(r io.Reader) { e.in = r }

// SetStdout sets where the editor writes to.
func (e *Edit) SetStdout(w io.Writer) { e.out = w }

// SetStderr sets where the editor writes messages to.
func (e *Edit) SetStderr(w io.Writer) { e.err = w }

// Run runs the editor until it ends, or until the life ends: then the editor
// is asked to end, killed when it does not, and the folder removed at once, so
// that nothing is left whatever follows.
//
// The editor stays in this program's process group, so that ctrl+c and ctrl+z
// in it do what they do elsewhere.
func (e *Edit) Run() error {
	c := exec.CommandContext(e.life, e.program.Path, append(e.program.Args[:len(e.program.Args):len(e.program.Args)], e.file)...) //nolint:gosec // the person's own editor
	c.Stdin, c.Stdout, c.Stderr = e.in, e.out, e.err
	c.Dir = e.folder.path
	c.WaitDelay = patience
	c.Cancel = func() error {
		_ = e.folder.remove()
		return c.Process.Signal(syscall.SIGTERM)
	}
	err := c.Run()
	switch ended := (*exec.ExitError)(nil); {
	case e.life.Err() != nil:
		return e.life.Err()
	case errors.As(err, &ended) && ended.ExitCode() < 0:
		return fmt.Errorf("%s was killed", e.program.Name)
	case errors.As(err, &ended):
		return fmt.Errorf("%s ended with an error (exit %d)", e.program.Name, ended.ExitCode())
	case err != nil:
		return fmt.Errorf("%s could not be started: %w", e.program.Name, err)
	}
	return nil
}

// Errors of a file that cannot be taken.
var (
	// ErrGone is the answer when the editor left no file.
	ErrGone = errors.New("the editor left no file")
	// ErrNoFile is the answer when it left something else in its place.
	ErrNoFile = errors.New("the editor left something that is no file")
	// ErrTooLarge is the answer when there is more than the limit.
	ErrTooLarge = errors.New("more than is taken back")
)

// Read reads what the editor left, or had written when it failed. The caller
// wipes it. An editor may have put another file in the place of the first; a
// link or a device is not followed.
func (e *Edit) Read() (model.Value, error) {
	info, err := os.Lstat(e.file)
	switch {
	case err != nil:
		return model.Value{}, ErrGone
	case !info.Mode().IsRegular():
		return model.Value{}, ErrNoFile
	}
	file, err := os.Open(e.file)
	if err != nil {
		return model.Value{}, ErrGone
	}
	defer file.Close() //nolint:errcheck // it was only read
	if info, err = file.Stat(); err == nil && info.Size() > int64(e.limit) {
		return model.Value{}, ErrTooLarge
	}
	if err != nil {
		return model.Value{}, fmt.Errorf("what the editor left could not be read: %w", err)
	}
	return readWhole(file, info.Size())
}

// readWhole reads as many bytes as there are said to be, and holds that there are
// no more. Of a buffer that grows, each size would be a copy that nobody wipes.
func readWhole(from io.Reader, size int64) (model.Value, error) {
	b := make([]byte, size+1)
	defer clear(b)
	n, err := io.ReadFull(from, b)
	switch {
	case err == nil:
		return model.Value{}, errors.New("what the editor left is still being written")
	case int64(n) < size, !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return model.Value{}, fmt.Errorf("what the editor left could not be read: %w", err)
	}
	return model.NewValue(b[:n]), nil
}

// Close removes the file, with all that the editor put beside it.
func (e *Edit) Close() error { return e.folder.remove() }
