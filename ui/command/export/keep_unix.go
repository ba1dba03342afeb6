//go:build unix

package export

import (
	"errors"
	"os"
	"syscall"
)

// keep writes a folder to the disk, so that the new name in it outlives a crash
// of the machine. File systems that cannot do so for folders say that they
// cannot.
func keep(folder string) error {
	dir, err := os.Open(folder) //nolint:gosec // the folder that the person named
	if err != nil {
		return nil // whoever may write there need not be allowed to read
	}
	defer dir.Close() //nolint:errcheck // nothing was written
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
