//go:build unix

package main

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// piece is a character in its cell.
type piece struct {
	text  string
	style string // the classes of the picture that colour it
	cells int
}

// shot is a frame: a row of pieces for each line.
type shot struct {
	rows    [][]piece
	cursorX int
	cursorY int // -1 when there is no cursor
}

// shoot draws a view on cells, as the terminal would.
func shoot(view tea.View) shot {
	buffer := uv.NewScreenBuffer(columns, rows)
	uv.NewStyledString(view.Content).Draw(buffer, buffer.Bounds())
	s := shot{cursorY: -1}
	for y := range rows {
		var row []piece
		for x := 0; x < columns; x++ {
			p := piece{text: " ", cells: 1}
			if cell := buffer.CellAt(x, y); cell != nil && cell.Content != "" {
				p = piece{text: cell.Content, style: classes(cell.Style), cells: max(cell.Width, 1)}
			}
			row = append(row, p)
			x += p.cells - 1
		}
		s.rows = append(s.rows, row)
	}
	if view.Cursor != nil {
		s.cursorX, s.cursorY = view.Cursor.X, view.Cursor.Y
	}
	return s
}

// classes are the classes of a style: the console has six colours, bold and
// faint, and no background.
func classes(s uv.Style) string {
	var names []string
	if basic, is := s.Fg.(ansi.BasicColor); is {
		names = append(names, fmt.Sprintf("c%d", basic))
	}
	if s.Attrs&uv.AttrBold != 0 {
		names = append(names, "b")
	}
	if s.Attrs&uv.AttrFaint != 0 {
		names = append(names, "f")
	}
	return strings.Join(names, " ")
}

// lines are the rows as text.
func (s shot) lines() []string {
	var lines []string
	for _, row := range s.rows {
		var b strings.Builder
		for _, p := range row {
			b.WriteString(p.text)
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

// has tells whether all words are on it.
func (s shot) has(words []string) bool {
	text := strings.Join(s.lines(), "\n")
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
