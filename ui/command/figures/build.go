//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// build builds the program as it is shipped, and tells how large it is.
func build(ctx context.Context, folder string) (program string, size int64, err error) {
	program = filepath.Join(folder, "meshsecrets")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "meshsecrets") //nolint:gosec // the file is our own
	command.Env = append(os.Environ(), "CGO_ENABLED=0")                                                             //nolint:forbidigo // the go command needs the environment that it was started in
	if out, err := command.CombinedOutput(); err != nil {
		return "", 0, fmt.Errorf("%w: %s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		return "", 0, err
	}
	return program, info.Size(), nil
}

// environment is that of every program here: nothing of this machine is in it.
func environment(folder string) []string {
	return []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + folder}
}
