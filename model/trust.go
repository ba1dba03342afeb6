package model

import (
	"cmp"
	"slices"
	"strings"
)

// Trust is how one mesh hangs together: who names secrets there, in which
// place, and how each secret is. It is a tree for a screen to draw; its words
// are in trustwords.go.
type Trust struct {
	Mesh  Mesh
	Known bool        // the mesh itself was read
	Users []TrustUser // the enabled mTLS backend first, then the others, identities, policies
	Idle  []Row       // secrets that nothing refers to, system secrets left out; the first idleMost
	More  int         // how many further ones there are

	Secrets, Missing int // how many secrets are named, and how many of them are not there
	InUse            int // how many are in use; the others are only referenced
}

// TrustUser is an mTLS backend or a resource that names secrets, or one of the
// mesh's trust that names none.
type TrustUser struct {
	Kind    ResourceKind
	Name    string
	Within  string       // its namespace, where it belongs to one and Name does not say it
	Backend *MTLSBackend // of an mTLS backend
	Enabled bool         // of an mTLS backend
	Groups  []TrustGroup
}

// TrustGroup is a part of a resource: a listener, or all of it.
type TrustGroup struct {
	Detail string // "listener 8443"; "" for all of the resource
	Places []TrustPlace
}

// TrustPlace is what secrets are named as.
type TrustPlace struct {
	Role    string
	Guessed string // where they stand, when the place is not a known one
	Unused  string // why the value is not used, "" when it is
	Leaves  []TrustLeaf
}

// TrustLeaf is a secret that is named in one place.
type TrustLeaf struct {
	Reference Reference
	Row       Row    // Users are those of the whole inventory
	Unchecked bool   // the mesh switches off the check of its CAs
	There     bool   // there is a row; what a rule implies may have none
	Issuer    string // the name of the secret whose certificate issued this one, among those of the same user
	Pair      TrustPair
}

// idleMost is how many secrets that nothing refers to are told.
const idleMost = 100

// TakeTrust finds how a mesh hangs together, from the references of all
// meshes.
func TakeTrust(i Inventory, mesh string, refs []Reference) Trust {
	t := Trust{Mesh: Mesh{Name: mesh}}
	for _, m := range i.Meshes {
		if m.Mesh.Name == mesh {
			t.Mesh, t.Known = m.Mesh, !m.Unread
		}
	}
	t.begin()
	at, untold := map[user]int{}, map[string][]int{}
	for n, u := range t.Users {
		if u.Kind == KindMeshIdentity {
			untold[u.Name] = append(untold[u.Name], n)
			continue
		}
		at[u.key()] = n
	}
	seen, built := map[string]bool{}, rooms{}
	for _, r := range refs {
		if r.Mesh != mesh {
			continue
		}
		n, known := at[keyOfUser(r)]
		if !known {
			n = t.place(r, untold)
			at[keyOfUser(r)] = n
		}
		leaf := TrustLeaf{Reference: r, Unchecked: t.Mesh.SkipsValidation}
		leaf.Row, leaf.There = i.Find(r.Target())
		built.add(&t.Users[n], n, leaf)
		if !seen[r.Secret] {
			seen[r.Secret] = true
			t.count(leaf)
		}
	}
	for n := range t.Users {
		t.Users[n].relate()
	}
	slices.SortStableFunc(t.Users, TrustUser.compare)
	t.leaveOut(i)
	return t
}

// begin puts the mesh's own trust in, so that it is there when it names no
// secret too.
func (t *Trust) begin() {
	for n := range t.Mesh.Backends {
		b := t.Mesh.Backends[n]
		t.Users = append(t.Users, TrustUser{Kind: KindMesh, Name: b.Name, Backend: &b, Enabled: b.Name != "" && b.Name == t.Mesh.EnabledBackend})
	}
	for _, name := range t.Mesh.Identities {
		t.Users = append(t.Users, TrustUser{Kind: KindMeshIdentity, Name: name})
	}
}

// place gives the user of a reference, when it is the first of it. A mesh knows
// its identities by name alone, so the next of that name is the one.
func (t *Trust) place(r Reference, untold map[string][]int) int {
	bare := strings.TrimPrefix(r.By, r.Within+"/") // before TellApart
	if named := untold[bare]; r.Kind == KindMeshIdentity && len(named) > 0 {
		untold[bare] = named[1:]
		t.Users[named[0]].Name, t.Users[named[0]].Within = r.By, r.Within
		return named[0]
	}
	t.Users = append(t.Users, userOf(r))
	return len(t.Users) - 1
}

func (t *Trust) count(leaf TrustLeaf) {
	switch {
	case !leaf.There:
	case leaf.Row.Ghost():
		t.Missing++
	default:
		t.Secrets++
		if leaf.Row.Mark == InUse {
			t.InUse++
		}
	}
}

// leaveOut gathers the secrets that nothing refers to.
func (t *Trust) leaveOut(i Inventory) {
	for _, row := range i.In(Scope{Mesh: t.Mesh.Name}).All() {
		switch {
		case row.System || len(row.Users) > 0:
		case len(t.Idle) < idleMost:
			t.Idle = append(t.Idle, *row)
		default:
			t.More++
		}
	}
}

// key is who it is, in a mesh that is known.
func (u TrustUser) key() user {
	return user{kind: u.Kind, by: u.Name, within: u.Within, backend: u.Backend != nil}
}

func keyOfUser(r Reference) user {
	of := r.user()
	of.mesh = ""
	return of
}

func userOf(r Reference) TrustUser {
	u := TrustUser{Kind: r.Kind, Name: r.By, Within: r.Within, Enabled: r.Enabled}
	if r.OfBackend() {
		u.Backend = &MTLSBackend{Name: r.By, Type: r.Backend}
	}
	return u
}

// compare puts what the mesh's trust rests on first, then policies by kind and
// name.
func (u TrustUser) compare(o TrustUser) int {
	return cmp.Or(cmp.Compare(u.rank(), o.rank()), strings.Compare(u.Name, o.Name), strings.Compare(u.Within, o.Within))
}

func (u TrustUser) rank() int {
	switch {
	case u.Backend != nil && u.Enabled:
		return 0
	case u.Backend != nil:
		return 1
	case u.Kind == KindMeshIdentity:
		return 2
	}
	return 3 + slices.Index(ReferringKinds(), u.Kind)
}

// leaves calls do with every leaf, which it may change.
func (u *TrustUser) leaves(do func(*TrustLeaf)) {
	for g := range u.Groups {
		for p := range u.Groups[g].Places {
			place := &u.Groups[g].Places[p]
			for l := range place.Leaves {
				do(&place.Leaves[l])
			}
		}
	}
}

// groupMost is how many secrets of one part of a resource are told beside the
// one that was asked for.
const groupMost = 8

// Of is the part of the tree that is about one secret: who names it, and what
// they name beside it.
func (t Trust) Of(ref Ref) Trust {
	of := t
	of.Users, of.Idle, of.More = nil, nil, 0
	for _, u := range t.Users {
		var groups []TrustGroup
		for _, g := range u.Groups {
			if part, named := g.of(ref); named {
				groups = append(groups, part)
			}
		}
		if len(groups) > 0 {
			u.Groups = groups
			of.Users = append(of.Users, u)
		}
	}
	return of
}

// of is the group when it names the secret; of many secrets only this one and
// the other half of its pair.
func (g TrustGroup) of(ref Ref) (part TrustGroup, named bool) {
	all := 0
	var partner Ref
	for _, p := range g.Places {
		all += len(p.Leaves)
		for _, l := range p.Leaves {
			if l.Reference.Target() == ref {
				named, partner = true, l.Pair.partner(ref)
			}
		}
	}
	if !named || all <= groupMost {
		return g, named
	}
	part.Detail = g.Detail
	for _, p := range g.Places {
		p.Leaves = slices.DeleteFunc(slices.Clone(p.Leaves), func(l TrustLeaf) bool {
			target := l.Reference.Target()
			return target != ref && target != partner
		})
		if len(p.Leaves) > 0 {
			part.Places = append(part.Places, p)
		}
	}
	return part, true
}
