package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// sizes are those that frames are drawn at, the last ones after the first ones
// again: a window that was small comes back.
var sizes = [][2]int{{1, 1}, {20, 5}, {36, 8}, {40, 12}, {60, 20}, {80, 24}, {100, 30}, {120, 40}, {200, 60}, {40, 12}, {1, 60}, {200, 1}, {79, 11}, {100, 12}}

func TestNoFrameIsLargerThanItsWindow(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		for _, ascii := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/ascii %v", s.name, ascii), func(t *testing.T) {
				t.Parallel()
				s.in(t, 60, 14, func(d *stateful) {
					for _, size := range sizes {
						d.size(size[0], size[1])
						d.fits(s.name)
					}
				}, func(c *Config) { c.ASCII = ascii })
			})
		}
	}
}

// fits holds the frame to its window: every line as wide as it, no line more
// than it has, the cursor inside.
func (d *stateful) fits(name string) {
	d.t.Helper()
	w, h := d.app.width, d.app.height
	view := d.app.View()
	lines := strings.Split(view.Content, "\n")
	if len(lines) > h {
		d.t.Errorf("%s at %dx%d: %d lines", name, w, h, len(lines))
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got > w {
			d.t.Errorf("%s at %dx%d: line %d is %d cells wide: %q", name, w, h, i+1, got, ansi.Strip(l))
		}
	}
	if c := view.Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X >= w || c.Y >= h) {
		d.t.Errorf("%s at %dx%d: the cursor stands at %d,%d", name, w, h, c.X, c.Y)
	}
}
