//go:build unix

package editor

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// hold locks a folder for this program. The system lets go of the lock when
// the program ends, however it ends; editors do not inherit it.
func hold(path string) (*os.File, error) {
	dir, err := os.Open(path) //nolint:gosec // a folder of ours
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		_, err = os.Lstat(path) // it may have been swept away while it was opened
	}
	if err != nil {
		_ = dir.Close()
		return nil, err
	}
	return dir, nil
}

// mine tells whether a folder is this user's, and private.
func mine(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
		return false
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	return known && int(owner.Uid) == os.Geteuid()
}
