package ui

import (
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"meshsecrets/backend/embedded/demo"
)

// ticks lets time pass, and counts the ticks that the console took meanwhile.
func (d *world) ticks(long time.Duration) int {
	count, over := 0, time.After(long)
	for {
		select {
		case msg := <-d.answer:
			if _, is := msg.(tick); is {
				count++
			}
			d.step(msg)
		case <-over:
			return count
		}
	}
}

// What is drawn again and is the same is the same string: the renderer compares
// it for each frame.
func TestWhatIsDrawnAgainIsTheSameString(t *testing.T) {
	t.Parallel()
	throughDemo(t, 100, 30, func(d *world) {
		first := d.app.View().Content
		d.send(tick{})
		if again := d.app.View().Content; unsafe.StringData(again) != unsafe.StringData(first) {
			t.Error("it is equal, and another string")
		}
		d.press("j")
		if next := d.app.View().Content; next == first {
			t.Error("a key changed nothing")
		}
	})
}

// Over a list that nobody touches the clock is slow; with the first key it is
// quick again, and never two clocks run.
func TestTheClockRests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cp, err := demo.New(frameTime)
		if err != nil {
			t.Fatal(err)
		}
		entry := embeddedEntry("demo", cp, nil)
		start(t, 100, 30, Config{Directory: listed{entry}, Start: &entry}, func(d *world) {
			for _, test := range []struct {
				what  string
				keys  []string
				long  time.Duration
				ticks int // one more or less at the edges
			}{
				{"after the start", nil, 30 * time.Second, 30},
				{"when nobody is there", nil, 10 * time.Minute, 120},
				{"after a key", []string{"j"}, 30 * time.Second, 31}, // the slow tick on its way is dropped
				{"when nobody is there any more", nil, 10 * time.Minute, 120},
				{"over a secret", []string{"enter"}, 10 * time.Minute, 601},
			} {
				for _, key := range test.keys {
					d.step(keyNamed(key))
				}
				if got := d.ticks(test.long); got < test.ticks-1 || got > test.ticks+1 {
					t.Errorf("%s there are %d ticks in %v, want %d", test.what, got, test.long, test.ticks)
				}
			}
		}, func(c *Config) { c.Still, c.Clock = false, time.Now })
	})
}
