package export

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// draft is a file that has not the name yet that it is to have.
type draft struct {
	file *os.File
	name string // of its own, in the same folder; "" when it has none
}

// prefix begins the names of drafts, and says whose they are; a number follows
// it.
const prefix = ".meshsecrets-export-"

// named is a draft with a name of its own. os.CreateTemp takes no name that is
// there, and 0600. What a kill left before goes first; a draft that another
// program takes for such is made again.
func named(folder string) (*draft, error) {
	sweep(folder)
	var last error
	for range 3 {
		file, err := os.CreateTemp(folder, prefix+"*")
		if err != nil {
			return nil, err
		}
		d := &draft{file: file, name: file.Name()}
		last = hold(file)
		if last == nil || errors.Is(last, errors.ErrUnsupported) {
			return d, nil
		}
		last = errors.Join(last, d.discard(os.Remove))
	}
	return nil, last
}

// link gives a draft with a name the name that it is to have. A second name is
// refused where there is something already, links that lead nowhere included.
func (d *draft) link(full string) error { return os.Link(d.name, full) }

// discard closes the draft, and takes its own name away.
func (d *draft) discard(remove func(string) error) error {
	var err error
	if d.name != "" {
		err = remove(d.name) // while it is held
	}
	_ = d.file.Close() // what was written is on the disk, or nobody wants it
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sweep takes away the drafts in a folder that programs left which were killed.
// What cannot be looked through, or is held, stays.
func sweep(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		number, is := strings.CutPrefix(entry.Name(), prefix)
		if !is || number == "" || strings.Trim(number, "0123456789") != "" || !entry.Type().IsRegular() {
			continue
		}
		if path := filepath.Join(folder, entry.Name()); mine(path) {
			release(path)
		}
	}
}

// release removes a draft that nobody holds.
func release(path string) {
	file, err := openOwn(path)
	if err != nil {
		return
	}
	defer file.Close() //nolint:errcheck // it was not even read
	if hold(file) == nil {
		_ = os.Remove(path) // the next export tries again
	}
}
