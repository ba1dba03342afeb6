package command

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// sheet is where results are printed, with the marks of the screens. What is
// lost on the way, as with a pipe that was closed, changes nothing of what is
// done.
type sheet struct {
	to    io.Writer
	ascii bool
	live  *live // nil when nobody watches
}

// The marks before a line.
const (
	passed = "✓"
	look   = "!"
	failed = "✗"
	going  = "…"
)

// plainMarks stand for what is not ASCII.
var plainMarks = strings.NewReplacer(passed, "v", failed, "x", going, "~", "→", ">")

// title begins a part.
func (s sheet) title(format string, args ...any) { s.print("", format, args...) }

// line is one line under a title; without a mark it stands under those that
// have one.
func (s sheet) line(mark, format string, args ...any) {
	if mark == "" {
		mark = " "
	}
	s.print(" "+mark+" ", format, args...)
}

// numbered is one of the things that will happen.
func (s sheet) numbered(n int, text string) { s.print(" "+strconv.Itoa(n)+" ", "%s", text) }

func (s sheet) print(before, format string, args ...any) {
	arrow := "→"
	if s.ascii {
		before, arrow = plainMarks.Replace(before), ">"
	}
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "→", arrow)
	_, _ = io.WriteString(s.to, s.live.cleared()+before+text+"\n")
}

// stepTime is how long a step took.
func stepTime(d time.Duration) string {
	if d < time.Second {
		return strconv.Itoa(int(max(d, 0)/time.Millisecond)) + "ms"
	}
	return strconv.Itoa(int(d/time.Second)) + "s"
}

// seconds is a gap in words: "3 s".
func seconds(d time.Duration) string {
	return strconv.Itoa(int((d+time.Second-1)/time.Second)) + " s"
}
