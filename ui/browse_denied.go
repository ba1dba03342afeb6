package ui

import "meshsecrets/keymap"

// drawDenied says why there is no list, and how to go on without one: who may
// read a secret but not list them knows its name.
func (b browse) drawDenied(w int) []Line {
	what, next := words(b.denied, b.to)
	lines := append([]Line{blank()}, sentenceLines(look, what, w)...)
	lines = append(append(lines, sentenceLines(unmarked, next, w)...), blank())
	hint := func(key, text string) {
		lines = append(lines, Line{{Plain, "   "}, {Accent, pad(key, 17)}, {Plain, text}})
	}
	hint(":"+string(keymap.OpenNamed), "opens a secret by its name")
	hint(":open MESH/NAME", "says which, where several meshes have it")
	return lines
}
