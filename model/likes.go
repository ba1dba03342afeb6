package model

import (
	"hash/maphash"
	"maps"
	"slices"
)

// aisles is over how many maps the names of an inventory are spread: a name that
// comes or goes copies one of them.
const aisles = 1024

// likes finds the names that look like a name, among those of its mesh. It does
// not change: what comes and goes makes another one, which shares the rest. It
// keeps hashes of skeletons: of a hundred thousand names hardly one is alike.
type likes struct {
	seed  maphash.Seed
	first *[aisles]map[uint64]string // the name of a skeleton
	more  map[uint64][]string        // further names of the same one
}

// hashes are those of a name's skeletons, of which one that is equal is enough.
func (l likes) hashes(ref Ref) [len(ones)]uint64 {
	var room [256]byte
	var out [len(ones)]uint64
	for i, one := range ones {
		text := append(append(room[:0], ref.Mesh...), 0)
		out[i] = maphash.Bytes(l.seed, append(appendSkeleton(text, ref.Name, one), one))
	}
	return out
}

// of gives the names that look like one, sorted.
func (l likes) of(ref Ref) []string {
	var found []string
	if l.first == nil {
		return nil
	}
	for _, hash := range l.hashes(ref) {
		if name, is := l.first[hash%aisles][hash]; is && name != ref.Name {
			found = append(found, name)
		}
		for _, name := range l.more[hash] {
			if name != ref.Name {
				found = append(found, name)
			}
		}
	}
	// Two names may have one hash without looking alike, once in many lifetimes.
	found = slices.DeleteFunc(found, func(name string) bool { return !LookAlike(name, ref.Name) })
	slices.Sort(found)
	return slices.Compact(found)
}

// like gives one of the names that look like a name which is among them; "" when
// there is none, as nearly always.
func (l likes) like(ref Ref) string {
	if len(l.more) == 0 {
		return ""
	}
	if names := l.of(ref); len(names) > 0 {
		return names[0]
	}
	return ""
}

// with is likes after names came and went.
func (l likes) with(came, gone []Ref) likes {
	if len(came)+len(gone) == 0 {
		return l
	}
	next := likes{seed: l.seed, first: &[aisles]map[uint64]string{}, more: maps.Clone(l.more)}
	if l.first == nil {
		next.seed, next.more = maphash.MakeSeed(), map[uint64][]string{}
	} else {
		*next.first = *l.first
	}
	own := map[uint64]bool{}
	aisle := func(hash uint64) map[uint64]string {
		n := hash % aisles
		if !own[n] {
			own[n] = true
			if next.first[n] = maps.Clone(next.first[n]); next.first[n] == nil {
				next.first[n] = map[uint64]string{}
			}
		}
		return next.first[n]
	}
	for _, ref := range gone {
		for _, hash := range next.hashes(ref) {
			next.takeAway(aisle(hash), hash, ref.Name)
		}
	}
	for _, ref := range came {
		for _, hash := range next.hashes(ref) {
			next.add(aisle(hash), hash, ref.Name)
		}
	}
	return next
}

func (l likes) add(aisle map[uint64]string, hash uint64, name string) {
	switch there, is := aisle[hash]; {
	case !is:
		aisle[hash] = name
	case there != name:
		l.more[hash] = append(slices.Clip(l.more[hash]), name)
	}
}

func (l likes) takeAway(aisle map[uint64]string, hash uint64, name string) {
	rest := slices.DeleteFunc(slices.Clone(l.more[hash]), func(n string) bool { return n == name })
	switch {
	case aisle[hash] != name:
	case len(rest) == 0:
		delete(aisle, hash)
	default:
		aisle[hash], rest = rest[0], rest[1:]
	}
	if len(rest) == 0 {
		delete(l.more, hash)
	} else {
		l.more[hash] = rest
	}
}
