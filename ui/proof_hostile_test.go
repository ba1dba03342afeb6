package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"meshsecrets/backend/embedded"
)

// hostile are names that a terminal must never be sent as they are, and names
// that are only hard to lay out.
var hostile = []string{
	"\x1b[31mred", "\x1b]0;title\x07", "\x1b]52;c;ZmFrZQ==\x07", "a\x00b", "tab\there", "line\nbreak", "cr\rreturn", "bell\x07", "back\bspace", "del\x7f",
	"c1\u009b31m", "\u202egnp.exe", "\u2066isolate\u2069", "zero\u200bwidth", "join\u200der", "\ufeffbom", "soft\u00adhyphen", "line\u2028sep",
	"世界世界世界世界世界世界世界世界", "👩‍👩‍👧‍👦 family", "🇩🇪", "e\u0301\u0302\u0303\u0304\u0305\u0306", "\u0301alone", "بعض", "█▌●✗◆",
	strings.Repeat("n", 253), strings.Repeat("世", 120), "bad\xff\xfeutf8", "tag\U000E0041", " ", "  spaces  ", "..", "a.b.c", "%s%d%!", "</style>", "$(reboot)", "`id`",
}

// hostileControlPlane has random meshes, with hostile names among them, and
// secrets of every kind of name in each.
func hostileControlPlane(t *testing.T, seed uint64) *embedded.ControlPlane {
	t.Helper()
	cp, err := embedded.New(embedded.Options{Product: "Kuma \x1b[31m", Version: "2.14.3\u202e", Now: func() time.Time { return frameTime }})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range 1 + random.IntN(4) {
		name := fmt.Sprintf("mesh-%d-%x", i, random.Uint32())
		if err := cp.Put("/meshes/"+name, map[string]string{"type": "Mesh", "name": name}); err != nil {
			t.Fatal(err)
		}
	}
	labels := map[string]string{"": "", "\x1b[1m": "\u202e", "kuma.io/display-name": "\x1b]0;x\x07", strings.Repeat("k", 253): strings.Repeat("v", 400)}
	meshes := append([]string{"", "default", "default"}, hostile...)
	for i, name := range hostile {
		for range 2 {
			cp.Seed(embedded.Secret{Mesh: meshes[random.IntN(len(meshes))], Name: name, Labels: labels, Created: frameTime,
				Value: []byte("fake " + hostile[random.IntN(len(hostile))])})
		}
		cp.Seed(embedded.Secret{Mesh: "default", Name: name, Labels: labels, Created: frameTime, Value: []byte("fake " + hostile[(i+1)%len(hostile)])})
	}
	return cp
}

// clean holds the frame to hold nothing that a terminal obeys, before the theme
// gives it our own styles.
func (d *stateful) clean(at string) {
	d.t.Helper()
	lines, _ := d.app.draw()
	texts := []string{d.app.View().WindowTitle}
	for _, l := range lines {
		texts = append(texts, l.plain())
	}
	for _, text := range texts {
		for _, r := range text {
			if obeyed(r) {
				d.t.Errorf("%s: the frame holds %U", at, r)
				return
			}
		}
	}
	if got := strings.Count(d.app.View().Content, "\n"); got != len(lines)-1 {
		d.t.Errorf("%s: %d ends of lines in %d lines", at, got, len(lines))
	}
	d.fits(at)
}

// obeyed tells whether a terminal would do something other than draw it.
func obeyed(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || unicode.Is(unicode.Bidi_Control, r) ||
		r >= 0x200b && r <= 0x200f || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xad || r >= 0xE0000 && r <= 0xE0FFF
}

func TestHostileNamesNeverReachTheTerminal(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
			t.Run(fmt.Sprintf("seed %d at %dx%d", seed, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					state{name: "hostile", want: "browse"}.on(t, hostileControlPlane(t, seed), size[0], size[1], func(d *stateful) {
						d.clean("at first")
						for _, scope := range []string{"0", "1", "tab"} {
							d.press(scope, "g")
							for range 12 {
								d.hostileRow(scope)
								d.press("j", "j", "j")
							}
						}
					})
				})
			})
		}
	}
}

// hostileRow looks at every screen of the row at the bar.
func (d *stateful) hostileRow(scope string) {
	d.t.Helper()
	for _, keys := range [][]string{{}, {"x"}, {"y"}, {"y", "x", "Y"}, {"D"}, {"m"}, {"m", "enter"}, {"e"}, {"e", "ctrl+x"}, {"?"}, {":"}, {"a"}, {"/", "e"}} {
		for _, key := range keys {
			d.press(key)
			d.clean(fmt.Sprint("scope ", scope, ", keys ", keys, ", on ", screenKind(d.top())))
		}
		for range 4 {
			if screenKind(d.top()) == "browse" && !isTyping(d.top()) {
				break
			}
			d.press("esc")
		}
	}
}

func TestEveryGlyphThatTheConsoleDrawsHasAnASCIIOne(t *testing.T) {
	t.Parallel()
	known := map[rune]bool{}
	for i := 0; i < len(glyphs); i += 2 {
		for _, r := range glyphs[i] {
			known[r] = true
		}
	}
	for _, s := range states() {
		if strings.Contains(s.name, "revealed") || strings.Contains(s.name, "scrolled") {
			continue // values are drawn as they are
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.in(t, 120, 40, func(d *stateful) {
				for _, r := range ansi.Strip(d.app.View().Content) {
					if r >= 0x80 && !known[r] {
						t.Errorf("%q is not among the glyphs of the theme", r)
					}
				}
			})
		})
	}
}
