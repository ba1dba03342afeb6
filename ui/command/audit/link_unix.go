//go:build unix

package audit

import (
	"os"

	"golang.org/x/sys/unix"
)

// noFollow opens no link. What is opened is not handed to the programs that
// this one starts.
const noFollow = unix.O_NOFOLLOW | unix.O_CLOEXEC

// lock holds a file against other programs, alone or together with those that
// hold it so too, until it is released. It is held for one write.
func lock(file *os.File, alone bool) (release func(), err error) {
	fd, how := int(file.Fd()), unix.LOCK_SH
	if alone {
		how = unix.LOCK_EX
	}
	for {
		if err = unix.Flock(fd, how); err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = unix.Flock(fd, unix.LOCK_UN) }, nil
}
