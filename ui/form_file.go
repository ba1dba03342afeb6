package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"meshsecrets/model"
)

// fileValue is a value that was read from a file.
type fileValue struct {
	value model.Value
	path  string
}

func (v fileValue) wipe() { v.value.Wipe() }

// fileFault says why a file was not taken, in a sentence.
type fileFault struct{ text string }

// Error is the sentence.
func (f fileFault) Error() string { return f.text }

// fileLimit is how many bytes are taken from a file: 1 MiB, or less where the
// control plane takes less.
func fileLimit(s *session) int {
	if most := s.traits.MaxValue; most > 0 {
		return min(most, model.MostValue)
	}
	return model.MostValue
}

// readValue reads a value from a regular file; it writes none. Folders,
// devices and pipes are refused before they are opened, as opening one could
// wait for ever.
func readValue(_ context.Context, path string, limit int) (fileValue, error) {
	shown := model.Visible(path)
	full := path
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			full = filepath.Join(home, rest)
		}
	}
	info, err := os.Stat(full)
	if err != nil {
		return fileValue{}, pathFault(shown, err)
	}
	switch {
	case info.IsDir():
		return fileValue{}, fileFault{shown + " is a folder. Name a file in it."}
	case !info.Mode().IsRegular():
		return fileValue{}, fileFault{shown + " is not a regular file, and only those are read. Name another one."}
	}
	file, err := os.Open(full) //nolint:gosec // the path is what the person typed: any file they may read
	if err != nil {
		return fileValue{}, pathFault(shown, err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	b, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	defer clear(b)
	if err != nil {
		return fileValue{}, pathFault(shown, err)
	}
	if len(b) > limit {
		return fileValue{}, fileFault{fmt.Sprintf("%s has more than %s, which is the most a secret may have. Name a smaller file.", shown, model.BytesWord(limit))}
	}
	return fileValue{model.NewValue(b), path}, nil
}

func pathFault(shown string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fileFault{"There is no file " + shown + ". Correct the path, then press enter."}
	case errors.Is(err, fs.ErrPermission):
		return fileFault{"You may not read " + shown + ". Name a file that you may read, or have its rights changed."}
	}
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return fileFault{shown + " could not be read: " + model.Visible(err.Error()) + ". Correct the path, then press enter."}
}
