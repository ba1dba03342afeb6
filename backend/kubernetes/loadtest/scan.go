//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// found is what a search of a process's memory found.
type found struct {
	Secrets int   // that it listed
	Values  int   // places with a value, in the clear or in base64
	Names   int   // places with the names of secrets: that the search finds what is there
	Looked  int64 // bytes
}

// search lists in a process that waits at the end, and searches its memory.
func search(ctx context.Context, self string, args ...string) (found, error) {
	var f found
	command := exec.CommandContext(ctx, self, append([]string{roleList, "-wait"}, args...)...) //nolint:gosec // it is this program
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return f, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return f, err
	}
	if err := command.Start(); err != nil {
		return f, err
	}
	f.Secrets, err = awaitListed(out)
	if err == nil {
		err = f.scan(command.Process.Pid)
	}
	_ = in.Close() // it ends now
	return f, errors.Join(err, command.Wait())
}

func awaitListed(out io.Reader) (count int, err error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if n, _ := fmt.Sscanf(lines.Text(), listed+" %d", &count); n == 1 {
			return count, nil
		}
	}
	return 0, errors.New("it ended before it had listed all")
}

// scan looks through all memory that a process can write: heap, stacks, data.
func (f *found) scan(pid int) error {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return err
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return fmt.Errorf("the memory of a process of ours cannot be read: %w", err)
	}
	defer func() { _ = memory.Close() }()
	for line := range strings.Lines(string(maps)) {
		if !strings.Contains(line, " rw") {
			continue // it cannot have been written since the start
		}
		var from, to int64
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
			return err
		}
		if err := f.region(memory, from, to); err != nil {
			return err
		}
	}
	return nil
}

// region searches one piece of memory, a block at a time. Blocks overlap, so
// that nothing lies across their edges.
func (f *found) region(memory io.ReaderAt, from, to int64) error {
	values := [][]byte{[]byte(canary), []byte(base64.StdEncoding.EncodeToString([]byte(canary)))}
	const size, overlap = 1 << 20, 64
	block := make([]byte, size)
	for at := from; at < to; at += size - overlap {
		n, err := memory.ReadAt(block[:min(size, to-at)], at)
		if n == 0 && err != nil {
			return fmt.Errorf("memory at %x: %w", at, err)
		}
		for _, value := range values {
			f.Values += bytes.Count(block[:n], value)
		}
		f.Names += bytes.Count(block[:n], []byte(namePrefix))
		f.Looked += int64(n)
	}
	return nil
}
