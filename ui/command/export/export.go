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

	fault func(step) error             // tests let a step fail
	draft func(string) (*draft, error) // tests choose how files begin
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
	toRemove
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
// yet. An error is a sentence, and then nothing is left behind but what it says.
// The text stays the caller's.
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
	err, left := f.write(full, text.Reveal())
	return sentence(full, err, left)
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
		return refusal(shown + isTaken)
	}
	return nil
}

const isTaken = " is there already, and nothing is overwritten. Name another file."

// write makes the file without its name, or with one of its own, and gives it
// the name when it is whole. What could not be taken away again is another
// error than why there is no file: either comes without the other too.
func (f Files) write(full string, text []byte) (err, left error) {
	folder := filepath.Dir(full)
	if err := f.failing(toCreate); err != nil {
		return err, nil
	}
	begin := newDraft
	if f.draft != nil {
		begin = f.draft
	}
	draft, err := begin(folder)
	if err != nil {
		return err, nil
	}
	defer func() { left = errors.Join(left, draft.discard(f.remove)) }()
	if err := f.fill(draft.file, text); err != nil {
		return err, nil
	}
	if err := f.failing(toPlace); err != nil {
		return err, nil
	}
	if err := draft.place(full); err != nil {
		return err, nil
	}
	err = f.failing(toKeep)
	if err == nil {
		err = keep(folder)
	}
	if err != nil {
		return err, f.remove(full)
	}
	return nil, nil
}

// remove takes a file away, or says that it stays.
func (f Files) remove(path string) error {
	err := f.failing(toRemove)
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return refusal(model.Visible(path) + " could not be taken away (" + model.Visible(reason(err)) + "). Remove it: the manifest may be in it.")
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

// sentence says what went wrong, and what to do; and what is left, where
// something is.
func sentence(full string, err, left error) error {
	shown := model.Visible(full)
	switch {
	case err == nil && left == nil:
		return nil
	case err == nil:
		return refusal(shown + " is written. " + left.Error())
	case left != nil:
		return refusal(cause(full, err) + " " + left.Error())
	}
	return refusal(cause(full, err))
}

// cause says why there is no file.
func cause(full string, err error) string {
	folder, shown := model.Visible(filepath.Dir(full)), model.Visible(full)
	link := (*os.LinkError)(nil)
	switch {
	case errors.Is(err, fs.ErrExist):
		return shown + isTaken
	case errors.Is(err, syscall.ENOTDIR):
		return folder + " is no folder. Correct the path."
	case errors.Is(err, fs.ErrNotExist) && isFolder(filepath.Dir(full)):
		return "No file can be made in " + folder + ". Name one in another folder."
	case errors.Is(err, fs.ErrNotExist):
		return "There is no folder " + folder + ". Make it first, or correct the path."
	case errors.As(err, &link) && (errors.Is(err, syscall.EPERM) || errors.Is(err, errors.ErrUnsupported)):
		return "Nothing is written in " + folder + ": the file system there cannot tell in the same step whether the name is free. Name a file in another folder."
	case errors.Is(err, fs.ErrPermission):
		return "You may not write in " + folder + ". Name a file in another folder."
	case errors.Is(err, syscall.ENOSPC):
		return shown + " could not be written: the disk is full."
	}
	return shown + " could not be written: " + model.Visible(reason(err)) + "."
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
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
