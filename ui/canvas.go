package ui

import "strings"

// canvas gathers the lines of a full screen, and which of them must stay in
// sight when the window is low.
type canvas struct {
	lines  []Line
	w      int
	focus  int
	cursor *Point
}

func (c *canvas) gap()           { c.lines = append(c.lines, blank()) }
func (c *canvas) add(l ...Line)  { c.lines = append(c.lines, l...) }
func (c *canvas) here()          { c.focus = len(c.lines) }
func (c *canvas) typedAt(x int)  { c.cursor = &Point{X: x, Y: len(c.lines)} }
func (c *canvas) para(t string)  { c.hang(unmarked, t) }
func (c *canvas) title(t string) { c.add(say(Title, "   "+t)) }

func (c *canvas) section(title, note string) { c.add(rule(title, note, c.w)) }

// hang adds text after a mark, its further lines under the first. It keeps a
// margin at the right, where nothing of a full screen stands.
func (c *canvas) hang(mark Span, text string) {
	c.add(sentenceLines(mark, text, c.w-4)...)
}

// fit takes lines away until h are left: blank ones first, then those furthest
// above the line that must stay in sight, line 2 never.
func (c *canvas) fit(h int) View {
	lines, focus := c.lines, c.focus
	for i := 1; i < len(lines) && len(lines) > h; {
		if i != focus && strings.TrimSpace(lines[i].plain()) == "" {
			lines = append(lines[:i:i], lines[i+1:]...)
			if c.cursor != nil && i < c.cursor.Y {
				c.cursor.Y--
			}
			if i < focus {
				focus--
			}
			continue
		}
		i++
	}
	if over := len(lines) - h; over > 0 {
		// What stands just above the line in sight says what it is.
		gone := max(min(over, focus-1-h/3), 0)
		lines = append(lines[:1:1], lines[1+gone:]...)
		if left := len(lines) - h; left > 0 {
			lines = append(lines[:h-1:h-1], say(Muted, "   … "+plural(left+1, "line", "lines")+" more"))
		}
		if c.cursor != nil {
			c.cursor.Y -= gone
		}
	}
	return View{Lines: lines, Cursor: c.cursor}
}
