package model

import (
	"maps"
	"slices"
	"strconv"
)

// The bounds of the walk through what is not known. Its cost is that of the
// resource's own size, since a path is written down only for what is found.
const (
	walkDepth   = 32
	mostGuesses = 1000 // of one resource; known places are not counted
	longestStep = 64   // of a key, in bytes; a longer one is clipped
)

// freeKeys are fields whose keys people choose: a tag or label may be called
// "secret" and names none.
var freeKeys = map[string]bool{"labels": true, "annotations": true, "tags": true, "match": true, "matchLabels": true}

// guesses are what the resource names beside what was found in places that are
// known: a newer control plane, or a product of its own, may have places that
// are not. A Gateway has none: what its fields name are Secrets of its
// namespace. Cut tells that there is more than is followed.
func (d document) guesses(found []Reference) (guessed []Reference, cut bool) {
	if d.kind == KindGateway {
		return nil, false
	}
	w := walker{known: map[string]bool{}}
	for _, r := range found {
		w.known[r.Path] = true
	}
	w.of = d.reference()
	w.of.Guessed = true
	w.of.Apart = d.kind == KindMesh
	w.visit(d.root, "", walkDepth)
	if d.kind != KindMesh {
		return w.found, w.cut
	}
	for _, b := range d.backends() {
		w.of = b.reference(d)
		w.of.Guessed = true
		w.path = append(w.path[:0], b.at...)
		w.visit(b.object, "", walkDepth)
	}
	return w.found, w.cut
}

// walker looks for data sources anywhere, in either form. The role is the key
// that holds the data source.
type walker struct {
	of    Reference // what all that is found has in common
	known map[string]bool
	path  []byte // where it is
	found []Reference
	cut   bool // there is more
}

func (w *walker) visit(v any, key string, depth int) {
	if w.passes() {
		return
	}
	if depth == 0 {
		w.cut = w.cut || holdsMore(v)
		return
	}
	here := len(w.path)
	switch v := v.(type) {
	case map[string]any:
		w.source(v, key)
		for _, inner := range slices.Sorted(maps.Keys(v)) {
			w.step(clip(inner))
			w.visit(v[inner], inner, depth-1)
			w.path = w.path[:here]
		}
	case []any:
		for i, element := range v {
			w.path = append(strconv.AppendInt(append(w.path, '['), int64(i), 10), ']')
			w.visit(element, key, depth-1)
			w.path = w.path[:here]
		}
	}
}

// passes tells whether it goes past the place where it is: what a control plane
// or cluster says of a resource is no reference, and the mTLS backends of a
// Mesh are walked one by one.
func (w *walker) passes() bool {
	switch string(w.path) {
	case "metadata", "status":
		return true
	case "mtls.backends", "spec.mtls.backends":
		return w.of.Kind == KindMesh
	}
	return false
}

func (w *walker) step(key string) {
	if len(w.path) > 0 {
		w.path = append(w.path, '.')
	}
	w.path = append(w.path, key...)
}

// source tells what an object names, if it is a data source. A word that no
// secret can be called is none, and may be worse: a value.
func (w *walker) source(object map[string]any, key string) {
	for _, form := range []sourceForm{olderForm, newerForm} {
		name := form.name(object)
		if form == olderForm && freeKeys[key] || !nameable(name) {
			continue
		}
		r := w.of
		r.Secret, r.Role, r.Path = name, firstWord(clip(key), "secret"), join(string(w.path), string(form))
		switch {
		case w.known[r.Path]:
		case len(w.found) == mostGuesses:
			w.cut = true
		default:
			w.found = append(w.found, r)
		}
	}
}

// holdsMore tells whether something could be named below here.
func holdsMore(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// nameable tells whether a secret may be called so. Old control planes took an
// underscore as well.
func nameable(name string) bool {
	for _, r := range name {
		if !nameRune(r) && r != '_' {
			return false
		}
	}
	return name != "" && len(name) <= MaxName
}

// clip keeps paths short: a key of a hostile resource could be as long as the
// resource, and would be repeated in each path below it.
func clip(key string) string {
	if len(key) <= longestStep {
		return key
	}
	return key[:longestStep] + "…"
}
