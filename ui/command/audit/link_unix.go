//go:build unix

package audit

import "golang.org/x/sys/unix"

// noFollow opens no link. What is opened is not handed to the programs that
// this one starts.
const noFollow = unix.O_NOFOLLOW | unix.O_CLOEXEC
