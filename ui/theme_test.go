package ui

import (
	"image/color"
	"math"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestFramesOfLooks(t *testing.T) {
	t.Parallel()
	black, white := tea.BackgroundColorMsg{Color: color.Black}, tea.BackgroundColorMsg{Color: color.White}
	for name, test := range map[string]struct {
		look   Look
		answer tea.Msg
	}{
		"look-auto-unanswered": {LookAuto, nil}, "look-auto-on-white": {LookAuto, white}, "look-auto-on-black": {LookAuto, black},
		"look-dark": {LookDark, nil}, "look-light": {LookLight, nil}, "look-high-contrast": {LookHighContrast, nil},
		"look-colour-blind-on-black": {LookColourBlind, black}, "look-colour-blind-on-white": {LookColourBlind, white},
	} {
		t.Run(name, func(t *testing.T) {
			onDemo(t, 100, 30, func(d *world) {
				d.find("4", "payments-ca-cert")
				if test.answer != nil {
					d.send(test.answer)
				}
				d.frame(name + "-100x30")
			}, func(c *Config) {
				c.Look = test.look
				c.Start.Protected = true
			})
		})
	}
}

// A look that was chosen is not asked for, and not changed by what a terminal
// says unasked.
func TestALookThatIsChosenStays(t *testing.T) {
	t.Parallel()
	for _, look := range []Look{LookDark, LookLight, LookHighContrast} {
		if look.asks() || NewTheme(look, true, false).screen([]Line{say(Accent, "x")}) != NewTheme(look, false, false).screen([]Line{say(Accent, "x")}) {
			t.Errorf("%s depends on the terminal", look)
		}
	}
	for _, look := range []Look{LookAuto, LookColourBlind, ""} {
		if !look.asks() {
			t.Errorf("%s does not ask the terminal", look)
		}
	}
}

// linear is a colour as light.
func linear(c color.Color) [3]float64 {
	r, g, b, _ := c.RGBA()
	var out [3]float64
	for i, v := range []uint32{r, g, b} {
		s := float64(v) / 0xffff
		if out[i] = s / 12.92; s > 0.04045 {
			out[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return out
}

func luminance(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// lab is a colour as it is seen, so that distances are as great as differences.
func lab(c [3]float64) [3]float64 {
	x := 0.4124*c[0] + 0.3576*c[1] + 0.1805*c[2]
	z := 0.0193*c[0] + 0.1192*c[1] + 0.9505*c[2]
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	y := f(luminance(c))
	return [3]float64{116*y - 16, 500 * (f(x/0.9505) - y), 200 * (y - f(z/1.089))}
}

// sights are how people see who lack one kind of cone, as matrices on light: the
// model of Machado, Oliveira and Fernandes (2009), at its strongest.
var sights = map[string][3][3]float64{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red":    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no green":  {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no blue":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func seen(c [3]float64, sight [3][3]float64) [3]float64 {
	var out [3]float64
	for i, row := range sight {
		out[i] = min(max(row[0]*c[0]+row[1]*c[1]+row[2]*c[2], 0), 1)
	}
	return out
}

// The colour-blind safe theme can be read, and its good news cannot be taken for
// bad news, however many kinds of cones somebody has.
func TestTheColourBlindSafeThemeIs(t *testing.T) {
	t.Parallel()
	const (
		readable = 4.5 // the contrast that WCAG asks of text
		apart    = 30  // ten times what is just noticed
	)
	for name, dark := range map[string]bool{"dark": true, "light": false} {
		p := LookColourBlind.palette(dark)
		background := 1.0
		if dark {
			background = 0
		}
		for role, c := range map[string]color.Color{"accent": p.accent, "in use": p.inUse, "missing": p.missing, "system": p.system, "warning": p.warning} {
			l := luminance(linear(c))
			if contrast := (max(l, background) + 0.05) / (min(l, background) + 0.05); contrast < readable {
				t.Errorf("%s: %s has a contrast of %.1f", name, role, contrast)
			}
		}
		for sight, matrix := range sights {
			good := lab(seen(linear(p.inUse), matrix))
			for role, c := range map[string]color.Color{"missing": p.missing, "warning": p.warning} {
				bad := lab(seen(linear(c), matrix))
				if d := math.Hypot(math.Hypot(good[0]-bad[0], good[1]-bad[1]), good[2]-bad[2]); d < apart {
					t.Errorf("%s, %s: in use and %s are only %.0f apart", name, sight, role, d)
				}
			}
		}
	}
}
