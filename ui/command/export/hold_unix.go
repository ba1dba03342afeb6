//go:build unix

package export

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// errHeld is the answer when another program holds a file, or took it away.
var errHeld = errors.New("another program has it")

// hold locks a file for this program. The system lets go of the lock when the
// program ends, however it ends. The answer is errors.ErrUnsupported where the
// file system has no locks: nothing is swept there either.
func hold(file *os.File) error {
	switch err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
	case errors.Is(err, unix.EWOULDBLOCK):
		return errHeld
	case err != nil:
		return errors.ErrUnsupported
	}
	if _, err := os.Lstat(file.Name()); err != nil { // swept away while it was not held
		return errHeld
	}
	return nil
}

// openOwn opens a draft as it has to be for a lock: NFS has none for readers. A
// link is not followed.
func openOwn(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW, 0) //nolint:gosec // a draft of ours
}

// mine tells whether a file is this user's. Modes say nothing: some file systems
// have none of their own.
func mine(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	return known && int(owner.Uid) == os.Geteuid()
}
