//go:build !unix

package command

// Harden does nothing here: this system has no such limits.
func Harden() {}
