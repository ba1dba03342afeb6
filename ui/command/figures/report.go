//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// The aims.
const (
	largest     = 25_000_000            // bytes of the program
	firstWithin = 40 * time.Millisecond // from its start to the first frame
	mostIdle    = 0.002                 // of a processor, more than an empty program
)

// found is everything that was measured.
type found struct {
	size   int64
	starts []begun
	rest   rest
}

// measure measures all, and says what came of it.
func measure(ctx context.Context, o options, out io.Writer, now func() time.Time) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "meshsecrets-figures-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var f found
	var program string
	if program, f.size, err = build(ctx, folder); err != nil {
		return err
	}
	if f.starts, err = starts(ctx, program, folder, o.starts, now); err != nil {
		return err
	}
	if f.rest, err = idle(ctx, o, self, program, folder, now); err != nil {
		return err
	}
	return f.write(out, o)
}

// write writes all that was measured, and ends with errMissed when an aim was
// missed; with o.report times do not count.
func (f found) write(out io.Writer, o options) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	late, missed := false, false
	row := func(what, is, aim string, met bool, counts *bool) {
		word := "met"
		if !met {
			word, *counts = "MISSED", true
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", what, is, aim, word)
	}
	tell := func(what, is string) { _, _ = fmt.Fprintf(table, "%s\t%s\t\t\n", what, is) }
	_, _ = fmt.Fprintf(out, "on %d processors; %d starts, of which the median; idle for %s\n\n", runtime.NumCPU(), len(f.starts), o.idle)
	_, _ = fmt.Fprintln(table, "what\tmeasured\taim\t")
	row("the program, stripped", fmt.Sprintf("%.1f MB", float64(f.size)/1e6), "under 25 MB", f.size < largest, &missed)
	frame := median(f.starts, func(b begun) time.Duration { return b.frame })
	row("start of --demo to the first frame", inMilliseconds(frame), "under 40 ms", frame < firstWithin, &late)
	tell("start of --demo to the list", inMilliseconds(median(f.starts, func(b begun) time.Duration { return b.list })))
	tell(fmt.Sprintf("idle, an empty Bubble Tea program at its own %d frames a second", itsPace), inPercent(f.rest.empty))
	tell(fmt.Sprintf("idle, the same at our %d", samePace), inPercent(f.rest.emptySame))
	tell("idle, --demo", inPercent(f.rest.demo))
	tell("idle, "+grouped(o.count)+" secrets watched", inPercent(f.rest.ours))
	more := f.rest.ours - f.rest.emptySame
	row("more than the empty one at our pace", inPercent(more), "at most 0.20 %", more <= mostIdle, &late)
	row("bytes drawn when idle", strconv.Itoa(f.rest.drawn), "none", f.rest.drawn == 0, &missed)
	if err := table.Flush(); err != nil {
		return err
	}
	if missed || late && !o.report {
		return errMissed
	}
	return nil
}

// median is the one in the middle.
func median(all []begun, of func(begun) time.Duration) time.Duration {
	var times []time.Duration
	for _, b := range all {
		times = append(times, of(b))
	}
	slices.Sort(times)
	return times[len(times)/2]
}

func inMilliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func inPercent(part float64) string { return fmt.Sprintf("%.2f %%", 100*part) }

// grouped is a number with commas, as the screen has it.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
