package command

import "golang.org/x/sys/unix"

// seal also holds where dumps are piped to a collector, which does not ask
// for the limit.
func seal() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
