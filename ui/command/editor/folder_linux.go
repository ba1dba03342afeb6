package editor

import "golang.org/x/sys/unix"

// inMemory tells whether a folder lies on a file system in memory.
func inMemory(path string) bool {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return false
	}
	return fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC
}
