package export

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"meshsecrets/model"
)

// Files are where paths lead that a person types.
type Files struct {
	Folder string // where those begin that do not say it themselves; "" when nobody knows
	Home   string // what ~ stands for; "" when nobody knows

	fault func(step) error // tests let a step fail
}

// refusal is a sentence that says why there is no file.
type refusal string

// Error is the sentence.
func (r refusal) Error() string { return string(r) }

// step is one of those that can fail, in their order.
type step uint8

const (
	toCreate step = iota
	toWrite
	toSync
	toPlace
	toKeep // the folder is written to the disk
	steps  = iota
)

// File is the file that a path means; of no path it is the folder where paths
// begin.
func (f Files) File(path string) string {
	rest, home := strings.CutPrefix(path, "~/")
	switch {
	case path == "~" && f.Home != "":
		return f.Home
	case home && f.Home != "":
		return filepath.Join(f.Home, rest)
	case path == "":
		return f.Folder
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	}
	return filepath.Join(f.Folder, path)
}

// Write puts a text into the file that a path means, and which is not there
// yet. An error is a sentence, and then nothing is left behind. The text stays
// the caller's.
func (f Files) Write(life context.Context, path string, text model.Value) error {
	full := f.File(path)
	shown := model.Visible(full)
	if strings.HasSuffix(path, "/") || path == "" {
		return refusal(shown + " is a folder. Name a file in it.")
	}
	if err := taken(full, shown); err != nil {
		return err
	}
	if err := life.Err(); err != nil {
		return refusal("It was not written: there was no time left.")
	}
	return sentence(f.write(full, text.Reveal()), full)
}

// taken says what has the name already. That it cannot be looked for is left to
// creating, which fails likewise and says why.
func taken(full, shown string) error {
	there, err := os.Lstat(full)
	switch {
	case err == nil && there.IsDir():
		return refusal(shown + " is a folder. Name a file in it.")
	case err == nil && there.Mode()&fs.ModeSymlink != 0:
		return refusal(shown + " is a link, and links are not followed. Name another file.")
	case err == nil:
		return errTaken(shown)
	}
	return nil
}

func errTaken(shown string) error {
	return refusal(shown + " is there already, and nothing is overwritten. Name another file.")
}

// write makes the file without its name, or with one of its own, and gives it
// the name when it is whole.
func (f Files) write(full string, text []byte) (err error) {
	folder := filepath.Dir(full)
	if err := f.failing(toCreate); err != nil {
		return err
	}
	draft, err := newDraft(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, draft.discard()) }()
	if err := f.fill(draft.file, text); err != nil {
		return err
	}
	if err := f.failing(toPlace); err != nil {
		return err
	}
	if err := draft.place(full); err != nil {
		return err
	}
	err = f.failing(toKeep)
	if err == nil {
		err = keep(folder)
	}
	if err != nil {
		return errors.Join(err, os.Remove(full))
	}
	return nil
}

// fill writes the text, to the disk.
func (f Files) fill(file *os.File, text []byte) error {
	half := len(text) / 2 // a disk that is full takes a part
	if _, err := file.Write(text[:half]); err != nil {
		return err
	}
	if err := f.failing(toWrite); err != nil {
		return err
	}
	if _, err := file.Write(text[half:]); err != nil {
		return err
	}
	if err := f.failing(toSync); err != nil {
		return err
	}
	return file.Sync()
}

func (f Files) failing(at step) error {
	if f.fault == nil {
		return nil
	}
	return f.fault(at)
}

// sentence says what went wrong, and what to do.
func sentence(err error, full string) error {
	if err == nil {
		return nil
	}
	folder, shown := model.Visible(filepath.Dir(full)), model.Visible(full)
	text := shown + " could not be written"
	switch {
	case errors.Is(err, fs.ErrExist):
		return errTaken(shown)
	case errors.Is(err, fs.ErrNotExist):
		return refusal("There is no folder " + folder + ". Make it first, or correct the path.")
	case errors.Is(err, syscall.ENOTDIR):
		return refusal(folder + " is no folder. Correct the path.")
	case errors.Is(err, fs.ErrPermission):
		return refusal("You may not write in " + folder + ". Name a file in another folder.")
	case errors.Is(err, syscall.ENOSPC):
		text += ": the disk is full"
	default:
		text += ": " + model.Visible(reason(err))
	}
	return refusal(text + ". Nothing is left there.")
}

// reason is the cause without the path, which the sentence has already.
func reason(err error) string {
	var of *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &of):
		return of.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}
