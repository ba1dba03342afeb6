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

// The aims: parts of kubectl's time, bytes of memory, and for more secrets than
// a few also times.
const (
	firstPart, allPart = 20, 10
	fewSecrets         = 10_000
	fewMemory          = 60_000_000
	manyMemory         = 400_000_000
	manyFirst          = time.Second
	manyAll            = 20 * time.Second
)

// report is everything that was measured.
type report struct {
	ours, kubectl    []measure
	listed, revealed found // in memory after a list, and after one value was read
}

// verdicts counts the aims that were missed: those that a busy machine misses,
// which are about time, and the others.
type verdicts struct{ late, missed int }

// time is the verdict on an aim about time.
func (v *verdicts) time(met bool) string { return verdict(met, &v.late) }

// always is the verdict on an aim that holds on every machine.
func (v *verdicts) always(met bool) string { return verdict(met, &v.missed) }

func verdict(met bool, missed *int) string {
	if met {
		return "met"
	}
	*missed++
	return "MISSED"
}

// write writes all that was measured, and ends with errMissed when an aim was
// missed; with o.report times do not count.
func (r report) write(out io.Writer, o options) error {
	var v verdicts
	_, err := fmt.Fprintf(out, "%s secrets of %s bytes on %d processors; runs: %d, of which the median\n\n", grouped(o.count), grouped(o.size), runtime.NumCPU(), o.runs)
	if err == nil {
		err = r.table(out, o, &v)
	}
	if err != nil {
		return err
	}
	// A search that finds nothing anywhere proves nothing: it has to find names,
	// and the value of a secret that was read on purpose.
	searched := r.listed.Names > 0 && r.revealed.Values > 0 && r.listed.Secrets == o.count
	_, err = fmt.Fprintf(out, "\nvalues in memory after the list: %d (aim 0, %s); searched were %s, with the names of secrets in %s places,\nand with a value once one was read (%s)\n",
		r.listed.Values, v.always(r.listed.Values == 0), megabytes(r.listed.Looked), grouped(r.listed.Names), v.always(searched))
	if err == nil && (v.missed > 0 || v.late > 0 && !o.report) {
		err = errMissed
	}
	return err
}

func (r report) table(out io.Writer, o options, v *verdicts) error {
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
	row("", "meshsecrets", "kubectl", "ratio", "aim", "")
	row("first rows", milliseconds(first), milliseconds(theirFirst), ratio(first, theirFirst), "1/"+strconv.Itoa(firstPart), v.time(first*firstPart <= theirFirst))
	row("complete", milliseconds(all), milliseconds(theirAll), ratio(all, theirAll), "1/"+strconv.Itoa(allPart), v.time(all*allPart <= theirAll))
	limit := int64(fewMemory)
	if o.count > fewSecrets {
		limit = manyMemory
		row("first rows, within", milliseconds(first), "", "", milliseconds(int64(manyFirst)), v.time(first < int64(manyFirst)))
		row("complete, within", milliseconds(all), "", "", milliseconds(int64(manyAll)), v.time(all < int64(manyAll)))
	}
	row("received", megabytes(received), megabytes(theirReceived), ratio(received, theirReceived), "", "")
	row("sent", megabytes(sent), megabytes(theirSent), ratio(sent, theirSent), "", "")
	row("memory, at most", megabytes(memory), megabytes(theirMemory), ratio(memory, theirMemory), megabytes(limit), v.always(memory < limit))
	return table.Flush()
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

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// grouped is a number with its thousands apart.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
