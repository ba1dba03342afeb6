package model

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"
)

// Names look alike when only signs differ that an eye takes for each other. Of
// these there are few, because names that differ on purpose must not be called
// alike: an "i" is no "l" ("shop-il" and "shop-li" are two countries), "cl" is
// no "d" ("acl" and "ad" are two things, and in a terminal two widths), "." is
// no "-" (in "v1.2" it means something), and no digit stands for another.
//
// A "1" is taken for an "l" by some and for an "i" by others, which do not look
// alike themselves. So a name has two skeletons, and one that is equal is
// enough.

// appendSkeleton adds the form of a name in which names that look alike are
// equal; one is the sign that a "1" is taken for.
func appendSkeleton(to []byte, name string, one byte) []byte {
	for i := 0; i < len(name); {
		c, size := rune(name[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(name[i:])
		}
		i += size
		to = appendSign(to, familiar(c), one)
	}
	return to
}

// appendSign adds a sign as what it is taken for, together with the one before
// it.
func appendSign(to []byte, c rune, one byte) []byte {
	before := byte(0)
	if len(to) > 0 {
		before = to[len(to)-1]
	}
	switch {
	case c == '0':
		return append(to, 'o')
	case c == '1':
		return append(to, one)
	case c == 'n' && before == 'r':
		return append(to[:len(to)-1], 'm')
	case c == 'v' && before == 'v':
		return append(to[:len(to)-1], 'w')
	case c == '-' && before == '-':
		return to
	}
	return utf8.AppendRune(to, c)
}

// familiar gives the sign of names that a sign looks like.
func familiar(c rune) rune {
	switch {
	case c >= 'a' && c <= 'z':
		return c
	case c == '_':
		return '-'
	case c == 'I':
		return 'l'
	case c >= 'A' && c <= 'Z':
		return c - 'A' + 'a'
	case c >= '\uff41' && c <= '\uff5a': // full width
		return c - '\uff41' + 'a'
	case c >= utf8.RuneSelf && homoglyphs[c] != 0:
		return homoglyphs[c]
	}
	return c
}

// homoglyphs are signs that look like those of names. No control plane takes
// them in a name, but what is shown may come from elsewhere.
var homoglyphs = map[rune]rune{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'i', 'ј': 'j', 'ѕ': 's', 'һ': 'h', 'ԁ': 'd',
	'ӏ': 'l', 'к': 'k', 'м': 'm', 'т': 't', 'п': 'n', 'ԛ': 'q', 'ԝ': 'w', 'ɡ': 'g',
	'ο': 'o', 'α': 'a', 'ν': 'v', 'ρ': 'p', 'ι': 'i', 'κ': 'k', 'τ': 't', 'υ': 'u', 'χ': 'x', 'γ': 'y',
	'ı': 'i', '‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '−': '-',
}

// ones are what a "1" is taken for.
var ones = [...]byte{'l', 'i'}

// LookAlike tells whether two different names look alike.
func LookAlike(a, b string) bool {
	for _, one := range ones {
		if a != b && bytes.Equal(appendSkeleton(nil, a, one), appendSkeleton(nil, b, one)) {
			return true
		}
	}
	return false
}

// StrangeSign tells of the first sign of a name that no name of a control plane
// has, in words: `"а" (U+0430)`. Dashes below are of old meshes.
func StrangeSign(name string) (string, bool) {
	for at, r := range name {
		if !nameRune(r) && r != '_' {
			return inWords(name[at:], r), true
		}
	}
	return "", false
}

// twins collects names and tells of each whether one that looks like it came
// before. The names of one mesh, or of all meshes, make one collection. It
// keeps hashes of skeletons: of a hundred thousand names hardly one is alike.
type twins struct {
	seed  maphash.Seed
	first [len(ones)]map[uint64]numbered
	room  []byte
}

// numbered is a name and its number.
type numbered struct {
	name string
	n    int
}

func newTwins(names int) *twins {
	t := &twins{seed: maphash.MakeSeed()}
	for i := range t.first {
		t.first[i] = make(map[uint64]numbered, names)
	}
	return t
}

// add takes the name number n, and gives the number of one that looks like it,
// or -1.
func (t *twins) add(name string, n int) int {
	like := -1
	for i, one := range ones {
		t.room = appendSkeleton(t.room[:0], name, one)
		if i > 0 && bytes.IndexByte(t.room, one) < 0 {
			continue // nothing in it is taken for one, so the first skeleton says all
		}
		hash := maphash.Bytes(t.seed, t.room)
		earlier, there := t.first[i][hash]
		switch {
		case !there:
			t.first[i][hash] = numbered{name, n}
		case like < 0 && LookAlike(earlier.name, name):
			like = earlier.n
		}
	}
	return like
}
