package model

import "strings"

// blindSpots tells what could name a secret and was not read. Where there is any,
// that nobody is found to use a secret does not mean that nobody does.
type blindSpots struct {
	any    bool // a kind that may name any secret of its mesh
	copies bool // Gateways, which name nothing but the copies made for them
	trust  bool // what a mesh's own trust is made of
}

func blindSpotsIn(unread []Unread) blindSpots {
	var b blindSpots
	for _, kind := range unread {
		switch {
		case !kind.MayBeThere():
		case kind.Kind == KindGateway:
			b.copies = true
		default:
			b.any = true
			b.trust = b.trust || kind.Kind == KindMesh || kind.Kind == KindMeshIdentity
		}
	}
	return b
}

// settled tells whether the answer to a word after "used:" stays what it is,
// whatever stands in what was not read. Nothing can refer to a global secret.
func (b blindSpots) settled(word string, holds bool, row *Row) bool {
	mark := markOf(row.Users)
	switch {
	case row.Secret.Ref.Global():
		return true
	case word == "mtls":
		return holds || !b.trust
	case mark == InUse, mark == Referenced && word == "no":
		return true
	}
	copied := b.copies && strings.HasPrefix(row.Secret.Ref.Name, gatewayCopy.prefix)
	return !b.any && !copied
}
