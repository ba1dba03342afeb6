//go:build unix

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// scene is a frame of the film: what is to be seen, which key led there, and
// how long it stays.
type scene struct {
	shot  shot
	key   string // as it stands on the key; "" for none
	says  string
	lasts time.Duration
}

// film is a picture of scenes after each other, for ever. Where motion is not
// wanted it is a picture of the last one.
func film(scenes []scene, title, about string) string {
	d := newSheet()
	var total time.Duration
	for _, s := range scenes {
		total += s.lasts
	}
	var style, content strings.Builder
	fmt.Fprintf(&style, "<style>\n.s{visibility:hidden;animation:%.1fs step-end infinite}\n.s:last-of-type{visibility:visible}\n", total.Seconds())
	fmt.Fprintf(&content, `<g transform="translate(%d %d)">`+"\n", margin, heading)
	at := time.Duration(0)
	for i, s := range scenes {
		fmt.Fprintf(&style, "#s%d{animation-name:k%d}@keyframes k%d{%s}\n", i, i, i, keyframes(at, at+s.lasts, total))
		fmt.Fprintf(&content, `<g class="s" id="s%d">%s%s</g>`+"\n", i, d.draw(s.shot), caption(s))
		at += s.lasts
	}
	style.WriteString("@media (prefers-reduced-motion:reduce){.s{animation:none}}\n</style>\n")
	content.WriteString("</g>\n")
	return window(title, about, style.String(), d.definitions(), content.String(), tall+footing)
}

// keyframes make a scene visible while it is its turn.
func keyframes(from, to, total time.Duration) string {
	percent := func(d time.Duration) float64 { return 100 * float64(d) / float64(total) }
	text := ""
	if from > 0 {
		text = "0%{visibility:hidden}"
	}
	text += fmt.Sprintf("%.3f%%{visibility:visible}", percent(from))
	if to < total {
		text += fmt.Sprintf("%.3f%%{visibility:hidden}", percent(to))
	}
	return text
}

// caption is what stands below a scene: the key, and what it does.
func caption(s scene) string {
	const top = rows*cellHeight + margin/2
	var b strings.Builder
	fmt.Fprintf(&b, `<path class="edge" d="M%d %dh%d"/>`, -margin+1, top, width-2)
	at := 0
	if s.key != "" {
		wide := len(s.key)*cellWidth + 22
		fmt.Fprintf(&b, `<rect class="cap" x="0" y="%d" width="%d" height="30" rx="6"/>`, top+11, wide)
		fmt.Fprintf(&b, `<text class="b" x="11" y="%d" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`, top+32, len(s.key)*cellWidth, escaped(s.key))
		at = wide + 16
	}
	fmt.Fprintf(&b, `<text class="say"%s y="%d">%s</text>`, attribute("x", at), top+32, escaped(s.says))
	return b.String()
}

// joined puts scenes that show the same into one.
func joined(scenes []scene) []scene {
	var all []scene
	for _, s := range scenes {
		if n := len(all); n > 0 && all[n-1].key == s.key && all[n-1].says == s.says && same(all[n-1].shot, s.shot) {
			all[n-1].lasts += s.lasts
			continue
		}
		all = append(all, s)
	}
	return all
}

func same(a, b shot) bool {
	return a.cursorX == b.cursorX && a.cursorY == b.cursorY && slices.EqualFunc(a.rows, b.rows, slices.Equal[[]piece])
}
