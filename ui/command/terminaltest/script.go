//go:build unix

package terminaltest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Script puts a program into a folder, a shell script, and gives its path.
// Meanwhile no other test starts a program: that would inherit the script while
// it is open for writing, and to run it would fail with "text file busy".
func Script(t testing.TB, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700) //nolint:gosec // it is to be run
	syscall.ForkLock.RUnlock()
	must(t, err)
	return path
}
