package model

import (
	"cmp"
	"slices"
	"strings"
)

// Sought is what a search by name finds.
type Sought struct {
	Meshes  []string // the best first
	Secrets []Ref    // likewise; missing ones are not among them
	More    int      // how many secrets are found beside them
}

// Seek finds meshes and secrets by what is typed of their names, at most so many
// of each: first names that begin with it, then those that hold it, and when
// there are none those that have its letters in this order. Of a secret the mesh
// may be typed too, after a blank, or before a slash. It costs by the secrets,
// some ten milliseconds for 100,000.
func (i Inventory) Seek(text string, most int) Sought {
	typed := Fold(strings.TrimSpace(text))
	if typed == "" {
		return Sought{}
	}
	var meshes, secrets ranking
	for n, m := range i.Meshes {
		meshes.add(n, typed, Fold(Visible(m.Mesh.Name)), most)
	}
	for n, row := range i.rows.All() {
		if row.Mark != MissingSecret {
			secrets.addRow(n, typed, row.Folded, most)
		}
	}
	var found Sought
	best, _ := meshes.best(most)
	for _, n := range best {
		found.Meshes = append(found.Meshes, i.Meshes[n].Mesh.Name)
	}
	best, found.More = secrets.best(most)
	for _, n := range best {
		found.Secrets = append(found.Secrets, i.rows.At(n).Secret.Ref)
	}
	return found
}

// ranking gathers what matches, by how well.
type ranking struct {
	begin, hold []int
	letters     []spread
	count       [3]int // how many there are of each, those that are not kept included
}

// spread is a name that has the letters that were typed, and over how many bytes
// they lie.
type spread struct{ at, bytes int }

func (r *ranking) add(at int, typed, name string, most int) {
	switch n := strings.Index(name, typed); {
	case n == 0:
		r.count[0]++
		r.begin = appendAtMost(r.begin, at, most)
	case n > 0:
		r.count[1]++
		r.hold = appendAtMost(r.hold, at, most)
	case r.count[0]+r.count[1] == 0:
		if bytes, has := letters(typed, name); has {
			r.count[2]++
			r.letters = append(r.letters, spread{at, bytes})
		}
	}
}

// addRow is add for a secret, by its name and mesh.
func (r *ranking) addRow(at int, typed, folded string, most int) {
	mesh, name, both := strings.Cut(typed, "/")
	if !both {
		r.add(at, typed, folded, most)
		return
	}
	blank := strings.LastIndexByte(folded, ' ') // no name of a mesh holds one
	if strings.Contains(folded[blank+1:], mesh) {
		r.add(at, name, folded[:blank], most)
	}
}

func appendAtMost(list []int, at, most int) []int {
	if len(list) == most {
		return list
	}
	return append(list, at)
}

// best gives the best, and how many there are beside them.
func (r *ranking) best(most int) (best []int, more int) {
	count := r.count[0] + r.count[1]
	if count > 0 {
		best = append(r.begin, r.hold...)
	} else {
		count = r.count[2]
		slices.SortStableFunc(r.letters, func(a, b spread) int { return cmp.Compare(a.bytes, b.bytes) })
		for _, l := range r.letters {
			best = append(best, l.at)
		}
	}
	best = best[:min(len(best), most)]
	return best, count - len(best)
}

// HasLetters tells whether a name has the letters that were typed, in this order.
// Both are folded.
func HasLetters(typed, name string) bool {
	_, has := letters(typed, name)
	return has
}

// letters is over how many bytes of a name the letters lie that were typed.
func letters(typed, name string) (bytes int, has bool) {
	first, at := -1, 0
	for n := range len(typed) {
		next := strings.IndexByte(name[at:], typed[n])
		if next < 0 {
			return 0, false
		}
		if first < 0 {
			first = at + next
		}
		at += next + 1
	}
	return at - first, true
}
