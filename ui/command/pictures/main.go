//go:build unix

// Command pictures draws what the README shows: pictures of screens, and a walk
// through the demo that moves. It runs the program on the demo, presses keys, and
// draws what comes of it as SVG.
//
//	go run ./ui/command/pictures    writes them to .github, from the top of the repository
//
// What a run of the program has of its own is taken away (the clock stands still,
// and fingerprints are keyed with nothing), so the same program gives the same
// files. A test draws them again and tells when the files are not the same any
// more.
//
// One file each: stage runs the program and presses keys; walk says which, and
// what is told of them; shot is a frame as rows of styled text; glyphs are the
// console's own characters as shapes, so that no font decides how they look;
// svg draws a frame in its window; film puts many into one picture.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// folder is where the pictures are, from the top of the repository.
const folder = ".github"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if _, err := os.Stat("go.mod"); err != nil {
		return fmt.Errorf("this is to be run at the top of the repository: %w", err)
	}
	pictures, err := draw(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a folder of the repository, like others
		return err
	}
	for name, content := range pictures {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil { //nolint:gosec // a file of the repository, like others
			return err
		}
	}
	return nil
}
