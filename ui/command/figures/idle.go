//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// calm is how long a program may take to come to rest after it has shown all
// that there is to show: it takes somebody to be there for half a minute after
// each key, and the runtime gives back, bit by bit, the memory that reading the
// list took.
const calm = 40 * time.Second

// ticksPerSecond is what Linux counts a process's time in, on every machine
// that Go runs on.
const ticksPerSecond = 100

// The frames a second of the empty programs: Bubble Tea's own pace, and ours.
const (
	itsPace  = 60
	samePace = 120
)

// rest is what was seen of programs at rest: parts of a processor, and bytes
// drawn by the one that watches a cluster.
type rest struct {
	ours, demo, empty, emptySame float64
	drawn                        int
}

// idle watches the program and the empty ones at the same time.
func idle(ctx context.Context, o options, self, program, folder string, now func() time.Time) (rest, error) {
	kubeconfig, stop, err := launch(ctx, self, folder, o.count)
	if err != nil {
		return rest{}, err
	}
	defer stop()
	var all []*screen
	defer func() {
		for _, s := range all {
			s.close()
		}
	}()
	for _, p := range []struct{ argv, shows []string }{
		{[]string{program, "--kubeconfig", kubeconfig, "--context", "idle"}, []string{grouped(o.count) + " secrets", "live"}},
		{[]string{program, "--demo"}, []string{listWord}},
		{[]string{self, roleEmpty, "-pace", strconv.Itoa(itsPace)}, []string{emptyWord}},
		{[]string{self, roleEmpty, "-pace", strconv.Itoa(samePace)}, []string{emptyWord}},
	} {
		s, err := open(ctx, environment(folder), p.argv...)
		if err != nil {
			return rest{}, err
		}
		all = append(all, s)
		for _, word := range p.shows {
			if err := s.awaits(ctx, word); err != nil {
				return rest{}, err
			}
		}
	}
	if err := pause(ctx, min(calm, o.idle)); err != nil {
		return rest{}, err
	}
	drawn := all[0].count()
	parts, err := watched(ctx, o.idle, all, now)
	if err != nil {
		return rest{}, err
	}
	return rest{ours: parts[0], demo: parts[1], empty: parts[2], emptySame: parts[3], drawn: all[0].count() - drawn}, nil
}

// watched tells what part of a processor each uses for a while.
func watched(ctx context.Context, long time.Duration, all []*screen, now func() time.Time) ([]float64, error) {
	began := now()
	before, err := usedByAll(all)
	if err != nil {
		return nil, err
	}
	if err := pause(ctx, long); err != nil {
		return nil, err
	}
	after, err := usedByAll(all)
	if err != nil {
		return nil, err
	}
	took := now().Sub(began)
	parts := make([]float64, len(all))
	for i := range all {
		parts[i] = float64(after[i]-before[i]) / float64(took)
	}
	return parts, nil
}

func usedByAll(all []*screen) ([]time.Duration, error) {
	times := make([]time.Duration, len(all))
	for i, s := range all {
		var err error
		if times[i], err = used(s.command.Process.Pid); err != nil {
			return nil, err
		}
	}
	return times, nil
}

// used is the processor time that a process had so far.
func used(pid int) (time.Duration, error) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	return usedIn(string(content))
}

// usedIn reads /proc/PID/stat: after the program's name, which may hold
// anything, the 12th and 13th field.
func usedIn(stat string) (time.Duration, error) {
	end := strings.LastIndexByte(stat, ')')
	fields := strings.Fields(stat[end+1:])
	if end < 0 || len(fields) < 13 {
		return 0, fmt.Errorf("nobody understands %q", stat)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, err
	}
	return time.Duration(user+system) * time.Second / ticksPerSecond, nil
}
