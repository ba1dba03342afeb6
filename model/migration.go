package model

import "slices"

// Migration is how far a mesh is on its way from Mesh.mtls, which 3.0 no longer
// reads, to MeshIdentity.
type Migration uint8

// The steps of that way.
const (
	MigrationUnknown Migration = iota // the mesh, or MeshIdentity, was not read
	NoTrust                           // neither: data planes talk in plaintext
	MTLSOnly
	MTLSAndIdentity
	IdentityOnly
)

// Migration tells it for the tree's mesh.
func (t Trust) Migration() Migration {
	m := t.Mesh
	switch mtls := m.EnabledBackend != ""; {
	case !t.Known || m.Missing || m.IdentitiesUnread && len(m.Identities) == 0:
		return MigrationUnknown
	case mtls && len(m.Identities) > 0:
		return MTLSAndIdentity
	case mtls:
		return MTLSOnly
	case len(m.Identities) > 0:
		return IdentityOnly
	}
	return NoTrust
}

// String is the step in a few words.
func (m Migration) String() string {
	switch m {
	case NoTrust:
		return "no mTLS, no MeshIdentity"
	case MTLSOnly:
		return "mTLS only"
	case MTLSAndIdentity:
		return "mTLS and MeshIdentity"
	case IdentityOnly:
		return "MeshIdentity only"
	case MigrationUnknown:
	}
	return "not known"
}

// MigrationLines say where the mesh stands and what 3.0 makes of it, a
// paragraph each. They are made visible.
func (t Trust) MigrationLines() []string {
	mesh := Visible(t.Mesh.Name)
	var lines []string
	switch t.Migration() {
	case MigrationUnknown:
		switch {
		case t.Mesh.Missing:
			return nil
		case t.Known:
			return []string{"MeshIdentity was " + t.Mesh.identitiesMissed() + ", so whether this mesh has one is not known."}
		}
		return []string{"The mesh was not read, so how its data planes trust each other is not known."}
	case NoTrust:
		return []string{"Data planes of " + mesh + " talk to each other in plaintext."}
	case MTLSOnly:
		lines = []string{"Nothing changes today. 3.0 no longer reads mTLS backends: after that upgrade, and without a MeshIdentity, data planes of " +
			mesh + " serve and accept plaintext."}
	case MTLSAndIdentity:
		lines = []string{"MeshIdentity " + listed(t.Mesh.Identities) +
			" stays in 3.0, and mTLS backends are no longer read. A data plane that no MeshIdentity selects would talk in plaintext then."}
	case IdentityOnly:
		lines = []string{"This is how 3.0 does it: no mTLS backend is in use any more."}
	}
	if names, by := t.goingAway(); len(names) > 0 {
		lines = append(lines, "Read by nobody in 3.0, as only "+list(by)+" "+verb(len(by), by)+" them: "+listed(names)+".")
	}
	return lines
}

// leaving are those that name secrets and are no longer there in 3.0.
func leaving(r Reference) (word string, is bool) {
	switch r.Kind {
	case KindMesh:
		return "mTLS backends", r.OfBackend()
	case KindExternalService, KindMeshGateway, KindGateway:
		return string(r.Kind), true
	case KindMeshExternalService, KindMeshIdentity, KindMeshOPA, KindOPAPolicy:
	}
	return "", false
}

// goingAway are the secrets that only such name, and who these are.
func (t Trust) goingAway() (names, by []string) {
	told := map[string]bool{}
	for _, u := range t.Users {
		u.leaves(func(l *TrustLeaf) {
			name := l.Reference.Secret
			if told[name] || !l.There || l.Row.Ghost() {
				return
			}
			told[name] = true
			var words []string
			for _, user := range l.Row.Users {
				word, is := leaving(user)
				if !is {
					return
				}
				words = append(words, word)
			}
			names = append(names, name)
			for _, word := range words {
				if !slices.Contains(by, word) {
					by = append(by, word)
				}
			}
		})
	}
	return names, by
}

// verb is that of the kinds that name secrets: one kind names, several name.
func verb(n int, by []string) string {
	if n == 1 && by[0] != "mTLS backends" {
		return "names"
	}
	return "name"
}

// listedMost is how many names a sentence holds.
const listedMost = 6

// listed joins names within a sentence, and counts those that are too many.
func listed(names []string) string {
	var words []string
	for _, name := range names[:min(len(names), listedMost)] {
		words = append(words, Visible(name))
	}
	if over := len(names) - listedMost; over > 0 {
		words = append(words, CountWord(over)+" more")
	}
	return list(words)
}
