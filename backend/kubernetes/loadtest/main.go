//go:build linux

// Command loadtest measures how long the console's Kubernetes backend takes to
// list many secrets, and kubectl beside it: on a real API server that it
// starts, with secrets that it makes, in one run.
//
//	go run ./backend/kubernetes/loadtest             10,000 secrets
//	go run ./backend/kubernetes/loadtest -n 100000   and so on; see -help
//
// Everybody is measured alike and from outside: each run is a process of its
// own, its output is a row for each secret, the clock runs from its start to
// the first byte of that and to its end, memory is the most that its process
// ever had, and bytes are those that pass a proxy on loopback. Afterwards the
// memory of one more run is searched for the secrets' values, which no list
// must hold.
//
// It needs Linux, for that search, and what testdata/apiserver/build builds.
// It ends with status 1 when an aim was missed; with -report only when that is
// one about memory.
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
	roleList  = "role-list"  // lists, as the console does
	roleMeter = "role-meter" // runs a program and measures it
)

// errMissed tells that it was measured, and that it is not as it should be.
var errMissed = errors.New("an aim was missed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "loadtest:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == roleList {
		return list(ctx, args[1:], os.Stdout, os.Stdin)
	}
	if len(args) > 0 && args[0] == roleMeter {
		return meter(ctx, args[1:], os.Stdout, time.Now)
	}
	var o options
	flags := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	flags.IntVar(&o.count, "n", 10_000, "how many secrets")
	flags.IntVar(&o.size, "size", 1200, "bytes of a value")
	flags.IntVar(&o.runs, "runs", 5, "how often each is measured; the median counts")
	flags.BoolVar(&o.report, "report", false, "tell how long it took, but end with status 1 only for what no busy machine causes")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	return compare(ctx, o, os.Stdout)
}
