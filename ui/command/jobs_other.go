//go:build !unix

package command

// suspends is false where there is no job control.
func suspends() bool { return false }
