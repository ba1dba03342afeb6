//go:build unix

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The parts of a window around its cells.
const (
	margin  = 20
	heading = 40 // the title's height
	footing = 54 // the height of what is told below
	corner  = 12
	inside  = columns * cellWidth
	width   = inside + 2*margin
	tall    = heading + rows*cellHeight + margin/2
)

// look is the style of all pictures. They follow what the reader's system
// prefers; the accent is another one where it is light, as in the console.
const look = `<style>
svg{color:#d4d9e0}
text{font:16.4px ui-monospace,"SFMono-Regular","Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;fill:currentColor;white-space:pre}
.l{fill:none;stroke:currentColor;stroke-width:1.1}
.b{font-weight:700}.f{opacity:.58}
.c1{color:#ff7b72}.c2{color:#56d364}.c3{color:#e3b341}.c4{color:#79c0ff}.c5{color:#d2a8ff}.c6{color:#56d4dd}
.back{fill:#14171c;stroke:#30363f}.bar{fill:#1b1f26}.edge{fill:none;stroke:#30363f}.cap{fill:#2a303a;stroke:#3d4450}
.say{font:16px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
@media (prefers-color-scheme:light){
svg{color:#1f2328}
.back{fill:#fff;stroke:#d0d7de}.bar{fill:#f3f5f7}.edge{stroke:#d0d7de}.cap{fill:#f6f8fa;stroke:#d0d7de}
.f{opacity:.66}
.c1{color:#cf222e}.c2{color:#1a7f37}.c3{color:#9a6700}.c4,.c6{color:#0550ae}.c5{color:#8250df}
}
</style>
`

// sheet collects what is drawn in one picture: each row of text that occurs is
// defined once.
type sheet struct {
	rows  map[string]string // what is drawn, to its name
	order []string
}

func newSheet() *sheet { return &sheet{rows: map[string]string{}} }

// draw draws a frame from the rows that are defined.
func (d *sheet) draw(s shot) string {
	var b strings.Builder
	for y, row := range s.rows {
		content := drawRow(row)
		if content == "" {
			continue
		}
		name, known := d.rows[content]
		if !known {
			name = fmt.Sprintf("r%d", len(d.rows))
			d.rows[content] = name
			d.order = append(d.order, content)
		}
		fmt.Fprintf(&b, `<use href="#%s" y="%d"/>`, name, y*cellHeight)
	}
	if s.cursorY >= 0 {
		fmt.Fprintf(&b, `<path class="c6" fill="currentColor" d="M%d %dh2v18h-2z"/>`, s.cursorX*cellWidth, s.cursorY*cellHeight+1)
	}
	return b.String()
}

// definitions are the glyphs and the rows.
func (d *sheet) definitions() string {
	var b strings.Builder
	b.WriteString("<defs>\n")
	for _, glyph := range slices.Sorted(maps.Keys(shapeGlyphs)) {
		fmt.Fprintf(&b, `<g id="%s">%s</g>`+"\n", shapeGlyphs[glyph].name, shapeGlyphs[glyph].shape)
	}
	for _, content := range d.order {
		fmt.Fprintf(&b, `<g id="%s">%s</g>`+"\n", d.rows[content], content)
	}
	b.WriteString("</defs>\n")
	return b.String()
}

// drawRow draws one line of the terminal. Text is drawn in pieces that are as
// long as their cells, whatever the font.
func drawRow(row []piece) string {
	var b strings.Builder
	lines := map[string]*strings.Builder{} // by style
	var order []string
	at := 0
	for i := 0; i < len(row); {
		p := row[i]
		if part, is := lineGlyphs[p.text]; is {
			if lines[p.style] == nil {
				lines[p.style] = &strings.Builder{}
				order = append(order, p.style)
			}
			n := 1
			for p.text == "─" && i+n < len(row) && row[i+n] == p {
				n++
			}
			if p.text == "─" {
				part = fmt.Sprintf("m0 10h%d", n*cellWidth)
			}
			fmt.Fprintf(lines[p.style], "M%d 0%s", at*cellWidth, part)
			i, at = i+n, at+n
			continue
		}
		if shape, is := shapeGlyphs[p.text]; is {
			fmt.Fprintf(&b, `<use href="#%s"%s%s/>`, shape.name, attribute("x", at*cellWidth), class(p.style))
			i, at = i+1, at+1
			continue
		}
		text, n, cells := word(row[i:])
		if strings.TrimSpace(text) != "" {
			fmt.Fprintf(&b, `<text y="15"%s%s textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`,
				attribute("x", at*cellWidth), class(p.style), cells*cellWidth, escaped(text))
		}
		i, at = i+n, at+cells
	}
	for _, style := range order {
		fmt.Fprintf(&b, `<path class="%s" d="%s"/>`, strings.TrimSpace("l "+style), lines[style])
	}
	return b.String()
}

// word is what is drawn as one piece of text: of one style, without two blanks
// after each other.
func word(row []piece) (text string, pieces, cells int) {
	blanks := 0
	for _, p := range row {
		_, line := lineGlyphs[p.text]
		_, shape := shapeGlyphs[p.text]
		if line || shape || p.style != row[0].style || (p.text == " ") != (row[0].text == " ") && (row[0].text == " " || blanks > 0) {
			break
		}
		if p.text == " " {
			blanks++
		} else {
			blanks = 0
		}
		text, pieces, cells = text+p.text, pieces+1, cells+p.cells
	}
	if kept := strings.TrimRight(text, " "); kept != "" {
		return kept, pieces - (len(text) - len(kept)), cells - (len(text) - len(kept))
	}
	return text, pieces, cells
}

func attribute(name string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(` %s="%d"`, name, n)
}

func class(style string) string {
	if style == "" {
		return ""
	}
	return ` class="` + style + `"`
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// window is a picture of a window with something in it.
func window(title, about, style, definitions, content string, height int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title about">`+"\n",
		width, height, width, height)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"about\">%s</desc>\n", escaped(title), escaped(about))
	b.WriteString(look + style + definitions)
	fmt.Fprintf(&b, `<rect class="back" x=".5" y=".5" width="%d" height="%d" rx="%d"/>`+"\n", width-1, height-1, corner)
	fmt.Fprintf(&b, `<path class="bar" d="M1 %d v-%d q0 -%d %d -%d h%d q%d 0 %d %d v%d z"/>`+"\n", heading-8, heading-8-1-corner, corner, corner, corner,
		width-2-2*corner, corner, corner, corner, heading-8-1-corner)
	for i := range 3 {
		fmt.Fprintf(&b, `<circle class="edge" cx="%d" cy="17" r="5.5" stroke-width="1.5"/>`, margin+2+18*i)
	}
	fmt.Fprintf(&b, "\n"+`<text class="f" x="%d" y="22" text-anchor="middle" style="font-size:14px">%s</text>`+"\n", width/2, escaped("meshsecrets --demo"))
	b.WriteString(content + "</svg>\n")
	return b.String()
}

// still is a picture of one frame.
func still(s shot, title, about string) string {
	d := newSheet()
	content := fmt.Sprintf(`<g transform="translate(%d %d)">%s</g>`+"\n", margin, heading, d.draw(s))
	return window(title, about, "", d.definitions(), content, tall)
}
