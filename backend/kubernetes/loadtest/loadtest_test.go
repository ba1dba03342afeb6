//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func runsOf(first, all time.Duration, memory int64) []measure {
	return []measure{
		{First: 9 * time.Hour, All: 9 * time.Hour, Memory: 1},
		{First: first, All: all, Memory: memory, Received: 3 << 20},
		{First: 1, All: 1, Memory: 1 << 40},
	}
}

// The middle run counts, each aim by itself, and a search that could not have
// found anything is no good news.
func TestReport(t *testing.T) {
	t.Parallel()
	good := report{
		ours:    runsOf(50*time.Millisecond, 200*time.Millisecond, 40_000_000),
		kubectl: runsOf(time.Second, 2*time.Second, 130_000_000),
		listed:  found{Secrets: 10_000, Names: 5}, revealed: found{Values: 1},
	}
	many := report{
		ours:    runsOf(999*time.Millisecond, 19*time.Second, 399_999_999),
		kubectl: runsOf(time.Hour, time.Hour, 1),
		listed:  found{Secrets: 100_000, Names: 5}, revealed: found{Values: 1},
	}
	for name, test := range map[string]struct {
		of     report
		change func(*report)
		missed string // the line in which that stands; "" for none
		late   bool   // a busy machine may be why
	}{
		"all is well":     {good, func(*report) {}, "", false},
		"first rows late": {good, func(r *report) { r.ours[1].First++ }, "first rows", true},
		"complete late":   {good, func(r *report) { r.ours[1].All++ }, "complete", true},
		"much memory":     {good, func(r *report) { r.ours[1].Memory = 60_000_000 }, "memory, at most", false},
		"a value":         {good, func(r *report) { r.listed.Values = 1 }, "values in memory", false},
		"blind search":    {good, func(r *report) { r.revealed.Values = 0 }, "and with a value", false},
		"not all listed":  {good, func(r *report) { r.listed.Secrets-- }, "and with a value", false},
		"many":            {many, func(*report) {}, "", false},
		"many, first":     {many, func(r *report) { r.ours[1].First = time.Second }, "first rows, within", true},
		"many, complete":  {many, func(r *report) { r.ours[1].All = 20 * time.Second }, "complete, within", true},
		"many, memory":    {many, func(r *report) { r.ours[1].Memory++ }, "memory, at most", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := test.of
			changed.ours = append([]measure{}, test.of.ours...)
			test.change(&changed)
			o := options{count: 10_000, size: 1200, runs: 3}
			if strings.HasPrefix(name, "many") {
				o.count = 100_000
			}
			wantVerdict(t, changed, o, test.missed)
			o.report = true
			if err := changed.write(io.Discard, o); errors.Is(err, errMissed) != (test.missed != "" && !test.late) {
				t.Errorf("with -report it ended with %v", err)
			}
		})
	}
}

func wantVerdict(t *testing.T, r report, o options, missed string) {
	t.Helper()
	var out bytes.Buffer
	if err := r.write(&out, o); errors.Is(err, errMissed) != (missed != "") {
		t.Errorf("it ended with %v", err)
	}
	for line := range strings.Lines(out.String()) {
		if want := missed != "" && strings.Contains(line, missed); strings.Contains(line, "MISSED") != want {
			t.Errorf("the line is %q", line)
		}
	}
	if want := "1,000 ms   1/20.0"; missed == "" && o.count == fewSecrets && !strings.Contains(out.String(), want) {
		t.Errorf("the table is\n%s", out.String())
	}
}

// What is in memory is found, in the clear and in base64. It is made here, so
// that it stands in no part of the program.
func TestSearchFinds(t *testing.T) {
	t.Parallel()
	value := []byte(strings.Repeat(canary, 10))
	encoded := []byte(base64.StdEncoding.EncodeToString(value))
	var f found
	if err := f.scan(os.Getpid()); err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(value)
	runtime.KeepAlive(encoded)
	if f.Values < 20 {
		t.Errorf("%d of 20 were found in %d bytes", f.Values, f.Looked)
	}
}
