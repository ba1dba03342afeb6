//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// measure is what was seen of one run.
type measure struct {
	First  time.Duration // from the start to the first byte of output
	All    time.Duration // and to the end
	Memory int64         // the most that its process had, in bytes
	Rows   int           // lines of output

	// Bytes that passed the proxy; the meter does not know them.
	Sent, Received int64
}

// meter runs a program to its end and writes a measure of it. It is a process
// of its own, and does nothing else, because Linux counts to a process what
// the one that started it had.
func meter(ctx context.Context, argv []string, out io.Writer, now func() time.Time) error {
	if len(argv) == 0 {
		return errors.New("there is no program to measure")
	}
	command := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // it is our own choice, see compare
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	var m measure
	began := now()
	if err := command.Start(); err != nil {
		return err
	}
	buffer := make([]byte, 64<<10)
	for {
		n, err := output.Read(buffer)
		if m.Rows += bytes.Count(buffer[:n], []byte("\n")); n > 0 && m.First == 0 {
			m.First = now().Sub(began)
		}
		if err != nil {
			break // its end, or Wait tells
		}
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("%s: %w", argv[0], err)
	}
	m.All = now().Sub(began)
	usage, known := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !known {
		return errors.New("nobody knows how much memory it had")
	}
	m.Memory = usage.Maxrss << 10 // Linux counts in KiB
	return json.NewEncoder(out).Encode(m)
}

// metered starts a meter for a program and gives what it measured.
func metered(ctx context.Context, self string, environment []string, argv ...string) (measure, error) {
	var m measure
	command := exec.CommandContext(ctx, self, append([]string{roleMeter}, argv...)...) //nolint:gosec // it is this program
	command.Env, command.Stderr = environment, os.Stderr
	out, err := command.Output()
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(out, &m)
}
