//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func runsOf(first, all time.Duration, memory int64) []measure {
	return []measure{
		{First: 9 * time.Second, All: 9 * time.Second, Memory: 1},
		{First: first, All: all, Memory: memory, Received: 3 << 20},
		{First: 1, All: 1, Memory: 1 << 40},
	}
}

// The middle run counts, each aim by itself, and a search that could not have
// found anything is no good news.
func TestReport(t *testing.T) {
	t.Parallel()
	good := report{
		ours:    runsOf(50*time.Millisecond, 200*time.Millisecond, 40<<20),
		kubectl: runsOf(time.Second, 2*time.Second, 130<<20),
		listed:  found{Secrets: 10_000, Names: 5}, revealed: found{Values: 1},
	}
	for name, test := range map[string]struct {
		change func(*report)
		missed string // the line in which that stands; "" for none
	}{
		"all is well":     {func(*report) {}, ""},
		"first rows late": {func(r *report) { r.ours[1].First++ }, "first rows"},
		"complete late":   {func(r *report) { r.ours[1].All++ }, "complete"},
		"much memory":     {func(r *report) { r.ours[1].Memory = 60 << 20 }, "memory, at most"},
		"a value":         {func(r *report) { r.listed.Values = 1 }, "values in memory"},
		"blind search":    {func(r *report) { r.revealed.Values = 0 }, "and with a value"},
		"not all listed":  {func(r *report) { r.listed.Secrets-- }, "and with a value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := good
			changed.ours = append([]measure{}, good.ours...)
			test.change(&changed)
			var out bytes.Buffer
			err := changed.write(&out, options{count: 10_000, size: 1200, runs: 3})
			if errors.Is(err, errMissed) != (test.missed != "") {
				t.Errorf("it ended with %v", err)
			}
			for line := range strings.Lines(out.String()) {
				missed := test.missed != "" && strings.Contains(line, test.missed)
				if strings.Contains(line, "MISSED") != missed {
					t.Errorf("the line is %q", line)
				}
			}
			if !strings.Contains(out.String(), "1,000 ms   1/20.0") && name == "all is well" {
				t.Errorf("the table is\n%s", out.String())
			}
		})
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
