package model

// rooms are where the leaves of a tree belong, while it is made: who may write a
// resource chooses how many places it has, so none is looked for one by one.
type rooms map[room]int

// room is a group of a user, a place of it, or a leaf of that.
type room struct {
	user          int
	detail        string
	place, leaf   bool
	role, guessed string
	unused        string
	secret        string
}

// add puts a leaf into its place. What one place names twice stands once.
func (rs rooms) add(u *TrustUser, user int, leaf TrustLeaf) {
	r := leaf.Reference
	at := room{user: user, detail: r.Detail}
	g, is := rs[at]
	if !is {
		g = len(u.Groups)
		rs[at] = g
		u.Groups = append(u.Groups, TrustGroup{Detail: r.Detail})
	}
	group := &u.Groups[g]
	at.place, at.role = true, r.Role
	if r.moot() {
		at.unused = r.unusedWords()
	}
	if r.Guessed {
		at.guessed = r.Path
	}
	p, is := rs[at]
	if !is {
		p = len(group.Places)
		rs[at] = p
		group.Places = append(group.Places, TrustPlace{Role: r.Role, Guessed: at.guessed, Unused: at.unused})
	}
	place := &group.Places[p]
	at.leaf, at.secret = true, r.Secret
	if _, twice := rs[at]; !twice {
		rs[at] = len(place.Leaves)
		place.Leaves = append(place.Leaves, leaf)
	}
}
