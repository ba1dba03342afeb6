package ui

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// updateFrames rewrites the golden frames: UPDATE_FRAMES=1 go test ./...
func updateFrames() bool { return os.Getenv("UPDATE_FRAMES") != "" }

// golden holds a frame against testdata/frames/NAME.txt: the view is drawn on a
// buffer of cells, as the renderer does, and dumped as a plane of text and a
// plane of styles, so that a review reads both.
func golden(t *testing.T, name string, view tea.View, w, h int) {
	t.Helper()
	sameFile(t, filepath.Join("..", "testdata", "frames", name+".txt"), dump(view, w, h))
}

// sameFile holds a text against a file, or writes the file.
func sameFile(t *testing.T, path, got string) {
	t.Helper()
	if updateFrames() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (UPDATE_FRAMES=1 writes it)", err)
	}
	if got != string(want) {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Errorf("frame %s differs (UPDATE_FRAMES=1 rewrites it after a look)\n%s", name, differences(string(want), got))
	}
}

// differences are the lines that differ, with their number.
func differences(want, got string) string {
	var b strings.Builder
	a, z := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(z)) {
		was, is := "", ""
		if i < len(a) {
			was = a[i]
		}
		if i < len(z) {
			is = z[i]
		}
		if was != is {
			fmt.Fprintf(&b, "%3d -%s\n    +%s\n", i+1, was, is)
		}
	}
	return b.String()
}

// dump is a frame in readable form.
func dump(view tea.View, w, h int) string {
	buffer := uv.NewScreenBuffer(w, h)
	uv.NewStyledString(view.Content).Draw(buffer, buffer.Bounds())
	var b strings.Builder
	fmt.Fprintf(&b, "screen %dx%d\n", w, h)
	if view.Cursor != nil {
		fmt.Fprintf(&b, "cursor line %d, column %d\n", view.Cursor.Y+1, view.Cursor.X+1)
	}
	legend := map[string]rune{}
	var order []string
	var styles strings.Builder
	for y := range h {
		text, plane := "", ""
		for x := 0; x < w; x++ {
			cell := buffer.CellAt(x, y)
			if cell == nil || cell.Content == "" {
				text += " "
				plane += "."
				continue
			}
			text += cell.Content
			name := styleName(cell.Style)
			if name == "" {
				plane += strings.Repeat(".", max(cell.Width, 1))
			} else {
				if _, known := legend[name]; !known {
					legend[name] = rune('a' + len(legend))
					order = append(order, name)
				}
				plane += strings.Repeat(string(legend[name]), max(cell.Width, 1))
			}
			x += max(cell.Width, 1) - 1
		}
		fmt.Fprintf(&b, "|%s|\n", text)
		if trimmed := strings.TrimRight(plane, "."); trimmed != "" {
			fmt.Fprintf(&styles, "%2d %s\n", y+1, trimmed)
		}
	}
	b.WriteString("styles\n" + styles.String())
	for _, name := range order {
		fmt.Fprintf(&b, "%c %s\n", legend[name], name)
	}
	return b.String()
}

func styleName(s uv.Style) string {
	var parts []string
	if s.Fg != nil {
		parts = append(parts, colourName(s.Fg))
	}
	if s.Bg != nil {
		parts = append(parts, "on "+colourName(s.Bg))
	}
	if s.Attrs&uv.AttrBold != 0 {
		parts = append(parts, "bold")
	}
	if s.Attrs&uv.AttrReverse != 0 {
		parts = append(parts, "reverse")
	}
	if s.Attrs&uv.AttrFaint != 0 {
		parts = append(parts, "faint")
	}
	return strings.Join(parts, " ")
}

func colourName(c color.Color) string { return fmt.Sprintf("colour %v", c) }
