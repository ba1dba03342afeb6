package ui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// Theme turns lines into what the terminal is sent. It is the only maker of
// styles: the terminal's own sixteen colours, of those only 1 to 6, because
// palettes in wide use turn the bright ones into greys. No colour says what no
// glyph or word says too.
type Theme struct {
	inks  [Foreign + 1]ink
	ascii *strings.Replacer // nil when the terminal draws our glyphs
}

// narrow are the glyphs of our own, each of which takes one cell.
var narrow = func() map[rune]bool {
	all := map[rune]bool{}
	for i := 0; i < len(glyphs); i += 2 {
		for _, r := range glyphs[i] {
			all[r] = true
		}
	}
	return all
}()

// ink is what the terminal is sent before and after the text of a role. It is
// made once: to ask a style for each piece of text is half the price of a frame.
type ink struct{ before, after string }

func inkOf(s lipgloss.Style) ink {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return ink{before, after}
}

// glyphs are all the characters beyond ASCII that the console draws itself,
// each with the one that stands for it under --ascii.
var glyphs = []string{
	"●", "*", "○", "o", "✗", "x", "◆", "#", "✓", "v", "…", "~", "▌", ">", "▸", "-",
	"▴", "^", "▾", "v", "•", "*", "→", ">", "·", "-",
	"─", "-", "│", "|", "╭", "+", "╮", "+", "╰", "+", "╯", "+", "├", "+", "┤", "+", "└", "+",
}

// Look is the name of a theme.
type Look string

// The looks. Auto is dark or light, as the terminal says of itself; a colour-blind
// safe one is dark or light likewise.
const (
	LookAuto         Look = "auto"
	LookDark         Look = "dark"
	LookLight        Look = "light"
	LookHighContrast Look = "high-contrast"
	LookColourBlind  Look = "colour-blind"
)

// Looks gives all looks, the default one first.
func Looks() []Look { return []Look{LookAuto, LookDark, LookLight, LookHighContrast, LookColourBlind} }

// asks tells whether the terminal is asked for its background.
func (l Look) asks() bool { return l != LookDark && l != LookLight && l != LookHighContrast }

// palette are the colours that a theme chooses; nil is the terminal's own.
type palette struct {
	accent, inUse, missing, system, warning color.Color
	stark                                   bool // no colour, nothing faint; what stands out is in reverse
}

// palette gives the colours of a look on a dark or light background. The
// colour-blind safe one has exact colours, because what the terminal calls red
// may be any; reds and greens, which most cannot tell apart who see colours
// otherwise, never stand for different things there, and all are dark, or light,
// enough to be read.
func (l Look) palette(dark bool) palette {
	exact := lipgloss.Color
	p := palette{accent: lipgloss.Cyan, inUse: lipgloss.Green, missing: lipgloss.Red, system: lipgloss.Magenta, warning: lipgloss.Yellow}
	switch {
	case l == LookHighContrast:
		p = palette{stark: true}
	case l == LookColourBlind && dark:
		p = palette{accent: exact("#56B4E9"), inUse: exact("#56B4E9"), missing: exact("#F0802B"), system: exact("#CC79A7"), warning: exact("#E69F00")}
	case l == LookColourBlind:
		p = palette{accent: exact("#005F99"), inUse: exact("#005F99"), missing: exact("#A34400"), system: exact("#8F3F6F"), warning: exact("#7A5200")}
	case l == LookLight || l == LookAuto && !dark:
		p.accent = lipgloss.Blue
	}
	return p
}

// NewTheme makes the theme of a look, for a dark or light background. Colours are
// left to the renderer to take away (NO_COLOR); bold and faint carry what must be
// told apart without them.
func NewTheme(look Look, dark, ascii bool) Theme {
	p := look.palette(dark)
	style := func(c color.Color) lipgloss.Style {
		if c == nil {
			return lipgloss.NewStyle()
		}
		return lipgloss.NewStyle().Foreground(c)
	}
	styles := [Foreign + 1]lipgloss.Style{
		Plain:       style(nil),
		Title:       style(nil).Bold(true),
		Accent:      style(p.accent).Bold(true),
		Selection:   style(nil).Bold(true).Reverse(p.stark),
		InUseMark:   style(p.inUse),
		TrustMark:   style(p.inUse).Bold(true),
		MissingMark: style(p.missing).Bold(p.stark),
		SystemMark:  style(p.system).Bold(p.stark),
		Warning:     style(p.warning).Bold(true).Reverse(p.stark),
		Failure:     style(p.missing).Bold(true).Reverse(p.stark),
		Muted:       style(nil).Faint(!p.stark),
		Typed:       style(nil).Bold(true),
		Foreign:     style(nil),
	}
	var t Theme
	for role := range styles {
		t.inks[role] = inkOf(styles[role])
	}
	if ascii {
		t.ascii = strings.NewReplacer(glyphs...)
	}
	return t
}

// draw gives one line of the terminal.
func (t Theme) draw(b *strings.Builder, l Line) {
	for i := 0; i < len(l); {
		role, text := l[i].Role, l[i].Text
		for i++; i < len(l) && l[i].Role == role; i++ {
			text += l[i].Text
		}
		if t.ascii != nil && role != Foreign {
			text = t.ascii.Replace(text)
		}
		if text == "" {
			continue
		}
		b.WriteString(t.inks[role].before)
		b.WriteString(text)
		b.WriteString(t.inks[role].after)
	}
}

// screen draws all lines, a newline between them.
func (t Theme) screen(lines []Line) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		t.draw(&b, l)
	}
	return b.String()
}
