package ui

import (
	"strings"
	"testing"
	"time"
)

// Where only the mesh on screen is polled, the other lines of the Meshes pane
// say how old they are, until all are read again.
func TestFramesOthersRead(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name string
		w, h int
		keys []string
	}{
		{"browse-others-read-100x30", 100, 30, nil},
		{"meshes-others-read-80x24", 80, 24, []string{"tab"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			onDemo(t, f.w, f.h, func(d *world) {
				d.press(append([]string{"4"}, f.keys...)...)
				d.wait(50 * time.Second)
				if strings.Contains(d.text(), "read 50s ago") {
					t.Error("it says so at once\n" + d.text())
				}
				d.wait(4 * time.Minute)
				d.frame(f.name)
				d.press("ctrl+r")
				d.wait(5 * time.Second)
				if strings.Contains(d.text(), "4m ago") {
					t.Error("all were read\n" + d.text())
				}
			})
		})
	}
}
