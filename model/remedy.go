package model

// Deed is what one can do about a problem. Which key that is, is up to the
// screen.
type Deed uint8

// The deeds.
const (
	DeedAdd Deed = iota
	DeedEdit
	DeedDelete
	DeedReassign
	DeedUsedBy  // look at who refers to it
	DeedRecover // decide about the reassign
	DeedOpen    // look at it
)

// Remedy is what a key does about a problem. Text follows the key: "adds
// edge-tls to payments: one certificate and its key". More is what may be said
// after it where there is room.
type Remedy struct {
	Deed Deed
	Text string
	More string
}

// Remedies are what can be done about the problem, what mends it first. The
// inventory tells what else is there.
func (p Problem) Remedies(i Inventory) []Remedy {
	name, mesh := Visible(p.Ref.Name), Visible(p.Ref.MeshWord())
	switch p.Trouble {
	case TroubleMissing:
		return p.fill(i)
	case TroubleMismatched:
		if p.detail != "" {
			return p.replace()
		}
		return []Remedy{
			{DeedEdit, "replaces it by the " + p.half() + " that belongs to " + p.other(), ", or open that one and replace it instead"},
			{DeedUsedBy, "shows both halves and who names them", ""},
		}
	case TroubleHalfReplaced:
		return []Remedy{
			{DeedDelete, "deletes it; delete " + p.other() + " as well, and the control plane makes both anew", ""},
			{DeedUsedBy, "shows both halves and who names them", ""},
		}
	case TroubleInterrupted:
		return []Remedy{{DeedRecover, "finishes it or takes it back", ", after a look at what is there"}}
	case TroubleExpiring, TroubleExpired, TroubleNotYet, TroubleUnsuitable, TroubleNotCA, TroubleEmpty, TroubleDamaged, TroubleWeak, TroubleChain:
		return p.replace()
	case TroubleOrphaned:
		if !p.of.standing.Kubernetes {
			return []Remedy{{DeedOpen, "shows it, so that its value can be read", ""}}
		}
		return []Remedy{{DeedReassign, "reassigns it to a mesh that exists", ""},
			{DeedDelete, "deletes it", ", if nothing else uses it: what was not read cannot be told"}}
	case TroubleOnZone:
		return []Remedy{{DeedDelete, "deletes the one here; that of global, if there is one, comes at its next change or when the zone connects again", ""}}
	case TroubleAnnotated:
		return []Remedy{{DeedEdit, "replaces the value, and drops the annotation", ""}}
	case TroubleNewline, TroubleCRLF, TroubleBOM, TroubleEncoded:
		return []Remedy{{DeedEdit, "opens the value, where enter on the finding puts it right", ""}}
	case TroubleVault:
		return []Remedy{{DeedEdit, "stores the value itself instead of the reference", ""}}
	case TroubleImmutable:
		return []Remedy{{DeedDelete, "deletes it; add " + name + " to " + mesh + " again with the new value", ""}}
	case TroubleTwin, TroubleStrange, TroubleSame, TroubleSameKey, TroubleCopied:
		return p.choose()
	case TroubleIgnored, TroubleBackend, TroubleUnset:
		return []Remedy{{DeedUsedBy, "shows the mesh and its backends", ". Meshes are changed with kumactl or kubectl"}}
	case TroubleDeleting, TroubleUnlabelled, TroubleEmptyLabel:
	}
	return nil
}

// choose is for one of several, where the other may be meant. One that somebody
// uses is not to go.
func (p Problem) choose() []Remedy {
	look := []Remedy{{DeedUsedBy, "shows who refers to it", ""}}
	switch {
	case p.Ref.Name == "":
		return nil
	case len(p.users()) > 0:
		return look
	}
	return append(look, Remedy{DeedDelete, "deletes it, if the other one is meant", ""})
}

// half is what the secret is of its pair.
func (p Problem) half() string {
	for _, u := range p.users() {
		if _, isKey, half := pairOf(u); half && isKey {
			return "key"
		}
	}
	return "certificate"
}

// replace is for a value that will not do, or not for long. One that nobody
// uses can go.
func (p Problem) replace() []Remedy {
	edit := Remedy{DeedEdit, "replaces the value", ""}
	if p.Other != (Ref{}) {
		edit.More = "; if its key changes too, replace " + p.other() + " right after"
	}
	if len(p.users()) > 0 {
		return []Remedy{edit, {DeedUsedBy, "shows who refers to it", ""}}
	}
	if p.row.System {
		return nil // what replaces it stands in its own explanation
	}
	return []Remedy{edit, {DeedDelete, "deletes it", ", if nothing else uses it: what was not read cannot be told"}}
}

// fill is for what is missing.
func (p Problem) fill(i Inventory) []Remedy {
	u := p.users()[0]
	name, mesh := Visible(p.Ref.Name), Visible(p.Ref.Mesh)
	look := Remedy{DeedUsedBy, "shows " + u.resource() + " and the rest of the mesh", ""}
	if NotAdded(p.Ref) != "" {
		return []Remedy{look}
	}
	what, more := u.wanted(i)
	remedies := []Remedy{{DeedAdd, "adds " + name + " to " + mesh + ": " + what, more}, look}
	for _, m := range i.Meshes {
		if s := i.secret(Ref{m.Mesh.Name, p.Ref.Name}); s != nil {
			return append(remedies, Remedy{DeedReassign, "on the secret of this name in " + Visible(m.Mesh.Name) + " reassigns it to here", ""})
		}
	}
	return remedies
}

// NotAdded says in a sentence why nobody can add a secret that is missing, "" when
// somebody can.
func NotAdded(ref Ref) string {
	if CheckName(ref.Name) != nil {
		return "No secret can have that name: who names it has to change."
	}
	if _, reserved := ReservedName(ref); reserved {
		return "Only the control plane makes it."
	}
	return ""
}

// wanted says what a new secret has to hold.
func (r Reference) wanted(i Inventory) (what, more string) {
	pair, _, _ := pairOf(r)
	partner := Visible(i.partners(r.Target())[pair].Name)
	switch r.reading() {
	case readsBoth:
		return "one certificate and its key", ", the certificate first"
	case readsSigner, readsAuthority:
		if partner != "" {
			return "a CA certificate", ", that of the key " + partner
		}
		return "a CA certificate", ", or several"
	case readsCertificate:
		return "a certificate", ", with those that lead up to its CA"
	case readsKey:
		if partner != "" {
			return "the private key", " of " + partner
		}
		return "a private key", ""
	case readsAnything:
	}
	return firstWord(Visible(r.Role), "what it reads"), ""
}
