package command

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/x/term"

	"meshsecrets/model"
)

// standardInput is the name by which a file is standard input.
const standardInput = "-"

// take reads a file, or standard input, byte for byte. Either may be a pipe into
// which nobody writes: it is left when somebody asks the program to end. The
// caller wipes what comes.
func (e ending) take(p Process, path, flag string) (model.Value, error) {
	if path == standardInput && (p.In == nil || term.IsTerminal(p.In.Fd())) {
		return model.Value{}, refuse("%s - reads standard input, and that is a terminal: what is typed there would be seen. Give a file, or lead something into it.", flag)
	}
	type taken struct {
		value model.Value
		err   error
	}
	came := make(chan taken, 1)
	go func() {
		read := func() (model.Value, error) { return takeFile(p, path, flag) }
		if path == standardInput {
			read = func() (model.Value, error) { return takeAll("Standard input", p.In) }
		}
		v, err := read()
		came <- taken{v, err}
	}()
	select {
	case <-e.asked:
		return model.Value{}, e.stopped(errors.New("stopped"))
	case t := <-came:
		return t.value, t.err
	}
}

// takeFile reads a regular file, or what a shell gives in place of one. Folders
// and devices are refused before they are opened.
func takeFile(p Process, path, flag string) (model.Value, error) {
	shown, full := model.Visible(path), path
	if rest, is := strings.CutPrefix(path, "~/"); is && p.Home != "" {
		full = filepath.Join(p.Home, rest) // --flag=~/file is no word that shells expand
	}
	info, err := os.Stat(full)
	switch {
	case err != nil:
		return model.Value{}, notTaken(shown, err)
	case info.IsDir():
		return model.Value{}, refuse("%s is a folder. Give %s a file in it.", shown, flag)
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeNamedPipe == 0:
		return model.Value{}, refuse("%s is neither a file nor a pipe. Give %s one of them.", shown, flag)
	}
	file, err := os.Open(full) //nolint:gosec // the path is what the person gave: any file they may read
	if err != nil {
		return model.Value{}, notTaken(shown, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return takeAll(shown, file)
}

func takeAll(what string, from io.Reader) (model.Value, error) {
	b, err := io.ReadAll(io.LimitReader(from, model.MostValue+1))
	defer clear(b)
	switch {
	case err != nil:
		return model.Value{}, notTaken(what, err)
	case len(b) > model.MostValue:
		return model.Value{}, refuse("%s has more than %s bytes, which is the most that a secret may have. Nothing was done.", what, model.CountWord(model.MostValue))
	}
	return model.NewValue(b), nil
}

// notTaken says why something could not be read.
func notTaken(what string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse("There is no file %s. Nothing was done.", what)
	case errors.Is(err, fs.ErrPermission):
		return refuse("You may not read %s. Nothing was done.", what)
	}
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return refuse("%s could not be read: %s. Nothing was done.", what, model.Visible(err.Error()))
}
