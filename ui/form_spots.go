package ui

import "slices"

// spots are the fields there are now, in their order.
func (f form) spots() []spot {
	var all []spot
	switch {
	case f.fixed():
		all = append(all, atName)
		if len(f.mendable()) > 0 {
			all = append(all, atChecks)
		}
		return all
	case !f.edit:
		all = append(all, atMesh, atName)
	}
	all = append(all, atFrom)
	if f.from == byFile {
		all = append(all, atPath)
	}
	if f.from == byMaking {
		all = append(all, atMake)
	}
	all = append(all, atStore)
	if f.from == byHand {
		all = append(all, atValue)
	}
	if len(f.mendable()) > 0 {
		all = append(all, atChecks)
	}
	return all
}

// next moves the bar to the next or previous field; checks that can be mended
// are fields too.
func (f form) next(step int) form {
	if n := len(f.mendable()); f.at == atChecks && f.mend+step >= 0 && f.mend+step < n {
		f.mend += step
		return f
	}
	all := f.spots()
	i := max(slices.Index(all, f.at), 0)
	f.at = all[(i+step+len(all))%len(all)]
	f.mend = 0
	if f.at == atChecks && step < 0 {
		f.mend = len(f.mendable()) - 1
	}
	return f
}

// settled keeps the bar on a field that is there.
func (f form) settled() form {
	if f.at == atChecks && len(f.mendable()) == 0 {
		f.at, f.mend = map[source]spot{byHand: atValue, byFile: atPath, byMaking: atMake, byEditor: atFrom}[f.from], 0
		if f.fixed() {
			f.at = atName
		}
	}
	f.mend = max(min(f.mend, len(f.mendable())-1), 0)
	return f
}

func (f form) choosing() bool {
	return f.at == atMesh || f.at == atFrom || f.at == atMake || f.at == atStore
}

// chosen takes the next choice of the field.
func (f form) chosen(step int) form {
	f.refused = ""
	switch f.at {
	case atMesh:
		n := len(f.meshes)
		f.mesh = (f.mesh + step + n) % n
	case atFrom:
		n := len(f.sources())
		f.from = f.sources()[(int(f.from)+step+n)%n]
	case atMake:
		f.make = f.turned(step)
	case atStore:
		f.decode = !f.decode
	case atName, atPath, atValue, atChecks:
	}
	return f
}
