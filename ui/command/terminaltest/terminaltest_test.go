//go:build unix

package terminaltest

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestMarginsOffTheScreen: a frame for a larger screen, that comes late, does
// no harm, and margins on the screen are heeded.
func TestMarginsOffTheScreen(t *testing.T) {
	screen := emulator(10, 4)
	_, _ = screen.WriteString(ansi.SetTopBottomMargins(2, 24) + ansi.ScrollDown(2) + ansi.ScrollUp(3) + ansi.SetTopBottomMargins(30, 40) + ansi.ScrollDown(1))
	_, _ = screen.WriteString(ansi.CursorPosition(1, 1) + "a\r\nb\r\nc\r\nd" + ansi.SetTopBottomMargins(2, 3) + ansi.ScrollDown(1))
	var got []string
	for line := range strings.SplitSeq(screen.String(), "\n") {
		got = append(got, strings.TrimSpace(line))
	}
	if want := []string{"a", "", "b", "d"}; strings.Join(got, ",") != strings.Join(want, ",") {
		t.Errorf("the lines are %q, want %q", got, want)
	}
}
