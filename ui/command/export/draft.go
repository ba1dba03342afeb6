package export

import (
	"errors"
	"io/fs"
	"os"
)

// draft is a file that has not the name yet that it is to have.
type draft struct {
	file *os.File
	name string // of its own, in the same folder; "" when it has none
}

// named is a draft with a name of its own, which says whose it is, should a
// kill leave it there. os.CreateTemp takes no name that is there, and 0600.
func named(folder string) (*draft, error) {
	file, err := os.CreateTemp(folder, ".meshsecrets-export-*")
	if err != nil {
		return nil, err
	}
	return &draft{file: file, name: file.Name()}, nil
}

// link gives a draft with a name the name that it is to have. A second name is
// refused where there is something already, links that lead nowhere included.
func (d *draft) link(full string) error { return os.Link(d.name, full) }

// discard closes the draft, and takes its own name away.
func (d *draft) discard() error {
	_ = d.file.Close() // what was written is on the disk, or nobody wants it
	if d.name == "" {
		return nil
	}
	if err := os.Remove(d.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
