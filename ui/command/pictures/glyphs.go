//go:build unix

package main

// A cell of a picture.
const (
	cellWidth  = 10
	cellHeight = 20
)

// lineGlyphs are drawn as lines: one path for all of them in a row, each a
// part of it that begins where its cell does.
var lineGlyphs = map[string]string{
	"─": "m0 10h10",
	"│": "m5 0v20",
	"╭": "m5 20v-5q0 -5 5 -5",
	"╮": "m0 10q5 0 5 5v5",
	"╰": "m5 0v5q0 5 5 5",
	"╯": "m5 0v5q0 5 -5 5",
	"├": "m5 0v20m0 -10h5",
	"┤": "m5 0v20m0 -10h-5",
	"└": "m5 0v10h5",
}

// shapeGlyphs are drawn as shapes that are defined once: the name, and what is
// filled or drawn with the colour of the text.
var shapeGlyphs = map[string]struct{ name, shape string }{
	"●": {"used", `<circle cx="5" cy="10" r="4" fill="currentColor"/>`},
	"○": {"referenced", `<circle cx="5" cy="10" r="3.3" fill="none" stroke="currentColor" stroke-width="1.4"/>`},
	"✗": {"cross", `<path d="M1.5 6.5l7 7m0 -7l-7 7" fill="none" stroke="currentColor" stroke-width="1.9"/>`},
	"◆": {"system", `<path d="M5 5l4.5 5l-4.5 5l-4.5 -5z" fill="currentColor"/>`},
	"✓": {"tick", `<path d="M.8 10.5l3 3.5l5.4 -8" fill="none" stroke="currentColor" stroke-width="1.7"/>`},
	"…": {"more", `<path d="M1 13.2h1.6v1.6h-1.6zm3.2 0h1.6v1.6h-1.6zm3.2 0h1.6v1.6h-1.6z" fill="currentColor"/>`},
	"▌": {"bar", `<path d="M0 0h5v20h-5z" fill="currentColor"/>`},
	"▸": {"rests", `<path d="M2 6l6 4l-6 4z" fill="currentColor"/>`},
	"▴": {"up", `<path d="M1.5 12.5l3.5 -5l3.5 5z" fill="currentColor"/>`},
	"▾": {"down", `<path d="M1.5 7.5l3.5 5l3.5 -5z" fill="currentColor"/>`},
	"•": {"dot", `<circle cx="5" cy="10" r="2.4" fill="currentColor"/>`},
	"→": {"to", `<path d="M.5 10h8.5m-3.5 -3.5l3.5 3.5l-3.5 3.5" fill="none" stroke="currentColor" stroke-width="1.4"/>`},
	"·": {"between", `<circle cx="5" cy="10" r="1.1" fill="currentColor"/>`},
}
