package editor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// prefix begins the names of our folders, and of no others: what has it is swept.
// A number follows it.
const prefix = "meshsecrets-in-editor-"

// ours tells whether a folder has a name as this package gives them.
func ours(name string) bool {
	number, is := strings.CutPrefix(name, prefix)
	return is && number != "" && strings.Trim(number, "0123456789") == ""
}

// ErrOnDisk is the answer when there is no file system in memory to edit on.
var ErrOnDisk = errors.New("no file system in memory")

// folder is a private place for one file, for as long as it is edited.
type folder struct {
	path string
	lock *os.File // held as long as the folder is in use; see Sweep
}

// Places are where folders may lie.
type Places struct {
	Memory []string // to be tried in this order, when they are in memory
	Disk   string   // when the person said so
}

// UsualPlaces are those of this system: the person's own runtime folder, then
// shared memory, else the usual folder for temporary files.
func UsualPlaces(getenv func(string) string) Places {
	p := Places{Disk: os.TempDir()}
	if own := getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(own) {
		p.Memory = append(p.Memory, own)
	}
	p.Memory = append(p.Memory, "/dev/shm")
	return p
}

// open makes a new folder. It is on disk only when that is allowed and nothing
// else is there: the answer is ErrOnDisk otherwise.
func (p Places) open(onDisk bool) (folder, error) {
	for _, place := range p.Memory {
		if !inMemory(place) {
			continue
		}
		if f, err := makeFolder(place); err == nil {
			return f, nil
		}
	}
	if !onDisk {
		return folder{}, ErrOnDisk
	}
	return makeFolder(p.Disk)
}

// InMemory tells whether a folder can be made in memory.
func (p Places) InMemory() bool {
	f, err := p.open(false)
	return err == nil && f.remove() == nil
}

// makeFolder makes a folder that only this user can enter, and locks it. A
// program that starts just now may sweep it away before it is locked; then
// another is made.
func makeFolder(place string) (folder, error) {
	var last error
	for range 3 {
		path, err := os.MkdirTemp(place, prefix)
		if err != nil {
			return folder{}, err
		}
		lock, err := hold(path)
		if err == nil {
			return folder{path: path, lock: lock}, nil
		}
		last = errors.Join(err, os.RemoveAll(path))
	}
	return folder{}, last
}

// remove takes the folder away, with all that an editor left in it.
func (f folder) remove() error {
	err := os.RemoveAll(f.path)
	_ = f.lock.Close()
	if err != nil {
		return fmt.Errorf("the folder %s with the value in it could not be removed: %w", f.path, err)
	}
	return nil
}

// Sweep takes away what programs left that were killed while a value was
// edited: folders of this user that nobody holds any more. It gives how many.
func (p Places) Sweep() int {
	swept := 0
	for _, place := range append(p.Memory[:len(p.Memory):len(p.Memory)], p.Disk) {
		entries, err := os.ReadDir(place)
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if !ours(entry.Name()) || !entry.IsDir() {
				continue
			}
			if sweep(filepath.Join(place, entry.Name())) {
				swept++
			}
		}
	}
	return swept
}

// sweep takes a folder away that is this user's, private, and held by nobody.
// It holds it meanwhile, so that nobody else begins to use it.
func sweep(path string) bool {
	if !mine(path) {
		return false
	}
	lock, err := hold(path)
	if err != nil {
		return false
	}
	defer lock.Close() //nolint:errcheck // nothing was written
	return os.RemoveAll(path) == nil
}
