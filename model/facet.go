package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// facet is a part of a filter that asks for more than words: "expires:<30d". It
// is read once, when it is typed.
type facet struct {
	typed    string // as it was typed, folded; two that are typed alike are equal
	excludes bool
	facts    bool // it asks for what is learnt from values
	users    bool // it asks who uses a secret
	test     facetTest
}

// facetTest tells whether a facet holds for a row, and whether that is known. What
// is not known passes neither the facet nor its opposite.
type facetTest func(row *Row, from viewpoint) (holds, known bool)

// viewpoint is from where rows are looked at: when, and what could not be seen.
type viewpoint struct {
	now   time.Time
	blind blindSpots
}

// FacetHelp explains one facet, for hints, help and the README.
type FacetHelp struct {
	Name    string // before the ":"
	Example string // "expires:<30d"
	What    string // what can stand after the ":" and what it finds
}

// facetKind is one row of the table of facets: a new facet is a new row.
type facetKind struct {
	FacetHelp
	facts bool
	users bool
	read  func(value string) (facetTest, bool)
}

// facetKinds are all facets, in the order of hints and help.
var facetKinds = []facetKind{
	{FacetHelp{"kind", "kind:cert", "what a word under KIND begins with"}, true, false, readKind},
	{FacetHelp{"used", "used:mtls", "yes, no, idle (named only where it is not used), mtls"}, false, true, readUsed},
	{FacetHelp{"mesh", "mesh:payments", "a part of a mesh's name, or global"}, false, false, readMesh},
	{FacetHelp{"expires", "expires:<30d", "<30d, >1y (m, h, d, y), now, never"}, true, false, readExpires},
	{FacetHelp{"has", "has:problem", "problem, labels (of your own), value (not empty)"}, true, false, readHas},
}

// Facets explains all facets of a filter.
func Facets() []FacetHelp {
	all := make([]FacetHelp, len(facetKinds))
	for i, k := range facetKinds {
		all[i] = k.FacetHelp
	}
	return all
}

// facet adds a facet, or why it cannot be read.
func (f *Filter) facet(typed, name, value string, excludes bool) {
	i := slices.IndexFunc(facetKinds, func(k facetKind) bool { return k.Name == name })
	if i < 0 {
		names := make([]string, len(facetKinds))
		for n, k := range facetKinds {
			names[n] = k.Name + ":"
		}
		f.faults = append(f.faults, "only "+list(names)+" are facets")
		return
	}
	kind := facetKinds[i]
	test, ok := kind.read(value)
	if !ok {
		f.faults = append(f.faults, kind.Name+": takes "+kind.What)
		return
	}
	f.facets = append(f.facets, facet{typed, excludes, kind.facts, kind.users, test})
}

// Faults say which facets cannot be read and what they take, each without a full
// stop. While there is one, no row passes.
func (f Filter) Faults() []string { return f.faults }

// Begun says what the facet takes that is still being typed and cannot be read
// yet, "" when there is none.
func (f Filter) Begun() string { return f.begun }

// OfFacts tells whether the filter asks for what is learnt from values.
func (f Filter) OfFacts() bool {
	return slices.ContainsFunc(f.facets, func(f facet) bool { return f.facts })
}

// OfUsers tells whether the filter asks who uses a secret.
func (f Filter) OfUsers() bool {
	return slices.ContainsFunc(f.facets, func(f facet) bool { return f.users })
}

// holds tells whether a row passes all facets.
func (f Filter) holds(row *Row, now time.Time) bool {
	from := viewpoint{now, f.blind}
	for i := range f.facets {
		if is, known := f.facets[i].test(row, from); !known || is == f.facets[i].excludes {
			return false
		}
	}
	return true
}

// unsure tells whether a row does not pass for no other reason than that nobody
// knows who uses the secret.
func (f Filter) unsure(row *Row, now time.Time) bool {
	from, unknown := viewpoint{now, f.blind}, false
	for i := range f.facets {
		switch is, known := f.facets[i].test(row, from); {
		case !known && f.facets[i].users:
			unknown = true
		case !known, is == f.facets[i].excludes:
			return false
		}
	}
	return unknown
}

func readMesh(value string) (facetTest, bool) {
	return func(row *Row, _ viewpoint) (bool, bool) {
		at := strings.LastIndexByte(row.Folded, ' ') // no name of a mesh holds a blank
		return strings.Contains(row.Folded[at+1:], value), true
	}, value != ""
}

// kindWords are all words under KIND.
func kindWords() []string {
	words := []string{"missing", "revocations"}
	for k := Empty; k <= Binary; k++ {
		words = append(words, k.String())
	}
	for i := range families {
		words = append(words, families[i].kind)
	}
	return words
}

// squeezed is a word under KIND as it is typed after "kind:", where blanks would
// end it.
func squeezed(word string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '+' {
			return -1
		}
		return r
	}, Fold(word))
}

// readKind reads what a kind, or a later word of one, begins with: "ca" and
// "cert" are both "CA cert", and "ca" is no "certificate".
func readKind(value string) (facetTest, bool) {
	wanted := squeezed(value)
	meant := map[string]bool{}
	for _, kind := range kindWords() {
		words := strings.Fields(kind)
		for i := range words {
			if strings.HasPrefix(squeezed(strings.Join(words[i:], "")), wanted) {
				meant[kind] = true
			}
		}
	}
	return func(row *Row, _ viewpoint) (bool, bool) {
		return meant[row.KindWord()], row.Ghost() || row.Secret.Facts.Learnt()
	}, wanted != "" && len(meant) > 0
}

func readUsed(value string) (facetTest, bool) {
	test, ok := map[string]func(*Row) bool{
		"yes":  func(r *Row) bool { return markOf(r.Users) == InUse },
		"idle": func(r *Row) bool { return markOf(r.Users) == Referenced },
		"no":   func(r *Row) bool { return len(r.Users) == 0 },
		"mtls": func(r *Row) bool { return slices.ContainsFunc(r.Users, Reference.ofTrust) },
	}[value]
	return func(row *Row, from viewpoint) (bool, bool) {
		holds := test(row)
		return holds, from.blind.settled(value, holds, row)
	}, ok
}

// readExpires reads a word, or how long from now: what is left of chains and
// tokens ends at its earliest, as the column has it. What has expired ends in
// less than any time.
func readExpires(value string) (facetTest, bool) {
	expires := func(holds func(left time.Duration) bool) facetTest {
		return func(row *Row, from viewpoint) (bool, bool) {
			f := &row.Secret.Facts
			return !f.NotAfter.IsZero() && holds(f.NotAfter.Sub(from.now)), f.Learnt()
		}
	}
	switch {
	case value == "never":
		return func(row *Row, _ viewpoint) (bool, bool) {
			return row.Secret.Facts.NotAfter.IsZero(), row.Secret.Facts.Learnt()
		}, true
	case value == "now", value == "expired":
		return expires(func(left time.Duration) bool { return left <= 0 }), true
	case strings.HasPrefix(value, "<"):
		most, ok := readSpan(value[1:])
		return expires(func(left time.Duration) bool { return left < most }), ok
	case strings.HasPrefix(value, ">"):
		least, ok := readSpan(value[1:])
		return expires(func(left time.Duration) bool { return left > least }), ok
	}
	return nil, false
}

// readSpan reads a number and a unit of the ages that lists show.
func readSpan(text string) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': day, 'y': year}
	unit, ok := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	if !ok || err != nil || time.Duration(n) > 200*year/unit {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

func readHas(value string) (facetTest, bool) {
	switch value {
	case "problem":
		return func(row *Row, from viewpoint) (bool, bool) {
			is := row.Ghost() || row.NeedsLook(from.now)
			return is, is || row.Secret.Facts.Learnt()
		}, true
	case "labels":
		return func(row *Row, _ viewpoint) (bool, bool) { return row.Secret.OwnLabels(), true }, true
	case "value":
		return func(row *Row, _ viewpoint) (bool, bool) {
			return !row.Ghost() && row.Secret.Facts.Kind != Empty, row.Ghost() || row.Secret.Facts.Learnt()
		}, true
	}
	return nil, false
}

// OwnLabels tells whether somebody gave the secret labels of their own, beside
// those of the control plane.
func (s Secret) OwnLabels() bool {
	for key := range s.Labels {
		if !strings.HasPrefix(key, "kuma.io/") && !strings.HasPrefix(key, labelsOfKubernetes) {
			return true
		}
	}
	return false
}
