package export

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func newDraft(folder string) (*draft, error) { return named(folder) }

// place gives the draft its name, unless something has it. File systems without
// second names can mostly rename on that condition.
func (d *draft) place(full string) error {
	err := unix.RenamexNp(d.name, full, unix.RENAME_EXCL)
	if err == nil || errors.Is(err, unix.EEXIST) {
		return os.NewSyscallError("rename", err)
	}
	return d.link(full)
}
