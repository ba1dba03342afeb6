package export

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// ourFiles is where the files that this program has open can be given a name.
const ourFiles = "/proc/self/fd"

// newDraft makes a file without any name, where the file system has such.
func newDraft(folder string) (*draft, error) {
	if _, err := os.Lstat(ourFiles); err != nil {
		return named(folder)
	}
	fd, err := unix.Open(folder, unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return named(folder) // which says what is wrong, when the folder is
	}
	return &draft{file: os.NewFile(uintptr(fd), folder)}, nil
}

// place gives the draft its name, unless something has it. File systems without
// second names can mostly rename on that condition.
func (d *draft) place(full string) error {
	if d.name == "" {
		self := ourFiles + "/" + strconv.Itoa(int(d.file.Fd()))
		return os.NewSyscallError("linkat", unix.Linkat(unix.AT_FDCWD, self, unix.AT_FDCWD, full, unix.AT_SYMLINK_FOLLOW))
	}
	err := unix.Renameat2(unix.AT_FDCWD, d.name, unix.AT_FDCWD, full, unix.RENAME_NOREPLACE)
	if err == nil || errors.Is(err, unix.EEXIST) {
		return os.NewSyscallError("rename", err)
	}
	return d.link(full)
}
