//go:build linux

// Command figures measures what the program costs whoever only looks at it: how
// large it is, how long it takes from its start to the first frame, and what it
// uses while nothing happens.
//
//	go run ./ui/command/figures              all of it, in two minutes
//	go run ./ui/command/figures -idle 5s     the same in a hurry; see -help
//
// The program is built as it is shipped and run on a pseudo terminal. What it
// uses when idle is measured with many secrets listed and watched, on a control
// plane in a process of its own, and beside it, at the same time, a Bubble Tea
// program that shows one line and does nothing. What both use is the price of the
// runtime, which wakes for each frame that there could be; the difference is ours.
//
// It needs Linux, whose /proc tells what a process used. It ends with status 1
// when an aim was missed; with -report only when that is one that no busy
// machine causes.
//
// One file each: build makes the program and weighs it; start takes the time to
// the first frame; idle counts what it uses; screen is the terminal; plane is
// the control plane; empty is the program beside it; report says all of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// The parts that this program plays in processes of its own; the first
// argument says which.
const (
	rolePlane = "role-plane" // a control plane with many secrets
	roleEmpty = "role-empty" // a Bubble Tea program that does nothing
)

// errMissed tells that it was measured, and that it is not as it should be.
var errMissed = errors.New("an aim was missed")

// options say what is measured.
type options struct {
	count  int           // secrets
	starts int           // how often it is started; the median counts
	idle   time.Duration // how long it is watched doing nothing
	report bool          // times are told and do not count
	pace   int           // frames a second of the empty program
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var o options
	flags := flag.NewFlagSet("figures", flag.ContinueOnError)
	flags.IntVar(&o.count, "n", 10_000, "how many secrets are listed when idle")
	flags.IntVar(&o.starts, "starts", 15, "how often it is started; the median counts")
	flags.DurationVar(&o.idle, "idle", time.Minute, "how long it is watched doing nothing")
	flags.BoolVar(&o.report, "report", false, "tell times, but end with status 1 only for what no busy machine causes")
	flags.IntVar(&o.pace, "pace", itsPace, "frames a second of the empty program, which this program starts itself")
	role := ""
	if len(args) > 0 && (args[0] == rolePlane || args[0] == roleEmpty) {
		role, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	switch role {
	case rolePlane:
		return serve(ctx, o.count, os.Stdout, time.Now)
	case roleEmpty:
		return empty(ctx, o.pace)
	}
	return measure(ctx, o, os.Stdout, time.Now)
}
