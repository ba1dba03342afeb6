//go:build linux

package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// The aims: parts of kubectl's time, and bytes of memory.
const (
	firstPart, allPart = 20, 10
	fewSecrets         = 10_000
	fewMemory          = 60 << 20
	manyMemory         = 400 << 20
)

// report is everything that was measured.
type report struct {
	ours, kubectl    []measure
	listed, revealed found // in memory after a list, and after one value was read
}

func (r report) write(out io.Writer, o options) error {
	var missed bool
	verdict := func(met bool) string {
		missed = missed || !met
		if met {
			return "met"
		}
		return "MISSED"
	}
	limit := int64(fewMemory)
	if o.count > fewSecrets {
		limit = manyMemory
	}
	of := func(pick func(measure) int64) (ours, kubectl int64) {
		return median(r.ours, pick), median(r.kubectl, pick)
	}
	first, theirFirst := of(func(m measure) int64 { return int64(m.First) })
	all, theirAll := of(func(m measure) int64 { return int64(m.All) })
	memory, theirMemory := of(func(m measure) int64 { return m.Memory })
	received, theirReceived := of(func(m measure) int64 { return m.Received })
	sent, theirSent := of(func(m measure) int64 { return m.Sent })

	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	row := func(cells ...string) { _, _ = fmt.Fprintln(table, strings.Join(cells, "\t")+"\t") }
	_, _ = fmt.Fprintf(out, "%s secrets of %s bytes on %d processors; runs: %d, of which the median\n\n", grouped(o.count), grouped(o.size), runtime.NumCPU(), o.runs)
	row("", "meshsecrets", "kubectl", "ratio", "aim", "")
	row("first rows", milliseconds(first), milliseconds(theirFirst), ratio(first, theirFirst), "1/"+strconv.Itoa(firstPart), verdict(first*firstPart <= theirFirst))
	row("complete", milliseconds(all), milliseconds(theirAll), ratio(all, theirAll), "1/"+strconv.Itoa(allPart), verdict(all*allPart <= theirAll))
	row("received", mebibytes(received), mebibytes(theirReceived), ratio(received, theirReceived), "", "")
	row("sent", mebibytes(sent), mebibytes(theirSent), ratio(sent, theirSent), "", "")
	row("memory, at most", mebibytes(memory), mebibytes(theirMemory), ratio(memory, theirMemory), mebibytes(limit), verdict(memory < limit))
	if err := table.Flush(); err != nil {
		return err
	}
	// A search that finds nothing anywhere proves nothing: it has to find names,
	// and the value of a secret that was read on purpose.
	searched := r.listed.Names > 0 && r.revealed.Values > 0 && r.listed.Secrets == o.count
	_, err := fmt.Fprintf(out, "\nvalues in memory after the list: %d (aim 0, %s); searched were %s, with the names of secrets in %s places,\nand with a value once one was read (%s)\n",
		r.listed.Values, verdict(r.listed.Values == 0), mebibytes(r.listed.Looked), grouped(r.listed.Names), verdict(searched))
	if err == nil && missed {
		err = errMissed
	}
	return err
}

// median is the middle of what was measured: the upper of two.
func median(runs []measure, pick func(measure) int64) int64 {
	var values []int64
	for _, m := range runs {
		values = append(values, pick(m))
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func ratio(ours, kubectl int64) string {
	if ours <= 0 {
		return ""
	}
	return fmt.Sprintf("1/%.1f", float64(kubectl)/float64(ours))
}

func milliseconds(nanoseconds int64) string {
	return grouped(int(nanoseconds/int64(time.Millisecond))) + " ms"
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

// grouped is a number with its thousands apart.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
