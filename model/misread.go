package model

// misreading is why a value will not do for one who reads it.
type misreading struct {
	is      bool
	trouble Trouble
	broken  bool // it fails; else it may
	detail  string
}

// besideAlone ends what is said of a key beside a certificate: nothing fails by it.
const besideAlone = " that is read alone"

func (e examination) tell(m misreading) { e.found(m.trouble, m.broken, m.detail) }

// misread looks at the value as each reader does, those who sign with it first:
// worst is the first by which one fails, doubt the first by which one may.
func (r *Row) misread() (worst, doubt misreading) {
	for _, signs := range []bool{true, false} {
		for _, u := range r.Users {
			if (u.reading() == readsSigner) != signs {
				continue
			}
			found := r.Secret.Facts.misreadBy(u)
			switch {
			case found.is && found.broken:
				return found, doubt
			case !doubt.is:
				doubt = found
			}
		}
	}
	return misreading{}, doubt
}

// misreadBy looks at the value as one reader does. That a CA has to be one is
// known of those that mTLS backends sign with alone.
func (f *Facts) misreadBy(u Reference) (doubt misreading) {
	as := u.reading()
	for _, m := range f.misfits(as) {
		found := misreading{is: true, trouble: TroubleUnsuitable, broken: true, detail: m.words(*f, as)}
		switch m.why {
		case keyBeside:
			if u.Kind == KindMeshIdentity {
				continue // it may have both in one
			}
			found.broken = false
			found.detail += besideAlone
		case otherPair:
			found.trouble = TroubleMismatched
		case notAuthority, mayNotSign, agreesOnKeys:
			found.trouble, found.broken = TroubleNotCA, as == readsSigner
			found.detail = ownHalf.certificate(m.at, len(f.Certificates)) + " " + found.detail
		case otherKind, keyShown:
		}
		if found.broken {
			return found
		}
		if !doubt.is {
			doubt = found
		}
	}
	if as == readsKey || as == readsBoth {
		if why := f.unreadable(as); why != "" {
			return misreading{true, TroubleUnsuitable, true, why}
		}
	}
	return doubt
}

// suffers tells whether one who refers to the secret fails by a trouble of its
// value, once what names it is enabled.
func (r *Row) suffers(u Reference, by Trouble) bool {
	switch by { //nolint:exhaustive // the others are no matter of who reads
	case TroubleEmpty:
		return !u.moot() && !u.Guessed
	case TroubleUnsuitable, TroubleNotCA, TroubleMismatched, TroubleHalfReplaced:
		if _, _, half := pairOf(u); half && r.Blamed && by >= TroubleMismatched && by <= TroubleHalfReplaced {
			return true
		}
		found := r.Secret.Facts.misreadBy(u)
		return found.broken && found.trouble == by
	}
	return false
}

// chain tells of a chain that leads nowhere, once for all who read it.
func (e examination) chain() {
	for _, u := range e.row.Users {
		as := u.reading()
		if as != readsSigner && as != readsBoth && as != readsCertificate {
			continue
		}
		if fault := e.row.Secret.Facts.chainFault(as == readsSigner); fault != "" {
			e.found(TroubleChain, false, fault)
			return
		}
	}
}
