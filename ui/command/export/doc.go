// Package export puts a text into a new file that only the person can read.
//
// The text may hold a value, so the file is there whole or not at all: what is
// written gets its name last, in one step, and a name that something has
// already is never taken, whether that is a file, a folder or a link. On Linux
// it has no name before, where the file system allows that, so that not even a
// kill leaves anything; elsewhere it has one of its own in the same folder, and
// is removed when something goes wrong.
package export
