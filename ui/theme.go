package ui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// Theme turns lines into what the terminal is sent. It is the only maker of
// styles: the terminal's own sixteen colours, of those only 1 to 6, because
// palettes in wide use turn the bright ones into greys.
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

// NewTheme makes the theme for a dark or light background. Colours are left to
// the renderer to take away (NO_COLOR); bold and faint carry what must be told
// apart without them.
func NewTheme(dark, ascii bool) Theme {
	accent := color.Color(lipgloss.Cyan)
	if !dark {
		accent = lipgloss.Blue
	}
	style := lipgloss.NewStyle
	styles := [Foreign + 1]lipgloss.Style{
		Plain:       style(),
		Title:       style().Bold(true),
		Accent:      style().Bold(true).Foreground(accent),
		Selection:   style().Bold(true),
		InUseMark:   style().Foreground(lipgloss.Green),
		TrustMark:   style().Bold(true).Foreground(lipgloss.Green),
		MissingMark: style().Foreground(lipgloss.Red),
		SystemMark:  style().Foreground(lipgloss.Magenta),
		Warning:     style().Bold(true).Foreground(lipgloss.Yellow),
		Failure:     style().Bold(true).Foreground(lipgloss.Red),
		Muted:       style().Faint(true),
		Typed:       style().Bold(true),
		Foreign:     style(),
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
