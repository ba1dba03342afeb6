package command

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// TestFrameAfterMargins: a window grew while margins for its old size were on
// their way; the frame that erases all is whole all the same.
func TestFrameAfterMargins(t *testing.T) {
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	frame := ansi.CursorHomePosition + ansi.EraseEntireScreen + "a\r\nb\r\nc\r\nd"
	for _, piece := range []string{ansi.SetTopBottomMargins(1, 2), frame} {
		if n, writeErr := (wholeScreen{in}).Write([]byte(piece)); n != len(piece) || writeErr != nil {
			t.Errorf("written are %d of %d: %v", n, len(piece), writeErr)
		}
	}
	_ = in.Close()
	drawn, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	screen := vt.NewEmulator(4, 4)
	_, _ = screen.Write(drawn)
	if got := strings.Join(strings.Fields(screen.String()), ""); got != "abcd" {
		t.Errorf("the screen has %q, want abcd", got)
	}
}
