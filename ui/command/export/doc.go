// Package export puts a text into a new file that only the person can read.
//
// The text may hold a value, so the file is there whole or not at all: what is
// written gets its name last, in one step, and a name that something has
// already is never taken, whether that is a file, a folder or a link. On Linux
// it has no name before, where the file system allows that, so that not even a
// kill leaves anything; elsewhere it has one of its own in the same folder. What
// goes wrong takes that away, or says that it stays; what a kill left goes with
// the next export into the folder, as a lock tells it from what is in use. On
// Windows, which has no such lock, it stays.
package export
