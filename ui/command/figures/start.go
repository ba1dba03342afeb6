//go:build linux

package main

import (
	"context"
	"time"
)

// What is written on the first frame of the demo, and when its list is there.
const (
	firstWord = "Universal"
	listWord  = "payments-ca-cert"
)

// begun is one start: the time to the first frame and to the list.
type begun struct{ frame, list time.Duration }

// starts starts the demo as often as was asked, and once before, so that the
// program is in the machine's memory.
func starts(ctx context.Context, program, folder string, times int, now func() time.Time) ([]begun, error) {
	var all []begun
	for i := range times + 1 {
		one, err := start(ctx, program, folder, now)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}

// start takes the time from before the process exists.
func start(ctx context.Context, program, folder string, now func() time.Time) (begun, error) {
	began := now()
	s, err := open(ctx, environment(folder), program, "--demo")
	if err != nil {
		return begun{}, err
	}
	defer s.close()
	var b begun
	if err := s.awaits(ctx, firstWord); err != nil {
		return b, err
	}
	b.frame = now().Sub(began)
	err = s.awaits(ctx, listWord)
	b.list = now().Sub(began)
	return b, err
}
