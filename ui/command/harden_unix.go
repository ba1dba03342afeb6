//go:build unix

package command

import "golang.org/x/sys/unix"

// Harden keeps this process's memory off the disk and its files to its user:
// no core dump, no reading of its memory by other programs of the user where
// the system can forbid that, and a umask of 077. What the system refuses is
// left as it is.
func Harden() {
	unix.Umask(0o077)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	seal()
}
